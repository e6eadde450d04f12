"""Other processes: starting, seeing, signalling them; second programs; the terminal."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time

from prelude import FACTS, OUTSIDE, attack, call, check, in_child, libc, machine_code

# --- second programs ------------------------------------------------------------------------------


@attack("EPERM", fork="allowed")
def forking():
    return in_child(lambda: True)


@attack("EPERM", fork="allowed")
def forking_by_the_c_library():
    pid = check(libc.fork())
    if pid == 0:
        os._exit(0)
    return os.waitpid(pid, 0)


@attack("EPERM", processor="x86_64", fork="allowed")
def vfork():
    # pop rdi; mov eax, 58 (vfork); syscall; push rdi; test; on 0: exit(0) at once; ret
    code = b"\x5f\xb8\x3a\x00\x00\x00\x0f\x05\x57\x48\x85\xc0\x75\x09\x31\xff\xb8\x3c\x00\x00\x00"
    result = machine_code(code + b"\x0f\x05\xc3")
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return os.waitpid(result, 0)


@attack("EPERM", "ENOENT")
def python_again():
    return subprocess.run([sys.executable, "-S", "-c", ""], timeout=60).returncode == 0


@attack("EPERM")
def python_in_place_of_this_one():
    argv = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import os; os.write(1, b'REACHED python_in_place_of_this_one\\n')",
    ]
    os.execv(sys.executable, argv)


@attack("ENOENT", "EPERM")
def shell():
    return subprocess.run("true", shell=True, timeout=60).returncode == 0


@attack("nothing")
def shell_by_the_c_library():
    return libc.system(b"true") == 0


@attack("EPERM", "EACCES")
def script_of_its_own():
    path = (FACTS["folder"] + "/" if OUTSIDE else "/work/") + "script"
    with open(path, "w") as file:
        file.write(f"#!{sys.executable}\n")
    os.chmod(path, 0o755)
    return in_child(lambda: os.execv(path, [path])) if OUTSIDE else os.execv(path, [path])


@attack("EPERM")
def spawning():
    return os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-S", "-c", ""], {}), 0)


@attack("EPERM")
def the_loader_as_a_program():
    """The dynamic loader runs any file it is given, whether that may be executed or not."""
    paths = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")
    path = next(path for path in paths if os.path.exists(path))
    argv = [path, "--help"]
    return in_child(lambda: os.execv(path, argv)) if OUTSIDE else os.execv(path, argv)


@attack("EPERM")
def program_in_memory():
    file = os.memfd_create("program")
    with open("/bin/true" if OUTSIDE else sys.executable, "rb") as source:
        os.write(file, source.read())
    return in_child(lambda: os.execve(file, ["x"], {}))


@attack("OSError")
def library_of_its_own():
    """A shared object written by the program; mapping it executable must fail (noexec)."""
    path = (FACTS["folder"] if OUTSIDE else "/work") + "/own.so"
    import _ctypes

    with open(_ctypes.__file__, "rb") as source, open(path, "wb") as target:
        target.write(source.read())
    return ctypes.CDLL(path)


@attack("EPERM", "ImportError", "OSError")
def executable_page_of_a_file():
    import mmap

    path = (FACTS["folder"] if OUTSIDE else "/work") + "/page"
    with open(path, "w+b") as file:
        file.write(bytes(mmap.PAGESIZE))
        file.flush()
        return mmap.mmap(file.fileno(), mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_EXEC)


@attack("EPERM", "OSError", "RuntimeError", fork="allowed")
def worker_pool():
    import multiprocessing

    if OUTSIDE:
        with multiprocessing.get_context("fork").Pool(1) as pool:
            return pool.apply(os.getpid)
    return multiprocessing.get_context("fork").Process(target=os.getpid).start() is None


# --- seeing and signalling ------------------------------------------------------------------------


@attack("ESRCH", needs="victim")
def killing_a_process_of_the_same_user():
    os.kill(FACTS["victim"], signal.SIGKILL)
    return True


@attack("ESRCH", needs="victim")
def queueing_a_signal():
    information = (ctypes.c_int * 32)(signal.SIGKILL, 0, -1)
    return call("rt_sigqueueinfo", FACTS["victim"], signal.SIGKILL, information) == 0


@attack("ESRCH", needs="victim")
def signalling_a_thread():
    return call("tgkill", FACTS["victim"], FACTS["victim"], signal.SIGKILL) == 0


@attack("EPERM", "ESRCH", needs="victim")
def signal_by_input_and_output():
    """F_SETOWN lets the kernel send a signal on the program's behalf."""
    read, write = os.pipe()
    fcntl.fcntl(read, 8, FACTS["victim"])
    fcntl.fcntl(read, 10, signal.SIGKILL)
    fcntl.fcntl(read, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)
    os.write(write, b"x")
    return True


@attack("ESRCH", needs="victim")
def existence_of_a_process():
    os.kill(FACTS["victim"], 0)
    return True


@attack("nothing", needs="victim")
def killing_everything():
    """kill(-1). The canary signals its own new process group only."""
    if OUTSIDE:
        os.kill(FACTS["victim"], signal.SIGKILL)
        return True
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        return False
    # In the box, nothing but the box may have died; the harness looks at the victim outside.
    return False


@attack("nothing")
def killing_process_1():
    """Process 1 of the box; a signal to it from inside must not end the box early."""
    if OUTSIDE:
        pid = os.fork()
        if pid == 0:
            time.sleep(60)
            os._exit(0)
        os.kill(pid, signal.SIGKILL)
        return os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    os.kill(1, signal.SIGKILL)
    time.sleep(0.2)
    return False


@attack("nothing", alone=True)
def processes_of_the_host():
    """Every process that answers to a signal; in a box at most its own two or three."""
    alive = 0
    for pid in range(1, 40_000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        except PermissionError:
            pass
        alive += 1
    return alive if alive > 3 else 0


@attack("nothing")
def parent_outside():
    """The parent's number: of a process of the host, or of the box's own process 1."""
    return os.getppid() if os.getppid() > 1 or OUTSIDE else 0


@attack("nothing")
def session_of_the_worker():
    """In the worker's session the box would share its terminal and its signals."""
    return os.getsid(0) != os.getpid() and os.getsid(0) == FACTS["session"]


@attack("EPERM", needs="victim")
def priority_of_a_process():
    os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0))
    return True


@attack("EPERM", "ESRCH", needs="victim")
def limits_of_a_process():
    import resource

    return resource.prlimit(FACTS["victim"], resource.RLIMIT_CORE)


@attack("ESRCH", "OSError", "EINVAL", "EPERM", needs="victim")
def clock_of_a_process():
    """How long a process has computed: a side channel on other runs."""
    return time.clock_gettime((~FACTS["victim"] << 3) | 2) >= 0


@attack("ESRCH", "EPERM", needs="victim")
def processors_of_a_process():
    return os.sched_getaffinity(FACTS["victim"])


# --- the terminal ---------------------------------------------------------------------------------


@attack("ENXIO", "ENOENT", "EACCES", terminal=True)
def terminal_of_the_worker():
    return os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)


def type_into(request):
    descriptor = os.open(FACTS["terminal"], os.O_RDWR | os.O_NOCTTY) if OUTSIDE else 0
    return libc.ioctl(descriptor, ctypes.c_ulong(request), ctypes.c_char_p(b"x"))


@attack("ENOTTY", root=True, terminal=True, absent=("EIO",))
def typing_into_the_terminal():
    check(type_into(0x5412))  # TIOCSTI
    return True


@attack("ENOTTY", root=True, terminal=True, absent=("EIO",))
def typing_with_high_bits_set():
    """The kernel looks at 32 bits of the request, and a filter must do the same."""
    check(type_into(0x5412 | 1 << 32))
    return True


@attack("ENOTTY", terminal=True)
def taking_a_terminal():
    descriptor = os.open(FACTS["terminal"], os.O_RDWR | os.O_NOCTTY) if OUTSIDE else 0
    if OUTSIDE and os.getsid(0) != os.getpid():
        os.setsid()
    return check(libc.ioctl(descriptor, ctypes.c_ulong(0x540E), 0)) == 0  # TIOCSCTTY


@attack("ENOTTY", terminal=True)
def size_of_the_terminal():
    """TIOCSWINSZ signals every program on the terminal."""
    descriptor = os.open(FACTS["terminal"], os.O_RDWR | os.O_NOCTTY) if OUTSIDE else 0
    return check(libc.ioctl(descriptor, ctypes.c_ulong(0x5414), bytes(8))) == 0
