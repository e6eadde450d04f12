"""What a stage traces: a trace run's own program, or one test's call of a solver's attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from playground.runs.eventlog.entries import decode_events
from playground.runs.events import LogEvent
from playground.runs.plans import problem_of
from playground.runs.solve_events import AnswerFinished, TestFinished
from traces.cases import InputOutput
from workers.tasks.checks import PlannedTest, plan_tests
from workers.tasks.stage import RunLog, StageSession

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Traced:
    """A program and how it is entered. `test` is the id of the test that it is, or empty."""

    source: str
    entry: str = ""
    stdin: str = ""
    test: str = ""


def lane_events(log: RunLog, run_id: str, lane: str) -> list[LogEvent]:
    """The newest attempt of a lane."""
    entries = log.read_lane(run_id, lane)
    newest = entries[-1].attempt if entries else 0
    return [
        event
        for entry in entries
        if entry.attempt == newest
        for event in decode_events(entry.events)
    ]


def last_of(events: Sequence[object], kind: type[E]) -> E | None:
    """The last event of a kind."""
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def answer_of(log: RunLog, run_id: str, number: int) -> AnswerFinished:
    """How an attempt's answer came out. Raises RuntimeError where the log has lost it."""
    found = last_of(lane_events(log, run_id, f"answer.{number}"), AnswerFinished)
    if found is None:
        raise RuntimeError(f"run {run_id} has no answer in attempt {number}")
    return found


def first_failing(log: RunLog, run_id: str, number: int) -> TestFinished | None:
    """The first test of an attempt that did not pass, given ones first."""
    found = [
        event
        for event in lane_events(log, run_id, f"tests.{number}")
        if isinstance(event, TestFinished) and event.verdict in ("failed", "error")
    ]
    return min(found, key=lambda event: not event.id.startswith("given"), default=None)


def traced_program(session: StageSession) -> Traced:
    """What this stage is to trace."""
    run = session.run
    if not session.number:
        return Traced(run.source, run.entry, run.stdin)
    log = session.process.log
    answer = answer_of(log, run.public_id, session.number)
    tests = plan_tests(
        problem_of(run), answer.code, answer.tests_source, function=answer.function
    ).tests
    failing = first_failing(log, run.public_id, session.number)
    chosen = next((test for test in tests if failing and test.id == failing.id), None)
    return traced_test(answer.code, chosen or tests[0])


def traced_test(code: str, test: PlannedTest) -> Traced:
    """A test as a program to trace."""
    if isinstance(test.case, InputOutput):
        return Traced(code, "", test.case.stdin, test.id)
    return Traced(code, test.case.text(), "", test.id)
