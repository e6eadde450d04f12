"""Trace events to CWM text: the `..` rule in the writing direction.

`FrameWriter` is fed events in order and returns each frame's text. It keeps what a reader of the
text would know: per activation the values of the last event, and whether the activation just
before was another one. Generators are new activations at every resumption, as in the trace.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from traces.codecs.cwm.grammar import UNCHANGED, FrameText, locals_json
from traces.events import TraceEvent


class EncodeError(ValueError):
    """A trace event that cannot be written; the message says which and why."""


class FrameWriter:
    """Writes consecutive events of one trace. `lines` are the program's physical lines."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._stack: list[dict[str, str]] = []
        # True while the running activation differs from that of the last call or line event:
        # then the next line spells everything out.
        self._switched = True

    def write(self, event: TraceEvent) -> FrameText:
        """The text of the next event. Raises `EncodeError` on an event with missing parts."""
        source = self._source(event) + "\n"
        if event.kind in ("return", "exception"):
            if event.value is None:
                raise EncodeError(f"A {event.kind} event needs a value (line {event.line}).")
            if event.kind == "return":
                if self._stack:
                    self._stack.pop()
                self._switched = True
            return FrameText(event.kind, "", source, json.dumps(event.value))
        return FrameText(event.kind, locals_json(self._written_locals(event)), source, None)

    def _written_locals(self, event: TraceEvent) -> dict[str, str]:
        if event.kind == "call" or not self._stack:
            state = dict(event.changed)
            self._stack.append(state)
            # A line that opens a trace (one that starts in the middle) is spelled out as well.
            self._switched = False
            return state
        state = self._stack[-1]
        for name in event.removed:
            state.pop(name, None)
        # Compared by value: a producer may list a name although its repr stayed the same.
        changed = {n: v for n, v in event.changed.items() if state.get(n) != v}
        state.update(changed)
        if self._switched:
            self._switched = False
            return state
        return {name: changed.get(name, UNCHANGED) for name in state}

    def _source(self, event: TraceEvent) -> str:
        if event.source:
            return event.source
        number = abs(event.line)
        if not 1 <= number <= len(self._lines):
            raise EncodeError(
                f"An event names line {event.line}, but the program has {len(self._lines)} lines."
            )
        return self._lines[number - 1]


def write_frames(lines: Sequence[str], events: Iterable[TraceEvent]) -> list[FrameText]:
    """All events of one trace from its beginning as frames."""
    writer = FrameWriter(lines)
    return [writer.write(event) for event in events]
