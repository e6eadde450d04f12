"""The system call policy of a box, as data, and its translation to seccomp filters.

Theory of operation. Two classic-BPF programs guard every box. F1 is loaded by bubblewrap just
before it starts Python; F2 is loaded by `boot.py` after its last privileged act and just before
the student's code. A process under both gets the stricter answer of the two. F1 still has what
starting Python and preparing the work folder need (execve, mount, dropping capabilities); F2 has
none of it, so no second program ever runs and nothing can be mounted.

Both are allow-lists. Whatever is not named gets EPERM, numbers that did not exist when the tables
were made get ENOSYS (glibc then falls back to older calls), and calls that serve only to attack
a kernel or another process kill the box, so that an attempt is seen. A filter sees register
values, never memory: rules about arguments look at integers only, and at their low 32 bits,
which is what the kernel itself uses for every argument tested here.

A filter's shape: check the architecture; then a chain of "is the number above this interval's
end? if so go on, otherwise answer", over the sorted intervals of equal answers; then one block
per call whose arguments matter. `tests/workers/sandbox/test_policy.py` runs both programs in a
simulator over every number.
"""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from workers.sandbox import syscalls

Machine = Literal["x86_64", "aarch64"]

#: Return values of a filter (linux/seccomp.h).
ALLOW = 0x7FFF0000
KILL = 0x80000000  # SECCOMP_RET_KILL_PROCESS: every thread dies with SIGSYS
_ERRNO = 0x00050000


def fail_with(number: int) -> int:
    """The filter's return value that makes the call fail with this errno."""
    return _ERRNO | number


NOT_PERMITTED = fail_with(errno.EPERM)
NOT_IMPLEMENTED = fail_with(errno.ENOSYS)


@dataclass(frozen=True, slots=True)
class Arg:
    """Holds when the low 32 bits of argument `arg`, masked, are one of `values`."""

    arg: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Check:
    """Allowed when all tests hold; otherwise the filter returns `otherwise`."""

    tests: tuple[Arg, ...]
    otherwise: int


Verdict = int | Check

_AUDIT_ARCH: dict[Machine, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_TABLES: dict[Machine, dict[str, int]] = {"x86_64": syscalls.X86_64, "aarch64": syscalls.AARCH64}

# Names that exist on one of the two processors only (open, stat, poll, ...) are skipped on the
# other.
_ALLOWED = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range
open openat openat2 creat access faccessat faccessat2 stat fstat lstat newfstatat statx statfs
fstatfs readlink readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink
unlinkat rename renameat renameat2 link linkat symlink symlinkat truncate ftruncate fallocate
chmod fchmod fchmodat fchmodat2 umask utime utimes utimensat futimesat fsync fdatasync
getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr flock sendfile copy_file_range
readahead fadvise64 dup dup2 dup3 pipe pipe2 eventfd eventfd2 signalfd signalfd4
mmap munmap mprotect mremap msync madvise brk membarrier
futex futex_waitv set_robust_list get_robust_list set_tid_address rseq gettid
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend
rt_sigqueueinfo rt_tgsigqueueinfo sigaltstack kill tkill tgkill pause alarm
getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete
timerfd_create timerfd_settime timerfd_gettime time gettimeofday clock_gettime clock_getres
clock_nanosleep nanosleep times restart_syscall
select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
wait4 waitid exit exit_group
getpid getppid getpgid getpgrp getsid getuid geteuid getgid getegid getresuid getresgid getgroups
getpriority getrlimit setrlimit prlimit64 getrusage uname sysinfo getcpu getrandom capget
sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
sched_get_priority_min sched_rr_get_interval arch_prctl
sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockname getpeername getsockopt
"""

_KILLED = """
ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd
kexec_load kexec_file_load init_module finit_module delete_module create_module query_module
get_kernel_syms bpf userfaultfd perf_event_open lookup_dcookie nfsservctl uselib _sysctl
mount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick
mount_setattr setns unshare keyctl add_key request_key swapon swapoff reboot sethostname
setdomainname iopl ioperm modify_ldt open_by_handle_at name_to_handle_at syslog settimeofday
clock_settime clock_adjtime adjtimex personality acct quotactl quotactl_fd vhangup
"""

# glibc tries these and falls back when they are missing.
_MISSING = "clone3 io_uring_setup io_uring_enter io_uring_register landlock_create_ruleset"

# EACCES rather than EPERM: it is what a firewall's refusal looks like, and libraries explain it.
_NETWORK = "socket connect bind listen accept accept4"

_CLONE_THREAD = 0x00010000
#: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME.
_CLONE_NAMESPACES = 0x7E020080
_SOCK_FLAGS = 0o2004000  # SOCK_CLOEXEC | SOCK_NONBLOCK
_AF_UNIX, _SOCK_STREAM = 1, 1

_ARGUMENTS: dict[str, Check] = {
    # Threads only. Without a memory cgroup a box's memory is bounded by RLIMIT_AS, which is per
    # process: one process makes it a bound for the whole box.
    "clone": Check((Arg(0, (_CLONE_THREAD,), _CLONE_THREAD | _CLONE_NAMESPACES),), NOT_PERMITTED),
    # asyncio and multiprocessing need a connected pair. Datagram pairs could sendto() an abstract
    # address and so get around the ban on connect().
    "socketpair": Check(
        (Arg(0, (_AF_UNIX,)), Arg(1, (_SOCK_STREAM,), 0xFFFFFFFF ^ _SOCK_FLAGS)),
        fail_with(errno.EACCES),
    ),
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX; never TIOCSTI or a device's own.
    "ioctl": Check(
        (Arg(1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),), fail_with(errno.ENOTTY)
    ),
    # dup, flags, status, POSIX and OFD locks, dup-cloexec, pipe size (read). Not leases,
    # notifications, signals on I/O, bigger pipes or seals.
    "fcntl": Check((Arg(1, (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)),), NOT_PERMITTED),
    # GET_DUMPABLE, SET_NAME, GET_NAME, GET_SECCOMP, SET/GET_NO_NEW_PRIVS.
    "prctl": Check((Arg(0, (3, 15, 16, 21, 38, 39)),), NOT_PERMITTED),
}

# In a box whose cgroup bounds and counts all its processes together: processes, and memory files.
_FORKING: dict[str, Verdict] = {
    "clone": Check((Arg(0, (0,), _CLONE_NAMESPACES),), NOT_PERMITTED),
    "fork": ALLOW,
    "vfork": ALLOW,
    "memfd_create": ALLOW,
}

# What boot.py needs between bubblewrap's exec and F2: SET_DUMPABLE, SET_SECCOMP and
# CAP_AMBIENT beside the above; and bubblewrap's own last steps.
_START_PRCTL = Check((Arg(0, (3, 4, 15, 16, 21, 22, 38, 39, 47)),), NOT_PERMITTED)
_START_ALLOWED = "execve mount unshare capset"


def _verdicts(machine: Machine, *, start: bool, fork: bool) -> dict[int, Verdict]:
    by_name: dict[str, Verdict] = {}
    by_name.update(dict.fromkeys(_ALLOWED.split(), ALLOW))
    by_name.update(dict.fromkeys(_KILLED.split(), KILL))
    by_name.update(dict.fromkeys(_MISSING.split(), NOT_IMPLEMENTED))
    by_name.update(dict.fromkeys(_NETWORK.split(), fail_with(errno.EACCES)))
    by_name.update(_ARGUMENTS)
    if fork:
        by_name.update(_FORKING)
    if start:
        by_name.update(dict.fromkeys(_START_ALLOWED.split(), ALLOW))
        by_name["prctl"] = _START_PRCTL
    table = _TABLES[machine]
    verdicts: dict[int, Verdict] = dict.fromkeys(table.values(), NOT_PERMITTED)
    verdicts.update({table[name]: verdict for name, verdict in by_name.items() if name in table})
    return verdicts


def start_verdicts(machine: Machine, *, fork: bool = False) -> dict[int, Verdict]:
    """F1's answer to every known system call number. `fork` only for boxes with a cgroup."""
    return _verdicts(machine, start=True, fork=fork)


def run_verdicts(machine: Machine, *, fork: bool = False) -> dict[int, Verdict]:
    """F2's answer to every known system call number. `fork` only for boxes with a cgroup."""
    return _verdicts(machine, start=False, fork=fork)


# --- classic BPF --------------------------------------------------------------------------------

_LOAD, _AND, _RETURN, _JUMP = 0x20, 0x54, 0x06, 0x05  # ld [k]; and #k; ret #k; ja k
_JUMP_EQUAL, _JUMP_ABOVE, _JUMP_AT_LEAST = 0x15, 0x25, 0x35  # jeq, jgt, jge
_NUMBER_AT, _ARCH_AT, _ARGS_AT = 0, 4, 16  # offsets in struct seccomp_data
_X32_BIT = 0x40000000


@dataclass(frozen=True, slots=True)
class Instruction:
    """One `struct sock_filter`: jumps count the instructions to skip."""

    code: int
    jump_true: int
    jump_false: int
    k: int

    def pack(self) -> bytes:
        return struct.pack("<HBBI", self.code, self.jump_true, self.jump_false, self.k)


def _op(code: int, k: int, jump_true: int = 0, jump_false: int = 0) -> Instruction:
    return Instruction(code, jump_true, jump_false, k)


def _check_block(check: Check) -> list[Instruction]:
    """Code that answers a call by its arguments; always ends in a return."""
    block: list[Instruction] = []
    for test in check.tests:
        block.append(_op(_LOAD, _ARGS_AT + 8 * test.arg))
        if test.mask != 0xFFFFFFFF:
            block.append(_op(_AND, test.mask))
        # A hit jumps over the remaining comparisons and the refusal behind them.
        left = len(test.values)
        for value in test.values:
            block.append(_op(_JUMP_EQUAL, value, jump_true=left))
            left -= 1
        block.append(_op(_RETURN, check.otherwise))
    block.append(_op(_RETURN, ALLOW))
    return block


def _intervals(verdicts: dict[int, Verdict]) -> list[tuple[int, Verdict]]:
    """(last number, answer) of each run of equal answers, from 0 to the highest known number."""
    found: list[tuple[int, Verdict]] = []
    for number in range(max(verdicts) + 1):
        verdict = verdicts.get(number, NOT_IMPLEMENTED)
        if found and found[-1][1] == verdict:
            found[-1] = (number, verdict)
        else:
            found.append((number, verdict))
    return found


def compile_filter(machine: Machine, verdicts: dict[int, Verdict]) -> tuple[Instruction, ...]:
    """The filter that answers as `verdicts` says, and ENOSYS to numbers above all of them."""
    head = [
        _op(_LOAD, _ARCH_AT),
        _op(_JUMP_EQUAL, _AUDIT_ARCH[machine], jump_true=1),
        _op(_RETURN, KILL),
        _op(_LOAD, _NUMBER_AT),
        _op(_JUMP_AT_LEAST, _X32_BIT, jump_false=1),
        _op(_RETURN, KILL),
    ]
    intervals = _intervals(verdicts)
    blocks: list[Instruction] = []
    chain: list[Instruction] = []
    chain_length = 2 * len(intervals) + 1
    for last, verdict in intervals:
        chain.append(_op(_JUMP_ABOVE, last, jump_true=1))
        if isinstance(verdict, Check):
            # The distance from the instruction after this one to the block's first.
            chain.append(_op(_JUMP, chain_length - len(chain) - 1 + len(blocks)))
            blocks.extend(_check_block(verdict))
        else:
            chain.append(_op(_RETURN, verdict))
    chain.append(_op(_RETURN, NOT_IMPLEMENTED))
    return tuple(head + chain + blocks)


@lru_cache(maxsize=4)
def start_filter(machine: Machine, *, fork: bool = False) -> bytes:
    """F1 as bytes, the form of bubblewrap's `--seccomp`."""
    return b"".join(i.pack() for i in compile_filter(machine, start_verdicts(machine, fork=fork)))


@lru_cache(maxsize=4)
def run_filter(machine: Machine, *, fork: bool = False) -> bytes:
    """F2 as bytes: an array of `struct sock_filter` for prctl(PR_SET_SECCOMP)."""
    return b"".join(i.pack() for i in compile_filter(machine, run_verdicts(machine, fork=fork)))
