"""Literal arguments bound to a signature, by syntax alone: nothing of the program is run.

The result is what CPython 3.11's `frame.f_locals` holds at the call: positional parameters,
keyword-only parameters, `*args`, `**kwargs`, in the order of `co_varnames`.
"""

from __future__ import annotations

import ast


class NotLiteral(Exception):
    """The call cannot be bound without running the program."""


def bind_literals(function: ast.FunctionDef, call: ast.expr) -> dict[str, str]:
    """Name to repr for the call's arguments, defaults included. Raises `NotLiteral`."""
    if not isinstance(call, ast.Call):
        raise NotLiteral
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    names = [a.arg for a in positional]
    only_positional = {a.arg for a in spec.posonlyargs}
    given = [_repr(a) for a in call.args]
    bound = dict(zip(names, given, strict=False))
    extra = given[len(names) :]
    if extra and spec.vararg is None:
        raise NotLiteral  # a TypeError at run time: the wrapper shows it as it is
    keyword_names = {n for n in names if n not in only_positional}
    keyword_names |= {a.arg for a in spec.kwonlyargs}
    rest: dict[str, str] = {}
    for word in call.keywords:
        target = bound if word.arg in keyword_names else rest
        if word.arg is None or word.arg in target:
            raise NotLiteral
        target[word.arg] = _repr(word.value)
    if rest and spec.kwarg is None:
        raise NotLiteral
    _add_defaults(spec, names, bound)
    ordered = {n: bound[n] for n in [*names, *(a.arg for a in spec.kwonlyargs)] if n in bound}
    if len(ordered) != len(names) + len(spec.kwonlyargs):
        raise NotLiteral
    if spec.vararg is not None:
        ordered[spec.vararg.arg] = f"({', '.join(extra)}{',' if len(extra) == 1 else ''})"
    if spec.kwarg is not None:
        pairs = ", ".join(f"{name!r}: {value}" for name, value in rest.items())
        ordered[spec.kwarg.arg] = f"{{{pairs}}}"
    return ordered


def _add_defaults(spec: ast.arguments, names: list[str], bound: dict[str, str]) -> None:
    defaulted = names[len(names) - len(spec.defaults) :]
    for name, default in zip(defaulted, spec.defaults, strict=True):
        if name not in bound:
            bound[name] = _default(default)
    for parameter, keyword_default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if parameter.arg not in bound and keyword_default is not None:
            bound[parameter.arg] = _default(keyword_default)


def _default(node: ast.expr) -> str:
    # A mutable default may have been changed by an earlier call at import time.
    if any(isinstance(n, ast.List | ast.Dict | ast.Set) for n in ast.walk(node)):
        raise NotLiteral
    return _repr(node)


def _repr(node: ast.expr) -> str:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Set) and len(inner.elts) > 1:
            raise NotLiteral  # its printed order depends on the process's hash seed
    try:
        return repr(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise NotLiteral from error
