"""The result file of a program on the GPU host, written again after every step.

A call may be cut off at any time; what was measured until then must come back.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.common import provenance
from benchmarks.sglang import rehearsal

_LONGEST: Final = 6000

_PACKAGES: Final = ("sglang", "sglang-kernel", "torch", "triton", "transformers")


class Report:
    """One JSON file, and lines on standard output with the seconds since the start."""

    def __init__(self, out: Path, name: str) -> None:
        self.out = out
        self.path = out / f"sglang-{name}.json"
        self.values: dict[str, Any] = {**provenance(packages=_PACKAGES), "gpu": gpu()}
        if rehearsal.is_on():
            self.values["rehearsal"] = True
        # A tree that was copied to the GPU host has no history.
        if commit := os.environ.get("COMMIT"):
            self.values["commit"] = commit
        self._began = time.monotonic()
        out.mkdir(parents=True, exist_ok=True)
        # Told to end, it ends its servers first (`server.serving`).
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    def put(self, key: str, value: Any) -> None:
        """Add a value and write the file."""
        self.values[key] = value
        self.values["seconds"] = round(time.monotonic() - self._began, 1)
        self.path.write_text(json.dumps(self.values, indent=1, allow_nan=False) + "\n")

    def say(self, text: str) -> None:
        """A line of progress."""
        print(f"[{time.monotonic() - self._began:6.1f} s] {text}", flush=True)


def gpu() -> dict[str, str] | None:
    """The card, its memory and driver; None where there is none."""
    query = "name,memory.total,driver_version"
    try:
        done = subprocess.run(
            ["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    first = done.stdout.splitlines()[0].split(", ") if done.stdout else []
    return dict(zip(query.split(","), first, strict=False))


def options(doc: str | None) -> argparse.ArgumentParser:
    """A parser with what every program has: where to write, and how long it may take."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    out = os.environ.get("OUT", "sglang-out")
    parser.add_argument("--out", type=Path, default=Path(out))
    parser.add_argument("--limit", type=float, default=570.0, help="seconds in all")
    return parser


def fail(report: Report, error: BaseException) -> int:
    """Write down what failed, beside what failed before; exit code 1."""
    text = f"{type(error).__name__}: {error}"
    # The first line names it, and the end of a log says why.
    kept = text if len(text) < _LONGEST else f"{text[:300]}\n[...]\n{text[-_LONGEST:]}"
    report.put("failed", [*report.values.get("failed", ()), kept])
    print(f"FAILED {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    return 1
