"""One attempt of one stage: claim, write the lane, report, advance the run.

A stage's body gets a `StageSession` and returns how it ended. Whatever happens to it (a stop by
the user, a take-over by another worker, a crash of the body) ends here in one place.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone

from playground.runs import pipeline, services
from playground.runs.eventlog import LaneWriter, Lease, MainLaneLost
from playground.runs.events import (
    LaneReset,
    LogEvent,
    RunFinished,
    StageFinished,
    StageName,
    StageStarted,
    StageStatus,
)
from playground.runs.models import Run
from playground.runs.queue import STAGES
from workers.tasks.process import WorkerProcess, worker_process

logger = logging.getLogger(__name__)

#: How long a finished stage waits for Redis to confirm its lane before it reports.
_DRAIN_TIMEOUT_S: Final = 60.0

#: Causes of a stop after which the stage belongs to another worker: nothing is reported.
_NOT_OURS: Final = frozenset({"lost", "handed over"})


@dataclass(frozen=True, slots=True)
class StageResult:
    """How a stage ended; `message` is a sentence for the user where it is not `ok`."""

    status: StageStatus
    message: str = ""


@dataclass(slots=True)
class StageSession:
    """What a stage's body works with. `append` may be called from any thread."""

    run: Run
    lease: Lease
    process: WorkerProcess
    writer: LaneWriter
    stop_cause: str = ""  # "cancelled", or one of _NOT_OURS
    _on_stop: list[Callable[[], None]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def append(self, event: LogEvent) -> None:
        """Append to the stage's lane."""
        self.writer.append_soon(event)

    def on_stop(self, callback: Callable[[], None]) -> None:
        """Call `callback` (on the loop's thread) when the stage must stop; it must not block."""
        with self._lock:
            if not self.stop_cause:
                self._on_stop.append(callback)
                return
        callback()

    def stop(self, cause: str) -> None:
        """Tell the body to stop. Later causes are ignored."""
        with self._lock:
            if self.stop_cause:
                return
            self.stop_cause = cause
            callbacks = list(self._on_stop)
        for callback in callbacks:
            callback()


def run_stage(
    *, run_id: str, stage: StageName, attempt: int, body: Callable[[StageSession], StageResult]
) -> None:
    """Do one attempt of a stage, unless somebody else does it or the run is over."""
    process = worker_process()
    lease = Lease(run_id, stage, STAGES[stage].lane, attempt)
    if not process.log.claim(lease, lease_s=process.lease_s):
        logger.info("stage=%s run_id=%s attempt=%d not claimed", stage, run_id, attempt)
        return
    run = Run.objects.filter(public_id=run_id).first()
    if run is None:  # deleted by its owner meanwhile
        process.log.release(lease)
        process.log.delete_run(run_id, [lease.lane])
        return
    with _session(process, run, lease) as session:
        started = StageStarted(
            stage=stage, lane=lease.lane, attempt=attempt, at_ms=services.now_ms()
        )
        if not _report(session, started):
            session.stop("cancelled")  # between the claim and `hold`, where nobody was told
        Run.objects.filter(pk=run.pk, status=Run.Status.QUEUED).update(
            status=Run.Status.RUNNING, started_at=timezone.now()
        )
        if attempt > 1:
            session.append(LaneReset(attempt=attempt, reason="The worker was replaced."))
        result = _run_body(session, body)
        if session.stop_cause in _NOT_OURS:
            return
        process.submit(session.writer.drain()).result(timeout=_DRAIN_TIMEOUT_S)
        if not _is_ours(session):
            return
        finished = StageFinished(
            stage=stage,
            lane=lease.lane,
            attempt=attempt,
            status=result.status,
            message=result.message,
            at_ms=services.now_ms(),
        )
        is_closed = not _report(session, finished) or _close_if_done(run)
    if is_closed:
        services.seal_unless_held(run_id=run_id)


def _is_ours(session: StageSession) -> bool:
    """Whether this worker may report the stage's end.

    A worker that was stopped for a while (SIGSTOP, a frozen machine) may not have noticed that
    another one took the stage over, so the log is asked once more.
    """
    process, lease = session.process, session.lease
    if (
        session.stop_cause not in _NOT_OURS
        and process.log.renew(lease, lease_s=process.lease_s) == "lost"
    ):
        session.stop("lost")
    return session.stop_cause not in _NOT_OURS


@contextmanager
def _session(process: WorkerProcess, run: Run, lease: Lease) -> Iterator[StageSession]:
    writer = process.call(
        lambda: process.publisher.open_lane(
            run_id=run.public_id, lane=lease.lane, attempt=lease.attempt
        )
    )
    session = StageSession(run, lease, process, writer)
    process.call(lambda: writer.on_fenced(lambda: session.stop("lost")))
    process.call(lambda: process.leases.hold(lease, session.stop))
    try:
        yield session
    finally:
        process.call(lambda: process.leases.drop(lease))
        process.call(writer.close)
        if session.stop_cause != "lost":
            process.log.release(lease, hand_over=session.stop_cause == "handed over")
        if not Run.objects.filter(pk=run.pk).exists():  # its owner deleted it meanwhile
            process.log.delete_run(run.public_id, [lease.lane])


def _run_body(session: StageSession, body: Callable[[StageSession], StageResult]) -> StageResult:
    try:
        return body(session)
    except Exception:
        logger.exception("stage=%s run_id=%s failed", session.lease.stage, session.lease.run_id)
        return StageResult("failed", "The service failed while doing this. It has been logged.")


def _report(session: StageSession, event: LogEvent) -> bool:
    """Append to the main lane; False: the run is closed."""
    log = session.process.log
    try:
        return log.append_main(session.run.public_id, event)
    except MainLaneLost:
        services.rebuild_log(run=session.run)
        return log.append_main(session.run.public_id, event)


def advance_run(run: Run) -> None:
    """Decide from the log what is next; close the run when nothing is, and have it sealed."""
    if _close_if_done(run):
        services.seal_unless_held(run_id=run.public_id)


def _close_if_done(run: Run) -> bool:
    """Close the run if its stages are done. True: it is closed, by whomever."""
    log = services.event_log()
    progress = pipeline.fold(log.main_events(run.public_id))
    end = pipeline.decide(progress, run.stages)
    if end is not None:
        finished = RunFinished(status=end.status, reason=end.reason, at_ms=services.now_ms())
        log.append_main(run.public_id, finished, closes=True)
    return end is not None or progress.end is not None
