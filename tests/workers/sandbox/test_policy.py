"""Both filters, instruction by instruction, over every system call number."""

from __future__ import annotations

import errno
import struct

import pytest

from workers.sandbox import policy
from workers.sandbox.policy import ALLOW, KILL, Check, Instruction, Machine, fail_with

ARCH: dict[Machine, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
MACHINES: list[Machine] = ["x86_64", "aarch64"]
EPERM, ENOSYS = fail_with(errno.EPERM), fail_with(errno.ENOSYS)


def simulate(program: tuple[Instruction, ...], arch: int, number: int, *args: int) -> int:
    """Run a classic-BPF program on a `struct seccomp_data`, as the kernel does."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *(*args, *[0] * (6 - len(args))))
    accumulator, at = 0, 0
    for _ in range(len(program) + 1):
        op = program[at]
        at += 1
        if op.code == 0x20:
            accumulator = struct.unpack_from("<I", data, op.k)[0]
        elif op.code == 0x54:
            accumulator &= op.k
        elif op.code == 0x06:
            return op.k
        elif op.code == 0x05:
            at += op.k
        else:
            hit = {0x15: accumulator == op.k, 0x25: accumulator > op.k, 0x35: accumulator >= op.k}
            at += op.jump_true if hit[op.code] else op.jump_false
    raise AssertionError("the program does not end")


def filters(machine: Machine) -> dict[str, tuple[Instruction, ...]]:
    return {
        "start": policy.compile_filter(machine, policy.start_verdicts(machine)),
        "run": policy.compile_filter(machine, policy.run_verdicts(machine)),
        "run forking": policy.compile_filter(machine, policy.run_verdicts(machine, fork=True)),
    }


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> Machine:
    value: Machine = request.param
    return value


def answer(machine: Machine, which: str, name: str, *args: int) -> int:
    number = policy._TABLES[machine][name]
    return simulate(filters(machine)[which], ARCH[machine], number, *args)


@pytest.mark.parametrize("which", ["start", "run"])
def test_every_number_gets_the_answer_of_the_table(machine: Machine, which: str) -> None:
    verdicts = (policy.start_verdicts if which == "start" else policy.run_verdicts)(machine)
    program = filters(machine)[which]
    for number in range(max(verdicts) + 20):
        expected = verdicts.get(number, ENOSYS)
        got = simulate(program, ARCH[machine], number, 0xFFFF, 0xFFFF)
        if isinstance(expected, Check):
            assert got in (ALLOW, expected.otherwise), number
        else:
            assert got == expected, number


@pytest.mark.parametrize("which", ["start", "run"])
def test_other_architectures_and_x32_are_killed(machine: Machine, which: str) -> None:
    program = filters(machine)[which]
    for arch in (0x40000003, 0xC00000F3, *(a for a in ARCH.values() if a != ARCH[machine])):
        assert simulate(program, arch, 0) == KILL
    for number in (0x40000000, 0x40000001, 0xFFFFFFFF):
        assert simulate(program, ARCH[machine], number) == KILL


@pytest.mark.parametrize("which", ["start", "run"])
def test_filters_fit_the_kernels_limits(machine: Machine, which: str) -> None:
    program = filters(machine)[which]
    assert len(program) <= 4096
    for at, op in enumerate(program):
        assert 0 <= op.jump_true <= 255
        assert 0 <= op.jump_false <= 255
        assert at + 1 + op.jump_true < len(program) or op.code == 0x06
        if op.code == 0x05:
            assert at + 1 + op.k < len(program)
        assert len(op.pack()) == 8


@pytest.mark.parametrize(
    "name",
    [
        *("ptrace", "mount", "unshare", "setns", "bpf", "keyctl", "init_module", "kexec_load"),
        *("process_vm_readv", "perf_event_open", "userfaultfd", "pivot_root", "pidfd_getfd"),
        *("open_by_handle_at", "personality", "reboot", "open_tree", "fsopen", "move_mount"),
    ],
)
def test_calls_that_only_attacks_use_kill_the_box(machine: Machine, name: str) -> None:
    assert answer(machine, "run", name) == KILL


@pytest.mark.parametrize(
    "name",
    [
        *("execve", "execveat", "memfd_create", "mknodat", "seccomp", "setuid", "pidfd_open"),
        *("shmget", "mq_open", "inotify_init1", "vmsplice", "capset", "setxattr", "setsockopt"),
    ],
)
def test_calls_that_programs_might_try_fail(machine: Machine, name: str) -> None:
    assert answer(machine, "run", name) == EPERM


@pytest.mark.parametrize("name", ["socket", "connect", "bind", "listen", "accept", "accept4"])
def test_the_network_is_refused(machine: Machine, name: str) -> None:
    assert answer(machine, "run", name) == fail_with(errno.EACCES)


@pytest.mark.parametrize("name", ["clone3", "io_uring_setup", "landlock_create_ruleset"])
def test_newer_interfaces_look_absent(machine: Machine, name: str) -> None:
    assert answer(machine, "run", name) == ENOSYS


def test_only_threads_can_be_cloned(machine: Machine) -> None:
    threads = 0x3D0F00  # what glibc's pthread_create passes
    assert answer(machine, "run", "clone", threads) == ALLOW
    assert answer(machine, "run", "clone", threads | 1 << 40) == ALLOW  # the kernel ignores these
    assert answer(machine, "run", "clone", 0x01200011) == EPERM  # fork
    for bit in (0x80, 0x00020000, 0x02000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(machine, "run", "clone", threads | bit) == EPERM


@pytest.mark.parametrize("name", ["fork", "vfork"])
def test_fork_is_refused_where_it_exists(name: str) -> None:
    assert answer("x86_64", "run", name) == EPERM


def test_with_a_cgroup_processes_may_be_started_but_no_namespaces(machine: Machine) -> None:
    assert answer(machine, "run forking", "clone", 0x01200011) == ALLOW  # fork
    assert answer(machine, "run forking", "memfd_create") == ALLOW
    for bit in (0x80, 0x00020000, 0x02000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer(machine, "run forking", "clone", 0x01200011 | bit) == EPERM
    assert answer(machine, "run forking", "clone3") == ENOSYS
    assert answer(machine, "run forking", "execve") == EPERM


def test_with_a_cgroup_nothing_else_is_allowed(machine: Machine) -> None:
    names = policy._TABLES[machine]
    usual, forking = policy.run_verdicts(machine), policy.run_verdicts(machine, fork=True)
    changed = {name for name, number in names.items() if usual[number] != forking[number]}
    assert changed == {"clone", "memfd_create"} | ({"fork", "vfork"} & set(names))


def test_only_connected_stream_pairs_are_made(machine: Machine) -> None:
    refused = fail_with(errno.EACCES)
    assert answer(machine, "run", "socketpair", 1, 1) == ALLOW
    assert answer(machine, "run", "socketpair", 1, 1 | 0o2004000) == ALLOW
    assert answer(machine, "run", "socketpair", 1, 2) == refused  # datagrams
    assert answer(machine, "run", "socketpair", 1, 5) == refused
    assert answer(machine, "run", "socketpair", 2, 1) == refused


def test_terminals_cannot_be_typed_into(machine: Machine) -> None:
    refused = fail_with(errno.ENOTTY)
    assert answer(machine, "run", "ioctl", 0, 0x5413) == ALLOW
    assert answer(machine, "run", "ioctl", 0, 0x5412) == refused  # TIOCSTI
    assert answer(machine, "run", "ioctl", 0, 0x5412 | 1 << 32) == refused
    assert answer(machine, "run", "ioctl", 0, 0x541C) == refused  # TIOCLINUX


def test_prctl_and_fcntl_do_only_harmless_things(machine: Machine) -> None:
    assert answer(machine, "run", "prctl", 15) == ALLOW  # PR_SET_NAME
    for option in (1, 4, 22, 24, 35, 47):  # PDEATHSIG, DUMPABLE, SECCOMP, CAPBSET, MM, AMBIENT
        assert answer(machine, "run", "prctl", option) == EPERM
    assert answer(machine, "run", "fcntl", 3, 1) == ALLOW
    for command in (1024, 1026, 1031, 1033):  # lease, notify, pipe size, seals
        assert answer(machine, "run", "fcntl", 3, command) == EPERM


def test_the_first_filter_still_lets_the_box_be_prepared(machine: Machine) -> None:
    for name in ("execve", "mount", "unshare", "capset"):
        assert answer(machine, "start", name) == ALLOW
    assert answer(machine, "start", "prctl", 22) == ALLOW
    assert answer(machine, "start", "socket") == fail_with(errno.EACCES)


def test_the_second_filter_allows_nothing_that_the_first_does_not(machine: Machine) -> None:
    first, second = filters(machine)["start"], filters(machine)["run"]
    for number in range(500):
        if simulate(second, ARCH[machine], number) == ALLOW:
            assert simulate(first, ARCH[machine], number) == ALLOW


def test_bytes_are_an_array_of_sock_filter(machine: Machine) -> None:
    assert len(policy.run_filter(machine)) == 8 * len(filters(machine)["run"])
    assert policy.start_filter(machine)[:8] == struct.pack("<HBBI", 0x20, 0, 0, 4)
