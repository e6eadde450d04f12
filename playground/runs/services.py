"""What people do with runs. All doors (WebSocket, REST, class pages) call these functions."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from playground.accounts.visitors import Visitor
from playground.runs.errors import Refused
from playground.runs.eventlog import UNREACHABLE, EventLog, MainLaneLost
from playground.runs.events import (
    MAX_ENTRY_CHARS,
    MAX_SOURCE_BYTES,
    MAX_STDIN_BYTES,
    LaneUnavailable,
    LogEvent,
    RunFinished,
    RunKind,
    RunQueued,
    RunStatus,
    StageName,
)
from playground.runs.models import Run
from playground.runs.pipeline import stage_key
from playground.runs.problem_input import check_problem, check_text, granted_plan
from playground.runs.queue import STAGES, enqueue_seal, enqueue_stage, route_of
from playground.runs.selectors import count_live_runs, count_runs_since
from playground.runs.solve_events import MAX_PROBLEM_BYTES, MAX_TESTS_BYTES, Problem
from playground.runs.solving import SolvePlan

logger = logging.getLogger(__name__)

#: What Redis, the broker on it, and their sockets raise while they are away.
QUEUE_DOWN: Final = (*UNREACHABLE, OperationalError)

#: What helps where a request is too large to be read at all.
KEEP_SMALL: Final = (
    f"Keep the program under {MAX_SOURCE_BYTES // 1024} KiB "
    f"and its input under {MAX_STDIN_BYTES // 1024} KiB, "
    f"a problem under {MAX_PROBLEM_BYTES // 1024} KiB and its tests under "
    f"{MAX_TESTS_BYTES // 1024} KiB."
)

_STOPPED: Final = "Stopped by you."

_NO_MODEL: Final = LaneUnavailable(
    reason="No model is configured on this server, so nothing is predicted here.",
    fix="An operator can set MODEL_RUNTIME; the actual trace needs none.",
)


@dataclass(frozen=True, slots=True)
class Program:
    """What a person submits. `entry` is a call expression, or empty."""

    source: str
    entry: str = ""
    stdin: str = ""


@cache
def event_log() -> EventLog:
    """This process's event log."""
    return EventLog(settings.REDIS_URL)


def now_ms() -> int:
    """Wall clock in milliseconds, as events carry it."""
    return int(time.time() * 1000)


def check_program(program: Program) -> None:
    """Refuse what no box could run. Raises Refused; syntax is checked inside the box."""
    size = len(program.source.encode("utf-8", "replace"))
    if not program.source.strip():
        raise Refused(
            "source.empty",
            "There is no program yet.",
            "Type one, or pick an example.",
            400,
            "source",
        )
    if size > MAX_SOURCE_BYTES:
        raise Refused(
            "source.too_large",
            f"The program has {size:,} bytes; at most {MAX_SOURCE_BYTES:,} are accepted.",
            "Keep the part that matters: a trace follows a few thousand steps at most.",
            413,
            "source",
        )
    for field, text in (
        ("source", program.source),
        ("entry", program.entry),
        ("stdin", program.stdin),
    ):
        check_text(field, text)
    if len(program.entry) > MAX_ENTRY_CHARS:
        raise Refused(
            "entry.too_long",
            f"The entry call has {len(program.entry):,} characters; at most "
            f"{MAX_ENTRY_CHARS:,} are accepted.",
            "Put long arguments into a variable of the program and pass its name.",
            400,
            "entry",
        )
    if len(program.stdin.encode("utf-8", "replace")) > MAX_STDIN_BYTES:
        raise Refused(
            "stdin.too_large",
            f"The input is larger than {MAX_STDIN_BYTES // 1024} KiB.",
            "Shorten it: the program reads it through input().",
            413,
            "stdin",
        )


def check_undecodable(document: object) -> None:
    """Refuse a request that a strict decoder did not take because of a text in it.

    `document` is what a lenient reader made of the request. Does nothing where the cause is
    another one. A browser can send half of a character: JSON escapes hide it from UTF-8.
    """
    if not isinstance(document, dict):
        return
    for field in ("source", "entry", "stdin"):
        if isinstance(text := document.get(field), str):
            check_text(field, text)


def _check_quota(visitor: Visitor) -> None:
    if count_live_runs(visitor=visitor) >= settings.MAX_LIVE_RUNS_PER_OWNER:
        raise Refused(
            "quota.live",
            f"{settings.MAX_LIVE_RUNS_PER_OWNER} of your runs are still going.",
            "Stop one of them, or wait for it to end.",
            429,
        )
    minute_ago = timezone.now() - timedelta(minutes=1)
    if count_runs_since(visitor=visitor, since=minute_ago) >= settings.MAX_RUNS_PER_MINUTE:
        raise Refused(
            "quota.rate",
            f"You started {settings.MAX_RUNS_PER_MINUTE} runs within a minute.",
            "Wait a minute, then run again. Nothing you typed is lost.",
            429,
        )


def planned_stages() -> list[StageName]:
    """The stages of a trace run on this server."""
    if settings.MODEL_RUNTIME == "none":
        return ["record_trace"]
    return ["record_trace", "predict_trace"]


def planned_solve(problem: Problem) -> tuple[SolvePlan, list[str]]:
    """What a solve run on this server may use, and the stages that it begins with.

    Raises Refused where no model here can solve anything.
    """
    if settings.SOLVE_MODEL == "none":
        raise Refused(
            "solve.no_model",
            "No model on this server can solve problems.",
            "Traces of programs work all the same. An operator can set SOLVE_MODEL.",
            503,
            "problem",
        )
    plan = granted_plan(
        problem.options,
        predicts=settings.MODEL_RUNTIME != "none",
        solvers=len(settings.SOLVE_MODEL.split("+")),
    )
    first = range(1, min(plan.candidates, plan.attempts) + 1)
    return plan, [stage_key("generate_answer", number) for number in first]


def start_run(
    *,
    kind: RunKind,
    visitor: Visitor,
    program: Program | None = None,
    problem: Problem | None = None,
    visibility: str = "private",
) -> Run:
    """Store a run and hand its first stages to the workers. Raises Refused.

    A trace run needs a program, a solve run a problem; the other one is not looked at.
    """
    program = program or Program("")
    stages: list[str]
    plan: SolvePlan | None = None
    if kind == "solve":
        problem = check_problem(problem)
        plan, stages = planned_solve(problem)
        program = Program("")
    else:
        check_program(program)
        stages, problem = [*planned_stages()], None
    with transaction.atomic():
        _check_quota(visitor)
        run = Run.objects.create(
            kind=kind,
            user_id=visitor.user_id,
            visitor_id=visitor.visitor_id,
            visibility=visibility,
            source=program.source,
            entry=program.entry.strip(),
            stdin=program.stdin,
            problem=msgspec.to_builtins(problem) if problem else {},
            plan=msgspec.to_builtins(plan) if plan else {},
            stages=stages,
        )
    # Everything below is outside the transaction: a worker may only be told of a row it can see.
    try:
        _announce(run)
    except Refused:
        run.delete()
        raise
    except QUEUE_DOWN as error:
        run.delete()
        raise Refused(
            "service.queue",
            "The queue does not answer, so the run was not started.",
            "Try again in a moment; your program is kept on this page.",
            503,
        ) from error
    return run


def _announce(run: Run) -> None:
    log = event_log()
    queues = {route_of(stage).queue for stage in run.stages}
    ahead = log.queue_length(*queues)
    if ahead >= settings.MAX_WAITING_STAGES:
        raise Refused(
            "quota.queue",
            f"{ahead:,} runs wait for a worker already, more than this server can promise to do.",
            "Try again in a few minutes; your program is kept on this page.",
            503,
        )
    log.open_run(run.public_id, opening_events(ahead=ahead))
    _explain_empty_lanes(run)
    for stage in run.stages:
        enqueue_stage(run_id=run.public_id, stage=stage, attempt=1)


def _explain_empty_lanes(run: Run) -> None:
    if run.kind == Run.Kind.TRACE and "predict_trace" not in run.stages:
        event_log().append_once(run.public_id, STAGES["predict_trace"].lane, [_NO_MODEL])


def opening_events(*, ahead: int) -> list[LogEvent]:
    """The first events of a main lane."""
    return [RunQueued(ahead=ahead, at_ms=now_ms())]


def cancel_run(*, run: Run) -> bool:
    """Stop a run. False: it was over already. The stop reaches boxes within milliseconds.

    Raises Refused where the event log does not answer.
    """
    if run.is_over:
        return False
    try:
        closed = close_run(run=run, status="cancelled", reason=_STOPPED)
        if closed:
            event_log().announce_cancel(run.public_id)
    except QUEUE_DOWN as error:
        raise Refused(
            "service.queue",
            "The queue does not answer, so the run was not stopped.",
            "Try again in a moment.",
            503,
        ) from error
    if not closed:
        return False
    run.status, run.reason = Run.Status.CANCELLED, _STOPPED
    Run.objects.filter(pk=run.pk).update(status=run.status, reason=run.reason)
    try:
        seal_unless_held(run_id=run.public_id)
    except QUEUE_DOWN:
        logger.warning("run_id=%s is sealed by reconciliation: the queue is away", run.public_id)
    return True


def seal_unless_held(*, run_id: str) -> None:
    """Have a closed run sealed, unless a worker still appends its last events.

    The last worker to give its lease up calls this again; no new one begins on a closed run.
    """
    if run_id not in event_log().leased_runs():
        enqueue_seal(run_id=run_id)


def close_run(*, run: Run, status: RunStatus, reason: str) -> bool:
    """Append the end of a run to its log; False: the log has one already."""
    log = event_log()
    finished = RunFinished(status=status, at_ms=now_ms(), reason=reason)
    try:
        return log.append_main(run.public_id, finished, closes=True)
    except MainLaneLost:
        rebuild_log(run=run)
        return log.append_main(run.public_id, finished, closes=True)


def rebuild_log(*, run: Run) -> None:
    """Begin the log of a run again after Redis lost it. What workers hold, they send again."""
    event_log().rebuild_run(run.public_id, opening_events(ahead=0))
    _explain_empty_lanes(run)


def set_visibility(*, run: Run, visibility: str) -> Run:
    """Share a run by its link, or take the link back."""
    if visibility not in Run.Visibility.values:
        raise Refused(
            "visibility.unknown",
            f"{visibility!r} is not a visibility.",
            "Use private or link.",
            400,
            "visibility",
        )
    run.visibility = visibility
    run.save(update_fields=["visibility"])
    if run.visibility == Run.Visibility.PRIVATE:
        try:
            event_log().announce_audience(run.public_id)
        except QUEUE_DOWN as error:  # then nothing is streamed either
            logger.warning("run_id=%s: its viewers are told later: %s", run.public_id, error)
    return run


def delete_run(*, run: Run) -> None:
    """Remove a run for good; a live one is stopped first.

    The row goes first: a worker that still writes finds it missing and removes what it wrote.
    Raises Refused where a live run cannot be stopped.
    """
    cancel_run(run=run)
    run_id = run.public_id
    run.delete()
    try:
        event_log().announce_sealed(run_id, keep_s=1)  # viewers learn that no more will come
        event_log().delete_run(run_id)
    except QUEUE_DOWN as error:
        logger.warning("the live log of deleted run %s will expire by itself: %s", run_id, error)
