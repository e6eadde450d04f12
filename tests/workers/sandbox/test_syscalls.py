"""The tables of system call numbers."""

from __future__ import annotations

import ctypes
import ctypes.util

import pytest

from workers.sandbox import syscalls

ARCHITECTURES = [
    pytest.param(0xC000003E, syscalls.X86_64, id="x86_64"),
    pytest.param(0xC00000B7, syscalls.AARCH64, id="aarch64"),
]


@pytest.mark.parametrize(("architecture", "table"), ARCHITECTURES)
def test_the_numbers_are_those_of_libseccomp(architecture: int, table: dict[str, int]) -> None:
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        pytest.skip("libseccomp is not installed")
    resolve = library.seccomp_syscall_resolve_name_arch
    resolve.argtypes = [ctypes.c_uint32, ctypes.c_char_p]
    answers = {name: resolve(architecture, name.encode()) for name in table}
    # Older libraries do not know the newest names (-1).
    wrong = {name: n for name, n in answers.items() if n not in (table[name], -1)}
    assert wrong == {}
    assert sum(n >= 0 for n in answers.values()) > 250


@pytest.mark.parametrize(("architecture", "table"), ARCHITECTURES)
def test_no_number_is_given_twice(architecture: int, table: dict[str, int]) -> None:
    assert len(set(table.values())) == len(table)
