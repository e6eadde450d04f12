"""Values as JSON trees: how arguments and results cross the wall of a box.

A tree is made of what JSON has. `None`, booleans, integers below 2**53 and strings stand for
themselves, an array is a list, and an object has exactly one key that names the type:

    {"i": "-0x1f..."}   int of up to 4,000 decimal digits     {"f": "0x1.8p+0"}  float.hex()
    {"c": [hex, hex]}   complex                               {"s": "eda080"}    str with surrogates
    {"b": "00ff"}       bytes      {"y": "00ff"} bytearray    {"t": [...]}       tuple
    {"S": [...]}        set        {"F": [...]}  frozenset    {"d": [[k, v], ...]}  dict
    {"o": [type name, repr, number]}   anything else: an opaque value

Only values whose type is exactly one of these built-in types are written as such, so a subclass of
`int` or an object with a clever `__eq__` crosses as opaque, or not at all. There is no pickle, no
marshal and no eval in either direction. `workers.sandbox.values` is the host's strict reader.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` itself would cost every box a few milliseconds
    from collections.abc import Callable
    from typing import Any

    Opaque = Callable[[Any], Any]

MAX_DEPTH = 60
MAX_NODES = 200_000
#: 4,000 decimal digits, below the 4,300 at which Python refuses to convert.
MAX_INT_BITS = 13_287
_PLAIN_INT = 1 << 53


class CannotEncodeError(Exception):
    """The value has a type that does not cross, or is too large or too deep."""


class Encoder:
    """Turns one value into a tree. `opaque` makes the tree of a value of any other type."""

    def __init__(self, opaque: Opaque) -> None:
        self._opaque = opaque
        self._nodes = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        """The value's tree. Raises `CannotEncodeError` for what is too large."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise CannotEncodeError(f"more than {MAX_NODES:,} values")
        if depth >= MAX_DEPTH:
            raise CannotEncodeError(f"nested more than {MAX_DEPTH} deep")
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return _encode_str(value)
        if kind is int:
            return _encode_int(value)
        if kind is float:
            return {"f": value.hex()}
        if kind is complex:
            return {"c": [value.real.hex(), value.imag.hex()]}
        if kind is bytes or kind is bytearray:
            return {"b" if kind is bytes else "y": value.hex()}
        if kind is dict:
            pairs = [(k, v) for k, v in value.items()]
            return {"d": [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in pairs]}
        if kind in _TAGS:
            items = [self.encode(item, depth + 1) for item in value]
            return items if kind is list else {_TAGS[kind]: items}
        return self._opaque(value)


_TAGS: dict[Any, str] = {list: "", tuple: "t", set: "S", frozenset: "F"}


def _encode_str(value: str) -> Any:
    try:
        value.encode()
    except UnicodeEncodeError:
        return {"s": value.encode("utf-8", "surrogatepass").hex()}
    return value


def _encode_int(value: int) -> Any:
    if -_PLAIN_INT < value < _PLAIN_INT:
        return value
    if value.bit_length() > MAX_INT_BITS:
        raise CannotEncodeError("an integer of more than 4,000 digits")
    return {"i": hex(value)}


def decode(tree: Any, opaque: Opaque) -> Any:
    """The value of a tree that the host has checked; new objects of exact built-in types."""
    kind = type(tree)
    if kind is list:
        return [decode(item, opaque) for item in tree]
    if kind is not dict:
        return tree
    ((tag, body),) = tree.items()
    if tag == "d":
        return {decode(k, opaque): decode(v, opaque) for k, v in body}
    if tag in _BUILD:
        return _BUILD[tag](decode(item, opaque) for item in body)
    if tag in _PARSE:
        return _PARSE[tag](body)
    return opaque(body)


_BUILD: dict[str, Callable[..., Any]] = {"t": tuple, "S": set, "F": frozenset}
_PARSE: dict[str, Callable[[Any], Any]] = {
    "i": lambda body: int(body, 16),
    "f": float.fromhex,
    "c": lambda body: complex(float.fromhex(body[0]), float.fromhex(body[1])),
    "s": lambda body: bytes.fromhex(body).decode("utf-8", "surrogatepass"),
    "b": bytes.fromhex,
    "y": bytearray.fromhex,
}
