"""First program in the box: lock the door from the inside, then run the tracer.

Runs as `python boot.py DESCRIPTOR TRACER WORK_BYTES WORK_FILES` with the standard library only;
DESCRIPTOR is a stream socket to the host, TRACER a file with the tracer's code. In order:

1. mount a small tmpfs with a limit on files over the work folder (the one privileged act);
2. import everything that the run will need;
3. say so with one byte, to which the kernel adds this process's id, and wait for the job (until
   here nothing of a student is in this process);
4. limits, move the socket to descriptor 3, close all others, drop capabilities, load the
   second filter;
5. hand over to the tracer.

The job is a `marshal` dictionary behind a u32 length. It comes from the host, which is trusted;
nothing is ever parsed this way in the other direction.
"""

from __future__ import annotations

import _warnings
import marshal
import os
import sys

# Not `ctypes`, which would cost every box 2 ms for what is not used here.
from _ctypes import (
    FUNCFLAG_CDECL,
    FUNCFLAG_USE_ERRNO,
    CFuncPtr,
    Structure,
    _SimpleCData,
    byref,
    dlopen,
    dlsym,
    get_errno,
)

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` itself would cost every box a few milliseconds
    from typing import Any

#: The kernel's numbers of resource limits, equal on x86-64 and ARM64. The `resource` module is a
#: shared library more to load.
RESOURCES = {
    "RLIMIT_CPU": 0,
    "RLIMIT_FSIZE": 1,
    "RLIMIT_STACK": 3,
    "RLIMIT_CORE": 4,
    "RLIMIT_NPROC": 6,
    "RLIMIT_NOFILE": 7,
    "RLIMIT_MEMLOCK": 8,
    "RLIMIT_AS": 9,
    "RLIMIT_SIGPENDING": 11,
    "RLIMIT_MSGQUEUE": 12,
}
CLONE_NEWNS = 0x00020000
MS_NOSUID_NODEV_NOEXEC = 2 | 4 | 8
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 4, 22, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION_3 = 0x20080522
WORK = "/work"
#: The socket's number in every box.
CHANNEL = 3


class Int(_SimpleCData):  # type: ignore[type-arg]  # generic in its stub only
    """C's `int`."""

    _type_ = "i"


class Short(_SimpleCData):  # type: ignore[type-arg]
    """C's `unsigned short`."""

    _type_ = "H"


class Long(_SimpleCData):  # type: ignore[type-arg]
    """C's `unsigned long`."""

    _type_ = "L"


class Text(_SimpleCData):  # type: ignore[type-arg]
    """C's `char *`."""

    _type_ = "z"


class Call(CFuncPtr):
    """A function of the C library that returns an int and sets errno."""

    _flags_ = FUNCFLAG_CDECL | FUNCFLAG_USE_ERRNO
    _restype_ = Int


class Library:
    """The C library's functions as attributes."""

    def __init__(self) -> None:
        self._handle = dlopen(None, 0)  # type: ignore[arg-type]  # None: what is loaded

    def __getattr__(self, name: str) -> Any:
        return Call(dlsym(self._handle, name))


class FilterProgram(Structure):
    """`struct sock_fprog`."""

    _fields_ = [("length", Short), ("instructions", Text)]


class Bounds(Structure):
    """`struct rlimit`."""

    _fields_ = [("soft", Long), ("hard", Long)]


class Bundle:
    """Imports the modules whose marshalled code is in a dictionary: one file for all of them."""

    def __init__(self, codes: dict[str, bytes]) -> None:
        self.codes = codes

    def find_spec(self, name: str, *_: object) -> Any:
        if name not in self.codes:
            return None
        spec: Any = type(sys.__spec__)
        return spec(name, self, is_package="." not in name)

    def create_module(self, spec: object) -> None:
        """As usual."""

    def exec_module(self, module: Any) -> None:
        code = marshal.loads(self.codes[module.__name__])  # noqa: S302  # from the host
        exec(code, module.__dict__)  # noqa: S102  # the tracer's own


def mount_work(libc: Library, size: int, files: int) -> bool:
    """Put a tmpfs of `size` bytes and `files` files over the work folder.

    Needs CAP_SYS_ADMIN over the mount namespace. Where bubblewrap put this process into a nested
    user namespace (--disable-userns), a mount namespace of its own gives it that.
    """
    options = f"size={size},nr_inodes={files},mode=0700".encode()

    def mount() -> bool:
        result = libc.mount(b"tmpfs", WORK.encode(), b"tmpfs", MS_NOSUID_NODEV_NOEXEC, options)
        return bool(result == 0)

    done = mount() or (libc.unshare(CLONE_NEWNS) == 0 and mount())
    os.chdir(WORK)
    return done


def receive_job(descriptor: int) -> dict[str, Any]:
    """Block until the host sends the job."""
    length = int.from_bytes(read_exactly(descriptor, 4), "little")
    job: dict[str, Any] = marshal.loads(  # noqa: S302  # from the host, which is trusted
        read_exactly(descriptor, length)
    )
    return job


def read_exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(descriptor, count)
        if not part:
            os._exit(0)  # the host went away or never used this box
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def limit_resources(libc: Library, limits: dict[str, tuple[int, int]]) -> None:
    """Lower each named limit for good: below the hard ones that there are already."""
    for name, (soft, hard) in limits.items():
        old = Bounds()
        check(libc.getrlimit(RESOURCES[name], byref(old)), name)
        # "No limit" is the largest number.
        new = Bounds(min(soft, old.hard), min(hard, old.hard))
        check(libc.setrlimit(RESOURCES[name], byref(new)), name)


def ignore_warnings() -> None:
    """What `python -W ignore` does, without importing `warnings` in every box."""
    sys.warnoptions.append("ignore")
    _warnings.filters.insert(0, ("ignore", None, Warning, None, 0))
    _warnings._filters_mutated()  # type: ignore[attr-defined]  # of 3.11, the only one in boxes


def drop_privileges(libc: Library) -> None:
    """No capability, no way to gain one, no core dump, no tracing by others of this user."""
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)  # absent before Linux 4.3
    header = CAPABILITY_VERSION_3.to_bytes(4, sys.byteorder) + bytes(4)
    nothing = bytes(6 * 4)
    check(libc.capset(header, nothing), "capset")
    check(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "undumpable")


def load_filter(libc: Library, program: bytes) -> None:
    """Load the second seccomp filter: from here on no exec, no mount, no fork."""
    fprog = FilterProgram(len(program) // 8, program)
    check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, byref(fprog), 0, 0), "seccomp")


def leave_trace(descriptor: int) -> None:
    """In a process that the program started: no tracing, no channel, plain output."""
    sys.settrace(None)
    nowhere = os.open("/dev/null", os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = os.fdopen(number, "w", 1, "utf-8", "backslashreplace", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def load_program(modules: list[tuple[str, bytes]]) -> Any:
    """Execute the modules that came with the job, in their order; the last is the program.

    What only some boxes need costs the others nothing this way, not even a mount.
    """
    package = sys.modules["judge"] = type(sys)("judge")
    package.__path__ = []
    program = package
    for name, code in modules:
        program = sys.modules[f"judge.{name}"] = type(sys)(f"judge.{name}")
        program.__package__ = "judge"
        exec(marshal.loads(code), program.__dict__)  # noqa: S102, S302  # from the host
        setattr(package, name, program)
    for name in ("judge", *(f"judge.{name}" for name, _ in modules)):
        del sys.modules[name]
    return program


def check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(get_errno(), f"boot: {what}: {os.strerror(get_errno())}")


def main() -> None:
    descriptor, code, size, files = (int(word) for word in sys.argv[1:5])
    ignore_warnings()
    libc = Library()
    limited = mount_work(libc, size, files)
    with os.fdopen(code, "rb") as file:
        bundle: Any = Bundle(marshal.load(file))  # noqa: S302  # from the host
    sys.meta_path.insert(0, bundle)
    from tracer import main as tracer  # type: ignore[import-not-found]  # exists in the box

    sys.meta_path.remove(bundle)
    os.environ.pop("LD_LIBRARY_PATH", None)  # the loader has its copy; programs need none
    os.write(descriptor, b"R")
    job = receive_job(descriptor)
    limit_resources(libc, job["limits"])
    # Its number is the worker's, which may be higher than the box's limit of descriptors allows.
    os.dup2(descriptor, CHANNEL)
    os.closerange(CHANNEL + 1, 1 << 20)
    drop_privileges(libc)
    load_filter(libc, job["filter"])
    if job["fork"]:
        os.register_at_fork(after_in_child=lambda: leave_trace(CHANNEL))
    job["notes"] = [] if limited else ["files"]
    for name in [name for name in sys.modules if name.split(".")[0] == "tracer"]:
        del sys.modules[name]
    if "modules" in job:
        load_program(job["modules"]).run(job, CHANNEL)
    else:
        tracer.run(job, CHANNEL)


if __name__ == "__main__":
    main()
