"""What tracing costs: events per second on six programs, and the time of a whole run in a box.

    python -m benchmarks.tracer [--repeats N] [--boxes N] > result.json

Each measurement is a fresh process that runs one program untraced and then traced into /dev/null,
with everything the real tracer does (texts of all locals, differences, JSON, batches). The best of
the repeats counts: what disturbs a measurement only makes it slower; traced times are CPU time for
the same reason. `ratio` is traced to untraced time. `boxes` is the time from the call of
`record_trace` to its return for a program that prints one line, beside a bare `python -I -S` that
prints it, taking turns in one process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.common import ROOT, provenance
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.launch import find_launcher
from workers.sandbox.probe import probe
from workers.sandbox.recorder import record_trace
from workers.sandbox.spawn import box_environment

PROGRAMS: dict[str, str] = {
    "loop": """
def main():
    total = 0
    for i in range(5000):
        total += i * i
        if total > 1000000:
            total -= 1000000
    return total
""",
    "fib": """
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def main():
    return fib(15)
""",
    "list and dict": """
def main():
    items, table = [], {}
    for i in range(300):
        items.append(i)
        table[i % 17] = items[-1]
    items.sort(reverse=True)
    return len(items) + sum(table.values())
""",
    "strings": """
def main():
    words = []
    for i in range(150):
        word = str(i) * 3
        words.append(word.upper())
        text = " ".join(words)
    return text
""",
    "class": """
class Account:
    def __init__(self):
        self.total = 0

    def deposit(self, amount):
        self.total += amount
        return self

def main():
    account = Account()
    for i in range(300):
        account.deposit(i)
    return account.total
""",
    "nested": """
def main():
    grid = [[0] * 8 for _ in range(8)]
    for i in range(8):
        for j in range(8):
            grid[i][j] = {"sum": i + j, "pair": (i, [j])}
    return grid
""",
}

_MEASURE = """
import json, os, sys, time
sys.path.insert(0, sys.argv[1])
from tracer.channel import Channel
from tracer.program import Program
from tracer.recording import Recording
program = Program(sys.stdin.read(), "main()")
program.run_module()
main = program.namespace["main"]
untraced = []
for _ in range(7):
    began = time.perf_counter()
    main()
    untraced.append(time.perf_counter() - began)
sink = os.open("/dev/null", os.O_WRONLY)
class Counting(Channel):
    chars = 0
    def add(self, record):
        Counting.chars += len(record)
        super().add(record)
channel = Counting(sink, b"benchmrk")
recording = Recording(channel=channel, codes=program.codes, max_steps=10**9, max_bytes=10**12,
                      max_value_bytes=65536, stop=sys.exit)
began = time.process_time()
recording.run(main, frozenset())
channel.flush()
traced = time.process_time() - began
print(json.dumps([min(untraced), traced, recording.steps, Counting.chars, recording.broken]))
"""


def measure_program(source: str, repeats: int) -> dict[str, Any]:
    """The best figures of `repeats` fresh processes."""
    best_untraced = best_traced = float("inf")
    events = size = 0
    for _ in range(repeats):
        done = subprocess.run(
            [sys.executable, "-s", "-P", "-S", "-B", "-c", _MEASURE, str(ROOT / "workers")],
            input=source,
            capture_output=True,
            text=True,
            check=True,
            env=box_environment() | {"LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")},
        )
        untraced, traced, events, size, broken = json.loads(done.stdout)
        if broken:
            raise SystemExit(f"the trace was not recorded whole: {broken}")
        best_untraced, best_traced = min(best_untraced, untraced), min(best_traced, traced)
    return {
        "events": events,
        "untraced_ms": round(best_untraced * 1e3, 4),
        "traced_ms": round(best_traced * 1e3, 3),
        "events_per_s": round(events / best_traced),
        "ratio": round(best_traced / best_untraced, 1),
        "record_bytes_per_event": round(size / events, 1),
    }


def measure_boxes(count: int) -> dict[str, Any]:
    """Milliseconds of `count` whole runs in cold boxes and of as many bare Pythons."""
    config = SandboxConfig()
    available = probe(config)
    if not available.ok:
        return {"skipped": f"{available.cause} {available.remedy}"}
    python = next(
        source for source, target in find_launcher(config).runtime.binds if "/bin/" in target
    )
    job = TraceJob("print(1)\n", limits=Limits())
    cancel = CancelToken()
    boxes: list[float] = []
    bare: list[float] = []
    cpu: list[float] = []
    for _ in range(count):
        began = time.perf_counter()
        result = record_trace(job, on_message=lambda _: None, cancel=cancel, config=config)
        boxes.append((time.perf_counter() - began) * 1e3)
        cpu.append(result.execution.cpu_time_s * 1e3)
        if result.status != "ok":
            raise SystemExit(f"a box ended with {result.status}: {result.message}")
        began = time.perf_counter()
        subprocess.run([python, "-I", "-S", "-c", "print(1)"], capture_output=True, check=True)
        bare.append((time.perf_counter() - began) * 1e3)
    cancel.close()
    return {
        "engine": available.engine,
        "tier": available.tier,
        "bare_python": Path(python).name,
        "runs": count,
        "box_ms": summary(boxes),
        "bare_ms": summary(bare),
        "ratio_p50": round(statistics.median(boxes) / statistics.median(bare), 2),
        "program_cpu_ms_p50": round(statistics.median(cpu), 1),
    }


def summary(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "min": round(ordered[0], 2),
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--repeats", type=int, default=9, help="processes per program")
    parser.add_argument("--boxes", type=int, default=50, help="whole runs in boxes; 0: none")
    options = parser.parse_args()
    result = {
        "benchmark": "tracer",
        **provenance(packages=("msgspec",)),
        "programs": {
            name: measure_program(source, options.repeats) for name, source in PROGRAMS.items()
        },
        "boxes": measure_boxes(options.boxes) if options.boxes else {"skipped": "not asked for"},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
