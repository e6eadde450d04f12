"""A solve run in one process, without Redis, database or site: for evaluations.

The stages, the prompts, the judge and the state machine are those of the site; what differs is who
calls them. The log is kept in memory, and stages of several attempts come one after another.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from playground.runs import pipeline, services
from playground.runs.eventlog import Entry, Lease
from playground.runs.eventlog.client import MAIN
from playground.runs.eventlog.entries import decode_events, encode_event
from playground.runs.events import LogEvent, StageFinished, StageName, StageStarted
from playground.runs.ids import new_public_id
from playground.runs.models import Run
from playground.runs.queue import route_of
from playground.runs.solve_events import AnswerFinished, AttemptFinished, Problem, SolveFinished
from playground.runs.solving import SolvePlan
from workers.runtime.base import RuntimeUnavailable
from workers.runtime.chat import ChatRuntime
from workers.tasks.answering import answer
from workers.tasks.predicting import predict
from workers.tasks.recording import record
from workers.tasks.results import predict_results
from workers.tasks.stage import StageResult, StageSession
from workers.tasks.testing import run_tests
from workers.tasks.traced import lane_events, last_of

T = TypeVar("T")

#: More stages than any budget allows: a run that needs them goes round.
_MOST_STAGES: Final = 200


class Cancelled(Exception):
    """The host was told to end its runs."""


class MemoryLog:
    """The log of runs of this process. Events are encoded, as those that go to Redis."""

    def __init__(self) -> None:
        self._lanes: dict[tuple[str, str], list[bytes]] = {}
        self._lock = threading.Lock()

    def append(self, run_id: str, lane: str, event: LogEvent) -> None:
        """Append from any thread. Raises EventTooLarge."""
        data = encode_event(event)
        with self._lock:
            self._lanes.setdefault((run_id, lane), []).append(data)

    def read_lane(self, run_id: str, lane: str) -> list[Entry]:
        """See `RunLog.read_lane`: one entry that holds all."""
        with self._lock:
            events = list(self._lanes.get((run_id, lane), ()))
        return [Entry(1, 0, len(events) - 1, b",".join(events))] if events else []

    def main_events(self, run_id: str) -> list[LogEvent]:
        """See `RunLog.main_events`."""
        return [e for entry in self.read_lane(run_id, MAIN) for e in decode_events(entry.events)]

    def forget(self, run_id: str) -> None:
        """Drop a run."""
        with self._lock:
            for key in [key for key in self._lanes if key[0] == run_id]:
                del self._lanes[key]


@dataclass(frozen=True, slots=True)
class _Lane:
    log: MemoryLog
    run_id: str
    lane: str

    def append_soon(self, event: LogEvent) -> None:
        self.log.append(self.run_id, self.lane, event)


class OfflineHost:
    """The loop that model streams run on, and the log. Use through `offline_host`."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.is_cancelled = False

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """See `Host.submit`."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def cancel(self) -> None:
        """End all runs soon, from any thread: what they wait for of a model ends at once."""
        self.is_cancelled = True
        self.loop.call_soon_threadsafe(self._cancel_all)

    def _cancel_all(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()

    def close(self) -> None:
        """End the loop."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@contextlib.contextmanager
def offline_host() -> Iterator[OfflineHost]:
    """A host for as long as the context lasts. Its runs may be in several threads."""
    host = OfflineHost()
    try:
        yield host
    finally:
        host.close()


@dataclass(frozen=True, slots=True)
class Attempted:
    """One attempt: what its own tests said, and what the model wrote."""

    number: int
    finished: AttemptFinished
    answer: AnswerFinished


@dataclass(frozen=True, slots=True)
class Solved:
    """A solve run that is over."""

    finished: SolveFinished
    attempts: tuple[Attempted, ...] = field(repr=False)

    @property
    def first_code(self) -> str:
        """What the first attempt came to, empty for no code."""
        return self.attempts[0].answer.code if self.attempts else ""

    @property
    def final_code(self) -> str:
        """What the run leaves behind, empty for no code."""
        found = [a for a in self.attempts if a.number == self.finished.best]
        return found[0].answer.code if found else ""


def solve_offline(
    problem: Problem, plan: SolvePlan, host: OfflineHost, solver: Callable[[int], ChatRuntime]
) -> Solved:
    """Solve. Blocks its thread.

    A run that is not over because of the machine, not of the model, raises `RuntimeUnavailable`.
    """
    run = Run(
        public_id=new_public_id(),
        kind=Run.Kind.SOLVE,
        problem=msgspec.to_builtins(problem),
        plan=msgspec.to_builtins(plan),
    )
    bodies = _bodies(solver)
    for _ in range(_MOST_STAGES):
        if host.is_cancelled:
            raise Cancelled
        progress = pipeline.fold(host.log.main_events(run.public_id))
        for event in plan.announcements(progress):
            host.log.append(run.public_id, MAIN, event)
        if plan.decide(progress) is not None:
            found = _solved(run, host.log)
            host.log.forget(run.public_id)
            return found
        _do(run, plan.due(progress)[0], host, bodies)
    raise RuntimeError("the run goes on and on")


Body = Callable[[StageSession], StageResult]


def _bodies(solver: Callable[[int], ChatRuntime]) -> Mapping[str, Body]:
    return {
        "generate_answer": partial(answer, solver=solver),
        "predict_results": predict_results,
        "run_tests": run_tests,
        "predict_trace": predict,
        "record_trace": record,
    }


def _do(run: Run, key: str, host: OfflineHost, bodies: Mapping[str, Body]) -> None:
    """One stage, reported as a worker does."""
    name, _, number = key.partition(".")
    stage = msgspec.convert(name, StageName)
    lane = route_of(key).lane
    session = StageSession(
        run,
        Lease(run.public_id, key, lane, 1),
        host,
        _Lane(host.log, run.public_id, lane),
        number=int(number),
    )
    about: dict[str, Any] = {"stage": stage, "lane": lane, "attempt": 1, "number": int(number)}
    started = StageStarted(at_ms=services.now_ms(), **about)
    host.log.append(run.public_id, MAIN, started)
    result = bodies[name](session)
    if result.status == "failed" or (name == "run_tests" and result.status != "ok"):
        raise RuntimeUnavailable(f"{name}: {result.message}")
    finished = StageFinished(
        at_ms=services.now_ms(),
        status=result.status,
        message=result.message,
        outcome=result.outcome,
        **about,
    )
    host.log.append(run.public_id, MAIN, finished)


def _solved(run: Run, log: MemoryLog) -> Solved:
    events = log.main_events(run.public_id)
    finished = last_of(events, SolveFinished)
    if finished is None:
        raise RuntimeError("the run was stopped")
    attempts = []
    for event in events:
        if isinstance(event, AttemptFinished):
            lane = lane_events(log, run.public_id, f"answer.{event.number}")
            if (written := last_of(lane, AnswerFinished)) is not None:
                attempts.append(Attempted(event.number, event, written))
    return Solved(finished, tuple(attempts))
