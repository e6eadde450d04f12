"""How good a predicted trace is, in numbers that say what they count.

A score is made of shares, "right of so many", so that many traces can be summed up in both usual
ways: the *macro* mean gives every trace the same weight, the *micro* mean every frame. Free-running
and teacher-forced predictions answer different questions and are never summed up together
(`traces.summary`).

"By position" compares event i with event i and goes on after the first divergence: what the
literature on trace prediction reports. One early slip in control flow then makes everything after
it wrong, which is why the aligned figures stand beside. Where a side was cut off, positions after
the cut are not counted at all.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from traces.align import Comparison, compare
from traces.canonical import canonical_value
from traces.divergence import Divergence, SourceText, same_line, same_value
from traces.events import EndStatus, Origin, TraceEvent
from traces.lcs import lcs_length
from traces.states import UNCHANGED, FullState, forced_states, full_states


class Share(NamedTuple):
    """`right` of `total`. `right` may be a fraction where each item counts by its similarity."""

    right: float
    total: int

    @property
    def value(self) -> float | None:
        """The share as a number from 0 to 1; None where there was nothing to count."""
        return self.right / self.total if self.total else None


class TraceScore(msgspec.Struct, frozen=True, kw_only=True):
    """All figures for one pair of traces.

    By position, over the actual events that the prediction could reach:

    * `action_em`: the same source line.
    * `state_em_strict`: the same locals *as written* in CWM's text, where a local that did not
      change is `..`; so a wrong value counts once, not in every later frame. Frames that the model
      wrote in another notation count as different. Call and line events only.
    * `state_em`: the same locals in full, canonical. Call and line events only.
    * `keys`, `key_values`, `key_values_strict`: mean Jaccard similarity of the names, of the full
      (name, value) pairs, and of the pairs as written. Call and line events only.
    * `frame_em`: the same event, line and full state or value.

    Over the whole traces:

    * `valid_format`: readable frames among all frames that the model wrote.
    * `control_flow`: longest common subsequence of (event, line, depth), of the actual length.
    * `realigned`: of the actual events after the first divergence, those that the alignment pairs
      with an event of equal state.
    * `independent_errors`: among paired events, those whose *change* of state differs. This
      approximates "wrong given the model's own previous state" from above: an honest consequence of
      an earlier wrong value counts as an error too. Exact for teacher-forced predictions.
    * `output_match`: the final return value is equal (as a literal where it is one), or the same
      type of exception leaves the entry. None where a side was cut off.
    * `length_ratio`: predicted length over actual length; None where a side was cut off.
    """

    origin: Origin
    predicted_events: int
    actual_events: int
    is_cut: bool
    first_divergence: Divergence | None
    #: Index of the first event that is not written as it would be; None for a perfect trace.
    first_strict: int | None
    #: How far the prediction was right: index of the first error over actual length; 1.0 for none.
    first_fraction: float | None
    valid_format: Share
    action_em: Share
    control_flow: Share
    state_em_strict: Share
    state_em: Share
    keys: Share
    key_values: Share
    key_values_strict: Share
    frame_em: Share
    realigned: Share
    independent_errors: Share
    output_match: bool | None
    length_ratio: float | None

    def metrics(self) -> dict[str, float | None]:
        """The figures as plain numbers, for a comparison file."""
        named: dict[str, float | None] = {name: getattr(self, name).value for name in SHARES}
        named["first_fraction"] = self.first_fraction
        named["output_match"] = None if self.output_match is None else float(self.output_match)
        named["length_ratio"] = self.length_ratio
        return named


#: Fields of `TraceScore` that are shares.
SHARES = (
    "valid_format",
    "action_em",
    "control_flow",
    "state_em_strict",
    "state_em",
    "keys",
    "key_values",
    "key_values_strict",
    "frame_em",
    "realigned",
    "independent_errors",
)


def score_trace(
    predicted: Sequence[TraceEvent],
    predicted_status: EndStatus,
    actual: Sequence[TraceEvent],
    actual_status: EndStatus,
    *,
    source: str = "",
    origin: Origin = "predicted",
    unreadable: int = 0,
    odd_frames: Collection[int] = (),
) -> TraceScore:
    """Score one prediction.

    `unreadable` is how many frames of the model's text were no frames; `odd_frames` are the
    indexes of predicted events that were written in another notation. Of a teacher-forced
    prediction event i was predicted from the first i actual events: its change of state applies to
    the actual state before it, and it stands beside actual event i whatever came before.
    """
    comparison = compare(predicted, predicted_status, actual, actual_status, source)
    first = comparison.first_divergence
    is_cut = not (comparison.predicted.is_complete and comparison.actual.is_complete)
    is_forced = origin == "teacher_forced"
    ours = forced_states(predicted, actual) if is_forced else full_states(predicted)
    counts = _count_positions(comparison, ours, source, frozenset(odd_frames))
    wrong_at = first.index if first is not None and first.is_error else None
    fraction = None
    if wrong_at is not None:
        fraction = min(1.0, wrong_at / max(1, len(actual)))
    elif not is_cut:
        fraction = 1.0
    return TraceScore(
        origin=origin,
        predicted_events=len(predicted),
        actual_events=len(actual),
        is_cut=is_cut,
        first_divergence=first,
        first_fraction=fraction,
        valid_format=Share(len(predicted), len(predicted) + unreadable),
        control_flow=_control_flow(comparison),
        output_match=None if is_cut else _same_outcome(predicted, actual),
        length_ratio=None if is_cut or not actual else len(predicted) / len(actual),
        **(_forced_shares(comparison) if is_forced else _paired_shares(comparison)),
        **counts.fields(),
    )


# --- by position ------------------------------------------------------------------------------


class _Counts:
    """Running sums over positions."""

    def __init__(self) -> None:
        self.events = self.states = 0
        self.action = self.frame = self.state = self.strict = 0
        self.keys = self.pairs = self.pairs_strict = 0.0
        self.first_strict: int | None = None

    def miss(self, index: int) -> None:
        if self.first_strict is None:
            self.first_strict = index

    def fields(self) -> dict[str, Any]:
        return {
            "action_em": Share(self.action, self.events),
            "frame_em": Share(self.frame, self.events),
            "state_em": Share(self.state, self.states),
            "state_em_strict": Share(self.strict, self.states),
            "keys": Share(self.keys, self.states),
            "key_values": Share(self.pairs, self.states),
            "key_values_strict": Share(self.pairs_strict, self.states),
            "first_strict": self.first_strict,
        }


def _count_positions(
    comparison: Comparison, ours: Iterator[FullState], source: str, odd: frozenset[int]
) -> _Counts:
    """Compare event i with event i, for every i that the prediction could reach."""
    predicted, actual = comparison.predicted, comparison.actual
    reachable = len(actual.events)
    if not predicted.is_complete:
        reachable = min(reachable, len(predicted.events))
    counts = _Counts()
    text = SourceText(source)
    for index, theirs in enumerate(full_states(actual.events)):
        if index >= reachable:
            break
        counts.events += 1
        event, state = actual.events[index], next(ours, None)
        counts.states += event.kind in ("call", "line")
        if state is None:
            counts.miss(index)
            continue
        _count_one(counts, index, (predicted.events[index], state), (event, theirs), text, odd)
    if predicted.is_complete and actual.is_complete and len(predicted.events) > reachable:
        counts.miss(reachable)
    return counts


def _count_one(
    counts: _Counts,
    index: int,
    ours: tuple[TraceEvent, FullState],
    theirs: tuple[TraceEvent, FullState],
    text: SourceText,
    odd: frozenset[int],
) -> None:
    predicted, actual = ours[0], theirs[0]
    same_kind = predicted.kind == actual.kind
    line = same_line(predicted, actual, text)
    counts.action += line
    if actual.kind in ("call", "line"):
        has_state = predicted.kind in ("call", "line")
        ours_full = _canonical(ours[1].locals) if has_state else {}
        theirs_full = _canonical(theirs[1].locals)
        ours_written = _canonical(ours[1].written) if has_state else {}
        theirs_written = _canonical(theirs[1].written)
        right = has_state and ours_full == theirs_full
        strict = has_state and ours_written == theirs_written and index not in odd
        counts.state += right
        counts.strict += strict
        if has_state:
            counts.keys += _jaccard(ours_full.keys(), theirs_full.keys())
            counts.pairs += _jaccard(ours_full.items(), theirs_full.items())
            counts.pairs_strict += _jaccard(ours_written.items(), theirs_written.items())
    else:
        right = same_kind and same_value(predicted.value, actual.value)
        strict = same_kind and predicted.value == actual.value and index not in odd
    counts.frame += same_kind and line and right
    if not (same_kind and line and strict):
        counts.miss(index)


def _canonical(values: dict[str, str]) -> dict[str, str]:
    return {
        name: text if text == UNCHANGED else canonical_value(text) for name, text in values.items()
    }


def _jaccard(a: Iterable[object], b: Iterable[object]) -> float:
    """Size of the intersection over size of the union; 1 for two empty sets."""
    left, right = set(a), set(b)
    union = len(left | right)
    return len(left & right) / union if union else 1.0


# --- over whole traces ------------------------------------------------------------------------


def _control_flow(comparison: Comparison) -> Share:
    predicted, actual = comparison.predicted, comparison.actual
    theirs = actual.events
    if not predicted.is_complete:
        # A cut prediction is held against as much of the real trace as it is long.
        theirs = theirs[: len(predicted.events)]
    # Up to the first divergence the lines are the same even where the mapping had to guess.
    equal = comparison.compared
    ours = [*actual.events[:equal], *predicted.events[equal:]]
    return Share(lcs_length([_place(e) for e in ours], [_place(e) for e in theirs]), len(theirs))


def _place(event: TraceEvent) -> tuple[str, int, int]:
    return event.kind, abs(event.line), event.depth


def _paired_shares(comparison: Comparison) -> dict[str, Any]:
    """What the alignment says: how much is back in step, and how many changes are wrong."""
    first = comparison.first_divergence
    start = len(comparison.actual.events)
    if first is not None and first.is_error:
        start = first.index
    ours, theirs = comparison.predicted.events, comparison.actual.events
    after = realigned = paired = errors = 0
    for row in comparison.rows():
        if row.actual is not None and row.scored and row.actual >= start:
            after += 1
            realigned += row.status == "matched"
        if row.predicted is not None and row.actual is not None:
            paired += 1
            errors += row.predicted >= start and not _same_change(
                ours[row.predicted], theirs[row.actual]
            )
    return {"realigned": Share(realigned, after), "independent_errors": Share(errors, paired)}


def _forced_shares(comparison: Comparison) -> dict[str, Any]:
    """The same where event i stands beside event i: nothing was ever out of step."""
    pairs = list(zip(comparison.predicted.events, comparison.actual.events, strict=False))
    errors = sum(not _same_change(ours, theirs) for ours, theirs in pairs)
    return {"realigned": Share(0, 0), "independent_errors": Share(errors, len(pairs))}


def _same_change(predicted: TraceEvent, actual: TraceEvent) -> bool:
    """Whether two events say the same about what the step before them did."""
    return (
        predicted.kind == actual.kind
        and same_value(predicted.value, actual.value)
        and set(predicted.removed) == set(actual.removed)
        and predicted.changed.keys() == actual.changed.keys()
        and all(same_value(text, actual.changed[name]) for name, text in predicted.changed.items())
    )


def _same_outcome(predicted: Sequence[TraceEvent], actual: Sequence[TraceEvent]) -> bool:
    ours, theirs = _outcome(predicted), _outcome(actual)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        return ours == theirs
    if ours[0] == "exception":
        return _exception_type(ours[1]) == _exception_type(theirs[1])
    return same_value(ours[1], theirs[1]) or _equal_literals(ours[1], theirs[1])


def _outcome(events: Sequence[TraceEvent]) -> tuple[Literal["return", "exception"], str] | None:
    """How the entry was left, and with what. An exception that leaves shows a `return` after it."""
    if not events or events[-1].kind not in ("return", "exception"):
        return None
    last = events[-1]
    if last.kind == "return" and len(events) > 1:
        before = events[-2]
        if before.kind == "exception" and before.depth == last.depth and last.value == "None":
            last = before
    kind: Literal["return", "exception"] = "exception" if last.kind == "exception" else "return"
    return kind, last.value or ""


def _exception_type(value: str) -> str:
    """The class in the repr of a (type, value, traceback) triple."""
    return value.partition(",")[0].strip("( ")


def _equal_literals(a: str, b: str) -> bool:
    """Whether both are Python literals with equal values of equal type."""
    try:
        left, right = ast.literal_eval(a), ast.literal_eval(b)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return type(left) is type(right) and bool(left == right)
