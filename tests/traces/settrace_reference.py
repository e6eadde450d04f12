"""A reference tracer for tests: the smallest faithful reading of `sys.settrace` (CPython 3.11).

It calls `repr` on everything at every event and keeps no limits, so it is slow and trusting, and
simple enough to be checked by eye. The product's tracer is `workers/tracer`.
"""

from __future__ import annotations

import ast
import re
import sys
from types import CodeType, FrameType, TracebackType
from typing import Any

from traces.events import TraceEvent

FILENAME = "<program>"
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class TooManyEvents(BaseException):
    """The program made more events than the test wants."""


def plain_repr(value: object) -> str:
    """`repr` without addresses; an object whose repr fails is named by its type."""
    try:
        return _ADDRESS.sub("", repr(value))
    except Exception:
        return f"<{type(value).__module__}.{type(value).__qualname__} object>"


class ReferenceTracer:
    """Records the events of one call."""

    def __init__(self, max_events: int = 20_000) -> None:
        self.events: list[TraceEvent] = []
        self._max_events = max_events
        self._depth = 0
        self._seen: dict[int, dict[str, str]] = {}  # by id(frame); frames live while traced

    def trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The trace function."""
        if frame.f_code.co_filename != FILENAME:
            return None
        if len(self.events) >= self._max_events:
            raise TooManyEvents
        if event == "call":
            self._depth += 1
            self._seen[id(frame)] = {}
        if event in ("call", "line"):
            self._state(frame, "call" if event == "call" else "line")
        elif event == "exception":
            self._add(frame, "exception", value=plain_repr(arg))
        elif event == "return":
            self._add(frame, "return", value=plain_repr(arg))
            self._depth -= 1
            self._seen.pop(id(frame), None)
        return self.trace

    def _state(self, frame: FrameType, kind: Any) -> None:
        before = self._seen[id(frame)]
        now = {name: plain_repr(value) for name, value in frame.f_locals.items()}
        changed = {n: v for n, v in now.items() if before.get(n) != v}
        removed = tuple(n for n in before if n not in now)
        self._seen[id(frame)] = now
        self._add(frame, kind, changed=changed, removed=removed)

    def _add(self, frame: FrameType, kind: Any, **fields: Any) -> None:
        self.events.append(
            TraceEvent(
                kind=kind,
                line=frame.f_lineno or 0,
                depth=self._depth,
                func_name=frame.f_code.co_name,
                **fields,
            )
        )


def record(source: str, entry: str, *, max_events: int = 20_000) -> list[TraceEvent]:
    """The events of the call `entry` after running `source` as a module."""
    return traced(source, entry, max_events=max_events)[0]


def traced(source: str, entry: str, *, max_events: int = 20_000) -> tuple[list[TraceEvent], bool]:
    """The events, and whether the call was left by an exception.

    As in the product's tracer, the function and its arguments are evaluated before tracing.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    module: CodeType = compile(source, FILENAME, "exec", dont_inherit=True)
    exec(module, namespace)  # noqa: S102 - the programs are this repository's own
    call = ast.parse(entry, mode="eval")
    assert isinstance(call.body, ast.Call)
    call.body.args.insert(0, call.body.func)
    call.body.func = ast.Name("capture", ast.Load())
    code = compile(ast.fix_missing_locations(call), "<entry>", "eval", dont_inherit=True)
    target = eval(code, namespace, {"capture": lambda f, *a, **k: lambda: f(*a, **k)})  # noqa: S307 - as above
    tracer = ReferenceTracer(max_events)
    previous = sys.gettrace()
    raised = False
    sys.settrace(tracer.trace)
    try:
        target()
    except (Exception, TooManyEvents):
        raised = True
    finally:
        sys.settrace(previous)
    return tracer.events, raised
