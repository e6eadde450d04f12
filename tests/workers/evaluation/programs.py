"""Small programs with their real traces, written out."""

from __future__ import annotations

from traces.events import TraceEvent
from workers.evaluation.reality import Recording
from workers.evaluation.suites import Item

COUNT = """\
def count(n):
    i = 0
    while i < n:
        i += 1
    return i
"""


def counting(n: int, name: str = "") -> tuple[Item, Recording]:
    """`count(n)`: 2n + 5 events."""
    events = [_event("call", 1, n=str(n)), _event("line", 2), _event("line", 3, i="0")]
    for i in range(n):
        events += [_event("line", 4), _event("line", 3, i=str(i + 1))]
    events += [_event("line", 5)]
    events.append(TraceEvent(kind="return", line=5, depth=1, func_name="count", value=str(n)))
    return Item(name or f"count-{n}", COUNT, f"count({n})"), Recording(tuple(events), "ok")


def _event(kind: str, line: int, **changed: str) -> TraceEvent:
    return TraceEvent(kind=kind, line=line, depth=1, func_name="count", changed=changed)  # type: ignore[arg-type]  # one of two literals
