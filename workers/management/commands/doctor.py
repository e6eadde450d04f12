"""`manage.py doctor`: what this machine can and cannot do, and the exact remedy."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from playground.runs.eventlog import UNREACHABLE
from playground.runs.services import event_log
from workers.runtime.base import RuntimeUnavailable
from workers.sandbox.probe import probe
from workers.tasks.model_probe import Check, examine_model, examine_solver
from workers.tasks.recording import sandbox_config
from workers.tasks.solve_models import solver_kinds


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the site: whether it works, what was seen, and what to do; where several things
    were looked at, `checks` has each."""

    part: str
    ok: bool
    seen: str
    remedy: str = ""
    checks: tuple[Check, ...] = ()


def well(part: str, seen: str) -> Finding:
    """The part works."""
    return Finding(part, ok=True, seen=seen)


def problem(part: str, seen: str, remedy: str) -> Finding:
    """The part does not work."""
    return Finding(part, ok=False, seen=seen, remedy=remedy)


class Command(BaseCommand):
    """Real probes, not version checks. Exit status 1 where a part does not work."""

    help = "Check database, event log, sandbox, model and front end."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One flag."""
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *_args: Any, json: bool, **_options: Any) -> None:
        """Probe and print."""
        findings = [_database(), _event_log(), _sandbox(), _model(), *_solvers(), _front_end()]
        if json:
            self.stdout.write(_as_json(findings))
        else:
            for finding in findings:
                mark = "ok     " if finding.ok else "PROBLEM"
                self.stdout.write(f"{mark}  {finding.part:<10} {finding.seen}")
                if finding.remedy:
                    self.stdout.write(f"{'':>21}{finding.remedy}")
        if not all(finding.ok for finding in findings):
            raise SystemExit(1)


def _as_json(findings: list[Finding]) -> str:
    parts = {
        finding.part: {
            "ok": finding.ok,
            "seen": finding.seen,
            "remedy": finding.remedy,
            **({"checks": [asdict(check) for check in finding.checks]} if finding.checks else {}),
        }
        for finding in findings
    }
    return json.dumps({"ok": all(finding.ok for finding in findings), "parts": parts}, indent=2)


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM runs_run")
            count = cursor.fetchone()[0]
    except DatabaseError as error:
        return problem(
            "database",
            str(error).strip(),
            "`make run` creates and updates it; in production run `manage.py migrate`.",
        )
    return well("database", f"{connection.vendor}, {count} runs")


def _event_log() -> Finding:
    try:
        event_log().ping()
    except UNREACHABLE as error:
        remedy = "`make run` starts one; in production set REDIS_URL."
        return problem("event log", f"Redis does not answer: {error}", remedy)
    return well("event log", "Redis answers")


def _sandbox() -> Finding:
    found = probe(sandbox_config())
    if not found.ok:
        return problem("sandbox", found.cause, found.remedy)
    missing = f"; missing: {', '.join(found.missing)}" if found.missing else ""
    return well("sandbox", f"tier {found.tier}, {found.engine}{missing}")


def _model() -> Finding:
    if settings.MODEL_RUNTIME == "none":
        return well("model", "none: the predicted lane stays empty and says so")
    if settings.MODEL_RUNTIME == "fake":
        return well("model", "fake: predictions come from a script")
    try:
        checks = asyncio.run(examine_model())
    except RuntimeUnavailable as error:
        return problem("model", str(error), error.fix)
    wrong = [check for check in checks if not check.ok]
    shown = [f"{c.name}: {c.seen}" if c.name.endswith("reachable") else c.seen for c in checks]
    return Finding(
        "model",
        ok=not wrong,
        seen=" ".join(check.seen for check in wrong) or "; ".join(shown),
        remedy=" ".join(dict.fromkeys(check.remedy for check in wrong or checks if check.remedy)),
        checks=checks,
    )


def _solvers() -> list[Finding]:
    """The models that solve problems, in the order in which they are asked."""
    if settings.SOLVE_MODEL == "none":
        return [well("solver", "none: solve runs are refused and say so")]
    if settings.SOLVE_MODEL == "fake":
        return [well("solver", "fake: answers come from a script")]
    kinds = solver_kinds()
    names = [f"solver {at}" for at in range(1, len(kinds) + 1)] if len(kinds) > 1 else ["solver"]
    return [_solver(name, kind) for name, kind in zip(names, kinds, strict=True)]


def _solver(name: str, kind: str) -> Finding:
    try:
        return well(name, asyncio.run(examine_solver(kind)))
    except RuntimeUnavailable as error:
        return problem(name, str(error), error.fix)


def _front_end() -> Finding:
    if settings.VITE_MANIFEST.is_file():
        return well("front end", "built")
    return problem("front end", "not built", "Run `make setup`.")
