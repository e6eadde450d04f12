"""Runs one set-up program: quiet on the terminal, complete in the log, a sentence when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.problems import SetupError, explain

#: Nothing in the set-up takes this long on a working machine; a hung mirror does.
STEP_TIMEOUT_S = 1800


class Steps:
    """Announces, runs and logs the steps of one set-up."""

    def __init__(self, root: Path, *, venv_package: str = "python3-venv") -> None:
        self.root = root
        self.log_path = root / ".local" / "log" / "setup.log"
        self.venv_package = venv_package

    def run(
        self,
        title: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | None = None,
        announce: bool = True,
    ) -> None:
        """Run `argv` with no terminal to ask on; raise `SetupError` with a sentence if it fails."""
        started = time.monotonic()
        if announce:
            print(f"  {title} …", end="", flush=True)
        code, output = self._execute(argv, env=env, cwd=cwd)
        if announce:
            print(f" {time.monotonic() - started:.0f} s" if code == 0 else " failed", flush=True)
        if code != 0:
            raise SetupError(
                explain(
                    output,
                    step=title,
                    log_path=str(self.log_path),
                    venv_package=self.venv_package,
                )
            )

    def _execute(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None
    ) -> tuple[int, str]:
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("a+", encoding="utf-8", errors="replace") as log:
            log.write(f"\n$ {' '.join(argv)}\n")
            log.flush()
            begin = log.tell()
            try:
                done = subprocess.run(
                    list(argv),
                    env=dict(env),
                    cwd=cwd or self.root,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    timeout=STEP_TIMEOUT_S,
                    check=False,
                )
                code = done.returncode
            except subprocess.TimeoutExpired:
                log.write(f"\ntimed out after {STEP_TIMEOUT_S} s\n")
                code = 124
            except OSError as error:
                log.write(f"\n{error}\n")
                code = 127
            log.seek(begin)
            return code, log.read()


def tool_environment(root: Path) -> dict[str, str]:
    """The caller's environment, made fit for pip and npm without a terminal or a writable HOME.

    The machine's own pip and npm configuration (mirrors, certificates) stays in force.
    """
    env = dict(os.environ)
    env.update(
        PIP_NO_INPUT="1",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_ROOT_USER_ACTION="ignore",
        PIP_USER="0",
        PYTHONNOUSERSITE="1",
        npm_config_yes="true",
        npm_config_update_notifier="false",
        npm_config_fund="false",
        npm_config_audit="false",
    )
    # npm asks package by package and waits up to a minute between attempts: without a network
    # that adds up to many minutes of silence.
    env.setdefault("npm_config_fetch_retry_mintimeout", "1000")
    env.setdefault("npm_config_fetch_retry_maxtimeout", "5000")
    env.pop("PYTHONPATH", None)
    env.pop("PYTHONHOME", None)
    home = env.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        cache = root / ".local" / "cache"
        env.setdefault("PIP_CACHE_DIR", str(cache / "pip"))
        env.setdefault("npm_config_cache", str(cache / "npm"))
        env.setdefault("XDG_CACHE_HOME", str(cache))
    return env


def note(text: str) -> None:
    """A line for the person that is not a step."""
    print(f"  {text}", flush=True)


def fail(error: SetupError) -> None:
    """End the program with the sentence, set apart from make's own closing line."""
    sys.exit(f"\n{error}\n")
