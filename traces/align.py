"""Predicted beside actual: the first divergence, and which event stands beside which.

Theory of operation. A comparison has two stages, because two questions are asked.

1. *Where does the prediction first go wrong?* Both traces are folded in lockstep, event i beside
   event i. As all states before i were equal, only the locals that event i names can differ, so
   each pair costs its delta and not its state. The answer is final as soon as it is found: traces
   only grow at the end. This stage runs while both lanes stream in.
2. *What does it look like after that?* From the first divergence on, event i no longer belongs
   beside event i. `rows()` aligns the two tails (`traces.resync`) when a view asks for it, and
   remembers the answer until a lane grows.

What comes after the first divergence is a consequence of it as often as a mistake of its own;
a row's status says how the two sides differ there, not whose fault it is. Where a side was cut
off (a token budget, a step limit, an unreadable frame), nothing after the cut is judged: those
rows have `scored=False`.

`static/src/compare.ts` gives the same answers in the browser.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from traces.divergence import (
    COMPLETE,
    Divergence,
    SourceText,
    outcome_divergence,
    place_divergence,
    shortened_texts,
    value_divergence,
)
from traces.events import EndStatus, StateFolder, TraceEvent
from traces.resync import align_tails

RowStatus = Literal["matched", "changed", "only_predicted", "only_actual"]


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the two-lane view: the index of the event on each side, None for no event.

    `matched`: the same in kind, place and values. `changed`: the same place with other values, or
    the two sides of the first divergence. `scored` is false after a cut, where the missing side
    says nothing about right or wrong.
    """

    predicted: int | None
    actual: int | None
    status: RowStatus
    scored: bool = True


class Lane:
    """One side of a comparison: its events so far, and how it ended (None: still going)."""

    def __init__(self) -> None:
        self.events: list[TraceEvent] = []
        self.status: EndStatus | None = None

    @property
    def is_complete(self) -> bool:
        return self.status in COMPLETE


class Comparison:
    """Compares a predicted with an actual trace while both grow.

    `source` is the program's text; events that give a line without its text need it.
    """

    def __init__(self, source: str = "") -> None:
        self.predicted = Lane()
        self.actual = Lane()
        self._source = SourceText(source)
        self._folders = (StateFolder(), StateFolder())
        self._shortened: set[str] = set()
        self._compared = 0
        self._first: Divergence | None = None
        self._notation: Divergence | None = None
        self._rows: list[Row] | None = None

    @property
    def first_divergence(self) -> Divergence | None:
        """The first semantic divergence or cut; None while there is none (yet)."""
        return self._first

    @property
    def first_notation(self) -> Divergence | None:
        """The first difference in notation only, before the first divergence; None for none."""
        return self._notation

    @property
    def compared(self) -> int:
        """Number of leading events that are semantically equal on both sides."""
        return self._compared

    def push_predicted(self, event: TraceEvent) -> None:
        self._push(self.predicted, event)

    def push_actual(self, event: TraceEvent) -> None:
        self._push(self.actual, event)

    def end_predicted(self, status: EndStatus) -> None:
        self._end(self.predicted, status)

    def end_actual(self, status: EndStatus) -> None:
        self._end(self.actual, status)

    def rows(self) -> list[Row]:
        """All rows in order. Costs O(events) on the first call after a lane grew."""
        if self._rows is None:
            self._rows = self._build_rows()
        return self._rows

    def _push(self, lane: Lane, event: TraceEvent) -> None:
        if lane.status is not None:
            raise ValueError("the trace has ended: no event can follow")
        lane.events.append(event)
        self._advance()

    def _end(self, lane: Lane, status: EndStatus) -> None:
        if lane.status is not None:
            raise ValueError(f"the trace has ended already ({lane.status})")
        lane.status = status
        self._advance()

    def _advance(self) -> None:
        self._rows = None
        if self._first is not None:
            return
        available = min(len(self.predicted.events), len(self.actual.events))
        while self._compared < available:
            self._first = self._compare_pair(self._compared)
            if self._first is not None:
                return
            self._compared += 1
        self._first = self._compare_ends()

    def _compare_pair(self, index: int) -> Divergence | None:
        """Fold and compare event `index` of both sides."""
        predicted, actual = self.predicted.events[index], self.actual.events[index]
        ours = self._folders[0].push(predicted)[-1].locals
        theirs = self._folders[1].push(actual)[-1].locals
        for event in (predicted, actual):
            if event.truncated:
                self._shortened.update(shortened_texts(event))
        if predicted == actual:
            return None
        found = place_divergence(index, predicted, actual, self._source)
        if found is None and actual.kind in ("return", "exception"):
            found = outcome_divergence(index, predicted, actual, self._shortened)
        if found is None:
            names = dict.fromkeys(
                (*actual.changed, *actual.removed, *predicted.changed, *predicted.removed)
            )
            found = value_divergence(index, names, ours, theirs, self._shortened)
        if found is None and self._notation is None:
            self._notation = _notation(index, predicted, actual)
        return found

    def _compare_ends(self) -> Divergence | None:
        """What follows from one side having ended where both have been equal so far."""
        index = self._compared
        predicted, actual = self.predicted, self.actual
        if len(predicted.events) > index:
            if actual.status is None:
                return None
            if not actual.is_complete:
                return _cut(index, "actual", actual.status)
            return Divergence(
                kind="extra_end",
                index=index,
                lane="actual",
                status=actual.status,
                predicted=self._source.of(predicted.events[index]),
            )
        if predicted.status is None or (actual.status is None and len(actual.events) == index):
            return None
        if not predicted.is_complete:
            return _cut(index, "predicted", predicted.status)
        if len(actual.events) > index:
            return Divergence(
                kind="missing_end",
                index=index,
                lane="predicted",
                status=predicted.status,
                actual=self._source.of(actual.events[index]),
            )
        if actual.status is not None and not actual.is_complete:
            return _cut(index, "actual", actual.status)
        return None

    def _build_rows(self) -> list[Row]:
        start = self._compared
        pairs = [(i, i) for i in range(start)]
        statuses: list[RowStatus] = ["matched"] * start
        if min(len(self.predicted.events), len(self.actual.events)) > start:
            for i, j, equal in align_tails(self.predicted.events, self.actual.events, start):
                pairs.append((i, j))
                statuses.append("matched" if equal else "changed")
            if start == len(statuses) or min(pairs[start]) > start:
                # Neither side of the divergence found a partner: show them side by side.
                pairs.insert(start, (start, start))
                statuses.insert(start, "changed")
        return self._with_gaps(pairs, statuses)

    def _with_gaps(self, pairs: list[tuple[int, int]], statuses: list[RowStatus]) -> list[Row]:
        """All rows: the pairs, and between them the events that have no partner."""
        rows: list[Row] = []
        i = j = 0
        for (next_i, next_j), status in zip(pairs, statuses, strict=True):
            rows += (Row(n, None, "only_predicted") for n in range(i, next_i))
            rows += (Row(None, n, "only_actual") for n in range(j, next_j))
            rows.append(Row(next_i, next_j, status))
            i, j = next_i + 1, next_j + 1
        left, right = len(self.predicted.events), len(self.actual.events)
        # The tail of one side is a fault of the other only if the other really ended there.
        program_ended, model_ended = self.actual.is_complete, self.predicted.is_complete
        rows += (Row(n, None, "only_predicted", program_ended) for n in range(i, left))
        rows += (Row(None, n, "only_actual", model_ended) for n in range(j, right))
        return rows


def compare(
    predicted: Iterable[TraceEvent],
    predicted_status: EndStatus,
    actual: Iterable[TraceEvent],
    actual_status: EndStatus,
    source: str = "",
) -> Comparison:
    """The comparison of two finished traces."""
    comparison = Comparison(source)
    for event in predicted:
        comparison.push_predicted(event)
    comparison.end_predicted(predicted_status)
    for event in actual:
        comparison.push_actual(event)
    comparison.end_actual(actual_status)
    return comparison


def _cut(index: int, lane: Literal["predicted", "actual"], status: EndStatus) -> Divergence:
    return Divergence(kind="cut_off", index=index, lane=lane, status=status)


def _notation(index: int, predicted: TraceEvent, actual: TraceEvent) -> Divergence | None:
    """The difference in notation of two semantically equal events, or None."""
    if predicted.value != actual.value:
        return Divergence(
            kind="notation", index=index, predicted=predicted.value, actual=actual.value
        )
    if predicted.changed != actual.changed or predicted.removed != actual.removed:
        names = dict.fromkeys((*actual.changed, *predicted.changed))
        for name in names:
            ours, theirs = predicted.changed.get(name), actual.changed.get(name)
            if ours != theirs:
                return Divergence(
                    kind="notation", index=index, name=name, predicted=ours, actual=theirs
                )
        return Divergence(kind="notation", index=index)
    return None
