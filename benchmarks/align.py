"""How fast two traces are compared, and how small a trace file is.

    python -m benchmarks.align [--quick] [--repeats 7] [--out FILE]

* `align`   milliseconds to compare two traces of 2,000 events (goal: at most 50), for seven kinds
            of difference and three shapes of program: `first` is finding the first divergence
            while both lanes grow event by event, `rows` is putting the rest back in step
* `growth`  the same at 100, 1,000 and 10,000 events, and microseconds per event: linear growth
            means that the last column stays level
* `score`   all metrics of `traces.score` for one pair
* `file`    bytes per event of a trace file, plain and gzipped, over real traces of the example
            programs and over the shapes; and the time to write and to read one

Times are CPU time of the one thread that computes, medians over the repeats. Results are JSON on
standard output and in `--out`.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.common import default_result_path, emit, provenance, tell
from tests.traces.example_programs import PROGRAMS, status_of, traced
from traces.align import Comparison, compare
from traces.events import TraceEvent
from traces.file import read_trace, write_trace
from traces.packing import pack
from traces.score import score_trace
from traces.trace import Environment, Program, Trace

SIZE: Final = 2_000
SIZES: Final = (100, 1_000, 10_000)
GOAL_MS: Final = 50.0

Events = list[TraceEvent]


# --- the traces -------------------------------------------------------------------------------


def loop_trace(size: int) -> Events:
    """One activation with six locals, three of which change in each round of a loop."""
    events = [_event("call", 1, 1, data="[3, 1, 2]", name="'abc'", total="0")]
    for n in range((size - 2) // 4):
        events.append(_event("line", 2, 1, **({"total": str(n * n)} if n else {})))
        events.append(_event("line", 3, 1, i=str(n)))
        events.append(_event("line", 4, 1, square=str(n * n)))
        events.append(_event("line", 5, 1, seen=str(n % 2 == 0)) if n < 2 else _event("line", 5, 1))
    return [*events, _result(6, 1, "None")]


def call_trace(size: int) -> Events:
    """A function is called in every round of a loop."""
    events = [_event("call", 10, 1, items="[1, 2, 3]")]
    for n in range((size - 2) // 5):
        events.append(_event("line", 11, 1, n=str(n)))
        events.append(_event("call", 1, 2, a=str(n), b="'x'"))
        events.append(_event("line", 2, 2))
        events.append(_event("line", 3, 2, r=str(n * 3)))
        events.append(_result(3, 2, str(n * 3)))
    return [*events, _result(12, 1, "None")]


def list_trace(size: int) -> Events:
    """A list of up to 50 items grows and is emptied again: long values."""
    events = [_event("call", 1, 1, out="[]")]
    items: list[int] = []
    for n in range((size - 2) // 2):
        events.append(_event("line", 2, 1, n=str(n)))
        items = [*items, n] if len(items) < 50 else []
        events.append(_event("line", 3, 1, out=str(items)))
    return [*events, _result(4, 1, "None")]


SHAPES: Final[dict[str, Callable[[int], Events]]] = {
    "loop": loop_trace,
    "calls": call_trace,
    "lists": list_trace,
}


def _event(kind: Any, line: int, depth: int, **changed: str) -> TraceEvent:
    return TraceEvent(kind=kind, line=line, depth=depth, changed=changed)


def _result(line: int, depth: int, value: str) -> TraceEvent:
    return TraceEvent(kind="return", line=line, depth=depth, value=value)


# --- the differences --------------------------------------------------------------------------


def equal(events: Events) -> Events:
    return list(events)


def value_once(events: Events) -> Events:
    """One wrong value, near the start."""
    at = next(i for i in range(10, len(events)) if events[i].changed)
    return [*events[:at], _with(events[at], first_only=True), *events[at + 1 :]]


def values_ever_after(events: Events) -> Events:
    """Every value is wrong from the tenth event on: no state ever matches again."""
    return [*events[:10], *(_with(event, first_only=False) for event in events[10:])]


def one_wrong_local(events: Events) -> Events:
    """One local is wrong to the end, all others are right: the search has most to weigh."""
    name = list(events[0].changed)[-1]
    wrong = TraceEvent(kind="line", line=events[1].line, depth=1, changed={name: "'wrong'"})
    return [events[0], wrong, *(_without(event, name) for event in events[2:])]


def dropped_frame(events: Events) -> Events:
    return [*events[:10], *events[11:]]


def extra_call(events: Events) -> Events:
    """A call of 300 events that never happened."""
    body = [_event("line", 51, 2, k=str(n)) for n in range(300)]
    call = [_event("call", 50, 2), *body, _result(51, 2, "None")]
    at = next(i for i in range(10, len(events)) if events[i].depth == 1)
    return [*events[:at], *call, *events[at:]]


def one_in_ten(events: Events) -> Events:
    """Every tenth event is dropped or wrong, at random."""
    rng = random.Random(1)
    kept: Events = []
    for event in events:
        chance = rng.random()
        if chance >= 0.05:
            kept.append(_with(event, first_only=True) if chance < 0.1 else event)
    return kept


DIFFERENCES: Final = (
    equal,
    value_once,
    one_wrong_local,
    values_ever_after,
    dropped_frame,
    extra_call,
    one_in_ten,
)


def _with(event: TraceEvent, *, first_only: bool) -> TraceEvent:
    names = list(event.changed)[:1] if first_only else list(event.changed)
    changed = event.changed | {name: event.changed[name] + "9" for name in names}
    return TraceEvent(
        kind=event.kind,
        line=event.line,
        depth=event.depth,
        changed=changed,
        value=None if event.value is None else event.value + "9",
    )


def _without(event: TraceEvent, name: str) -> TraceEvent:
    changed = {key: text for key, text in event.changed.items() if key != name}
    return TraceEvent(
        kind=event.kind, line=event.line, depth=event.depth, changed=changed, value=event.value
    )


# --- measuring --------------------------------------------------------------------------------


def measure_pair(predicted: Events, actual: Events, repeats: int) -> dict[str, Any]:
    """Milliseconds for one pair, and what came out."""
    first_ms, rows_ms = [], []
    comparison = Comparison()
    for _ in range(repeats):
        comparison = Comparison()
        start = time.process_time()
        for index in range(max(len(predicted), len(actual))):
            if index < len(actual):
                comparison.push_actual(actual[index])
            if index < len(predicted):
                comparison.push_predicted(predicted[index])
        comparison.end_predicted("ok")
        comparison.end_actual("ok")
        middle = time.process_time()
        comparison.rows()
        first_ms.append((middle - start) * 1000)
        rows_ms.append((time.process_time() - middle) * 1000)
    total = statistics.median(a + b for a, b in zip(first_ms, rows_ms, strict=True))
    divergence = comparison.first_divergence
    return {
        "events": [len(predicted), len(actual)],
        "first_ms": round(statistics.median(first_ms), 2),
        "rows_ms": round(statistics.median(rows_ms), 2),
        "total_ms": round(total, 2),
        "us_per_event": round(1000 * total / len(actual), 2),
        "divergence": None if divergence is None else [divergence.kind, divergence.index],
        "matched_rows": sum(row.status == "matched" for row in comparison.rows()),
    }


def measure_align(repeats: int, size: int) -> list[dict[str, Any]]:
    rows = []
    for shape, make in SHAPES.items():
        actual = make(size)
        for difference in DIFFERENCES:
            found = measure_pair(difference(actual), actual, repeats)
            rows.append({"shape": shape, "difference": difference.__name__, **found})
            tell(f"{shape:6} {difference.__name__:18} {found['total_ms']:8.1f} ms")
    return rows


def measure_growth(repeats: int, sizes: Sequence[int]) -> list[dict[str, Any]]:
    rows = []
    for difference in (equal, dropped_frame, one_wrong_local, values_ever_after):
        for size in sizes:
            actual = loop_trace(size)
            found = measure_pair(difference(actual), actual, repeats)
            rows.append({"difference": difference.__name__, **found})
            tell(f"{size:6} {difference.__name__:18} {found['us_per_event']:8.1f} us/event")
    return rows


def measure_score(repeats: int, size: int) -> dict[str, Any]:
    actual = loop_trace(size)
    predicted = one_in_ten(actual)
    milliseconds = _median_ms(lambda: score_trace(predicted, "ok", actual, "ok"), repeats)
    return {"events": size, "ms": milliseconds}


def measure_files(repeats: int, size: int) -> dict[str, Any]:
    real = [_trace(PROGRAMS[name], list(traced(name)), name) for name in PROGRAMS]
    shapes = {name: _trace("", make(size), "") for name, make in SHAPES.items()}
    largest = shapes["loop"]
    data = write_trace(largest)
    return {
        "examples": _sizes(real),
        "shapes": {name: _sizes([trace]) for name, trace in shapes.items()},
        "write_ms": _median_ms(lambda: write_trace(largest), repeats),
        "read_ms": _median_ms(lambda: read_trace(data), repeats),
        "events": len(largest.events),
    }


def _trace(source: str, events: Events, name: str) -> Trace:
    return Trace(
        origin="actual",
        program=Program(source, "main()"),
        events=tuple(events),
        status=status_of(name),
        environment=Environment("3.11"),
    )


def _sizes(traces: list[Trace]) -> dict[str, Any]:
    frames = sum(len(trace.events) for trace in traces)
    plain = [write_trace(trace) for trace in traces]
    return {
        "traces": len(traces),
        "events": frames,
        "bytes_per_event": round(sum(map(len, plain)) / frames, 1),
        "gzip_bytes_per_event": round(sum(len(pack(data)) for data in plain) / frames, 1),
        "mean_bytes": round(statistics.mean(map(len, plain))),
        "mean_gzip_bytes": round(statistics.mean(len(pack(data)) for data in plain)),
    }


def _median_ms(work: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return round(statistics.median(taken), 2)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few repeats, small sizes, no file")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    repeats = 2 if options.quick else options.repeats
    compare(loop_trace(200), "ok", loop_trace(200), "ok")  # Imports and caches are not measured.
    align = measure_align(repeats, SIZE)
    result = {
        "benchmark": "align",
        **provenance(packages=["msgspec"]),
        "repeats": repeats,
        "goals": {
            "align_2000_ms": GOAL_MS,
            "worst_ms": max(row["total_ms"] for row in align),
            "is_met": all(row["total_ms"] <= GOAL_MS for row in align),
        },
        "align": align,
        "growth": measure_growth(repeats, SIZES[:2] if options.quick else SIZES),
        "score": measure_score(repeats, SIZE),
        "file": measure_files(repeats, SIZE),
    }
    out = options.out or (None if options.quick else default_result_path("align"))
    emit(result, out=out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
