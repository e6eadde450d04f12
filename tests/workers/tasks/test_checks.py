"""Which tests an attempt is checked with, and which of the model's own are left out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs.solve_events import GivenTest, Problem, ProblemForm
from workers.tasks.checks import asked_function, form_of, plan_tests, problem_text
from workers.tasks.repetition import RepetitionWatch, is_same_code

CODE = "def helper(x):\n    return x\n\ndef add(a, b):\n    return helper(a) + b\n"


def rows(*pairs: tuple[str, str]) -> tuple[GivenTest, ...]:
    return tuple(GivenTest(input=given, expected=expected) for given, expected in pairs)


def ids(problem: Problem, tests: str, code: str = CODE, **options: Any) -> dict[str, str]:
    plan = plan_tests(problem, code, tests, **options)
    return {test.id: f"{test.input} = {test.expected}" for test in plan.tests}


def test_own_tests_that_repeat_contradict_or_mean_something_else_are_left_out() -> None:
    problem = Problem(text="Add.", tests="add(1, 2) == 3")
    tests = """
assert add(1, 2) == 3
assert add(2, 2) == 4
assert add(2, 2) == 4
assert add(3, 3) == 6
assert add(3, 3) == 7
assert add(1, 2) == 4
assert other(1) == 1
assert add(1) + 1 == 2
"""
    assert ids(problem, tests) == {
        "given-1": "add(1, 2) = 3",
        "own-1": "add(2, 2) = 4",
    }
    notes = plan_tests(problem, CODE, tests).notes
    assert notes == (
        "2 of the model's own tests cannot be read and are left out.",
        "3 of the model's own tests contradict others: left out.",
    )


@pytest.mark.parametrize(
    ("problem", "options", "function"),
    [
        (Problem(text="x", signature="def add(a, b)"), {}, "add"),
        (Problem(text="x", tests="helper(1) == 1"), {}, "helper"),
        (Problem(text="Write helper(x)."), {}, "helper"),
        (Problem(text="x"), {"function": "helper"}, "helper"),
        (Problem(text="x"), {"function": "gone"}, "add"),
        (Problem(text="x"), {}, "add"),
    ],
)
def test_the_function_is_the_one_that_is_asked_for_or_that_nothing_else_calls(
    problem: Problem, options: Any, function: str
) -> None:
    assert plan_tests(problem, CODE, "", **options).function == function


@pytest.mark.parametrize(
    ("problem", "form"),
    [
        (Problem(text="x"), "free"),
        (Problem(text="x", form="program"), "program"),
        (Problem(text="x", signature="def f(x)"), "function"),
        (Problem(text="x", tests="f(1) == 2"), "function"),
        (Problem(text="x", tests="Input:\n1\nOutput:\n2"), "program"),
        (Problem(text="x", rows=rows(("1 2", "3"))), "program"),
    ],
)
def test_the_form_follows_from_what_is_given(problem: Problem, form: ProblemForm) -> None:
    assert form_of(problem) == form


def test_a_model_is_shown_the_given_tests_as_it_should_write_them() -> None:
    problem = Problem(
        text="Add.", signature="def add(a, b)",
        rows=rows(("1, 2", "3"), ("'a', 1", "raises TypeError")),
    )  # fmt: skip
    assert asked_function(problem) == "add"
    assert problem_text(problem).tests == (
        "assert add(1, 2) == 3",
        "add('a', 1) raises TypeError",
    )
    pairs = problem_text(Problem(text="x", rows=rows(("1\n", "2")))).tests
    assert pairs == ("Input:\n1\nOutput:\n2",)


def test_long_values_are_cut_in_their_row() -> None:
    problem = Problem(text="x", tests=f"f('{'a' * 1000}') == 1")
    [test] = plan_tests(problem, "def f(x): return 1", "").tests
    row = test.row()
    assert row.truncated
    assert len(row.input) == 200


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_answer_fails_the_plan(code: str, tests: str) -> None:
    plan_tests(Problem(text="x"), code, tests)


@given(st.text(min_size=1, max_size=40), st.integers(1, 7))
def test_short_texts_are_no_loop(text: str, size: int) -> None:
    watch = RepetitionWatch()
    assert not any(watch.feed(text[at : at + size]) for at in range(0, len(text), size))


@given(st.text("abcdefghijk \n", min_size=20, max_size=60))
def test_a_loop_is_noticed(unit: str) -> None:
    watch = RepetitionWatch()
    noticed = any(watch.feed(unit) for _ in range(60))
    assert noticed or not unit.strip()


def test_code_is_the_same_whatever_its_comments_and_blanks() -> None:
    code = "def f(x):\n    return x + 1\n"
    assert is_same_code(code, "\n\n# again\ndef f( x ):\n  return (x+1)")
    assert not is_same_code(code, code.replace("+", "-"))
    assert is_same_code("def f(:", "def f(:\n")
    assert not is_same_code("def f(:", "def g(:")
