"""Full states from deltas, event by event, together with what CWM's text would write of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from traces.events import TraceEvent

#: What CWM's text writes for a local whose value is that of the event before.
UNCHANGED = ".."


class FullState(NamedTuple):
    """The locals at one event: all of them, and as the text writes them. Both are snapshots."""

    locals: dict[str, str]
    written: dict[str, str]


class _Fold:
    """The running activations, and whether the next line spells everything out."""

    def __init__(self) -> None:
        self._stack: list[dict[str, str]] = []
        self._returned = False
        self._switched = True

    def state(self, event: TraceEvent) -> FullState:
        """The state that `event` shows if it comes next. Changes nothing."""
        if event.kind in ("return", "exception"):
            return FullState({}, {})
        top = {} if event.kind == "call" else dict(self._top())
        for name in event.removed:
            top.pop(name, None)
        top.update(event.changed)
        if event.kind == "call" or self._switched or self._returned:
            return FullState(top, dict(top))
        written = {n: text if n in event.changed else UNCHANGED for n, text in top.items()}
        return FullState(top, written)

    def push(self, event: TraceEvent, state: FullState) -> None:
        """Take the event, whose state is `state`, as what happened."""
        if self._returned and self._stack:
            self._stack.pop()
        self._switched = self._switched or self._returned
        self._returned = event.kind == "return"
        if event.kind == "call" or not self._stack:
            self._stack.append({})
        if event.kind in ("call", "line"):
            self._stack[-1] = state.locals
            self._switched = False

    def _top(self) -> dict[str, str]:
        running = self._stack[:-1] if self._returned else self._stack
        return running[-1] if running else {}


def full_states(events: Iterable[TraceEvent]) -> Iterator[FullState]:
    """The state at each event. Empty at returns and exceptions, which show no locals.

    A value is written as `..` if the event just before belongs to the same activation and had the
    same value; after a call and after the return of a callee everything is written in full.
    """
    fold = _Fold()
    for event in events:
        state = fold.state(event)
        fold.push(event, state)
        yield state


def forced_states(
    predicted: Iterable[TraceEvent], actual: Iterable[TraceEvent]
) -> Iterator[FullState]:
    """The state at each teacher-forced event, whose change applies to the *actual* state before."""
    fold = _Fold()
    for guess, event in zip(predicted, actual, strict=False):
        yield fold.state(guess)
        fold.push(event, fold.state(event))
