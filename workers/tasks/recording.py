"""Stage `record_trace`: the program's real execution, from a box into the log."""

from __future__ import annotations

import logging
import sys
import threading
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final, assert_never

from celery.signals import worker_init, worker_process_init, worker_process_shutdown
from django.conf import settings

from playground.runs.events import (
    LaneUnavailable,
    LogEvent,
    TraceFinished,
    TraceFrames,
    TraceInput,
    TraceOutput,
    TraceStarted,
)
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.pool import BoxPool
from workers.sandbox.probe import Availability, probe
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import Frames, Input, Message, Output, TraceResult
from workers.sandbox.unavailable import SandboxUnavailable
from workers.tasks.stage import StageResult, StageSession
from workers.tasks.traced import traced_program

logger = logging.getLogger(__name__)

#: Ends of a trace that say nothing about the program.
_NOT_THE_PROGRAMS_FAULT: Final = frozenset({"error"})

_probing = threading.Lock()
_available: list[Availability] = []
_pools: list[BoxPool] = []
#: Less than what a worker is given to stop in.
_DRAIN_S: Final = 3.0
#: Exit status of a worker that has to run programs and cannot.
EXIT_NO_BOXES: Final = 3


@cache
def sandbox_config() -> SandboxConfig:
    """Where this installation keeps what boxes need."""
    return SandboxConfig(
        bwrap=Path(settings.SANDBOX_BWRAP) if settings.SANDBOX_BWRAP else None,
        python=Path(settings.SANDBOX_PYTHON) if settings.SANDBOX_PYTHON else None,
        runtime_dir=Path(settings.SANDBOX_RUNTIME_DIR),
        tier="" if settings.SANDBOX_TIER == "best" else settings.SANDBOX_TIER,
    )


def availability() -> Availability:
    """What this machine offers. A good answer is kept; a bad one is looked for again."""
    with _probing:
        if not (_available and _available[0].ok):
            _available[:] = [probe(sandbox_config())]
            if not _available[0].ok:
                logger.error("no sandbox: %s %s", _available[0].cause, _available[0].remedy)
        return _available[0]


@worker_init.connect
def refuse_to_start(sender: Any, **_: Any) -> None:
    """End a worker of the sandbox queue that cannot start boxes, where SANDBOX_REQUIRED says so.

    Elsewhere it serves, and tells everybody who runs a program why that is not possible here.
    """
    if not settings.SANDBOX_REQUIRED or "sandbox" not in sender.app.amqp.queues.consume_from:
        return
    found = availability()
    if not found.ok:
        sys.stderr.write(f"No program can be run here: {found.cause} Remedy: {found.remedy}\n")
        raise SystemExit(EXIT_NO_BOXES)


@worker_process_init.connect
def warm_up(**_: Any) -> None:
    """Probe and arm boxes as soon as a pool process starts, so that the first run need not wait."""
    threading.Thread(target=_arm, name="sandbox-warm-up", daemon=True).start()


def _arm() -> None:
    if availability().ok and not _pools:
        _pools.append(BoxPool(sandbox_config(), size=settings.SANDBOX_POOL_SIZE).start())


@worker_process_shutdown.connect
def drain(**_: Any) -> None:
    """Destroy the armed boxes. Those that are in use end with this process."""
    while _pools:
        _pools.pop().close(_DRAIN_S)


def pool() -> BoxPool | None:
    """This process's armed boxes, None before there are any."""
    return _pools[0] if _pools else None


def record(session: StageSession) -> StageResult:
    """Record the run's trace. Where no box is possible, say so and run nothing."""
    available = availability()
    if not available.ok:
        return say_unavailable(session, available.cause, available.remedy)
    cancel = CancelToken()
    session.on_stop(cancel.cancel)
    limits = Limits()
    traced = traced_program(session)
    session.append(
        TraceStarted(
            origin="actual",
            engine="CPython",
            python=available.engine.removeprefix("CPython "),
            tier=available.tier,
            limits={name: float(value) for name, value in asdict(limits).items()},
            test=traced.test,
            entry=traced.entry if traced.test else "",
        )
    )
    run = session.run
    job = TraceJob(source=traced.source, entry=traced.entry, stdin=traced.stdin, limits=limits)
    try:
        result = record_trace(
            job,
            on_message=lambda message: session.append(_event(message)),
            cancel=cancel,
            config=sandbox_config(),
            pool=pool(),
        )
    except SandboxUnavailable as problem:
        return say_unavailable(session, problem.cause, problem.remedy)
    finally:
        cancel.close()
    session.append(_finished(result))
    if session.stop_cause:
        return StageResult("cancelled")
    if result.status in _NOT_THE_PROGRAMS_FAULT:
        logger.error("run_id=%s recording failed: %s", run.public_id, result.message)
        return StageResult("failed", result.message)
    return StageResult("ok")


def say_unavailable(session: StageSession, cause: str, remedy: str) -> StageResult:
    """Leave the lane empty, and say why no program can be run here."""
    session.append(LaneUnavailable(reason=cause, fix=remedy))
    return StageResult("unavailable", f"Code execution is off on this server: {cause}")


def _event(message: Message) -> LogEvent:
    match message:
        case Frames(first, events):
            return TraceFrames(first=first, frames=events)
        case Output(step, stream, text):
            return TraceOutput(step=step, stream=stream, text=text)
        case Input(step, text):
            return TraceInput(step=step, text=text)
    assert_never(message)


def _finished(result: TraceResult) -> TraceFinished:
    execution = result.execution
    return TraceFinished(
        status=result.status,
        steps=result.steps,
        message=result.message,
        error_type=result.error_type,
        error_line=result.error_line,
        error_column=result.error_column,
        output_truncated=result.output_truncated,
        usage={
            "wall_ms": round(execution.wall_time_s * 1000, 1),
            "cpu_ms": round(execution.cpu_time_s * 1000, 1),
            "max_rss_bytes": execution.max_rss_bytes,
        },
    )
