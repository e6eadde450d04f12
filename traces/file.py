"""Trace file, version 1: a whole trace as one small JSON document.

Theory of operation. The file is columnar: one string of event letters, one array of lines, one of
state deltas, and a table of strings that each value's repr enters once. That is a quarter of the
size of a list of event objects before compression, and a reader in any language needs no more than
a JSON parser. What can be derived (depth, function names within an activation) is left out. The
format is described for outsiders in `docs/trace-format.md`; the JSON Schema beside this module is
generated from the types below.

Compatibility: within version 1 keys may be added, and no key ever changes its meaning. A reader
ignores keys it does not know and takes an end status it does not know for "error" (the events are
good, the trace is incomplete). A file with another `v` is refused.

Files are hostile input: `read_trace` checks everything it relies on and names what is wrong.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, get_args

import msgspec

from traces.events import EndStatus, Kind, Origin, TraceEvent
from traces.packing import MAX_FILE_BYTES, TraceFileError, open_bytes
from traces.trace import Environment, FrameLogprobs, ModelInfo, Output, Program, Trace, program_id

VERSION: Literal[1] = 1

_LETTERS: dict[Kind, str] = {"call": "c", "line": "l", "return": "r", "exception": "x"}
_KINDS: dict[str, Kind] = {letter: kind for kind, letter in _LETTERS.items()}
_STREAMS: dict[str, Literal["stdout", "stderr", "stdin"]] = {
    "o": "stdout",
    "e": "stderr",
    "i": "stdin",
}
_STREAM_LETTERS = {name: letter for letter, name in _STREAMS.items()}

_DELETED = -1
_NO_VALUE = -1

Index = Annotated[int, msgspec.Meta(ge=0)]


class End(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the trace ended, after how many frames, and a sentence for people."""

    status: str
    frames: Index
    message: str = ""


class TraceFile(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag=None):
    """The document. Every key is described in docs/trace-format.md."""

    v: Literal[1]
    kind: Origin
    id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    src: Program
    env: Environment
    model: ModelInfo | None = None
    ev: Annotated[str, msgspec.Meta(pattern="^[clrx]*$")]
    ln: list[int]
    dp: list[Index] | None = None
    fn: list[Index] | None = None
    st: list[int | dict[str, int]]
    sx: list[tuple[Index, Index]] = []
    tr: list[tuple[Index, list[str]]] = []
    raw: list[tuple[Index, str]] = []
    str_: list[str] = msgspec.field(name="str")
    out: list[tuple[int, Literal["o", "e", "i"], str]] = []
    lp: list[FrameLogprobs] = []
    tk: list[Index] = []
    end: End


class _Version(msgspec.Struct):
    v: int


class _Strings:
    """The table of strings while a file is written."""

    def __init__(self) -> None:
        self.table: list[str] = []
        self._index: dict[str, int] = {}

    def index(self, text: str) -> int:
        found = self._index.get(text)
        if found is None:
            found = self._index[text] = len(self.table)
            self.table.append(text)
        return found


class _Activations:
    """Depth and function name that follow from the event letters and the calls' names alone."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._returned = False

    def step(self, letter: str, called: str) -> tuple[int, str]:
        """Depth and name at the next event; `called` is the name a call event gives."""
        if self._returned and self._names:
            self._names.pop()
        if letter == "c":
            self._names.append(called)
        self._returned = letter == "r"
        return len(self._names), self._names[-1] if self._names else ""


# --- writing ----------------------------------------------------------------------------------


def write_trace(trace: Trace) -> bytes:
    """The trace as an uncompressed trace file. Raises `TraceFileError` for an impossible trace."""
    strings = _Strings()
    events = trace.events
    document = TraceFile(
        v=VERSION,
        kind=trace.origin,
        id=trace.program_id,
        src=trace.program,
        env=trace.environment,
        model=trace.model,
        ev="".join(_LETTERS[event.kind] for event in events),
        ln=[event.line for event in events],
        dp=_depth_column(events),
        st=[_state_cell(index, event, strings) for index, event in enumerate(events)],
        fn=_name_column(events, strings),
        sx=[(i, strings.index(event.source)) for i, event in enumerate(events) if event.source],
        tr=[(i, list(event.truncated)) for i, event in enumerate(events) if event.truncated],
        raw=sorted(trace.raw.items()),
        str_=strings.table,
        out=[(o.step, _STREAM_LETTERS[o.stream], o.text) for o in trace.outputs],  # type: ignore[misc]  # A letter of the Literal by construction.
        lp=[_rounded(logprobs) for logprobs in trace.logprobs],
        tk=list(trace.tokens),
        end=End(trace.status, len(events), trace.message),
    )
    _check_columns(document)
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError as error:
        raise TraceFileError(f"a text cannot be written as UTF-8: {error}") from error


def _state_cell(index: int, event: TraceEvent, strings: _Strings) -> int | dict[str, int]:
    if event.kind in ("return", "exception"):
        if event.changed or event.removed:
            raise TraceFileError(f"event {index} is a {event.kind} and cannot carry locals")
        return _NO_VALUE if event.value is None else strings.index(event.value)
    if event.value is not None:
        raise TraceFileError(f"event {index} is a {event.kind} and cannot carry a value")
    cell = {name: strings.index(text) for name, text in event.changed.items()}
    for name in event.removed:
        cell.setdefault(name, _DELETED)
    return cell or 0


def _depth_column(events: tuple[TraceEvent, ...]) -> list[int] | None:
    """Depths, or None where they follow from the event letters."""
    activations = _Activations()
    derived = [activations.step(_LETTERS[event.kind], "")[0] for event in events]
    depths = [event.depth for event in events]
    return None if depths == derived else depths


def _name_column(events: tuple[TraceEvent, ...], strings: _Strings) -> list[int] | None:
    """Function names: one per call where the rest follows, else one per event; None for none."""
    names = [event.func_name for event in events]
    if not any(names):
        return None
    activations = _Activations()
    derived = [activations.step(_LETTERS[e.kind], e.func_name)[1] for e in events]
    if names == derived:
        names = [event.func_name for event in events if event.kind == "call"]
    return [strings.index(name) for name in names]


def _rounded(logprobs: FrameLogprobs) -> FrameLogprobs:
    """Two decimals: a hundredth of a nat is below what sampling noise lets anyone read."""
    fields = (
        logprobs.event,
        logprobs.state,
        logprobs.action,
        logprobs.value,
        logprobs.lowest,
    )
    for value in fields:
        if value is not None and not math.isfinite(value):
            raise TraceFileError("a log-probability is not a finite number")
    return FrameLogprobs(*(None if value is None else round(value, 2) for value in fields))


# --- reading ----------------------------------------------------------------------------------


def read_trace(data: bytes, *, max_bytes: int = MAX_FILE_BYTES) -> Trace:
    """The trace in a trace file, gzipped or not. Raises `TraceFileError` naming what is wrong."""
    document = _decode(open_bytes(data, max_bytes=max_bytes))
    _check_columns(document)
    if document.id != program_id(document.src, document.env):
        raise TraceFileError(
            "`id` does not belong to this program: the file was changed after it was written"
        )
    status = document.end.status
    return Trace(
        origin=document.kind,
        program=document.src,
        environment=document.env,
        model=document.model,
        events=_events(document),
        status=status if status in get_args(EndStatus) else "error",  # type: ignore[arg-type]  # Narrowed by the test.
        message=document.end.message,
        outputs=tuple(Output(step, _STREAMS[letter], text) for step, letter, text in document.out),
        raw=dict(document.raw),
        logprobs=tuple(document.lp),
        tokens=tuple(document.tk),
    )


def _decode(data: bytes) -> TraceFile:
    try:
        return msgspec.json.decode(data, type=TraceFile)
    except msgspec.ValidationError as error:
        version = _version_of(data)
        if version != VERSION:
            raise TraceFileError(
                f"version {version} of the trace file cannot be read; this reader knows "
                f"{VERSION}. Update the reader, or export the trace again."
            ) from error
        raise TraceFileError(f"not a valid trace file: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TraceFileError(f"not JSON: {error}") from error


def _version_of(data: bytes) -> int:
    """The version that a document claims; `VERSION` where it claims none."""
    try:
        return msgspec.json.decode(data, type=_Version).v
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return VERSION


def _check_columns(document: TraceFile) -> None:
    """Everything that the types alone do not promise."""
    frames = document.end.frames
    columns = {"ev": document.ev, "ln": document.ln, "st": document.st}
    optional = {"dp": document.dp, "lp": document.lp, "tk": document.tk}
    columns |= {name: column for name, column in optional.items() if column}
    for name, column in columns.items():
        if len(column) != frames:
            raise TraceFileError(
                f"`{name}` has {len(column)} entries, but `end.frames` says {frames}"
            )
    if document.fn is not None and len(document.fn) not in (frames, document.ev.count("c")):
        raise TraceFileError("`fn` needs one entry per call, or one per frame")
    for name, places in (("sx", document.sx), ("tr", document.tr)):
        if any(place[0] >= frames for place in places):
            raise TraceFileError(f"`{name}` names a frame that does not exist")
    if any(place > frames for place, _ in document.raw):
        raise TraceFileError("`raw` names a frame that does not exist")
    _check_strings(document)


def _check_strings(document: TraceFile) -> None:
    """Every string index points into the table, or is a permitted negative."""
    count = len(document.str_)
    for place, (letter, cell) in enumerate(zip(document.ev, document.st, strict=True)):
        outcome = letter in "rx"
        if isinstance(cell, dict) if outcome else isinstance(cell, int) and cell != 0:
            wanted = "a string index" if outcome else "0 or an object"
            raise TraceFileError(f"`st[{place}]` must be {wanted} for event {letter!r}")
        for index in (cell,) if isinstance(cell, int) else cell.values():
            if (index or outcome) and not -1 <= index < count:
                raise TraceFileError(f"`st[{place}]` points at string {index} of {count}")
    for name, indexes in (("fn", document.fn or []), ("sx", [text for _, text in document.sx])):
        if any(index >= count for index in indexes):
            raise TraceFileError(f"`{name}` points past the {count} strings of `str`")


def _events(document: TraceFile) -> tuple[TraceEvent, ...]:
    strings, count = document.str_, len(document.ev)
    names = [strings[index] for index in document.fn or []]
    per_call = len(names) != count
    calls = iter(names)
    sources = {place: strings[index] for place, index in document.sx}
    truncated = {place: tuple(cut) for place, cut in document.tr}
    activations = _Activations()
    events: list[TraceEvent] = []
    for place, letter in enumerate(document.ev):
        called = next(calls, "") if letter == "c" and per_call else ""
        depth, name = activations.step(letter, called)
        events.append(
            TraceEvent(
                kind=_KINDS[letter],
                line=document.ln[place],
                depth=document.dp[place] if document.dp else depth,
                func_name=name if per_call else names[place],
                source=sources.get(place, ""),
                truncated=truncated.get(place, ()),
                **_state(document.st[place], letter, strings),
            )
        )
    return tuple(events)


def _state(cell: int | dict[str, int], letter: str, strings: list[str]) -> dict[str, Any]:
    """The fields of an event that its state cell holds."""
    if isinstance(cell, dict):
        return {
            "changed": {name: strings[at] for name, at in cell.items() if at != _DELETED},
            "removed": tuple(name for name, at in cell.items() if at == _DELETED),
        }
    if letter in "rx":
        return {"value": None if cell == _NO_VALUE else strings[cell]}
    return {}


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the trace file."""
    schema = msgspec.json.schema(TraceFile)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Trace file, version 1",
        "description": "Generated by `python -m traces.schema`. See docs/trace-format.md.",
        **schema,
    }
