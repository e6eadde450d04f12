"""One attempt of one stage: claim, write the lane, report, advance the run.

A stage's body gets a `StageSession` and returns how it ended. Whatever happens to it (a stop by
the user, a take-over by another worker, a crash of the body) ends here in one place.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from django.utils import timezone

from playground.runs import pipeline, services
from playground.runs.archive import load_archive
from playground.runs.eventlog import Entry, LaneWriter, Lease, MainLaneLost
from playground.runs.eventlog.client import MAIN, EventLog
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
from playground.runs.pipeline import stage_key
from playground.runs.plans import plan_of
from playground.runs.queue import enqueue_stage, route_of
from workers.tasks.process import WorkerProcess, worker_process

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: How long a finished stage waits for Redis to confirm its lane before it reports.
_DRAIN_TIMEOUT_S: Final = 60.0

#: Causes of a stop after which the stage belongs to another worker: nothing is reported.
_NOT_OURS: Final = frozenset({"lost", "handed over"})


@dataclass(frozen=True, slots=True)
class StageResult:
    """How a stage ended; `message` is a sentence for the user where it is not `ok`.

    `outcome` is what the next stages depend on (`StageFinished.outcome`).
    """

    status: StageStatus
    message: str = ""
    outcome: dict[str, float] = field(default_factory=dict)


class RunLog(Protocol):
    """What a run's other stages left behind."""

    def main_events(self, run_id: str) -> list[LogEvent]:
        """The main lane."""
        ...

    def read_lane(self, run_id: str, lane: str) -> list[Entry]:
        """All entries of a lane."""
        ...


class Host(Protocol):
    """What a stage's body needs of its process: a worker, or an evaluation without Redis."""

    @property
    def log(self) -> RunLog:
        """The log of the run."""
        ...

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the process's loop."""
        ...


class Writer(Protocol):
    """The stage's lane."""

    def append_soon(self, event: LogEvent) -> None:
        """Append from any thread, without waiting."""
        ...


@dataclass(slots=True)
class StageSession:
    """What a stage's body works with. `append` may be called from any thread."""

    run: Run
    lease: Lease
    process: Host
    writer: Writer
    number: int = 0  # the solver's attempt, 0 in a trace run
    stop_cause: str = ""  # "cancelled", or one of _NOT_OURS
    _on_stop: list[Callable[[], None]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def request_id(self) -> str:
        """A name for the stage's request to a model server, unlike that of any other attempt."""
        key = self.lease.stage if self.number else ""
        return "-".join(filter(None, (self.run.public_id, key, str(self.lease.attempt))))

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
    *,
    run_id: str,
    stage: StageName,
    attempt: int,
    body: Callable[[StageSession], StageResult],
    number: int = 0,
) -> None:
    """Do one attempt of a stage, unless somebody else does it or the run is over."""
    process = worker_process()
    key = stage_key(stage, number)
    lease = Lease(run_id, key, route_of(key).lane, attempt)
    if not process.log.claim(lease, lease_s=process.lease_s):
        logger.info("stage=%s run_id=%s attempt=%d not claimed", key, run_id, attempt)
        return
    run = Run.objects.filter(public_id=run_id).first()
    if run is None:  # deleted by its owner meanwhile
        process.log.release(lease)
        process.log.delete_run(run_id, [lease.lane])
        return
    with _session(process, run, lease, number) as (session, writer):
        started = StageStarted(
            stage=stage, lane=lease.lane, attempt=attempt, at_ms=services.now_ms(), number=number
        )
        if not _report(run, started):
            session.stop("cancelled")  # between the claim and `hold`, where nobody was told
        Run.objects.filter(pk=run.pk, status=Run.Status.QUEUED).update(
            status=Run.Status.RUNNING, started_at=timezone.now()
        )
        if attempt > 1:
            session.append(LaneReset(attempt=attempt, reason="The worker was replaced."))
        result = _run_body(session, body)
        if session.stop_cause in _NOT_OURS:
            return
        process.submit(writer.drain()).result(timeout=_DRAIN_TIMEOUT_S)
        if not _is_ours(process, session):
            return
        finished = StageFinished(
            stage=stage,
            lane=lease.lane,
            attempt=attempt,
            status=result.status,
            message=result.message,
            at_ms=services.now_ms(),
            number=number,
            outcome=result.outcome,
        )
        is_closed = not _report(run, finished) or _go_on(run, finished)
    if is_closed:
        services.seal_unless_held(run_id=run_id)


def _is_ours(process: WorkerProcess, session: StageSession) -> bool:
    """Whether this worker may report the stage's end.

    A worker that was stopped for a while (SIGSTOP, a frozen machine) may not have noticed that
    another one took the stage over, so the log is asked once more.
    """
    lease = session.lease
    if (
        session.stop_cause not in _NOT_OURS
        and process.log.renew(lease, lease_s=process.lease_s) == "lost"
    ):
        session.stop("lost")
    return session.stop_cause not in _NOT_OURS


@contextmanager
def _session(
    process: WorkerProcess, run: Run, lease: Lease, number: int
) -> Iterator[tuple[StageSession, LaneWriter]]:
    writer = process.call(
        lambda: process.publisher.open_lane(
            run_id=run.public_id, lane=lease.lane, attempt=lease.attempt
        )
    )
    session = StageSession(run, lease, process, writer, number)
    process.call(lambda: writer.on_fenced(lambda: session.stop("lost")))
    process.call(lambda: process.leases.hold(lease, session.stop))
    try:
        yield session, writer
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


def _report(run: Run, event: LogEvent) -> bool:
    """Append to the main lane; False: the run is closed."""
    log = services.event_log()
    try:
        return log.append_main(run.public_id, event)
    except MainLaneLost:
        services.rebuild_log(run=run)
        return log.append_main(run.public_id, event)


def advance_run(run: Run) -> None:
    """Do what the log says is next; where nothing is, close the run and have it sealed."""
    if _go_on(run, None):
        services.seal_unless_held(run_id=run.public_id)


def _go_on(run: Run, finished: StageFinished | None) -> bool:
    """Announce, enqueue what is due now, or close the run. True: it is closed, by whomever.

    `finished` is what this worker has just reported. Then only what follows from it is enqueued:
    other stages that are due were enqueued by who reported before. Two workers that report at the
    same moment may both enqueue a stage, which is harmless.
    """
    log = services.event_log()
    events = log.main_events(run.public_id)
    progress = pipeline.fold(events)
    if progress.end is not None:
        return True
    plan = plan_of(run)
    for event in plan.announcements(progress):
        if not log.append_main(run.public_id, event):
            return True
    end = plan.decide(progress)
    if end is not None:
        closing = RunFinished(status=end.status, reason=end.reason, at_ms=services.now_ms())
        log.append_main(run.public_id, closing, closes=True)
        log.announce_cancel(run.public_id)  # what still runs is not needed any more
        return True
    known = set(progress.started)
    if finished is not None and finished in events:
        before = pipeline.fold(events[: events.index(finished)])
        known |= set(plan.due(before))
    for key in plan.due(progress):
        if key not in known:
            enqueue_stage(run_id=run.public_id, stage=key, attempt=next_attempt(log, run, key))
    return False


def next_attempt(log: EventLog, run: Run, key: str) -> int:
    """The attempt that a stage goes on with: one more than any that a page may have seen."""
    lane = route_of(key).lane
    last = log.attempt_of(run.public_id, lane)
    entries = log.read_lane(run.public_id, MAIN)
    if entries and entries[0].attempt > 1:
        # Redis lost the run. Pages may still show what it held, under ids that only the last
        # snapshot remembers, if anything does: what comes now must have larger ones.
        archived = load_archive(run.public_id)
        found = archived.lanes.get(lane) if archived else None
        last = max(last, found[-1].attempt if found else 1)
    return last + 1
