"""Control groups: what a box may use in all, whatever number of processes it has.

Theory of operation. Resource limits of a process (`setrlimit`) are per process, so a program that
forks multiplies them. A cgroup bounds and counts the whole box. Linux has two interfaces to them:
version 2, one tree with all controllers, and version 1, one tree per controller. `Hierarchy` says
where boxes' groups are made; a `Cgroup` is one box's group, a folder per tree.

A box is in its group before it gets its job, and everything that it starts is born there. Moving
another process makes the kernel wait until no processor can still be in the middle of a fork (an
RCU grace period of 4 to 30 ms). In version 1 a thread can move *itself* without that. So the
thread that starts a box goes into its group for as long as that takes, and bubblewrap and all
below it are born there (`Hierarchy.born_in`). In version 2, where threads of one process stay
together, process 1 of the box is moved as soon as it is known, while Python starts.

Facts (peak memory, CPU time, kills for want of memory, refused processes) are the kernel's and are
read from outside. Files: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the kernel.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workers.sandbox.config import Limits

#: The one child of a delegated group that is not a box.
SUPERVISOR = "supervisor"
BOX_PREFIX = "cwm-box-"
_CPU_PERIOD_US = 100_000
#: What lets a group's processes run, if only to die: no quota, and before all others.
_FREE_CPU = {
    1: (("cpu.cfs_quota_us", "-1"), ("cpu.shares", "262144")),
    2: (("cpu.max", "max"), ("cpu.weight", "10000")),
}
#: More than any file of facts has.
_FACT_BYTES = 16 * 1024
#: How long emptied groups may take until the kernel lets go of them.
_REMOVE_S = 2.0

_serial = itertools.count()


class CgroupUnavailable(Exception):  # named for what the caller tells its user
    """No group can be made for boxes. The text says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a group's processes have used, by the kernel's count since it was made."""

    #: Highest memory in use at once, bytes, files in memory included; 0 where not counted.
    memory_peak_bytes: int = 0
    cpu_time_s: float = 0.0
    #: Processes that the kernel killed because the group's memory was used up.
    oom_kills: int = 0
    #: Starts of a process or thread that were refused because of the group's limit.
    processes_refused: int = 0


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Where boxes' groups are made: the folder for each controller (version 2: one for all)."""

    version: Literal[1, 2]
    folders: tuple[tuple[str, Path], ...]
    #: Version 1: the top of each controller's tree.
    tops: tuple[tuple[str, Path], ...] = ()

    @contextlib.contextmanager
    def born_in(self, group: Cgroup) -> Iterator[None]:
        """What this thread starts meanwhile is born in the group; version 1, else nothing.

        Raises `CgroupUnavailable` where the thread cannot leave the group again.
        """
        home = self._home()
        entered = bool(home) and _enter(group.distinct())
        try:
            yield
        finally:
            if (entered or home) and not _enter(home):
                raise CgroupUnavailable("a thread cannot leave a box's group again.")

    def _home(self) -> list[Path]:
        """The groups that this thread is in, empty where they cannot be named."""
        if not self.tops:
            return []
        own = dict(own_groups(Path("/proc/thread-self/cgroup").read_text()))
        folders = []
        for name, top in self.tops:
            paths = [path for names, path in own.items() if name in names.split(",")]
            folder = top / paths[0].lstrip("/") if paths else top
            if not paths or ".." in folder.parts or not (folder / "tasks").exists():
                return []
            folders.append(folder)
        return folders

    def create(self) -> Cgroup:
        """A new, empty group without limits."""
        name = f"{_prefix()}{os.getpid()}-{next(_serial)}"
        group = Cgroup(self.version, {key: folder / name for key, folder in self.folders})
        try:
            for folder in group.distinct():
                folder.mkdir(parents=True)
        except OSError as error:
            group.remove()
            raise CgroupUnavailable(f"no group can be made: {error}.") from error
        return group

    def groups(self) -> list[Path]:
        """Every group of a box that exists, of this worker or another."""
        return [
            entry
            for folder in {folder for _, folder in self.folders}
            if folder.is_dir()
            for entry in folder.iterdir()
            if entry.is_dir() and entry.name.startswith(BOX_PREFIX)
        ]

    def sweep(self) -> int:
        """Remove empty groups of workers that are gone, and say how many.

        The kernel refuses to remove a group with processes, so a mistake here costs nothing.
        """
        removed = 0
        for entry in self.groups():
            owner = entry.name.removeprefix(_prefix()).partition("-")[0]
            if not entry.name.startswith(_prefix()) or _is_alive(owner):
                continue
            with contextlib.suppress(OSError):
                entry.rmdir()
                removed += 1
        return removed


class Cgroup:
    """One box's group. Belongs to the thread that uses the box."""

    def __init__(self, version: Literal[1, 2], folders: dict[str, Path]) -> None:
        self.version = version
        self._folders = folders

    def distinct(self) -> list[Path]:
        """The group's folders, each once."""
        return list(dict.fromkeys(self._folders.values()))

    # --- before the run ----------------------------------------------------------------------

    def add(self, pid: int) -> bool:
        """Move a process into the group where it is not in it yet; False if it was all along.

        A process whose parent was being moved when it was born can be in some trees of version 1
        and not in others.
        """
        moved = False
        for folder in self.distinct():
            if str(pid) not in _read(folder / "cgroup.procs").split():
                (folder / "cgroup.procs").write_text(str(pid))
                moved = True
        return moved

    def limit(self, limits: Limits) -> None:
        """Bound memory (no swap), processes, and CPU to one core's worth."""
        # bubblewrap's monitor and process 1 of the box are two more.
        memory, processes = str(limits.memory_bytes), str(limits.processes + 2)
        if self.version == 2:
            self._write("memory", "memory.max", memory)
            self._try_to_write("memory", "memory.swap.max", "0")
            self._try_to_write("memory", "memory.oom.group", "1")
            self._write("pids", "pids.max", processes)
            self._try_to_write("cpu", "cpu.max", f"{_CPU_PERIOD_US} {_CPU_PERIOD_US}")
            return
        self._write("memory", "memory.limit_in_bytes", memory)
        self._try_to_write("memory", "memory.memsw.limit_in_bytes", memory)
        self._write("pids", "pids.max", processes)
        self._try_to_write("cpu", "cpu.cfs_period_us", str(_CPU_PERIOD_US))
        self._try_to_write("cpu", "cpu.cfs_quota_us", str(_CPU_PERIOD_US))

    # --- facts -------------------------------------------------------------------------------

    def usage(self) -> Usage:
        """All facts at once."""
        if self.version == 2:
            return Usage(
                self._number("memory", "memory.peak"),  # since Linux 5.19
                self._field("cpu", "cpu.stat", "usage_usec") / 1e6,
                self._field("memory", "memory.events", "oom_kill"),
                self._field("pids", "pids.events", "max"),
            )
        return Usage(
            self._number("memory", "memory.max_usage_in_bytes"),
            self._number("cpuacct", "cpuacct.usage") / 1e9,
            self._field("memory", "memory.oom_control", "oom_kill"),
            self._field("pids", "pids.events", "max"),
        )

    def processes(self) -> list[int]:
        """Processes in the group, never this one, a thread of which may start boxes there."""
        found: set[int] = set()
        for folder in self.distinct():
            with contextlib.suppress(OSError, ValueError):
                found.update(int(word) for word in (folder / "cgroup.procs").read_text().split())
        return sorted(found - {os.getpid()})

    # --- the end -----------------------------------------------------------------------------

    def kill(self) -> None:
        """Kill every process in the group: at once in version 2, one by one in version 1.

        A process has to run to die. One that has used up its share of CPU time would do that in
        the next period only, and each of many that compete with all others when its turn comes.
        """
        for name, value in _FREE_CPU[self.version]:
            self._try_to_write("cpu", name, value)
        if self.version == 2:
            with contextlib.suppress(OSError):  # since Linux 5.14
                self._write("memory", "cgroup.kill", "1")
                return
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def remove(self) -> bool:
        """Kill what is left and remove the group; False if it had to be left to `sweep`."""
        deadline = time.monotonic() + _REMOVE_S
        left = self.distinct()
        while True:
            left = [folder for folder in left if not _remove(folder)]
            if not left or time.monotonic() > deadline:
                return not left
            self.kill()
            time.sleep(0.002)

    # --- files -------------------------------------------------------------------------------

    def _write(self, controller: str, name: str, text: str) -> None:
        (self._folders[controller] / name).write_text(text)

    def _try_to_write(self, controller: str, name: str, text: str) -> None:
        """Write what some kernels are built without."""
        if controller in self._folders:
            with contextlib.suppress(OSError):
                self._write(controller, name, text)

    def _text(self, controller: str, name: str) -> str:
        folder = self._folders.get(controller)
        try:
            return _read(folder / name) if folder is not None else ""
        except OSError:
            return ""

    def _number(self, controller: str, name: str) -> int:
        text = self._text(controller, name).strip()
        return int(text) if text.isdigit() else 0

    def _field(self, controller: str, name: str, key: str) -> int:
        for line in self._text(controller, name).splitlines():
            words = line.split()
            if len(words) == 2 and words[0] == key and words[1].isdigit():
                return int(words[1])
        return 0


def _prefix() -> str:
    """Of the names of groups whose owners' process ids mean something to this process."""
    return f"{BOX_PREFIX}{Path('/proc/self/ns/pid').stat().st_ino}-"


def _enter(folders: list[Path]) -> bool:
    """Move this thread, and it alone, into version 1 groups; whether all of that worked."""
    try:
        for folder in folders:
            # 0 means the writer; a number would have the kernel wait.
            (folder / "tasks").write_text("0")
    except OSError:
        return False
    return True


def _read(path: Path) -> str:
    """A file of the kernel's. `read_text` takes four times as long, and runs wait for this."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _FACT_BYTES).decode("ascii", "replace")
    finally:
        os.close(descriptor)


def _is_alive(pid: str) -> bool:
    return pid.isdigit() and Path("/proc", pid).exists()


def _remove(folder: Path) -> bool:
    """Whether the folder is gone."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def own_groups(text: str) -> Iterable[tuple[str, str]]:
    """Controllers, as one text, and the path of each group that this process is in."""
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        yield controllers, path
