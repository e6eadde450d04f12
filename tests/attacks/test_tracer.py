"""A program that attacks its own trace: never a wrong trace that is shown as right."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.attacks.harness import Backend
from tests.attacks.naive import events_of_naive_tracer
from tests.attacks.tracer_attacks import ATTACKS, TracerAttack, source_of, truth
from traces.events import StateFolder, TraceEvent
from workers.sandbox.config import Limits, TraceJob
from workers.sandbox.result import Frames, Message
from workers.sandbox.spawn import Launcher

pytestmark = pytest.mark.sandbox
Tally = Counter[tuple[str, str, str]]
#: Endings that say themselves that what is shown is not all.
HONEST = {"tampered", "tracer_lost", "crashed", "exception", "memory", "time"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_no_wrong_trace_is_shown_as_right(
    attack: TracerAttack, backend: Backend, tally: Tally
) -> None:
    if backend.fork:
        pytest.skip("the same tracer as in cold A")
    source, first = source_of(attack)
    events: list[TraceEvent] = []

    def collect(message: Message) -> None:
        if isinstance(message, Frames):
            events.extend(message.events)

    result = backend.run(TraceJob(source, "main()", limits=Limits(steps=200_000)), collect)
    shown, problem = of_main(events), ""
    if result.status == "ok":
        if [(event.kind, event.line) for event in shown] != truth(first):
            problem = "wrong events"
        elif shown[-1].value != "3" or last_locals(events) != {"a": "1", "b": "2", "c": "3"}:
            problem = "wrong values"
    elif result.status not in HONEST:
        problem = f"ended as {result.status}"
    # A trace that says that it is not whole must be right as far as it goes.
    elif [(event.kind, event.line) for event in shown if event.kind != "exception"] != truth(first)[
        : len([event for event in shown if event.kind != "exception"])
    ] and result.status not in ("tampered", "tracer_lost"):
        problem = "not a beginning of the truth"
    tally["tracer", backend.name, "WRONG" if problem else result.status] += 1
    assert not problem, (result.status, result.message, shown)


def of_main(events: list[TraceEvent]) -> list[TraceEvent]:
    return [event for event in events if event.depth == 1]


def last_locals(events: list[TraceEvent]) -> dict[str, str]:
    """The three known variables before `main` returns."""
    folder, found = StateFolder(), {}
    for event in events:
        for frame in folder.push(event)[:1]:
            if event.kind == "line" and event.depth == 1:
                found = {name: frame.locals[name] for name in "abc" if name in frame.locals}
    return found


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.fools_naive], ids=lambda attack: attack.name
)
def test_the_same_attack_fools_a_tracer_without_defences(
    attack: TracerAttack, launcher: Launcher, tmp_path: Path, tally: Tally
) -> None:
    source, first = source_of(attack)
    shown = events_of_naive_tracer(source, launcher, tmp_path)
    whole = [(kind, line) for kind, line, _, _ in shown] == truth(first)
    known = {
        name: value for name, value in (shown[-1][2] if shown else {}).items() if name in "abc"
    }
    right = whole and shown[-1][3] == "3" and known == {"a": "1", "b": "2", "c": "3"}
    tally["tracer", "canary", "SILENT" if right else "fired"] += 1
    assert not right, "the attack changes nothing, so it proves nothing"
