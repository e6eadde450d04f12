"""Armed boxes: used once, replaced, and gone at the end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workers.sandbox.box import Box
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.launch import find_launcher
from workers.sandbox.pool import BoxPool
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import Message, Output, TraceResult

pytestmark = pytest.mark.sandbox
PATIENCE_S = 60.0


@pytest.fixture
def pool(boxes: SandboxConfig) -> Iterator[BoxPool]:
    with BoxPool(boxes, size=1) as pool:
        assert pool.wait_until_full(PATIENCE_S)
        yield pool
    assert pool.armed() == 0
    assert box_processes() == []
    assert groups(boxes) == []


def box_processes() -> list[int]:
    """Processes of boxes that are children of this process."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(word) for path in children for word in path.read_text().split()]
    found = []
    for pid in pids:
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and b"/box/boot.pyc" in command.read_bytes():
            found.append(pid)
    return found


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def groups(config: SandboxConfig) -> list[str]:
    hierarchy = find_launcher(config).hierarchy
    if hierarchy is None:
        return []
    return [path.name for path in hierarchy.groups() if f"-{os.getpid()}-" in path.name]


def run(
    boxes: SandboxConfig, pool: BoxPool, source: str, limits: Limits | None = None
) -> tuple[TraceResult, str]:
    messages: list[Message] = []
    cancel = CancelToken()
    job = TraceJob(source, limits=limits or Limits())
    result = record_trace(job, on_message=messages.append, cancel=cancel, config=boxes, pool=pool)
    cancel.close()
    return result, "".join(m.text for m in messages if isinstance(m, Output))


def test_a_run_uses_an_armed_box_up_and_another_takes_its_place(
    boxes: SandboxConfig, pool: BoxPool
) -> None:
    before = box_processes()
    for number in range(3):
        assert pool.wait_until_full(PATIENCE_S)
        result, written = run(boxes, pool, f"print({number})\n")
        assert (result.status, written) == ("ok", f"{number}\n")
    assert pool.wait_until_full(PATIENCE_S)
    assert len(box_processes()) == 1
    assert box_processes() != before


def test_armed_boxes_share_nothing(boxes: SandboxConfig, pool: BoxPool) -> None:
    leave = "open('/work/left', 'w').write('x')\nimport builtins\nbuiltins.left = 1\n"
    look = "import os, builtins\nprint(os.listdir('/work'), hasattr(builtins, 'left'))\n"
    assert run(boxes, pool, leave)[0].status == "ok"
    assert pool.wait_until_full(PATIENCE_S)
    assert run(boxes, pool, look)[1] == "[] False\n"


def test_an_empty_pool_does_not_stop_a_run(boxes: SandboxConfig, pool: BoxPool) -> None:
    lent = pool.take(Limits())
    assert lent is not None
    assert pool.take(Limits()) is None
    assert run(boxes, pool, "print(1)\n")[1] == "1\n"
    lent.destroy()


def test_limits_of_a_run_hold_in_an_armed_box(boxes: SandboxConfig, pool: BoxPool) -> None:
    result, _ = run(boxes, pool, "import time\ntime.sleep(60)\n", Limits(wall_s=0.3))
    assert result.execution.status == "wall_limit"


def test_a_run_with_another_work_folder_gets_a_cold_box(
    boxes: SandboxConfig, pool: BoxPool
) -> None:
    assert pool.take(Limits(files=7)) is None
    assert run(boxes, pool, "print(1)\n", Limits(files=64))[1] == "1\n"
    assert pool.armed() == 1


def test_a_dead_box_is_not_handed_out(boxes: SandboxConfig, pool: BoxPool) -> None:
    (monitor,) = box_processes()
    os.kill(monitor, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while state_of(monitor) != "Z" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert pool.take(Limits()) is None
    assert pool.wait_until_full(PATIENCE_S)
    assert run(boxes, pool, "print(1)\n")[1] == "1\n"


def test_closing_waits_for_a_box_in_use(boxes: SandboxConfig) -> None:
    pool = BoxPool(boxes, size=1).start()
    assert pool.wait_until_full(PATIENCE_S)
    box = pool.take(Limits())
    assert box is not None
    assert not pool.close(0.2)
    assert box.is_fresh()
    box.destroy()
    assert pool.close(PATIENCE_S)
    assert pool.take(Limits()) is None


def test_a_pool_of_none_starts_nothing(boxes: SandboxConfig) -> None:
    with BoxPool(boxes, size=0) as pool:
        assert pool.take(Limits()) is None
        assert run(boxes, pool, "print(1)\n")[1] == "1\n"


def test_a_cold_box_is_buried_by_the_pool_too(boxes: SandboxConfig) -> None:
    with BoxPool(boxes, size=0) as pool:
        assert run(boxes, pool, "print(1)\n")[1] == "1\n"
    assert box_processes() == []
    assert groups(boxes) == []


@pytest.mark.parametrize("source", ["print(1)\n", "import os\nos._exit(3)\n", "x = 1 / 0\n"])
def test_a_result_means_that_no_process_of_the_program_exists(
    source: str, boxes: SandboxConfig, pool: BoxPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What would take the box away is held up, so nothing but the run itself can have ended it.
    hold = threading.Event()
    buried: list[Box] = []
    bury, returned = Box.bury, pool._returned
    monkeypatch.setattr(Box, "bury", lambda box: (hold.wait(PATIENCE_S), bury(box)))

    def note(box: Box) -> None:
        buried.append(box)
        returned(box)

    monkeypatch.setattr(pool, "_returned", note)
    try:
        assert pool.armed() == 1
        run(boxes, pool, source)
        (box,) = buried
        assert box.tier in ("A", "B")
        assert not Path(f"/proc/{box._pid}").exists()
    finally:
        hold.set()


def test_a_pool_cannot_be_smaller_than_that(boxes: SandboxConfig) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        BoxPool(boxes, size=-1)


def test_where_no_box_can_start_the_pool_stays_empty_and_closes(tmp_path: Path) -> None:
    pool = BoxPool(SandboxConfig(bwrap=tmp_path / "bwrap"), size=2).start()
    assert not pool.wait_until_full(0.2)
    assert pool.close(PATIENCE_S)


def test_several_threads_share_a_pool(boxes: SandboxConfig) -> None:
    written: list[str] = []
    with BoxPool(boxes, size=2) as pool:

        def work(number: int) -> None:
            written.append(run(boxes, pool, f"print({number})\n")[1])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(written) == [f"{number}\n" for number in range(6)]
    assert box_processes() == []


def test_closing_at_the_moment_a_box_comes_back_is_noticed(
    boxes: SandboxConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = BoxPool(boxes, size=1).start()
    assert pool.wait_until_full(PATIENCE_S)
    box = pool.take(Limits())
    assert box is not None
    assert pool.wait_until_full(PATIENCE_S)
    clearing, closing = threading.Event(), threading.Event()
    bury = box.bury

    def slow_bury() -> None:
        clearing.set()
        closing.wait(PATIENCE_S)
        bury()

    monkeypatch.setattr(box, "bury", slow_bury)
    box.destroy()
    assert clearing.wait(PATIENCE_S)
    closer = threading.Thread(target=pool.close, args=(PATIENCE_S,))
    closer.start()
    while not pool._closing:
        time.sleep(0.001)
    closing.set()
    closer.join(PATIENCE_S / 2)
    assert not closer.is_alive()
    assert box_processes() == []
