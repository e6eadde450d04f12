"""Facts about a box's processes from /proc, safe against process ids that are used again."""

from __future__ import annotations

import os
import select
import signal
import time
from pathlib import Path


def open_child(pid: int, parent: int) -> int | None:
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


def children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, ValueError):  # gone, or a kernel without CONFIG_PROC_CHILDREN
        return []


def usage_of(pid: int) -> tuple[float, int]:
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


def has_ended(pidfd: int, timeout_s: float = 0.0) -> bool:
    """Whether a process has ended; waits for it for so long."""
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    return bool(poller.poll(timeout_s * 1000))


def kill_orphans(program: str) -> int:
    """Kill boxes whose monitor is gone, and say how many there were.

    The kernel ends a box with its worker, but for one moment: when the worker is killed just while
    bubblewrap makes the namespaces, process 1 of the box stays and waits for its monitor. Such a
    process is the first of its own pid namespace, was started for `program`, and has a parent that
    was not.
    """
    killed = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if program not in _command(entry) or _pid_inside(entry) != 1:
                continue
            descriptor = os.pidfd_open(int(entry.name))
        except (OSError, ValueError):
            continue
        try:
            if program not in _command(Path("/proc", str(_parent(entry)))):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                killed += 1
        except (OSError, ValueError, IndexError):
            pass
        finally:
            os.close(descriptor)
    return killed


def _command(process: Path) -> str:
    return (process / "cmdline").read_bytes().decode("utf-8", "replace")


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])


def _pid_inside(process: Path) -> int:
    """The process's id in a pid namespace below this one, 0 if it is in this one."""
    for line in (process / "status").read_text().splitlines():
        if line.startswith("NSpid:"):
            ids = line.split()[1:]
            return int(ids[-1]) if len(ids) > 1 else 0
    return 0
