"""The same job once more, untraced: did watching the program change what it did?

Theory of operation. Tracing makes a program slower, keeps some objects alive a little longer, and
is visible to a program that looks (`sys.gettrace()`, timing). A trace of a program that behaves
otherwise when it is watched is right and misleading at once, so the job is run a second time in a
box of its own without a tracer, and what both runs showed is compared: standard output, the
returned value, the kind of ending. A difference is the *observer effect*, or a program that does
not repeat (it reads the clock, `os.urandom`, ...), or one that forged its trace from inside: each
a reason to mark the trace.

The second run is an ordinary trace job whose module code runs the program, because module code
before an entry call is not traced; the entry then only hands over the value that the program
returned, so that the same renderer writes both values. Not part of `record_trace`: it doubles the
cost of a run, so its caller decides.
"""

from __future__ import annotations

import ast
import dataclasses
from dataclasses import dataclass, field

from traces.events import EndStatus
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig, TraceJob
from workers.sandbox.pool import BoxPool
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import Frames, Message, Output, TraceResult

#: Endings that show what the program did by itself. After any other, how far it came is chance.
_COMPLETE: frozenset[EndStatus] = frozenset(("ok", "exception"))
_PROGRAM = """\
__name__ = {name!r}
exec(compile({source!r}, "solution.py", "exec", dont_inherit=True), globals())
__crosscheck_value = {entry}
def __crosscheck_entry():
    return __crosscheck_value
"""


@dataclass
class Observed:
    """What one run showed. Feed it the run's messages and, at the end, its result."""

    stdout: str = ""
    value: str | None = None
    status: EndStatus | None = None
    error_type: str = ""
    _parts: list[str] = field(default_factory=list)

    def add(self, message: Message) -> None:
        if isinstance(message, Output) and message.stream == "stdout":
            self._parts.append(message.text)
        elif isinstance(message, Frames):
            for event in message.events:
                if event.depth == 1 and event.kind == "return":
                    self.value = event.value

    def finish(self, result: TraceResult) -> Observed:
        self.stdout = "".join(self._parts)
        self.status, self.error_type = result.status, result.error_type
        return self


@dataclass(frozen=True, slots=True)
class Comparison:
    """`comparable` is False where one of the runs was cut off; then nothing is said.

    `differences` names what differed: "ending", "stdout", "value".
    """

    comparable: bool
    differences: tuple[str, ...] = ()

    @property
    def observer_effect(self) -> bool:
        """Whether the trace must be marked."""
        return bool(self.differences)


def compare(traced: Observed, untraced: Observed) -> Comparison:
    """What differed between a traced run and the same job without a tracer."""
    if traced.status not in _COMPLETE or untraced.status is None:
        return Comparison(comparable=False)
    if untraced.status not in _COMPLETE:
        # Watched it ended by itself, and faster alone it did not: that is a difference too, unless
        # somebody stopped the second run.
        cut = untraced.status == "cancelled"
        return Comparison(comparable=not cut, differences=() if cut else ("ending",))
    found = []
    if (traced.status, traced.error_type) != (untraced.status, untraced.error_type):
        found.append("ending")
    if traced.stdout != untraced.stdout:
        found.append("stdout")
    if traced.status == untraced.status == "ok" and traced.value != untraced.value:
        found.append("value")
    return Comparison(comparable=True, differences=tuple(found))


def untraced_job(job: TraceJob) -> TraceJob:
    """A job that runs the program of `job` untraced and traces only the handing over of its value.

    Standard error is not comparable: a traceback has two more levels in it.
    """
    entry = job.entry.strip() or _default_entry(job.source)
    text = _PROGRAM.format(
        name="solution" if entry else "__main__",
        source=job.source,
        entry=f"eval({entry!r})" if entry else None,
    )
    room = max(job.limits.source_bytes, len(text.encode("utf-8", "surrogatepass")))
    limits = dataclasses.replace(job.limits, source_bytes=room)
    return dataclasses.replace(job, source=text, entry="__crosscheck_entry()", limits=limits)


def crosscheck(
    job: TraceJob,
    traced: Observed,
    *,
    cancel: CancelToken,
    config: SandboxConfig,
    pool: BoxPool | None = None,
) -> Comparison:
    """Run `job` untraced in a second box and compare with what its traced run showed.

    Blocks like `record_trace`, and raises `SandboxUnavailable` like it.
    """
    if traced.status not in _COMPLETE:
        return Comparison(comparable=False)
    untraced = Observed()
    result = record_trace(
        untraced_job(job), on_message=untraced.add, cancel=cancel, config=config, pool=pool
    )
    return compare(traced, untraced.finish(result))


def _default_entry(source: str) -> str:
    """ "main()" where the tracer would take it as the entry of a job without one."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return "main()" if _defines_main(body) else ""


def _defines_main(body: list[ast.stmt]) -> bool:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name == "main":
                return True
        elif isinstance(node, ast.If | ast.Try | ast.With):
            inner = [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
            if _defines_main(inner):
                return True
    return False
