"""All checks run whatever one of them says, and the summary counts them."""

from __future__ import annotations

import pytest

from deploy.checks import run
from deploy.checks.run import Check


def test_every_check_runs_although_one_fails_and_the_failing_output_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = [
        Check("good", run.python("-c", "print('fine')")),
        Check("bad", run.python("-c", "print('the reason'); raise SystemExit(3)"), fix="mend it"),
        Check("missing", ("/no/such/program",)),
        Check("also good", run.python("-c", "")),
    ]
    outcomes = run.run_all(checks)
    assert [outcome.passed for outcome in outcomes] == [True, False, False, True]
    assert not run.report(outcomes)
    said = capsys.readouterr().out
    assert "the reason" in said
    assert "mend it" in said
    assert "fine" not in said
    assert "checks: 2 passed, 2 failed" in said


def test_a_check_cannot_wait_for_somebody_to_type() -> None:
    outcome = run.run_check(Check("asks", run.python("-c", "input()")))
    assert not outcome.passed
    assert "EOFError" in outcome.output


def test_check_names_are_unique() -> None:
    names = [check.name for check in run.CHECKS]
    assert len(set(names)) == len(names)
