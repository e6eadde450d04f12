"""The Python that goes into the box: found, measured, and if need be copied.

Traces follow CPython 3.11 (later versions inline comprehensions), so the box gets a 3.11 whatever
the worker runs on. Only its parts go in, at paths of their own: the binary, the standard library
without installed packages, and exactly the shared libraries that they load. Nothing of the host's
layout is visible inside.

The parts are put together in one folder, which is the box's root (`workers.sandbox.image`). Where
the worker may not make one, each part is bound by itself, which costs every box a few milliseconds.

bubblewrap is started by an ordinary user, who must be able to read all of it. A worker that is
root may itself use a Python below a closed home folder; then the system's own 3.11 is taken, and
where there is none, only the copy will do.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workers.sandbox import unavailable
from workers.sandbox.config import SandboxConfig
from workers.sandbox.image import ImageError, image_of

logger = logging.getLogger(__name__)

#: Where the runtime appears in the box.
BOX_PREFIX = "/opt/python"
BOX_LIBRARIES = f"{BOX_PREFIX}/lib"
#: The box's own user; `getpass` and `pwd` look it up.
PASSWD = b"student:x:65534:65534::/work:/nonexistent\n"
GROUP = b"student:x:65534:\n"
_VERSION = (3, 11)
#: Extension modules that need a terminal, a display or a service: not offered in the box.
_LEFT_OUT = ("_tkinter", "_curses", "readline", "_dbm", "_gdbm", "nis", "ossaudiodev", "_test")
#: Folders of the standard library that hold installed packages or are of no use in a box.
_MASKED = ("site-packages", "dist-packages", "test", "idlelib", "ensurepip", "tkinter", "lib2to3")
_QUERY = """
import ctypes, json, os, sys, sysconfig
print(json.dumps({
    "version": sys.version_info[:2], "implementation": sys.implementation.name,
    "full": sys.version.split()[0], "executable": os.path.realpath(sys.executable),
    "stdlib": sysconfig.get_path("stdlib"), "platstdlib": sysconfig.get_path("platstdlib"),
    "platlibdir": sys.platlibdir,
}))
"""


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Python for the box: `binds` are (host path, box path) pairs, all read-only.

    `root` is a folder that has all of it, each part at its place; empty where there is none.
    """

    version: str
    python: str
    binds: tuple[tuple[str, str], ...]
    masked: tuple[str, ...]
    root: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """An interpreter on the host and where its parts are."""

    version: str
    binary: Path
    stdlib: Path
    platlibdir: str


def find_runtime(config: SandboxConfig) -> Runtime:
    """The runtime for boxes on this machine. Raises `SandboxUnavailable` where there is none."""
    tried: list[str] = []
    unreachable: list[_Found] = []
    for candidate in _candidates(config):
        found = _inspect(candidate, None)
        tried.append(str(candidate))
        if found is None:
            continue
        if os.geteuid() != 0 or _inspect(found.binary, (config.drop_uid, config.drop_gid)):
            return _with_root(_describe(found), config, needed_by=None)
        unreachable.append(found)
    if unreachable:
        found = unreachable[0]
        return _with_root(_describe(found), config, needed_by=found.binary)
    raise unavailable.python_missing(", ".join(tried) or "nothing")


def _with_root(runtime: Runtime, config: SandboxConfig, *, needed_by: Path | None) -> Runtime:
    """The runtime in one folder; raises `SandboxUnavailable` where it cannot do without."""
    try:
        files = {"/etc/passwd": PASSWD, "/etc/group": GROUP}
        image = image_of(runtime.binds, _MASKED, files, config.runtime_dir)
    except ImageError as problem:
        if needed_by is not None:
            raise unavailable.runtime_unreachable(
                needed_by, config.runtime_dir, str(problem)
            ) from problem
        logger.info("boxes start slower without a runtime folder: %s", problem)
        return runtime
    return replace(runtime, root=str(image))


def _candidates(config: SandboxConfig) -> list[Path]:
    if config.python is not None:
        return [config.python]
    own = Path(getattr(sys, "_base_executable", "") or sys.executable)
    names = [own, Path(sys.base_prefix) / "bin" / "python3.11"]
    on_path = shutil.which("python3.11")
    names.extend([Path(on_path)] if on_path else [])
    names.extend([Path("/usr/bin/python3.11"), Path("/usr/local/bin/python3.11")])
    existing = [path.resolve() for path in names if path.exists()]
    return list(dict.fromkeys(existing))


def _inspect(python: Path, ids: tuple[int, int] | None) -> _Found | None:
    """Ask an interpreter about itself, as another user if `ids` are given; None: unusable."""
    try:
        done = subprocess.run(  # noqa: S603  # an interpreter of the operator's own machine
            [python, "-I", "-S", "-c", _QUERY],
            capture_output=True,
            timeout=30,
            check=True,
            cwd="/",
            env=loader_environment(),
            **_as_user(ids),
        )
        facts = json.loads(done.stdout)
        if tuple(facts["version"]) != _VERSION or facts["implementation"] != "cpython":
            return None
        return _Found(
            facts["full"], Path(facts["executable"]), Path(facts["stdlib"]), facts["platlibdir"]
        )
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None


def loader_environment() -> dict[str, str]:
    """What an interpreter with a shared library of its own may need to be started at all."""
    path = os.environ.get("LD_LIBRARY_PATH")
    return {"LD_LIBRARY_PATH": path} if path else {}


def _as_user(ids: tuple[int, int] | None) -> dict[str, Any]:
    return {} if ids is None else {"user": ids[0], "group": ids[1], "extra_groups": []}


def _describe(found: _Found) -> Runtime:
    stdlib = f"{BOX_PREFIX}/{found.platlibdir}/python3.11"
    python = f"{BOX_PREFIX}/bin/python3.11"
    binds = [(str(found.binary), python), (str(found.stdlib), stdlib)]
    interpreter = _elf_interpreter(found.binary)
    binds.append((os.path.realpath(interpreter), interpreter))
    for name, path in sorted(_libraries(found, interpreter).items()):
        binds.append((os.path.realpath(path), f"{BOX_LIBRARIES}/{name}"))
    zoneinfo = Path("/usr/share/zoneinfo")
    if zoneinfo.is_dir():
        binds.append((str(zoneinfo), str(zoneinfo)))
    masked = tuple(f"{stdlib}/{name}" for name in _MASKED if (found.stdlib / name).is_dir())
    return Runtime(found.version, python, tuple(binds), masked)


def _libraries(found: _Found, interpreter: str) -> dict[str, str]:
    """Name to path of every shared library that the binary and its extension modules load."""
    programs = [found.binary, *sorted((found.stdlib / "lib-dynload").glob("*.so"))]
    libraries: dict[str, str] = {}
    for program in programs:
        if not program.name.startswith(_LEFT_OUT):
            libraries.update(resolve_libraries(program, interpreter))
    return libraries


def resolve_libraries(program: Path, interpreter: str) -> dict[str, str]:
    """What the dynamic loader would load for this program (what `ldd` prints)."""
    done = subprocess.run(  # noqa: S603  # the system's loader, which only lists
        [interpreter, "--list", str(program)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    libraries: dict[str, str] = {}
    for line in done.stdout.splitlines():
        name, arrow, rest = line.strip().partition(" => ")
        path = rest.rsplit(" (", 1)[0]
        if arrow and path.startswith("/"):
            libraries[Path(name).name] = path
    return libraries


def _elf_interpreter(binary: Path) -> str:
    """The dynamic loader that a 64-bit ELF file names in its PT_INTERP header."""
    data = binary.read_bytes()[:4096]
    if data[:5] != b"\x7fELF\x02":
        raise unavailable.python_missing(f"{binary} (not a 64-bit ELF file)")
    start, entry_size, count = (
        struct.unpack_from("<Q", data, 32)[0],
        struct.unpack_from("<H", data, 54)[0],
        struct.unpack_from("<H", data, 56)[0],
    )
    for index in range(count):
        kind, _flags, offset = struct.unpack_from("<IIQ", data, start + index * entry_size)
        if kind == 3:
            return data[offset : data.index(b"\0", offset)].decode()
    raise unavailable.python_missing(f"{binary} (statically linked)")
