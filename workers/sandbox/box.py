"""A box: bubblewrap around one process that will run one program, and the ways it ends.

Theory of operation. `launch` makes the descriptors that connect the host to a box, and starts

    bwrap (monitor)  ->  bwrap (process 1 of the box)  ->  python boot.py (process 2)

with no code between fork and exec. bubblewrap never runs with user id 0: a root worker drops to
an id that owns nothing first, because a box started by root would see root's files through its
binds and escape per-user limits. The monitor stays outside and reports exit status and process
ids on its status descriptor. Three things end a box: its program, `Box.kill`, and the end of the
thread that started it (--die-with-parent); each way the kernel takes the whole pid namespace.
A box is used once. One that has not been given its job holds nothing of any student's, so boxes
can be started ahead of time.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import marshal
import os
import select
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workers.sandbox import policy, unavailable
from workers.sandbox.bwrap import find_bwrap
from workers.sandbox.config import Limits, SandboxConfig
from workers.sandbox.payload import BOOT, box_files
from workers.sandbox.pyruntime import find_runtime
from workers.sandbox.spawn import (
    VARIANTS,
    Descriptors,
    Launcher,
    bwrap_argv,
    own_machine,
    python_command,
)

_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
#: How long the monitor may take to notice that the box is dead before it is killed as well.
_MONITOR_GRACE_S = 1.0
_STATUS_BYTES = 64 * 1024
#: A box that does nothing takes about 40 ms; a busy machine many times that.
_TRIAL_S = 20.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a box's processes ended, seen from outside."""

    #: Exit status of the program, None when it was ended by a signal or never started.
    exit_code: int | None
    exit_signal: int | None
    cpu_time_s: float
    max_rss_bytes: int


class Box:
    """One running box. Not thread-safe; belongs to the thread that started it."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        control: socket.socket,
        stdin: int,
        stdout: int,
        stderr: int,
        status: int,
    ) -> None:
        self.process = process
        self.control = control
        self.stdout = stdout
        self.stderr = stderr
        self.pidfd = os.pidfd_open(process.pid)
        self._stdin = stdin
        self._status = status
        self._status_text = b""
        self._init_pidfd: int | None = None
        self._init_pid = 0
        self._cpu_time_s = 0.0
        self._max_rss_bytes = 0

    # --- the job ---------------------------------------------------------------------------------

    def send_job(self, job: dict[str, Any], stdin: bytes) -> None:
        """Hand over the one job. The box's standard input becomes exactly `stdin`."""
        os.write(self._stdin, stdin)
        os.lseek(self._stdin, 0, os.SEEK_SET)
        fcntl.fcntl(self._stdin, fcntl.F_ADD_SEALS, _SEALS)
        # Version 2 of marshal is read alike by every Python 3.
        body = marshal.dumps(job, 2)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.control.sendall(len(body).to_bytes(4, "little") + body)

    # --- the end ---------------------------------------------------------------------------------

    def poll(self) -> int | None:
        """The monitor's exit status, None while it runs."""
        if self.process.returncode is None:
            try:
                pid, status = os.waitpid(self.process.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else in this process waits for every child
                self.process.returncode = -1
            else:
                if pid:
                    self.process.returncode = os.waitstatus_to_exitcode(status)
        return self.process.returncode

    def sample(self) -> None:
        """Note the CPU time and peak memory of the program so far, as the kernel counts them.

        The monitor does not wait for process 1 of the box, so the usual accounting of children
        shows nothing; and what the box says about itself is a claim.
        """
        if self._open_init() is None:
            return
        for pid in _children(self._init_pid):
            cpu, rss = _usage(pid)
            self._cpu_time_s = max(self._cpu_time_s, cpu)
            self._max_rss_bytes = max(self._max_rss_bytes, rss)

    def let_go(self) -> None:
        """Tell a program that has sent its end record that it may end."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """End everything in the box now; returns without waiting for it."""
        if self.poll() is not None:
            return
        # Process 1 of the box takes all others with it, and the monitor follows. It is known once
        # bubblewrap has set the box up; before that the monitor is killed, and all with it.
        self.sample()
        init = self._open_init()
        with contextlib.suppress(ProcessLookupError):
            if init is None:
                self.process.kill()
            else:
                signal.pidfd_send_signal(init, signal.SIGKILL)

    def wait(self) -> Ending:
        """Wait until no process of the box exists. Call after its end or after `kill`."""
        self._open_init()
        deadline = time.monotonic() + _MONITOR_GRACE_S
        while self.poll() is None:
            if time.monotonic() > deadline:
                self.process.kill()
            time.sleep(0.001)
        if self._init_pidfd is not None:
            while not _has_ended(self._init_pidfd):
                time.sleep(0.001)
        return self._ending()

    def close(self) -> None:
        """Close every descriptor of the host's side."""
        self.control.close()
        for name in ("stdout", "stderr", "_stdin", "_status", "pidfd", "_init_pidfd"):
            descriptor = getattr(self, name)
            if descriptor is not None and descriptor >= 0:
                os.close(descriptor)
                setattr(self, name, -1)

    def _read_status(self) -> list[dict[str, Any]]:
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self._status, 4096):
                self._status_text += part
                if len(self._status_text) > _STATUS_BYTES:
                    break
        reports = []
        for line in self._status_text.splitlines():
            with contextlib.suppress(ValueError):
                reports.append(json.loads(line))
        return [report for report in reports if isinstance(report, dict)]

    def _open_init(self) -> int | None:
        """A descriptor of process 1 of the box, None as long as it is not known."""
        if self._init_pidfd is None and self.process.returncode is None:
            for report in self._read_status():
                pid = report.get("child-pid")
                if isinstance(pid, int) and pid > 0:
                    self._init_pidfd = _open_child(pid, self.process.pid)
                    self._init_pid = pid
        return self._init_pidfd if self._init_pidfd != -1 else None

    def _ending(self) -> Ending:
        code: int | None = None
        for report in self._read_status():
            if isinstance(report.get("exit-code"), int):
                code = report["exit-code"]
        cpu, rss = self._cpu_time_s, self._max_rss_bytes
        if code is not None and code > 128:  # bubblewrap's way to say "ended by a signal"
            return Ending(None, code - 128, cpu, rss)
        return Ending(code, None, cpu, rss)


def _open_child(pid: int, parent: int) -> int | None:
    """A pidfd of `pid` if that is (still) a child of `parent`, which has not been waited for."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return None
    try:
        # The fourth field, counted from behind the name, which may hold spaces and brackets.
        text = Path(f"/proc/{pid}/stat").read_text()
        if int(text.rpartition(")")[2].split()[1]) == parent:
            return descriptor
    except (OSError, ValueError, IndexError):
        pass
    os.close(descriptor)
    return None


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, ValueError):  # gone, or a kernel without CONFIG_PROC_CHILDREN
        return []


def _usage(pid: int) -> tuple[float, int]:
    """CPU seconds of all threads and peak resident bytes of a process; zeros if it is gone."""
    try:
        # The process's CPU clock, as clock_getcpuclockid(3) makes its number.
        cpu = time.clock_gettime((~pid << 3) | 2)
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return cpu, int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return 0.0, 0
    return cpu, 0


def _has_ended(pidfd: int) -> bool:
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    return bool(poller.poll(0))


# --- starting -------------------------------------------------------------------------------------


def _memory_file(name: str, content: bytes) -> int:
    descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def launch(launcher: Launcher, limits: Limits) -> Box:
    """Start a box that waits for its job. Raises `SandboxUnavailable` if bwrap cannot be run."""
    host, inside = socket.socketpair()
    with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
        ours.callback(host.close)
        theirs.callback(inside.close)

        def pipe() -> tuple[int, int]:
            read, write = os.pipe2(os.O_CLOEXEC)
            ours.callback(os.close, read)
            theirs.callback(os.close, write)
            return read, write

        def memory_file(name: str, content: bytes) -> int:
            descriptor = _memory_file(name, content)
            theirs.callback(os.close, descriptor)
            return descriptor

        (stdout, stdout_end), (stderr, stderr_end), (status, status_end) = pipe(), pipe(), pipe()
        os.set_blocking(status, False)
        stdin = _memory_file("stdin", b"")
        ours.callback(os.close, stdin)
        descriptors = Descriptors(
            seccomp=memory_file("seccomp", policy.start_filter(launcher.machine)),
            status=status_end,
            files=tuple(
                (memory_file("file", body), path) for path, body in box_files(launcher.runtime)
            ),
        )
        command = python_command(
            launcher.runtime,
            BOOT,
            str(inside.fileno()),
            str(limits.file_bytes),
            str(limits.files),
        )
        process = _start(
            launcher,
            bwrap_argv(launcher, descriptors, limits, command),
            (stdin, stdout_end, stderr_end),
            (
                inside.fileno(),
                descriptors.seccomp,
                descriptors.status,
                *(descriptor for descriptor, _ in descriptors.files),
            ),
        )
        ours.pop_all()
    return Box(process, host, stdin, stdout, stderr, status)


def _start(
    launcher: Launcher,
    argv: list[str],
    streams: tuple[int, int, int],
    passed: tuple[int, ...],
) -> subprocess.Popen[bytes]:
    drop: dict[str, Any] = {}
    if launcher.ids is not None:
        drop = {"user": launcher.ids[0], "group": launcher.ids[1], "extra_groups": []}
    if os.geteuid() == 0 and drop.get("user", 0) == 0:
        raise unavailable.SandboxUnavailable(
            "bubblewrap must never be started as root.", "configure a `drop_uid` other than 0."
        )
    try:
        return subprocess.Popen(  # noqa: S603  # bwrap_argv: no shell, nothing of a student's
            argv,
            stdin=streams[0],
            stdout=streams[1],
            stderr=streams[2],
            pass_fds=passed,
            cwd="/",
            env={},
            **drop,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise unavailable.diagnose(f"bwrap: {error}") from error


@lru_cache(maxsize=8)
def find_launcher(config: SandboxConfig) -> Launcher:
    """The strictest launcher that works here, found by starting boxes; remembered per process."""
    machine = own_machine()
    runtime = find_runtime(config)
    ids = (config.drop_uid, config.drop_gid) if os.geteuid() == 0 else None
    bwrap = str(find_bwrap(config))
    errors: list[str] = []
    for variant in VARIANTS:
        launcher = Launcher(bwrap, runtime, ids, variant, machine)
        error = _try_launcher(launcher)
        if error is None:
            return launcher
        errors.append(error)
    raise unavailable.diagnose(errors[-1])


def _try_launcher(launcher: Launcher) -> str | None:
    """Start a box that does nothing; its error text if that fails."""
    box = launch(launcher, Limits())
    try:
        # Without a job boot.py ends with status 0, so the whole way there was walked.
        box.control.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + _TRIAL_S
        while box.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        if box.process.returncode == 0:
            return None
        os.set_blocking(box.stderr, False)
        with contextlib.suppress(BlockingIOError):
            text = os.read(box.stderr, 4096).decode("utf-8", "replace")
            return text or f"bwrap ended with status {box.process.returncode}"
        return "bwrap did not finish"
    finally:
        box.kill()
        box.wait()
        box.close()
