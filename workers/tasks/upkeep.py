"""Sealing finished runs, and recovering what crashed: leases, lost messages, lost logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, cast

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from playground.runs import pipeline, selectors, services
from playground.runs.archive import load_archive, save_archive
from playground.runs.eventlog import Entry, EventLog, Lease
from playground.runs.events import (
    LaneReset,
    LogEvent,
    RunStatus,
    StageFinished,
    StageName,
    TraceFinished,
)
from playground.runs.models import ArchivedLog, Run
from playground.runs.plans import plan_of
from playground.runs.queue import enqueue_stage, route_of, split_key
from playground.runs.solve_events import AnswerFinished, ResultsFinished, TestsFinished
from workers.tasks.stage import advance_run, next_attempt

logger = logging.getLogger(__name__)

#: What Redis, the broker and the database raise while they are away: no run's fault.
AWAY: Final = (*services.QUEUE_DOWN, OperationalError, InterfaceError)

#: A run without any lease for this long has lost its message or its worker.
RECONCILE_AFTER_S: Final = 10.0

#: Runs older than this get a snapshot in the database: what remains if Redis loses everything.
SNAPSHOT_AFTER_S: Final = 5.0

_WORKER_LOST: Final = (
    f"The worker was lost {pipeline.MAX_ATTEMPTS} times while doing this. "
    "If it happens again with this program, please report it."
)


@shared_task(name="runs.seal_run", acks_late=True, time_limit=60)
def seal_run(run_id: str) -> None:
    """Write a finished run's log and status to the database. Safe to run twice."""
    run = Run.objects.filter(public_id=run_id).first()
    log = services.event_log()
    if run is None or not log.has_run(run_id):
        return
    end = pipeline.fold(log.main_events(run_id)).end
    if end is None:
        return
    lanes = _known_lanes(log, run_id)
    with transaction.atomic():
        save_archive(run=run, lanes=lanes, complete=True)
        run.status = Run.Status(end.status)
        run.reason = end.reason
        run.finished_at = run.finished_at or timezone.now()
        run.save(update_fields=["status", "reason", "finished_at"])
    log.announce_sealed(run_id, keep_s=settings.STREAM_TTL_SECONDS)


def _known_lanes(log: EventLog, run_id: str) -> dict[str, list[Entry]]:
    """The lanes in Redis, and from the last snapshot those that Redis has lost."""
    archived = load_archive(run_id)
    live = {lane: log.read_lane(run_id, lane) for lane in log.lanes(run_id)}
    return {**(archived.lanes if archived else {}), **live}


@contextmanager
def _alone(run_id: str) -> Iterator[None]:
    """Let what is wrong with one run (a damaged log, say) keep nobody from looking at the next."""
    try:
        yield
    except AWAY:
        raise
    except Exception:
        logger.exception("run_id=%s could not be put right", run_id)


def take_over_expired() -> int:
    """Enqueue a new attempt of every stage whose worker is gone; returns how many."""
    log = services.event_log()
    leases = log.expired_leases()
    for lease in leases:
        with _alone(lease.run_id):
            _take_over(log, lease)
    return len(leases)


def _take_over(log: EventLog, lease: Lease) -> None:
    run = Run.objects.filter(public_id=lease.run_id).first()
    if run is None or run.is_over or _is_closed(log, lease.run_id):
        log.drop_lease(lease)
        if run is not None and run.finished_at is None:
            services.seal_unless_held(run_id=lease.run_id)
        return
    stage = lease.stage
    if stage in pipeline.fold(log.main_events(lease.run_id)).finished:
        log.drop_lease(lease)  # the worker died between its report and what follows from it
        advance_run(run)
        return
    if lease.attempt >= pipeline.MAX_ATTEMPTS:
        log.drop_lease(lease)
        _give_up(log, run, stage, lease.attempt)
        return
    logger.warning(
        "stage=%s run_id=%s attempt=%d lost its worker", stage, lease.run_id, lease.attempt
    )
    enqueue_stage(run_id=lease.run_id, stage=stage, attempt=lease.attempt + 1)


def _last_words(stage: StageName) -> LogEvent:
    """What ends the lane of a stage that nobody could finish."""
    match stage:
        case "generate_answer":
            return AnswerFinished(status="error", message=_WORKER_LOST)
        case "predict_results":
            return ResultsFinished(message=_WORKER_LOST)
        case "run_tests":
            return TestsFinished(passed=0, failed=0, message=_WORKER_LOST)
    return TraceFinished(status="error", steps=0, message=_WORKER_LOST)


def _give_up(log: EventLog, run: Run, key: str, last_attempt: int) -> None:
    """Close a stage that has used up its attempts, in its lane and in the main lane."""
    attempt, lane = last_attempt + 1, route_of(key).lane
    stage, number = split_key(key)
    log.append_once(
        run.public_id,
        lane,
        [
            LaneReset(attempt=attempt, reason="The worker was lost again."),
            _last_words(stage),
        ],
        attempt=attempt,
    )
    log.append_main(
        run.public_id,
        StageFinished(
            stage=stage,
            lane=lane,
            attempt=attempt,
            status="failed",
            message=_WORKER_LOST,
            at_ms=services.now_ms(),
            number=number,
        ),
    )
    advance_run(run)


def _is_closed(log: EventLog, run_id: str) -> bool:
    return pipeline.fold(log.main_events(run_id)).end is not None


def reconcile_runs(*, older_than_s: float = RECONCILE_AFTER_S) -> int:
    """Put right every run whose log is not in the database and that no worker holds.

    Causes: a queue message lost with Redis's last second, a crash between two steps of a
    service, a log that was never sealed. Returns how many runs were touched.
    """
    log = services.event_log()
    before = timezone.now() - timedelta(seconds=older_than_s)
    held = log.leased_runs()
    touched = 0
    for run in selectors.list_unsealed_runs(created_before=before):
        with _alone(run.public_id):
            if run.public_id in held:
                _snapshot(log, run)
            else:
                touched += _reconcile(log, run)
    return touched


def _reconcile(log: EventLog, run: Run) -> int:
    run_id = run.public_id
    if not log.has_run(run_id):
        services.rebuild_log(run=run)
        if run.is_over:  # stopped, and lost before it was sealed
            services.close_run(run=run, status=cast("RunStatus", run.status), reason=run.reason)
        return 1  # a worker that still has it will have renewed its lease before the next look
    # In this order: a worker that claims a stage meanwhile shows up in the leases, and one that
    # finished before they were read has its report in the log.
    plan = plan_of(run)
    attempts = _next_attempts(log, run)
    if run_id in log.leased_runs():
        return 0
    progress = pipeline.fold(log.main_events(run_id))
    if progress.end is not None or plan.decide(progress) is not None:
        advance_run(run)
        return 1
    touched = 0
    for key in plan.due(progress):
        route = route_of(key)
        claimed = log.attempt_of(run_id, route.lane) > 0
        if key not in attempts or (not claimed and log.queue_length(route.queue) > 0):
            continue  # it waits in a long queue; a lost message is found once the queue is empty
        _try_again(log, run, key, attempts[key])
        touched = 1
    return touched


def _next_attempts(log: EventLog, run: Run) -> dict[str, int]:
    """What each stage that is due would go on with."""
    due = plan_of(run).due(pipeline.fold(log.main_events(run.public_id)))
    return {key: next_attempt(log, run, key) for key in due}


def _try_again(log: EventLog, run: Run, stage: str, attempt: int) -> None:
    if attempt > pipeline.MAX_ATTEMPTS:
        _give_up(log, run, stage, attempt - 1)
        return
    enqueue_stage(run_id=run.public_id, stage=stage, attempt=attempt)
    logger.warning("stage=%s run_id=%s enqueued again", stage, run.public_id)


def _snapshot(log: EventLog, run: Run) -> None:
    recent = timezone.now() - timedelta(seconds=SNAPSHOT_AFTER_S)
    if ArchivedLog.objects.filter(run=run, updated_at__gt=recent).exists():
        return
    save_archive(run=run, lanes=_known_lanes(log, run.public_id), complete=False)
