"""The state machine of a run, pure: what happened so far in, what to do next out.

State is a fold over the run's `main` lane, so a worker that takes over, a reconciliation after a
crash and a test all compute the same answer from the same events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from playground.runs.events import (
    LogEvent,
    RunFinished,
    RunStatus,
    StageFinished,
    StageName,
    StageStarted,
)

#: A stage whose worker vanished is tried this often before the run fails: one bad machine should
#: not lose a run, and a program that kills workers should not go round for ever.
MAX_ATTEMPTS: Final = 3

#: The stage that decides a run's outcome. A prediction that fails does not fail the run.
_DECISIVE: Final[StageName] = "record_trace"


@dataclass(slots=True)
class Progress:
    """What the `main` lane says."""

    started: dict[str, int] = field(default_factory=dict)  # stage -> newest attempt
    finished: dict[str, StageFinished] = field(default_factory=dict)
    end: RunFinished | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """Close the run with this status."""

    status: RunStatus
    reason: str = ""


def fold(events: Iterable[LogEvent]) -> Progress:
    """Progress after `events` of the main lane, in order. Later attempts replace earlier ones.

    What a worker reports after it was replaced does not count: its lane belongs to the newer
    attempt, which is still being written.
    """
    progress = Progress()
    for event in events:
        match event:
            case StageStarted():
                if event.attempt > progress.started.get(event.stage, 0):
                    progress.started[event.stage] = event.attempt
                    progress.finished.pop(event.stage, None)
            case StageFinished():
                if event.attempt >= progress.started.get(event.stage, 0):
                    progress.started[event.stage] = event.attempt
                    progress.finished[event.stage] = event
            case RunFinished():
                progress.end = event
            case _:
                pass
    return progress


def decide(progress: Progress, stages: Sequence[str]) -> Finish | None:
    """The run's end, or None while it goes on (or is over already).

    `stages` are the stages planned for the run; all of them were enqueued at the start, since
    predicting and recording do not depend on each other.
    """
    if progress.end is not None or any(stage not in progress.finished for stage in stages):
        return None
    results = [progress.finished[stage] for stage in stages]
    decisive = progress.finished.get(_DECISIVE)
    if any(result.status == "cancelled" for result in results):
        return Finish("cancelled")
    if decisive is not None and decisive.status != "ok":
        return Finish("failed", decisive.message)
    if all(result.status != "ok" for result in results):
        return Finish("failed", results[0].message if results else "")
    return Finish("succeeded")
