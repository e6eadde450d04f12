"""Starting boxes: the descriptors, the process, and which launcher works on this machine."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from workers.sandbox import policy, tiers, unavailable
from workers.sandbox.box import START_S, Box
from workers.sandbox.bwrap import find_bwrap
from workers.sandbox.cgroup import Cgroup, CgroupUnavailable
from workers.sandbox.config import Limits, SandboxConfig
from workers.sandbox.hierarchy import find_hierarchy
from workers.sandbox.payload import BOOT, payload_of
from workers.sandbox.procfs import kill_orphans
from workers.sandbox.pyruntime import find_runtime
from workers.sandbox.spawn import (
    VARIANTS,
    Descriptors,
    Launcher,
    bwrap_argv,
    own_machine,
    python_command,
)


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
        host.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        stdin = _memory_file("stdin", b"")
        ours.callback(os.close, stdin)
        payload = payload_of(launcher.runtime)
        tracer = memory_file("tracer", payload.tracer)
        descriptors = Descriptors(
            seccomp=memory_file("seccomp", _start_filter(launcher)),
            status=status_end,
            files=tuple((memory_file("file", body), path) for path, body in payload.files),
        )
        command = python_command(
            launcher.runtime,
            BOOT,
            str(inside.fileno()),
            str(tracer),
            str(limits.file_bytes),
            str(limits.files),
        )
        cgroup = _new_group(launcher, limits, ours)
        with _born_in(launcher, cgroup):
            process = _start(
                launcher,
                bwrap_argv(launcher, descriptors, limits, command),
                (stdin, stdout_end, stderr_end),
                (
                    inside.fileno(),
                    tracer,
                    descriptors.seccomp,
                    descriptors.status,
                    *(descriptor for descriptor, _ in descriptors.files),
                ),
            )
        ours.pop_all()
    return Box(process, host, stdin, stdout, stderr, status, limits, launcher.hierarchy, cgroup)


def _new_group(launcher: Launcher, limits: Limits, stack: contextlib.ExitStack) -> Cgroup | None:
    """The box's cgroup, where it can be born in one; removed with `stack`."""
    if launcher.hierarchy is None or not launcher.hierarchy.tops:
        return None
    try:
        group = launcher.hierarchy.create()
        stack.callback(group.remove)
        group.limit(limits)
    except (OSError, CgroupUnavailable) as error:
        raise unavailable.cgroup_lost(str(error)) from error
    return group


@contextlib.contextmanager
def _born_in(launcher: Launcher, group: Cgroup | None) -> Iterator[None]:
    if launcher.hierarchy is None or group is None:
        yield
        return
    try:
        with launcher.hierarchy.born_in(group):
            yield
    except (OSError, CgroupUnavailable) as error:
        raise unavailable.cgroup_lost(str(error)) from error


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
    """The strictest launcher that works here, found by starting boxes; remembered per process.

    With a tier in `config`, that one or `SandboxUnavailable`.
    """
    tiers.check_wanted(config.tier)
    machine = own_machine()
    runtime = find_runtime(config)
    ids = (config.drop_uid, config.drop_gid) if os.geteuid() == 0 else None
    bwrap = str(find_bwrap(config))
    errors: list[str] = []
    kill_orphans(BOOT)
    for variant in VARIANTS:
        launcher = Launcher(bwrap, runtime, ids, variant, machine)
        error = _try_launcher(launcher)
        if error is None:
            return _with_cgroups(launcher, config)
        errors.append(error)
    raise unavailable.diagnose(errors[-1])


def _with_cgroups(launcher: Launcher, config: SandboxConfig) -> Launcher:
    """The launcher with a cgroup per box, where that works and is wanted."""
    if config.tier == "B":
        return launcher
    try:
        hierarchy = find_hierarchy()
        hierarchy.sweep()
        confined = dataclasses.replace(launcher, hierarchy=hierarchy)
        error = _try_launcher(confined)
        if error is None:
            return confined
    except CgroupUnavailable as problem:
        error = str(problem)
    except unavailable.SandboxUnavailable as problem:
        error = problem.cause
    if config.tier == "A":
        raise unavailable.cgroup_missing(error)
    return launcher


def _try_launcher(launcher: Launcher) -> str | None:
    """Start a box that does nothing; its error text if that fails."""
    box = launch(launcher, Limits())
    try:
        ready = box.await_ready(START_S)
        # Without a job boot.py ends with status 0, so the whole way there was walked.
        box.control.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + START_S
        while box.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        if ready and box.process.returncode == 0:
            return None
        if box.process.returncode is None:
            return "bwrap did not finish"
        return box.early_errors() or f"bwrap ended with status {box.process.returncode}"
    finally:
        box.destroy()


def _start_filter(launcher: Launcher) -> bytes:
    return policy.start_filter(launcher.machine, fork=launcher.hierarchy is not None)
