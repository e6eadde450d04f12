"""Which function a call event begins, where several have the same first line.

Methods of different classes often have the same `def` line, and so do wrappers of different
decorators. What a call frame shows can tell them apart: the parameter names, the variables taken
from enclosing functions (among them `__class__`), the class in the repr of `self`, and what the
caller's current line loads. Each test only removes functions that cannot be meant; what is left is
a set, which may have several members.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from traces.flow import ANYWHERE, CodeFlow

# `<__main__.Circle object>`, `<Circle object>`, `Point(x=1, y=2)`, `<class '__main__.Circle'>`.
_CLASS = re.compile(r"<class '(?:\w+\.)*(\w+)'>|<(?:[\w<>]+\.)*(\w+) object|(\w+)\(")

# The qualified name in the repr of a function, a method, a generator or a coroutine.
_CALLABLE = re.compile(
    r"<(?:function|bound method|generator object|coroutine object|async_generator object)"
    r" ((?:\w|\.|<\w+>)+)"
)

#: A caller that can be at more places than this says nothing useful.
MAX_PLACES = 64


@dataclass(frozen=True, slots=True)
class Caller:
    """The function that was running: where it can be, its locals, and which comprehensions and
    class bodies it has already run since its last line event."""

    places: frozenset[tuple[int, int]]
    locals: Mapping[str, str]
    ran: frozenset[int] = frozenset()


class Callees:
    """The functions of one program, as the targets of calls."""

    def __init__(self, flows: Sequence[CodeFlow], tree: ast.Module | None) -> None:
        self._flows = flows
        self._bases = _class_bases(tree) if tree is not None else {}

    def likely(
        self, candidates: Sequence[int], values: Mapping[str, str], caller: Caller | None
    ) -> list[int]:
        """The candidates that fit the call's locals and its caller; a test that none passes is
        ignored, except that a comprehension is never taken for a function or the other way."""
        flows = self._flows
        # Comprehensions have the parameter `.0`, and nothing else has. Where the compiler inlines
        # them (Python 3.12 and later) none of the candidates is meant.
        left = [n for n in candidates if (".0" in values) == (".0" in flows[n].arguments)]
        if len(left) < 2:
            return left
        tests: list[Callable[[int], bool]] = [
            lambda n: _parameters_fit(flows[n], values),
            lambda n: _closure_fits(flows[n], values),
        ]
        if caller is not None and len(caller.places) <= MAX_PLACES:
            loaded = self.loaded_names(caller)
            mentioned = mentioned_callables(loaded, caller.locals)
            tests += [
                lambda n: self._place_fits(n, caller),
                lambda n: n not in caller.ran,
                lambda n: flows[n].qualname in mentioned,
                lambda n: flows[n].name.startswith("<") or flows[n].name in loaded,
                lambda n: self._is_own_inner(n, caller, loaded),
            ]
        for test in tests:
            left = [n for n in left if test(n)] or left
        if len(left) > 1:
            owner = self._method_owner(left, values, caller)
            left = [n for n in left if _owner(flows[n]) == owner] or left
        return left

    def loaded_names(self, caller: Caller) -> frozenset[str]:
        """Variables and attributes that the caller's current line may load."""
        if len(caller.places) > MAX_PLACES:
            return frozenset()
        return frozenset().union(*(self._flows[n].names(at) for n, at in caller.places))

    def _place_fits(self, candidate: int, caller: Caller) -> bool:
        """A comprehension or class body runs where it stands, called by the code around it."""
        flow = self._flows[candidate]
        return not flow.runs_at_once or any(
            self._flows[n] is flow.parent
            and (at == ANYWHERE or self._flows[n].line_of(at) == flow.first_line)
            for n, at in caller.places
        )

    def _is_own_inner(self, candidate: int, caller: Caller, loaded: Collection[str]) -> bool:
        """A function that the caller itself defines and now calls by its name."""
        flow = self._flows[candidate]
        return flow.name in loaded and any(self._flows[n] is flow.parent for n, _ in caller.places)

    def _method_owner(
        self, candidates: Sequence[int], values: Mapping[str, str], caller: Caller | None
    ) -> str:
        """The class whose method is called, by Python's lookup; empty if that is not clear."""
        receiver = class_name(next(iter(values.values()), ""))
        order = self._resolution_order(receiver)
        if not order:
            return ""
        owners = {_owner(self._flows[n]) for n in candidates}
        loaded = self.loaded_names(caller) if caller is not None else frozenset()
        if caller is not None and "super" in loaded:
            current = {_owner(self._flows[n]) for n, _ in caller.places}
            found = next((k for k in order if k in current), None)
            if len(current) != 1 or found is None:
                return ""
            order = order[order.index(found) + 1 :]
        named = owners.intersection(loaded)
        if named and receiver not in named:  # Base.method(self)
            return named.pop() if len(named) == 1 else ""
        return next((k for k in order if k in owners), "")

    def _resolution_order(self, name: str) -> list[str]:
        """The classes in which Python looks a method up (C3 for all but exotic hierarchies)."""
        found: list[str] = []
        pending = [name]
        while pending and len(found) < MAX_PLACES:
            current = pending.pop(0)
            if current in self._bases:
                found.append(current)
                pending[:0] = self._bases[current]
        return [k for n, k in enumerate(found) if k not in found[n + 1 :]]


def mentioned_callables(loaded: Collection[str], values: Mapping[str, str]) -> set[str]:
    """Qualified names of functions and generators that the values of the loaded names show."""
    return {
        name
        for variable in loaded
        if variable in values and "<" in values[variable]
        for name in _CALLABLE.findall(values[variable])
    }


def _parameters_fit(flow: CodeFlow, values: Mapping[str, str]) -> bool:
    names = tuple(values)
    count = len(flow.arguments)
    return names[:count] == flow.arguments and flow.free_names.issuperset(names[count:])


def _closure_fits(flow: CodeFlow, values: Mapping[str, str]) -> bool:
    if not all(name in values for name in flow.free_names):
        return False
    cell = values.get("__class__")
    return cell is None or "__class__" in flow.arguments or class_name(cell) == _owner(flow)


def _owner(flow: CodeFlow) -> str:
    """The class whose body defines this function, or an empty string."""
    parent = flow.parent
    return parent.name if parent is not None and parent.is_class_body else ""


def class_name(value: str) -> str:
    """The class that a repr of an object or of a class names, without its module."""
    found = _CLASS.match(value)
    return next((g for g in found.groups() if g), "") if found else ""


def _class_bases(tree: ast.Module) -> dict[str, list[str]]:
    """Names of the bases of every class whose name occurs once."""
    found: dict[str, list[str]] = {}
    twice: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            if node.name in found:
                twice.add(node.name)
            found[node.name] = [b.id for b in node.bases if isinstance(b, ast.Name)]
    return {name: bases for name, bases in found.items() if name not in twice}
