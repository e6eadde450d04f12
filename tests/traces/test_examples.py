"""Examples inside a problem's text become tests; prose that looks like one does not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.cases import Call, InputOutput
from traces.examples import MAX_EXAMPLES, class_in, named_in, read_examples, signature_in


@pytest.mark.parametrize(
    ("text", "function", "args", "expected"),
    [
        (">>> top([3, 1], 1)\n[3]", "top", ([3, 1], 1), [3]),
        ('    """\n    >>> top([3], 1) == [3]\n    """', "top", ([3], 1), [3]),
        ("- `top([3, 1], 1)` → `[3]`", "top", ([3, 1], 1), [3]),
        ("top('a -> b', 2) -> 'a'", "top", ("a -> b", 2), "a"),
        ("1. top(2) => -5", "top", (2,), -5),
        ("Example 1: top(2) returns None.", "top", (2,), None),
        ("top(2) should return {'a': (1, 2)}.", "top", (2,), {"a": (1, 2)}),
        ("assert top(0.5) == 1.0", "top", (0.5,), 1.0),
        ("f(3) = 6", "f", (3,), 6),
        ("Input: nums = [3, 1], n = 1\nOutput: [3]\nExplanation: it is so.", "", ([3, 1], 1), [3]),
    ],
)
def test_the_usual_ways_to_write_an_example_are_read(
    text: str, function: str, args: tuple[object, ...], expected: object
) -> None:
    [case] = read_examples(f"Write a function.\n\n{text}\n")
    assert case == Call(function, args, expected=expected)


def test_what_a_program_reads_and_prints_goes_up_to_a_blank_line() -> None:
    text = "Write a program.\n\nExample input:\n3\n4\nExample output:\n6\n8\n\nGood luck."
    assert read_examples(text) == (InputOutput("3\n4\n", "6\n8\n"),)


@pytest.mark.parametrize(
    "text",
    [
        "The numbers begin with F(0) = 0 and F(1) = 1.",
        "is_even(4) returns True if the number is even",
        "f(x) == f(y)",
        "len([1, 2]) == 2",
        "math.sqrt(4) == 2",
        "f(g(1)) == 2",
        "For example [[4, 2]] gives [4, 4].",
        "Input: 5\nOutput: 25",
        "Input: a = 1\nInput: a = 2",
        "Output: 3",
        "print(f(2)) -> 4",
    ],
)
def test_what_is_in_doubt_is_left_out(text: str) -> None:
    assert read_examples(f"Write a function.\n{text}\n") == ()


def test_examples_come_once_and_not_too_many() -> None:
    lines = [f"f({number}) == {number}" for number in range(50) for _ in range(2)]
    assert len(read_examples("\n".join(lines))) == MAX_EXAMPLES


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def helper(x):\n    return x\n\ndef wanted(a):\n    pass\nother(1) == 2", "wanted"),
        ("top_n([3], 1) == [3]\ntop_n([], 1) == []", "top_n"),
        ("Input: a = 1\nOutput: 2\na_b(1) == 2\nF(0) = 0", "a_b"),
        ("a_b(1) == 2\nc_d(1) == 2", ""),
        ("F(0) = 0", ""),
        ("f(0) = 0", ""),
        ("Add two numbers.", ""),
    ],
)
def test_a_name_is_prescribed_by_a_definition_or_by_examples_that_agree(
    text: str, name: str
) -> None:
    assert named_in(text) == name


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Write `add(a: int, b: int) -> int` that adds.", "add(a: int, b: int) -> int"),
        ("Use this signature: `def add(a, b):`", "add(a, b)"),
        ("Write a function add(a, b) that adds. Say `add` as `add(a, b)`.", "add(a, b)"),
        ("def help(x):\n    pass\n\n\ndef add(a, *b) -> int:\n    ...", "add(a, *b) -> int"),
        ("`add(1, 2)` gives `3`; `sum(numbers)` adds too", ""),
        ("Write `add(a, b)` and `sub(a, b)`.", ""),
        ("Write a class. The class: `Stack()`.", ""),
        ("a function of n (a number)", ""),
        ("`stack.push(x)` adds", ""),
    ],
)
def test_a_signature_is_read_where_one_function_is_declared(text: str, signature: str) -> None:
    assert signature_in(text) == signature


def test_a_class_is_asked_for_by_its_name() -> None:
    assert class_in("Create a Python class `Pile(size)` that stores values.") == "Pile"
    assert class_in("A class `A` and a class `B`, classes of their own.") == ""


@pytest.mark.parametrize(
    "text", ["Add. Function name: `add`.", "Create a function named `add`.", "Call it `add`."]
)
def test_a_name_alone_is_read_as_well(text: str) -> None:
    assert named_in(text) == "add"


@given(st.text(alphabet="f(1)=>- \n`'\"[]:inputouInputO>.,\\\0é", max_size=400))
def test_no_text_makes_it_fail(text: str) -> None:
    read_examples(text)
    named_in(text)


@pytest.mark.parametrize(
    "line",
    [
        "f(1) == " * 60,
        "`f(" * 90,
        "def f(a, b): " * 30,
        ">>> f((((",
        "Input:",
        "f(" + "[" * 400 + " == 1",
        "- " * 400,
    ],
)
def test_hostile_texts_are_read_in_time(line: str) -> None:
    began = time.monotonic()
    text = (f"{line}\n" * 4000)[:32_768]
    read_examples(text)
    named_in(text)
    assert time.monotonic() - began < 20  # a generous bound: it stops at all
