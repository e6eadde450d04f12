"""The trace event: one record of a program's execution, predicted or actual.

Two traces, one event type. The tracer (`workers/tracer`) produces these from `sys.settrace`,
a codec (`traces/codecs`) produces them from a model's tokens, and everything after that
(the event log, the player, alignment, scoring, the trace file) sees no difference.

Semantics are CPython 3.11's `sys.settrace`, verbatim (docs.python.org/3.11, "sys.settrace"):
a `line` event comes *before* its line runs, so its locals are the state that holds before the
line and the next event shows the line's effect.

Locals travel as deltas. `changed` holds the names whose `repr` differs from the previous event
of the *same activation*, in the order in which they are bound; `removed` holds the names that
were unbound. A `call` event opens (or, for a generator, resumes) an activation and lists all of
its locals. `return` and `exception` events carry `value` and no locals. A reader that keeps one
stack of dictionaries can therefore rebuild every state (`StateFolder`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["call", "line", "return", "exception"]
Origin = Literal["predicted", "actual", "teacher_forced"]

#: How a trace ended. `ok` and `exception` are complete traces; in all others the events that are
#: present are right (actual) or were really predicted (predicted), and something is missing.
EndStatus = Literal[
    "ok",  # the entry returned
    "exception",  # the entry was left by an exception
    "steps",  # stopped at the cap on events
    "bytes",  # stopped at the cap on the trace's size
    "time",  # stopped by the wall or CPU limit
    "memory",  # stopped by the memory limit
    "output",  # stopped because the program printed too much
    "crashed",  # the interpreter died (signal, os._exit, C-stack overflow)
    "tampered",  # the program interfered with the tracer: not to be trusted
    "tracer_lost",  # CPython uninstalled the tracer (deep recursion): events are missing
    "length",  # the model's token budget was used up
    "parse",  # the model's text could not be read as a frame
    "cancelled",  # stopped by the user
    "error",  # the service failed; says nothing about the program
]


class TraceEvent(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One event of a trace.

    `line` is 1-based in the program's source; 0 means "not mapped" (predicted events whose
    source text occurs nowhere), a negative number -n means "n is the best guess of several".
    `depth` is 1 for the entry's own activation. `source` is the physical source line without its
    newline; it is empty where it is simply line `line` of the program.
    `truncated` names the locals (or "return" for `value`) whose repr was shortened.
    """

    kind: Kind
    line: int
    depth: int
    func_name: str = ""
    changed: dict[str, str] = {}
    removed: tuple[str, ...] = ()
    value: str | None = None
    source: str = ""
    truncated: tuple[str, ...] = ()


class Activation(msgspec.Struct):
    """One running function: what a stack view shows. `locals` maps name to full repr."""

    func_name: str
    line: int
    depth: int
    locals: dict[str, str]


class StateFolder:
    """Rebuilds the full state at each event from the deltas.

    `push(event)` applies one event and returns the stack (innermost last) as it is *at* that
    event: a returning activation is still on the stack at its own `return` event and gone at the
    next one. The returned list and its items are live; copy what must outlive the next push.
    """

    def __init__(self) -> None:
        self._stack: list[Activation] = []
        self._returned = False

    def push(self, event: TraceEvent) -> list[Activation]:
        if self._returned:
            self._stack.pop()
            self._returned = False
        if event.kind == "call":
            self._stack.append(Activation(event.func_name, event.line, event.depth, {}))
        if not self._stack:  # a trace that starts in the middle (resync, damaged prediction)
            self._stack.append(Activation(event.func_name, event.line, event.depth, {}))
        top = self._stack[-1]
        top.line = event.line
        for name in event.removed:
            top.locals.pop(name, None)
        top.locals.update(event.changed)
        self._returned = event.kind == "return"
        return self._stack
