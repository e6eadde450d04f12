"""Hints keep what explains, and lose what solves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.hints import HintFilter, is_code_line

SOLUTION = "def add(a, b):\n    total = a + b\n    return total\n"


@pytest.mark.parametrize(
    "line",
    ["def add(a, b):", "class Point:", "    total = a + b", "total = a + b", "count += 1",
     "return a + b", "for x in items:", "if n < 2:", "else:", "import math", "print(add(1, 2))",
     "from math import pi", "\treturn x", "x, y = y, x", "raise ValueError('no')"],
)  # fmt: skip
def test_lines_of_code_are_noticed(line: str) -> None:
    assert is_code_line(line)


@pytest.mark.parametrize(
    "line",
    ["", "The problem asks for the sum of two numbers.", "For example, add(1, 2) gives 3.",
     "1. Explain: what happens if a = 1?", "- for each word, think of its length:",
     "If the list is empty, what should come back?", "What would you return for n == 0?",
     "Return to the first sentence of the problem."],
)  # fmt: skip
def test_sentences_stay(line: str) -> None:
    assert not is_code_line(line)


def test_a_solution_between_sentences_is_left_out() -> None:
    hint = HintFilter()
    text = f"Think of addition.\n{SOLUTION}What is 1 + 2?"
    shown = "".join(hint.feed(character) for character in text) + hint.finish()
    assert shown == "Think of addition.\nWhat is 1 + 2?"
    assert hint.has_dropped


@given(st.text(max_size=80), st.lists(st.integers(0, 80), max_size=8))
def test_what_is_shown_does_not_depend_on_how_it_arrives(text: str, cuts: list[int]) -> None:
    whole, pieces = HintFilter(), HintFilter()
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    parts = [text[a:b] for a, b in zip(places, places[1:], strict=False)]  # noqa: RUF007  # plain
    shown = "".join(map(pieces.feed, parts)) + pieces.finish()
    assert shown == whole.feed(text) + whole.finish()
    assert len(shown) <= len(text)
