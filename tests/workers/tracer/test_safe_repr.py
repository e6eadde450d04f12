"""Values become text without a line of the program's code being run."""

from __future__ import annotations

import datetime
import decimal
import functools
import types
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.tracer.safe_repr import Renderer

render = Renderer(64 * 1024).render


class Trap:
    """Every way in which looking at an object could run its class's code."""

    touched: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        Trap.touched.append(name)
        raise AssertionError(name)

    def _trap(self, *args: object) -> Any:
        Trap.touched.append("method")
        raise AssertionError

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __bool__ = _trap
    __format__ = __getattr__ = __class_getitem__ = _trap


class TrapMeta(type):
    def __hash__(cls) -> int:
        Trap.touched.append("meta hash")
        raise AssertionError

    def __eq__(cls, other: object) -> bool:
        Trap.touched.append("meta eq")
        raise AssertionError

    def __repr__(cls) -> str:
        Trap.touched.append("meta repr")
        raise AssertionError


class TrapByMeta(metaclass=TrapMeta):
    pass


class Colour(Enum):
    RED = "r"


class Level(IntEnum):
    LOW = 1


@dataclass
class Item:
    name: str
    extra: object = None


@dataclass(slots=True)
class Slotted:
    value: object


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


Pair = namedtuple("Pair", "left right")
NAME = "<" + Trap.__module__ + ".Trap object>"


@pytest.fixture(autouse=True)
def _untouched() -> Iterator[None]:
    Trap.touched.clear()
    yield
    assert Trap.touched == []


@pytest.mark.parametrize(
    "value",
    [
        *(0, -5, 2**63, 2**64, -(2**200), 1.5, -0.0, float("nan"), True, None, ..., 1j),
        *("", "it's", "é🙂", "\x00\u202e", b"a\xff", bytearray(b"x"), NotImplemented),
        *([], [1, "a", None], [[1], [2, [3]]], (1,), ((),), {1}, set(), frozenset({2}), {}),
        *({"a": [1]}, {(1, 2): {3}}, range(3), slice(1, None), int, Trap, ValueError("x", 2)),
        *(
            KeyError("k"),
            Colour,
            Colour.RED,
            Level.LOW,
            Item("a", [1]),
            Slotted((1,)),
            Pair(1, "b"),
        ),
        *(deque([1, 2], 5), Counter("aab"), defaultdict(list, {1: [2]}), OrderedDict(a=1)),
        *(decimal.Decimal("1.10"), Fraction(1, 3), datetime.date(2020, 1, 2)),
        *(PurePosixPath("/a"), types.SimpleNamespace(a=1, b=[2]), {}.keys(), {1: 2}.items()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_ordinary_values_look_as_in_python(value: object) -> None:
    assert render(value) == (repr(value), False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Trap(), NAME),
        ([Trap(), {"k": (Trap(),)}], f"[{NAME}, {{'k': ({NAME},)}}]"),
        (Item("a", Trap()), f"Item(name='a', extra={NAME})"),
        (Slotted(Trap()), f"Slotted(value={NAME})"),
        (Pair(Trap(), 1), f"Pair(left={NAME}, right=1)"),
        (deque([Trap()]), f"deque([{NAME}])"),
        (ValueError(Trap()), f"ValueError({NAME})"),
        (types.SimpleNamespace(a=Trap()), f"namespace(a={NAME})"),
        ({1: Trap()}.values(), f"dict_values([{NAME}])"),
        (functools.partial(Trap.__init__, Trap()), "<functools.partial object>"),
        (TrapByMeta(), f"<{TrapByMeta.__module__}.TrapByMeta object>"),
        ([TrapByMeta], f"[<class '{TrapByMeta.__module__}.TrapByMeta'>]"),
    ],
    ids=range(12),
)
def test_objects_of_the_program_are_never_asked(value: object, text: str) -> None:
    assert render(value) == (text, False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (object(), "<object object>"),
        (iter([]), "<list_iterator object>"),
        (iter("abc"), "<str_iterator object>"),
        (iter("é"), "<str_iterator object>"),
        (types, "<module 'types'>"),
        (len, "<built-in function len>"),
        ([].append, "<built-in method append of list object>"),
        (render, f"<bound method Renderer.render of <{Renderer.__module__}.Renderer object>>"),
        (namedtuple, "<function namedtuple>"),
        ((x for x in "ab"), "<generator object <genexpr>>"),
        (memoryview(b""), "<memory>"),
    ],
    ids=range(11),
)
def test_addresses_and_paths_do_not_appear(value: object, text: str) -> None:
    assert render(value) == (text, False)


def test_a_text_that_looks_like_an_address_is_kept() -> None:
    assert render("<object at 0x7f00>") == ("'<object at 0x7f00>'", False)


def test_containers_that_contain_themselves_end() -> None:
    items: list[Any] = [1]
    items.append(items)
    table: dict[str, Any] = {}
    table["me"] = [table]
    assert render(items) == (repr(items), False)
    assert render(table) == ("{'me': [{...}]}", False)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 100_000,
        "🙂" * 30_000,
        ["y" * 50_000] * 3,
        list(range(100_000)),
        dict.fromkeys(range(10_000), "z" * 10),
        10**5_000,
        [10**5_000],
        nested(4000),
        bytearray(100_000),
    ],
    ids=["str", "emoji", "strs", "ints", "dict", "int", "int in list", "nesting", "bytearray"],
)
def test_large_values_are_cut_and_say_so(value: object) -> None:
    text, cut = render(value)
    assert cut
    assert len(text.encode()) <= 64 * 1024 + 3


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(PLAIN)
def test_nested_built_in_values_look_as_in_python(value: object) -> None:
    assert render(value) == (repr(value), False)


@settings(max_examples=100, deadline=None)
@given(PLAIN, st.integers(8, 60))
def test_no_value_exceeds_its_limit_by_more_than_the_ellipsis(value: object, limit: int) -> None:
    text, cut = Renderer(limit).render(value)
    assert len(text.encode("utf-8", "replace")) <= limit + 3
    assert cut == (text != repr(value))
