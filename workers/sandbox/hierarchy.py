"""Finding where this process may make control groups for boxes.

Version 2 wants a subtree delegated to the worker's user: folder, `cgroup.procs` and
`cgroup.subtree_control` writable. A group with processes cannot hand controllers to its children,
so the worker's own processes are moved to a child named `supervisor` unless they are there already
(systemd: `DelegateSubgroup=supervisor`). Version 1 has no safe delegation: it needs root.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterable
from pathlib import Path

from workers.sandbox.cgroup import SUPERVISOR, CgroupUnavailable, Hierarchy, own_groups

#: Folder at the top of each version 1 tree.
V1_FOLDER = "cwm-playground"
_NEEDED = ("memory", "pids")
#: Version 1 has CPU time and CPU quota in separate trees.
_V1_CONTROLLERS = ("memory", "pids", "cpu", "cpuacct")


def find_hierarchy(proc: Path = Path("/proc")) -> Hierarchy:
    """Where this process may make groups for boxes. Raises `CgroupUnavailable`.

    Version 2 where it has the memory and pids controllers, else version 1.
    """
    mounts = list(_mounts((proc / "self/mounts").read_text()))
    own = dict(own_groups((proc / "self/cgroup").read_text()))
    problems: list[str] = []
    for mount, kind, _ in mounts:
        if kind == "cgroup2" and set(_NEEDED) <= set(_controllers(mount)):
            try:
                return _second(mount / own.get("", "/").lstrip("/"))
            except CgroupUnavailable as problem:
                problems.append(str(problem))
    trees = {
        controller: mount
        for mount, kind, options in mounts
        for controller in _V1_CONTROLLERS
        if kind == "cgroup" and controller in options
    }
    if set(_NEEDED) <= set(trees):
        try:
            return _first(trees)
        except CgroupUnavailable as problem:
            problems.append(str(problem))
    raise CgroupUnavailable(
        " ".join(problems) or "no cgroup tree with the memory and pids controllers is mounted."
    )


def _mounts(text: str) -> Iterable[tuple[Path, str, tuple[str, ...]]]:
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 4 and words[2] in ("cgroup", "cgroup2"):
            yield Path(words[1].replace("\\040", " ")), words[2], tuple(words[3].split(","))


def _controllers(folder: Path) -> list[str]:
    try:
        return (folder / "cgroup.controllers").read_text().split()
    except OSError:
        return []


def _second(own: Path) -> Hierarchy:
    """Version 2 below the group that was delegated to this process."""
    base = own.parent if own.name == SUPERVISOR else own
    offered = [name for name in (*_NEEDED, "cpu") if name in _controllers(base)]
    if not set(_NEEDED) <= set(offered):
        raise CgroupUnavailable(f"{base} has no memory and pids controllers.")
    switch = " ".join(f"+{name}" for name in offered)
    try:
        try:
            (base / "cgroup.subtree_control").write_text(switch)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            _move_out(base)
            (base / "cgroup.subtree_control").write_text(switch)
    except OSError as error:
        raise CgroupUnavailable(f"{base} is not delegated to this user: {error}.") from error
    # CPU time is counted in every version 2 group, controller or not.
    return Hierarchy(2, tuple((name, base) for name in (*_NEEDED, "cpu")))


def _move_out(base: Path) -> None:
    """Move all processes of a group to its child `supervisor`, so that it may have others."""
    supervisor = base / SUPERVISOR
    supervisor.mkdir(exist_ok=True)
    for pid in (base / "cgroup.procs").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            (supervisor / "cgroup.procs").write_text(pid)


def _first(trees: dict[str, Path]) -> Hierarchy:
    """Version 1: a folder of its own at the top of each tree.

    Not for `cpu`, where a folder counts as much as one process: all boxes together would. There
    each box lies at the top and counts as one.
    """
    folders = {name: tree / V1_FOLDER for name, tree in trees.items()}
    if "cpu" in trees:
        folders["cpu"] = trees["cpu"]
    try:
        for folder in folders.values():
            folder.mkdir(mode=0o755, exist_ok=True)
    except OSError as error:
        raise CgroupUnavailable(f"cgroup version 1 needs a worker with root: {error}.") from error
    return Hierarchy(1, tuple(folders.items()), tuple(trees.items()))
