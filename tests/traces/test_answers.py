"""Models answer in every shape; each is read, whatever the pieces in which it arrives."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from traces.answers import Answer, AnswerStream, Piece, holds_only_tests, read_answer, split_tests

CODE = "def add(a, b):\n    return a + b\n"
TESTS = "assert add(1, 2) == 3\n"
WELL = f"<think>\nSum.\n</think>\nHere:\n\n```python\n{CODE}```\n\n```python tests\n{TESTS}```\n"

FRAGMENTS = st.sampled_from(
    ["```", "```python\n", "```python tests\n", "~~~\n", "<think>", "</think>", "<thi", "nk>", "\n",
     CODE, TESTS, "def f(", "    x = 1\n", "Hello `x` there. ", "````\n", "``", "é😀", "\r\n", "\0",
     ">>> f(1)\n1\n", "assert", "   ```\n"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=14).map("".join)


def streamed(text: str, cuts: list[int], *, begins: bool = False) -> tuple[list[Piece], Answer]:
    """The text fed in pieces."""
    stream, pieces = AnswerStream(begins), list[Piece]()
    places = sorted({0, *(cut % (len(text) + 1) for cut in cuts), len(text)})
    for start, end in itertools.pairwise(places):
        pieces += stream.feed(text[start:end])
    pieces += stream.finish()
    return pieces, stream.read()


def joined(pieces: list[Piece]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for piece in pieces:
        key = (piece.part, piece.block)
        found[key] = found.get(key, "") + piece.text
    return found


def test_a_well_formed_answer_is_taken_apart() -> None:
    answer = read_answer(WELL)
    assert answer == Answer(code=CODE, block=0, tests=TESTS.strip(), text="Here:", reasoning="Sum.")


@pytest.mark.parametrize(
    ("text", "code", "tests", "note"),
    [
        ("I can not do that.", "", "", ""),
        ("", "", "", ""),
        (f"```python\n{CODE}", CODE, "", "not closed"),
        (f"```\n{CODE}```", CODE, "", ""),
        (f"~~~py\n{CODE}~~~", CODE, "", ""),
        (f"````python\n{CODE}````", CODE, "", ""),
        (f"Sure!\n\n{CODE}\nThis is it, done.", CODE, "", "outside of a code block"),
        (f"```python\n{CODE}\n{TESTS}```", CODE, TESTS.strip(), "inside the code"),
        (f"```python\n{CODE}```\n```python\n{TESTS}```", CODE, TESTS.strip(), ""),
        (f"```python\ndef add(a, b): return 0\n```\n```python\n{CODE}```", CODE, "", "2 blocks"),
        (f"```python\n{CODE}```\n```python\ndef add(a\n```", CODE, "", "2 blocks"),
        ("```python\nprint(\n```", "print(\n", "", ""),
        ("```python\n\n```", "", "", ""),
        (f"<think>\n```python\nx = 1\n```\n</think>\n```python\n{CODE}```", CODE, "", ""),
        (f"</think>\n```python\n{CODE}```", CODE, "", ""),
    ],
)
def test_malformed_answers_are_read_as_far_as_they_go(
    text: str, code: str, tests: str, note: str
) -> None:
    answer = read_answer(text)
    assert (answer.code, answer.tests) == (code, tests)
    assert note in " ".join(answer.notes)
    assert bool(note) == bool(answer.notes)


def test_reasoning_that_never_ends_is_all_reasoning() -> None:
    answer = read_answer("hm " * 1000 + "```python\nx = 1\n```", begins_in_reasoning=True)
    assert (answer.code, answer.text) == ("", "")
    assert answer.notes == ("The model never stopped reasoning.",)


def test_a_model_may_repeat_the_tag_that_its_prompt_ends_with() -> None:
    answer = read_answer(f"<think>\nSum.</think>{CODE}", begins_in_reasoning=True)
    assert (answer.reasoning, answer.code) == ("Sum.", CODE)


def test_code_that_is_too_long_is_no_code() -> None:
    long = "x = 1\n" * 10_000
    answer = read_answer(f"```python\n{long}```")
    assert answer.code == ""
    assert "too long" in answer.notes[0]


def test_text_is_shown_as_soon_as_it_can_be_no_fence_and_no_tag() -> None:
    stream = AnswerStream()
    assert stream.feed("Hel") == [Piece("text", 0, "Hel")]
    assert stream.feed("lo\n``") == [Piece("text", 0, "lo\n")]
    assert stream.feed("`python\ndef") == [Piece("code", 0, "def")]
    assert stream.feed(" f(): pass\n```") == [Piece("code", 0, " f(): pass\n")]
    assert stream.feed("\na <thi") == [Piece("text", 0, "a ")]
    assert stream.feed("nk>b") == [Piece("reasoning", 0, "b")]


@given(TEXTS, st.lists(st.integers(0, 400), max_size=30), st.booleans())
@example(WELL, list(range(200)), False)
def test_the_pieces_do_not_depend_on_how_the_text_arrives(
    text: str, cuts: list[int], begins: bool
) -> None:
    whole, answer = streamed(text, [], begins=begins)
    pieces, again = streamed(text, cuts, begins=begins)
    assert joined(pieces) == joined(whole)
    assert again == answer


@given(TEXTS, st.booleans())
def test_no_character_is_invented(text: str, begins: bool) -> None:
    pieces, answer = streamed(text, [], begins=begins)
    rest = iter(text)
    for piece in pieces:
        assert all(character in rest for character in piece.text)
    assert answer.code == "" or answer.code.endswith("\n")


@given(TEXTS)
def test_splitting_tests_off_loses_no_line(text: str) -> None:
    program, tests = split_tests(text)
    lines = [line for part in (program, tests) for line in part.split("\n") if line]
    assert sorted(lines) == sorted(line for line in text.split("\n") if line)


def test_assertions_about_values_of_the_program_stay_in_it() -> None:
    program = "def f(x):\n    return x\nvalue = f(1)\nassert value == 1\nassert f(2) == 2\n"
    kept, tests = split_tests(program)
    assert "assert value == 1" in kept
    assert tests == "assert f(2) == 2"


@pytest.mark.parametrize(
    ("text", "is_so"),
    [(TESTS, True), (">>> add(1, 2)\n3\n", True), (CODE, False), (CODE + TESTS, False),
     ("import math\n" + TESTS, True), ("x = 1\n", False), ("", False)],
)  # fmt: skip
def test_a_block_of_tests_holds_nothing_that_could_be_a_solution(text: str, is_so: bool) -> None:
    assert holds_only_tests(text) is is_so
