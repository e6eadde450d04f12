"""Which boxes may run code: refuse unless somebody decided otherwise."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.launch import find_launcher, launch
from workers.sandbox.probe import probe
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import Message, Output, TraceResult
from workers.sandbox.unavailable import SandboxUnavailable


@pytest.mark.parametrize("tier", ["C", "W", "D", "Z", "a"])
def test_asking_for_a_tier_without_boxes_is_refused(tier: str) -> None:
    with pytest.raises(SandboxUnavailable, match=f"tier {tier} is refused"):
        find_launcher(SandboxConfig(tier=tier))


@pytest.mark.sandbox
def test_tier_b_can_be_asked_for_where_a_is_possible(boxes: SandboxConfig) -> None:
    found = probe(dataclasses.replace(boxes, tier="B"))
    assert (found.tier, found.cause) == ("B", "")


@pytest.mark.sandbox
def test_tier_a_is_given_or_refused_but_never_replaced(boxes: SandboxConfig) -> None:
    found = probe(dataclasses.replace(boxes, tier="A"))
    assert found.tier == "A" or "cgroup" in found.cause


# --- programs that start processes ----------------------------------------------------------------

Ran = tuple[TraceResult, str]


def run(config: SandboxConfig, source: str, limits: Limits, *, fork: bool = True) -> Ran:
    messages: list[Message] = []
    cancel = CancelToken()
    job = TraceJob(source, limits=limits, fork=fork)
    result = record_trace(job, on_message=messages.append, cancel=cancel, config=config)
    cancel.close()
    return result, "".join(m.text for m in messages if isinstance(m, Output))


@pytest.fixture
def tier_a(boxes: SandboxConfig) -> SandboxConfig:
    config = dataclasses.replace(boxes, tier="A")
    found = probe(config)
    if not found.ok:
        pytest.skip(found.cause)
    return config


FAMILY = """
import os

def main():
    pid = os.fork()
    if pid == 0:
        print("child")
        return "of the child"
    os.waitpid(pid, 0)
    print("parent")
    return "of the parent"
"""


@pytest.mark.sandbox
def test_a_program_may_fork_in_tier_a_and_only_the_parent_is_traced(
    tier_a: SandboxConfig,
) -> None:
    result, written = run(tier_a, FAMILY, Limits())
    assert result.status == "ok", result.message
    assert sorted(written.split()) == ["child", "parent"]
    untraced = FAMILY.replace("    if pid == 0", "    if False")
    assert result.steps < run(tier_a, untraced, Limits())[0].steps + 3


@pytest.mark.sandbox
def test_a_ready_box_is_in_every_tree_of_its_group(tier_a: SandboxConfig) -> None:
    # Moved tree by tree while it starts, it is at some moments in some trees only.
    launcher = find_launcher(tier_a)
    for _ in range(20):
        box = launch(launcher, Limits())
        try:
            assert box.await_ready(60)
            assert box._cgroup is not None
            for folder in box._cgroup.distinct():
                assert str(box._pid) in (folder / "cgroup.procs").read_text().split()
        finally:
            box.destroy()


@pytest.mark.sandbox
def test_a_program_may_not_fork_in_tier_b_whatever_the_job_says(boxes: SandboxConfig) -> None:
    result, written = run(dataclasses.replace(boxes, tier="B"), FAMILY, Limits())
    assert (result.status, result.error_type) == ("exception", "PermissionError")
    assert "child" not in written


@pytest.mark.sandbox
def test_a_program_may_not_fork_in_tier_a_unless_its_job_says_so(tier_a: SandboxConfig) -> None:
    result, _ = run(tier_a, FAMILY, Limits(), fork=False)
    assert (result.status, result.error_type) == ("exception", "PermissionError")


FAMILY_OF_THE_LIBRARY = """
import multiprocessing, os
from multiprocessing import shared_memory

def square(queue, lock, n):
    with lock:
        queue.put(n * n)

def main():
    method = multiprocessing.get_context("fork")
    queue, lock = method.SimpleQueue(), method.Lock()
    processes = [method.Process(target=square, args=(queue, lock, n)) for n in (2, 3)]
    for process in processes:
        process.start()
    found = sorted(queue.get() for _ in processes)
    for process in processes:
        process.join()
    print(found, os.listdir("/work"))
"""


@pytest.mark.sandbox
@pytest.mark.parametrize("in_one_folder", [True, False])
def test_multiprocessing_works_where_a_program_may_fork(
    tier_a: SandboxConfig, *, in_one_folder: bool
) -> None:
    config = tier_a
    if not in_one_folder:
        config = dataclasses.replace(tier_a, runtime_dir=Path("/proc/nowhere"))
    assert bool(find_launcher(config).runtime.root) == in_one_folder
    result, written = run(config, FAMILY_OF_THE_LIBRARY, Limits(steps=10**6))
    assert (result.status, written) == ("ok", "[4, 9] []\n"), result.message


@pytest.mark.sandbox
def test_multiprocessing_fails_by_a_clear_error_where_it_may_not(boxes: SandboxConfig) -> None:
    result, _ = run(boxes, FAMILY_OF_THE_LIBRARY, Limits(), fork=False)
    assert (result.status, result.error_type) == ("exception", "PermissionError")
    assert "Operation not permitted" in result.message


BOMB = """
import os, time

def main():
    started = 0
    try:
        while True:
            if os.fork() == 0:
                time.sleep(60)
            started += 1
    except BlockingIOError:
        print(started)
"""


@pytest.mark.sandbox
def test_a_fork_bomb_ends_at_the_limit_of_processes(tier_a: SandboxConfig) -> None:
    result, written = run(tier_a, BOMB, Limits(processes=8, wall_s=30))
    assert result.status == "ok", result.message
    assert 1 <= int(written) <= 8


SPLIT = """
import os, time

def main():
    for _ in range(8):
        if os.fork() == 0:
            kept = bytearray(30 << 20)
            time.sleep(60)
    time.sleep(60)
"""


@pytest.mark.sandbox
def test_memory_split_over_processes_is_counted_together(tier_a: SandboxConfig) -> None:
    result, _ = run(tier_a, SPLIT, Limits(memory_bytes=160 << 20, wall_s=30))
    assert (result.status, result.execution.status) == ("memory", "memory_limit")
    assert result.execution.oom_killed


BURN = """
import os

def main():
    for _ in range(3):
        if os.fork() == 0:
            break
    while True:
        sum(range(100000))
"""


@pytest.mark.sandbox
def test_cpu_time_split_over_processes_is_counted_together(tier_a: SandboxConfig) -> None:
    result, _ = run(tier_a, BURN, Limits(cpu_s=1, wall_s=60, steps=10**6))
    assert (result.status, result.execution.status) == ("time", "cpu_limit")
