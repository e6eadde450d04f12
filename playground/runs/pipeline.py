"""The state machine of a run, pure: what happened so far in, what to do next out.

State is a fold over the run's `main` lane, so a worker that takes over, a reconciliation after a
crash and a test all compute the same answer from the same events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from playground.runs.events import (
    LogEvent,
    RunFinished,
    RunStatus,
    StageFinished,
    StageName,
    StageStarted,
)
from playground.runs.solve_events import AttemptFinished, SolveFinished

#: A stage whose worker vanished is tried this often before the run fails: one bad machine should
#: not lose a run, and a program that kills workers should not go round for ever.
MAX_ATTEMPTS: Final = 3

#: The stage that decides a run's outcome. A prediction that fails does not fail the run.
_DECISIVE: Final[StageName] = "record_trace"


def stage_key(stage: str, number: int = 0) -> str:
    """A stage's name within its run: `run_tests.2` is the one of the solver's attempt 2."""
    return f"{stage}.{number}" if number else stage


@dataclass(slots=True)
class Progress:
    """What the `main` lane says. Keys are those of `stage_key`.

    `began_ms` is when the first stage began, `newest_ms` the newest time that any event names.
    """

    started: dict[str, int] = field(default_factory=dict)  # key -> newest attempt
    finished: dict[str, StageFinished] = field(default_factory=dict)
    announced: set[int] = field(default_factory=set)  # solver's attempts with their verdict
    solved: SolveFinished | None = None
    end: RunFinished | None = None
    began_ms: int = 0
    newest_ms: int = 0


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
        progress.newest_ms = max(progress.newest_ms, getattr(event, "at_ms", 0))
        match event:
            case StageStarted():
                key = stage_key(event.stage, event.number)
                progress.began_ms = progress.began_ms or event.at_ms
                if event.attempt > progress.started.get(key, 0):
                    progress.started[key] = event.attempt
                    progress.finished.pop(key, None)
            case StageFinished():
                key = stage_key(event.stage, event.number)
                if event.attempt >= progress.started.get(key, 0):
                    progress.started[key] = event.attempt
                    progress.finished[key] = event
            case AttemptFinished():
                progress.announced.add(event.number)
            case SolveFinished():
                progress.solved = event
            case RunFinished():
                progress.end = event
            case _:
                pass
    return progress


class Plan(Protocol):
    """What a kind of run does, as pure functions of its progress."""

    def due(self, progress: Progress) -> list[str]:
        """Keys of the stages that should be waiting or running now."""
        ...

    def announcements(self, progress: Progress) -> list[LogEvent]:
        """Events that the main lane lacks. Their `at_ms` is the newest that the lane has."""
        ...

    def decide(self, progress: Progress) -> Finish | None:
        """The run's end, or None while it goes on (or is over already)."""
        ...


@dataclass(frozen=True, slots=True)
class TracePlan:
    """A trace run: its stages do not depend on each other, and all are enqueued at the start."""

    stages: tuple[str, ...]

    def due(self, progress: Progress) -> list[str]:
        """Those that have not finished."""
        return [stage for stage in self.stages if stage not in progress.finished]

    def announcements(self, progress: Progress) -> list[LogEvent]:  # noqa: ARG002  # of the protocol
        """A trace run announces nothing."""
        return []

    def decide(self, progress: Progress) -> Finish | None:
        """See `Plan.decide`."""
        return decide(progress, self.stages)


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
