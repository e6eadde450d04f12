"""The bubblewrap command line of a box, as a pure function of what the machine offers.

`workers.sandbox.box` runs it. docs/sandbox.md explains the flags one by one; the golden test
`tests/workers/sandbox/test_spawn.py` holds them still.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass

from workers.sandbox import policy, unavailable
from workers.sandbox.cgroup import Hierarchy
from workers.sandbox.config import Limits
from workers.sandbox.image import SHARED_MEMORY
from workers.sandbox.pyruntime import BOX_LIBRARIES, BOX_PREFIX, Runtime

#: Ids inside the box. Nothing outside answers to them.
BOX_UID = BOX_GID = 65534


@dataclass(frozen=True, slots=True)
class Variant:
    """Protections that some machines do not offer; tried from the strictest down."""

    #: Forbid further user namespaces in the box. Needs a writable /proc/sys outside.
    disable_userns: bool
    #: Let boot.py mount a work folder with a limit on files (it drops the right at once).
    own_work_mount: bool


VARIANTS = (
    Variant(disable_userns=True, own_work_mount=True),
    Variant(disable_userns=False, own_work_mount=True),
    Variant(disable_userns=True, own_work_mount=False),
    Variant(disable_userns=False, own_work_mount=False),
)


@dataclass(frozen=True, slots=True)
class Launcher:
    """Everything that is the same for all boxes of one worker."""

    bwrap: str
    runtime: Runtime
    #: (uid, gid) to drop to, None where the worker is an ordinary user already.
    ids: tuple[int, int] | None
    variant: Variant
    machine: policy.Machine
    #: Where each box gets a cgroup; None: tier B.
    hierarchy: Hierarchy | None = None


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Numbers of the descriptors that bubblewrap itself reads or writes."""

    seccomp: int
    status: int
    #: (descriptor, path in the box) of each file whose content is passed in.
    files: tuple[tuple[int, str], ...]


def bwrap_argv(
    launcher: Launcher, descriptors: Descriptors, limits: Limits, command: tuple[str, ...]
) -> list[str]:
    """The bubblewrap command line of a box. docs/sandbox.md explains each flag."""
    runtime, variant = launcher.runtime, launcher.variant
    argv = [launcher.bwrap, "--unshare-all", "--unshare-user"]
    if variant.disable_userns:
        argv += ["--disable-userns"]
    argv += ["--uid", str(BOX_UID), "--gid", str(BOX_GID), "--cap-drop", "ALL"]
    if variant.own_work_mount:
        argv += ["--cap-add", "CAP_SYS_ADMIN"]
    argv += ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"]
    for name, value in box_environment().items():
        argv += ["--setenv", name, value]
    argv += _root(runtime)
    for descriptor, target in descriptors.files:
        argv += ["--ro-bind-data", str(descriptor), target]
    for device in ("null", "zero", "urandom"):
        argv += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    argv += ["--size", str(limits.file_bytes), "--tmpfs", "/work", "--chdir", "/work"]
    argv += ["--seccomp", str(descriptors.seccomp)]
    argv += ["--json-status-fd", str(descriptors.status)]
    argv += ["--remount-ro", "/", "--", *command]
    return argv


def _root(runtime: Runtime) -> list[str]:
    """Mounts of the runtime and of what other mounts go over."""
    if runtime.root:
        return ["--ro-bind", runtime.root, "/"]
    words: list[str] = []
    for source, target in runtime.binds:
        words += ["--ro-bind", source, target]
    for masked in runtime.masked:
        words += ["--tmpfs", masked, "--remount-ro", masked]
    words += ["--dir", "/dev", "--symlink", *SHARED_MEMORY]
    return [*words, "--dir", "/tmp"]  # noqa: S108  # in the box's own root


def box_environment() -> dict[str, str]:
    """The program's whole environment: fixed, so that runs repeat exactly."""
    return {
        "PATH": f"{BOX_PREFIX}/bin",
        "HOME": "/work",
        "TMPDIR": "/work",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "LD_LIBRARY_PATH": BOX_LIBRARIES,
    }


def python_command(runtime: Runtime, *words: str) -> tuple[str, ...]:
    """Python in the box. Not -I, which would ignore PYTHONHASHSEED; the rest of it is here.

    boot.py does what `-W ignore` would.
    """
    return (runtime.python, "-s", "-P", "-S", "-B", "-u", "-X", "utf8", *words)


def rlimits(limits: Limits) -> dict[str, tuple[int, int]]:
    """Resource limits that boot.py sets: name in `resource` to (soft, hard)."""
    return {
        "RLIMIT_AS": (limits.memory_bytes, limits.memory_bytes),
        "RLIMIT_CPU": (limits.cpu_s, limits.cpu_s + 1),
        "RLIMIT_FSIZE": (limits.file_bytes, limits.file_bytes),
        "RLIMIT_NOFILE": (limits.open_files, limits.open_files),
        "RLIMIT_NPROC": (limits.processes, limits.processes),
        "RLIMIT_STACK": (8 << 20, 8 << 20),
        "RLIMIT_SIGPENDING": (64, 64),
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_MEMLOCK": (0, 0),
        "RLIMIT_MSGQUEUE": (0, 0),
    }


def own_machine() -> policy.Machine:
    """The processor's name in the filter tables. Raises `SandboxUnavailable` elsewhere."""
    if platform.system() == "Linux":
        if platform.machine() == "x86_64":
            return "x86_64"
        if platform.machine() == "aarch64":
            return "aarch64"
    raise unavailable.not_linux()
