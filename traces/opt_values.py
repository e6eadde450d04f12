"""Single values in Python Tutor's trace format, both ways.

Format: github.com/pgbovine/OnlinePythonTutor, v3/docs/opt-trace-format.md and the head of
v3/pg_encoder.py. Primitives stand inline; everything else is `["REF", id]` into a heap of
`["LIST", ...]`, `["TUPLE", ...]`, `["SET", ...]`, `["DICT", [key, value], ...]`,
`["INSTANCE_PPRINT", class, text]` and so on.
"""

from __future__ import annotations

import ast
import math
from typing import Any

from traces.reprs import type_name

#: Longer reprs are shown as text: parsing them costs more than a picture of them is worth.
MAX_PARSED_CHARS = 20_000

#: Length at which a value read from a heap is cut: shared references can make it exponential.
MAX_TEXT_CHARS = 64 * 1024

#: Values deeper than this are shown as text.
MAX_NESTING = 50

_FLOAT_WORDS = {"Infinity": "inf", "-Infinity": "-inf", "NaN": "nan"}
_TAGS: dict[type, str] = {list: "LIST", tuple: "TUPLE", set: "SET"}
_BRACKETS = {"LIST": ("[", "]"), "TUPLE": ("(", ")"), "SET": ("{", "}")}


class HeapWriter:
    """The heap of one execution point.

    `ids` is shared by all points of a trace and gives the same place (activation, name, position
    inside the value) the same number, so that an object does not jump about between steps.
    """

    def __init__(self, ids: dict[tuple[object, ...], int]) -> None:
        self.heap: dict[str, list[Any]] = {}
        self.text_only = 0
        self._ids = ids

    def encode(self, text: str, place: tuple[object, ...]) -> Any:
        """The value with this repr; `place` says where it hangs."""
        if len(text) <= MAX_PARSED_CHARS:
            try:
                return self._encode(ast.literal_eval(text), place, 0)
            except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
                pass  # Not a literal: shown as text.
        return self._as_text(text, place)

    def _encode(self, value: object, place: tuple[object, ...], nesting: int) -> Any:
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, float):
            return _encode_float(value)
        if nesting > MAX_NESTING:
            raise ValueError("nested too deeply")
        below = nesting + 1
        if isinstance(value, dict):
            pairs = [
                [self._encode(k, (*place, n, "key"), below), self._encode(v, (*place, n), below)]
                for n, (k, v) in enumerate(value.items())
            ]
            return self._put(["DICT", *pairs], place)
        tag = _TAGS.get(type(value))
        if tag is None or not isinstance(value, list | tuple | set):
            return self._as_text(repr(value), place)
        items = sorted(value, key=repr) if isinstance(value, set) else value
        encoded = [self._encode(item, (*place, n), below) for n, item in enumerate(items)]
        return self._put([tag, *encoded], place)

    def _as_text(self, text: str, place: tuple[object, ...]) -> Any:
        self.text_only += 1
        if text.startswith("<function "):
            name = text.removeprefix("<function ").rstrip(">").partition(" ")[0]
            return self._put(["FUNCTION", f"{name}(...)", None], place)
        return self._put(["INSTANCE_PPRINT", type_name(text) or "object", text], place)

    def _put(self, entry: list[Any], place: tuple[object, ...]) -> list[Any]:
        number = self._ids.setdefault(place, len(self._ids) + 1)
        self.heap[str(number)] = entry
        return ["REF", number]


def _encode_float(value: float) -> Any:
    """Whole floats and the special ones travel as text, or JavaScript would print `3.0` as `3`."""
    if math.isinf(value):
        return ["SPECIAL_FLOAT", "Infinity" if value > 0 else "-Infinity"]
    if math.isnan(value):
        return ["SPECIAL_FLOAT", "NaN"]
    return ["SPECIAL_FLOAT", repr(value)] if value == int(value) else value


class TooLongError(Exception):
    """A value grew past `MAX_TEXT_CHARS`."""


class HeapReader:
    """Reprs of the values of one execution point. Never raises on odd heaps: they show as text."""

    def __init__(self, heap: dict[str, Any]) -> None:
        self._heap = heap
        self._left = MAX_TEXT_CHARS

    def text(self, value: Any) -> tuple[str, bool]:
        """The value's repr, and whether it had to be cut."""
        self._left = MAX_TEXT_CHARS
        try:
            return self._text(value, frozenset()), False
        except (TooLongError, RecursionError):
            return "...", True

    def _spend(self, text: str) -> str:
        self._left -= len(text)
        if self._left < 0:
            raise TooLongError
        return text

    def _text(self, value: Any, above: frozenset[str]) -> str:
        match value:
            case ["REF", int() | str() as number]:
                return self._object(str(number), above)
            case ["SPECIAL_FLOAT", str(word)]:
                return self._spend(_FLOAT_WORDS.get(word, word))
            case None | bool() | int() | float() | str():
                return self._spend(repr(value))
            case _:
                return self._spend("<unknown value>")

    def _object(self, number: str, above: frozenset[str]) -> str:
        entry = self._heap.get(number)
        if number in above:  # An object that contains itself.
            tag = entry[0] if isinstance(entry, list) and entry else ""
            opening, closing = _BRACKETS.get(tag, ("{", "}"))
            return self._spend(f"{opening}...{closing}")
        below = above | {number}
        match entry:
            case ["LIST" | "TUPLE" | "SET" as tag, *items]:
                return self._sequence(tag, [self._text(item, below) for item in items])
            case ["DICT", *pairs]:
                return self._spend("{" + ", ".join(self._pair(p, below) for p in pairs) + "}")
            case _:
                return self._spend(_plain_object(entry))

    def _sequence(self, tag: str, items: list[str]) -> str:
        if tag == "SET" and not items:
            return "set()"
        opening, closing = _BRACKETS[tag]
        comma = "," if tag == "TUPLE" and len(items) == 1 else ""
        return self._spend(opening + ", ".join(items) + comma + closing)

    def _pair(self, pair: Any, above: frozenset[str]) -> str:
        match pair:
            case [key, value]:
                return f"{self._text(key, above)}: {self._text(value, above)}"
            case _:
                return "<unknown pair>"


def _plain_object(entry: Any) -> str:
    """Objects whose text does not depend on others. Attributes of instances are left out."""
    match entry:
        case ["INSTANCE", str(name), *_]:
            return f"<{name} object>"
        case ["INSTANCE_PPRINT", str(), str(text), *_]:
            return text
        case ["CLASS", str(name), *_]:
            return f"<class '{name}'>"
        case ["FUNCTION", str(name), *_]:
            return f"<function {name.partition('(')[0]}>"
        case ["module", str(name), *_]:
            return f"<module '{name}'>"
        case ["HEAP_PRIMITIVE", str(), value]:
            return repr(value)
        case ["IMPORTED_FAUX_PRIMITIVE", str(label), *_]:
            return f"<{label}>"
        case [str(), str(text)]:
            return text
        case _:
            return "<unknown object>"
