"""Python Tutor's trace format (OPT): export to its players, import of its traces.

Both directions lose something; each conversion returns the losses it met, in words. What each
direction cannot carry at all is listed in docs/trace-format.md. In short: OPT shows objects with
identity where this project's traces have `repr` text, so aliasing is neither exported (unknown) nor
imported (dropped); and an OPT execution point repeats the whole state, so a long trace is cut.

OPT's semantics of events are the same as ours: a `step_line` comes before its line runs. Its module
level is special: module variables are `globals`, and there is no call event for the module.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from traces.events import EndStatus, Kind, StateFolder, TraceEvent
from traces.opt_values import HeapReader, HeapWriter
from traces.packing import MAX_FILE_BYTES, TraceFileError
from traces.trace import Output, Program, Trace

#: Python Tutor stops recording after this many execution points, and its player expects no more.
MAX_POINTS = 1000

MODULE = "<module>"

_EVENT_NAMES: dict[Kind, str] = {
    "call": "call",
    "line": "step_line",
    "return": "return",
    "exception": "exception",
}
_KINDS: dict[str, Kind] = {name: kind for kind, name in _EVENT_NAMES.items()}

#: Points that say how the trace ended instead of showing a state.
_LIMIT = "instruction_limit_reached"
_ENDS: dict[str, EndStatus] = {_LIMIT: "steps", "uncaught_exception": "exception"}


class Exported(NamedTuple):
    """An OPT document, ready for `json.dumps`, and what it lost."""

    document: dict[str, Any]
    losses: tuple[str, ...]


class Imported(NamedTuple):
    """A trace made from an OPT document, and what it lost."""

    trace: Trace
    losses: tuple[str, ...]


# --- export -----------------------------------------------------------------------------------


def export_opt(trace: Trace, *, max_points: int = MAX_POINTS) -> Exported:
    """The trace as an OPT document.

    The extra key `origin` says who made the trace; a prediction says there that it was never
    executed. Python Tutor's player ignores keys that it does not know.
    """
    points = _Points(trace)
    exported = [point for point in points if point is not None]
    losses = points.losses()
    if len(exported) > max_points:
        losses.append(f"only the first {max_points} of {len(exported)} steps are exported")
        exported = exported[:max_points]
        exported.append(_limit_point(f"Stopped after {max_points} steps."))
    elif trace.status not in ("ok", "exception"):
        exported.append(_limit_point(trace.message or f"The trace ends here: {trace.status}."))
    document = {
        "code": trace.program.text,
        "trace": exported,
        "stdin": trace.program.stdin,
        "origin": _origin(trace),
    }
    return Exported(document, tuple(losses))


def _origin(trace: Trace) -> dict[str, Any]:
    model = trace.model.name if trace.model else ""
    notice = "Executed." if trace.origin == "actual" else "Predicted by a model, not executed."
    return {"kind": trace.origin, "model": model, "status": trace.status, "notice": notice}


def _limit_point(message: str) -> dict[str, Any]:
    return {"event": _LIMIT, "exception_msg": message}


class _Points:
    """The execution points of a trace; None for an event that OPT does not show."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._ids: dict[tuple[object, ...], int] = {}
        self._text_only = self._unmapped = self._exceptions = 0
        events = trace.events
        self._has_module = bool(events) and events[0].func_name == MODULE

    def losses(self) -> list[str]:
        """What got lost so far, in words."""
        counts = {
            "values are shown as text, without their parts": self._text_only,
            "steps are on a line that is not known for sure": self._unmapped,
            "exceptions keep their message only": self._exceptions,
        }
        found = [f"{count} {what}" for what, count in counts.items() if count]
        if any(output.stream == "stderr" for output in self._trace.outputs):
            found.append("text written to stderr is left out")
        return found

    def __iter__(self) -> Iterator[dict[str, Any] | None]:
        folder = StateFolder()
        written: dict[int, str] = {}
        for output in self._trace.outputs:
            if output.stream == "stdout":
                written[output.step] = written.get(output.step, "") + output.text
        frames: list[int] = []  # The frame number of each running activation.
        opened = 0
        stdout = written.get(-1, "")
        returned = False
        for index, event in enumerate(self._trace.events):
            stack = folder.push(event)
            if returned and frames:
                frames.pop()
            while len(frames) < len(stack):
                frames.append(opened)
                opened += 1
            returned = event.kind == "return"
            is_module_call = self._has_module and event.kind == "call" and len(stack) == 1
            yield None if is_module_call else self._point(event, stack, frames, stdout)
            stdout += written.get(index, "")

    def _point(
        self, event: TraceEvent, stack: list[Any], frames: list[int], stdout: str
    ) -> dict[str, Any]:
        self._unmapped += event.line <= 0
        heap = HeapWriter(self._ids)
        rendered = [
            _frame(activation.func_name, number, self._locals(activation.locals, number, heap))
            for activation, number in zip(stack, frames, strict=True)
        ]
        if event.kind == "return":
            value = heap.encode(event.value or "None", (frames[-1], "__return__"))
            rendered[-1]["encoded_locals"]["__return__"] = value
            rendered[-1]["ordered_varnames"].append("__return__")
        rendered[-1]["is_highlighted"] = True
        module = rendered.pop(0) if self._has_module else None
        point = {
            "event": _EVENT_NAMES[event.kind],
            "line": max(1, abs(event.line)),
            "func_name": event.func_name or stack[-1].func_name,
            "globals": module["encoded_locals"] if module else {},
            "ordered_globals": module["ordered_varnames"] if module else [],
            "stack_to_render": rendered,
            "heap": heap.heap,
            "stdout": stdout,
        }
        if event.kind == "exception":
            self._exceptions += 1
            point["exception_msg"] = _exception_message(event.value or "")
        self._text_only += heap.text_only
        return point

    def _locals(self, values: dict[str, str], frame: int, heap: HeapWriter) -> dict[str, Any]:
        return {name: heap.encode(text, (frame, name)) for name, text in values.items()}


def _frame(func_name: str, number: int, encoded: dict[str, Any]) -> dict[str, Any]:
    return {
        "func_name": func_name,
        "frame_id": number,
        "unique_hash": f"{func_name}_f{number}",
        "encoded_locals": encoded,
        "ordered_varnames": list(encoded),
        "parent_frame_id_list": [],
        "is_parent": False,
        "is_zombie": False,
        "is_highlighted": False,
    }


def _exception_message(value: str) -> str:
    """`KeyError: 'b'` from the repr of a (type, value, traceback) triple; else the text itself."""
    kind, found, rest = value.partition(", ")
    name = kind.removeprefix("(<class '").removesuffix("'>").rpartition(".")[2]
    if not found or not kind.startswith("(<class '"):
        return value
    inner = rest.removesuffix(")").removesuffix(", <traceback object>")
    return f"{name}: {inner.removeprefix(name + '(').removesuffix(')')}"


# --- import -----------------------------------------------------------------------------------


class _Frame(msgspec.Struct):
    func_name: str
    encoded_locals: dict[str, Any] = {}
    ordered_varnames: list[str] = []
    is_zombie: bool = False


class _Point(msgspec.Struct):
    event: str
    line: int = 0
    func_name: str = ""
    globals: dict[str, Any] = {}
    ordered_globals: list[str] = []
    stack_to_render: list[_Frame] = []
    heap: dict[str, Any] = {}
    stdout: str = ""
    exception_msg: str | None = None


class _Document(msgspec.Struct):
    code: str
    trace: list[_Point]
    stdin: str = ""


def import_opt(data: bytes, *, max_bytes: int = MAX_FILE_BYTES) -> Imported:
    """The trace in an OPT document. Raises `TraceFileError` naming what is wrong with it."""
    if len(data) > max_bytes:
        raise TraceFileError(f"the file has {len(data)} bytes; at most {max_bytes} are read")
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TraceFileError(f"not a Python Tutor trace: {error}") from error
    reader = _Reader()
    status: EndStatus = "ok"
    message = ""
    for point in document.trace:
        if point.event in _KINDS:
            reader.read(point)
        else:
            status = _ENDS.get(point.event, "error")
            message = point.exception_msg or ""
    if status == "ok" and reader.is_raising:
        status = "exception"
    elif status == "ok" and not reader.is_finished:
        status = "steps"
    trace = Trace(
        origin="actual",
        program=Program(document.code, stdin=document.stdin),
        events=tuple(reader.events),
        status=status,
        message=message,
        outputs=tuple(reader.outputs),
    )
    return Imported(trace, tuple(reader.losses()))


class _Reader:
    """Execution points to events: the difference between a point's state and the one before."""

    def __init__(self) -> None:
        self.events: list[TraceEvent] = []
        self.outputs: list[Output] = []
        self._stack: list[dict[str, str]] = []
        self._returned = False
        self._stdout = 0
        self._has_module: bool | None = None
        self._objects = self._invented = self._cut = 0

    @property
    def is_finished(self) -> bool:
        """Whether the outermost activation has returned."""
        return self._returned and len(self._stack) == 1

    @property
    def is_raising(self) -> bool:
        """Whether an exception leaves the outermost activation: CPython then shows a return."""
        last = [(event.kind, event.depth) for event in self.events[-2:]]
        return last[-1:] == [("exception", 1)] or last == [("exception", 1), ("return", 1)]

    def losses(self) -> list[str]:
        counts = {
            "points share objects between variables; that they are the same object is dropped": (
                self._objects
            ),
            "call events were added that the trace does not show": self._invented,
            "values were too long and are cut": self._cut,
        }
        return [f"{count} {what}" for what, count in counts.items() if count]

    def read(self, point: _Point) -> None:
        """Append the event of one point."""
        if self._has_module is None:
            self._has_module = point.func_name == MODULE or bool(point.globals)
        frames = [frame for frame in point.stack_to_render if not frame.is_zombie]
        if self._has_module:
            frames.insert(0, _Frame(MODULE, point.globals, point.ordered_globals))
        if not frames:
            raise TraceFileError(f"step {len(self.events)} shows neither globals nor a frame")
        self._count_sharing(frames)
        kind = _KINDS[point.event]
        if self._returned:
            self._stack.pop()
        self._returned = kind == "return"
        del self._stack[max(0, len(frames) - (kind == "call")) :]
        heap = HeapReader(point.heap)
        for frame in frames[len(self._stack) : -1]:
            self._open(frame, point, heap)
        if len(self._stack) < len(frames) and kind != "call":
            self._open(frames[-1], point, heap)
        if kind == "call":
            self._stack.append({})
        self._read_output(point)
        self._append(kind, frames[-1], point, heap)

    def _open(self, frame: _Frame, point: _Point, heap: HeapReader) -> None:
        """Add the call event of an activation that the trace does not show being called."""
        self._invented += 1
        self._stack.append({})
        self._append("call", frame, point, heap)

    def _append(self, kind: Kind, frame: _Frame, point: _Point, heap: HeapReader) -> None:
        fields: dict[str, Any] = {}
        if kind == "return":
            fields["value"], _ = heap.text(frame.encoded_locals.get("__return__"))
        elif kind == "exception":
            fields["value"] = point.exception_msg or ""
        else:
            fields = self._change(frame, heap)
        self.events.append(
            TraceEvent(
                kind=kind,
                line=point.line,
                depth=len(self._stack),
                func_name=frame.func_name,
                **fields,
            )
        )

    def _change(self, frame: _Frame, heap: HeapReader) -> dict[str, Any]:
        before, now, cut = self._stack[-1], {}, []
        names = dict.fromkeys((*frame.ordered_varnames, *frame.encoded_locals))
        for name in names:
            if name == "__return__" or name not in frame.encoded_locals:
                continue
            now[name], was_cut = heap.text(frame.encoded_locals[name])
            if was_cut:
                cut.append(name)
        changed = {name: text for name, text in now.items() if before.get(name) != text}
        self._stack[-1] = now
        self._cut += len(cut)
        return {
            "changed": changed,
            "removed": tuple(name for name in before if name not in now),
            "truncated": tuple(name for name in cut if name in changed),
        }

    def _read_output(self, point: _Point) -> None:
        """What a point's output has more than the one before was written by the event before."""
        if len(point.stdout) > self._stdout:
            new = point.stdout[self._stdout :]
            self.outputs.append(Output(len(self.events) - 1, "stdout", new))
            self._stdout = len(point.stdout)

    def _count_sharing(self, frames: list[_Frame]) -> None:
        references = [
            str(value[1])
            for frame in frames
            for value in frame.encoded_locals.values()
            if isinstance(value, list) and len(value) == 2 and value[0] == "REF"
        ]
        self._objects += len(references) != len(set(references))
