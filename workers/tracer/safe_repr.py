"""The text of a value, without running any of the program's own code.

A class that counts calls of its own `__repr__` would behave differently under observation, and an
endless one would hang the tracer. So nothing that a program can define is ever called: the rules
(`repr_rules`) find out which `__repr__` implementation would apply and do its work structurally.
Dataclasses, named tuples and enums are written with their fields; whatever has a `__repr__` of
its own appears as `<module.Class object>`, like an object that has none.

Texts equal CPython 3.11's `repr` with these exceptions, which make traces comparable across runs
and machines: no addresses, no paths of modules, and `str_iterator` for `str_ascii_iterator`.

Speed decides what is done where: exact built-in leaves, and lists, tuples, sets and dictionaries
of only such leaves, go through CPython's own `repr`; everything else is walked in Python under a
budget. Types are recognised by id, because hashing a class can call its metaclass.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .repr_rules import rule_for
from .writer import FullError, Writer, cost

#: Containers above this length are walked under the budget instead of rendered whole.
MAX_WHOLE_LENGTH = 5000
#: Texts up to this length are kept to recognise them by identity.
MAX_KEPT_LENGTH = 1000
#: Integers of at most this many bits together are always rendered whole: they print fast.
MAX_WHOLE_BITS = 6000

_NUMBERS = frozenset(map(id, (int, float, bool, complex, type(None), type(...))))
_TEXTS = frozenset(map(id, (str, bytes)))
_LEAVES = _NUMBERS | _TEXTS
_CONTAINERS = frozenset(map(id, (list, tuple, set, frozenset, dict)))
_STR, _INT, _DICT = id(str), id(int), id(dict)
_SMALL = 1 << 64


def is_lasting(value: Any) -> bool:
    """Whether the value may be kept to recognise it by identity: immutable and small."""
    kind = id(type(value))
    return kind in _NUMBERS or (kind in _TEXTS and len(value) <= MAX_KEPT_LENGTH)


class Renderer:
    """Renders values within `limit` bytes of UTF-8 each."""

    __slots__ = ("limit",)

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def render(self, value: object) -> tuple[str, bool]:
        """The value's text, and whether it was shortened."""
        text = self._whole(value)
        if text is not None and cost(text) <= self.limit:
            return text, False
        writer = Writer(self.limit, rule_for)
        try:
            writer.write_value(value)
        except FullError:
            writer.cut = True
        return "".join(writer.parts), writer.cut

    def _whole(self, value: Any) -> str | None:
        """CPython's own repr where it is safe and bounded, else None."""
        kind = id(type(value))
        if kind in _NUMBERS:
            return repr(value) if kind != _INT or -_SMALL < value < _SMALL else None
        if kind in _TEXTS:
            return repr(value) if len(value) <= self.limit else None
        if kind not in _CONTAINERS or len(value) > MAX_WHOLE_LENGTH:
            return None
        if kind == _DICT:
            whole = self._is_plain(value.keys()) and self._is_plain(value.values())
        else:
            whole = self._is_plain(value)
        return repr(value) if whole else None

    def _is_plain(self, items: Iterable[Any]) -> bool:
        """Whether all items are leaves whose joint repr stays near the limit."""
        kinds = set(map(id, map(type, items)))
        if not kinds <= _LEAVES:
            return False
        if _INT in kinds and not _are_short(items):
            return False
        if kinds == {_STR}:
            return sum(map(len, items)) <= self.limit
        if kinds & _TEXTS:
            return sum(len(item) for item in items if id(type(item)) in _TEXTS) <= self.limit
        return True


def _are_short(items: Iterable[Any]) -> bool:
    bits = 0
    for item in items:
        if type(item) is int and not -_SMALL < item < _SMALL:
            bits += item.bit_length()
    return bits <= MAX_WHOLE_BITS
