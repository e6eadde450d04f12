"""What docs/sandbox.md promises to programs: what they see, and how a limit shows itself to them.

Attempts to break out, each with a canary, are in tests/attacks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.sandbox


def test_the_environment_holds_nothing_of_the_workers(
    record: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_SECRET", "hunter2")
    recorded = record("import os\nprint(sorted(os.environ))\n")
    assert "PLAYGROUND" not in recorded.written()
    assert "'HOME', 'LANG', 'PATH'" in recorded.written()


def test_there_is_no_program_to_start_but_python(record: Callable[..., Any]) -> None:
    recorded = record("""
import os

def main():
    for folder in ("/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/opt/python/bin"):
        print(os.listdir(folder) if os.path.isdir(folder) else "nothing", end=" ")
""")
    assert recorded.written() == "nothing nothing nothing nothing ['python3.11'] "


def test_everything_but_the_work_folder_is_read_only(record: Callable[..., Any]) -> None:
    recorded = record("""
import errno, os

def main():
    for path in ("/x", "/box/x", "/box/boot.pyc", "/etc/passwd", "/dev/x", "/tmp/x", os.__file__):
        try:
            open(path, "a")
        except OSError as error:
            print(errno.errorcode[error.errno])
        else:
            print("WORKED", path)
    open("/work/x", "w").write("fine")
""")
    assert set(recorded.written().split()) <= {"EROFS", "EACCES"}
    assert recorded.result.status == "ok"


def test_no_descriptor_but_the_four_is_open(record: Callable[..., Any]) -> None:
    recorded = record("""
import os
found = []
for number in range(256):
    try:
        os.fstat(number)
    except OSError:
        continue
    found.append(number)
print(len(found), found[:3])
""")
    assert recorded.written() == "4 [0, 1, 2]\n"


def test_no_process_of_the_host_can_be_signalled(record: Callable[..., Any]) -> None:
    recorded = record(
        """
import os
alive = []
for pid in range(1, 3000):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        continue
    except PermissionError:
        alive.append(-pid)
    else:
        alive.append(pid)
print(alive, os.getpid(), os.getppid(), os.getuid())
""",
        steps=20000,
    )
    # 1 is bubblewrap's, 2 the program, 3 a thread of the tracer in the same process.
    assert recorded.written() in ("[1, 2] 2 1 65534\n", "[1, 2, 3] 2 1 65534\n")


def test_limits_cannot_be_raised(record: Callable[..., Any]) -> None:
    recorded = record("""
import resource
for name in ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_CORE"):
    number = getattr(resource, name)
    soft, hard = resource.getrlimit(number)
    try:
        resource.setrlimit(number, (hard + 1, hard + 1))
    except (ValueError, OSError):
        continue
    print("RAISED", name)
""")
    assert recorded.written() == ""
    assert recorded.result.status == "ok"


def test_memory_is_limited(record: Callable[..., Any]) -> None:
    recorded = record("parts = []\nwhile True:\n    parts.append(bytearray(50 << 20))\n")
    assert recorded.result.status == "memory"
    assert recorded.result.error_line == 3
    assert 100 << 20 < recorded.result.execution.max_rss_bytes < 600 << 20


def test_threads_are_limited_and_the_program_hears_of_it(record: Callable[..., Any]) -> None:
    recorded = record("""
import threading
stop = threading.Event()
threads = []
def main():
    try:
        for n in range(100):
            thread = threading.Thread(target=stop.wait)
            thread.start()
            threads.append(thread)
    except RuntimeError as error:
        print(error)
    stop.set()
    return len(threads)
""")
    assert recorded.written() == "can't start new thread\n"
    assert int(recorded.frames[-1].events[-1].value) < 16


def test_a_fork_bomb_gets_an_error(record: Callable[..., Any]) -> None:
    recorded = record("import os\nwhile True:\n    os.fork()\n")
    assert (recorded.result.status, recorded.result.error_type) == ("exception", "PermissionError")


def test_files_are_limited_in_size_and_number(record: Callable[..., Any], boxes: Any) -> None:
    recorded = record(
        """
import errno

def attempt(call):
    try:
        call()
    except OSError as error:
        print(errno.errorcode[error.errno])

def fill():
    for name in "ab":
        with open(name, "wb") as f:
            f.write(bytes(12 << 20))

def many():
    for n in range(3000):
        open(f"f{n}", "w").close()

def main():
    attempt(lambda: open("big", "wb").truncate(1 << 40))
    attempt(fill)
    attempt(many)
""",
        steps=50_000,
    )
    expected = ["EFBIG", "ENOSPC"]
    if "files" not in recorded.result.execution.missing:
        expected.append("ENOSPC")
    assert recorded.written().split() == expected


def test_the_tracers_modules_are_out_of_reach(record: Callable[..., Any]) -> None:
    recorded = record("""
import sys
print([name for name in sys.modules if "tracer" in name], "/box" in sys.path)
try:
    import tracer
except ImportError:
    print("no tracer")
""")
    assert recorded.written() == "[] False\nno tracer\n"


def test_bubblewrap_is_never_started_as_root() -> None:
    from workers.sandbox.config import SandboxConfig
    from workers.sandbox.probe import probe

    if os.geteuid() != 0:
        pytest.skip("only root could do it")
    answer = probe(SandboxConfig(drop_uid=0, drop_gid=0))
    assert not answer.ok
    assert "root" in answer.cause
