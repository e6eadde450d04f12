"""What a box costs and what it keeps its word about.

    python -m benchmarks.sandbox [--runs N] [--quick] [--out FILE]
    python -m benchmarks.sandbox --soak 1000 [--out FILE]

`latency` compares three things that take turns in one process: a bare `python -I -S -c 'print(1)'`
with its output read, `record_trace` of the same program in a cold box, and in an armed one. All
runs of a box include the tracer, the parsing of its records and the end of the program's process;
before each the pool is full, since what is measured is a person's wait, not throughput. What is
left of a box then, bubblewrap's processes and empty namespaces, is the pool's to clear away, as in
the site's workers; `soak` and `kills` look whether that happens. CPU
time is that of the host's side and all processes of the box, from cgroups. `throughput` is
without pauses, with two workers and re-arming included.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.common import (
    ROOT,
    CpuMeter,
    default_result_path,
    emit,
    percentile,
    provenance,
    tell,
)
from benchmarks.sandbox_soak import SETTLE_S, Kind, Soak, box_processes, left_overs, run_one
from workers.sandbox.cancel import CancelToken
from workers.sandbox.cgroup import Cgroup
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.launch import find_launcher
from workers.sandbox.pool import BoxPool
from workers.sandbox.probe import probe
from workers.sandbox.recorder import record_trace

PROGRAM = "print(1)\n"
PATIENCE_S = 60.0
#: The default of the site's SANDBOX_POOL_SIZE.
POOL_SIZE = 2


def milliseconds(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3


def summary(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "min": round(ordered[0], 2),
        "p50": round(percentile(ordered, 50), 2),
        "p95": round(percentile(ordered, 95), 2),
        "max": round(ordered[-1], 2),
    }


def bare_python(config: SandboxConfig) -> Callable[[], None]:
    """A run of the boxes' own interpreter outside of any box."""
    binds = find_launcher(config).runtime.binds
    python = next(source for source, target in binds if "/bin/" in target)

    def run() -> None:
        command = [python, "-I", "-S", "-c", "print(1)"]
        subprocess.run(command, capture_output=True, check=True)

    return run


def boxed(config: SandboxConfig, pool: BoxPool | None) -> Callable[[], None]:
    """A whole run in a box; anything but the right end is an error."""

    def run() -> None:
        cancel = CancelToken()
        result = record_trace(
            TraceJob(PROGRAM), on_message=lambda _: None, cancel=cancel, config=config, pool=pool
        )
        cancel.close()
        if result.status != "ok":
            raise SystemExit(f"a box ended with {result.status}: {result.message}")

    return run


# --- latency --------------------------------------------------------------------------------


def latency(config: SandboxConfig, runs: int) -> dict[str, Any]:
    """Milliseconds per run of the three, in random order in each round."""
    times: dict[str, list[float]] = {"bare": [], "cold": [], "armed": []}
    meter = CpuMeter({})
    meter.start()
    with BoxPool(config, size=POOL_SIZE) as pool, BoxPool(config, size=0) as empty:
        calls = {"bare": bare_python(config), "cold": boxed(config, empty)}
        calls["armed"] = boxed(config, pool)
        for call in calls.values():
            call()
        for _ in range(runs):
            for name in random.sample(list(calls), 3):
                if not pool.wait_until_full(PATIENCE_S):
                    raise SystemExit("no box was armed in time")
                times[name].append(milliseconds(calls[name]))
    other = meter.stop()["other"]
    found: dict[str, Any] = {f"{name}_ms": summary(values) for name, values in times.items()}
    for name in ("armed", "cold"):
        for percent in ("p50", "p95"):
            ratio = found[f"{name}_ms"][percent] / found["bare_ms"][percent]
            found[f"{name}_over_bare_{percent}"] = round(ratio, 2)
    return {"runs": runs, **found, "other_cpu_percent": other}


# --- CPU time ---------------------------------------------------------------------------------


@contextmanager
def accounted(hierarchy: Any) -> Iterator[Callable[[], float]]:
    """CPU seconds of this process, of all it starts, and of boxes in cgroups of their own.

    Version 1 only: there a process can be moved into a group for CPU time alone.
    """
    folder = dict(hierarchy.folders)["cpuacct"].parent / f"benchmark-{os.getpid()}"
    folder.mkdir()
    (folder / "cgroup.procs").write_text(str(os.getpid()))
    boxes = [0.0]
    remove = Cgroup.remove

    def remove_and_count(self: Cgroup) -> bool:
        boxes[0] += self.usage().cpu_time_s
        return remove(self)

    Cgroup.remove = remove_and_count  # type: ignore[method-assign]  # the last moment to read it
    try:
        yield lambda: int((folder / "cpuacct.usage").read_text()) / 1e9 + boxes[0]
    finally:
        Cgroup.remove = remove  # type: ignore[method-assign]
        (folder.parent / "cgroup.procs").write_text(str(os.getpid()))
        folder.rmdir()


def cpu_per_run(config: SandboxConfig, runs: int) -> dict[str, Any]:
    """Milliseconds of CPU per run, starting and re-arming included."""
    hierarchy = find_launcher(config).hierarchy
    if hierarchy is None or "cpuacct" not in dict(hierarchy.folders):
        return {"skipped": "needs cgroup version 1"}
    found: dict[str, Any] = {}
    with accounted(hierarchy) as spent:
        for name in ("bare", "cold", "armed"):
            pool = BoxPool(config, size=1 if name == "armed" else 0).start()
            call = bare_python(config) if name == "bare" else boxed(config, pool)
            pool.wait_until_full(PATIENCE_S)
            before = spent()
            for _ in range(runs):
                call()
                pool.wait_until_full(PATIENCE_S)
            found[f"{name}_ms"] = round((spent() - before) / runs * 1e3, 1)
            pool.close()
    return {"runs": runs, **found}


# --- throughput and memory --------------------------------------------------------------------


def worker(seconds: float, size: int) -> int:
    """Runs of one worker in so many seconds, one after another."""
    config = SandboxConfig()
    count = 0
    with BoxPool(config, size=size) as pool:
        pool.wait_until_full(PATIENCE_S)
        call = boxed(config, pool)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            call()
            count += 1
    return count


def throughput(seconds: float, size: int) -> dict[str, Any]:
    """Runs per second of two worker processes with a pool of `size` each."""
    meter = CpuMeter({})
    command = [sys.executable, "-m", "benchmarks.sandbox", "--worker", str(seconds), str(size)]
    workers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    time.sleep(1)
    meter.start()
    counts = [int(process.communicate()[0]) for process in workers]
    return {
        "workers": 2,
        "pool_size": size,
        "seconds": seconds,
        "runs_per_s": round(sum(counts) / seconds, 1),
    }


def memory(config: SandboxConfig, size: int = 4) -> dict[str, Any]:
    """Proportional set size of all processes of so many armed boxes."""
    with BoxPool(config, size=size) as pool:
        if not pool.wait_until_full(PATIENCE_S):
            raise SystemExit("the pool was not filled")
        time.sleep(0.5)
        total = sum(pss_bytes(pid) for pid in box_processes())
    return {"boxes": size, "pss_mb": round(total / 1e6, 1)}


def pss_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


# --- keeping its word -------------------------------------------------------------------------


def kills(config: SandboxConfig, runs: int) -> dict[str, Any]:
    """How late the wall limit ends a run, and what is alive a second after."""
    limits = Limits(wall_s=0.5, cpu_s=30, steps=10**9, trace_bytes=1 << 40)
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n"
    sources = {
        "sleeps": ("import time\ntime.sleep(60)\n", False),
        "computes": ("sum(range(10**12))\n", False),
        "fork bomb": (bomb, find_launcher(config).hierarchy is not None),
    }
    late: list[float] = []
    alive = 0
    with BoxPool(config, size=1) as pool:
        for number in range(runs):
            name = list(sources)[number % 3]
            source, fork = sources[name]
            pool.wait_until_full(PATIENCE_S)
            kind = Kind(name, source, "time", "wall_limit", limits, fork)
            before = left_overs(config)
            result, _ = run_one(kind, config, pool)
            if name != "fork bomb" or fork:
                late.append((result.execution.wall_time_s - limits.wall_s) * 1e3)
            if number >= runs - 3:
                pool.wait_until_full(PATIENCE_S)
                time.sleep(SETTLE_S)
                alive += left_overs(config)["processes"] - before["processes"]
    return {"runs": runs, "late_ms": summary(late), "alive_after_1_s": alive}


def memory_verdicts(config: SandboxConfig, runs: int) -> dict[str, Any]:
    """How often a program that takes too much memory is said to have done that."""
    forked = (
        "import os, time\ndef main():\n    for _ in range(8):\n        if os.fork() == 0:\n"
        "            kept = bytearray(30 << 20)\n            time.sleep(60)\n    time.sleep(60)\n"
    )
    limits = Limits(memory_bytes=160 << 20, wall_s=30)
    kinds = [
        Kind("list", "kept = [0] * 10**9\n", "memory", "", limits),
        Kind("pieces", "k = []\nwhile True: k.append(bytes(99999))\n", "memory", "", limits),
        Kind("text", "x = 'x'\nfor _ in range(64): x += x\n", "memory", "", limits),
        Kind("processes", forked, "memory", "", limits, fork=True),
    ]
    if find_launcher(config).hierarchy is None:
        kinds.pop()
    right = 0
    others: list[str] = []
    with BoxPool(config, size=2) as pool:
        for number in range(runs):
            kind = kinds[number % len(kinds)]
            result, _ = run_one(kind, config, pool)
            right += result.status == kind.status
            if result.status != kind.status:
                others.append(f"{kind.name}: {result.status} {result.message}")
    return {"runs": runs, "right": right, "wrong": others[:10]}


# --- the program ------------------------------------------------------------------------------


def measure(config: SandboxConfig, *, runs: int, quick: bool) -> dict[str, Any]:
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "latency": lambda: latency(config, runs),
        "cpu_per_run": lambda: cpu_per_run(config, 10 if quick else 60),
        "throughput": lambda: throughput(2 if quick else 8, 2),
        "throughput_cold": lambda: throughput(2 if quick else 8, 0),
        "memory": lambda: memory(config),
        "kills": lambda: kills(config, 6 if quick else 60),
        "memory_verdicts": lambda: memory_verdicts(config, 8 if quick else 100),
    }
    found: dict[str, Any] = {}
    for name, part in parts.items():
        tell(f"{name} ...")
        found[name] = part()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=200, help="rounds of the latency comparison")
    parser.add_argument("--quick", action="store_true", help="few runs of everything, no file")
    parser.add_argument("--soak", type=int, metavar="N", help="N mixed runs instead")
    parser.add_argument("--threads", type=int, default=3, help="of the soak")
    parser.add_argument("--tier", choices=("", "A", "B"), default="", help="of the boxes")
    parser.add_argument("--out", type=Path, help="the result's file")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(worker(float(options.worker[0]), int(options.worker[1])))
        return
    config = SandboxConfig(tier=options.tier)
    available = probe(config)
    if not available.ok:
        raise SystemExit(f"no boxes here: {available.cause} {available.remedy}")
    result = {
        "benchmark": "sandbox",
        **provenance(packages=("msgspec",)),
        "tier": available.tier,
        "engine": available.engine,
        "load_before": round(os.getloadavg()[0], 1),
    }
    out = options.out
    if options.soak:
        soak = Soak(config, count=options.soak, threads=options.threads, tier=available.tier)
        result["soak"] = soak.run()
    else:
        out = out or (None if options.quick else default_result_path("sandbox"))
        runs = 30 if options.quick else options.runs
        result.update(measure(config, runs=runs, quick=options.quick))
    result["load_after"] = round(os.getloadavg()[0], 1)
    emit(result, out=out)


if __name__ == "__main__":
    main()
