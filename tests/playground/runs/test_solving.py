"""The solver's state machine: from what the main lane says to what is next."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs.events import LogEvent, RunQueued, StageFinished, StageName, StageStarted
from playground.runs.pipeline import Finish, fold
from playground.runs.queue import split_key
from playground.runs.solve_events import AttemptFinished, SolveFinished
from playground.runs.solving import SolvePlan

QUEUED = RunQueued(ahead=0, at_ms=1000)
ONE = SolvePlan(attempts=3)


def starts(stage: StageName, number: int, at_ms: int = 1000) -> StageStarted:
    return StageStarted(stage=stage, lane="lane", attempt=1, at_ms=at_ms, number=number)


def ends(
    stage: StageName, number: int, status: Any = "ok", at_ms: int = 2000, **outcome: float
) -> StageFinished:
    return StageFinished(
        stage=stage, lane="lane", attempt=1, status=status, at_ms=at_ms, number=number,
        outcome=outcome, message="" if status == "ok" else f"{stage} {status}.",
    )  # fmt: skip


def answers(
    number: int, *, tokens: int = 100, code: int = 1, tests: int = 2, repeats: int = 0
) -> list[LogEvent]:
    outcome = {"has_code": code, "tests": tests, "output_tokens": tokens, "repeats": repeats}
    return [starts("generate_answer", number), ends("generate_answer", number, **outcome)]


def judges(number: int, passed: int = 0, failed: int = 0) -> list[LogEvent]:
    return [ends("run_tests", number, given_passed=passed, own_failed=failed)]


def traces(number: int) -> list[LogEvent]:
    return [ends("record_trace", number), ends("predict_trace", number)]


RED: list[LogEvent] = [*answers(1), *judges(1, 1, 1), *traces(1)]
GREEN: list[LogEvent] = [*answers(1), *judges(1, 2), *traces(1)]


@pytest.mark.parametrize(
    ("plan", "events", "due"),
    [
        (ONE, [QUEUED], ["generate_answer.1"]),
        (SolvePlan(candidates=2, attempts=3), [], ["generate_answer.1", "generate_answer.2"]),
        (ONE, answers(1), ["run_tests.1"]),
        (SolvePlan(predicts=True), answers(1), ["predict_results.1"]),
        (SolvePlan(predicts=True), [*answers(1), ends("predict_results", 1, "failed")],
         ["run_tests.1"]),
        (ONE, [*answers(1), *judges(1, 0, 1)], ["record_trace.1"]),
        (SolvePlan(predicts=True),
         [*answers(1), ends("predict_results", 1), *judges(1, 0, 1)],
         ["predict_trace.1", "record_trace.1"]),
        (ONE, RED, ["generate_answer.2"]),
        (ONE, GREEN, []),
        (ONE, answers(1, code=0), ["generate_answer.2"]),
        (ONE, answers(1, tests=0), []),
        (SolvePlan(mode="hint", attempts=1), answers(1, code=0), []),
        (SolvePlan(candidates=2, attempts=4), RED, ["generate_answer.2", "generate_answer.3"]),
        (SolvePlan(candidates=2, attempts=4), [starts("generate_answer", 2), *GREEN], []),
        (SolvePlan(attempts=3, tokens=300), [*answers(1, tokens=100), *RED[2:]], []),
        (SolvePlan(attempts=3, seconds=1), RED, []),
        (SolvePlan(attempts=3, seconds=1), [*RED, starts("generate_answer", 2)],
         ["generate_answer.2"]),
        (SolvePlan(attempts=1), RED, []),
        (ONE, [ends("generate_answer", 1, "failed")], []),
        (ONE, [*answers(1), ends("run_tests", 1, "unavailable")], []),
    ],
)  # fmt: skip
def test_what_is_due(plan: SolvePlan, events: list[LogEvent], due: list[str]) -> None:
    assert plan.due(fold(events)) == due


@pytest.mark.parametrize(
    ("plan", "events", "outcome", "best", "status"),
    [
        (ONE, GREEN, "solved", 1, "succeeded"),
        (ONE, answers(1, tests=0), "unchecked", 1, "succeeded"),
        (SolvePlan(attempts=1), RED, "unsolved", 1, "failed"),
        (SolvePlan(attempts=1), answers(1, code=0), "unsolved", 0, "failed"),
        (SolvePlan(attempts=1, mode="hint"), answers(1, code=0), "hinted", 1, "succeeded"),
        (ONE, [ends("generate_answer", 1, "unavailable")], "failed", 0, "failed"),
        (ONE, [*answers(1), ends("run_tests", 1, "unavailable")], "unchecked", 1, "succeeded"),
        (ONE, [*answers(1), ends("run_tests", 1, "failed")], "failed", 0, "failed"),
    ],
)
def test_how_it_ends(
    plan: SolvePlan, events: list[LogEvent], outcome: str, best: int, status: str
) -> None:
    progress = fold(events)
    end = plan.decide(progress)
    assert end is not None
    assert end.status == status
    solved = plan.announcements(progress)[-1]
    assert isinstance(solved, SolveFinished)
    assert (solved.outcome, solved.best, solved.reason) == (outcome, best, end.reason)
    assert end.reason == "" or end.reason.endswith(".")


def test_the_reason_names_what_is_used_up() -> None:
    for plan, words in (
        (SolvePlan(attempts=1), "All 1 attempts"),
        (SolvePlan(seconds=1), "The 1 seconds"),
        (SolvePlan(tokens=300), "The 300 tokens"),
    ):
        end = plan.decide(fold(RED))
        assert end is not None
        assert "passes 1 of 2 tests" in end.reason
        assert words in end.reason


def test_the_best_attempt_passes_most() -> None:
    plan = SolvePlan(candidates=2, attempts=2)
    events: list[LogEvent] = [
        *answers(1),
        ends("run_tests", 1, own_passed=1, own_failed=3),
        *traces(1),
    ]
    events += [*answers(2), ends("run_tests", 2, own_passed=3, own_failed=1), *traces(2)]
    assert plan.best(fold(events)) == 2


def test_a_verdict_is_announced_once() -> None:
    progress = fold(RED)
    [found] = ONE.announcements(progress)
    assert isinstance(found, AttemptFinished)
    assert (found.number, found.verdict, found.given_passed, found.own_failed) == (1, "red", 1, 1)
    assert found.budget_left == {"attempts": 2, "tokens": 16284, "seconds": 299.0}
    after: list[LogEvent] = [*RED, found]
    assert ONE.announcements(fold(after)) == []


def test_parallel_paths_share_the_tokens() -> None:
    plan = SolvePlan(candidates=4, attempts=8, tokens=4000)
    assert plan.grant(fold([]), 1)[0] == 1000
    assert SolvePlan(tokens=100_000).grant(fold([]), 1)[0] == 8192


def test_a_stage_that_was_cancelled_cancels_the_run() -> None:
    events: list[LogEvent] = [starts("generate_answer", 1), ends("generate_answer", 1, "cancelled")]
    assert SolvePlan(attempts=1).decide(fold(events)) == Finish("cancelled")


PLANS = st.builds(
    SolvePlan,
    candidates=st.integers(1, 3),
    attempts=st.integers(3, 7),
    tokens=st.integers(200, 3000),
    seconds=st.floats(1, 60),
    predicts=st.booleans(),
    mode=st.sampled_from(["solve", "hint"]),
)


@given(PLANS, st.data())
def test_every_run_ends_whatever_its_stages_do(plan: SolvePlan, data: st.DataObject) -> None:
    """What is due is done, one by one, with any outcome: the run ends, and all of it is sane."""
    events: list[LogEvent] = [QUEUED]
    for now in range(1, 200):
        progress = fold(events)
        end = plan.decide(progress)
        due = plan.due(progress)
        assert (end is None) == bool(due)
        events += plan.announcements(progress)
        if end is not None:
            break
        assert len(due) == len(set(due))
        stage, number = split_key(data.draw(st.sampled_from(due)))
        assert 1 <= number <= plan.attempts
        status = data.draw(st.sampled_from(["ok", "ok", "ok", "failed", "unavailable"]))
        numbers = st.integers(0, 2)
        outcome = {name: data.draw(numbers) for name in _OUTCOMES.get(stage, ())}
        at_ms = 1000 + now * 700
        events += [starts(stage, number, at_ms), ends(stage, number, status, at_ms, **outcome)]
    else:
        pytest.fail("the run goes on and on")
    announced = [e.number for e in events if isinstance(e, AttemptFinished)]
    assert len(announced) == len(set(announced))
    assert isinstance(events[-1], SolveFinished)
    assert plan.announcements(fold(events)) == []


_OUTCOMES = {
    "generate_answer": ("has_code", "tests", "output_tokens"),
    "run_tests": ("given_passed", "given_failed", "own_passed", "own_failed"),
}
