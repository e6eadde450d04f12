"""The trace functions: CPython's `sys.settrace` events as records.

Theory of operation. `Recording.on_call` is the thread's trace function. It accepts frames whose
code was compiled from the student's source, recognised by the identity of the code object, so a
forged file name gets nobody in; everything else runs unobserved. Accepted frames get
`Recording.on_event`. A stack of activations mirrors the frames between `call` and `return`; each
keeps the texts of its locals as of its last event, and a `line` record carries the difference.

The stack doubles as the alarm: if an event comes from a frame other than the innermost one, some
frame's events went missing (the program set `f_trace`, or CPython dropped it), and the recording
stops with what it has, because a trace with a hole would be shown as right.

Deep recursion. CPython uninstalls a Python trace function that fails, and near the recursion
limit every Python function fails. So the interpreter's real limit is set `HEADROOM` above the
limit that the program sees, and `on_call` itself raises RecursionError for a call that is one too
deep. The uninstalling that follows asks the audit hook first (`sys.settrace` is an audited
event), and the hook refuses it by raising: the program gets its RecursionError, exactly one call
fails, and the trace goes on. `tests/workers/tracer/test_recursion.py` holds this to CPython.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType

from .channel import Channel, quote
from .inspection import type_mro
from .safe_repr import Renderer, is_lasting

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box several milliseconds
    from collections.abc import Callable
    from typing import Any

    Traced = Callable[[FrameType, str, Any], Any]

#: Real recursion levels beyond the program's limit. Library frames and C calls between the
#: program's own count too: `functools.lru_cache` doubles the depth, so there is room for that.
HEADROOM = 1200
#: An event's texts together, in bytes: a log event of the host holds 256 KiB of JSON.
MAX_EVENT_BYTES = 96 * 1024
#: Locals per event. More than this occurs in generated programs only.
MAX_NAMES = 500
MAX_NAME_CHARS = 200

_MISSING = object()
_NO_NAMES: frozenset[str] = frozenset()


class _Activation:
    """One running frame: what its last event showed."""

    __slots__ = ("frame", "hidden", "kept", "texts")

    def __init__(self, frame: FrameType, hidden: frozenset[str]) -> None:
        self.frame = frame
        self.hidden = hidden
        self.kept: dict[str, object] = {}
        self.texts: dict[str, str] = {}


class Recording:
    """One trace. `stop(status)` is called once if a limit ends it; it must not return."""

    def __init__(
        self,
        *,
        channel: Channel,
        codes: dict[int, CodeType],
        max_steps: int,
        max_bytes: int,
        max_value_bytes: int,
        stop: Callable[[str], None],
    ) -> None:
        self.steps = 0
        #: "" while all is well, else the EndStatus that explains why events are missing.
        self.broken = ""
        self._channel = channel
        self._codes = codes
        self._names = {key: quote(_short(code.co_name)) for key, code in codes.items()}
        self._max_steps = max_steps
        self._bytes_left = max_bytes
        self._render = Renderer(max_value_bytes).render
        self._stop = stop
        self._stack: list[_Activation] = []
        self._hidden = _NO_NAMES
        self._expected_settrace = False
        self._refuse_removal = False
        #: The recursion limit that the program sees in effect, and the interpreter's real one.
        self._limit = self._real_limit = sys.getrecursionlimit()
        self._set_limit = sys.setrecursionlimit
        self._get_limit = sys.getrecursionlimit
        self._settrace = sys.settrace
        self._gettrace = sys.gettrace
        self._getframe = sys._getframe
        self._on_event: Traced = self.on_event
        self._on_call: Traced = self.on_call

    # --- life cycle --------------------------------------------------------------------------

    def run(self, call: Callable[[], object], hidden: frozenset[str]) -> object:
        """Trace `call`. `hidden` are module globals that a trace of module code leaves out."""
        self._hidden = hidden
        self._watch_audit_events()
        self._adopt_limit()
        self._expected_settrace = True
        self._settrace(self._on_call)
        self._expected_settrace = False
        try:
            return call()
        finally:
            if not self.broken and (self._gettrace() is not self._on_call or self._stack):
                self.broken = "tampered"
            self._expected_settrace = True
            self._settrace(None)

    def _watch_audit_events(self) -> None:
        """Audit hooks stay for good; who records more than once in a process overrides this."""
        sys.addaudithook(self._audit)

    def _audit(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event == "sys.settrace":
            if self._refuse_removal:
                self._refuse_removal = False
                raise RecursionError("maximum recursion depth exceeded")
            if not self._expected_settrace and not self.broken:
                self.broken = "tracer_lost" if self._is_deep() else "tampered"

    # --- trace functions ---------------------------------------------------------------------

    def on_call(self, frame: FrameType, _event: str, _arg: object) -> Traced | None:
        """The trace function of the thread: decides which frames are observed."""
        key = id(frame.f_code)
        if key not in self._codes or self.broken:
            return None
        if self._get_limit() != self._real_limit:
            self._adopt_limit()
        if len(self._stack) >= self._limit:
            self._refuse_removal = True
            raise RecursionError("maximum recursion depth exceeded")
        try:
            is_module = frame.f_code.co_name == "<module>"
            top = _Activation(frame, self._hidden if is_module else _NO_NAMES)
            self._stack.append(top)
            changed, truncated = self._changes(top, _variables(frame))
            line = frame.f_lineno or frame.f_code.co_firstlineno
            self._add("c", line, self._names[key], changed, "", "null", truncated)
        except Exception as error:
            self._fail(error)
            return None
        return self._on_event

    def on_event(self, frame: FrameType, event: str, arg: Any) -> Traced | None:
        """The trace function of observed frames."""
        try:
            if self.broken or not self._stack or self._stack[-1].frame is not frame:
                self._lost_step(event, arg)
                return None
            if event == "line":
                self._line(frame)
            elif event == "return":
                self._return(frame, arg)
            elif event == "exception":
                text, cut = self._exception_text(arg)
                self._event(frame, "x", quote(text), '"return"' if cut else "")
        except Exception as error:
            self._fail(error)
            return None
        return self._on_event

    def _line(self, frame: FrameType) -> None:
        top = self._stack[-1]
        local = _variables(frame)
        changed, truncated = self._changes(top, local)
        removed = self._removals(top, local)
        name = self._names[id(frame.f_code)]
        self._add("l", frame.f_lineno, name, changed, removed, "null", truncated)

    def _return(self, frame: FrameType, value: object) -> None:
        if frame.f_trace is not self._on_event or not frame.f_trace_lines:
            self.broken = "tampered"
            return
        text, cut = self._render(value)
        self._event(frame, "r", quote(text), '"return"' if cut else "")
        self._stack.pop()

    def _event(self, frame: FrameType, kind: str, value: str, truncated: str) -> None:
        name = self._names[id(frame.f_code)]
        self._add(kind, frame.f_lineno, name, "", "", value, truncated)

    def _exception_text(self, arg: Any) -> tuple[str, bool]:
        kind, value, _traceback = arg
        kind_text, _ = self._render(kind)
        value_text, cut = self._render(value)
        return f"({kind_text}, {value_text}, <traceback object>)", cut

    # --- state -------------------------------------------------------------------------------

    def _changes(self, top: _Activation, local: dict[str, Any]) -> tuple[str, str]:
        """The locals whose text differs from this activation's last event, as JSON pieces."""
        kept, texts, hidden = top.kept, top.texts, top.hidden
        changed: list[str] = []
        truncated: list[str] = []
        left = MAX_EVENT_BYTES
        for name, value in list(dict.items(local)):
            if type(name) is not str or kept.get(name, _MISSING) is value or name in hidden:
                continue
            text, cut = self._render(value)
            if is_lasting(value):
                kept[name] = value
            else:
                kept.pop(name, None)
            before = texts.get(name)
            if before == text:
                continue
            if before is None and (len(texts) >= MAX_NAMES or len(name) > MAX_NAME_CHARS):
                continue
            texts[name] = text
            left -= len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
            if left < 0:
                text, cut = "...", True
            quoted = quote(name)
            changed.append(f"{quoted}:{quote(text)}")
            if cut:
                truncated.append(quoted)
        return ",".join(changed), ",".join(truncated)

    def _removals(self, top: _Activation, local: dict[str, Any]) -> str:
        texts = top.texts
        if len(texts) == dict.__len__(local):
            return ""
        gone = [name for name in texts if not dict.__contains__(local, name)]
        for name in gone:
            del texts[name]
            top.kept.pop(name, None)
        return ",".join(map(quote, gone))

    def _add(
        self,
        kind: str,
        line: int | None,
        name: str,
        changed: str,
        removed: str,
        value: str,
        truncated: str,
    ) -> None:
        if self.steps >= self._max_steps:
            self._stop("steps")
        depth = len(self._stack)
        record = (
            f'["e","{kind}",{line or 1},{depth},{name},'
            f"{{{changed}}},[{removed}],{value},[{truncated}]]"
        )
        self._bytes_left -= len(record)
        if self._bytes_left < 0:
            self._stop("bytes")
        self.steps += 1
        self._channel.add(record)

    # --- trouble -----------------------------------------------------------------------------

    def _adopt_limit(self) -> None:
        """Take over the limit that the program set with sys.setrecursionlimit()."""
        self._limit = self._get_limit()
        self._real_limit = self._limit + HEADROOM
        self._set_limit(self._real_limit)

    def _is_deep(self) -> bool:
        """Whether so much of the stack is used that CPython itself may have dropped the tracer."""
        frame: FrameType | None = self._getframe()
        depth = 0
        while frame is not None:
            depth += 1
            frame = frame.f_back
        return depth * 2 > self._real_limit

    def _lost_step(self, event: str, arg: Any) -> None:
        """A frame's events went missing: at the recursion limit CPython did it, else the program.

        A trace function that cannot even be entered is dropped for its frame, and what comes next
        is the RecursionError on its way out through the frames below.
        """
        if not self.broken:
            deep = event == "exception" and arg[0] is RecursionError
            self.broken = "tracer_lost" if deep else "tampered"

    def _fail(self, error: Exception) -> None:
        """The tracer itself could not go on; the program can."""
        if not self.broken:
            self.broken = "memory" if isinstance(error, MemoryError) else "tracer_lost"


def _variables(frame: FrameType) -> dict[str, Any]:
    """The frame's variables; nothing where reading them would call the program's code."""
    local = frame.f_locals
    if type(local) is dict or dict in type_mro(type(local)):
        return local
    return {}  # a class body whose metaclass prepared a mapping of its own


def _short(name: str) -> str:
    return name[:MAX_NAME_CHARS].encode("utf-8", "backslashreplace").decode()
