"""The host's view of values that come out of boxes: checked, compared and shown, never built.

Theory of operation. A box that runs a student's code claims values (`workers.sandbox.inbox.codec`
has the notation). The host keeps each as the checked JSON tree it arrived as and compares trees.
It makes no Python set or dict of a student's values: a set of integers that all hash alike costs
the square of its size to build, so a reply of one mebibyte could stop the worker for hours. For
the comparison of sets and dictionaries each element gets a canonical text, whose hash is random.

Whatever is not exactly the notation raises `ValueViolation`, on any bytes, and nothing else does.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

import msgspec

from workers.sandbox.display import clean_value
from workers.sandbox.inbox.codec import MAX_DEPTH, MAX_INT_BITS, MAX_NODES, Encoder

#: A checked tree. JSON has no better type.
Tree = Any

MAX_FRAME_BYTES = 1024 * 1024
MAX_TYPE_CHARS = 200
MAX_REPR_CHARS = 400
#: Opaque values are numbered by the box; the number is only ever handed back to it.
MAX_HANDLE = 1 << 53
_FLOAT = re.compile(r"-?0x[01]\.?[0-9a-f]{0,13}p[+-][0-9]{1,4}|nan|-?inf", re.ASCII)
_BIG_INT = re.compile(r"-?0x[0-9a-f]{1,3400}", re.ASCII)
_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)
_PLAIN_INT = 1 << 53
_decoder = msgspec.json.Decoder()


class ValueViolation(Exception):  # the word of the design, and no error of ours
    """A box sent something that its side of the protocol never sends."""


def parse(data: bytes) -> Any:
    """The JSON of a frame's body, of any shape."""
    if len(data) > MAX_FRAME_BYTES:
        raise ValueViolation(f"a message of {len(data):,} bytes")
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        raise ValueViolation(f"unreadable message: {error!s:.200}") from None


def check(tree: Tree) -> Tree:
    """The tree itself if it is one. Raises `ValueViolation`."""
    try:
        _Checker().check(tree, 0)
    except RecursionError:  # the bound on depth comes first, unless the caller is deep already
        raise ValueViolation("nested too deep") from None
    return tree


class _Checker:
    def __init__(self) -> None:
        self._nodes = 0

    def check(self, tree: Any, depth: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ValueViolation(f"more than {MAX_NODES:,} values")
        if depth >= MAX_DEPTH:
            raise ValueViolation(f"nested more than {MAX_DEPTH} deep")
        if tree is None or isinstance(tree, bool | str):
            return
        if isinstance(tree, int):
            if not -_PLAIN_INT < tree < _PLAIN_INT:
                raise ValueViolation("a large integer in plain form")
        elif isinstance(tree, list):
            for item in tree:
                self.check(item, depth + 1)
        elif isinstance(tree, dict) and len(tree) == 1:
            ((tag, body),) = tree.items()
            self._check_tagged(tag, body, depth)
        else:
            raise ValueViolation(f"a value written as {type(tree).__name__}")

    def _check_tagged(self, tag: str, body: Any, depth: int) -> None:
        if tag in ("t", "S", "F"):
            for item in _list(body):
                self.check(item, depth + 1)
        elif tag == "d":
            for pair in _list(body):
                key, value = _list(pair, 2)
                self.check(key, depth + 1)
                self.check(value, depth + 1)
        elif tag == "o":
            _check_opaque(body)
        elif tag == "c":
            real, imaginary = _list(body, 2)
            _check_float(real)
            _check_float(imaginary)
        elif tag == "f":
            _check_float(body)
        elif tag == "i":
            _check_big_int(body)
        elif tag in ("b", "y", "s"):
            _check_hex(tag, body)
        else:
            raise ValueViolation(f"an unknown kind of value, {tag!r:.20}")


def _list(body: Any, length: int | None = None) -> list[Any]:
    if not isinstance(body, list) or (length is not None and len(body) != length):
        raise ValueViolation("a container of the wrong form")
    return body


def _check_float(body: Any) -> None:
    if not isinstance(body, str) or not _FLOAT.fullmatch(body):
        raise ValueViolation("a float of the wrong form")
    try:
        float.fromhex(body)
    except OverflowError:
        raise ValueViolation("a float that is too large") from None


def _check_big_int(body: Any) -> None:
    if not isinstance(body, str) or not _BIG_INT.fullmatch(body):
        raise ValueViolation("an integer of the wrong form")
    if int(body, 16).bit_length() > MAX_INT_BITS:
        raise ValueViolation("an integer of more than 4,000 digits")


def _check_hex(tag: str, body: Any) -> None:
    if not isinstance(body, str) or not _HEX.fullmatch(body):
        raise ValueViolation("bytes of the wrong form")
    if tag == "s":
        try:
            bytes.fromhex(body).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise ValueViolation("text of the wrong form") from None


def _check_opaque(body: Any) -> None:
    name, text, number = _list(body, 3)
    if not isinstance(name, str) or len(name) > MAX_TYPE_CHARS:
        raise ValueViolation("an opaque value without a type")
    if not isinstance(text, str) or len(text) > MAX_REPR_CHARS:
        raise ValueViolation("an opaque value without a text")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < MAX_HANDLE:
        raise ValueViolation("an opaque value without a number")


# --- values of ours -------------------------------------------------------------------------------


def tree_of(value: object) -> Tree:
    """The tree of a value of an exercise. Raises `TypeError` for what cannot cross.

    Also raises `workers.sandbox.inbox.codec.CannotEncodeError` for what is too large.
    """

    def refuse(other: object) -> Tree:
        raise TypeError(
            f"a value of type {type(other).__name__} cannot be passed to a box; use None, bool, "
            "int, float, complex, str, bytes, list, tuple, set, frozenset or dict"
        )

    return Encoder(refuse).encode(value)


# --- comparison -----------------------------------------------------------------------------------


def kind_of(tree: Tree) -> str:
    """The name of the value's type, for messages and comparison."""
    if isinstance(tree, dict):
        tag = next(iter(tree))
        return str(tree["o"][0]) if tag == "o" else _NAMES[tag]
    return "None" if tree is None else type(tree).__name__


_NAMES = {
    "i": "int",
    "f": "float",
    "c": "complex",
    "s": "str",
    "b": "bytes",
    "y": "bytearray",
    "t": "tuple",
    "S": "set",
    "F": "frozenset",
    "d": "dict",
}


def is_opaque(tree: Tree) -> bool:
    return isinstance(tree, dict) and "o" in tree


def number_of(tree: Tree) -> int | float | complex | None:
    """The number a tree stands for, None for what is no number. A bool is none."""
    if isinstance(tree, bool):
        return None
    if isinstance(tree, int):
        return tree
    if isinstance(tree, dict):
        ((tag, body),) = tree.items()
        if tag == "i":
            return int(body, 16)
        if tag == "f":
            return float.fromhex(body)
        if tag == "c":
            return complex(float.fromhex(body[0]), float.fromhex(body[1]))
    return None


def canonical(tree: Tree) -> str:
    """A text that two values share exactly when `equal` holds for them (and no nan is involved).

    Numbers are equal across int, float and complex, as in Python; a bool equals no number.
    """
    number = number_of(tree)
    if number is not None:
        if isinstance(number, complex) and number.imag == 0:
            number = number.real
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        return f"n{number:x}" if isinstance(number, int) else f"n{number!r}"
    if tree is None or isinstance(tree, bool):
        return f"{tree}"
    if isinstance(tree, str):
        return "s" + tree.encode().hex()
    if isinstance(tree, list):
        return "[" + ",".join(map(canonical, tree)) + "]"
    ((tag, body),) = tree.items()
    if tag == "t":
        return "(" + ",".join(map(canonical, body)) + ")"
    if tag in ("S", "F"):
        return "{" + ",".join(sorted(map(canonical, body))) + "}"
    if tag == "d":
        return "d{" + ",".join(sorted(f"{canonical(k)}:{canonical(v)}" for k, v in body)) + "}"
    if tag == "o":
        return f"o{id(body)}"
    return f"{'b' if tag == 'y' else tag}{body}"


def equal(expected: Tree, got: Tree, *, nan_equal: bool = False) -> bool:
    """Whether a claimed value is the expected one, by the rules of Python's built-in types.

    Stricter in three points: a bool equals no number, an opaque value equals nothing, and nan
    equals nan only where `nan_equal` says so.
    """
    return _compare(expected, got, lambda a, b: a == b or (nan_equal and a != a and b != b))


def close(expected: Tree, got: Tree, *, relative: float, absolute: float) -> bool:
    """As `equal`, with numbers that may differ as `math.isclose` allows; also inside containers.

    Elements of sets and keys of dictionaries have to be equal. nan equals nan.
    """

    def near(a: Any, b: Any) -> bool:
        if a == b or (a != a and b != b):
            return True
        if isinstance(a, complex) or isinstance(b, complex):
            gap = abs(complex(a) - complex(b))
            return bool(gap <= max(relative * max(abs(a), abs(b)), absolute))
        return math.isclose(a, b, rel_tol=relative, abs_tol=absolute)

    def guarded(a: Any, b: Any) -> bool:
        try:
            return near(a, b)
        except OverflowError:  # an integer beyond the range of floats
            return False

    return _compare(expected, got, guarded)


def _compare(expected: Tree, got: Tree, same_number: Any) -> bool:
    a, b = number_of(expected), number_of(got)
    if a is not None or b is not None:
        return a is not None and b is not None and bool(same_number(a, b))
    if is_opaque(expected) or is_opaque(got):
        return False
    kind, other = kind_of(expected), kind_of(got)
    if kind != other and {kind, other} not in ({"set", "frozenset"}, {"bytes", "bytearray"}):
        return False
    if isinstance(expected, list) and isinstance(got, list):
        return _compare_items(expected, got, same_number)
    if not isinstance(expected, dict) or not isinstance(got, dict):
        return bool(expected == got)
    (body,), (other_body,) = expected.values(), got.values()
    if kind == "tuple":
        return _compare_items(body, other_body, same_number)
    if kind in ("set", "frozenset"):
        return Counter(map(canonical, body)) == Counter(map(canonical, other_body))
    if kind == "dict":
        return _compare_dicts(body, other_body, same_number)
    return bool(body == other_body)


def _compare_items(expected: list[Tree], got: list[Tree], same_number: Any) -> bool:
    return len(expected) == len(got) and all(
        _compare(a, b, same_number) for a, b in zip(expected, got, strict=True)
    )


def _compare_dicts(expected: list[Any], got: list[Any], same_number: Any) -> bool:
    theirs = {canonical(key): value for key, value in got}
    if len(expected) != len(got) or len(theirs) != len(got):
        return False
    missing = object()
    for key, value in expected:
        other = theirs.get(canonical(key), missing)
        if other is missing or not _compare(value, other, same_number):
            return False
    return True


# --- showing --------------------------------------------------------------------------------------


def render(tree: Tree, limit: int = 2000) -> str:
    """The value as Python would print it, cut at `limit` characters, clean for display."""
    parts: list[str] = []
    _Renderer(parts, limit).put(tree)
    text = clean_value("".join(parts))
    return text if len(text) <= limit else text[: limit - 3] + "..."


class _Renderer:
    def __init__(self, parts: list[str], limit: int) -> None:
        self._parts = parts
        self._left = limit

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._left -= len(text)

    def put(self, tree: Tree) -> None:
        if self._left < 0:
            return
        number = number_of(tree)
        if number is not None:
            self._add(repr(number))
        elif tree is None or isinstance(tree, bool):
            self._add(repr(tree))
        elif isinstance(tree, str):
            self._add(repr(tree[: self._left + 1]))
        elif isinstance(tree, list):
            self._items("[", tree, "]")
        else:
            ((tag, body),) = tree.items()
            self._put_tagged(tag, body)

    def _put_tagged(self, tag: str, body: Any) -> None:
        if tag == "t":
            self._items("(", body, ",)" if len(body) == 1 else ")")
        elif tag == "S":
            self._items("{", body, "}") if body else self._add("set()")
        elif tag == "F":
            self._items("frozenset({", body, "})") if body else self._add("frozenset()")
        elif tag == "d":
            self._pairs(body)
        elif tag == "o":
            self._add(f"<{body[0]}> {body[1]}")
        elif tag == "s":
            text = bytes.fromhex(body).decode("utf-8", "surrogatepass")
            self._add(repr(text[: self._left + 1]))
        else:
            data = bytes.fromhex(body)[: self._left + 1]
            self._add(repr(data if tag == "b" else bytearray(data)))

    def _items(self, start: str, items: list[Tree], end: str) -> None:
        self._add(start)
        for index, item in enumerate(items):
            if self._left < 0:
                return
            if index:
                self._add(", ")
            self.put(item)
        self._add(end)

    def _pairs(self, pairs: list[Any]) -> None:
        self._add("{")
        for index, (key, value) in enumerate(pairs):
            if self._left < 0:
                return
            if index:
                self._add(", ")
            self.put(key)
            self._add(": ")
            self.put(value)
        self._add("}")
