"""Scores: every figure counts what its description says."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.example_programs import PROGRAMS, status_of, traced
from tests.traces.planted import Case, all_cases, contract, expand
from traces.events import EndStatus, TraceEvent
from traces.lcs import lcs_length
from traces.score import SHARES, Share, TraceScore, score_trace
from traces.states import full_states
from traces.summary import summarise

CALL = TraceEvent(kind="call", line=1, depth=1, changed={"a": "1", "b": "2"})


def line(number: int, **changed: str) -> TraceEvent:
    return TraceEvent(kind="line", line=number, depth=1, changed=changed)


def result(value: str) -> TraceEvent:
    return TraceEvent(kind="return", line=9, depth=1, value=value)


def score(
    predicted: list[TraceEvent],
    actual: list[TraceEvent],
    ends: tuple[EndStatus, EndStatus] = ("ok", "ok"),
) -> TraceScore:
    return score_trace(predicted, ends[0], actual, ends[1])


def score_case(case: Case) -> TraceScore:
    return score_trace(
        case.predicted,
        case.predicted_status,
        case.actual,
        case.actual_status,
        source=case.source,
    )


# --- perfect and empty ------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_perfect_prediction_scores_full_marks(name: str) -> None:
    events, status = traced(name), status_of(name)
    found = score_trace(events, status, events, status, source=PROGRAMS[name])
    metrics = found.metrics()
    assert metrics.pop("independent_errors") == 0.0
    assert metrics.pop("realigned") is None
    assert set(metrics.values()) == {1.0}
    assert (found.first_divergence, found.first_strict) == (None, None)


def test_an_empty_prediction_scores_nothing_and_nothing_fails() -> None:
    found = score([], [CALL, line(2), result("3")])
    assert found.frame_em == Share(0, 3)
    assert found.control_flow == Share(0, 3)
    assert found.first_fraction == 0.0
    assert found.output_match is False
    assert score([], []).metrics()["frame_em"] is None


# --- one figure at a time ---------------------------------------------------------------------


def test_a_wrong_value_counts_once_as_written_and_in_every_later_frame_in_full() -> None:
    actual = [CALL, line(2, x="5"), line(3), line(4), result("5")]
    predicted = [CALL, line(2, x="6"), line(3), line(4), result("5")]
    found = score(predicted, actual)
    assert found.state_em_strict == Share(3, 4)
    assert found.state_em == Share(1, 4)
    assert found.action_em == Share(5, 5)
    assert found.frame_em == Share(2, 5)
    assert found.independent_errors == Share(1, 5)
    assert found.first_fraction == pytest.approx(1 / 5)
    assert found.output_match is True


def test_names_and_pairs_are_compared_by_jaccard_similarity() -> None:
    actual = [TraceEvent(kind="call", line=1, depth=1, changed={"a": "1", "b": "2", "c": "3"})]
    predicted = [TraceEvent(kind="call", line=1, depth=1, changed={"a": "1", "b": "9", "d": "3"})]
    found = score(predicted, actual)
    assert found.keys == Share(2 / 4, 1)
    assert found.key_values == Share(1 / 5, 1)


def test_another_notation_is_wrong_as_written_and_right_in_full() -> None:
    actual = [CALL, line(2, s="{1, 2}"), result("None")]
    predicted = [CALL, line(2, s="{2, 1}"), result("None")]
    found = score(predicted, actual)
    assert found.state_em == Share(2, 2)
    assert found.first_divergence is None
    odd = score_trace(actual, "ok", actual, "ok", odd_frames={1})
    assert odd.state_em_strict == Share(1, 2)
    assert (odd.first_strict, odd.first_divergence) == (1, None)


def test_one_dropped_line_ruins_positions_but_not_control_flow() -> None:
    body = [line(2 + n % 3, i=str(n)) for n in range(30)]
    actual = [CALL, *body, result("1")]
    predicted = contract([s for i, s in enumerate(expand(tuple(actual))) if i != 2])
    found = score(list(predicted), actual)
    assert found.action_em == Share(2, 32)
    assert found.control_flow == Share(31, 32)
    assert found.realigned == Share(29, 30)
    assert found.length_ratio == pytest.approx(31 / 32)


def test_unreadable_frames_lower_the_valid_format() -> None:
    found = score_trace([CALL], "parse", [CALL, line(2)], "ok", unreadable=1)
    assert found.valid_format == Share(1, 2)
    assert found.is_cut


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("[1, 2]", "[1, 2]", True),
        ("{'a', 'b'}", "{'b', 'a'}", True),
        ("1", "1.0", False),
        ("1e1", "10.0", True),
        ("<Account object at 0x1>", "<Account object>", True),
        ("'x'", '"x"', True),
        ("5", "oops", False),
    ],
)
def test_the_output_is_compared_as_a_literal_where_it_is_one(
    ours: str, theirs: str, same: bool
) -> None:
    assert score([CALL, result(ours)], [CALL, result(theirs)]).output_match is same


def test_an_uncaught_exception_is_compared_by_its_type() -> None:
    def left_by(value: str) -> list[TraceEvent]:
        raised = TraceEvent(kind="exception", line=2, depth=1, value=value)
        return [CALL, line(2), raised, result("None")]

    actual = left_by("(<class 'KeyError'>, KeyError('a'), <traceback object>)")
    same = left_by("(<class 'KeyError'>, KeyError('b'), <traceback object>)")
    other = left_by("(<class 'ValueError'>, ValueError('a'), <traceback object>)")
    ends: tuple[EndStatus, EndStatus] = ("exception", "exception")
    assert score(same, actual, ends).output_match is True
    assert score(other, actual, ends).output_match is False
    assert score([CALL, line(2), result("None")], actual, ends).output_match is False


# --- cuts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("plant", ["truncation", "actual_cut"])
def test_a_cut_off_trace_is_never_scored_wrong_after_the_cut(plant: str) -> None:
    for case in all_cases(plant):
        found = score_case(case)
        assert found.is_cut
        assert (found.output_match, found.length_ratio) == (None, None)
        metrics = found.metrics()
        assert metrics["independent_errors"] in (None, 0.0), case.name
        for name in ("action_em", "state_em", "state_em_strict", "frame_em", "keys"):
            assert metrics[name] in (None, 1.0), (case.name, name)
        if plant == "truncation":
            assert metrics["control_flow"] in (None, 1.0), case.name


@pytest.mark.parametrize("plant", ["one_value", "one_line", "wrong_return", "missing_end"])
def test_shares_are_between_nothing_and_all(plant: str) -> None:
    for case in all_cases(plant):
        found = score_case(case)
        for name in SHARES:
            share = getattr(found, name)
            assert 0 <= share.right <= share.total, (case.name, name)
        assert found.frame_em.right < found.frame_em.total


# --- many traces ------------------------------------------------------------------------------


def test_macro_weighs_traces_and_micro_weighs_frames() -> None:
    good = score([CALL] * 1, [CALL] * 1)
    bad = score([CALL, line(3), line(3), line(3)], [CALL, line(2), line(2), line(2)])
    summary = summarise([good, bad])
    assert summary.macro["action_em"] == pytest.approx((1 + 1 / 4) / 2)
    assert summary.micro["action_em"] == pytest.approx(2 / 5)
    assert (summary.traces, summary.exact, summary.cut) == (2, 1, 0)
    assert summary.first_kinds == {"line": 1}


def test_free_running_and_teacher_forced_scores_are_never_mixed() -> None:
    free = score_trace([CALL], "ok", [CALL], "ok")
    forced = score_trace([CALL], "ok", [CALL], "ok", origin="teacher_forced")
    with pytest.raises(ValueError, match="predicted, teacher_forced"):
        summarise([free, forced])
    with pytest.raises(ValueError, match="none"):
        summarise([])
    assert summarise([forced]).origin == "teacher_forced"


def test_a_teacher_forced_slip_costs_one_frame_and_no_more() -> None:
    actual = [CALL, line(2, x="5"), line(3), line(4, y="7"), result("5")]
    predicted = [CALL, line(2, x="6"), line(3), line(4, y="7"), result("5")]
    forced = score_trace(predicted, "ok", actual, "ok", origin="teacher_forced")
    assert forced.state_em == Share(3, 4)
    assert forced.frame_em == Share(4, 5)
    assert forced.independent_errors == Share(1, 5)
    assert forced.realigned == Share(0, 0)


def test_a_teacher_forced_wrong_event_does_not_disturb_the_next() -> None:
    inner = TraceEvent(kind="call", line=5, depth=2, changed={"n": "1"})
    back = TraceEvent(kind="return", line=5, depth=2, value="1")
    actual = [CALL, line(2), inner, back, line(3), result("1")]
    predicted = [CALL, result("9"), line(3), back, line(3), result("1")]
    forced = score_trace(predicted, "ok", actual, "ok", origin="teacher_forced")
    assert forced.frame_em == Share(4, 6)
    assert forced.action_em == Share(4, 6)


# --- building blocks --------------------------------------------------------------------------


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12))
def test_the_common_subsequence_is_as_long_as_the_textbook_says(a: list[int], b: list[int]) -> None:
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, j in itertools.product(range(len(a)), range(len(b))):
        best = max(table[i][j + 1], table[i + 1][j])
        table[i + 1][j + 1] = table[i][j] + 1 if a[i] == b[j] else best
    assert lcs_length(a, b) == table[-1][-1]


@pytest.mark.parametrize("name", PROGRAMS)
def test_full_states_are_those_of_a_plain_expansion(name: str) -> None:
    events = traced(name)
    assert [state.locals for state in full_states(events)] == [
        snapshot.locals for snapshot in expand(events)
    ]


def test_values_are_written_out_after_every_change_of_activation() -> None:
    inner = TraceEvent(kind="call", line=5, depth=2, changed={"n": "1"})
    back = TraceEvent(kind="return", line=5, depth=2, value="1")
    written = [
        s.written for s in full_states([CALL, line(2), inner, back, line(3, b="3"), line(4)])
    ]
    assert written == [
        {"a": "1", "b": "2"},
        {"a": "..", "b": ".."},
        {"n": "1"},
        {},
        {"a": "1", "b": "3"},
        {"a": "..", "b": ".."},
    ]


def test_an_exception_after_a_return_does_not_count_as_having_written_the_values() -> None:
    inner = TraceEvent(kind="call", line=5, depth=2)
    back = TraceEvent(kind="return", line=5, depth=2, value="None")
    raised = TraceEvent(kind="exception", line=2, depth=1, value="(<class 'E'>, E(), None)")
    states = list(full_states([CALL, line(2), inner, back, raised, line(3), line(4)]))
    assert states[5].written == {"a": "1", "b": "2"}
    assert states[6].written == {"a": "..", "b": ".."}
