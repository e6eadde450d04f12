"""Turns the log of a failed set-up step into one sentence that names the fix.

Pure: text in, sentence out. The patterns are the messages that pip, npm, venv and the kernel
print; the first rule that matches wins, so the causes come before their consequences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


class SetupError(Exception):
    """A set-up step failed; the text is the sentence shown to the person."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` in a log means `sentence`; `{0}` is the pattern's first group."""

    pattern: str
    sentence: str


_RULES = (
    Rule(
        r"No space left on device|\[Errno 28\]|ENOSPC|Disk quota exceeded|\[Errno 122\]",
        "The disk is full: free about 2 GB on the disk that holds this folder and on the one "
        "that holds the temporary files (or set TMPDIR), then run the same command again.",
    ),
    Rule(
        r"Read-only file system|\[Errno 30\]|EROFS",
        "This folder, or the one for temporary files, is on a read-only file system: clone the "
        "project to a folder you can write to.",
    ),
    Rule(
        r"ensurepip is not\s+available|No module named '?(?:venv|ensurepip)",
        "Python's venv module is missing: sudo apt-get install -y {venv_package}, "
        "then run the same command again.",
    ),
    Rule(
        r"CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_(?:GET|VERIFY)|"
        r"certificate has expired",
        "The package registry's certificate was not accepted: set the machine's clock, install "
        "ca-certificates, or point PIP_CERT and NODE_EXTRA_CA_CERTS at your network's authority.",
    ),
    Rule(
        r"THESE PACKAGES DO NOT MATCH THE HASHES|EINTEGRITY",
        "A downloaded package is not the one this project pins: empty the caches (pip cache "
        "purge; npm cache clean --force) and, if it happens again, do not trust the mirror.",
    ),
    Rule(
        r"407 Proxy Authentication|ProxyError|tunneling socket could not be established",
        "The network proxy refused the connection: check HTTPS_PROXY, then run the same "
        "command again.",
    ),
    Rule(
        r"Temporary failure in name resolution|Name or service not known|Failed to establish a new "
        r"connection|Network is unreachable|Connection refused|Connection reset|ReadTimeout|"
        r"timed out|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|NewConnectionError|"
        r"ConnectTimeout",
        "No connection to the package registry: check the network (or HTTPS_PROXY, PIP_INDEX_URL "
        "and npm's registry setting), then run the same command again; what is already "
        "downloaded is kept.",
    ),
    Rule(
        r"(?:command '[^']*(?:gcc|cc|clang)[^']*' failed|[Uu]nable to (?:find|execute) '?[^' ]*gcc|"
        r"gcc: not found|No such file or directory: '(?:gcc|cc)'|Python\.h: No such file|"
        r"Microsoft Visual C|error: subprocess-exited-with-error|Failed building wheel for (\S+))",
        "A package has no ready-made build for this machine and could not be compiled: use "
        "Python 3.11 on x86-64 or arm64 Linux, or sudo apt-get install -y build-essential "
        "python3-dev, then run the same command again.",
    ),
    Rule(
        r"No matching distribution found for (\S+)",
        "The package registry offers no {0} for this Python and machine: use Python 3.11 to 3.14 "
        "on x86-64 or arm64 Linux with glibc 2.28 or newer.",
    ),
    Rule(
        r"`npm ci` can only install packages when|package-lock\.json.{0,80}not in sync",
        "package.json and package-lock.json disagree: run npm install, and commit both.",
    ),
    Rule(
        r"EBADENGINE|Unsupported engine|requires Node",
        "The Node on PATH is not one this project can use: install Node 20.19 or newer, or take "
        "it off PATH and the packaged one is used.",
    ),
    Rule(
        r"Permission denied: '([^']+)'|EACCES[^\n]*?'([^']+)'",
        "No permission to write {0}: sudo chown -R $(id -un) that folder, or use a clone of your "
        "own.",
    ),
    Rule(
        r"Permission denied|EACCES|EPERM|\[Errno 13\]",
        "No permission to write here: this folder belongs to another user. Use a clone of your "
        "own, or sudo chown -R $(id -un) this one.",
    ),
    Rule(
        r"Killed|MemoryError|JavaScript heap out of memory|ENOMEM|Cannot allocate memory",
        "The machine ran out of memory: the set-up needs about 1 GB free.",
    ),
)


def explain(log: str, *, step: str, log_path: str, venv_package: str = "python3-venv") -> str:
    """One sentence for a failed `step`, chosen from its `log`; always names the full log."""
    for rule in _RULES:
        match = re.search(rule.pattern, log)
        if match:
            detail = next((group for group in match.groups() if group), "it")
            text = rule.sentence.replace("{0}", detail).replace("{venv_package}", venv_package)
            return f"{text}\n(while: {step}; full log: {log_path})"
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    last = lines[-1] if lines else "no output"
    return f"Could not finish: {step}. It said: {last}\n(full log: {log_path})"
