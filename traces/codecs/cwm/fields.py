"""The fields of a frame as values: LOCALS and VALUE are JSON written by a model, so anything."""

from __future__ import annotations

import json
import re
from typing import Any

from traces.codecs.cwm.grammar import Fault


class BadField(Exception):
    """A field that cannot be read."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail


class _Duplicate(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Duplicate
    return found


_parse = json.JSONDecoder(object_pairs_hook=_unique).decode

# One complete pair inside an unfinished object. Each character can match in one way only.
_PAIR = re.compile(r'("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*")', re.DOTALL)


_PAIR_BYTES = re.compile(_PAIR.pattern.encode(), re.DOTALL)


def value_spans(text: bytes) -> list[tuple[str, int, int]]:
    """Each value of a readable LOCALS: its name, and where its quotes begin and end in bytes."""
    return [(str(json.loads(match[1])), *match.span(2)) for match in _PAIR_BYTES.finditer(text)]


def parse_locals(text: str) -> dict[str, str]:
    """LOCALS as written, `..` included. Raises `BadField`."""
    try:
        found = _parse(text)
    except _Duplicate:
        raise BadField(Fault.DUPLICATE_NAME) from None
    except (ValueError, RecursionError) as error:
        raise BadField(Fault.LOCALS_JSON, str(error)) from None
    if type(found) is not dict:
        raise BadField(Fault.LOCALS_TYPE, type(found).__name__)
    for name, value in found.items():
        if type(value) is not str:
            raise BadField(Fault.LOCALS_TYPE, f"{name}: {type(value).__name__}")
    if "\\u" in text:
        for part in (*found, *found.values()):
            _refuse_surrogates(part)
    return found


def parse_value(text: str) -> str:
    """VALUE's repr. Raises `BadField`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadField(Fault.VALUE_JSON, str(error)) from None
    if type(value) is not str:
        raise BadField(Fault.VALUE_JSON, f"a string was expected, not {type(value).__name__}")
    if "\\u" in text:
        _refuse_surrogates(value)
    return value


def partial_locals(text: str) -> dict[str, str]:
    """The complete pairs at the beginning of an unfinished LOCALS."""
    found: dict[str, str] = {}
    for match in _PAIR.finditer(text):
        try:
            name, value = json.loads(match[1]), json.loads(match[2])
            _refuse_surrogates(name + value)
        except (ValueError, BadField):
            break
        found[name] = value
    return found


def _refuse_surrogates(text: str) -> None:
    """Half a surrogate pair is no character: no repr contains one, and it cannot be stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadField(Fault.NOT_UTF8, "half a surrogate pair") from None
