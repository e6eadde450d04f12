"""The closing summary of `make test` cannot be green by omission."""

from __future__ import annotations

from deploy.checks import suite


def test_a_green_run_is_told_with_its_counts() -> None:
    rows = [
        suite.row("checks", passed=10, failed=0, seconds=1),
        suite.front_end_row(
            {"numPassedTests": 5, "numFailedTests": 0, "numPendingTests": 1}, code=0, seconds=1
        ),
    ]
    text, passed = suite.summary(rows)
    assert passed
    assert "front end" in text
    assert "passed." in text


def test_one_failure_anywhere_fails_the_whole() -> None:
    rows = [suite.row("checks", passed=9, failed=1, seconds=1)]
    text, passed = suite.summary(rows)
    assert not passed
    assert "Something failed." in text


def test_front_end_tests_that_broke_without_a_report_failed() -> None:
    assert suite.front_end_row(None, code=1, seconds=0)["failed"] == 1


def test_a_front_end_run_that_exits_badly_failed_although_its_tests_passed() -> None:
    assert suite.front_end_row({"numPassedTests": 5}, code=1, seconds=0)["failed"] == 1


def test_a_pytest_that_broke_before_any_test_failed() -> None:
    rows = suite.python_rows(None, code=4)
    assert rows[0]["failed"] == 1


def test_a_tier_that_did_not_run_is_named_with_its_reason() -> None:
    skipped = suite.row("gpu", passed=0, failed=0, seconds=0, skipped=3)
    skipped["reasons"] = ["no NVIDIA GPU"]
    text, passed = suite.summary([skipped])
    assert passed
    assert "Not run: gpu." in text
    assert "no NVIDIA GPU" in text
