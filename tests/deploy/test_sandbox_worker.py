"""What starts the worker that starts boxes: the seccomp profile, the unit, the AppArmor profile."""

from __future__ import annotations

import configparser
import errno
import json
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local import processes
from workers.sandbox import policy, syscalls
from workers.sandbox.config import SandboxConfig
from workers.sandbox.probe import probe

ROOT = Path(__file__).resolve().parents[2]
PROFILE: dict[str, Any] = json.loads((ROOT / "deploy" / "seccomp-worker.json").read_text())
SERVICE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["worker-sandbox"]
UNIT = (ROOT / "deploy" / "cwm-playground-worker.service").read_text()


def allowed() -> set[str]:
    rules = [rule for rule in PROFILE["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW"]
    return {name for rule in rules for name in rule["names"]}


def test_the_profile_refuses_what_it_does_not_name() -> None:
    assert PROFILE["defaultAction"] == "SCMP_ACT_ERRNO"
    for rule in PROFILE["syscalls"]:
        assert set(rule) <= {"comment", "names", "action", "errnoRet", "args"}
        assert rule["names"] == sorted(set(rule["names"]))


def test_every_name_of_the_profile_is_a_system_call() -> None:
    known = set(syscalls.X86_64) | set(syscalls.AARCH64)
    assert {name for rule in PROFILE["syscalls"] for name in rule["names"]} <= known


def test_the_profile_lets_boxes_be_built_and_nothing_more_of_the_kind() -> None:
    assert {"unshare", "mount", "umount2", "pivot_root", "sethostname", "clone"} <= allowed()
    worse = {"ptrace", "bpf", "kexec_load", "init_module", "setns", "userfaultfd", "reboot"}
    worse |= {"perf_event_open", "keyctl", "add_key", "open_by_handle_at", "io_uring_setup"}
    worse |= {"process_vm_readv", "swapon", "move_mount", "fsopen", "chroot", "personality"}
    assert not worse & allowed()


def test_whatever_a_box_may_call_its_worker_may_call() -> None:
    inside = {
        number
        for number, verdict in policy.run_verdicts("x86_64").items()
        if not isinstance(verdict, int) or verdict == policy.ALLOW
    }
    assert inside <= {syscalls.X86_64[name] for name in allowed() if name in syscalls.X86_64}


def test_no_32_bit_entry_is_open() -> None:
    assert all(entry["subArchitectures"] == [] for entry in PROFILE["archMap"])


def test_the_worker_in_a_container_has_the_profile_and_no_rights() -> None:
    assert "seccomp=./deploy/seccomp-worker.json" in SERVICE["security_opt"]
    assert "no-new-privileges:true" in SERVICE["security_opt"]
    assert SERVICE["user"] == "1000:1000"
    assert SERVICE["cap_drop"] == ["ALL"]
    assert not SERVICE.get("privileged")
    assert not SERVICE.get("cap_add")


def test_the_unit_delegates_control_groups_and_runs_the_same_worker() -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's names have capitals
    parser.read_string(UNIT)
    service = parser["Service"]
    assert set(service["Delegate"].split()) == {"memory", "pids", "cpu"}
    assert service["User"] not in ("root", "0")
    assert service["CapabilityBoundingSet"] == ""
    command = service["ExecStart"].replace("%%", "%").split()
    assert command[0].endswith("/celery")
    assert command[1:] == list(processes.worker_arguments("sandbox"))


def test_the_apparmor_profile_gives_namespaces_to_bubblewrap_alone() -> None:
    text = (ROOT / "deploy" / "apparmor" / "cwm-playground-bwrap").read_text()
    rules = [line.strip() for line in text.splitlines() if line and not line.startswith("#")]
    assert "profile cwm-playground-bwrap /usr/bin/bwrap flags=(unconfined) {" in rules
    assert "userns," in rules


def worker_filter(machine: policy.Machine) -> bytes:
    """The profile as the filter that a container engine would load."""
    table = syscalls.X86_64 if machine == "x86_64" else syscalls.AARCH64
    verdicts: dict[int, policy.Verdict] = dict.fromkeys(
        table.values(), policy.fail_with(errno.EPERM)
    )
    for rule in PROFILE["syscalls"]:
        allow = rule["action"] == "SCMP_ACT_ALLOW"
        answer = policy.ALLOW if allow else policy.fail_with(rule["errnoRet"])
        verdicts.update({table[name]: answer for name in rule["names"] if name in table})
    return b"".join(i.pack() for i in policy.compile_filter(machine, verdicts))


# Loads the filter given on standard input with no_new_privs, as a container engine does, and then
# tries to run boxes.
UNDER_THE_PROFILE = """
import ctypes, sys
program = sys.stdin.buffer.read()
class Fprog(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
fprog = Fprog(len(program) // 8, program)
assert libc.prctl(22, 2, ctypes.byref(fprog), 0, 0) == 0
assert libc.ptrace(0, 0, 0, 0) == -1, "the profile is not in force"
from workers.sandbox.config import SandboxConfig
from workers.sandbox.probe import probe
answer = probe(SandboxConfig(tier="B"))
print(answer.tier, answer.cause)
"""


@pytest.mark.sandbox
def test_boxes_start_under_the_profile_without_any_right() -> None:
    """bubblewrap runs as an ordinary user with no_new_privs and the profile in force.

    A root worker drops to such a user itself; only then it needs the calls for that.
    """
    if not probe(SandboxConfig()).ok or platform.machine() != "x86_64":
        pytest.skip("no boxes here, or a processor whose filter this test does not build")
    done = subprocess.run(
        [sys.executable, "-c", UNDER_THE_PROFILE],
        input=worker_filter("x86_64"),
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=110,
    )
    assert done.stdout.decode().startswith("B "), (done.stdout, done.stderr[-2000:])
