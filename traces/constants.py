"""Evaluates expressions of constants, as tests write them: literals and a little arithmetic.

`ast.literal_eval` refuses `-2 ** 31`, `[0] * 5`, `"ab" * 3`, `float("inf")`, `set()` and
`list(range(4))`, all of which people and models write in tests. Nothing here calls anything of a
program's, and sizes are bounded, so hostile text costs neither time nor memory.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any, Final

#: Elements of a sequence, characters of a text, bits of a number.
MAX_SIZE: Final = 20_000

_BINARY: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitOr: operator.or_,
}
_CALLS: Final[dict[str, Callable[..., Any]]] = {
    "set": set, "frozenset": frozenset, "list": list, "tuple": tuple, "dict": dict,
    "float": float, "str": str, "bytearray": bytearray,
}  # fmt: skip


class NotConstantError(ValueError):
    """The expression is not one of constants, or too large."""


def evaluate(node: ast.expr) -> object:
    """The value of an expression. Raises `NotConstantError`."""
    try:
        return _evaluate(node)
    except NotConstantError:
        raise
    except Exception as error:
        raise NotConstantError(f"{ast.unparse(node)[:80]} has no value: {error}") from error


def _evaluate(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value):
            if value is ...:
                raise NotConstantError("... is not a value.")
            return _bounded(value)
        case ast.List(elts):
            return _bounded([_evaluate(item) for item in elts])
        case ast.Tuple(elts):
            return _bounded(tuple(_evaluate(item) for item in elts))
        case ast.Set(elts):
            return {_evaluate(item) for item in elts}
        case ast.Dict(keys, values):
            if any(key is None for key in keys):
                raise NotConstantError("** is not read in tests.")
            pairs = zip(keys, values, strict=True)
            return {_evaluate(k): _evaluate(v) for k, v in pairs if k is not None}
        case ast.UnaryOp(op, operand):
            return _unary(op, _evaluate(operand))
        case ast.BinOp(left, op, right):
            return _binary(op, _evaluate(left), _evaluate(right))
        case ast.Call(ast.Name(name), args, []):
            return _call(name, args)
        case ast.Name("inf" | "nan" as name):
            return float(name)
    raise NotConstantError(f"{ast.unparse(node)[:80]} is not a plain value.")


def _unary(op: ast.unaryop, value: Any) -> Any:
    match op:
        case ast.USub():
            return -value
        case ast.UAdd():
            return +value
        case ast.Not():
            return not value
    raise NotConstantError("~ is not read in tests.")


def _binary(op: ast.operator, left: Any, right: Any) -> Any:
    if isinstance(op, ast.Pow):
        return _power(left, right)
    if isinstance(op, ast.Mod) and not isinstance(left, int | float):
        raise NotConstantError("% of texts is not read in tests.")
    if isinstance(op, ast.Mult):
        size = _size(left) * right if isinstance(right, int) and _size(left) else 0
        size = size or (_size(right) * left if isinstance(left, int) and _size(right) else 0)
        if size > MAX_SIZE:
            raise NotConstantError("A value is too large for a test.")
    known = _BINARY.get(type(op))
    if known is None:
        raise NotConstantError("This operator is not read in tests.")
    return _bounded(known(left, right))


def _power(left: Any, right: Any) -> Any:
    if not (isinstance(left, int | float) and isinstance(right, int | float)):
        raise NotConstantError("** is read between numbers only.")
    if isinstance(left, int) and left.bit_length() * abs(right) > MAX_SIZE:
        raise NotConstantError("A number is too large for a test.")
    return left**right


def _call(name: str, args: list[ast.expr]) -> Any:
    if name in ("list", "tuple", "set", "sorted") and args:
        match args:
            case [ast.Call(ast.Name("range"), bounds, [])]:
                numbers = range(*(_evaluate(item) for item in bounds))
                if len(numbers) > MAX_SIZE:
                    raise NotConstantError("A value is too large for a test.")
                return _CALLS.get(name, sorted)(numbers)
    if name not in _CALLS or len(args) > 1:
        raise NotConstantError(f"{name}(...) is not a plain value.")
    values = [_evaluate(item) for item in args]
    if name == "bytearray" and values and not isinstance(values[0], bytes):
        raise NotConstantError("bytearray(...) is read with bytes only.")
    return _bounded(_CALLS[name](*values))


def _total(value: object) -> int:
    """Elements and characters in all; counting ends where there are too many."""
    if isinstance(value, str | bytes):
        return len(value)
    if not isinstance(value, list | tuple):
        return 1
    total = len(value)
    for item in value:
        if total > MAX_SIZE:
            break
        total += _total(item)
    return total


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | bytes | list | tuple) else 0


def _bounded(value: Any) -> Any:
    if _total(value) > MAX_SIZE or (isinstance(value, int) and value.bit_length() > MAX_SIZE // 2):
        raise NotConstantError("A value is too large for a test.")
    return value
