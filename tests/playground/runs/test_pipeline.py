"""The state machine of a run: what its main lane says, and what follows from it."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs.events import (
    LogEvent,
    RunFinished,
    RunQueued,
    StageFinished,
    StageName,
    StageStarted,
    StageStatus,
)
from playground.runs.pipeline import Finish, Progress, decide, fold

BOTH: list[str] = ["record_trace", "predict_trace"]
RECORD: list[str] = ["record_trace"]
PREDICT: list[str] = ["predict_trace"]


def started(stage: StageName, attempt: int = 1) -> StageStarted:
    return StageStarted(stage=stage, lane="lane", attempt=attempt, at_ms=0)


def finished(stage: StageName, status: StageStatus = "ok", attempt: int = 1) -> StageFinished:
    message = "" if status == "ok" else f"{stage} {status}"
    return StageFinished(
        stage=stage, lane="lane", attempt=attempt, status=status, at_ms=0, message=message
    )


QUEUED = RunQueued(ahead=0, at_ms=0)
RECORDED = finished("record_trace")
PREDICTED = finished("predict_trace")

TABLE: dict[str, tuple[list[str], list[LogEvent], Finish | None]] = {
    "nothing happened": (BOTH, [], None),
    "queued": (BOTH, [QUEUED], None),
    "one stage runs": (RECORD, [QUEUED, started("record_trace")], None),
    "one of two is done": (BOTH, [RECORDED], None),
    "the other of two is done": (BOTH, [PREDICTED], None),
    "both are done": (BOTH, [RECORDED, PREDICTED], Finish("succeeded")),
    "both, the other way round": (BOTH, [PREDICTED, RECORDED], Finish("succeeded")),
    "the only one is done": (RECORD, [RECORDED], Finish("succeeded")),
    "only predicting was planned": (PREDICT, [PREDICTED], Finish("succeeded")),
    "a stage that was not planned is done": (RECORD, [PREDICTED], None),
    "recording failed": (
        BOTH,
        [finished("record_trace", "failed"), PREDICTED],
        Finish("failed", "record_trace failed"),
    ),
    "no box can be made": (
        RECORD,
        [finished("record_trace", "unavailable")],
        Finish("failed", "record_trace unavailable"),
    ),
    "recording failed, predicting goes on": (BOTH, [finished("record_trace", "failed")], None),
    "a failed prediction fails no run": (
        BOTH,
        [RECORDED, finished("predict_trace", "failed")],
        Finish("succeeded"),
    ),
    "nor does a model that is away": (
        BOTH,
        [RECORDED, finished("predict_trace", "unavailable")],
        Finish("succeeded"),
    ),
    "nothing worked": (
        BOTH,
        [finished("predict_trace", "failed"), finished("record_trace", "failed")],
        Finish("failed", "record_trace failed"),
    ),
    "the only prediction failed": (
        PREDICT,
        [finished("predict_trace", "failed")],
        Finish("failed", "predict_trace failed"),
    ),
    "recording was stopped": (
        BOTH,
        [finished("record_trace", "cancelled"), PREDICTED],
        Finish("cancelled"),
    ),
    "predicting was stopped": (
        BOTH,
        [RECORDED, finished("predict_trace", "cancelled")],
        Finish("cancelled"),
    ),
    "a stop while the other goes on": (BOTH, [finished("record_trace", "cancelled")], None),
    "the run is over": (
        RECORD,
        [RECORDED, RunFinished(status="succeeded", at_ms=0)],
        None,
    ),
    "stopped by its owner while stages run": (
        RECORD,
        [started("record_trace"), RunFinished(status="cancelled", at_ms=0)],
        None,
    ),
    "taken over, the new attempt runs": (
        RECORD,
        [started("record_trace"), started("record_trace", 2)],
        None,
    ),
    "taken over and done": (
        RECORD,
        [started("record_trace"), started("record_trace", 2), finished("record_trace", attempt=2)],
        Finish("succeeded"),
    ),
    "the replaced worker reports late": (
        RECORD,
        [started("record_trace"), started("record_trace", 2), RECORDED],
        None,
    ),
    "the replaced worker reports after the new one": (
        RECORD,
        [started("record_trace", 2), finished("record_trace", "failed", 2), RECORDED],
        Finish("failed", "record_trace failed"),
    ),
    "a new attempt after the old one had reported": (
        RECORD,
        [started("record_trace"), RECORDED, started("record_trace", 2)],
        None,
    ),
    "a retry that works counts": (
        RECORD,
        [
            finished("record_trace", "failed"),
            started("record_trace", 2),
            finished("record_trace", attempt=2),
        ],
        Finish("succeeded"),
    ),
    "a start that is told late changes nothing": (
        RECORD,
        [finished("record_trace", attempt=2), started("record_trace")],
        Finish("succeeded"),
    ),
    "given up after the last attempt": (
        RECORD,
        [started("record_trace", 3), finished("record_trace", "failed", 4)],
        Finish("failed", "record_trace failed"),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_what_follows_from_what_happened(case: str) -> None:
    stages, events, expected = TABLE[case]
    assert decide(fold(events), stages) == expected


def test_a_reason_is_given_wherever_a_run_fails() -> None:
    for _, events, expected in TABLE.values():
        if expected is not None and expected.status == "failed":
            assert expected.reason, events


def test_the_order_in_which_stages_report_does_not_matter() -> None:
    events: list[LogEvent] = [
        started("record_trace"),
        started("predict_trace"),
        RECORDED,
        finished("predict_trace", "failed"),
    ]
    assert {decide(fold(order), BOTH) for order in permutations(events)} == {Finish("succeeded")}


def test_events_of_other_lanes_are_passed_over() -> None:
    assert fold([QUEUED]) == Progress()


STAGES = st.sampled_from(["record_trace", "predict_trace"])
ATTEMPTS = st.integers(1, 4)
EVENTS = st.one_of(
    st.builds(started, STAGES, ATTEMPTS),
    st.builds(finished, STAGES, st.sampled_from(["ok", "failed", "cancelled"]), ATTEMPTS),
)


@given(st.lists(EVENTS))
def test_no_result_is_older_than_the_newest_attempt_that_was_seen(
    events: list[StageStarted | StageFinished],
) -> None:
    progress = fold(events)
    for stage, result in progress.finished.items():
        assert result.attempt == max(e.attempt for e in events if e.stage == stage)


@given(st.lists(EVENTS))
def test_an_end_is_decided_once(events: list[LogEvent]) -> None:
    end = decide(fold(events), BOTH)
    if end is not None:
        closed = [*events, RunFinished(status=end.status, at_ms=0)]
        assert decide(fold(closed), BOTH) is None
