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
    """A host whose Python does nothing but say how it was called and write a result."""
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\n"
        'echo "$COMMIT $@"\n'
        f"mkdir -p {tmp_path}/results\n"
        f'echo "{{}}" > {tmp_path}/results/sglang-of-a-program.json\n'
    )
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


def bundle(host: dict[str, str], call: str) -> Path:
    return Path(host["OUT"]).parent / "bundle" / call


def kept(host: dict[str, str], call: str) -> list[str]:
    """Names of what a visit sends back."""
    with tarfile.open(Path(host["OUT"]) / f"visit-{call}.tar.gz") as archive:
        return archive.getnames()


def visit(host: dict[str, str], call: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return ask(host, "visit", call, **changes)


def ask(
    host: dict[str, str], command: str, call: str, **changes: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "deploy/sglang/gpu.sh", command, call, str(bundle(host, call).parent)],
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
    assert [line.split()[0] for line in steps] == ["unpack", "imports", "correctness"]
    assert all(line.endswith("status 0") for line in steps)
    assert "./sglang-of-a-program.json" in kept(host, "2")
    assert len(list(out.iterdir())) == 2


def test_the_ends_of_logs_come_back(host: dict[str, str]) -> None:
    complete(host)
    assert visit(host, "2").returncode == 0
    ends = [name for name in kept(host, "2") if name.startswith("./ends/results-correctness")]
    assert ends == ["./ends/results-correctness.txt"]
    assert not [name for name in kept(host, "2") if "pids" in name]


def test_results_say_which_commit_travelled(host: dict[str, str]) -> None:
    complete(host)
    (bundle(host, "2") / "commit").write_text("0123abc\n")
    found = visit(host, "2")
    assert "0123abc -m benchmarks.sglang.correctness" in found.stdout


def test_two_programs_that_time_nothing_run_side_by_side(host: dict[str, str]) -> None:
    complete(host)
    (Path(host["SGLANG_SITE"]) / ".imported").touch()
    found = visit(host, "3", VISIT_SECONDS="100")
    assert "benchmarks.sglang.pocket compare" in found.stdout
    assert "benchmarks.sglang.record" in found.stdout
    steps = (Path(host["OUT"]) / "visit-3.txt").read_text().splitlines()
    assert steps[2].startswith("pocket+stack+record")
    assert steps[2].endswith("status 0")
    assert all("not begun" in line for line in steps[3:])


def test_one_of_them_that_fails_is_noted(host: dict[str, str]) -> None:
    complete(host)
    python = Path(host["PYTHON"])
    python.write_text(python.read_text() + 'case "$*" in *sglang.pocket*) exit 3 ;; esac\n')
    assert visit(host, "3", VISIT_SECONDS="100").returncode == 0
    steps = (Path(host["OUT"]) / "visit-3.txt").read_text().splitlines()
    assert steps[2].endswith("status 3")


def test_a_step_for_which_too_little_time_is_left_is_not_begun(host: dict[str, str]) -> None:
    complete(host)
    assert visit(host, "2", VISIT_SECONDS="50").returncode == 0
    steps = (Path(host["OUT"]) / "visit-2.txt").read_text().splitlines()
    assert "status 0" in steps[1]
    assert "not begun" in steps[2]


def test_half_a_bundle_is_not_unpacked(host: dict[str, str]) -> None:
    part = bundle(host, "2")
    (part / "site.tar.xz.01").write_bytes(b"second")
    second = hashlib.sha256(b"second").hexdigest()
    sums = f"{'0' * 64}  site.tar.xz.00\n{second}  site.tar.xz.01\n"
    (part / "SHA256SUMS").write_text(sums)
    found = visit(host, "2")
    assert found.returncode == 1
    assert "begin again with visit 1" in found.stderr


def test_a_part_that_was_damaged_on_the_way_ends_the_visit(host: dict[str, str]) -> None:
    part = bundle(host, "2")
    (part / "site.tar.xz.01").write_bytes(b"second")
    (part / "SHA256SUMS").write_text(f"{'0' * 64}  site.tar.xz.01\n")
    assert visit(host, "2").returncode == 1
    assert not Path(host["OUT"]).exists()


def test_a_part_may_be_taken_alone(host: dict[str, str]) -> None:
    (bundle(host, "2") / "site.tar.xz.01").write_bytes(b"second")
    assert ask(host, "take", "2").returncode == 0
    assert (Path(host["SGLANG_STORE"]) / "site.tar.xz.01").read_bytes() == b"second"
    assert not Path(host["OUT"]).exists()


def test_there_are_three_visits(host: dict[str, str]) -> None:
    assert visit(host, "4").returncode == 2
