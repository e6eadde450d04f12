"""A box: bubblewrap around one process that will run one program, and the ways it ends.

Theory of operation. `launch` makes the descriptors that connect the host to a box, and starts

    bwrap (monitor)  ->  bwrap (process 1 of the box)  ->  python boot.py (process 2)

with no code between fork and exec. When boot.py is ready for the job it says so with one byte; the
kernel attaches that process's id to it, and the process is moved into a cgroup of the box's own
where the machine has that (tier A). bubblewrap never runs with user id 0: a root worker drops to
an id that owns nothing first, because a box started by root would see root's files through its
binds and escape per-user limits. The monitor stays outside and reports exit status and process
ids on its status descriptor. Three things end a box: its program, `Box.kill`, and the end of the
thread that started it (--die-with-parent); each way the kernel takes the whole pid namespace.
A box is used once. One that has not been given its job holds nothing of any student's, so boxes
can be started ahead of time. What a run's result waits for is the end of its program; taking the
empty namespaces down, and the cgroup, can be left to another thread (`finish`, `bury`).
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
import struct
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from workers.sandbox import unavailable
from workers.sandbox.cgroup import Cgroup, CgroupUnavailable, Hierarchy, Usage
from workers.sandbox.config import Limits
from workers.sandbox.procfs import children, has_ended, open_child, usage_of

_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
#: How long the monitor may take to notice that the box is dead before it is killed as well.
_MONITOR_GRACE_S = 1.0
_STATUS_BYTES = 64 * 1024
#: A box that does nothing takes about 40 ms; a busy machine many times that.
START_S = 20.0
#: `struct ucred`: process, user and group id.
_CREDENTIALS = struct.Struct("3i")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a box's processes ended, seen from outside."""

    #: Exit status of the program, None when it was ended by a signal or never started.
    exit_code: int | None
    exit_signal: int | None
    cpu_time_s: float
    max_rss_bytes: int
    #: Processes killed for want of memory, and starts of processes refused; 0 in tier B.
    oom_kills: int = 0
    processes_refused: int = 0


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
        limits: Limits,
        hierarchy: Hierarchy | None = None,
        cgroup: Cgroup | None = None,
    ) -> None:
        self.process = process
        self.control = control
        self.stdout = stdout
        self.stderr = stderr
        self.pidfd = os.pidfd_open(process.pid)
        self.limits = limits
        #: Called once with the box when it has been closed; it then has to `bury` it.
        self.on_close: Callable[[Box], None] | None = None
        self._hierarchy = hierarchy
        #: The group that the box was born in, if any; else one is made when it can be moved.
        self._cgroup = cgroup
        self._used_before = Usage()
        #: Process id of the program, 0 until it is ready for its job.
        self._pid = 0
        self._stdin = stdin
        self._status = status
        self._status_text = b""
        self._init_pidfd: int | None = None
        self._init_pid = 0
        self._cpu_time_s = 0.0
        self._max_rss_bytes = 0
        self._exit_code: int | None = None
        #: Whether the program may start processes that could outlive it.
        self._forks = False

    @property
    def status(self) -> int:
        """Readable when the monitor has something to report; see `exited`."""
        return self._status

    @property
    def tier(self) -> str:
        """A with a cgroup of its own, else B."""
        return "A" if self._hierarchy is not None else "B"

    @property
    def ready(self) -> bool:
        """Whether the program has said that it waits for its job."""
        return self._pid > 0

    # --- the job ---------------------------------------------------------------------------------

    def await_ready(self, timeout_s: float, wake: int | None = None) -> bool:
        """Wait until the box can take its job, and confine it; False if it does not come to that.

        Returns early when the descriptor `wake` becomes readable. Raises `SandboxUnavailable`
        where the box should have a cgroup and cannot be given one.
        """
        deadline = time.monotonic() + timeout_s
        while not self.ready:
            poller = select.poll()
            poller.register(self.control, select.POLLIN)
            if wake is not None:
                poller.register(wake, select.POLLIN)
            if self._init_pidfd is None:
                poller.register(self._status, select.POLLIN)
            left = max(0.0, deadline - time.monotonic())
            heard = {descriptor for descriptor, _ in poller.poll(left * 1000)}
            if self._status in heard and self._open_init() is not None:
                if self._cgroup is None:
                    self._confine(self._init_pid)
            elif self.control.fileno() in heard:
                if not self._hear_ready():
                    return False
                self._confine(self._pid)
            elif self._status not in heard or wake in heard:
                return False
        return True

    def _hear_ready(self) -> bool:
        """Take in the byte that says so, and the process id that the kernel has put beside it."""
        try:
            said, attached, _, _ = self.control.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size))
        except ConnectionResetError:
            return False
        for level, kind, data in attached:
            if said == b"R" and (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                self._pid = _CREDENTIALS.unpack(data)[0]
        return self.ready

    def _confine(self, pid: int) -> None:
        """Move a process into the box's cgroup, as far as it was not born there."""
        if self._hierarchy is None:
            return
        try:
            if self._cgroup is None:
                self._cgroup = self._hierarchy.create()
                self._cgroup.limit(self.limits)
            _, taken = usage_of(pid)
            # What a process has taken before it is moved stays on the worker's account.
            self._max_rss_bytes = taken if self._cgroup.add(pid) else 0
        except ProcessLookupError:
            self._pid = 0
        except (OSError, CgroupUnavailable) as error:
            raise unavailable.cgroup_lost(str(error)) from error

    def send_job(self, job: dict[str, Any], stdin: bytes, limits: Limits | None = None) -> None:
        """Hand over the one job. The box's standard input becomes exactly `stdin`.

        `limits` are those of the cgroup, where they differ from what the box was started with.
        """
        if not self.await_ready(START_S):
            return  # its end is what the caller will see
        if self._cgroup is not None:
            self._used_before = self._cgroup.usage()
            try:
                if limits is not None and limits != self.limits:
                    self._cgroup.limit(limits)
            except OSError as error:
                raise unavailable.cgroup_lost(str(error)) from error
        self._forks = bool(job.get("fork"))
        os.write(self._stdin, stdin)
        os.lseek(self._stdin, 0, os.SEEK_SET)
        fcntl.fcntl(self._stdin, fcntl.F_ADD_SEALS, _SEALS)
        # Version 2 of marshal is read alike by every Python 3.
        body = marshal.dumps(job, 2)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.control.sendall(len(body).to_bytes(4, "little") + body)

    # --- the end ---------------------------------------------------------------------------------

    def exited(self) -> bool:
        """Whether the monitor has reported that the program's own process is gone."""
        if self._exit_code is None:
            for report in self._read_status():
                if isinstance(report.get("exit-code"), int):
                    self._exit_code = report["exit-code"]
        return self._exit_code is not None

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
        shows nothing; and what the box says about itself is a claim. A cgroup keeps its figures.
        """
        if self._cgroup is not None or self._open_init() is None:
            return
        for pid in [self._pid] if self._pid else children(self._init_pid):
            cpu, rss = usage_of(pid)
            self._cpu_time_s = max(self._cpu_time_s, cpu)
            self._max_rss_bytes = max(self._max_rss_bytes, rss)

    def usage(self) -> Usage:
        """What the whole box has used since its job began; zeros in tier B."""
        if self._cgroup is None:
            return Usage()
        used = self._cgroup.usage()
        return replace(used, cpu_time_s=used.cpu_time_s - self._used_before.cpu_time_s)

    def consumed(self) -> tuple[float, int]:
        """CPU seconds and peak memory in bytes of the program so far, in either tier."""
        self.sample()
        used = self.usage()
        return (
            max(self._cpu_time_s, used.cpu_time_s),
            max(self._max_rss_bytes, used.memory_peak_bytes),
        )

    def early_errors(self) -> str:
        """What bubblewrap or boot.py wrote to stderr so far; reading it takes it away."""
        os.set_blocking(self.stderr, False)
        try:
            return os.read(self.stderr, 4096).decode("utf-8", "replace")
        except BlockingIOError:
            return ""

    def is_fresh(self) -> bool:
        """Whether the box still waits for its job, alive and silent."""
        poller = select.poll()
        poller.register(self.control, select.POLLIN)
        poller.register(self.pidfd, select.POLLIN)
        return self.ready and not poller.poll(0)

    def let_go(self) -> None:
        """Tell a program that has sent its end record that it may end."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """End everything in the box now; returns without waiting for it."""
        if self.poll() is not None:
            return
        # Process 1 of the box takes all others with it, and the monitor follows. Killing the
        # monitor alone is not enough: until it has set up the user namespace, process 1 waits for
        # it, not yet told to end with it, and would wait for ever. It is named before that.
        self.sample()
        init = self._await_init(_MONITOR_GRACE_S)
        with contextlib.suppress(ProcessLookupError):
            if init is None:
                self.process.kill()
            else:
                signal.pidfd_send_signal(init, signal.SIGKILL)
        if self._cgroup is not None:
            self._cgroup.kill()

    def finish(self) -> Ending:
        """End the box and say how its program ended: then no process of the program exists.

        That is so already when the exit of a program has been reported that could not start others
        (threads end with their process). What is left then are bubblewrap's own two processes and
        empty namespaces, which the kernel needs a millisecond or two to take down. Where somebody
        listens for the box to be closed, they are only told to end, and `bury` waits for them.
        """
        if self.on_close is not None and not self._forks and self.exited():
            if self._init_pidfd is not None:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._init_pidfd, signal.SIGKILL)
            return self._ending()
        self.kill()
        return self.wait()

    def wait(self) -> Ending:
        """Wait until no process of the box exists. Call after its end or after `kill`."""
        self._open_init()
        self._await_end()
        return self._ending()

    def close(self) -> None:
        """Close the host's side of every channel; `on_close` or this does the rest."""
        self.control.close()
        for name in ("stdout", "stderr", "_stdin", "_status"):
            self._close_descriptor(name)
        if self.on_close is not None:
            listener, self.on_close = self.on_close, None
            listener(self)
        else:
            self.bury()

    def bury(self) -> None:
        """The last act, of any thread: wait for the last process and remove the cgroup."""
        if self.pidfd >= 0:
            self._await_end()
            self._close_descriptor("pidfd")
            self._close_descriptor("_init_pidfd")
        if self._cgroup is not None:
            self._cgroup.remove()
            self._cgroup = None

    def destroy(self) -> None:
        """Kill, wait, close."""
        self.kill()
        self.wait()
        self.close()

    def _await_end(self) -> None:
        has_ended(self.pidfd, _MONITOR_GRACE_S)
        while self.poll() is None:
            self.process.kill()
            has_ended(self.pidfd, _MONITOR_GRACE_S)
        if self._init_pidfd is not None:
            while not has_ended(self._init_pidfd, _MONITOR_GRACE_S):
                pass

    def _close_descriptor(self, name: str) -> None:
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

    def _await_init(self, timeout_s: float) -> int | None:
        """`_open_init`, given some time while the monitor lives."""
        deadline = time.monotonic() + timeout_s
        while (init := self._open_init()) is None and time.monotonic() < deadline:
            poller = select.poll()
            poller.register(self._status, select.POLLIN)
            poller.register(self.pidfd, select.POLLIN)
            poller.poll(max(0.0, deadline - time.monotonic()) * 1000)
            if self.poll() is not None:
                break
        return init

    def _open_init(self) -> int | None:
        """A descriptor of process 1 of the box, None as long as it is not known."""
        if self._init_pidfd is None and self.process.returncode is None:
            for report in self._read_status():
                pid = report.get("child-pid")
                if isinstance(pid, int) and pid > 0:
                    self._init_pidfd = open_child(pid, self.process.pid)
                    self._init_pid = pid
        return self._init_pidfd if self._init_pidfd != -1 else None

    def _ending(self) -> Ending:
        self.exited()
        code = self._exit_code
        used = self.usage()
        number: int | None = None
        if code is not None and code > 128:  # bubblewrap's way to say "ended by a signal"
            number, code = code - 128, None
        return Ending(
            code,
            number,
            self._cpu_time_s + used.cpu_time_s,
            # The cgroup counts from the job on; Python's own memory was there before.
            self._max_rss_bytes + used.memory_peak_bytes,
            used.oom_kills,
            used.processes_refused,
        )
