"""The text of a value, without running any of the program's own code.

A class that counts calls of its own `__repr__` would behave differently under observation, and an
endless one would hang the tracer. So nothing that a program can define is ever called: the rules
(`repr_rules`) find out which `__repr__` implementation would apply and do its work structurally.
Dataclasses, named tuples and enums are written with their fields; whatever has a `__repr__` of
its own appears as `<module.Class object>`, like an object that has none.

Texts equal CPython 3.11's `repr` with these exceptions, which make traces comparable across runs
and machines: no addresses, no paths of modules, and `str_iterator` for `str_ascii_iterator`.

Speed decides what is done where: exact built-in leaves, and lists, tuples, sets and dictionaries
of leaves, however nested, go through CPython's own `repr` once a walk over the types has shown
that nothing else is inside; everything else is written in Python under a budget. Types are
recognised by id, because hashing a class can call its metaclass.
"""

from __future__ import annotations

from .repr_rules import rule_for
from .writer import FullError, Writer, cost

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box several milliseconds
    from typing import Any

#: Elements of a container, at all levels, up to which it is rendered whole.
MAX_WHOLE_ELEMENTS = 5000
#: Texts up to this length are kept to recognise them by identity.
MAX_KEPT_LENGTH = 1000

NUMBERS = frozenset(map(id, (int, float, bool, complex, type(None), type(...))))
_TEXTS = frozenset(map(id, (str, bytes)))
_CONTAINERS = frozenset(map(id, (list, tuple, set, frozenset, dict)))
_PLAIN = NUMBERS | _TEXTS | _CONTAINERS
_STR, _DICT = id(str), id(dict)


def is_lasting(value: Any) -> bool:
    """Whether the value may be kept to recognise it by identity: immutable and small."""
    kind = id(type(value))
    return kind in NUMBERS or (kind in _TEXTS and len(value) <= MAX_KEPT_LENGTH)


class Renderer:
    """Renders values within `limit` bytes of UTF-8 each."""

    __slots__ = ("limit",)

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def render(self, value: Any) -> tuple[str, bool]:
        """The value's text, and whether it was shortened."""
        if self._is_plain(value):
            try:
                text = repr(value)
            except (ValueError, RecursionError):  # an int of too many digits; deep nesting
                pass
            else:
                if cost(text) <= self.limit:
                    return text, False
        writer = Writer(self.limit, rule_for)
        try:
            writer.write_value(value)
        except FullError:
            writer.cut = True
        return "".join(writer.parts), writer.cut

    def _is_plain(self, value: Any) -> bool:
        """Whether CPython's own repr is safe (no class of the program inside) and bounded.

        A container inside itself is walked until the count of elements runs out.
        """
        kind = id(type(value))
        if kind in NUMBERS:
            return True
        if kind in _TEXTS:
            return len(value) <= self.limit
        if kind not in _CONTAINERS:
            return False
        left, chars = MAX_WHOLE_ELEMENTS, self.limit
        waiting = [value]
        while waiting:
            items = waiting.pop()
            if id(type(items)) == _DICT:
                items = [*items, *items.values()]
            left -= len(items)
            kinds = set(map(id, map(type, items)))
            if left < 0 or not kinds <= _PLAIN:
                return False
            if kinds & _TEXTS:
                only_str = len(kinds) == 1 and _STR in kinds
                chars -= sum(map(len, items)) if only_str else _text_length(items)
                if chars < 0:
                    return False
            if kinds & _CONTAINERS:
                waiting.extend([item for item in items if id(type(item)) in _CONTAINERS])
        return True


def _text_length(items: Any) -> int:
    return sum([len(item) for item in items if id(type(item)) in _TEXTS])
