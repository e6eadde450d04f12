"""The remedy that belongs to each cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.sandbox import unavailable

KERNEL = {
    "/proc/sys/user/max_user_namespaces": "1000",
    "/proc/sys/kernel/unprivileged_userns_clone": "1",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "0",
    "/proc/self/status": "Seccomp:\t0",
}


@pytest.mark.parametrize(
    ("change", "stderr", "cause", "remedy"),
    [
        (
            {"/proc/sys/user/max_user_namespaces": "0"},
            "bwrap: Creating new namespace failed: No space left on device",
            "max_user_namespaces is 0",
            "sysctl user.max_user_namespaces",
        ),
        (
            {"/proc/sys/kernel/unprivileged_userns_clone": "0"},
            "bwrap: No permissions to create new namespace",
            "ordinary users",
            "unprivileged_userns_clone=1",
        ),
        (
            {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1"},
            "bwrap: setting up uid map: Permission denied",
            "AppArmor",
            "apparmor_parser",
        ),
        (
            {"/proc/self/status": "Seccomp:\t2"},
            "bwrap: No permissions to create new namespace",
            "container's seccomp profile",
            "never with --privileged",
        ),
        ({}, "boot: seccomp: Invalid argument", "filter could not be loaded", "CONFIG_SECCOMP"),
        ({}, "bwrap: something else", "something else", "docs/sandbox.md"),
        ({}, "", "without a message", "docs/sandbox.md"),
    ],
    ids=["sysctl", "debian", "apparmor", "container", "seccomp", "other", "silent"],
)
def test_each_cause_has_its_remedy(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str], stderr: str, cause: str, remedy: str
) -> None:
    values = KERNEL | change
    monkeypatch.setattr(unavailable, "_read", lambda path: values.get(path, ""))
    monkeypatch.setattr(Path, "exists", lambda _: False)
    found = unavailable.diagnose(stderr)
    assert cause in found.cause
    assert remedy in found.remedy
