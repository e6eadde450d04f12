"""The budgeted writer that the repr rules write one value's text with."""

from __future__ import annotations

from .inspection import type_mro

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box several milliseconds
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Rule = Callable[["Writer", Any], None]
    RuleFor = Callable[[type], Rule]

#: Deeper nesting is cut: the renderer must not overflow the stack that it observes.
MAX_NESTING = 40


class FullError(Exception):
    """The budget of one value is used up."""


def cost(text: str) -> int:
    """Bytes that this text takes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


class Writer:
    """Collects the parts of one value's text and counts them against a budget."""

    __slots__ = ("budget", "cut", "nesting", "parts", "path", "rule_for")

    def __init__(self, budget: int, rule_for: RuleFor) -> None:
        self.rule_for = rule_for
        self.parts: list[str] = []
        self.budget = budget
        self.cut = False
        self.nesting = 0
        self.path: set[int] = set()

    def put(self, text: str) -> None:
        size = cost(text)
        if size > self.budget:
            kept = text.encode("utf-8", "replace")[: max(0, self.budget)].decode("utf-8", "ignore")
            self.budget = 0
            self.parts.append(kept + "...")
            raise FullError
        self.budget -= size
        self.parts.append(text)

    def write_value(self, value: Any) -> None:
        kind = type(value)
        if id(value) in self.path:  # a container that contains itself
            self.put(
                "[...]" if list in type_mro(kind) else "{...}" if dict in type_mro(kind) else "..."
            )
            return
        if self.nesting >= MAX_NESTING:
            self.cut = True
            self.put("...")
            return
        self.nesting += 1
        self.path.add(id(value))
        try:
            self.rule_for(kind)(self, value)
        finally:
            self.path.discard(id(value))
            self.nesting -= 1

    def write_items(self, items: Iterator[Any]) -> None:
        first = True
        for item in items:
            if not first:
                self.put(", ")
            first = False
            self.write_value(item)

    def write_pairs(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        self.put("{")
        first = True
        for key, value in pairs:
            if not first:
                self.put(", ")
            first = False
            self.write_value(key)
            self.put(": ")
            self.write_value(value)
        self.put("}")

    def write_fields(self, name: str, fields: Iterable[tuple[str, Any]]) -> None:
        self.put(name + "(")
        first = True
        for field, value in fields:
            if not first:
                self.put(", ")
            first = False
            self.put(field + "=")
            self.write_value(value)
        self.put(")")
