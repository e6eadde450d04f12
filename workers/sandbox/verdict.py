"""From what was observed to what the user is told."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from traces.events import EndStatus
from workers.sandbox.box import Ending
from workers.sandbox.config import Limits, TraceJob
from workers.sandbox.display import clean_output
from workers.sandbox.protocol import EndRecord
from workers.sandbox.result import ExecutionResult, ExecutionStatus, TraceResult

_MAX_MESSAGE_CHARS = 2000
#: CPU time is charged in ticks; a process killed at its limit may show a little less.
_CPU_SLACK_S = 0.2


@dataclass
class Observation:
    """What the host saw of one run. `stop` is why the host ended it, "" if it ended itself."""

    stop: str = ""
    started: bool = False
    phase: str = ""
    steps: int = 0
    output_truncated: bool = False
    violation: str = ""
    end: EndRecord | None = None
    ending: Ending | None = None
    wall_time_s: float = 0.0
    missing: tuple[str, ...] = ()


def refuse(job: TraceJob) -> TraceResult | None:
    """The result of a job that is not worth a box, None for one that is."""
    source, stdin = (
        len(job.source.encode("utf-8", "surrogatepass")),
        len(job.stdin.encode("utf-8", "surrogatepass")),
    )
    limits = job.limits
    if source > limits.source_bytes:
        problem = (
            f"The program has {source:,} bytes; at most {limits.source_bytes:,} can be run. "
            "Shorten it, or move data into the input."
        )
    elif stdin > limits.stdin_bytes:
        problem = (
            f"The input has {stdin:,} bytes; at most {limits.stdin_bytes:,} can be given. "
            "Shorten it."
        )
    else:
        surrogate = next((n for n, c in enumerate(job.source) if "\ud800" <= c <= "\udfff"), None)
        if surrogate is None:
            return None
        line = job.source.count("\n", 0, surrogate) + 1
        problem = f"Line {line} contains a character that is not valid Unicode. Delete it."
    return TraceResult(
        status="exception",
        message=problem,
        error_type="SourceError",
        error_line=0,
        error_column=0,
        steps=0,
        output_truncated=False,
        execution=_execution(Observation(), ExecutionStatus.OK, ""),
    )


def judge(seen: Observation, job: TraceJob, tier: str) -> TraceResult:
    """The result of a run: the host's own reasons first, then the kernel's, then the claims."""
    limits = job.limits
    process = process_status(seen, limits)
    end = seen.end
    status: EndStatus
    error_type, line, column = "", 0, 0
    explained = _EXPLAINED.get(process)
    if explained is not None:
        status, message = explained
        message = message.format(limits=limits, memory=limits.memory_bytes >> 20)
    elif end is not None:
        status, message = end.status, end.message or _end_message(end.status, limits)
        error_type, line, column = end.error_type, end.line, end.column
    else:
        status, message = "crashed", _crash_message(seen)
    if seen.phase != "entry" and status in ("time", "memory", "output", "crashed"):
        message += " It had not reached the entry call yet: this happened in module-level code."
    return TraceResult(
        status=status,
        message=clean_output(message)[:_MAX_MESSAGE_CHARS],
        error_type=clean_output(error_type)[:200],
        error_line=line,
        error_column=column,
        steps=seen.steps,
        output_truncated=seen.output_truncated or status == "output",
        execution=_execution(seen, process, tier),
    )


# Endings that the host or the kernel caused, whatever the program claimed.
_EXPLAINED: dict[ExecutionStatus, tuple[EndStatus, str]] = {
    ExecutionStatus.CANCELLED: ("cancelled", "Stopped."),
    ExecutionStatus.WALL_LIMIT: (
        "time",
        "Stopped after {limits.wall_s:g} seconds. A loop may never end, or the program waits.",
    ),
    ExecutionStatus.CPU_LIMIT: (
        "time",
        "Stopped after {limits.cpu_s} seconds of computing. A loop may never end.",
    ),
    ExecutionStatus.MEMORY_LIMIT: (
        "memory",
        "Stopped because the program used more than {memory} MiB of memory.",
    ),
    ExecutionStatus.OUTPUT_LIMIT: (
        "output",
        "Stopped because the program printed more than {limits.output_bytes:,} bytes.",
    ),
    ExecutionStatus.SECURITY_VIOLATION: (
        "crashed",
        "Stopped because the program tried an operation that the sandbox forbids.",
    ),
    ExecutionStatus.PROTOCOL_VIOLATION: (
        "tampered",
        "The program interfered with the tracer's connection, so the trace cannot be trusted.",
    ),
}


def process_status(seen: Observation, limits: Limits) -> ExecutionStatus:
    """How the process fared: the host's own reasons first, then the kernel's."""
    by_host = {
        "cancelled": ExecutionStatus.CANCELLED,
        "violation": ExecutionStatus.PROTOCOL_VIOLATION,
        "output": ExecutionStatus.OUTPUT_LIMIT,
        "wall": ExecutionStatus.WALL_LIMIT,
        "cpu": ExecutionStatus.CPU_LIMIT,
        "memory": ExecutionStatus.MEMORY_LIMIT,
    }.get(seen.stop)
    ending = seen.ending
    out_of_memory = ending is not None and ending.oom_kills > 0
    if by_host is not None and not (out_of_memory and seen.stop in ("wall", "cpu")):
        return by_host
    if out_of_memory:
        return ExecutionStatus.MEMORY_LIMIT
    number = ending.exit_signal if ending is not None else None
    if ending is None or number is None:
        code = ending.exit_code if ending is not None else None
        return ExecutionStatus.OK if code == 0 else ExecutionStatus.NONZERO_EXIT
    if number == signal.SIGXCPU:
        return ExecutionStatus.CPU_LIMIT
    if number == signal.SIGKILL:
        # Nobody here sent it: the hard CPU limit did, the kernel for want of memory, or the
        # program itself.
        if ending.cpu_time_s >= limits.cpu_s - _CPU_SLACK_S:
            return ExecutionStatus.CPU_LIMIT
        if ending.max_rss_bytes >= limits.memory_bytes // 2:
            return ExecutionStatus.MEMORY_LIMIT
        return ExecutionStatus.SIGNALLED
    if number == signal.SIGSYS:
        return ExecutionStatus.SECURITY_VIOLATION
    return ExecutionStatus.SIGNALLED


def _execution(seen: Observation, status: ExecutionStatus, tier: str) -> ExecutionResult:
    ending = seen.ending or Ending(None, None, 0.0, 0)
    return ExecutionResult(
        status=status,
        exit_code=ending.exit_code,
        exit_signal=ending.exit_signal,
        cpu_time_s=ending.cpu_time_s,
        wall_time_s=seen.wall_time_s,
        max_rss_bytes=ending.max_rss_bytes,
        oom_killed=status == ExecutionStatus.MEMORY_LIMIT,
        truncated=seen.output_truncated,
        tier=tier,
        missing=seen.missing,
        processes_refused=ending.processes_refused,
    )


def _end_message(status: EndStatus, limits: Limits) -> str:
    return {
        "steps": f"Stopped after {limits.steps:,} steps, the limit of one trace.",
        "bytes": f"Stopped because the trace grew beyond {limits.trace_bytes >> 20} MiB.",
        "output": f"Stopped because the program printed more than {limits.output_bytes:,} bytes.",
    }.get(status, "")


def _crash_message(seen: Observation) -> str:
    ending = seen.ending
    if ending is not None and ending.exit_signal is not None:
        try:
            name = signal.Signals(ending.exit_signal).name
        except ValueError:
            name = f"signal {ending.exit_signal}"
        return (
            f"Python itself was ended by {name}, as a broken C call or endless recursion in C "
            "can do."
        )
    code = ending.exit_code if ending is not None else None
    return (
        f"The program ended Python at once with exit status {code}, without the usual clean-up "
        "(os._exit)."
    )
