"""Many runs that end in every way there is, and a search for whatever they left behind.

Used by `benchmarks.sandbox --soak`. Each kind of run has one right ending; a run that ends in any
other way is listed. Afterwards nothing may be left: no process, cgroup, mount, descriptor, thread
or file.
"""

from __future__ import annotations

import collections
import itertools
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.common import percentile, tell
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.launch import find_launcher
from workers.sandbox.pool import BoxPool
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import Message, Output, TraceResult

#: How long the kernel may take to let the last processes of killed boxes go.
SETTLE_S = 1.0


@dataclass(frozen=True)
class Kind:
    """One way to end. `status` is the trace's, `process` the execution's."""

    name: str
    source: str
    status: str
    process: str
    limits: Limits = field(default_factory=Limits)
    fork: bool = False
    #: Stopped by another thread after so many seconds.
    cancel_s: float = 0.0
    #: How often among the others.
    weight: int = 1


_FORKED = "import os, time\ndef main():\n    for _ in range(8):\n        if os.fork() == 0:\n"
_SHORT = Limits(wall_s=0.3)
KINDS = (
    Kind("ok", "print('fine')\n", "ok", "ok", weight=5),
    Kind("exception", "x = 1 / 0\n", "exception", "ok", weight=2),
    Kind("sleeps", "import time\ntime.sleep(60)\n", "time", "wall_limit", _SHORT, weight=2),
    Kind("loops", "while True: pass\ndef main(): pass\n", "time", "wall_limit", _SHORT),
    Kind("computes", "sum(range(10**12))\n", "time", "cpu_limit", Limits(cpu_s=1, wall_s=60)),
    Kind("allocates", "kept = [bytearray(1 << 24) for _ in range(999)]\n", "memory", "ok"),
    Kind(
        "allocates in processes",
        _FORKED + "            kept = bytearray(30 << 20)\n            time.sleep(60)\n"
        "    time.sleep(60)\n",
        "memory",
        "memory_limit",
        Limits(memory_bytes=160 << 20, wall_s=30),
        fork=True,
        weight=2,
    ),
    Kind("crashes", "import ctypes\nctypes.string_at(0)\n", "crashed", "signalled", weight=2),
    Kind("exits", "import os\nos._exit(3)\n", "crashed", "nonzero_exit"),
    Kind(
        "fork bomb",
        "import os\ndef bomb():\n    while True:\n        try:\n            os.fork()\n"
        "        except OSError:\n            pass\nbomb()\n",
        "time",
        "wall_limit",
        Limits(wall_s=0.4, cpu_s=30, steps=10**9, trace_bytes=1 << 40),
        fork=True,
        weight=2,
    ),
    Kind(
        "leaves processes behind",
        _FORKED + "            time.sleep(60)\n",
        "ok",
        "ok",
        fork=True,
    ),
    # The tracer itself ends a program that prints too much, so its process ends well.
    Kind("floods", "print('x' * 10**8)\n", "output", "ok"),
    Kind(
        "floods a pipe",
        "import os\nwhile True: os.write(1, b'x' * 65536)\n",
        "output",
        "output_limit",
    ),
    Kind(
        "forbidden call",
        "import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)\n",
        "crashed",
        "security_violation",
    ),
    Kind(
        "is stopped",
        "import time\ntime.sleep(60)\n",
        "cancelled",
        "cancelled",
        Limits(wall_s=60),
        cancel_s=0.1,
    ),
)


def left_overs(config: SandboxConfig) -> dict[str, int]:
    """What there is of each kind of thing that runs could leave behind."""
    hierarchy = find_launcher(config).hierarchy
    groups = hierarchy.groups() if hierarchy is not None else []
    folders = (Path("/tmp"), Path("/dev/shm"), config.runtime_dir)  # noqa: S108  # only counted
    return {
        "processes": len(box_processes()),
        "cgroups": len([path for path in groups if f"-{os.getpid()}-" in path.name]),
        "mounts": len(Path("/proc/self/mounts").read_text().splitlines()),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "files": sum(
            1 for folder in folders if folder.is_dir() for _ in _owned_by(folder, (0, os.geteuid()))
        ),
    }


def _owned_by(folder: Path, users: tuple[int, ...]) -> list[Path]:
    """Entries of a folder that boxes' user ids own; others on the machine are not looked at."""
    found = []
    for path in folder.iterdir():
        try:
            if path.stat().st_uid not in users:
                found.append(path)
        except OSError:
            continue
    return found


def box_processes() -> list[int]:
    """Every process below this one, whatever has become of its parent in the meantime."""
    own: list[int] = []
    ours = {os.getpid()}
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(words[1])
    for pid in parents:
        above = pid
        while above in parents and above not in ours:
            above = parents[above]
        if above in ours and pid != os.getpid():
            own.append(pid)
    return own


def run_one(kind: Kind, config: SandboxConfig, pool: BoxPool | None) -> tuple[TraceResult, str]:
    """One run and what it wrote."""
    messages: list[Message] = []
    cancel = CancelToken()
    timer = threading.Timer(kind.cancel_s, cancel.cancel) if kind.cancel_s else None
    if timer is not None:
        timer.start()
    job = TraceJob(kind.source, limits=kind.limits, fork=kind.fork)
    try:
        result = record_trace(
            job, on_message=messages.append, cancel=cancel, config=config, pool=pool
        )
    finally:
        if timer is not None:
            timer.cancel()
            timer.join()
        cancel.close()
    return result, "".join(m.text for m in messages if isinstance(m, Output))


class Soak:
    """`count` runs by `threads` threads that share a pool."""

    def __init__(self, config: SandboxConfig, *, count: int, threads: int, tier: str) -> None:
        kinds = [kind for kind in KINDS if tier == "A" or not kind.fork]
        weighted = [kind for kind in kinds for _ in range(kind.weight)]
        self.config = config
        self.count = count
        self.threads = threads
        self.ended: collections.Counter[str] = collections.Counter()
        self.wrong: list[dict[str, Any]] = []
        self.late_ms: list[float] = []
        self._lock = threading.Lock()
        self._queue = iter(list(itertools.islice(itertools.cycle(weighted), count)))

    def run(self) -> dict[str, Any]:
        """Everything, and the report."""
        before = left_overs(self.config)
        began = time.monotonic()
        with BoxPool(self.config, size=2) as pool:
            workers = [
                threading.Thread(target=self._work, args=(pool,)) for _ in range(self.threads)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        took = time.monotonic() - began
        time.sleep(SETTLE_S)
        after = left_overs(self.config)
        late = sorted(self.late_ms)
        return {
            "runs": sum(self.ended.values()),
            "seconds": round(took, 1),
            "threads": self.threads,
            "kinds": dict(sorted(self.ended.items())),
            "wrong_verdicts": len(self.wrong),
            "wrong": self.wrong[:20],
            "leaked": {name: after[name] - before[name] for name in before},
            "wall_limit_overshoot_ms": {
                "p50": round(percentile(late, 50), 1),
                "p99": round(percentile(late, 99), 1),
                "max": round(percentile(late, 100), 1),
            },
        }

    def _next(self) -> Kind | None:
        with self._lock:
            return next(self._queue, None)

    def _work(self, pool: BoxPool) -> None:
        while (kind := self._next()) is not None:
            try:
                result, written = run_one(kind, self.config, pool)
            except Exception as error:  # to be reported with the others, not to end the soak
                self._note(kind, repr(error), "", 0.0)
                continue
            process = str(result.execution.status)
            right = (result.status, process) == (kind.status, kind.process)
            if kind.name == "ok":
                right = right and written == "fine\n"
            seen = "" if right else f"{result.status}/{process}: {result.message}"
            late = (result.execution.wall_time_s - kind.limits.wall_s) * 1e3
            self._note(kind, seen, process, late)

    def _note(self, kind: Kind, seen: str, process: str, late_ms: float) -> None:
        with self._lock:
            self.ended[kind.name] += 1
            if seen:
                self.wrong.append({"kind": kind.name, "seen": seen})
                tell(f"wrong: {kind.name}: {seen}")
            if process == "wall_limit":
                self.late_ms.append(late_ms)
            done = sum(self.ended.values())
            if done % 100 == 0:
                tell(f"{done} of {self.count} runs, {len(self.wrong)} wrong")
