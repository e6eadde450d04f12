"""Running a program under the undefended tracer of `probes/naive_tracer.py`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.attacks.harness import HERE
from workers.sandbox.pyruntime import loader_environment
from workers.sandbox.spawn import Launcher


def events_of_naive_tracer(source: str, launcher: Launcher, folder: Path) -> list[Any]:
    """(kind, line, variables, return value) of each event of `main`; empty where it broke."""
    path = folder / "solution.py"
    path.write_text(source)
    python = launcher.runtime.binds[0][0]
    done = subprocess.run(
        [python, "-S", "-s", "-B", str(HERE / "probes" / "naive_tracer.py"), str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=loader_environment(),
    )
    try:
        events = json.loads(done.stdout)
    except ValueError:
        return []
    return events if isinstance(events, list) else []
