"""Where no box can be started nothing runs, and the refusal names cause and remedy.

User namespaces are really switched off for the process that tries: it runs in a user namespace of
its own whose `user.max_user_namespaces` is 0, so the kernel refuses bubblewrap as it would on a
machine that forbids them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig, TraceJob
from workers.sandbox.recorder import record_trace
from workers.sandbox.unavailable import SandboxUnavailable

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[2]

#: Writes `ran` if a student's program ever runs: in a box it could not, without one it could.
TRY = """
import sys
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig, TraceJob
from workers.sandbox.probe import probe
from workers.sandbox.recorder import record_trace
from workers.sandbox.unavailable import SandboxUnavailable

config = SandboxConfig(drop_uid=DROP, drop_gid=DROP)
answer = probe(config)
print("probe", answer.ok, answer.cause, answer.remedy)
job = TraceJob("print('STUDENT RAN')\\nopen(%r, 'w').write('ran')\\n" % sys.argv[1])
messages = []
try:
    record_trace(job, on_message=messages.append, cancel=CancelToken(), config=config)
except SandboxUnavailable as problem:
    print("refused", problem.cause, problem.remedy)
print("messages", messages)
"""


SWITCH_OFF = """
import ctypes, os, sys
assert ctypes.CDLL(None, use_errno=True).unshare(0x10000000) == 0, "no user namespace"
print("unshared", flush=True)
sys.stdin.readline()  # until the parent has mapped the user ids
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write("0")
os.execv(sys.argv[1], sys.argv[1:])
"""


def without_namespaces(
    command: list[str], environment: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Exit status, output and errors of a command for which the kernel makes no user namespace."""
    with subprocess.Popen(
        [sys.executable, "-c", SWITCH_OFF, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | (environment or {}),
    ) as worker:
        assert worker.stdout is not None
        if worker.stdout.readline() != "unshared\n":
            pytest.skip("no user namespaces on this machine at all")
        # All ids as they are, so that the worker still finds a user to drop to.
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{worker.pid}/{name}").write_text("0 0 65536")
        written, errors = worker.communicate("go\n", timeout=110)
    return worker.returncode, written, errors


def test_without_user_namespaces_nothing_runs_and_the_remedy_is_named(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("switching namespaces off for one process takes root")
    mark = tmp_path / "ran"
    tmp_path.chmod(0o777)
    code = TRY.replace("DROP", "65533")
    status, written, errors = without_namespaces([sys.executable, "-c", code, str(mark)])
    assert status == 0, errors
    probe_line, refused_line, messages_line = written.splitlines()
    assert probe_line.startswith("probe False")
    for line in (probe_line, refused_line):
        assert "user.max_user_namespaces is 0" in line
        assert "sysctl user.max_user_namespaces=10000" in line
    assert refused_line.startswith("refused")
    assert messages_line == "messages []"
    assert not mark.exists()


def test_a_worker_that_has_to_run_programs_and_cannot_ends_before_it_takes_any(
    tmp_path: Path,
) -> None:
    if os.geteuid() != 0:
        pytest.skip("switching namespaces off for one process takes root")
    celery = [sys.executable, "-m", "celery", "-A", "webapp.celery:app", "worker", "-P", "solo"]
    environment = {
        "SANDBOX_REQUIRED": "1",
        "SECRET_KEY": "for this test only",
        "DATA_DIR": str(tmp_path),
        # Nobody listens there: a worker that came so far would say so and wait.
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    status, _, errors = without_namespaces([*celery, "-Q", "sandbox"], environment)
    assert status == 3, errors
    assert "No program can be run here" in errors
    assert "user.max_user_namespaces is 0" in errors
    assert "sysctl user.max_user_namespaces=10000" in errors
    assert "127.0.0.1:1" not in errors


def test_a_kernel_that_refuses_is_met_by_a_refusal_to_run(tmp_path: Path) -> None:
    """With a fake bwrap, for machines where the test above cannot be run: it fails as the real
    one does where namespaces are blocked, and would run the program if it were asked to."""
    fake = tmp_path / "bwrap"
    fake.write_text(
        "#!/bin/sh\n"
        'test "$1" = --version && exit 0\n'
        "echo 'bwrap: No permissions to create new namespace, likely because the kernel does not"
        " allow non-privileged user namespaces.' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    messages: list[object] = []
    cancel = CancelToken()
    with pytest.raises(SandboxUnavailable) as caught:
        record_trace(
            TraceJob("print('STUDENT RAN')\n"),
            on_message=messages.append,
            cancel=cancel,
            config=SandboxConfig(bwrap=fake),
        )
    cancel.close()
    assert "No permissions to create new namespace" in caught.value.cause
    assert caught.value.remedy
    assert messages == []
