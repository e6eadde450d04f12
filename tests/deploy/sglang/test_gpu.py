"""A visit to a GPU host: what it keeps, what it does not begin, what it refuses."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def host(tmp_path: Path) -> dict[str, str]:
    """A host whose Python does nothing but write a result."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "{{}}" > {tmp_path}/results/sglang-of-a-program.json\n')
    python.chmod(0o755)
    (tmp_path / "bundle" / "2").mkdir(parents=True)
    return {
        **os.environ,
        "PYTHON": str(python),
        "OUT": str(tmp_path / "out"),
        "SGLANG_STORE": str(tmp_path / "store"),
        "SGLANG_SITE": str(tmp_path / "site"),
        "SGLANG_WORK": str(tmp_path / "results"),
        "STACK_SITE": str(tmp_path / "stack"),
    }


def visit(host: dict[str, str], call: str, **changes: str) -> subprocess.CompletedProcess[str]:
    folder = Path(host["OUT"]).parent / "bundle"
    return subprocess.run(
        ["bash", "deploy/sglang/gpu.sh", "visit", call, str(folder)],
        cwd=ROOT,
        env={**host, **changes},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def complete(host: dict[str, str]) -> None:
    """As if the bundle had been unpacked."""
    for name in ("SGLANG_SITE", "STACK_SITE"):
        Path(host[name]).mkdir()
        (Path(host[name]) / ".complete").touch()


def test_every_step_is_noted_and_its_results_come_back(host: dict[str, str]) -> None:
    complete(host)
    assert visit(host, "2").returncode == 0
    out = Path(host["OUT"])
    steps = (out / "visit-2.txt").read_text().splitlines()
    assert [line.split()[0] for line in steps] == ["unpack", "imports", "correctness", "fp8+mix"]
    assert all(line.endswith("status 0") for line in steps)
    with tarfile.open(out / "visit-2.tar.gz") as kept:
        assert "./sglang-of-a-program.json" in kept.getnames()
    assert len(list(out.iterdir())) == 2


def test_a_step_for_which_too_little_time_is_left_is_not_begun(host: dict[str, str]) -> None:
    complete(host)
    assert visit(host, "2", VISIT_SECONDS="100").returncode == 0
    steps = (Path(host["OUT"]) / "visit-2.txt").read_text().splitlines()
    assert "status 0" in steps[2]
    assert "not begun" in steps[3]


def test_half_a_bundle_is_not_unpacked(host: dict[str, str]) -> None:
    bundle = Path(host["OUT"]).parent / "bundle" / "2"
    (bundle / "site.tar.xz.01").write_bytes(b"second")
    second = hashlib.sha256(b"second").hexdigest()
    sums = f"{'0' * 64}  site.tar.xz.00\n{second}  site.tar.xz.01\n"
    (bundle / "SHA256SUMS").write_text(sums)
    found = visit(host, "2")
    assert found.returncode == 1
    assert "begin again with visit 1" in found.stderr


def test_a_part_that_was_damaged_on_the_way_ends_the_visit(host: dict[str, str]) -> None:
    bundle = Path(host["OUT"]).parent / "bundle" / "2"
    (bundle / "site.tar.xz.01").write_bytes(b"second")
    (bundle / "SHA256SUMS").write_text(f"{'0' * 64}  site.tar.xz.01\n")
    assert visit(host, "2").returncode == 1
    assert not Path(host["OUT"]).exists()


def test_there_are_three_visits(host: dict[str, str]) -> None:
    assert visit(host, "4").returncode == 2
