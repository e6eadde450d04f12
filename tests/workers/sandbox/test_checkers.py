"""What counts as the right output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.sandbox.checkers import Exact, Floats, Tokens, UnorderedLines, compare

CHECKERS: list[Exact | Tokens | Floats | UnorderedLines] = [
    Exact(),
    Exact(ignore_trailing_space=False),
    Tokens(),
    Floats(),
    UnorderedLines(),
]


@pytest.mark.parametrize(
    ("checker", "expected", "got", "passed"),
    [
        (Exact(), "5\n", "5", True),
        (Exact(), "5\n", "5\r\n", True),
        (Exact(), "a  \nb\n\n\n", "a\nb", True),
        (Exact(), "a\nb", "a\n\nb", False),
        (Exact(), " a", "a", False),
        (Exact(), "", "\n", True),
        (Exact(), "a", "A", False),
        (Exact(ignore_trailing_space=False), "5\n", "5", False),
        (Exact(ignore_trailing_space=False), "5\n", "5\r\n", True),
        (Exact(ignore_trailing_space=False), "5 \n", "5\n", False),
        (Tokens(), "1 2\n3", "1\n2 3\n", True),
        (Tokens(), "1 2", "12", False),
        (Tokens(), "1 2", "1", False),
        (Tokens(), "1", "1 2", False),
        (Tokens(), "Yes", "yes", False),
        (Tokens(ignore_case=True), "Yes", "yES", True),
        (Tokens(), "1 2", "1\u00a02", False),
        (Floats(), "0.3", "0.30000000000000004", True),
        (Floats(), "x = 1.0", "x = 1", True),
        (Floats(absolute=0.01), "0", "0.009", True),
        (Floats(), "1.0", "1.1", False),
        (Floats(), "1.0", "one", False),
        (Floats(), "nan inf", "nan inf", True),
        (Floats(), "1.0", "nan", False),
        (Floats(), "1e400", "inf", True),
        (Floats(), "1", "\u0661", False),
        (Floats(), "12", "1_2", False),
        (UnorderedLines(), "a\nb\na", "a\na\nb\n", True),
        (UnorderedLines(), "a\nb", "b\na\nb", False),
        (UnorderedLines(), "a\na", "a", False),
    ],
)
def test_outputs_are_compared_as_the_checker_says(
    checker: Exact | Tokens | Floats | UnorderedLines, expected: str, got: str, passed: bool
) -> None:
    assert compare(checker, expected, got).passed is passed


@pytest.mark.parametrize(
    ("checker", "expected", "got", "message"),
    [
        (Exact(), "a\nb\n", "a\nc\n", "line 2 should be 'b', but is 'c'"),
        (Exact(), "a\nb\n", "a\n", "the output ends early: line 2 should be 'b'"),
        (Exact(), "a\n", "a\nb\n", "the output goes on: line 2 is 'b'"),
        (Tokens(), "1 2", "1 3", "word 2 should be '2', but is '3'"),
        (UnorderedLines(), "a\nb", "a", "the line 'b' is missing"),
        (UnorderedLines(), "a", "a\nb", "the line 'b' is too much"),
    ],
)
def test_the_first_difference_is_named(
    checker: Exact | Tokens | Floats | UnorderedLines, expected: str, got: str, message: str
) -> None:
    assert compare(checker, expected, got).message == message


def test_a_long_difference_is_cut() -> None:
    assert len(compare(Exact(), "x" * 10_000, "y" * 10_000).message) < 250


@pytest.mark.parametrize("checker", CHECKERS, ids=repr)
@given(text=st.text())
def test_every_output_equals_itself(
    checker: Exact | Tokens | Floats | UnorderedLines, text: str
) -> None:
    assert compare(checker, text, text).passed


@given(text=st.text(), output=st.text())
def test_checkers_never_fail(text: str, output: str) -> None:
    for checker in CHECKERS:
        outcome = compare(checker, text, output)
        assert outcome.passed or outcome.message
