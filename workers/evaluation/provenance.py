"""Where a figure comes from: commit, machine, model. Without these it cannot be checked."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from workers.runtime import artefact

#: Folders whose uncommitted changes could change a figure.
_PROGRAM = ("traces", "workers", "benchmarks/suites", "models")


def commit(root: Path) -> str:
    """The checked-out commit, and whether the program differs from it."""
    try:
        head = _git(root, "rev-parse", "--short=12", "HEAD").strip()
        changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", *_PROGRAM)
    except (OSError, subprocess.SubprocessError):
        return "unknown (not a git checkout)"
    return f"{head} with local changes" if changed.strip() else head


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", f"safe.directory={root}", *arguments]
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        command, cwd=root, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


def hardware() -> str:
    """This machine's processor and how much of it there is, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_cpu_name()}, {cores} cores"


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def model_artefact(folder: Path) -> dict[str, Any] | None:
    """Which weights: version, size and SHA-256 by the folder's manifest. None without one."""
    if not artefact.exists(folder):
        return None
    manifest = artefact.read_manifest(folder)
    return {
        "name": manifest.name,
        "version": manifest.version,
        "quantisation": manifest.quantisation,
        "bytes": manifest.gguf.bytes,
        "sha256": manifest.gguf.sha256,
    }
