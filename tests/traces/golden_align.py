"""The cases that Python and TypeScript must answer alike: `tests/golden/align/*.json`.

One file per kind of planted difference, plus `by_hand.json`, whose expectations were written by a
person and are never rewritten. The others are rewritten by `make golden`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tests.traces.planted import Case, plant_case
from traces.align import Comparison, Row, compare
from traces.divergence import Divergence
from traces.events import EndStatus, TraceEvent

FOLDER = Path(__file__).parents[1] / "golden" / "align"

#: Short traces of different kinds: enough to hold the two sides together, small enough to read.
PROGRAMS = ("count_letters", "caught_exception", "generator", "sets", "multi_line", "idle_loop")


class GoldenTrace(msgspec.Struct, omit_defaults=True):
    """One side of a case. `status` is null for a trace that has not ended."""

    events: list[TraceEvent]
    status: EndStatus | None = None


class GoldenCase(msgspec.Struct, omit_defaults=True):
    """One case and its answer. A row is [predicted, actual, status, scored]."""

    name: str
    source: str
    predicted: GoldenTrace
    actual: GoldenTrace
    first: Divergence | None = None
    notation: Divergence | None = None
    rows: list[tuple[int | None, int | None, str, bool]] = []


class GoldenFile(msgspec.Struct):
    """One file of cases."""

    about: str
    cases: list[GoldenCase]


def golden_cases(plant: str) -> list[Case]:
    """The planted cases that go into the file of that name."""
    found = (plant_case(plant, program, seed=0) for program in PROGRAMS)
    return [case for case in found if case is not None]


def answered(case: Case) -> GoldenCase:
    """The case with the answer that the code gives now."""
    comparison = compare(
        case.predicted, case.predicted_status, case.actual, case.actual_status, case.source
    )
    return GoldenCase(
        name=case.name,
        source=case.source,
        predicted=GoldenTrace(list(case.predicted), case.predicted_status),
        actual=GoldenTrace(list(case.actual), case.actual_status),
        first=comparison.first_divergence,
        notation=comparison.first_notation,
        rows=[as_tuple(row) for row in comparison.rows()],
    )


def as_tuple(row: Row) -> tuple[int | None, int | None, str, bool]:
    return row.predicted, row.actual, row.status, row.scored


def replay(case: GoldenCase) -> Comparison:
    """The comparison of a stored case; a side without status stays open."""
    comparison = Comparison(case.source)
    for event in case.predicted.events:
        comparison.push_predicted(event)
    if case.predicted.status is not None:
        comparison.end_predicted(case.predicted.status)
    for event in case.actual.events:
        comparison.push_actual(event)
    if case.actual.status is not None:
        comparison.end_actual(case.actual.status)
    return comparison


def load(path: Path) -> GoldenFile:
    return msgspec.json.decode(path.read_bytes(), type=GoldenFile)


def dump(file: GoldenFile) -> bytes:
    """Readable JSON: one line per event and row."""
    cases = [_case_text(case) for case in file.cases]
    text = f'{{\n"about": {_text(file.about)},\n"cases": [\n' + ",\n".join(cases) + "\n]\n}\n"
    return text.encode()


def _case_text(case: GoldenCase) -> str:
    parts: dict[str, Any] = msgspec.to_builtins(case)
    lines = [
        f'"{key}": {_text(parts[key])}'
        for key in ("name", "source", "first", "notation")
        if key in parts
    ]
    for side in ("predicted", "actual"):
        events = ",\n  ".join(_text(event) for event in parts[side]["events"])
        status = _text(parts[side].get("status"))
        lines.append(f'"{side}": {{"status": {status}, "events": [\n  {events}]}}')
    rows = ",\n  ".join(_text(row) for row in parts.get("rows", []))
    lines.append(f'"rows": [\n  {rows}]')
    return "{\n" + ",\n".join(lines) + "}"


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
