"""What a run tells its caller: messages while it runs, and a result at its end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from traces.events import EndStatus, TraceEvent

Stream = Literal["stdout", "stderr"]


@dataclass(frozen=True, slots=True)
class Frames:
    """Consecutive trace events; `first` is the seq (0-based) of the first."""

    first: int
    events: tuple[TraceEvent, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """Text the program wrote while event `step` was current (-1: before the first)."""

    step: int
    stream: Stream
    text: str


@dataclass(frozen=True, slots=True)
class Input:
    """Text the program read from its input while event `step` was current."""

    step: int
    text: str


Message = Frames | Output | Input


class ExecutionStatus(StrEnum):
    """How the process ended, whatever it claims about itself."""

    OK = "ok"
    NONZERO_EXIT = "nonzero_exit"
    SIGNALLED = "signalled"
    WALL_LIMIT = "wall_limit"
    CPU_LIMIT = "cpu_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    SECURITY_VIOLATION = "security_violation"
    PROTOCOL_VIOLATION = "protocol_violation"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """Facts about the process, measured from outside the box."""

    status: ExecutionStatus
    exit_code: int | None
    exit_signal: int | None
    cpu_time_s: float
    wall_time_s: float
    max_rss_bytes: int
    oom_killed: bool
    truncated: bool
    tier: str
    #: Protections that this machine did not offer ("files": no limit on the number of files).
    missing: tuple[str, ...] = ()
    #: Starts of processes or threads that the cgroup refused (tier A).
    processes_refused: int = 0


@dataclass(frozen=True, slots=True)
class TraceResult:
    """The end of a trace. `message` is a sentence for the user, empty where all went well.

    `error_line` and `error_column` are 1-based, 0 where the error has no place in the program.
    """

    status: EndStatus
    message: str
    error_type: str
    error_line: int
    error_column: int
    steps: int
    output_truncated: bool
    execution: ExecutionResult
