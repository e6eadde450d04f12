"""One attempt per promise of docs/sandbox.md, in a real box and outside of one.

Each probe defines `attempt()`, which returns normally when the attack worked and raises OSError
when it was stopped. Outside a box (the canary) it must work, or the probe proves nothing; inside
it must not.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

pytestmark = pytest.mark.sandbox


@dataclass(frozen=True)
class Probe:
    """`stopped` is what ends the attempt in a box: an errno name, or "SIGSYS"."""

    name: str
    body: str
    stopped: str
    canary_needs_root: bool = False
    helper: str = ""


PROBES = [
    Probe("tcp socket", "socket.socket()", "EACCES"),
    Probe("udp socket", "socket.socket(type=socket.SOCK_DGRAM)", "EACCES"),
    Probe("unix socket", "socket.socket(socket.AF_UNIX)", "EACCES"),
    Probe("netlink socket", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "EACCES"),
    Probe(
        "datagram pair",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "EACCES",
    ),
    Probe("read /proc", "os.listdir('/proc')", "ENOENT"),
    Probe("read /proc/self/mem", "open('/proc/self/mem', 'rb')", "ENOENT"),
    Probe("read /sys", "os.listdir('/sys')", "ENOENT"),
    Probe("read shadow", "open('/etc/shadow').read()", "ENOENT", canary_needs_root=True),
    Probe("list home folders", "os.listdir('/root' if os.getuid() == 0 else '/home')", "ENOENT"),
    Probe("read host name file", "open('/etc/hostname').read()", "ENOENT"),
    Probe("run a shell", "os.stat('/bin/sh')", "ENOENT"),
    Probe("fork", "os.fork() or os._exit(0)", "EPERM"),
    Probe("exec", "os.execv(sys.executable, [sys.executable, '-c', \"print('WORKED')\"])", "EPERM"),
    Probe("memory file", "os.memfd_create('x')", "EPERM"),
    Probe("pid descriptor", "os.pidfd_open(os.getpid())", "EPERM"),
    Probe("fifo", "os.mkfifo(tempfile.mkdtemp() + '/f')", "EPERM"),
    Probe("renice", "os.setpriority(os.PRIO_PROCESS, 0, 1)", "EPERM"),
    Probe("set user id", "os.setuid(os.getuid())", "EPERM"),
    Probe("dumpable again", "check(libc.prctl(4, 1, 0, 0, 0))", "EPERM"),
    Probe("ptrace", "check(libc.ptrace(0, 0, 0, 0))", "SIGSYS"),
    Probe("new user namespace", "check(libc.unshare(0x10000000))", "SIGSYS"),
    Probe("mount", "check(libc.mount(b'x', b'/tmp', b'tmpfs', 0, 0))", "SIGSYS", True),
    Probe("change root", "os.chroot('/')", "SIGSYS", canary_needs_root=True),
    Probe("kernel key", "check(libc.syscall(248, b'user', b'k', b'v', 1, -3) < 0)", "SIGSYS"),
]
SHAPE = """
import ctypes, errno, os, socket, sys, tempfile

libc = ctypes.CDLL(None, use_errno=True)

def check(failed):
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

def attempt():
    BODY

def main():
    try:
        attempt()
    except OSError as error:
        print("STOPPED", errno.errorcode[error.errno])
    else:
        print("WORKED")
"""


def source(probe: Probe) -> str:
    return SHAPE.replace("BODY", probe.body)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_the_attempt_is_stopped_in_a_box(probe: Probe, record: Callable[..., Any]) -> None:
    recorded = record(source(probe))
    if probe.stopped == "SIGSYS":
        assert recorded.result.execution.status == "security_violation"
        assert "WORKED" not in recorded.written()
    else:
        assert recorded.written().split() == ["STOPPED", probe.stopped]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_the_same_attempt_works_outside(probe: Probe) -> None:
    if probe.canary_needs_root and os.geteuid() != 0:
        pytest.skip("this attempt works for root only")
    code = source(probe).replace("/bin/sh'", "/bin/sh'") + "\nmain()\n"
    # In namespaces of its own where the attempt would change the machine.
    wrapper = ["unshare", "--mount"] if probe.name == "mount" else []
    done = subprocess.run(
        [*wrapper, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if probe.name == "kernel key" and "ENOSYS" in done.stdout:
        pytest.skip("this kernel has no key storage")
    if "EPERM" in done.stdout and probe.stopped == "SIGSYS":
        pytest.skip("the machine that runs the tests forbids it as well")
    assert done.stdout.split() == ["WORKED"], done.stderr


def test_the_environment_holds_nothing_of_the_workers(
    record: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_SECRET", "hunter2")
    recorded = record("import os\nprint(sorted(os.environ))\n")
    assert "PLAYGROUND" not in recorded.written()
    assert "'HOME', 'LANG', 'PATH'" in recorded.written()


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


def test_errno_names_used_here_exist() -> None:
    assert {probe.stopped for probe in PROBES} - {"SIGSYS"} <= set(errno.errorcode.values())
