"""Recordings come from boxes, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.evaluation.programs import counting
from workers.evaluation.reality import BoxRecorder, RealityUnavailable, code_digest
from workers.evaluation.suites import Item
from workers.sandbox.config import SandboxConfig


@pytest.mark.sandbox
def test_a_recording_is_what_the_program_does_and_is_made_once(tmp_path: Path) -> None:
    item, known = counting(3)
    recording = BoxRecorder(SandboxConfig(), tmp_path).record(item)
    assert recording.events == known.events
    assert recording.status == "ok"
    nowhere = BoxRecorder(SandboxConfig(bwrap=Path("/nowhere/bwrap")), tmp_path)
    assert nowhere.record(item) == recording


def test_without_a_sandbox_nothing_runs_and_the_remedy_is_named(tmp_path: Path) -> None:
    recorder = BoxRecorder(SandboxConfig(bwrap=Path("/nowhere/bwrap")), tmp_path)
    with pytest.raises(RealityUnavailable, match="bubblewrap"):
        recorder.check()
    with pytest.raises(RealityUnavailable):
        recorder.record(Item("x", "def f():\n    pass\n", "f()"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sandbox
def test_a_damaged_recording_is_made_again(tmp_path: Path) -> None:
    item, known = counting(1)
    recorder = BoxRecorder(SandboxConfig(), tmp_path)
    recorder.record(item)
    [path] = tmp_path.iterdir()
    path.write_bytes(b"{")
    assert recorder.record(item).events == known.events


def test_the_digest_changes_with_the_code(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "a.py"
    file.parent.mkdir()
    file.write_text("a = 1\n")
    before = code_digest(tmp_path)
    file.write_text("a = 2\n")
    assert code_digest(tmp_path) != before
