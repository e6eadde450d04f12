"""Control groups: on made-up trees of both versions, and on the machine's own."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workers.sandbox import cgroup
from workers.sandbox.cgroup import Cgroup, CgroupUnavailable, Hierarchy, Usage
from workers.sandbox.config import Limits
from workers.sandbox.hierarchy import find_hierarchy

V1_CONTROLLERS = ("memory", "pids", "cpu", "cpuacct")


@pytest.fixture
def fake_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let plain folders be removed with their files, as the kernel's are."""
    monkeypatch.setattr(Path, "rmdir", lambda self: shutil.rmtree(self))


def fake_proc(root: Path, mounts: str, own: str) -> Path:
    proc = root / "proc"
    (proc / "self").mkdir(parents=True)
    (proc / "self/mounts").write_text(mounts)
    (proc / "self/cgroup").write_text(own)
    return proc


def second(root: Path, own: str = "worker", controllers: str = "cpu io memory pids") -> Path:
    """A made-up version 2 tree with this process in `own`; returns its /proc."""
    tree = root / "tree"
    (tree / own).mkdir(parents=True)
    for folder in [tree, tree / own, *(tree / own).parents]:
        if folder.is_relative_to(tree):
            (folder / "cgroup.controllers").write_text(controllers + "\n")
            (folder / "cgroup.procs").write_text("")
    return fake_proc(root, f"cgroup2 {tree} cgroup2 rw,nosuid 0 0\n", f"0::/{own}\n")


def first(root: Path, controllers: tuple[str, ...] = V1_CONTROLLERS) -> Path:
    """A made-up version 1 machine; returns its /proc."""
    mounts = f"tmpfs {root} tmpfs rw 0 0\n"
    for name in controllers:
        (root / name).mkdir()
        mounts += f"cgroup {root / name} cgroup rw,relatime,{name} 0 0\n"
    return fake_proc(root, mounts, "3:memory:/somewhere/deep\n1:name=systemd:/\n")


def text(folder: Path, name: str) -> str:
    return (folder / name).read_text()


# --- finding ------------------------------------------------------------------------------------


def test_version_2_is_found_below_the_groups_own_folder(tmp_path: Path) -> None:
    found = find_hierarchy(second(tmp_path))
    assert found.version == 2
    assert {folder for _, folder in found.folders} == {tmp_path / "tree/worker"}
    assert text(tmp_path / "tree/worker", "cgroup.subtree_control") == "+memory +pids +cpu"


def test_a_worker_in_the_supervisor_group_makes_boxes_beside_it(tmp_path: Path) -> None:
    found = find_hierarchy(second(tmp_path, own="worker/supervisor"))
    assert {folder for _, folder in found.folders} == {tmp_path / "tree/worker"}


def test_a_group_with_processes_is_emptied_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proc = second(tmp_path)
    base = tmp_path / "tree/worker"
    (base / "cgroup.procs").write_text("17\n")
    write = Path.write_text
    refused: list[str] = []

    def write_text(self: Path, data: str, *args: Any, **rest: Any) -> int:
        if self.name == "cgroup.subtree_control" and not (base / cgroup.SUPERVISOR).exists():
            refused.append(data)
            raise OSError(errno.EBUSY, "busy")
        return write(self, data, *args, **rest)

    monkeypatch.setattr(Path, "write_text", write_text)
    find_hierarchy(proc)
    assert refused
    assert text(base / cgroup.SUPERVISOR, "cgroup.procs") == "17"


def test_a_group_that_is_not_delegated_is_no_place_for_boxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proc = second(tmp_path)

    def write_text(self: Path, data: str) -> int:
        raise OSError(errno.EACCES, "denied")

    monkeypatch.setattr(Path, "write_text", write_text)
    with pytest.raises(CgroupUnavailable, match="not delegated"):
        find_hierarchy(proc)


def test_a_second_tree_without_controllers_is_passed_over(tmp_path: Path) -> None:
    proc = first(tmp_path)
    (tmp_path / "unified").mkdir()
    (tmp_path / "unified/cgroup.controllers").write_text("hugetlb\n")
    with (proc / "self/mounts").open("a") as mounts:
        mounts.write(f"cgroup2 {tmp_path / 'unified'} cgroup2 rw 0 0\n")
    found = find_hierarchy(proc)
    assert found.version == 1
    expected = {name: tmp_path / name / "cwm-playground" for name in V1_CONTROLLERS}
    assert dict(found.folders) == {**expected, "cpu": tmp_path / "cpu"}


def test_without_the_two_controllers_there_is_no_hierarchy(tmp_path: Path) -> None:
    with pytest.raises(CgroupUnavailable, match="no cgroup tree"):
        find_hierarchy(first(tmp_path, ("cpu", "pids")))


def test_version_1_that_cannot_be_written_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proc = first(tmp_path)

    def mkdir(self: Path, **_: Any) -> None:
        raise PermissionError(errno.EACCES, "denied")

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(CgroupUnavailable, match="root"):
        find_hierarchy(proc)


# --- one group ----------------------------------------------------------------------------------

LIMITS = Limits(memory_bytes=64 << 20, processes=7)


def test_limits_of_version_2_bound_memory_processes_and_cpu(tmp_path: Path) -> None:
    group = find_hierarchy(second(tmp_path)).create()
    group.limit(LIMITS)
    (folder,) = group.distinct()
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "memory.max": str(64 << 20),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "9",
        "cpu.max": "100000 100000",
    }


def test_limits_of_version_1_bound_memory_processes_and_cpu(tmp_path: Path) -> None:
    group = find_hierarchy(first(tmp_path)).create()
    group.limit(LIMITS)
    written = {
        path.name: path.read_text() for folder in group.distinct() for path in folder.iterdir()
    }
    assert written == {
        "memory.limit_in_bytes": str(64 << 20),
        "memory.memsw.limit_in_bytes": str(64 << 20),
        "pids.max": "9",
        "cpu.cfs_period_us": "100000",
        "cpu.cfs_quota_us": "100000",
    }


def test_a_process_is_added_to_every_tree(tmp_path: Path) -> None:
    group = find_hierarchy(first(tmp_path)).create()
    for folder in group.distinct():
        (folder / "cgroup.procs").write_text("")
    group.add(42)
    assert [text(folder, "cgroup.procs") for folder in group.distinct()] == ["42"] * 4
    assert group.processes() == [42]


def test_a_process_that_is_in_some_trees_is_added_to_the_others(tmp_path: Path) -> None:
    group = find_hierarchy(first(tmp_path)).create()
    for number, folder in enumerate(group.distinct()):
        (folder / "cgroup.procs").write_text("1\n42\n" if number % 2 else "1\n")
    group.add(42)
    assert [text(folder, "cgroup.procs") for folder in group.distinct()] == ["42", "1\n42\n"] * 2


def test_the_usage_of_version_2_is_read(tmp_path: Path) -> None:
    group = find_hierarchy(second(tmp_path)).create()
    (folder,) = group.distinct()
    (folder / "memory.peak").write_text("123\n")
    (folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    (folder / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    (folder / "pids.events").write_text("max 5\n")
    assert group.usage() == Usage(123, 1.5, 2, 5)


def test_the_usage_of_version_1_is_read(tmp_path: Path) -> None:
    group = find_hierarchy(first(tmp_path)).create()
    folders = group._folders
    (folders["memory"] / "memory.max_usage_in_bytes").write_text("123\n")
    (folders["memory"] / "memory.oom_control").write_text("oom_kill_disable 0\noom_kill 2\n")
    (folders["cpuacct"] / "cpuacct.usage").write_text("1500000000\n")
    (folders["pids"] / "pids.events").write_text("max 5\n")
    assert group.usage() == Usage(123, 1.5, 2, 5)


def test_facts_that_a_kernel_does_not_have_are_zero(tmp_path: Path) -> None:
    group = find_hierarchy(second(tmp_path)).create()
    (folder,) = group.distinct()
    (folder / "memory.events").write_text("nonsense\noom_kill many\n")
    assert group.usage() == Usage()


def test_version_2_kills_with_one_write(tmp_path: Path) -> None:
    group = find_hierarchy(second(tmp_path)).create()
    group.kill()
    assert text(group.distinct()[0], "cgroup.kill") == "1"


def test_version_1_kills_one_by_one(tmp_path: Path) -> None:
    group = find_hierarchy(first(tmp_path)).create()
    with subprocess.Popen(["sleep", "60"]) as process:
        for folder in group.distinct():
            (folder / "cgroup.procs").write_text(f"{process.pid}\n")
        group.kill()
        assert process.wait(30) == -9


@pytest.mark.usefixtures("fake_folders")
def test_groups_of_workers_that_are_gone_are_swept(tmp_path: Path) -> None:
    hierarchy = find_hierarchy(first(tmp_path))
    own = hierarchy.create()
    gone = subprocess.Popen(["true"])
    gone.wait()
    for folder in own.distinct():
        (folder.parent / folder.name.replace(f"-{os.getpid()}-", f"-{gone.pid}-")).mkdir()
        (folder.parent / f"cwm-box-1-{gone.pid}-0").mkdir()
    assert hierarchy.sweep() == 4
    left = {path.name for path in hierarchy.groups()}
    # Its own, and that of a pid namespace in which the number means another process.
    assert left == {own.distinct()[0].name, f"cwm-box-1-{gone.pid}-0"}


@pytest.mark.usefixtures("fake_folders")
def test_a_group_that_cannot_be_made_whole_is_not_left_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hierarchy = find_hierarchy(first(tmp_path))
    make = Path.mkdir

    def mkdir(self: Path, *args: Any, **rest: Any) -> None:
        if "pids" in self.parts:
            raise OSError(errno.ENOSPC, "full")
        make(self, *args, **rest)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(CgroupUnavailable, match="full"):
        hierarchy.create()
    assert hierarchy.groups() == []


# --- the machine's own --------------------------------------------------------------------------


@pytest.fixture
def real() -> Iterator[Hierarchy]:
    try:
        hierarchy = find_hierarchy()
        group = hierarchy.create()
    except CgroupUnavailable as problem:
        pytest.skip(str(problem))
    group.remove()
    yield hierarchy
    assert [path for path in hierarchy.groups() if f"-{os.getpid()}-" in path.name] == []


def started_in(group: Cgroup, code: str) -> subprocess.Popen[bytes]:
    """A Python that runs `code` once it is in the group."""
    process = subprocess.Popen([sys.executable, "-c", f"input()\n{code}"], stdin=subprocess.PIPE)
    group.add(process.pid)
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    return process


@pytest.mark.sandbox
def test_memory_of_several_processes_is_bounded_together(real: Hierarchy) -> None:
    group = real.create()
    group.limit(Limits(memory_bytes=48 << 20))
    code = (
        "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n"
        "        kept = bytearray(20 << 20)\n        time.sleep(60)\nos.wait()\nos._exit(3)"
    )
    process = started_in(group, code)
    try:
        assert process.wait(60) in (3, -9)
        assert group.usage().oom_kills >= 1
        assert group.usage().memory_peak_bytes <= 48 << 20
    finally:
        assert group.remove()
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.sandbox
def test_processes_beyond_the_limit_are_refused_and_counted(real: Hierarchy) -> None:
    group = real.create()
    group.limit(Limits(processes=4))
    code = (
        "import os, time\ntry:\n    for _ in range(9):\n        os.fork() or time.sleep(60)\n"
        "except BlockingIOError:\n    os._exit(7)"
    )
    process = started_in(group, code)
    try:
        assert process.wait(60) == 7
        assert group.usage().processes_refused >= 1
        assert len(group.processes()) == 5
    finally:
        assert group.remove()
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.sandbox
def test_a_child_is_born_in_the_group_and_the_thread_is_back_where_it_was(real: Hierarchy) -> None:
    if not real.tops:
        pytest.skip("only version 1 lets a thread go there by itself")
    before = Path("/proc/thread-self/cgroup").read_text()
    group = real.create()
    with real.born_in(group):
        process = subprocess.Popen(["sleep", "60"])
        assert group.processes() == [process.pid]
    try:
        assert Path("/proc/thread-self/cgroup").read_text() == before
        assert not group.add(process.pid)
        # This process was among the group's for a moment, and is not killed with it.
        with real.born_in(group):
            group.kill()
    finally:
        assert process.wait(30) == -9
        assert group.remove()


@pytest.mark.sandbox
def test_a_box_that_waits_for_cpu_time_can_be_killed_at_once(real: Hierarchy) -> None:
    group = real.create()
    group.limit(Limits())
    process = started_in(
        group, "import os\nfor _ in range(3): os.fork()\nprint(flush=True)\nwhile True: pass"
    )
    try:
        time.sleep(0.3)
        group.kill()
        assert process.wait(30) == -9
        quota = {1: ("cpu.cfs_quota_us", "-1"), 2: ("cpu.max", "max")}[real.version]
        folder = dict(group._folders).get("cpu")
        if folder is not None and (folder / quota[0]).exists():
            assert text(folder, quota[0]).startswith(quota[1])
    finally:
        assert group.remove()
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.sandbox
def test_removing_a_group_kills_what_is_in_it(real: Hierarchy) -> None:
    group = real.create()
    process = started_in(group, "import time\ntime.sleep(60)")
    began = time.monotonic()
    # A zombie counts as gone for the kernel's own groups.
    assert group.remove()
    assert process.wait(30) == -9
    assert time.monotonic() - began < 30
    assert process.stdin is not None
    process.stdin.close()
