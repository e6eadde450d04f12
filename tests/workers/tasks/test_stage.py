"""One attempt of a stage, with real leases and lanes: every way in which it can end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from playground.runs import pipeline, services
from playground.runs.eventlog import LaneWriter, Lease
from playground.runs.eventlog.entries import decode_events
from playground.runs.events import (
    LaneReset,
    LogEvent,
    RunFinished,
    RunQueued,
    StageFinished,
    StageStarted,
    TraceOutput,
)
from playground.runs.models import Run
from tests.people import Person, Queue, output
from workers.tasks.housekeeping import worker_name
from workers.tasks.process import WorkerProcess
from workers.tasks.stage import StageResult, StageSession, run_stage
from workers.tasks.upkeep import take_over_expired

pytestmark = pytest.mark.redis

Body = Callable[[StageSession], StageResult]

#: How long a busy machine may take until a stop is heard; nothing measures it.
PATIENCE_S = 20


def main_events(run: Run) -> list[LogEvent]:
    return services.event_log().main_events(run.public_id)


def lane(run: Run, name: str = "actual") -> list[LogEvent]:
    entries = services.event_log().read_lane(run.public_id, name)
    return [event for entry in entries for event in decode_events(entry.events)]


def record(run: Run, body: Body, *, attempt: int = 1) -> None:
    run_stage(run_id=run.public_id, stage="record_trace", attempt=attempt, body=body)


def prints(*lines: str) -> Body:
    def body(session: StageSession) -> StageResult:
        for line in lines:
            session.append(output(line))
        return StageResult("ok")

    return body


def never(_: StageSession) -> StageResult:
    pytest.fail("this stage must not start")


def works_until_stopped(then: Callable[[], object]) -> tuple[Body, list[str]]:
    """A body that lets `then` happen and works on until it is told to stop; and the causes."""
    causes: list[str] = []

    def body(session: StageSession) -> StageResult:
        stopped = threading.Event()
        session.on_stop(stopped.set)
        session.append(output("before"))
        then()
        if stopped.wait(PATIENCE_S):
            causes.append(session.stop_cause)
        return StageResult("cancelled")

    return body, causes


# --- good ends ------------------------------------------------------------------------------


def test_a_stage_writes_its_lane_reports_and_closes_the_run(
    worker: WorkerProcess, queue: Queue, alice: Person
) -> None:
    run = alice.starts()
    record(run, prints("a", "b"))
    assert lane(run) == [output("a"), output("b")]
    queued, started, finished, end = main_events(run)
    assert isinstance(queued, RunQueued)
    assert isinstance(started, StageStarted)
    assert (started.stage, started.lane, started.attempt) == ("record_trace", "actual", 1)
    assert isinstance(finished, StageFinished)
    assert (finished.status, finished.attempt, finished.message) == ("ok", 1, "")
    assert isinstance(end, RunFinished)
    assert (end.status, end.reason) == ("succeeded", "")
    assert queue.messages("default") == [("runs.seal_run", {"run_id": run.public_id})]
    assert services.event_log().leased_runs() == set()


def test_a_run_is_running_while_its_stage_works(worker: WorkerProcess, alice: Person) -> None:
    run = alice.starts()
    seen = []

    def body(_: StageSession) -> StageResult:
        stored = Run.objects.get()
        seen.append((stored.status, stored.started_at is not None))
        assert services.event_log().leased_runs() == {run.public_id}
        return StageResult("ok")

    record(run, body)
    assert seen == [("running", True)]


def test_a_stage_that_fails_fails_the_run_in_its_own_words(
    worker: WorkerProcess, alice: Person
) -> None:
    run = alice.starts()
    record(run, lambda _: StageResult("unavailable", "No box can be made here."))
    end = main_events(run)[-1]
    assert isinstance(end, RunFinished)
    assert (end.status, end.reason) == ("failed", "No box can be made here.")


def test_a_stage_that_raises_is_reported_without_its_details(
    worker: WorkerProcess, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    run = alice.starts()

    def body(session: StageSession) -> StageResult:
        session.append(output("before"))
        message = "/secret/path"
        raise ValueError(message)

    record(run, body)
    end = main_events(run)[-1]
    assert isinstance(end, RunFinished)
    assert end.status == "failed"
    assert "The service failed" in end.reason
    assert "secret" not in str(main_events(run))
    assert "secret" in caplog.text
    assert lane(run) == [output("before")]


def test_a_run_ends_with_the_last_of_its_stages(
    worker: WorkerProcess, queue: Queue, alice: Person
) -> None:
    run = alice.starts()
    Run.objects.update(stages=["record_trace", "predict_trace"])
    run.refresh_from_db()
    record(run, prints("a"))
    assert pipeline.fold(main_events(run)).end is None
    assert queue.messages("default") == []
    run_stage(
        run_id=run.public_id,
        stage="predict_trace",
        attempt=2,  # above what says that nothing is predicted here
        body=lambda _: StageResult("failed", "no"),
    )
    end = pipeline.fold(main_events(run)).end
    assert end is not None
    assert end.status == "succeeded"


def test_a_later_attempt_begins_by_clearing_the_lane(worker: WorkerProcess, alice: Person) -> None:
    run = alice.starts()
    record(run, prints("again"), attempt=2)
    reset, line = lane(run)
    assert isinstance(reset, LaneReset)
    assert reset.attempt == 2
    assert line == output("again")


# --- not to be started ----------------------------------------------------------------------


def test_an_attempt_is_done_once_however_often_it_is_sent(
    worker: WorkerProcess, alice: Person
) -> None:
    run = alice.starts()

    def body(session: StageSession) -> StageResult:
        record(run, never)
        return prints("once")(session)

    record(run, body)
    record(run, never)
    assert lane(run) == [output("once")]


def test_a_stopped_run_is_not_started(worker: WorkerProcess, alice: Person) -> None:
    run = alice.starts()
    services.cancel_run(run=run)
    record(run, never)
    assert [type(event) for event in main_events(run)] == [RunQueued, RunFinished]


def test_a_deleted_run_is_not_started_and_leaves_no_key(
    worker: WorkerProcess, queue: Queue, alice: Person
) -> None:
    run = alice.starts()
    run_id = run.public_id
    services.delete_run(run=run)
    run_stage(run_id=run_id, stage="record_trace", attempt=1, body=never)
    assert queue.keys_of(run_id) == set()
    assert services.event_log().leased_runs() == set()


# --- stops ----------------------------------------------------------------------------------


def test_a_stop_reaches_a_stage_that_works(
    worker: WorkerProcess, queue: Queue, alice: Person
) -> None:
    run = alice.starts()
    body, causes = works_until_stopped(lambda: services.cancel_run(run=run))
    record(run, body)
    assert causes == ["cancelled"]
    end = main_events(run)[-1]
    assert isinstance(end, RunFinished)
    assert (end.status, end.reason) == ("cancelled", "Stopped by you.")
    assert lane(run) == [output("before")]
    # Sealing waits for the stage's last words.
    assert queue.messages("default") == [("runs.seal_run", {"run_id": run.public_id})]
    assert Run.objects.get().status == "cancelled"


def test_a_stopped_run_is_sealed_with_the_last_words_of_its_last_stage(
    worker: WorkerProcess, queue: Queue, alice: Person
) -> None:
    run = alice.starts()
    Run.objects.update(stages=["record_trace", "predict_trace"])

    def is_stopped(_: StageSession) -> StageResult:
        services.cancel_run(run=run)
        return StageResult("cancelled")

    def outlasts_it(session: StageSession) -> StageResult:
        run_stage(run_id=run.public_id, stage="predict_trace", attempt=2, body=is_stopped)
        assert queue.messages("default") == []
        session.append(output("last words"))
        return StageResult("cancelled")

    record(run, outlasts_it)
    assert lane(run) == [output("last words")]
    assert queue.messages("default") == [("runs.seal_run", {"run_id": run.public_id})]


def test_a_stop_that_nobody_announced_is_heard_with_the_next_renewal(
    worker: WorkerProcess, alice: Person
) -> None:
    run = alice.starts()

    def close() -> None:
        services.close_run(run=run, status="cancelled", reason="")

    body, causes = works_until_stopped(close)
    record(run, body)
    assert causes == ["cancelled"]


def test_a_stop_just_after_the_claim_is_not_missed(
    worker: WorkerProcess, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = alice.starts()
    claim = worker.log.claim

    def claim_and_lose(lease: Lease, *, lease_s: float) -> bool:
        claimed = claim(lease, lease_s=lease_s)
        services.cancel_run(run=run)
        return claimed

    monkeypatch.setattr(worker.log, "claim", claim_and_lose)
    heard = []

    def body(session: StageSession) -> StageResult:
        session.on_stop(lambda: heard.append(session.stop_cause))  # told at once
        return StageResult("cancelled")

    record(run, body)
    assert heard == ["cancelled"]


def test_a_stage_is_told_to_stop_once_and_for_its_first_cause(
    worker: WorkerProcess, alice: Person
) -> None:
    run = alice.starts()
    heard: list[str] = []

    def body(session: StageSession) -> StageResult:
        session.on_stop(lambda: heard.append(session.stop_cause))
        session.stop("cancelled")
        session.stop("lost")
        return StageResult("cancelled")

    record(run, body)
    assert heard == ["cancelled"]


# --- take-overs -----------------------------------------------------------------------------


def is_taken_over(run: Run) -> Lease:
    """Another worker's claim of the second attempt."""
    lease = Lease(run.public_id, "record_trace", "actual", 2)
    assert services.event_log().claim(lease, lease_s=60)
    return lease


def test_a_replaced_worker_stops_and_says_nothing_more(
    worker: WorkerProcess, alice: Person
) -> None:
    run = alice.starts()

    def body(session: StageSession) -> StageResult:
        stopped = threading.Event()
        session.on_stop(stopped.set)
        is_taken_over(run)
        session.append(output("late"))
        assert stopped.wait(PATIENCE_S)
        assert session.stop_cause == "lost"
        return StageResult("ok")

    record(run, body)
    assert lane(run) == []
    assert [type(event) for event in main_events(run)] == [RunQueued, StageStarted]
    assert services.event_log().leased_runs() == {run.public_id}, "the new worker's lease stays"


def test_a_worker_that_wakes_up_after_its_last_word_does_not_report(
    worker: WorkerProcess, alice: Person
) -> None:
    run = alice.starts()

    def body(session: StageSession) -> StageResult:
        session.append(output("said in time"))
        assert isinstance(session.writer, LaneWriter)
        session.process.submit(session.writer.drain()).result(PATIENCE_S)
        is_taken_over(run)  # while this worker sleeps; it has nothing more to write
        return StageResult("ok")

    record(run, body)
    assert [type(event) for event in main_events(run)] == [RunQueued, StageStarted]
    assert services.event_log().leased_runs() == {run.public_id}


def test_a_worker_that_must_stop_hands_over(
    worker: WorkerProcess, queue: Queue, alice: Person
) -> None:
    run = alice.starts()
    queue.clear()
    body, causes = works_until_stopped(lambda: services.event_log().announce_drain(worker_name()))
    record(run, body)
    assert causes == ["handed over"]
    assert [type(event) for event in main_events(run)] == [RunQueued, StageStarted]
    assert take_over_expired() == 1
    assert queue.messages("sandbox") == [
        ("runs.record_trace", {"run_id": run.public_id, "attempt": 2})
    ]
    record(run, prints("again"), attempt=2)
    assert [e.text for e in lane(run) if isinstance(e, TraceOutput)] == ["before", "again"]
    assert isinstance(main_events(run)[-1], RunFinished)


# --- losses ---------------------------------------------------------------------------------


def test_a_run_deleted_while_a_stage_works_leaves_no_key(
    worker: WorkerProcess, queue: Queue, alice: Person
) -> None:
    run = alice.starts()
    run_id = run.public_id

    def deletes_and_goes_on(session: StageSession) -> StageResult:
        session.append(output("before"))
        services.delete_run(run=Run.objects.get())
        session.append(output("after"))
        return StageResult("ok")

    record(run, deletes_and_goes_on)
    assert queue.keys_of(run_id) == set()
    assert services.event_log().leased_runs() == set()


def test_a_main_lane_that_redis_lost_is_begun_again(
    worker: WorkerProcess, queue: Queue, alice: Person
) -> None:
    run = alice.starts()

    def body(_: StageSession) -> StageResult:
        queue.lose_everything()
        return StageResult("ok")

    record(run, body)
    events = main_events(run)
    assert [type(event) for event in events] == [RunQueued, StageFinished, RunFinished]
    [entry] = services.event_log().read_lane(run.public_id, "predicted")
    assert b"lane.unavailable" in entry.events
