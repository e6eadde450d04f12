"""Whether this machine can run boxes, found out by running some.

Version checks lie (a profile, a container or a sysctl can forbid what the kernel has), so the
probe starts real boxes and lets a program in them try what boxes must stop.
"""

from __future__ import annotations

from dataclasses import dataclass

from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.launch import find_launcher
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import ExecutionStatus, Message, Output, TraceResult
from workers.sandbox.unavailable import SandboxUnavailable

_REFUSED = """
import errno, os, socket

def attempt(name, call):
    try:
        call()
    except OSError as error:
        print(name, errno.errorcode[error.errno])
    else:
        print(name, "allowed")

def main():
    attempt("socket", lambda: socket.socket())
    attempt("fork", os.fork)
    attempt("exec", lambda: os.execv("/opt/python/bin/python3.11", ["python3.11", "-c", ""]))
    attempt("write", lambda: open("/box/boot.pyc", "w"))
"""
_EXPECTED = {"socket": "EACCES", "fork": "EPERM", "exec": "EPERM", "write": "EROFS"}
_HUNGRY = """
import os, time

def main():
    for _ in range(8):
        if os.fork() == 0:
            kept = bytearray(30 << 20)
            time.sleep(20)
            os._exit(0)
    while True:
        os.wait()
"""
_KILLED = "import ctypes\n\ndef main():\n    ctypes.CDLL(None).ptrace(0, 0, 0, 0)\n"


@dataclass(frozen=True, slots=True)
class Availability:
    """What this machine offers. `tier` is empty when no boxes can be started.

    `engine` names the tracer for the page, e.g. "CPython 3.11.2"; `missing` lists protections
    that this machine does not offer (docs/sandbox.md explains each).
    """

    tier: str
    engine: str = ""
    missing: tuple[str, ...] = ()
    cause: str = ""
    remedy: str = ""

    @property
    def ok(self) -> bool:
        return bool(self.tier)


def probe(config: SandboxConfig) -> Availability:
    """Try to run boxes and to break out of them. Takes a fraction of a second; never raises."""
    try:
        return _probe(config)
    except SandboxUnavailable as error:
        return Availability("", cause=error.cause, remedy=error.remedy)


def _probe(config: SandboxConfig) -> Availability:
    launcher = find_launcher(config)
    text, result = _run(_REFUSED, config)
    answers = dict(line.split() for line in text.splitlines() if line.count(" ") == 1)
    if result.status != "ok" or answers != _EXPECTED:
        raise _leaky(f"{result.status}: {answers}")
    _, killed = _run(_KILLED, config)
    if killed.execution.status != ExecutionStatus.SECURITY_VIOLATION:
        raise _leaky(f"ptrace: {killed.execution.status}")
    if launcher.hierarchy is not None:
        _, hungry = _run(_HUNGRY, config, memory_bytes=160 << 20, fork=True)
        if hungry.execution.status != ExecutionStatus.MEMORY_LIMIT:
            raise _leaky(f"memory of several processes: {hungry.execution.status}")
    missing = list(result.execution.missing)
    if not launcher.variant.disable_userns:
        missing.append("disable_userns")
    return Availability(
        result.execution.tier, f"CPython {launcher.runtime.version}", tuple(missing)
    )


def _run(
    source: str,
    config: SandboxConfig,
    *,
    memory_bytes: int = Limits().memory_bytes,
    fork: bool = False,
) -> tuple[str, TraceResult]:
    parts: list[str] = []

    def collect(message: Message) -> None:
        if isinstance(message, Output):
            parts.append(message.text)

    limits = Limits(cpu_s=10, wall_s=20, memory_bytes=memory_bytes)
    job = TraceJob(source, "main()", limits=limits, fork=fork)
    cancel = CancelToken()
    try:
        result = record_trace(job, on_message=collect, cancel=cancel, config=config)
    finally:
        cancel.close()
    return "".join(parts), result


def _leaky(seen: str) -> SandboxUnavailable:
    return SandboxUnavailable(
        f"a box started, but did not stop what it must stop ({seen}).",
        "do not run students' code on this machine; report this with the kernel's version and "
        "the output of `bwrap --version`.",
    )
