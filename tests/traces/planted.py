"""Plants one known difference into a real trace, and says what a comparison must find.

A planted case works on full states (`Snapshot`), not on deltas, as a model does: a wrong value at
one event does not by itself make the next ones wrong. What must be found comes either from the
planting itself or, where events shift (a dropped or an extra one), from `naive_first`, which
compares full states one by one without any of the code under test.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.traces.example_programs import PROGRAMS, status_of, traced
from traces.events import EndStatus, Kind, TraceEvent

CUTS: tuple[EndStatus, ...] = ("length", "parse", "cancelled", "steps", "time")


@dataclass(frozen=True)
class Snapshot:
    """One event with the whole state of its activation."""

    kind: Kind
    line: int
    func_name: str
    locals: dict[str, str] = field(default_factory=dict)
    value: str | None = None


@dataclass(frozen=True)
class Expected:
    """What the comparison must report: index, kind and, for values, the name."""

    index: int
    kind: str
    name: str = ""


@dataclass(frozen=True)
class Case:
    """A predicted and an actual trace with one planted difference."""

    name: str
    source: str
    predicted: tuple[TraceEvent, ...]
    predicted_status: EndStatus
    actual: tuple[TraceEvent, ...]
    actual_status: EndStatus
    expected: Expected | None


def expand(events: tuple[TraceEvent, ...]) -> list[Snapshot]:
    """Full states from deltas."""
    stack: list[dict[str, str]] = []
    snapshots: list[Snapshot] = []
    for event in events:
        if event.kind == "call":
            stack.append({})
        state = {k: v for k, v in stack[-1].items() if k not in event.removed} | event.changed
        stack[-1] = state
        shown = dict(state) if event.kind in ("call", "line") else {}
        snapshots.append(Snapshot(event.kind, event.line, event.func_name, shown, event.value))
        if event.kind == "return":
            stack.pop()
    return snapshots


def contract(snapshots: list[Snapshot]) -> tuple[TraceEvent, ...]:
    """Deltas from full states."""
    stack: list[dict[str, str]] = []
    events: list[TraceEvent] = []
    for snapshot in snapshots:
        if snapshot.kind == "call" or not stack:
            stack.append({})
        before, now = stack[-1], snapshot.locals
        has_state = snapshot.kind in ("call", "line")
        events.append(
            TraceEvent(
                kind=snapshot.kind,
                line=snapshot.line,
                depth=len(stack),
                func_name=snapshot.func_name,
                changed={k: v for k, v in now.items() if before.get(k) != v},
                removed=tuple(k for k in before if k not in now) if has_state else (),
                value=snapshot.value,
            )
        )
        if has_state:
            stack[-1] = now
        if snapshot.kind == "return":
            stack.pop()
    return tuple(events)


def naive_first(predicted: list[Snapshot], actual: list[Snapshot]) -> Expected | None:
    """The first difference of two complete traces, found by comparing whole states."""
    for index, (ours, theirs) in enumerate(zip(predicted, actual, strict=False)):
        if ours.kind != theirs.kind:
            return Expected(index, "event")
        if ours.line != theirs.line:
            return Expected(index, "line")
        if ours.value != theirs.value:
            return Expected(index, "exception" if theirs.kind == "exception" else "return")
        if ours.locals != theirs.locals:
            return Expected(index, "locals")
    if len(predicted) != len(actual):
        shorter = min(len(predicted), len(actual))
        return Expected(shorter, "missing_end" if len(predicted) == shorter else "extra_end")
    return None


def another_value(text: str) -> str | None:
    """The repr of another value of the same type, or None where that is not simple."""
    if text.lstrip("-").isdigit():
        return str(int(text) + 1)
    if text[0] in "'\"":
        return text[0] + "x" + text[1:]
    if text[0] == "[":
        return "[99]" if text == "[]" else "[99, " + text[1:]
    if text in ("True", "False"):
        return "False" if text == "True" else "True"
    return None


def another_type(text: str) -> str | None:
    """The repr of a value of another type that looks alike, or None."""
    if text.lstrip("-").isdigit():
        return f"'{text}'"
    if text[0] in "'\"":
        return f"[{text}]"
    if text[0] == "[":
        return f"({text[1:-1]},)" if text != "[]" else "()"
    return None


Planted = tuple[list[Snapshot], EndStatus, list[Snapshot], EndStatus, Expected | None]
Plant = Callable[[random.Random, str, list[Snapshot]], Planted | None]


def _change_local(
    rng: random.Random, name: str, snapshots: list[Snapshot], kind: str
) -> Planted | None:
    change = another_value if kind == "value" else another_type
    places = [
        (i, local, new)
        for i, s in enumerate(snapshots)
        for local, text in s.locals.items()
        if (new := change(text)) is not None
    ]
    if not places:
        return None
    at, local, new = rng.choice(places)
    ours = list(snapshots)
    ours[at] = replace(ours[at], locals=ours[at].locals | {local: new})
    end = status_of(name)
    return ours, end, snapshots, end, Expected(at, kind, local)


def one_value(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    return _change_local(rng, name, snapshots, "value")


def swapped_type(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    return _change_local(rng, name, snapshots, "type")


def lasting_value(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    """A wrong value that stays until the local changes."""
    planted = _change_local(rng, name, snapshots, "value")
    if planted is None or planted[4] is None:
        return None
    ours, at, local = list(planted[0]), planted[4].index, planted[4].name
    right, wrong = snapshots[at].locals[local], ours[at].locals[local]
    for i in range(at + 1, len(ours)):
        if ours[i].func_name == ours[at].func_name and ours[i].locals.get(local) == right:
            ours[i] = replace(ours[i], locals=ours[i].locals | {local: wrong})
    return ours, *planted[1:]


def one_line(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    places = [i for i, s in enumerate(snapshots) if s.kind == "line"]
    at = rng.choice(places)
    lines = PROGRAMS[name].count("\n")
    wrong = rng.choice([n for n in range(1, lines + 1) if n != snapshots[at].line])
    ours = list(snapshots)
    ours[at] = replace(ours[at], line=wrong)
    end = status_of(name)
    return ours, end, snapshots, end, Expected(at, "line")


def dropped_frame(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.choice([i for i, s in enumerate(snapshots) if s.kind in ("line", "exception")])
    ours = snapshots[:at] + snapshots[at + 1 :]
    end = status_of(name)
    return ours, end, snapshots, end, naive_first(ours, snapshots)


def extra_call(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.choice([i for i, s in enumerate(snapshots) if i and s.kind == "line"])
    line = rng.choice([s.line for s in snapshots if s.kind == "call"])
    inserted = [
        Snapshot("call", line, "invented", {"n": "1"}),
        Snapshot("line", line + 1, "invented", {"n": "1"}),
        Snapshot("return", line + 1, "invented", value="None"),
    ]
    ours = snapshots[:at] + inserted + snapshots[at:]
    end = status_of(name)
    return ours, end, snapshots, end, naive_first(ours, snapshots)


def truncation(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.randrange(len(snapshots) + 1)
    end = status_of(name)
    return snapshots[:at], rng.choice(CUTS), snapshots, end, Expected(at, "cut_off")


def actual_cut(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.randrange(len(snapshots) + 1)
    cut: EndStatus = rng.choice(("steps", "time", "memory", "crashed"))
    return snapshots, status_of(name), snapshots[:at], cut, Expected(at, "cut_off")


def missing_end(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.randrange(len(snapshots))
    return snapshots[:at], "ok", snapshots, status_of(name), Expected(at, "missing_end")


def extra_end(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.randrange(1, len(snapshots))
    return snapshots, status_of(name), snapshots[:at], "ok", Expected(at, "extra_end")


def wrong_return(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.choice([i for i, s in enumerate(snapshots) if s.kind == "return"])
    ours = list(snapshots)
    ours[at] = replace(ours[at], value="'planted'")
    end = status_of(name)
    return ours, end, snapshots, end, Expected(at, "return")


def wrong_exception(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    places = [i for i, s in enumerate(snapshots) if s.kind == "exception"]
    if not places:
        return None
    at = rng.choice(places)
    ours = list(snapshots)
    ours[at] = replace(ours[at], value="(<class 'OSError'>, OSError(), <traceback object>)")
    end = status_of(name)
    return ours, end, snapshots, end, Expected(at, "exception")


def wrong_event(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.choice([i for i, s in enumerate(snapshots) if s.kind == "line"])
    ours = [*snapshots[:at], replace(snapshots[at], kind="return", locals={}, value="None")]
    end = status_of(name)
    return ours, end, snapshots, end, Expected(at, "event")


def missing_local(rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    at = rng.choice([i for i, s in enumerate(snapshots) if s.locals])
    local = rng.choice(sorted(snapshots[at].locals))
    ours = list(snapshots)
    kept = {k: v for k, v in ours[at].locals.items() if k != local}
    ours[at] = replace(ours[at], locals=kept)
    end = status_of(name)
    return ours, end, snapshots, end, Expected(at, "value", local)


def nothing(_rng: random.Random, name: str, snapshots: list[Snapshot]) -> Planted | None:
    return snapshots, status_of(name), snapshots, status_of(name), None


PLANTS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        one_value,
        lasting_value,
        swapped_type,
        missing_local,
        one_line,
        wrong_event,
        dropped_frame,
        extra_call,
        wrong_return,
        wrong_exception,
        truncation,
        actual_cut,
        missing_end,
        extra_end,
        nothing,
    )
}


def plant_case(plant: str, program: str, seed: int) -> Case | None:
    """The case that `seed` gives; None where the program has no place for it."""
    rng = random.Random(f"{plant}/{program}/{seed}")  # noqa: S311 - repeatable test data
    planted = PLANTS[plant](rng, program, expand(traced(program)))
    if planted is None:
        return None
    predicted, predicted_status, actual, actual_status, expected = planted
    return Case(
        name=f"{plant}/{program}/{seed}",
        source=PROGRAMS[program],
        predicted=contract(predicted),
        predicted_status=predicted_status,
        actual=contract(actual),
        actual_status=actual_status,
        expected=expected,
    )


def all_cases(plant: str, seeds: range = range(3)) -> list[Case]:
    """Every case of one kind over all programs."""
    found = (plant_case(plant, program, seed) for program in PROGRAMS for seed in seeds)
    return [case for case in found if case is not None]
