"""Running what a model wrote, in a process of its own with limits.

Answers of a half-trained model are small programs about lists and words, but nobody has read
them. Where bubblewrap works they go through the site's judge (`checks.py`). On a lent machine that
has none this takes its place: a forked child without files, processes, sockets or a terminal, with
limits on time, memory and output, killed with its whole group. The child only says what its calls
gave; it is not told what is expected, and whoever asked compares. It is no wall against attackers.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from workers.sandbox.inbox.codec import CannotEncodeError, Encoder

#: Seconds of computing and of waiting, bytes of memory and of reply for all calls of one answer.
CPU_S, WALL_S = 1.0, 4.0
MEMORY_BYTES = 2 << 30
REPLY_BYTES = 1 << 20
_MAX_MESSAGE = 300
#: Audit events that no beginner's solution has a use for, by their beginning.
_FORBIDDEN = (
    *("open", "os.", "subprocess.", "socket.", "shutil.", "ctypes.", "pty.", "fcntl.", "signal."),
    *("mmap.", "urllib.", "ftplib.", "http.", "smtplib.", "webbrowser.", "tempfile.", "glob."),
    *("pathlib.", "sqlite3.", "resource."),
)
_ALLOWED_OPEN = ("r", "rb", None)


@dataclass(frozen=True, slots=True)
class CallQuestion:
    """A call of one function."""

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectQuestion:
    """An object of a class, and calls of its methods."""

    name: str
    args: tuple[Any, ...]
    calls: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class ProgramQuestion:
    """A whole program, and what it reads."""

    stdin: str


Question = CallQuestion | ObjectQuestion | ProgramQuestion


@dataclass(frozen=True, slots=True)
class Reply:
    """What a question came to: a value (as the tree of `workers.sandbox.values`), what was
    printed, what was raised, or how the process was lost. The other fields are empty."""

    tree: Any = None
    printed: str | None = None
    raised: str = ""
    load_error: str = ""
    lost: str = ""

    @property
    def is_value(self) -> bool:
        """Whether a call returned."""
        return not (self.raised or self.load_error or self.lost) and self.printed is None


TIMED_OUT = "stopped after 2 seconds"
_ENDED = "the program ended before it answered"


def ask(code: str, questions: list[Question]) -> list[Reply]:
    """Replies to all the questions, in order. What comes after a lost one is lost as well."""
    if not questions:
        return []
    read, write = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(read)
        _child(code, questions, write)
    os.close(write)
    try:
        data, is_late = _receive(read)
    finally:
        os.close(read)
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    replies = _read_replies(data)[: len(questions)]
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    was_stopped = is_late or number in (signal.SIGVTALRM, signal.SIGXCPU)
    rest = Reply(lost=TIMED_OUT if was_stopped else _ENDED)
    return replies + [rest] * (len(questions) - len(replies))


def _receive(read: int) -> tuple[bytes, bool]:
    data, until = bytearray(), time.monotonic() + WALL_S
    while (left := until - time.monotonic()) > 0 and len(data) <= REPLY_BYTES:
        if not select.select([read], [], [], left)[0]:
            return bytes(data), True
        part = os.read(read, 65536)
        if not part:
            return bytes(data), False
        data += part
    return bytes(data), left <= 0


def _read_replies(data: bytes) -> list[Reply]:
    found: list[Reply] = []
    for line in data.split(b"\n")[:-1]:
        try:
            fields = json.loads(line)
            found.append(Reply(**fields))
        except (ValueError, TypeError, RecursionError):
            break
    return found


# --- in the child ---------------------------------------------------------------------------------


def _child(code: str, questions: list[Question], write: int) -> NoReturn:
    """Never returns, and never raises into the parent's code."""
    try:
        _confine(write)
        _answer(code, questions, write)
    except BaseException:  # whatever it is, it is the answer's
        os._exit(2)
    os._exit(0)


def _confine(write: int) -> None:
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)
    os.closerange(3, write)
    os.closerange(write + 1, 256)
    for kind, limit in (
        (resource.RLIMIT_CPU, int(CPU_S) + 1),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_S)
    sys.setrecursionlimit(1000)
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and len(arguments) > 1 and arguments[1] in _ALLOWED_OPEN:
        return  # imports read files
    if event in ("os.listdir", "os.scandir"):
        return  # imports look into folders
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not allowed here")


def _answer(code: str, questions: list[Question], write: int) -> None:
    scope: dict[str, Any] = {"__name__": "solution"}
    loaded: Any = None
    if not isinstance(questions[0], ProgramQuestion):
        with _quiet():
            try:
                exec(compile(code, "solution.py", "exec", dont_inherit=True), scope)  # noqa: S102  # the point
            except BaseException as error:
                loaded = {"load_error": _describe(error)}
    for question in questions:
        reply = loaded or _reply(code, question, scope)
        os.write(write, json.dumps(reply).encode() + b"\n")


def _reply(code: str, question: Question, scope: dict[str, Any]) -> dict[str, Any]:
    try:
        match question:
            case CallQuestion(name, args, kwargs):
                with _quiet():
                    value = scope[name](*copy.deepcopy(args), **copy.deepcopy(kwargs))
                return {"tree": _tree(value)}
            case ObjectQuestion(name, args, calls):
                with _quiet():
                    return {"tree": _tree(_object_answers(scope[name], args, calls))}
            case ProgramQuestion(stdin):
                return {"printed": _printed(code, stdin)}
    except BaseException as error:
        return {"raised": _describe(error)}


def _object_answers(made: Callable[..., Any], args: Any, calls: Any) -> list[Any]:
    found = made(*copy.deepcopy(args))
    return [getattr(found, name)(*copy.deepcopy(rest)) for name, *rest in calls]


def _printed(code: str, stdin: str) -> str:
    out = io.StringIO()
    sys.stdin = io.StringIO(stdin)
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        exec(compile(code, "solution.py", "exec", dont_inherit=True), {"__name__": "__main__"})  # noqa: S102  # the point
    return out.getvalue()[: REPLY_BYTES // 8]


@contextlib.contextmanager
def _quiet() -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _tree(value: Any) -> Any:
    try:
        return Encoder(_opaque).encode(value)
    except CannotEncodeError:
        return _opaque(value)


def _opaque(value: Any) -> Any:
    return {"o": [type(value).__name__[:100], "", 0]}


def _describe(error: BaseException) -> str:
    """`ValueError: text`, in the judge's words."""
    single = isinstance(error, KeyError) and len(error.args) == 1
    text = str(error.args[0] if single else error)[:_MAX_MESSAGE]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
