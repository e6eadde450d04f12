"""A command that goes on between calls: its log comes in parts, its results at the end."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "training" / "gpu" / "background.sh"


class Lent:
    """A machine on which calls follow each other."""

    def __init__(self, folder: Path) -> None:
        self.results = folder / "results"
        self.base = folder / "background"
        self._env = os.environ | {"BACKGROUND_FOLDER": str(self.base), "OUT": str(self.results)}

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", str(SCRIPT), *words],
            env=self._env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def lent(tmp_path: Path) -> Lent:
    return Lent(tmp_path)


def test_the_log_comes_in_parts_and_the_results_at_the_end(lent: Lent, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    wait = f"while [ ! -e {gate} ]; do sleep 0.05; done"
    program = f"echo one; {wait}; echo two; echo found >$OUT/result"
    assert lent.call("start", "bash", "-c", program).returncode == 0
    assert lent.call("start", "true").returncode == 1
    first = lent.call("follow", "1")
    assert (first.returncode, first.stdout) == (0, "one\nit goes on\n")
    assert not lent.results.exists()
    gate.touch()
    second = lent.call("follow", "30")
    assert (second.returncode, second.stdout) == (0, "two\n")
    assert (lent.results / "result").read_text() == "found\n"


def test_the_status_of_the_command_is_told(lent: Lent) -> None:
    lent.call("start", "bash", "-c", "exit 3")
    assert lent.call("follow", "30").returncode == 3


def test_a_killed_command_is_not_waited_for(lent: Lent) -> None:
    lent.call("start", "sleep", "600")
    os.killpg(int((lent.base / "pid").read_text()), signal.SIGKILL)
    assert lent.call("follow", "30").returncode == 137
