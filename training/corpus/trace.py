"""Tracing generated programs inside the generator's own process.

Theory of operation. The site runs each program in a box of its own, which costs milliseconds;
the corpus needs thousands of programs a second and makes them itself, so here they share one
process. What records them is the same: `workers.tracer`'s `Program` and `Recording`, whose
records are read with the schema of `workers.sandbox.protocol` and cleaned like the site's.

What a box would have contained is dealt with here:

* The audit hook of a recording cannot be taken back. One hook is installed for the process and
  passes events on to the recording that runs.
* A step limit ends the process of a box. Here it raises `_Stop`, which the program may swallow
  (`except BaseException`) and go on untraced; an interval timer raises it again and again, and a
  program that swallows it `_MAX_TICKS` times ends the process, as does one that spends
  `_MAX_CPU_S` inside one call into C, where Python handles no signals (SIGPROF, left at its
  default action). Whoever runs a `Tracer` must be ready for that (`training.corpus.build` starts
  the worker anew).
* Modules, limits and streams that a program may replace are put back after each run.

Traces depend on the interpreter, so only CPython 3.11 is accepted, and on its hash seed where a
set of strings is shown, so `PYTHONHASHSEED` must be 0 as in the site's boxes.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

import msgspec

from traces.events import EndStatus, Kind, TraceEvent
from workers.sandbox.display import clean_value
from workers.sandbox.protocol import EventRecord
from workers.tracer.program import Program
from workers.tracer.recording import Recording

_KINDS: dict[str, Kind] = {"c": "call", "l": "line", "r": "return", "x": "exception"}
_TICK_S = 0.05
_MAX_TICKS = 20
_MAX_CPU_S = 3.0
#: How a process ends whose program could not be stopped.
STUCK_STATUS = 86
_decode = msgspec.json.Decoder(list[EventRecord]).decode


class WrongInterpreter(RuntimeError):
    """This interpreter's traces would differ from the site's; the message names what to use."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one program may use: events, bytes a value, bytes in all, seconds of CPU time (so that
    the same programs are kept on a busy machine)."""

    steps: int = 120
    value_bytes: int = 1000
    trace_bytes: int = 256 * 1024
    seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Edit:
    """A local to change at one `line` event: what a person does in the debugger."""

    step: int
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a program did. `ok` and `exception` are whole traces, `steps` is a valid beginning."""

    events: tuple[TraceEvent, ...]
    status: EndStatus


class _Stop(BaseException):
    """Ends a program's run from inside."""

    def __init__(self, status: EndStatus) -> None:
        super().__init__(status)
        self.status = status


class _Records:
    """Takes the recording's records in place of the channel to the host."""

    def __init__(self) -> None:
        self.records: list[str] = []
        self.add = self.records.append


class _Recording(Recording):
    """A recording that shares the process's audit hook and can edit a local on the way."""

    edit: Edit | None = None

    def _watch_audit_events(self) -> None:
        _install_hook()
        global _current_audit
        _current_audit = self._audit

    def _line(self, frame: FrameType) -> None:
        edit = self.edit
        if edit is None or edit.step != self.steps:
            super()._line(frame)
            return
        # CPython 3.11 copies this dictionary back into the frame when the trace function returns,
        # and refreshes it from the frame whenever `f_locals` is read: so it is read only once.
        local = frame.f_locals
        local[edit.name] = edit.value
        top = self._stack[-1]
        changed, truncated = self._changes(top, local)
        removed = self._removals(top, local)
        name = self._names[id(frame.f_code)]
        self._add("l", frame.f_lineno, name, changed, removed, "null", truncated)


_current_audit: Callable[[str, tuple[object, ...]], None] | None = None
_is_hooked = False


def _install_hook() -> None:
    global _is_hooked
    if not _is_hooked:
        _is_hooked = True

        def pass_on(event: str, arguments: tuple[object, ...]) -> None:
            if event == "sys.settrace" and _current_audit is not None:
                _current_audit(event, arguments)

        sys.addaudithook(pass_on)


class Tracer:
    """Runs programs one after the other in this process, which must have no other threads."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        check_interpreter()
        self._bounds = bounds or Bounds()
        self._limit = sys.getrecursionlimit()
        self._ticks = 0
        self._sink = io.TextIOWrapper(
            _Sink(),  # type: ignore[type-var]  # a raw stream will do, since nothing is buffered
            encoding="utf-8",
            errors="backslashreplace",
            write_through=True,
        )
        signal.signal(signal.SIGVTALRM, self._on_alarm)

    def record(self, source: str, entry: str, edit: Edit | None = None) -> Recorded | None:
        """The trace of the call `entry`, or None for a program that cannot serve: it failed before
        its entry, ran too long, or showed a value beyond the bounds."""
        kept = {name: sys.modules.get(name) for name in ("builtins", "__main__", "solution")}
        streams = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stdout, sys.stderr = io.StringIO(), self._sink, self._sink
        channel = _Records()
        self._ticks = 0
        signal.setitimer(signal.ITIMER_PROF, _MAX_CPU_S)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._bounds.seconds, _TICK_S)
        try:
            status = self._run(source, entry, edit, channel)
        except _Stop as stop:
            status = stop.status
        except KeyboardInterrupt:
            raise
        except BaseException:  # the program's own code, or what the tracer says about it
            return None
        finally:
            self._calm()
            self._restore(kept)
            sys.stdin, sys.stdout, sys.stderr = streams
        if status not in ("ok", "exception", "steps") or not channel.records:
            return None
        return _recorded(channel.records, status)

    def _run(self, source: str, entry: str, edit: Edit | None, channel: _Records) -> EndStatus:
        program = Program(source, entry)
        program.run_module()
        function, args, kwargs = program.resolve_entry()
        bounds = self._bounds
        stopped: list[EndStatus] = []

        def stop(status: Any) -> NoReturn:
            stopped.append(status)
            raise _Stop(status)

        recording = _Recording(
            channel=channel,  # type: ignore[arg-type]  # stands in for the channel to a host
            codes=program.codes,
            max_steps=bounds.steps,
            max_bytes=bounds.trace_bytes,
            max_value_bytes=bounds.value_bytes,
            stop=stop,
        )
        recording.edit = edit
        status: EndStatus = "ok"
        try:
            recording.run(lambda: function(*args, **kwargs), frozenset())
        except _Stop as stop_:
            status = stop_.status
        except BaseException:
            status = "exception"
        if stopped:  # perhaps the program swallowed it
            return stopped[0]
        if recording.broken:
            return "tracer_lost"
        return status

    def _on_alarm(self, _signal: int, _frame: FrameType | None) -> None:
        self._ticks += 1
        if self._ticks > _MAX_TICKS:
            os._exit(STUCK_STATUS)
        raise _Stop("time")

    def _calm(self) -> None:
        """Stop the timer and the tracing. A tick may still strike meanwhile."""
        while True:
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
                signal.setitimer(signal.ITIMER_PROF, 0.0)
                sys.settrace(None)
                return
            except _Stop:
                continue

    def _restore(self, kept: Mapping[str, Any]) -> None:
        global _current_audit
        _current_audit = None
        sys.setrecursionlimit(self._limit)
        for name, module in kept.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


class _Sink(io.RawIOBase):
    """Swallows what programs print."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return memoryview(data).nbytes  # type: ignore[arg-type]  # RawIOBase's own contract


def _recorded(records: list[str], status: EndStatus) -> Recorded | None:
    parsed = _decode(f"[{','.join(records)}]")
    if any(record.truncated for record in parsed):
        return None
    return Recorded(tuple(map(_event, parsed)), status)


def _event(record: EventRecord) -> TraceEvent:
    return TraceEvent(
        kind=_KINDS[record.kind],
        line=record.line,
        depth=record.depth,
        func_name=clean_value(record.func_name),
        changed={clean_value(k): clean_value(v) for k, v in record.changed.items()},
        removed=tuple(map(clean_value, record.removed)),
        value=None if record.value is None else clean_value(record.value),
    )


def check_version() -> None:
    """Raises `WrongInterpreter` unless this is CPython 3.11."""
    if sys.implementation.name != "cpython" or sys.version_info[:2] != (3, 11):
        found = f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}"
        raise WrongInterpreter(
            f"Traces are made with CPython 3.11, this is {found}: run this with python3.11."
        )


def check_interpreter() -> None:
    """Raises `WrongInterpreter` unless this is CPython 3.11 with `PYTHONHASHSEED=0`."""
    check_version()
    if os.environ.get("PYTHONHASHSEED") != "0":
        raise WrongInterpreter(
            "The order of sets depends on the hash seed: set PYTHONHASHSEED=0 before Python starts."
        )
