"""What people do with runs. All doors (WebSocket, REST, class pages) call these functions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from playground.accounts.visitors import Visitor
from playground.runs.errors import Refused
from playground.runs.eventlog import EventLog, MainLaneLost
from playground.runs.events import (
    MAX_ENTRY_CHARS,
    MAX_SOURCE_BYTES,
    MAX_STDIN_BYTES,
    LaneUnavailable,
    LogEvent,
    RunFinished,
    RunKind,
    RunQueued,
    StageName,
)
from playground.runs.models import Run
from playground.runs.queue import STAGES, enqueue_seal, enqueue_stage
from playground.runs.selectors import count_live_runs, count_runs_since

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
        _check_text(field, text)
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


def _check_text(field: str, text: str) -> None:
    for code, character, name in (("null", "\0", "a null byte"),):
        at = text.find(character)
        if at >= 0:
            line = text.count("\n", 0, at) + 1
            column = at - text.rfind("\n", 0, at)
            raise Refused(
                f"{field}.{code}",
                f"There is {name} in line {line}, column {column}.",
                "Delete it: Python source cannot hold one.",
                400,
                field,
                line,
                column,
            )
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused(
            f"{field}.surrogate",
            "The text holds half of a character (a lone surrogate).",
            "Paste it again from a UTF-8 source.",
            400,
            field,
        )


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


def start_run(
    *, kind: RunKind, program: Program, visitor: Visitor, visibility: str = "private"
) -> Run:
    """Store a run and hand its stages to the workers. Raises Refused."""
    check_program(program)
    _check_quota(visitor)
    stages = planned_stages()
    with transaction.atomic():
        run = Run.objects.create(
            kind=kind,
            user_id=visitor.user_id,
            visitor_id=visitor.visitor_id,
            visibility=visibility,
            source=program.source,
            entry=program.entry.strip(),
            stdin=program.stdin,
            stages=stages,
        )
    # Everything below is outside the transaction: a worker may only be told of a row it can see.
    try:
        _announce(run)
    except (RedisError, OperationalError, OSError) as error:
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
    queues = {STAGES[stage].queue for stage in run.stages}
    ahead = log.queue_length(*queues)
    log.open_run(run.public_id, opening_events(ahead=ahead))
    if "predict_trace" not in run.stages:
        log.append_once(run.public_id, STAGES["predict_trace"].lane, [_NO_MODEL])
    for stage in run.stages:
        enqueue_stage(run_id=run.public_id, stage=stage, attempt=1)


def opening_events(*, ahead: int) -> list[LogEvent]:
    """The first events of a main lane."""
    return [RunQueued(ahead=ahead, at_ms=now_ms())]


def cancel_run(*, run: Run) -> bool:
    """Stop a run. False: it was over already. The stop reaches boxes within milliseconds."""
    if run.is_over:
        return False
    log = event_log()
    finished = RunFinished(status="cancelled", at_ms=now_ms(), reason="Stopped by you.")
    try:
        closed = log.append_main(run.public_id, finished, closes=True)
    except MainLaneLost:
        log.rebuild_run(run.public_id, opening_events(ahead=0))
        closed = log.append_main(run.public_id, finished, closes=True)
    if closed:
        log.announce_cancel(run.public_id)
        # Stages that still run append their last events first; sealing again is harmless.
        enqueue_seal(run_id=run.public_id, delay_s=1.0)
    return closed


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
    return run


def delete_run(*, run: Run) -> None:
    """Remove a run for good; a live one is stopped first."""
    cancel_run(run=run)
    event_log().delete_run(run.public_id)
    run.delete()
