"""System calls that serve to attack the kernel or another process, by every entry there is."""

import ctypes
import os
import time

from prelude import NUMBERS, OUTSIDE, attack, call, check, entered, in_child, libc, machine_code

X32 = 0x40000000


def pointer(size=128):
    return ctypes.create_string_buffer(size)


# --- other processes ------------------------------------------------------------------------------


@attack("SIGSYS")
def being_traced():
    # In a child, which a tracer that does not expect it (this one's parent) need not wait for.
    return in_child(traced) if OUTSIDE else traced()


def traced():
    return call("ptrace", 0, 0, 0, 0) == 0


@attack("SIGSYS")
def tracing_another():
    """Process 1 of the box; the canary takes a child of its own."""
    pid = 1 if not OUTSIDE else os.fork()
    if pid == 0:
        time.sleep(30)
        os._exit(0)
    try:
        return call("ptrace", 16, pid, 0, 0) == 0
    finally:
        if OUTSIDE:
            os.kill(pid, 9)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


@attack("SIGSYS")
def reading_the_memory_of_a_process():
    source, target = pointer(8), pointer(8)
    one = Vector(ctypes.addressof(source), 8)
    two = Vector(ctypes.addressof(target), 8)
    args = (ctypes.byref(two), 1, ctypes.byref(one), 1, 0)
    return call("process_vm_readv", os.getpid(), *args)


@attack("SIGSYS")
def writing_the_memory_of_a_process():
    source, target = pointer(8), pointer(8)
    one = Vector(ctypes.addressof(source), 8)
    two = Vector(ctypes.addressof(target), 8)
    args = (ctypes.byref(one), 1, ctypes.byref(two), 1, 0)
    return call("process_vm_writev", os.getpid(), *args)


@attack("SIGSYS")
def comparing_processes():
    return call("kcmp", os.getpid(), os.getpid(), 1, 0, 0) >= 0


@attack("EPERM")
def descriptor_of_a_process():
    return os.pidfd_open(os.getpid())


@attack("SIGSYS")
def taking_a_descriptor_of_a_process():
    return entered("pidfd_getfd", -1, 0, 0)


@attack("EPERM")
def signal_by_a_process_descriptor():
    return entered("pidfd_send_signal", -1, 0, 0, 0)


@attack("SIGSYS")
def advising_on_the_memory_of_a_process():
    return entered("process_madvise", -1, 0, 0, 21, 0)


@attack("EPERM", "nothing", root=True)
def reading_where_memory_lies():
    """move_pages tells physical nodes, and of other processes."""
    return entered("move_pages", 0, 0, None, None, None, 0)


# --- memory and code ------------------------------------------------------------------------------


@attack("SIGSYS", absent=("ENOSYS",))
def page_faults_in_user_space():
    """userfaultfd: stops the kernel inside a copy, the classic helper of kernel exploits."""
    return call("userfaultfd", 1)


@attack("SIGSYS", root=True)
def bpf_map():
    return call("bpf", 0, (ctypes.c_uint32 * 16)(2, 4, 8, 1), 64)


@attack("SIGSYS", absent=("ENOSYS", "ENOENT"))
def performance_counter():
    attributes = (ctypes.c_uint32 * 32)(1, 112)
    return call("perf_event_open", attributes, 0, -1, -1, 0) > 0


@attack("ENOSYS", absent=("ENOSYS",))
def io_uring():
    """Runs other calls, network included, where no filter sees them."""
    return call("io_uring_setup", 1, pointer(256)) > 0


@attack("ENOSYS", absent=("ENOSYS",))
def io_uring_by_the_other_call():
    return entered("io_uring_register", -1, 0, None, 0)


@attack("EPERM", absent=("ENOSYS",))
def asynchronous_io():
    context = ctypes.c_ulong()
    return call("io_setup", 1, ctypes.byref(context)) == 0


@attack("EPERM", absent=("ENOSYS", "EOPNOTSUPP"))
def secret_memory():
    return call("memfd_secret", 0)


@attack("EPERM", fork="allowed")
def memory_file():
    return os.memfd_create("x")


@attack("EPERM")
def splicing_memory_into_a_pipe():
    """vmsplice: the way of Dirty Pipe."""
    _, write = os.pipe()
    data = pointer(16)
    return call("vmsplice", write, ctypes.byref(Vector(ctypes.addressof(data), 16)), 1, 0)


@attack("EPERM")
def splicing_a_file_into_a_pipe():
    _, write = os.pipe()
    return call("splice", os.open("/dev/zero", os.O_RDONLY), None, write, None, 16, 0)


@attack("SIGSYS", processor="x86_64", absent=("ENOSYS",))
def changing_the_segment_table():
    return call("modify_ldt", 0, pointer(16), 16) >= 0


@attack("SIGSYS")
def switching_off_address_randomisation():
    before = call("personality", 0xFFFFFFFF)
    return call("personality", before | 0x0040000) >= 0


@attack("EPERM", root=True, absent=("EPERM",))
def rewriting_the_memory_map():
    """PR_SET_MM makes a process look like another."""
    return entered("prctl", 35, 1, 0, 0, 0, says=("EINVAL",))


@attack("EPERM", absent=("EINVAL",))
def filtering_system_calls_again():
    """A filter with a listener makes one process answer the calls of another."""
    check(libc.prctl(38, 1, 0, 0, 0))
    return entered("seccomp", 1, 0, None, says=("EFAULT",))


@attack("EPERM")
def strict_filter_by_prctl():
    return entered("prctl", 22, 2, None, 0, 0, says=("EFAULT",))


# --- the processor's other entries ----------------------------------------------------------------


@attack("SIGSYS", processor="x86_64", absent=("SIGSEGV",))
def entry_of_32_bit_programs():
    # mov eax, 20 (getpid of i386); int 0x80; ret
    return machine_code(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3") == os.getpid()


@attack("SIGSYS", processor="x86_64", absent=("SIGSEGV",))
def entry_of_32_bit_programs_to_start_one():
    # execve of i386 is 11: with no path the kernel says EFAULT, having taken the call.
    code = b"\x53\xb8\x0b\x00\x00\x00\x31\xdb\x31\xc9\x31\xd2\xcd\x80\x48\x98\x5b\xc3"
    return machine_code(code) == -14


@attack("SIGSYS", processor="x86_64", absent=("ENOSYS",))
def x32_numbers():
    return libc.syscall(ctypes.c_long(X32 + 39)) == os.getpid() or check(-1)


@attack("SIGSYS", processor="x86_64", absent=("ENOSYS",))
def x32_number_of_execve():
    return entered(X32 + 520, None, None, None)


@attack("SIGSYS", processor="x86_64")
def raw_instruction():
    """The `syscall` instruction in memory of one's own: no wrapper in between."""
    # mov eax, 101 (ptrace); xor edi, edi (TRACEME); syscall; ret
    code = b"\xb8\x65\x00\x00\x00\x31\xff\x0f\x05\xc3"
    return in_child(lambda: machine_code(code) == 0) if OUTSIDE else machine_code(code) == 0


@attack("EPERM", processor="x86_64", fork="allowed")
def raw_instruction_to_fork():
    import time

    # mov eax, 57 (fork); syscall; ret
    result = machine_code(b"\xb8\x39\x00\x00\x00\x0f\x05\xc3")
    if result == 0:
        os._exit(0)
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    time.sleep(0.05)
    return os.waitpid(result, 0)


@attack("ENOSYS", "EPERM")
def number_with_high_bits():
    """The kernel looks at 32 bits of a call's number, and so must the filter."""
    if OUTSIDE:
        return libc.syscall(ctypes.c_long(39)) == os.getpid()
    return libc.syscall(ctypes.c_long(NUMBERS["getpid"] + 2000)) == os.getpid() or check(-1)
