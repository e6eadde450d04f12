"""Using more than one's share of memory, time, processes, files and output.

Programs with an aim that is also bounded outside: the canary shows that the aim can be reached
where nothing limits it, with amounts that cannot hurt the machine.
"""

import ctypes
import os
import signal
import sys
import threading
import time

from prelude import OUTSIDE, attack, call, check, libc

MIB = 1 << 20
SMALL = {"memory_bytes": 160 * MIB}
ONE_SECOND = {"cpu_s": 1, "wall_s": 20.0}
#: More than the limit and its reserve of one second together.
BURN_S = 2.5


def burn(seconds=BURN_S, clock=time.process_time):
    end = clock() + seconds
    while clock() < end:
        pass
    return True


# --- processes and threads ------------------------------------------------------------------------


@attack("EPERM", "EAGAIN")
def fork_bomb():
    children = []
    try:
        while len(children) < 60:
            pid = os.fork()
            if pid == 0:
                time.sleep(30)
                os._exit(0)
            children.append(pid)
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return len(children)


@attack("RuntimeError")
def thread_bomb():
    stop = threading.Event()
    try:
        for _ in range(64):
            threading.Thread(target=stop.wait).start()
    finally:
        stop.set()
    return True


@attack("EPERM", "EAGAIN", fork="allowed")
def daemon_that_outlives_the_run():
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1)
        os._exit(0)
    return os.waitpid(pid, 0)


@attack("wall_limit", limits={"wall_s": 1.0})
def thread_that_keeps_the_program_alive():
    def wait():
        time.sleep(3)
        os.write(1, b"REACHED thread_that_keeps_the_program_alive\n")

    threading.Thread(target=wait).start()


@attack("wall_limit", limits={"wall_s": 1.0})
def exit_function_that_sleeps():
    import atexit

    def wait():
        time.sleep(3)
        os.write(1, b"REACHED exit_function_that_sleeps\n")

    atexit.register(wait)


# --- memory ---------------------------------------------------------------------------------------


@attack("MemoryError", "memory_limit", limits=SMALL)
def memory_that_is_used():
    parts = []
    while len(parts) < 24:
        parts.append(bytearray(b"x" * (10 * MIB)))
    return len(parts)


@attack("EAGAIN", "ENOMEM", "memory_limit", "MemoryError", limits=SMALL)
def memory_that_is_only_reserved():
    import mmap

    return mmap.mmap(-1, 2048 * MIB)


@attack("EAGAIN", "ENOMEM", "memory_limit", "MemoryError", "OSError", limits=SMALL)
def shared_memory():
    import mmap

    part = mmap.mmap(-1, 400 * MIB, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    for at in range(0, 240 * MIB, 4096):
        part[at] = 1
    return True


@attack("EPERM", "EFBIG", "memory_limit", limits=SMALL)
def memory_in_memory_files():
    """Pages of memory files count to no process until they are mapped."""
    files = []
    for _ in range(4):
        file = os.memfd_create("x")
        files.append(file)
        for _ in range(6):
            os.write(file, b"x" * (10 * MIB))
    return len(files)


@attack("EPERM", "EAGAIN", "memory_limit", limits=SMALL)
def memory_split_over_children():
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            part = bytearray(b"x" * (50 * MIB))
            time.sleep(0.5)
            os._exit(0 if part else 1)
    return all(os.wait()[1] == 0 for _ in range(4))


@attack("MemoryError", "memory_limit", limits=SMALL)
def memory_by_one_multiplication():
    return len([None] * (60 * MIB))


@attack("MemoryError", "memory_limit", "nothing", limits=SMALL)
def memory_in_thread_stacks():
    threading.stack_size(64 * MIB)
    stop = threading.Event()
    try:
        for _ in range(4):
            threading.Thread(target=stop.wait).start()
    except RuntimeError:
        return False
    finally:
        stop.set()
    return True


@attack("EPERM", "ENOMEM", "EAGAIN")
def locked_memory():
    part = ctypes.create_string_buffer(MIB)
    check(libc.mlock(part, MIB))
    return True


@attack("EPERM", "ENOMEM", "EAGAIN")
def all_memory_locked():
    return call("mlockall", 2) == 0 and call("munlockall") == 0


@attack("nothing", "EMFILE", "OSError", root=True)
def memory_in_pipes():
    """Each pipe can hold 64 KiB, or a megabyte when it is grown: kernel memory."""
    filled, pipes = 0, []
    import fcntl

    for _ in range(100):
        read, write = os.pipe()
        pipes += [read, write]
        os.set_blocking(write, False)
        try:
            fcntl.fcntl(write, 1031, 256 << 10)
        except PermissionError:
            pass
        try:
            while True:
                filled += os.write(write, bytes(65536))
        except BlockingIOError:
            continue
    return filled if filled > 8 * MIB else 0


@attack(
    "memory_limit", "signalled", "MemoryError", "RecursionError", "cpu_limit", limits=ONE_SECOND
)
def endless_recursion():
    sys.setrecursionlimit(10**9)
    if OUTSIDE:
        sys.setrecursionlimit(20_000)

    def down(n):
        return n if n == 15_000 and OUTSIDE else down(n + 1)

    return down(0)


@attack("signalled", "RecursionError", "MemoryError", "memory_limit")
def crash_of_the_interpreter():
    """Nested objects smash the C stack; the run must be reported and the worker live on."""
    if OUTSIDE:
        pid = os.fork()
        if pid == 0:
            ctypes.string_at(0)
        return os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    ctypes.string_at(0)
    return True


# --- time -----------------------------------------------------------------------------------------


@attack("cpu_limit", limits=ONE_SECOND)
def endless_loop():
    return burn()


@attack("cpu_limit", limits=ONE_SECOND)
def endless_call_into_c():
    """No line of Python runs in here, so nothing in the interpreter can interrupt it."""
    while time.process_time() < BURN_S:
        sum(range(10**7))
    return True


@attack("cpu_limit", limits=ONE_SECOND)
def loop_that_ignores_signals():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    return burn()


@attack("cpu_limit", limits=ONE_SECOND)
def many_threads_that_burn():
    threads = [threading.Thread(target=burn) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return True


@attack("cpu_limit", limits=ONE_SECOND)
def pattern_that_explodes():
    import re

    pattern = re.compile("(a+)+b")
    length = 20
    while time.process_time() < BURN_S:
        pattern.match("a" * length)
        length += 1
    return True


@attack("cpu_limit", "wall_limit", limits=ONE_SECOND)
def burning_in_children():
    """CPU time is a limit per process unless a control group counts it."""
    try:
        for _ in range(3):
            if os.fork() == 0:
                burn()
                os._exit(0)
    except OSError:
        return burn()
    return all(os.wait()[1] == 0 for _ in range(3))


@attack("wall_limit", limits={"wall_s": 1.0})
def sleeping():
    time.sleep(3)
    return True


@attack("wall_limit", limits={"wall_s": 1.0})
def sleeping_with_all_signals_blocked():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    time.sleep(3)
    return True


@attack("wall_limit", limits={"wall_s": 1.0})
def stopping_oneself():
    """A stopped process uses no CPU time and answers nobody."""
    if OUTSIDE:
        pid = os.fork()
        if pid == 0:
            os.kill(os.getpid(), signal.SIGSTOP)
        stopped = os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1])
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return stopped
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(2)
    return True


@attack("nothing")
def waiting_for_input_for_ever():
    """Standard input must have an end."""
    import select

    if OUTSIDE:
        read, _write = os.pipe()
        return not select.select([read], [], [], 0.2)[0]
    while os.read(0, 4096):
        pass
    return False


@attack("EPERM")
def better_priority():
    os.nice(1)
    return True


@attack("EPERM", root=True)
def real_time_priority():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return True


@attack("EPERM")
def priority_of_disks():
    return call("ioprio_set", 1, 0, 2 << 13) == 0


@attack("EPERM")
def choosing_processors():
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    return True


# --- limits themselves ----------------------------------------------------------------------------


@attack("ValueError", "EPERM", root=True, absent=("ValueError",))
def raising_a_limit():
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    if hard == resource.RLIM_INFINITY:
        return True
    resource.setrlimit(resource.RLIMIT_NPROC, (hard + 1, hard + 1))
    return True


@attack("ValueError", "EPERM", "nothing")
def missing_limits():
    import resource

    names = ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "MEMLOCK", "MSGQUEUE", "SIGPENDING")
    unlimited = []
    for name in names:
        if resource.getrlimit(getattr(resource, "RLIMIT_" + name))[1] == resource.RLIM_INFINITY:
            unlimited.append(name)
    return unlimited


@attack("nothing")
def core_dump():
    import resource

    if OUTSIDE:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        return resource.getrlimit(resource.RLIMIT_CORE)[1] != 0
    return resource.getrlimit(resource.RLIMIT_CORE)[1] != 0 or libc.prctl(3, 0, 0, 0, 0) != 0
