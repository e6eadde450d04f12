"""What every probe can use. The harness puts this text in front of a file of probes.

A probe is a function that attacks. It returns something true when the attack reached its aim, and
returns something false or raises when it was stopped; `attack(...)` names every way of being
stopped that counts as the defence at work. Anything else (a typo, a missing module) is neither,
and fails the test. Registering runs nothing: the last line of the program that is made of this
text calls `run(name)`.

`FACTS` holds what the probe aims at: ports of live listeners, a secret file, a process of the same
user outside. `OUTSIDE` is true in the canary, the run of the same probe without a box.
"""

import ctypes
import errno
import os
import stat
import sys

FACTS = globals().get("FACTS", {})
NUMBERS = globals().get("NUMBERS", {})
OUTSIDE = globals().get("OUTSIDE", False)
ATTACKS = {}

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def attack(*stopped, **facts):
    """Register a probe. `stopped`: errno names, exception names, "SIGSYS", execution statuses."""

    def register(function):
        ATTACKS[function.__name__] = (function, stopped, facts)
        return function

    return register


def say(word, name, detail=""):
    """One line past `sys.stdout`, so that nothing waits in a buffer when the box is killed."""
    os.write(1, f"{word} {name} {detail}\n".encode("ascii", "backslashreplace"))


def run(name):
    """Attack, and say what came of it."""
    try:
        gained = ATTACKS[name][0]()
    except OSError as error:
        say("STOPPED", name, errno.errorcode.get(error.errno, type(error).__name__))
    except BaseException as error:
        say("STOPPED", name, f"{type(error).__name__} {error!r:.300}")
    else:
        say("REACHED", name, repr(gained)[:200]) if gained else say("STOPPED", name, "nothing")


def check(result):
    """The result of a C call, or the OSError that its errno stands for."""
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def call(name, *arguments):
    """A system call by its name, past the C library's wrapper for it. Raises OSError."""
    number = NUMBERS.get(name, name)
    if isinstance(number, str):
        raise OSError(errno.ENOSYS, f"{name} does not exist on this processor")
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return check(libc.syscall(ctypes.c_long(number), *words))


def entered(name, *arguments, says=("EINVAL", "EFAULT", "EBADF", "ENOENT", "ESRCH")):
    """Whether the kernel's own code saw the call: it worked, or failed for what was passed.

    For calls that would change or stop the machine if they were made in earnest.
    """
    try:
        call(name, *arguments)
    except OSError as error:
        if errno.errorcode.get(error.errno) not in says:
            raise
    return True


def machine_code(code):
    """Run bytes as a function without arguments. Gives its result."""
    import mmap

    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    start = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_long)(start)()


def in_child(function):
    """Whether `function` works in a child process. Raises the child's OSError."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = 0 if function() else 1
        except OSError as error:
            status = 100 + (error.errno or 0) % 100
        finally:
            os._exit(status)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code >= 100:
        raise OSError(code - 100, os.strerror(code - 100))
    return code == 0


# Probes import what they need from here, as if this were a module.
sys.modules["prelude"] = sys.modules[__name__]


def descriptors():
    """Every open descriptor with its `fstat`. A box keeps the numbers that its worker gave out."""
    found = []
    for number in range(65536):
        try:
            found.append((number, os.fstat(number)))
        except OSError:
            continue
    return found


def sockets():
    """The numbers of those that are sockets: in a box, the one to the worker."""
    return [number for number, facts in descriptors() if stat.S_ISSOCK(facts.st_mode)]
