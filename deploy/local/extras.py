"""System packages that no Python or npm package can stand in for. Never asks anything.

Only for tests (a browser) and for a missing `venv`. As root on Debian and Ubuntu they are
installed; otherwise the person is told the exact command and the tests that need them are skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from deploy.local.problems import SetupError
from deploy.local.steps import Steps, note, tool_environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: A browser without a font draws boxes, and the screenshots in a failed test are then useless.
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")


def can_install() -> bool:
    """True for root on a Debian-like system."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def find_browser() -> str | None:
    """A Chromium on PATH or in `CHROMIUM`, for the browser tests."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_packages(packages: Sequence[str], steps: Steps) -> None:
    """apt-get install without recommended packages and without a question."""
    env = tool_environment(steps.root) | {"DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["-q", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"]
    update = ["apt-get", "update", "-q"]
    install = ["apt-get", "install", *quiet, "--no-install-recommends", *packages]
    steps.run("Package lists", update, env=env)
    steps.run(f"System packages: {' '.join(packages)}", install, env=env)


def install_browser(steps: Steps) -> None:
    """Chromium for the browser tests, if it is missing and can be had without asking."""
    if find_browser():
        return
    command = f"sudo apt-get install -y {' '.join(BROWSER_PACKAGES)}"
    if not can_install():
        note(f"No Chromium found: browser tests will be skipped. To run them: {command}")
        return
    try:
        install_packages(BROWSER_PACKAGES, steps)
    except SetupError as error:
        note(f"Browser tests will be skipped. {error}")
