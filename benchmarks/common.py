"""What every benchmark shares: where it ran, how long a process computed, and the result file.

A figure without its command, commit, machine and date cannot be repeated, so `provenance` puts
them into every result. `CpuMeter` also says how much of the machine was busy with something else:
a latency that was measured beside somebody's compile job is not the program's.
"""

from __future__ import annotations

import json
import math
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import psutil

ROOT: Final = Path(__file__).resolve().parents[1]

#: What a benchmark runs; a changed page or test does not change its figures.
_PROGRAM: Final = tuple(
    f":(glob){folder}/**/*.py"
    for folder in ("benchmarks", "deploy", "playground", "traces", "training", "webapp", "workers")
)


class BenchmarkFailed(Exception):
    """No figure can be given. The text says what went wrong and where to look."""


# --- where and when ------------------------------------------------------------------------


def provenance(*, packages: Iterable[str] = ()) -> dict[str, Any]:
    """Command, commit, date, hardware and versions of this run."""
    return {
        "command": shlex.join(["python", "-m", _module(), *sys.argv[1:]]),
        **_commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in packages},
        "hardware": hardware(),
    }


def hardware() -> dict[str, Any]:
    """The machine in words and numbers."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def _module() -> str:
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return spec.name if spec is not None else Path(sys.argv[0]).name


def _commit() -> dict[str, Any]:
    """The checked-out commit; `dirty` lists program files that differ from it."""
    try:
        commit = _git("rev-parse", "HEAD").strip()
        changed = _git("status", "--porcelain", "--", *_PROGRAM).splitlines()
    except (OSError, subprocess.SubprocessError):
        return {"commit": "unknown: not a git checkout", "dirty": []}
    return {"commit": commit, "dirty": [line[3:] for line in changed]}


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


# --- numbers -------------------------------------------------------------------------------


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of sorted samples: always one that was measured."""
    if not ordered:
        return math.nan
    rank = math.ceil(percent / 100 * len(ordered))
    return ordered[max(rank, 1) - 1]


def summarise(samples: Iterable[float], *, digits: int = 3) -> dict[str, float | None]:
    """p50, p95, p99, maximum and count. None where there is no sample."""
    ordered = sorted(samples)
    summary: dict[str, float | None] = {
        name: round(percentile(ordered, percent), digits) if ordered else None
        for name, percent in (("p50", 50), ("p95", 95), ("p99", 99), ("max", 100))
    }
    return {**summary, "count": len(ordered)}


def median_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The median of every number over repeats, nested dictionaries included.

    Counts that must be zero hide in a median, so the caller sums those itself.
    """
    result: dict[str, Any] = {}
    for key in rows[0]:
        values = [row[key] for row in rows if row.get(key) is not None]
        if values and all(isinstance(value, Mapping) for value in values):
            result[key] = median_of(values)
        elif values and all(_is_number(value) for value in values):
            result[key] = round(statistics.median(values), 3)
        elif not values:
            result[key] = None
    return result


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# --- processes -----------------------------------------------------------------------------


class CpuMeter:
    """CPU of named processes and of everything else, in percent of one core, since `start`."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in processes.items()}
        self._own = psutil.Process()

    def start(self) -> None:
        """Begin the measured time."""
        self._at = time.monotonic()
        self._before = {name: _seconds(process) for name, process in self._processes.items()}
        self._own_before = _seconds(self._own)
        self._busy_before = _machine_seconds()

    def stop(self) -> dict[str, float]:
        """Percent of one core per process; `other` is what the rest of the machine used."""
        wall = time.monotonic() - self._at
        busy = _machine_seconds() - self._busy_before
        used = {
            name: _seconds(process) - self._before[name]
            for name, process in self._processes.items()
        }
        own = _seconds(self._own) - self._own_before
        percent = {name: round(100 * seconds / wall, 1) for name, seconds in used.items()}
        other = busy - own - sum(used.values())
        return {**percent, "other": round(max(0.0, 100 * other / wall), 1)}


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _machine_seconds() -> float:
    """Busy time of all cores. On Linux `guest` is contained in `user`."""
    times = psutil.cpu_times()._asdict()
    idle = ("idle", "iowait", "guest", "guest_nice")
    return float(sum(value for name, value in times.items() if name not in idle))


def rss_bytes(pid: int) -> int:
    """Resident memory of a process."""
    return int(psutil.Process(pid).memory_info().rss)


# --- the result ----------------------------------------------------------------------------


def default_result_path(benchmark: str) -> Path:
    """`benchmarks/results/2026-01-31-stream.json`."""
    today = datetime.now(UTC).date().isoformat()
    return ROOT / "benchmarks" / "results" / f"{today}-{benchmark}.json"


def emit(result: Mapping[str, Any], *, out: Path | None) -> None:
    """Print the result as JSON, and keep it in `out`."""
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def tell(text: str) -> None:
    """A line for the person who waits; standard output holds nothing but JSON."""
    print(text, file=sys.stderr, flush=True)
