"""Each way the set-up can fail gets one sentence that names the fix."""

from __future__ import annotations

import pytest

from deploy.local.problems import explain

# Lines as pip, npm, venv, gcc and the kernel print them.
CASES = [
    (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "The disk is full",
    ),
    ("npm error code ENOSPC\nnpm error syscall write", "The disk is full"),
    ("OSError: [Errno 30] Read-only file system: '.venv'", "read-only file system"),
    (
        "The virtual environment was not created successfully because ensurepip is not\navailable.",
        "sudo apt-get install -y python3.11-venv",
    ),
    ("/usr/bin/python3: No module named venv", "python3.11-venv"),
    (
        "WARNING: Retrying (Retry(total=4)) after connection broken by "
        "'NewConnectionError: Failed to establish a new connection: [Errno -3] "
        "Temporary failure in name resolution'\n"
        "ERROR: Could not find a version that satisfies the requirement Django==5.2\n"
        "ERROR: No matching distribution found for Django==5.2",
        "No connection",
    ),
    (
        "npm error code ENOTFOUND\nnpm error network request to https://example.org failed",
        "No connection",
    ),
    (
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...'))",
        "certificate was not accepted",
    ),
    ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS"),
    (
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
        "not the one this project pins",
    ),
    ("npm error code EINTEGRITY", "not the one this project pins"),
    (
        "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))",
        "HTTPS_PROXY",
    ),
    ("error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory", "build-essential"),
    ("error: subprocess-exited-with-error\nFailed building wheel for uvloop", "build-essential"),
    (
        "ERROR: No matching distribution found for uvloop==0.23.0 (from -r base.txt)",
        "no uvloop==0.23.0 for this Python",
    ),
    (
        "npm error `npm ci` can only install packages when your package.json and "
        "package-lock.json are in sync.",
        "commit both",
    ),
    ("npm error code EBADENGINE", "Node 20.19"),
    (
        "PermissionError: [Errno 13] Permission denied: '/srv/site/.venv/lib'",
        "No permission to write /srv/site/.venv/lib",
    ),
    ("npm error code EACCES", "No permission to write here"),
    ("Killed", "ran out of memory"),
]


@pytest.mark.parametrize(("log", "fix"), CASES)
def test_a_failure_is_told_by_its_cause_with_the_fix(log: str, fix: str) -> None:
    text = explain(log, step="Some step", log_path="the.log", venv_package="python3.11-venv")
    assert fix in text
    assert "Some step" in text
    assert "the.log" in text
    assert "{" not in text


def test_an_unknown_failure_shows_its_last_line_and_the_log() -> None:
    text = explain("first\n\nsomething odd\n", step="Build", log_path="the.log")
    assert "something odd" in text
    assert "the.log" in text


def test_silence_is_a_failure_like_any_other() -> None:
    assert "no output" in explain("", step="Build", log_path="the.log")
