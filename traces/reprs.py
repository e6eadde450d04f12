"""Reading Python `repr` text without evaluating it.

Values in a trace are `repr` strings from a student's program or from a model: hostile, sometimes
huge, sometimes malformed. The functions here scan the text once, never evaluate it, never raise,
and give the same answers as their twins in `static/src/reprs.ts` (shared golden cases hold that).
"""

from __future__ import annotations

import re

_INT = re.compile(r"-?\d+\Z", re.ASCII)
_FLOAT = re.compile(r"-?(?:\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+|inf)\Z|nan\Z", re.ASCII)
_COMPLEX = re.compile(r"\(?-?[\d.e+-]*(?:inf|nan)?[\d.e+-]*j\)?\Z", re.ASCII)
_CALL = re.compile(r"([^\W\d][\w.]*)\(", re.ASCII)
_CLASS = re.compile(r"<([^\W\d][\w.]*)[ >]", re.ASCII)
_CONSTANTS = {"None": "NoneType", "True": "bool", "False": "bool", "Ellipsis": "ellipsis"}


def type_name(text: str) -> str:
    """The type a `repr` shows, e.g. "int", "str", "dict", "Point"; "" where it does not say.

    `<Account object>` gives "Account", `<class 'KeyError'>` gives "type".
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    first = text[:1]
    if first in {"'", '"'}:
        return "str"
    if text.startswith(("b'", 'b"')):
        return "bytes"
    if first == "[":
        return "list"
    if first == "{":
        return "dict" if text == "{}" or _has_top_level_colon(text) else "set"
    return _number_type(text) or _named_type(text)


def _number_type(text: str) -> str:
    if len(text) > 64:  # Longer than any float's repr; a long int is told by its first digit.
        return "int" if _INT.match(text) else "tuple" if text.startswith("(") else ""
    if _INT.match(text):
        return "int"
    if _FLOAT.match(text):
        return "float"
    if _COMPLEX.match(text):
        return "complex"
    return "tuple" if text.startswith("(") else ""


def _named_type(text: str) -> str:
    if match := _CALL.match(text):
        return match[1].rpartition(".")[2]
    if match := _CLASS.match(text):
        name = match[1].rpartition(".")[2]
        return "type" if name == "class" else name
    return ""


def _has_top_level_colon(text: str) -> bool:
    """Whether the braces that open `text` hold `key: value` pairs."""
    depth = 0
    i = 0
    while i < len(text):
        char = text[i]
        if char in "'\"":
            i = _string_end(text, i)
            continue
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == ":" and depth == 1:
            return True
        i += 1
    return False


def _string_end(text: str, start: int) -> int:
    """Index just after the string literal whose quote is at `start`; the end if it never closes."""
    quote = text[start]
    i = start + 1
    while i < len(text):
        if text[i] == "\\":
            i += 2
        elif text[i] == quote:
            return i + 1
        else:
            i += 1
    return len(text)
