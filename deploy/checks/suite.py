"""`make test`: the checks, the front end's tests, every Python tier, and one closing summary.

Everything runs even if something failed before, so that one run shows all there is to mend.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.checks import run

STATE = Path(".local") / "test"


def row(tier: str, *, passed: int, failed: int, seconds: float, skipped: int = 0) -> dict[str, Any]:
    """A line of the summary, shaped as the tier plugin's."""
    return {
        "tier": tier,
        "passed": passed,
        "failed": failed,
        "skipped": skipped,
        "seconds": seconds,
        "reasons": [],
    }


def checks() -> dict[str, Any]:
    """Run `make check`'s checks."""
    print("\n=== checks", flush=True)
    started = time.monotonic()
    outcomes = run.run_all(run.CHECKS)
    run.report(outcomes)
    passed = sum(outcome.passed for outcome in outcomes)
    seconds = time.monotonic() - started
    return row("checks", passed=passed, failed=len(outcomes) - passed, seconds=seconds)


def front_end() -> dict[str, Any]:
    """Run Vitest; its JSON report gives the counts."""
    print("\n=== front end", flush=True)
    report = (STATE / "front-end.json").absolute()
    report.unlink(missing_ok=True)
    started = time.monotonic()
    argv = ["npm", "test", "--silent", "--", "--reporter=default", "--reporter=json"]
    argv.append(f"--outputFile.json={report}")
    code = _call(argv)
    return front_end_row(_read(report), code=code, seconds=time.monotonic() - started)


def front_end_row(report: Any, *, code: int, seconds: float) -> dict[str, Any]:
    """The summary's line from Vitest's report; a run without a report, or a bad exit, failed."""
    counts = report if isinstance(report, dict) else {}
    failed = int(counts.get("numFailedTests", 0))
    return row(
        "front end",
        passed=int(counts.get("numPassedTests", 0)),
        failed=max(failed, 1) if code else failed,
        skipped=int(counts.get("numPendingTests", 0)),
        seconds=seconds,
    )


def python_tiers(arguments: Sequence[str]) -> list[dict[str, Any]]:
    """Run pytest; its tier plugin leaves a row per tier."""
    print("\n=== Python", flush=True)
    report = STATE / "tiers.json"
    report.unlink(missing_ok=True)
    code = _call([sys.executable, "-m", "pytest", f"--tier-report={report}", *arguments])
    return python_rows(_read(report), code=code)


def python_rows(report: Any, *, code: int) -> list[dict[str, Any]]:
    """The tiers' rows; a failing run always shows as failed, also if it broke before any test."""
    rows: list[dict[str, Any]] = report if isinstance(report, list) else []
    if code and not any(item["failed"] for item in rows):
        rows = [*rows, row(f"pytest ({code})", passed=0, failed=1, seconds=0.0)]
    return rows


def summary(rows: Sequence[dict[str, Any]]) -> tuple[str, bool]:
    """The closing text, and whether everything that ran passed."""
    from tests.tiers import table

    failed = sum(item["failed"] for item in rows)
    skipped = [item["tier"] for item in rows if item["skipped"] and not item["passed"]]
    words = "All tiers that this machine can run passed." if not failed else "Something failed."
    if skipped:
        words += f" Not run: {', '.join(skipped)}."
    return "\n".join(["", "=== summary", *table(rows), "", words]), not failed


def _call(argv: Sequence[str]) -> int:
    try:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode
    except OSError as error:
        print(error)
        return 127


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def main() -> None:
    """Run everything; further arguments go to pytest."""
    STATE.mkdir(parents=True, exist_ok=True)
    rows = [checks(), front_end(), *python_tiers(sys.argv[1:])]
    text, passed = summary(rows)
    print(text, flush=True)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
