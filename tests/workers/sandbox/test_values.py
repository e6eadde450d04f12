"""Values on their way out of a box: what crosses, what is refused, what counts as equal."""

from __future__ import annotations

import contextlib
import math
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.sandbox.fuzz_values import Fuzzer
from workers.sandbox.inbox.codec import CannotEncodeError, decode
from workers.sandbox.judge_wire import FrameBuffer, Raised, Returned, frame, read_answer
from workers.sandbox.values import (
    MAX_FRAME_BYTES,
    ValueViolation,
    check,
    close,
    equal,
    kind_of,
    parse,
    render,
    tree_of,
)

ID = "00000000deadbeef"
SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**3999), 10**3999)
    | st.floats()
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters())
    | st.text("\ud800\udfffa", max_size=4)
    | st.binary()
    | st.binary().map(bytearray)
)
KEYS = st.integers() | st.text() | st.tuples(st.booleans(), st.binary())
VALUES = st.recursive(
    SIMPLE,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.sets(KEYS)
        | st.frozensets(KEYS)
        | st.dictionaries(KEYS, inner)
    ),
    max_leaves=12,
)


def opaque(name: str = "Stack", text: str = "<Stack>", number: int = 1) -> Any:
    return {"o": [name, text, number]}


@given(VALUES)
def test_a_value_comes_out_as_it_went_in_with_exact_types(value: Any) -> None:
    tree = check(parse_tree(tree_of(value)))
    again = decode(tree, lambda body: body)
    assert type(again) is type(value)
    assert repr(again) == repr(value) or again == value


@given(VALUES, VALUES)
def test_trees_are_equal_when_the_values_are(a: Any, b: Any) -> None:
    # Python says 1 == True; the judge does not. Values with both kinds are left out.
    text = repr(a) + repr(b)
    if "True" in text or "False" in text or "nan" in text:
        return
    same = a == b and _same_shape(a, b)
    assert equal(tree_of(a), tree_of(b)) == same
    assert equal(tree_of(a), tree_of(a))


def _same_shape(a: Any, b: Any) -> bool:
    numbers = (int, float, complex)
    return type(a) is type(b) or (isinstance(a, numbers) and isinstance(b, numbers)) or a == b


def parse_tree(tree: Any) -> Any:
    """The tree after a journey as bytes."""
    return parse(frame({"v": tree})[4:])["v"]


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (False, 0, False),
        (True, True, True),
        (10**30, 10**30, True),
        (10**30, 1e30, False),
        (0.1 + 0.2, 0.3, False),
        (math.nan, math.nan, False),
        (0.0, -0.0, True),
        (1 + 0j, 1, True),
        ([1, 2], (1, 2), False),
        ([1, 2], [1, 2, 3], False),
        ({1, 2}, frozenset({2, 1}), True),
        ({1}, {True}, False),
        ({1: "a", 2: "b"}, {2: "b", 1: "a"}, True),
        ({1: "a"}, {1.0: "a"}, True),
        ({"a": [1]}, {"a": [2]}, False),
        ("1", 1, False),
        ("a", b"a", False),
        (b"a", bytearray(b"a"), True),
        (None, False, False),
        ("\ud800", "\ud800", True),
        ("", None, False),
    ],
)
def test_equality_is_pythons_except_for_bools(expected: Any, got: Any, same: bool) -> None:
    assert equal(tree_of(expected), tree_of(got)) is same
    assert equal(tree_of(got), tree_of(expected)) is same


def test_nan_equals_nan_where_the_exercise_says_so() -> None:
    tree = tree_of([math.nan, 1])
    assert equal(tree, tree, nan_equal=True)
    assert not equal(tree, tree)


def test_an_opaque_value_equals_nothing_not_even_itself() -> None:
    for other in (opaque(), tree_of(1), None, [opaque()]):
        assert not equal(opaque(), other)
        assert not equal(other, opaque())
    assert not equal([1, opaque()], [1, opaque()])
    assert not equal(tree_of({1}), {"S": [opaque()]})
    assert not close(opaque(), opaque(), relative=1.0, absolute=1.0)


@pytest.mark.parametrize(
    ("expected", "got", "near"),
    [
        (0.3, 0.1 + 0.2, True),
        ([1.0, (2.0,)], [1.0000000001, (2,)], True),
        ({"x": 1.0}, {"x": 1.1}, False),
        (1.0, "1.0", False),
        (1.0, True, False),
        (math.inf, math.inf, True),
        (math.inf, 1e308, False),
        (math.nan, math.nan, True),
        (10**400, 10**400, True),
        (10**400, 1.0, False),
        (1j, 1j + 1e-12, True),
    ],
)
def test_approximate_equality_reaches_into_containers(expected: Any, got: Any, near: bool) -> None:
    assert close(tree_of(expected), tree_of(got), relative=1e-9, absolute=1e-9) is near


@pytest.mark.parametrize(
    "tree",
    [
        1.5,
        1 << 53,
        {},
        {"i": "12"},
        {"i": 12},
        {"i": "0x" + "f" * 3323},
        {"i": "0x"},
        {"f": "1.5"},
        {"f": "0x1p99999"},
        {"f": "0x1.8p+9999"},
        {"f": None},
        {"c": ["nan"]},
        {"b": "0"},
        {"b": "zz"},
        {"b": "AB"},
        {"s": "ff"},
        {"t": {}},
        {"t": "ab"},
        {"d": [[1]]},
        {"d": [[1, 2, 3]]},
        {"d": {"a": 1}},
        {"o": ["a", "b"]},
        {"o": ["a", "b", True]},
        {"o": ["a", "b", -1]},
        {"o": ["a" * 300, "b", 1]},
        {"o": ["a", "b" * 500, 1]},
        {"t": [], "S": []},
        {"x": 1},
        {"__class__": "int"},
    ],
)
def test_what_is_not_the_notation_is_a_violation(tree: Any) -> None:
    for nested in (tree, [tree], {"t": [tree]}, {"d": [[tree, 1]]}):
        with pytest.raises(ValueViolation):
            check(nested)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 500_000,
        b'{"v":' * 100_000,
        b"NaN",
        b'{"id":"00000000deadbeef","v":1}x',
        b'{"id":"00000000deadbeef","v":"\xff"}',
        b'{"id":"00000000deadbeef","v":"\\ud800"}',
        b'{"id":"00000000deadbeef","v":' + b"9" * 5000 + b"}",
        b'{"id":"00000000deadbeef","v":1e999}',
        b'{"id":"00000000deadbeef","v":' + b"[" * 61 + b"]" * 61 + b"}",
        b'{"id":"00000000deadbeef","v":[' + b"1," * 200_000 + b"1]}",
        b'{"id":"00000000deadbeee","v":1}',
        b'{"id":"00000000deadbeef"}',
        b'{"id":"00000000deadbeef","v":1,"passed":true}',
        b'{"id":"00000000deadbeef","v":1,"x":["E","",[]]}',
        b'{"id":"00000000deadbeef","v":1,"a":[1]}',
        b'{"id":"00000000deadbeef","x":["E",""]}',
        b'{"id":"00000000deadbeef","x":["E","' + b"x" * 5000 + b'",[]]}',
        b"[1,2]",
        b"null",
        b" " * (MAX_FRAME_BYTES + 1),
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_malformed_answer_is_a_violation(body: bytes) -> None:
    with pytest.raises(ValueViolation):
        read_answer(body, ID, 0)


def test_answers_are_values_or_exceptions() -> None:
    assert read_answer(b'{"id":"00000000deadbeef","v":null}', ID, 0) == Returned(None)
    body = b'{"id":"00000000deadbeef","v":1,"a":[[2]]}'
    assert read_answer(body, ID, 1) == Returned(1, ([2],))
    body = b'{"id":"00000000deadbeef","x":["E","t",["E","Exception"]]}'
    assert read_answer(body, ID, 1) == Raised("E", "t", ("E", "Exception"))


def test_a_frame_that_announces_too_much_is_refused_before_it_arrives() -> None:
    buffer = FrameBuffer()
    buffer.feed(b"\xff\xff")
    with pytest.raises(ValueViolation):
        buffer.feed(b"\xff\xff")


@given(st.lists(st.dictionaries(st.text(), st.integers(0, 9)), max_size=4), st.data())
def test_frames_survive_being_cut_anywhere(messages: list[Any], data: st.DataObject) -> None:
    stream, buffer, taken = b"".join(map(frame, messages)), FrameBuffer(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        buffer.feed(stream[:size])
        stream = stream[size:]
        while (body := buffer.take()) is not None:
            taken.append(parse(body))
    assert taken == messages
    assert not buffer


def test_colliding_integers_cost_the_host_no_more_than_others() -> None:
    same = [{"i": hex(((1 << 61) - 1) * k)} for k in range(1 << 23, (1 << 23) + 30_000)]
    began = time.perf_counter()
    tree = check({"S": same})
    assert equal(tree, tree)
    assert not equal(tree_of({1}), tree)
    # Building a Python set of these would take minutes.
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        10**50,
        1.5,
        math.inf,
        2j,
        "a'b",
        b"x",
        bytearray(b"y"),
        [1, [2]],
        (1,),
        (),
        {1},
        set(),
        frozenset({1}),
        frozenset(),
        {"a": [1]},
        {},
    ],
    ids=repr,
)
def test_values_are_shown_as_python_would(value: Any) -> None:
    assert render(tree_of(value)) == repr(value)


def test_what_is_shown_is_bounded_and_clean() -> None:
    assert len(render(tree_of(["x" * 50] * 10_000), 100)) == 100
    assert len(render(tree_of("x" * 100_000), 100)) == 100
    assert "\x1b" not in render(tree_of("\x1b[31m"))
    assert render(opaque("\u202e", "\x1b[0m")) == "<\\u202e> \\x1b[0m"


def test_values_of_other_types_cannot_be_part_of_an_exercise() -> None:
    class Number(int):
        """As `True` is an `int`."""

    for value in (object(), Number(3), [range(3)], {1: iter([])}):
        with pytest.raises(TypeError, match="cannot be passed to a box"):
            tree_of(value)
    with pytest.raises(CannotEncodeError, match="digits"):
        tree_of(1 << 20_000)
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(CannotEncodeError, match="deep"):
        tree_of(loop)


def test_kinds_have_pythons_names() -> None:
    values: list[Any] = [
        1,
        10**30,
        1.5,
        1j,
        "a",
        "\ud800",
        b"",
        bytearray(),
        [],
        (),
        set(),
        frozenset(),
    ]
    for value in values:
        assert kind_of(tree_of(value)) == type(value).__name__
    assert kind_of(opaque("Stack")) == "Stack"


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_no_bytes_make_a_reader_fail_in_another_way(body: bytes) -> None:
    for data in (body, b'{"id":"00000000deadbeef","v":' + body + b"}"):
        with contextlib.suppress(ValueViolation):
            read_answer(data, ID, 0)


def test_the_fuzzer_finds_nothing_in_a_few_thousand_inputs() -> None:
    fuzzer = Fuzzer(seed=20261123)
    for _ in range(3000):
        fuzzer.step()
    assert fuzzer.tally.inputs == 3000
    # It reaches behind the readers: accepted values are compared, shown and decoded.
    assert fuzzer.tally.outcomes["answer: accepted"] > 100
    assert fuzzer.tally.outcomes["answer: violation"] > 1000
