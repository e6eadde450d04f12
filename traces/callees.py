"""Which function a call event begins, where several have the same first line.

Methods of different classes often have the same `def` line, and so do wrappers of different
decorators. What a call frame shows can tell them apart: the parameter names, the variables taken
from enclosing functions (among them `__class__`), and the class in the repr of `self`. Each test
only removes functions that cannot be meant; what is left is a set, which may have several members.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from traces.flow import ANYWHERE, CodeFlow

# `<__main__.Circle object>`, `<Circle object>`, `Point(x=1, y=2)`, `<class '__main__.Circle'>`.
_CLASS = re.compile(r"<class '(?:\w+\.)*(\w+)'>|<(?:[\w<>]+\.)*(\w+) object|(\w+)\(")


@dataclass(frozen=True, slots=True)
class Caller:
    """The function that was running: where it can be, and its locals."""

    places: frozenset[tuple[int, int]]
    locals: Mapping[str, str]


def likely_callees(
    flows: Sequence[CodeFlow],
    candidates: Sequence[int],
    values: Mapping[str, str],
    caller: Caller | None,
) -> list[int]:
    """The candidates that fit the call's locals and its caller; all of them if none fits."""
    left = list(candidates)
    tests: tuple[Callable[[int], bool], ...] = (
        lambda n: _parameters_fit(flows[n], values),
        lambda n: _place_fits(flows, n, caller),
        lambda n: _class_cell_fits(flows[n], values),
        lambda n: _called_name_fits(flows, n, caller),
    )
    for test in tests:
        if len(left) < 2:
            break
        left = [n for n in left if test(n)] or left
    return left


def _parameters_fit(flow: CodeFlow, values: Mapping[str, str]) -> bool:
    names = tuple(values)
    count = len(flow.arguments)
    return names[:count] == flow.arguments and flow.free_names.issuperset(names[count:])


def _place_fits(flows: Sequence[CodeFlow], candidate: int, caller: Caller | None) -> bool:
    """A comprehension or class body runs where it stands, called by the code around it."""
    flow = flows[candidate]
    if not flow.runs_at_once or caller is None:
        return True
    return any(
        flows[n] is flow.parent and (at == ANYWHERE or flows[n].line_of(at) == flow.first_line)
        for n, at in caller.places
    )


def _class_cell_fits(flow: CodeFlow, values: Mapping[str, str]) -> bool:
    cell = values.get("__class__")
    if cell is None or "__class__" in flow.arguments:
        return True
    return class_name(cell) == _owner(flow)


def _called_name_fits(flows: Sequence[CodeFlow], candidate: int, caller: Caller | None) -> bool:
    name = flows[candidate].name
    if caller is None or name.startswith("<"):
        return True
    return any(name in flows[n].names(at) for n, at in caller.places)


def _owner(flow: CodeFlow) -> str:
    """The class whose body defines this function, or an empty string."""
    parent = flow.parent
    return parent.name if parent is not None and parent.is_class_body else ""


def class_name(value: str) -> str:
    """The class that a repr of an object or of a class names, without its module."""
    found = _CLASS.match(value)
    return next((g for g in found.groups() if g), "") if found else ""
