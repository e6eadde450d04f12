"""Which of two solvers takes an attempt, and how a path goes on between them."""

from __future__ import annotations

import pytest

from playground.runs.events import LogEvent, StageStatus
from playground.runs.pipeline import fold
from playground.runs.solver_turns import solver_for
from playground.runs.solving import SolvePlan
from tests.playground.runs.test_solving import answers, ends, judges, starts, traces

TWO = SolvePlan(attempts=4, solvers=2)
LONG = SolvePlan(attempts=8, solvers=2)


def red(number: int) -> list[LogEvent]:
    return [*answers(number), *judges(number, 1, 1), *traces(number)]


def lost(number: int, status: StageStatus = "unavailable") -> list[LogEvent]:
    return [starts("generate_answer", number), ends("generate_answer", number, status)]


def turns(plan: SolvePlan, events: list[LogEvent]) -> list[int | None]:
    progress = fold(events)
    return [plan.solver_of(progress, number) for number in plan.numbers()]


def parents(plan: SolvePlan, events: list[LogEvent]) -> list[int]:
    progress = fold(events)
    return [plan.parent_of(progress, number) for number in plan.numbers()]


def due(plan: SolvePlan, events: list[LogEvent]) -> list[str]:
    return plan.due(fold(events))


@pytest.mark.parametrize(
    ("length", "expected"),
    [(1, [0]), (2, [0, 1]), (3, [0, 0, 1]), (6, [0] * 5 + [1]), (8, [0] * 6 + [1, 1])],
)
def test_the_second_solver_has_the_last_quarter(length: int, expected: list[int]) -> None:
    assert [solver_for(at, length, 2) for at in range(length)] == expected
    assert {solver_for(at, length, 1) for at in range(length)} == {0}


def test_who_does_not_answer_is_replaced_and_where_nobody_is_left_nobody_is_named() -> None:
    assert solver_for(0, 4, 2, {0}) == 1
    assert solver_for(3, 4, 2, {1}) == 0
    assert solver_for(1, 4, 2, {0, 1}) is None
    assert solver_for(1, 4, 1, {0}) is None


def test_every_path_has_its_own_turns() -> None:
    plan = SolvePlan(attempts=6, candidates=2, solvers=2)
    assert turns(plan, []) == [0, 0, 0, 0, 1, 1]
    assert turns(SolvePlan(attempts=4, candidates=4, solvers=2), []) == [0, 0, 0, 0]
    assert turns(SolvePlan(attempts=5, candidates=3, solvers=2), []) == [0, 0, 0, 1, 1]


def test_after_a_repair_that_changed_nothing_a_solver_begins_anew() -> None:
    plan = SolvePlan(attempts=5)
    assert parents(plan, [*red(1), *red(2)]) == [0, 1, 2, 3, 4]
    repeated = [*red(1), *answers(2, repeats=1), *judges(2, 1, 1), *traces(2)]
    assert due(plan, repeated) == ["generate_answer.3"]
    assert parents(plan, [*repeated, *red(3)]) == [0, 1, 0, 0, 0]
    assert [plan.repeated(fold(repeated), n) for n in plan.numbers()] == [0, 0, 2, 2, 2]


def test_one_path_or_model_that_repeats_itself_does_not_speak_for_another() -> None:
    repeated = [*red(1), *red(2), *answers(3, repeats=1), *judges(3, 1, 1), *traces(3)]
    assert parents(SolvePlan(attempts=6, candidates=2), repeated) == [0, 0, 1, 2, 0, 4]
    assert parents(SolvePlan(attempts=8, solvers=2), repeated)[6:] == [0, 7]


def test_the_second_solver_begins_anew_and_then_tries_again() -> None:
    events = [event for number in range(1, 7) for event in red(number)]
    assert due(LONG, events) == ["generate_answer.7"]
    assert turns(LONG, events) == [0, 0, 0, 0, 0, 0, 1, 1]
    assert parents(LONG, events) == [0, 1, 2, 3, 4, 5, 0, 7]


def test_one_solver_repairs_as_ever() -> None:
    plan = SolvePlan(attempts=3)
    assert parents(plan, [*red(1)]) == [0, 1, 2]
    assert due(plan, [*lost(1)]) == []


@pytest.mark.parametrize("status", ["unavailable", "failed"])
def test_where_the_first_does_not_answer_the_second_goes_on(status: StageStatus) -> None:
    events = lost(1, status)
    assert due(TWO, events) == ["generate_answer.2"]
    assert turns(TWO, events) == [0, 1, 1, 1]
    assert parents(TWO, [*events, *red(2)]) == [0, 0, 2, 3]


def test_where_the_second_does_not_answer_the_first_goes_on_with_its_repairs() -> None:
    events = [*(event for number in range(1, 7) for event in red(number)), *lost(7)]
    assert due(LONG, events) == ["generate_answer.8"]
    assert turns(LONG, events) == [0, 0, 0, 0, 0, 0, 1, 0]
    assert parents(LONG, events) == [0, 1, 2, 3, 4, 5, 0, 6]


def test_where_neither_answers_the_run_ends_and_says_why() -> None:
    progress = fold([*lost(1), *lost(2)])
    assert TWO.due(progress) == []
    end = TWO.decide(progress)
    assert end is not None
    assert (end.status, end.reason) == ("failed", "generate_answer unavailable.")


def test_a_failure_of_the_sandbox_is_no_reason_to_ask_another_model() -> None:
    assert due(TWO, [*answers(1), ends("run_tests", 1, "failed")]) == []


def test_the_budget_is_one_for_both() -> None:
    plan = SolvePlan(attempts=4, tokens=400, solvers=2)
    assert due(plan, [*red(1)]) == ["generate_answer.2"]
    assert due(plan, [*red(1), *red(2)]) == []
