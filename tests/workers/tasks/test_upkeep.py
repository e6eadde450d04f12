"""Sealing, taking over, reconciling: what puts a run right after a crash, each with real losses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from playground.runs import pipeline, services
from playground.runs.archive import load_archive, save_archive
from playground.runs.eventlog import Archive, Entry, EventLog, Lease
from playground.runs.eventlog.entries import decode_events
from playground.runs.events import (
    LaneReset,
    LogEvent,
    RunFinished,
    RunQueued,
    StageFinished,
    StageName,
    StageStarted,
    TraceFinished,
    TraceOutput,
)
from playground.runs.models import ArchivedLog, Run
from playground.runs.queue import STAGES
from tests.people import Person, Queue, output
from workers.tasks import upkeep
from workers.tasks.process import WorkerProcess
from workers.tasks.stage import StageResult, StageSession, run_stage
from workers.tasks.upkeep import reconcile_runs, seal_run, take_over_expired

pytestmark = pytest.mark.redis


def main_events(run: Run) -> list[LogEvent]:
    return services.event_log().main_events(run.public_id)


def events_of(entries: list[Entry]) -> list[LogEvent]:
    return [event for entry in entries for event in decode_events(entry.events)]


def archive_of(run: Run) -> Archive:
    archive = load_archive(run.public_id)
    assert archive is not None
    return archive


def lines(entries: list[Entry]) -> list[str]:
    return [event.text for event in events_of(entries) if isinstance(event, TraceOutput)]


def writes(run: Run, *texts: str, lane: str = "actual", attempt: int = 1) -> None:
    """What a stage's worker appends."""
    services.event_log().append_once(
        run.public_id, lane, [output(text) for text in texts], attempt=attempt
    )


def claims(run: Run, attempt: int = 1, stage: StageName = "record_trace") -> Lease:
    """A worker takes a stage, reports that, and is not heard of again."""
    log = services.event_log()
    lease = Lease(run.public_id, stage, STAGES[stage].lane, attempt)
    assert log.claim(lease, lease_s=60)
    started = StageStarted(stage=stage, lane=lease.lane, attempt=attempt, at_ms=0)
    log.append_main(run.public_id, started)
    return lease


def reports(run: Run, attempt: int = 1, stage: StageName = "record_trace") -> None:
    """What a worker says last, before it gives its lease up."""
    finished = StageFinished(stage=stage, lane="actual", attempt=attempt, status="ok", at_ms=0)
    services.event_log().append_main(run.public_id, finished)


def asked_for(run: Run, attempt: int) -> tuple[str, dict[str, object]]:
    return ("runs.record_trace", {"run_id": run.public_id, "attempt": attempt})


def seal_of(run: Run) -> tuple[str, dict[str, object]]:
    return ("runs.seal_run", {"run_id": run.public_id})


@pytest.fixture
def run(queue: Queue, alice: Person) -> Run:
    """A run that was queued a minute ago; its message is lost, unless a test puts one back."""
    run = alice.starts()
    queue.clear()
    Run.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    run.refresh_from_db()
    return run


# --- sealing --------------------------------------------------------------------------------


def test_a_finished_run_is_written_to_the_database(run: Run) -> None:
    writes(run, "a", "b")
    services.close_run(run=run, status="failed", reason="It did not work.")
    seal_run(run.public_id)
    run.refresh_from_db()
    assert (run.status, run.reason) == ("failed", "It did not work.")
    assert run.finished_at is not None
    archive = archive_of(run)
    assert archive.complete
    assert set(archive.lanes) == {"main", "actual", "predicted"}
    assert lines(archive.lanes["actual"]) == ["a", "b"]
    assert isinstance(events_of(archive.lanes["main"])[-1], RunFinished)


def test_sealing_again_changes_nothing(run: Run) -> None:
    writes(run, "a")
    services.close_run(run=run, status="succeeded", reason="")
    seal_run(run.public_id)
    first = (Run.objects.values().get(), archive_of(run))
    seal_run(run.public_id)
    assert (Run.objects.values().get(), archive_of(run)) == first


def test_words_after_a_stop_come_in_with_the_second_seal(run: Run) -> None:
    services.cancel_run(run=run)
    seal_run(run.public_id)
    writes(run, "last words")
    seal_run(run.public_id)
    assert lines(archive_of(run).lanes["actual"]) == ["last words"]


def test_a_live_run_is_not_sealed(run: Run) -> None:
    writes(run, "a")
    seal_run(run.public_id)
    assert load_archive(run.public_id) is None
    assert Run.objects.get().status == "queued"


def test_a_run_that_is_gone_from_redis_or_everywhere_is_left_alone(run: Run, queue: Queue) -> None:
    services.close_run(run=run, status="succeeded", reason="")
    seal_run(run.public_id)
    sealed = archive_of(run)
    queue.lose_everything()
    seal_run(run.public_id)
    seal_run("bcdfghjkmnpq")
    assert archive_of(run) == sealed


def test_a_sealed_log_leaves_redis_by_itself(run: Run, queue: Queue) -> None:
    services.close_run(run=run, status="succeeded", reason="")
    seal_run(run.public_id)
    keys = queue.keys_of(run.public_id)
    assert keys
    assert all(0 < queue.ttl_of(key) <= 3600 for key in keys)


def test_a_live_log_cannot_stay_in_redis_for_ever_either(run: Run, queue: Queue) -> None:
    writes(run, "a")
    claims(run)
    keys = {key for key in queue.keys_of(run.public_id) if key.startswith("run:")}
    assert len(keys) >= 4
    assert all(queue.ttl_of(key) > 0 for key in keys)


def test_a_lane_that_redis_lost_is_sealed_as_the_snapshot_had_it(run: Run, queue: Queue) -> None:
    writes(run, "from the snapshot")
    claims(run)
    reconcile_runs()
    queue.lose_everything()
    services.cancel_run(run=run)
    seal_run(run.public_id)
    archive = archive_of(run)
    assert archive.complete
    assert lines(archive.lanes["actual"]) == ["from the snapshot"]
    assert isinstance(events_of(archive.lanes["main"])[-1], RunFinished)


# --- taking over ----------------------------------------------------------------------------


def test_a_lost_worker_is_replaced_by_the_next_attempt_once(run: Run, queue: Queue) -> None:
    claims(run)
    assert take_over_expired() == 0, "its lease still holds"
    queue.expire_leases()
    assert take_over_expired() == 1
    assert take_over_expired() == 0, "somebody has been asked already"
    assert queue.messages("sandbox") == [asked_for(run, 2)]
    reconcile_runs()
    assert queue.messages("sandbox") == [asked_for(run, 2)]


def test_a_lease_that_nobody_understands_keeps_no_other_from_being_taken_over(
    run: Run, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    claims(run)
    for number in range(5):  # leases that run out together come in the order of their names
        strange = Lease(run.public_id, f"{number}", f"lane{number}", 1)
        services.event_log().claim(strange, lease_s=60)
    queue.expire_leases()
    assert take_over_expired() == 6
    assert queue.messages("sandbox") == [asked_for(run, 2)]
    assert "could not be put right" in caplog.text


def test_a_run_that_is_damaged_keeps_no_other_from_being_put_right(
    run: Run, queue: Queue, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = alice.starts()
    queue.clear()
    claims(damaged)
    Run.objects.filter(pk=damaged.pk).update(created_at=timezone.now() - timedelta(hours=1))
    ArchivedLog.objects.create(run=damaged, blob=b"damaged", complete=False)
    ArchivedLog.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    assert reconcile_runs() == 1
    assert queue.messages("sandbox") == [asked_for(run, 1)]
    assert "could not be put right" in caplog.text


def test_a_stage_whose_workers_all_vanish_is_given_up_with_a_sentence(
    run: Run, queue: Queue
) -> None:
    for attempt in range(1, pipeline.MAX_ATTEMPTS + 1):
        lease = claims(run, attempt)
        writes(run, f"attempt {attempt}", attempt=attempt)
        queue.expire_leases()
        take_over_expired()
    assert queue.messages("sandbox") == [asked_for(run, 2), asked_for(run, 3)]
    last = pipeline.MAX_ATTEMPTS + 1
    log = services.event_log()
    newest = [e for e in log.read_lane(run.public_id, "actual") if e.attempt == last]
    reset, end = events_of(newest)
    assert isinstance(reset, LaneReset)
    assert isinstance(end, TraceFinished)
    assert end.status == "error"
    finished, over = main_events(run)[-2:]
    assert isinstance(finished, StageFinished)
    assert isinstance(over, RunFinished)
    assert (finished.status, finished.attempt, over.status) == ("failed", last, "failed")
    sentences = {end.message, finished.message, over.reason}
    assert len(sentences) == 1
    assert f"lost {pipeline.MAX_ATTEMPTS} times" in sentences.pop()
    assert log.leased_runs() == set()
    assert queue.messages("default") == [seal_of(run)]
    # The last worker was only asleep: it cannot write any more.
    assert log.renew(lease, lease_s=5) == "closed"
    writes(run, "late", attempt=lease.attempt)
    seal_run(run.public_id)
    assert lines(archive_of(run).lanes["actual"]) == []


def test_a_worker_that_died_after_its_report_is_not_replaced(run: Run, queue: Queue) -> None:
    claims(run)
    reports(run)
    queue.expire_leases()
    take_over_expired()
    assert queue.messages("sandbox") == []
    assert services.event_log().leased_runs() == set()
    end = main_events(run)[-1]
    assert isinstance(end, RunFinished)
    assert end.status == "succeeded"
    assert queue.messages("default") == [seal_of(run)]


def test_a_closed_run_is_sealed_instead_of_taken_over(run: Run, queue: Queue) -> None:
    claims(run)
    services.close_run(run=run, status="cancelled", reason="")
    queue.expire_leases()
    take_over_expired()
    assert queue.messages("sandbox") == []
    assert queue.messages("default") == [seal_of(run)]
    assert services.event_log().leased_runs() == set()


def test_a_deleted_run_is_not_taken_over(run: Run, queue: Queue) -> None:
    claims(run)
    Run.objects.all().delete()
    queue.expire_leases()
    take_over_expired()
    assert queue.messages("sandbox") == queue.messages("default") == []
    assert services.event_log().leased_runs() == set()


# --- reconciling ----------------------------------------------------------------------------


def test_a_lost_message_is_sent_again(run: Run, queue: Queue) -> None:
    assert reconcile_runs() == 1
    assert queue.messages("sandbox") == [asked_for(run, 1)]


def test_a_run_that_waits_in_a_long_queue_is_left_alone(run: Run, queue: Queue) -> None:
    reconcile_runs()
    assert reconcile_runs() == 0
    assert queue.messages("sandbox") == [asked_for(run, 1)]


def test_a_run_that_was_just_started_is_left_alone(queue: Queue, alice: Person) -> None:
    alice.starts()
    queue.clear()
    assert reconcile_runs() == 0
    assert queue.messages("sandbox") == []
    assert reconcile_runs(older_than_s=-1) == 1


def test_a_run_that_a_worker_holds_is_left_alone_but_for_a_snapshot(run: Run, queue: Queue) -> None:
    claims(run)
    writes(run, "a")
    assert reconcile_runs() == 0
    assert queue.messages("sandbox") == []
    archive = archive_of(run)
    assert not archive.complete
    assert lines(archive.lanes["actual"]) == ["a"]


def test_a_stage_that_is_taken_while_its_run_is_looked_at_is_left_alone(
    run: Run, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = upkeep._next_attempts

    def look_and_be_overtaken(log: EventLog, run: Run) -> dict[str, int]:
        seen = look(log, run)
        claims(run)
        return seen

    monkeypatch.setattr(upkeep, "_next_attempts", look_and_be_overtaken)
    assert reconcile_runs() == 0
    assert queue.messages("sandbox") == []


def test_snapshots_are_taken_every_few_seconds_only(run: Run) -> None:
    claims(run)
    writes(run, "a")
    reconcile_runs()
    writes(run, "b", attempt=2)
    reconcile_runs()
    assert lines(archive_of(run).lanes["actual"]) == ["a"]
    past = timezone.now() - timedelta(seconds=upkeep.SNAPSHOT_AFTER_S + 1)
    ArchivedLog.objects.update(updated_at=past)
    reconcile_runs()
    assert lines(archive_of(run).lanes["actual"]) == ["b"]


def test_a_snapshot_keeps_what_redis_has_lost(run: Run, queue: Queue) -> None:
    claims(run)
    writes(run, "a")
    reconcile_runs()
    queue.lose_everything()
    claims_again = Lease(run.public_id, "record_trace", "actual", 1)
    assert services.event_log().renew(claims_again, lease_s=60) == "kept"
    ArchivedLog.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    reconcile_runs()
    assert lines(archive_of(run).lanes["actual"]) == ["a"]
    assert events_of(archive_of(run).lanes["main"])


def test_a_run_whose_stages_all_ended_is_closed(run: Run, queue: Queue) -> None:
    lease = claims(run)
    reports(run)
    services.event_log().release(lease)
    assert reconcile_runs() == 1
    end = main_events(run)[-1]
    assert isinstance(end, RunFinished)
    assert end.status == "succeeded"
    assert queue.messages("default") == [seal_of(run)]
    assert queue.messages("sandbox") == []


@pytest.mark.parametrize("by", ["its owner", "its last stage"])
def test_a_closed_run_whose_seal_was_lost_is_sealed(run: Run, queue: Queue, by: str) -> None:
    if by == "its owner":
        services.cancel_run(run=run)
    else:
        services.close_run(run=run, status="succeeded", reason="")
    queue.clear()
    assert reconcile_runs() == 1
    assert queue.messages("default") == [seal_of(run)]
    seal_run(run.public_id)
    assert reconcile_runs() == 0


def test_a_stage_given_up_without_a_report_is_tried_again_but_not_for_ever(
    run: Run, queue: Queue
) -> None:
    log = services.event_log()
    for attempt in range(1, pipeline.MAX_ATTEMPTS + 1):
        log.release(claims(run, attempt))
        assert reconcile_runs() == 1
    assert queue.messages("sandbox") == [asked_for(run, 2), asked_for(run, 3)]
    end = main_events(run)[-1]
    assert isinstance(end, RunFinished)
    assert end.status == "failed"


def test_a_lost_log_is_begun_again_above_the_old_ids(run: Run, queue: Queue) -> None:
    claims(run)
    writes(run, "shown, and lost")
    queue.lose_everything()
    assert reconcile_runs() == 1
    assert [type(event) for event in main_events(run)] == [RunQueued]
    assert queue.messages("sandbox") == [], "a worker that still has it may come back"
    assert reconcile_runs() == 1
    assert queue.messages("sandbox") == [asked_for(run, 2)]
    assert reconcile_runs() == 0
    [entry] = services.event_log().read_lane(run.public_id, "predicted")
    assert b"lane.unavailable" in entry.events


def test_a_lost_log_is_begun_again_above_what_the_snapshot_had(run: Run, queue: Queue) -> None:
    save_archive(
        run=run,
        lanes={"actual": [Entry(2, 0, 0, b'{"type":"lane.reset","attempt":2,"reason":""}')]},
        complete=False,
    )
    queue.lose_everything()
    reconcile_runs()
    reconcile_runs()
    assert queue.messages("sandbox") == [asked_for(run, 3)]


def test_a_lost_log_of_a_worker_that_lives_is_left_to_it(run: Run, queue: Queue) -> None:
    lease = claims(run)
    queue.lose_everything()
    reconcile_runs()
    assert services.event_log().renew(lease, lease_s=60) == "kept"
    assert reconcile_runs() == 0
    assert queue.messages("sandbox") == []


def test_a_stopped_run_that_redis_lost_is_closed_again_and_sealed(run: Run, queue: Queue) -> None:
    services.cancel_run(run=run)
    queue.lose_everything()
    reconcile_runs()
    reconcile_runs()
    assert queue.messages("sandbox") == []
    assert queue.messages("default") == [seal_of(run)]
    seal_run(run.public_id)
    run.refresh_from_db()
    assert (run.status, run.reason) == ("cancelled", "Stopped by you.")
    assert run.finished_at is not None


def test_a_reconciled_run_comes_to_its_end(worker: WorkerProcess, run: Run, queue: Queue) -> None:
    queue.lose_everything()
    reconcile_runs()
    reconcile_runs()
    [(_, arguments)] = queue.messages("sandbox")

    def body(session: StageSession) -> StageResult:
        session.append(output("done"))
        return StageResult("ok")

    run_stage(run_id=run.public_id, stage="record_trace", attempt=arguments["attempt"], body=body)
    seal_run(run.public_id)
    run.refresh_from_db()
    assert run.status == "succeeded"
    assert lines(archive_of(run).lanes["actual"]) == ["done"]
