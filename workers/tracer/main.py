"""One traced run, from the job to the last record. Called by the box's boot program.

The process belongs to this run alone and ends with it: `run` does not return.
"""

from __future__ import annotations

import os
import sys
from types import TracebackType

from .channel import Channel, quote
from .errors import ProgramError, describe, position_in
from .program import Program
from .recording import Recording
from .stdio import CaptureStream, InputStream, text_input, text_output

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box several milliseconds
    from collections.abc import Callable
    from typing import Any, NoReturn

    from .program import Target

#: Lines of a traceback that are shown: a deep recursion's would fill the output.
_MAX_TRACEBACK_LEVELS = 20
#: Where the tracer's own code is, which tracebacks leave out.
_OWN_FOLDER = sys._getframe().f_code.co_filename.rpartition("/")[0] + "/"


class Session:
    """The parts of one run that outlive its phases."""

    def __init__(self, job: dict[str, Any], channel: Channel) -> None:
        self.job = job
        self.channel = channel
        self.recording: Recording | None = None
        self._exit = os._exit
        self._read = os.read
        self._ended = False

    def step(self) -> int:
        """Index of the event that is current, -1 before the first."""
        return self.recording.steps - 1 if self.recording is not None else -1

    def install_streams(self) -> None:
        limit = self.job["output_bytes"]

        def cut() -> None:
            self.stop("output")

        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            raw = CaptureStream(name, descriptor, self.channel, self.step, limit, cut)
            setattr(sys, name, text_output(raw))
        sys.stdin = text_input(InputStream(0, self.channel, self.step))
        os._exit = self.leave_hard
        for name in ("stdin", "stdout", "stderr"):
            setattr(sys, f"__{name}__", getattr(sys, name))

    def phase(self, name: str) -> None:
        self.channel.add(f'["p",{quote(name)}]')

    def end(
        self, status: str, message: str = "", kind: str = "", line: int = 0, column: int = 0
    ) -> None:
        """Queue the last record; only the first call counts."""
        if not self._ended:
            self._ended = True
            self.channel.add(
                f'["z",{quote(status)},{quote(message)},{quote(kind)},{line},{column}]'
            )

    def stop(self, status: str) -> NoReturn:
        """A limit is reached. Raising could be caught by the program, so the process ends."""
        self.end(status)
        self.leave(0)

    def leave_hard(self, status: int) -> NoReturn:
        """`os._exit` of the program: as abrupt as the real one, but nothing recorded is lost."""
        self.channel.flush()
        self._exit(status)
        raise AssertionError("unreachable")

    def leave(self, code: int) -> NoReturn:
        """Send what is queued, wait until the host has looked at this process, and end it."""
        self.channel.flush()
        self._read(self.channel.descriptor, 1)  # ends when the host closes its direction
        self._exit(code)
        raise AssertionError("unreachable")


def run(job: dict[str, Any], descriptor: int) -> NoReturn:
    """Trace the job's program and leave the process. `descriptor` is the channel to the host."""
    channel = Channel(descriptor, job["nonce"])
    channel.start()
    session = Session(job, channel)
    session.install_streams()
    for note in job.get("notes", ()):
        channel.add(f'["n",{quote(note)}]')
    session.phase("module")
    try:
        _run(session)
    except ProgramError as error:
        session.end("exception", error.message, error.error_type, error.line, error.column)
    session.leave(0)


def _run(session: Session) -> None:
    job = session.job
    program = Program(job["source"], job["entry"])
    sys.argv = ["solution.py"]
    if "random" in job["source"]:
        import random

        random.seed(0)
    recording = Recording(
        channel=session.channel,
        codes=program.codes,
        max_steps=job["steps"],
        max_bytes=job["trace_bytes"],
        max_value_bytes=job["value_bytes"],
        stop=session.stop,
    )
    target: Target | None = None
    call: Callable[[], object]
    if program.entry:
        error = _outcome(program.run_module)
        if error is not None:
            _report(session, program, error, "before the entry was called, ")
            return
        target = program.resolve_entry()
        function, args, kwargs = target

        def call() -> object:
            return function(*args, **kwargs)

    else:
        call = program.run_module
    session.recording = recording
    session.phase("entry")
    hidden = frozenset((*program.namespace, "__warningregistry__"))
    error = _outcome(lambda: recording.run(call, hidden))
    _finish(session, program, recording, target, error)


def _outcome(call: Callable[[], object]) -> BaseException | None:
    try:
        call()
    except BaseException as error:
        return error
    return None


def _finish(
    session: Session,
    program: Program,
    recording: Recording,
    target: Target | None,
    error: BaseException | None,
) -> None:
    if error is not None and target is not None and not recording.steps:
        problem = program.argument_problem(target, error)
        if problem is not None:
            raise problem
    if error is not None:
        _print_traceback(error, program)
    _wind_up()
    if recording.broken:
        _report_broken(session, recording.broken, error)
    elif error is not None:
        _report(session, program, error, "")
    elif target is not None and not recording.steps:
        session.end("ok", program.empty_trace_note(target))
    else:
        session.end("ok")


def _report(session: Session, program: Program, error: BaseException, where: str) -> None:
    """The end record of a program that an exception left."""
    line, column = position_in(error, program.codes, program.source)
    kind = type(error).__name__
    if where:
        _print_traceback(error, program)
        _wind_up()
    at = f" in line {line}" if line else ""
    if isinstance(error, MemoryError):
        message = f"{where}the program ran out of memory{at}."
        session.end("memory", message[0].upper() + message[1:], kind, line, column)
        return
    if isinstance(error, SystemExit):
        if error.code in (None, 0) and not where:
            session.end("ok", f"The program ended itself with sys.exit(){at}.", kind, line, column)
            return
        message = f"{where}the program ended itself with exit status {error.code!r:.200}{at}."
    else:
        message = f"{where}the program raised {describe(error)}{at}."
    if isinstance(error, EOFError):
        message += " It asked for more input than it was given: add lines to the input."
    session.end("exception", message[0].upper() + message[1:], kind, line, column)


def _report_broken(session: Session, status: str, error: BaseException | None) -> None:
    ending = f" The program itself ended with {describe(error)}." if error is not None else ""
    message = {
        "tampered": "The program changed the tracing functions of Python (sys.settrace or a "
        "frame's f_trace), so the trace stops there.",
        "tracer_lost": "The program went deeper into recursion than the tracer can follow, so "
        "the trace stops there.",
        "memory": "The program used so much memory that the tracer could not go on, so the trace "
        "stops there.",
    }[status]
    session.end(status, message + ending)


def _wind_up() -> None:
    """What Python does at its end: wait for threads, run atexit functions; untraced."""
    threading = sys.modules.get("threading")
    if threading is not None:
        _outcome(threading._shutdown)
    atexit = sys.modules.get("atexit")
    if atexit is not None:
        _outcome(atexit._run_exitfuncs)
    for stream in (sys.stdout, sys.stderr):
        _outcome(stream.flush)


def _print_traceback(error: BaseException, program: Program) -> None:
    """Write the traceback to stderr as Python would, without the tracer's own frames."""
    if isinstance(error, SystemExit):
        if error.code is not None and not isinstance(error.code, int):
            _outcome(lambda: sys.stderr.write(f"{error.code}\n"))
        return
    traceback = error.__traceback__
    while traceback is not None and id(traceback.tb_frame.f_code) not in program.codes:
        traceback = traceback.tb_next
    _drop_tracer_frames(traceback)
    _outcome(lambda: _write_traceback(error, traceback))


def _drop_tracer_frames(traceback: TracebackType | None) -> None:
    """Cut off a tail of the tracer's own frames, as a RecursionError has that its hook met."""
    last = entry = traceback
    while entry is not None:
        if not entry.tb_frame.f_code.co_filename.startswith(_OWN_FOLDER):
            last = entry
        entry = entry.tb_next
    if last is not None:
        last.tb_next = None


def _write_traceback(error: BaseException, traceback: TracebackType | None) -> None:
    from traceback import TracebackException

    report = TracebackException(
        type(error), error, traceback, limit=-_MAX_TRACEBACK_LEVELS, compact=True
    )
    for part in report.format():
        sys.stderr.write(part)
