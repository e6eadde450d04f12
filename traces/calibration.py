"""Does the model know when it is wrong? Confidence set against correctness.

A confidence is the probability that the model gave to what it wrote (the exponential of the
log-probabilities of a field's tokens, summed). An outcome is whether that field was right. All
functions take plain pairs, so they serve fields, frames and whole traces alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from traces.align import Comparison
from traces.divergence import SourceText, same_line
from traces.events import TraceEvent
from traces.trace import FrameLogprobs

Field = Literal["event", "state", "action", "value"]


class Outcome(NamedTuple):
    """One judged prediction: its probability (0 to 1), and whether it was right."""

    confidence: float
    correct: bool


class RiskPoint(NamedTuple):
    """If only the `coverage` (share) of surest predictions is kept, `risk` of them is wrong."""

    coverage: float
    risk: float


class Calibration(msgspec.Struct, frozen=True):
    """How well confidence fits correctness; `count` outcomes. None where it is not defined."""

    count: int
    accuracy: float | None
    ece: float | None
    brier: float | None
    auroc: float | None


def calibration(outcomes: Sequence[Outcome]) -> Calibration:
    """All figures for one set of outcomes. AUROC is of confidence as a sign of being right."""
    count = len(outcomes)
    return Calibration(
        count=count,
        accuracy=sum(o.correct for o in outcomes) / count if count else None,
        ece=expected_calibration_error(outcomes),
        brier=brier_score(outcomes),
        auroc=auroc([(o.confidence, o.correct) for o in outcomes]),
    )


def expected_calibration_error(outcomes: Sequence[Outcome], bins: int = 10) -> float | None:
    """Mean gap between confidence and accuracy, over equal-width bins weighted by their size.

    0 is perfect; the bin of a confidence p is floor(p * bins), and 1.0 belongs to the last one
    (Naeini et al. 2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning").
    """
    if not outcomes:
        return None
    confidences = [0.0] * bins
    rights = [0] * bins
    for confidence, correct in outcomes:
        place = min(int(confidence * bins), bins - 1)
        confidences[place] += confidence
        rights[place] += correct
    gaps = (abs(c - r) for c, r in zip(confidences, rights, strict=True))
    return sum(gaps) / len(outcomes)


def brier_score(outcomes: Sequence[Outcome]) -> float | None:
    """Mean squared gap between confidence and outcome (Brier 1950); 0 is perfect, 1 the worst."""
    if not outcomes:
        return None
    return sum((o.confidence - o.correct) ** 2 for o in outcomes) / len(outcomes)


def auroc(scored: Sequence[tuple[float, bool]]) -> float | None:
    """Chance that a random positive has a higher score than a random negative; ties count half.

    0.5 says nothing, 1.0 separates perfectly. None if either kind is missing. Computed from ranks
    (the Mann-Whitney U statistic) in O(n log n).
    """
    positives = sum(label for _, label in scored)
    negatives = len(scored) - positives
    if not positives or not negatives:
        return None
    ordered = sorted(scored, key=lambda pair: pair[0])
    rank_sum = 0.0
    start = 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        mean_rank = (start + 1 + end) / 2
        rank_sum += mean_rank * sum(label for _, label in ordered[start:end])
        start = end
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def risk_coverage(outcomes: Sequence[Outcome]) -> list[RiskPoint]:
    """The risk at every coverage at which the confidence changes, surest first.

    (El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification".)
    """
    points: list[RiskPoint] = []
    wrong = 0
    ordered = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    for count, outcome in enumerate(ordered, 1):
        wrong += not outcome.correct
        if count == len(ordered) or ordered[count].confidence != outcome.confidence:
            points.append(RiskPoint(count / len(ordered), wrong / count))
    return points


def field_outcomes(
    comparison: Comparison, logprobs: Sequence[FrameLogprobs], source: str = ""
) -> dict[Field, list[Outcome]]:
    """Outcomes of each field of a prediction, up to and including its first divergence.

    After it the model continues from a state of its own, where right and wrong are not defined.
    The judged fields of the diverging frame: its event; its line if the event is right; its
    locals or value if the line is right as well.
    """
    outcomes: dict[Field, list[Outcome]] = {"event": [], "state": [], "action": [], "value": []}
    first = comparison.first_divergence
    judged = comparison.compared + (first is not None and first.is_error)
    text = SourceText(source)
    frames = zip(
        comparison.predicted.events[:judged], comparison.actual.events, logprobs, strict=False
    )
    for index, (predicted, actual, sure) in enumerate(frames):
        is_wrong = index == comparison.compared
        for field, confidence, correct in _judge(predicted, actual, sure, text, is_wrong=is_wrong):
            outcomes[field].append(Outcome(confidence, correct))
    return outcomes


def _judge(
    predicted: TraceEvent,
    actual: TraceEvent,
    sure: FrameLogprobs,
    source: SourceText,
    *,
    is_wrong: bool,
) -> list[tuple[Field, float, bool]]:
    """The fields of one frame that can be judged, their confidence, and whether they are right."""
    judged: list[tuple[Field, float | None, bool]] = []
    same_event = predicted.kind == actual.kind
    judged.append(("event", sure.event, same_event))
    if same_event:
        line = same_line(predicted, actual, source)
        judged.append(("action", sure.action, line))
        if line and actual.kind in ("call", "line"):
            judged.append(("state", sure.state, not is_wrong))
        elif line:
            judged.append(("value", sure.value, not is_wrong))
    return [
        (field, math.exp(min(0.0, logprob)), correct)
        for field, logprob, correct in judged
        if logprob is not None
    ]


def divergence_alarms(
    comparison: Comparison, logprobs: Sequence[FrameLogprobs]
) -> list[tuple[float, bool]]:
    """For `auroc`: how unsure each frame was, and whether it was the first divergence.

    Unsureness is minus the lowest single-token log-probability of the frame (of its fields, where
    single tokens were not reported). Frames after the first divergence are left out. Pool the
    lists of many traces before taking the AUROC.
    """
    first = comparison.first_divergence
    count = comparison.compared + (first is not None and first.is_error)
    alarms: list[tuple[float, bool]] = []
    for index, sure in enumerate(logprobs[:count]):
        fields = (sure.event, sure.state, sure.action, sure.value)
        known = [field for field in fields if field is not None]
        lowest = sure.lowest if sure.lowest is not None else min(known, default=None)
        if lowest is not None:
            alarms.append((-lowest, index == comparison.compared))
    return alarms
