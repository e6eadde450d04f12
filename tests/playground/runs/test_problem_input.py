"""Problems that cannot be solved are refused before anything is stored, with the way out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs.errors import Refused
from playground.runs.models import Run
from playground.runs.problem_input import check_problem, granted_plan
from playground.runs.solve_events import GivenTest, Problem, SolveOptions
from tests.people import Person

ROW = GivenTest(input="add(1, 2)", expected="3")


@pytest.mark.parametrize(
    ("problem", "code", "status"),
    [
        (None, "problem.empty", 400),
        (Problem(text=" \n"), "problem.empty", 400),
        (Problem(text="x" * 200_000), "problem.too_large", 413),
        (Problem(text="é" * 20_000), "problem.too_large", 413),
        (Problem(text="a\0"), "problem.null", 400),
        (Problem(text="a\ud800"), "problem.surrogate", 400),
        (Problem(text="x", tests="#" * 70_000), "tests.too_large", 413),
        (Problem(text="x", rows=(GivenTest(input="f('\0')", expected="1"),)), "tests.null", 400),
        (Problem(text="x", signature="add numbers"), "signature.unreadable", 400),
        (Problem(text="x", signature="def f(" + "a" * 600 + ")"), "signature.unreadable", 400),
        (Problem(text="x", tests="assert f(1) == 2\nfoo"), "tests.unreadable", 400),
        (Problem(text="x", rows=(GivenTest(input="f(1)", expected="a b"),)), "tests.unreadable",
         400),
        (Problem(text="x", rows=(ROW,) * 51), "tests.too_many", 400),
    ],
)  # fmt: skip
def test_what_cannot_be_solved_is_refused(problem: Problem | None, code: str, status: int) -> None:
    with pytest.raises(Refused) as caught:
        check_problem(problem)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert caught.value.message.endswith((".", "3"))
    assert caught.value.fix


def test_an_unreadable_test_is_named_with_its_line() -> None:
    with pytest.raises(Refused) as caught:
        check_problem(Problem(text="x", tests="f(1) == 2\n\nf(1) is odd"))
    assert caught.value.line == 3
    assert caught.value.message.startswith("Line 3: ")


def test_a_problem_is_trimmed_and_keeps_its_tests() -> None:
    checked = check_problem(Problem(text=" Add. ", signature="def add(a, b):", rows=(ROW,)))
    assert checked == Problem(text="Add.", signature="def add(a, b)", rows=(ROW,))


@given(st.builds(
    SolveOptions,
    mode=st.sampled_from(["solve", "hint"]),
    candidates=st.integers(), attempts=st.integers(), tokens=st.integers(), seconds=st.integers(),
))  # fmt: skip
def test_nobody_gets_more_than_there_is(options: SolveOptions) -> None:
    plan = granted_plan(options, predicts=True)
    assert 1 <= plan.candidates <= plan.attempts <= 12
    assert plan.candidates <= 4
    assert 1 <= plan.tokens <= 131_072
    assert 1 <= plan.seconds <= 1800
    assert plan.mode == options.mode


@pytest.mark.redis
def test_the_api_refuses_in_the_same_words_and_stores_nothing(
    alice: Person, redis_url: str, settings: Any
) -> None:
    def post(**problem: object) -> tuple[int, str]:
        body = {"kind": "solve", "problem": problem}
        answer = alice.client.post("/api/v1/runs", body, content_type="application/json")
        return answer.status_code, answer.json().get("code", "")

    assert post(text="") == (400, "problem.empty")
    assert post(text="Add.") == (503, "solve.no_model")
    settings.SOLVE_MODEL = "fake"
    assert post(text="Add.", tests="foo") == (400, "tests.unreadable")
    assert Run.objects.count() == 0


@pytest.mark.redis
def test_a_problem_started_through_the_api_is_stored_with_what_it_may_use(
    alice: Person, redis_url: str, settings: Any
) -> None:
    settings.SOLVE_MODEL = "fake"
    problem = {"text": "Add.", "options": {"candidates": 9, "attempts": 3}}
    body = {"kind": "solve", "problem": problem}
    answer = alice.client.post("/api/v1/runs", body, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["problem"]["text"] == "Add."
    run = Run.objects.get()
    assert (run.plan["candidates"], run.plan["attempts"], run.plan["solvers"]) == (3, 3, 1)
    assert run.stages == ["generate_answer.1", "generate_answer.2", "generate_answer.3"]


@pytest.mark.redis
def test_a_site_with_two_models_lets_both_solve(
    alice: Person, redis_url: str, settings: Any
) -> None:
    settings.SOLVE_MODEL = "model+smollm2"
    body = {"kind": "solve", "problem": {"text": "Add."}}
    assert (
        alice.client.post("/api/v1/runs", body, content_type="application/json").status_code == 201
    )
    assert Run.objects.get().plan["solvers"] == 2
