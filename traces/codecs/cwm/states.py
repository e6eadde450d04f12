"""Complete frames to trace events: the `..` rule in the reading direction, depth and place.

The stack of activations comes from the events. Of each running activation the reader keeps the
variables as its last event left them, which is what `..` means. After an unreadable frame they
are not trusted any more, although they are still what the deltas of later events refer to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from traces.canonical import canonical_source
from traces.codecs.cwm.context import Context
from traces.codecs.cwm.fields import BadField, parse_locals, parse_value
from traces.codecs.cwm.grammar import UNCHANGED, Fault, Note, locals_json
from traces.events import Kind, TraceEvent
from traces.lines import LineMapper, Mapped, SourceLines

#: More activations than this at once are a runaway prediction, not a program (CPython's own limit
#: is 1,000 unless raised).
MAX_DEPTH = 10_000


@dataclass(slots=True)
class _Activation:
    in_wrapper: bool
    in_setup: bool
    depth: int
    line: int
    locals: dict[str, str] = field(default_factory=dict)
    is_trusted: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a frame says: the event and what is remarkable about it."""

    event: TraceEvent
    notes: frozenset[Note]
    unresolved: tuple[str, ...]
    candidates: tuple[int, ...]
    in_wrapper: bool


class FrameReader:
    """Reads the frames of one trace in order."""

    def __init__(self, context: Context, program: SourceLines) -> None:
        self._context = context
        self._program = program
        self._mapper = LineMapper(program, context.entry_line)
        self._stack: list[_Activation] = []
        self._switched = True
        #: Whether the entry's call was left by an exception; None while it runs. Generators that
        #: are closed after it make outermost activations of their own, which do not count.
        self.left_by_exception: bool | None = None

    @property
    def depth(self) -> int:
        """Number of running activations, the wrapper's included."""
        return len(self._stack)

    def read(self, kind: Kind, locals_text: str, source: str, value_text: str) -> Reading:
        """The next frame. Raises `BadField`, and has then taken notice of the lost event."""
        try:
            _check_source(source)
            if kind in ("call", "line"):
                return self._state_event(kind, parse_locals(locals_text), locals_text, source)
            if locals_text:
                raise BadField(Fault.LOCALS_ON_RETURN)
            return self._value_event(kind, parse_value(value_text), value_text, source)
        except BadField:
            self.lose(kind)
            raise

    def lose(self, kind: Kind | None) -> None:
        """An event could not be read: keep the stack right, and trust no variable of it."""
        if kind == "call":
            if len(self._stack) < MAX_DEPTH:
                self._push(is_trusted=False, line=0)
                self._mapper.lose(kind)
        elif self._stack:
            self._mapper.lose(kind)
            self._stack[-1].is_trusted = False
            if kind == "return":
                self._stack.pop()
                self._switched = True

    def resolved(self, kind: Kind | None, written: Mapping[str, str]) -> dict[str, str]:
        """The pairs of an unfinished frame, `..` replaced where it can be."""
        known: dict[str, str] = {}
        if kind == "line" and self._stack and self._stack[-1].is_trusted:
            known = self._stack[-1].locals
        return {n: known.get(n, v) if v == UNCHANGED else v for n, v in written.items()}

    def _push(self, *, is_trusted: bool, line: int) -> _Activation:
        in_setup = in_wrapper = False
        if self._context.is_wrapped:
            in_setup = self._is_setup()
            is_own_code = line <= self._context.program_lines
            in_wrapper = in_setup or not self._stack or not is_own_code
        outer = self._stack[-1].depth if self._stack else 0
        top = _Activation(in_wrapper, in_setup, outer + (not in_wrapper), line)
        top.is_trusted = is_trusted
        self._stack.append(top)
        return top

    def _is_setup(self) -> bool:
        """Whether a call made now computes an argument of the entry."""
        if not self._stack:
            return False
        caller = self._stack[-1]
        is_wrapper_itself = len(self._stack) == 1
        return caller.in_setup or (is_wrapper_itself and caller.line < len(self._context.lines))

    def _state_event(
        self, kind: Kind, written: dict[str, str], locals_text: str, source: str
    ) -> Reading:
        notes: set[Note] = set()
        if kind == "call":
            if len(self._stack) >= MAX_DEPTH:
                raise BadField(Fault.TOO_DEEP)
            before: dict[str, str] = {}
            state, unresolved = written, [n for n, v in written.items() if v == UNCHANGED]
            mapped = self._mapper.push(kind, source, state)
            top = self._push(is_trusted=True, line=abs(mapped.line))
            changed = dict(state)
            self._switched = False
        else:
            if not self._stack:
                raise BadField(Fault.NO_ACTIVATION)
            top = self._stack[-1]
            before = top.locals
            state, unresolved = self._resolve(top, written, notes)
            mapped = self._mapper.push(kind, source, state)
            top.line = abs(mapped.line) or top.line
            changed = {n: v for n, v in state.items() if before.get(n) != v}
        removed = tuple(n for n in before if n not in state) if before else ()
        top.locals = state
        if unresolved:
            notes.add(Note.UNRESOLVED)
        if locals_text != locals_json(written):
            notes.add(Note.SPELLING)
        return self._reading(kind, mapped, top, source, notes, unresolved, changed, removed, None)

    def _resolve(
        self, top: _Activation, written: dict[str, str], notes: set[Note]
    ) -> tuple[dict[str, str], list[str]]:
        known = top.locals if top.is_trusted else {}
        switched, self._switched = self._switched, False
        state: dict[str, str] = {}
        unresolved: list[str] = []
        for name, value in written.items():
            if value == UNCHANGED:
                value = known.get(name, UNCHANGED)
                if value == UNCHANGED:
                    unresolved.append(name)
                elif switched:
                    notes.add(Note.UNCHANGED_AFTER_SWITCH)
            elif not switched and known.get(name) == value:
                notes.add(Note.REPEATED)
            state[name] = value
        top.is_trusted = True
        return state, unresolved

    def _value_event(self, kind: Kind, value: str, value_text: str, source: str) -> Reading:
        if not self._stack:
            raise BadField(Fault.NO_ACTIVATION)
        mapped = self._mapper.push(kind, source)
        top = self._stack[-1]
        notes = {Note.SPELLING} if value_text != json.dumps(value) else set()
        if kind == "return":
            self._stack.pop()
            self._switched = True
            if not self._stack and self.left_by_exception is None:
                self.left_by_exception = mapped.unwinds and value == "None"
        return self._reading(kind, mapped, top, source, notes, [], {}, (), value)

    def _reading(
        self,
        kind: Kind,
        mapped: Mapped,
        top: _Activation,
        source: str,
        notes: set[Note],
        unresolved: list[str],
        changed: dict[str, str],
        removed: tuple[str, ...],
        value: str | None,
    ) -> Reading:
        in_wrapper = top.in_wrapper
        line = 0 if in_wrapper else mapped.line
        if not in_wrapper and line == 0:
            notes.add(Note.UNKNOWN_LINE)
        elif not mapped.is_possible:
            notes.add(Note.IMPOSSIBLE_STEP)
        shown = source.removesuffix("\n")
        if shown == source or (line and shown != self._program.lines[abs(line) - 1]):
            notes.add(Note.SOURCE_SPELLING)
        if line and canonical_source(shown) == self._program.canonical[abs(line) - 1]:
            shown = ""
        event = TraceEvent(
            kind=kind,
            line=line,
            depth=top.depth,
            func_name=mapped.func_name,
            changed=changed,
            removed=removed,
            value=value,
            source=shown,
        )
        candidates = mapped.candidates if line < 0 else ()
        return Reading(event, frozenset(notes), tuple(unresolved), candidates, in_wrapper)


def _check_source(source: str) -> None:
    text = source.removesuffix("\n")
    if "\n" in text or not text.strip():
        raise BadField(Fault.SOURCE_SHAPE)
