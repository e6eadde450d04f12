"""Tests in every usual form become cases; what is none is named with its line."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.answers import parse
from traces.cases import Call, InputOutput, Unread, read_row, read_tests
from traces.constants import NotConstantError, evaluate


def value(text: str) -> object:
    tree = parse(text)
    assert tree is not None
    return evaluate(tree.body[0].value)  # type: ignore[attr-defined]  # an expression statement


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("assert add(1, 2) == 3", Call("add", (1, 2), expected=3)),
        ("assert 3 == add(1, b=2)", Call("add", (1,), {"b": 2}, 3)),
        ("assert f('a') is None, 'why'", Call("f", ("a",), expected=None)),
        ("assert f(1)", Call("f", (1,), expected=True)),
        ("assert not f(1)", Call("f", (1,), expected=False)),
        ("f([0] * 3) == [0, 0, 0]", Call("f", ([0, 0, 0],), expected=[0, 0, 0])),
        ("f(-1, 2 ** 3) -> {1: (2,)}", Call("f", (-1, 8), expected={1: (2,)})),
        ("- `f(1)` returns `'x'`", Call("f", (1,), expected="x")),
        (">>> f(1)\n2", Call("f", (1,), expected=2)),
        (">>> f(1)", Call("f", (1,), expected=None)),
        (">>> f(1)\nTraceback (most recent call last):\n  ...\nValueError: no",
         Call("f", (1,), raises="ValueError")),
        ("with pytest.raises(KeyError):\n    f({})", Call("f", ({},), raises="KeyError")),
        ("try:\n    f(1)\n    assert False\nexcept ValueError:\n    pass",
         Call("f", (1,), raises="ValueError")),
        ("assert abs(f(2) - 0.5) < 1e-3", Call("f", (2,), expected=0.5, tolerance=1e-3)),
        ("assert math.isclose(f(2), 100, rel_tol=0.01)",
         Call("f", (2,), expected=100, tolerance=1.0)),
        ("Input:\n1 2\n\nOutput:\n3", InputOutput("1 2\n", "3\n")),
        ("Example input 1: 5\nExpected output: 6", InputOutput("5\n", "6\n")),
        ("**Input:**\n```\n1\n2\n```\n**Output:**\n```\n3\n```", InputOutput("1\n2\n", "3\n")),
    ],
)  # fmt: skip
def test_every_usual_form_is_read(text: str, case: object) -> None:
    found = read_tests(text)
    assert found.unread == ()
    assert found.cases == (case,)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("assert f(1) == 2\nassert f(g(1)) == 2", 2),
        ("assert len(f(1)) == 2", 1),
        ("assert f(1) < 2", 1),
        ("assert f(*[1]) == 2", 1),
        ("assert f(x) == 2", 1),
        ("assert obj.f(1) == 2", 1),
        ("x = 1", 1),
        ("f(1) == 2\n\nf(1) gives 3", 3),
        ("Input:\n1\nInput:\n2\nOutput:\n3", 3),
        ("Output:\n3", 1),
        ("Input:\n3", 2),
        ("assert f(10 ** 10 ** 10) == 1", 1),
        ("assert f('x' * 10 ** 9) == 1", 1),
        ("assert f([[0] * 10000] * 10000) == 1", 1),
    ],
)
def test_what_is_no_test_is_named_with_its_line(text: str, line: int) -> None:
    found = read_tests(text)
    assert [problem.line for problem in found.unread] == [line]
    assert found.unread[0].message


def test_a_program_needs_pairs() -> None:
    found = read_tests("assert f(1) == 2", form="program")
    assert "Input:" in found.unread[0].message
    assert read_tests("", form="program").unread == ()


@pytest.mark.parametrize(
    ("given", "expected", "form", "case"),
    [
        ("add(1, 2)", "3", "free", Call("add", (1, 2), expected=3)),
        ("1, 2", "3", "function", Call("", (1, 2), expected=3)),
        ("", "3", "function", Call("", (), expected=3)),
        ("-1", "raises ValueError", "function", Call("", (-1,), raises="ValueError")),
        ("1 2", "3", "free", InputOutput("1 2", "3")),
        ("add(1, 2)", "3", "program", InputOutput("add(1, 2)", "3")),
    ],
)
def test_a_row_is_a_call_its_arguments_or_an_input(
    given: str, expected: str, form: str, case: object
) -> None:
    assert read_row(given, expected, form=form) == case  # type: ignore[arg-type]  # all forms


@pytest.mark.parametrize(
    ("given", "expected"), [("add(1, 2)", "three words"), ("1 2", "3"), ("f(x)", "1")]
)
def test_a_row_that_cannot_be_read_says_what_to_write(given: str, expected: str) -> None:
    found = read_row(given, expected, form="function")
    assert isinstance(found, Unread)
    assert "add(1, 2) == 3" in found.message or "quotes" in found.message


@given(st.text(max_size=200))
def test_no_text_fails(text: str) -> None:
    read_tests(text)
    read_row(text, text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(VALUES)
def test_plain_values_are_read_as_they_are_written(written: object) -> None:
    assert value(repr(written)) == written


@pytest.mark.parametrize(
    ("text", "expected"),
    [("float('inf')", math.inf), ("-float('inf')", -math.inf), ("set()", set()),
     ("list(range(3))", [0, 1, 2]), ("'ab' * 2", "abab"), ("1 + 2j", 1 + 2j), ("not 1", False)],
)  # fmt: skip
def test_a_little_arithmetic_is_done(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    ["open('x')", "__import__('os')", "[x for x in y]", "...", "1 / 0", "9 ** 9 ** 9", "-'a'",
     "list(range(10 ** 9))", "'%9999999d' % 1", "bytearray(10 ** 9)", "f'{1}'", "lambda: 1"],
)  # fmt: skip
def test_anything_that_runs_or_grows_is_refused(text: str) -> None:
    with pytest.raises(NotConstantError):
        value(text)
