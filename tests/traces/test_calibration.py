"""Confidence against correctness: the figures follow their textbook definitions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.example_programs import PROGRAMS, traced
from tests.traces.planted import all_cases
from traces.align import compare
from traces.calibration import (
    Outcome,
    RiskPoint,
    auroc,
    brier_score,
    calibration,
    divergence_alarms,
    expected_calibration_error,
    field_outcomes,
    risk_coverage,
)
from traces.trace import FrameLogprobs

SURE = FrameLogprobs(-0.1, -0.2, -0.3, -0.4)


def test_a_model_that_is_right_as_often_as_it_says_is_calibrated() -> None:
    outcomes = [Outcome(0.75, n < 3) for n in range(4)]
    assert expected_calibration_error(outcomes) == pytest.approx(0.0)
    assert brier_score(outcomes) == pytest.approx((3 * 0.25**2 + 0.75**2) / 4)


def test_the_calibration_error_weighs_bins_by_their_size() -> None:
    outcomes = [Outcome(1.0, False), *[Outcome(0.05, False)] * 3]
    assert expected_calibration_error(outcomes) == pytest.approx((1 * 1.0 + 3 * 0.05) / 4)


def test_nothing_to_judge_gives_no_figures() -> None:
    found = calibration([])
    assert (found.count, found.accuracy, found.ece, found.brier, found.auroc) == (0, *[None] * 4)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
def test_auroc_is_the_chance_that_a_positive_scores_higher(pairs: list[tuple[int, bool]]) -> None:
    scored = [(float(score), label) for score, label in pairs]
    positives = [s for s, label in scored if label]
    negatives = [s for s, label in scored if not label]
    if not positives or not negatives:
        assert auroc(scored) is None
        return
    wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    assert auroc(scored) == pytest.approx(wins / len(positives) / len(negatives))


def test_risk_falls_when_only_the_sure_ones_are_kept() -> None:
    outcomes = [Outcome(0.9, True), Outcome(0.5, False), Outcome(0.9, True), Outcome(0.7, True)]
    assert risk_coverage(outcomes) == [
        RiskPoint(0.5, 0.0),
        RiskPoint(0.75, 0.0),
        RiskPoint(1.0, 0.25),
    ]
    assert risk_coverage([]) == []


def test_fields_are_judged_up_to_the_first_divergence_and_not_after() -> None:
    for case in all_cases("one_value", range(1)):
        assert case.expected is not None
        comparison = compare(case.predicted, "ok", case.actual, "ok", case.source)
        sure = [SURE] * len(case.predicted)
        outcomes = field_outcomes(comparison, sure, case.source)
        assert len(outcomes["event"]) == case.expected.index + 1
        assert all(outcome.correct for outcome in outcomes["event"] + outcomes["action"])
        assert [o.correct for o in outcomes["state"]][-1] is False
        assert all(o.correct for o in outcomes["state"][:-1])
        assert outcomes["state"][0].confidence == pytest.approx(math.exp(-0.2))


def test_of_a_wrong_line_the_state_is_not_judged() -> None:
    for case in all_cases("one_line", range(1)):
        comparison = compare(case.predicted, "ok", case.actual, "ok", case.source)
        outcomes = field_outcomes(comparison, [SURE] * len(case.predicted), case.source)
        assert [o.correct for o in outcomes["action"]][-1] is False
        assert all(o.correct for o in outcomes["state"])


def test_a_cut_is_not_judged_wrong() -> None:
    for case in all_cases("truncation", range(1)):
        comparison = compare(case.predicted, "length", case.actual, "ok", case.source)
        outcomes = field_outcomes(comparison, [SURE] * len(case.predicted), case.source)
        assert len(outcomes["event"]) == len(case.predicted)
        assert all(o.correct for kind in outcomes.values() for o in kind)


def test_fields_without_logprobs_are_left_out() -> None:
    events = traced("fib")
    comparison = compare(events, "ok", events, "ok", PROGRAMS["fib"])
    outcomes = field_outcomes(comparison, [FrameLogprobs(event=0.0)] * len(events))
    assert [len(outcomes[field]) for field in ("event", "state", "action", "value")] == [
        len(events),
        0,
        0,
        0,
    ]


def test_an_alarm_is_as_loud_as_the_least_likely_token() -> None:
    events = list(traced("aliasing")[:3])
    wrong = [*events[:2], traced("fib")[0]]
    comparison = compare(wrong, "ok", events, "ok")
    sure = [FrameLogprobs(-0.1, -0.2, -0.3, lowest=-0.15), FrameLogprobs(), SURE]
    alarms = divergence_alarms(comparison, sure)
    assert alarms == [(0.15, False), (0.4, True)]
    assert auroc(alarms) == 1.0
