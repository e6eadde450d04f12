"""`make check`: every rule of the project as one named check, all run even if one fails.

    python -m deploy.checks.run [NAME…]

Checks run side by side on the machine's cores; the failing ones print their output at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

PYTHON = sys.executable

#: Management commands want a place for a database; the checks leave the site's own alone.
SCRATCH = Path(".local") / "checks"

#: The longest check is a cold mypy with Django's plugin, about a minute on two slow cores.
TIMEOUT_S = 900


@dataclass(frozen=True, slots=True)
class Check:
    """A command that exits 0 when the rule holds; `fix` is the command that repairs it, if any."""

    name: str
    argv: tuple[str, ...]
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check came to."""

    check: Check
    code: int
    output: str
    seconds: float

    @property
    def passed(self) -> bool:
        return self.code == 0


def python(*arguments: str) -> tuple[str, ...]:
    """A command of the project's own environment."""
    return (PYTHON, *arguments)


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """A console script of the project's own environment."""
    return (str(Path(PYTHON).with_name(name)), *arguments)


# The slow ones first, so that they do not run alone at the end.
CHECKS = (
    Check("types (mypy)", python("-m", "mypy")),
    Check("front end (biome, tsc)", ("npm", "run", "check", "--silent"), "npm run format"),
    Check("import rules", tool("lint-imports", "--no-cache")),
    Check("message schema", python("manage.py", "schema", "--check"), "make schema"),
    Check(
        "generated TypeScript", python("-m", "deploy.checks.generated", "--check"), "make schema"
    ),
    Check(
        "migrations",
        python("manage.py", "makemigrations", "--check", "--dry-run"),
        'make manage CMD="makemigrations"',
    ),
    Check("templates (djlint)", python("-m", "djlint", "--lint", "--quiet", "templates")),
    Check("lint (ruff)", python("-m", "ruff", "check"), ".venv/bin/ruff check --fix"),
    Check("format (ruff)", python("-m", "ruff", "format", "--check"), ".venv/bin/ruff format"),
    Check("file length", python("-m", "deploy.checks.file_length")),
    Check("forbidden strings", python("-m", "deploy.checks.forbidden")),
)


def run_check(check: Check) -> Outcome:
    """Run one check without a terminal and keep what it says."""
    started = time.monotonic()
    env = os.environ | {"NO_COLOR": "1", "SECRET_KEY": "for checks only", "DATA_DIR": str(SCRATCH)}
    try:
        done = subprocess.run(
            check.argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
        code, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        code, output = 124, f"still running after {TIMEOUT_S} s"
    except OSError as error:
        code, output = 127, str(error)
    return Outcome(check, code, output, time.monotonic() - started)


def run_all(checks: Sequence[Check]) -> list[Outcome]:
    """Run all checks, print one line each as they end, and return the outcomes in their order."""
    outcomes: dict[str, Outcome] = {}
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        futures = [pool.submit(run_check, check) for check in checks]
        for future in as_completed(futures):
            outcome = future.result()
            outcomes[outcome.check.name] = outcome
            word = "ok    " if outcome.passed else "FAILED"
            print(f"  {word} {outcome.check.name:<26} {outcome.seconds:5.1f} s", flush=True)
    return [outcomes[check.name] for check in checks]


def report(outcomes: Sequence[Outcome]) -> bool:
    """Print the output of the failing checks and one closing line; True if all passed."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"\n--- {outcome.check.name}: {' '.join(_shown(outcome.check.argv))}")
        print(outcome.output.strip() or f"exit code {outcome.code}, no output")
        if outcome.check.fix:
            print(f"(to fix: {outcome.check.fix})")
    print(f"\nchecks: {len(outcomes) - len(failed)} passed, {len(failed)} failed", flush=True)
    return not failed


def _shown(argv: Sequence[str]) -> list[str]:
    return [Path(part).name if part == PYTHON else part for part in argv]


def main() -> None:
    """Run the named checks (a part of a name is enough), or all."""
    wanted = sys.argv[1:]
    checks = [check for check in CHECKS if not wanted or any(word in check.name for word in wanted)]
    if not checks:
        sys.exit(f"No such check. There are: {', '.join(check.name for check in CHECKS)}")
    sys.exit(0 if report(run_all(checks)) else 1)


if __name__ == "__main__":
    main()
