"""Alignment: the first divergence is found and named, and the rest is put back in step."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.traces.golden_align import (
    FOLDER,
    GoldenFile,
    answered,
    as_tuple,
    dump,
    golden_cases,
    load,
    replay,
)
from tests.traces.planted import PLANTS, Case, all_cases
from traces.align import Comparison, compare
from traces.divergence import Divergence
from traces.events import EndStatus, TraceEvent

CALL = TraceEvent(kind="call", line=1, depth=1, changed={"n": "2"})
LINE = TraceEvent(kind="line", line=2, depth=1)
RETURN = TraceEvent(kind="return", line=2, depth=1, value="4")


def event(kind: str = "line", line: int = 2, **fields: object) -> TraceEvent:
    return TraceEvent(kind=kind, line=line, depth=1, **fields)  # type: ignore[arg-type]  # A test's shorthand.


def compare_case(case: Case) -> Comparison:
    return compare(
        case.predicted, case.predicted_status, case.actual, case.actual_status, case.source
    )


def first(
    predicted: list[TraceEvent],
    actual: list[TraceEvent],
    ends: tuple[EndStatus, EndStatus] = ("ok", "ok"),
    source: str = "",
) -> Divergence | None:
    return compare(predicted, ends[0], actual, ends[1], source).first_divergence


# --- planted differences ----------------------------------------------------------------------


@pytest.mark.parametrize("plant", PLANTS)
def test_planted_divergence_is_found_at_its_index_with_its_kind(plant: str) -> None:
    cases = all_cases(plant)
    assert cases
    for case in cases:
        found, expected = compare_case(case).first_divergence, case.expected
        if expected is None:
            assert found is None, case.name
            continue
        assert found is not None, case.name
        assert found.index == expected.index, case.name
        kinds = {"value", "type"} if expected.kind == "locals" else {expected.kind}
        assert found.kind in kinds, case.name
        assert not expected.name or found.name == expected.name, case.name


def test_the_planted_cases_are_at_least_500() -> None:
    assert sum(len(all_cases(plant)) for plant in PLANTS) >= 500


@pytest.mark.parametrize("plant", PLANTS)
def test_every_event_stands_in_exactly_one_row_and_in_order(plant: str) -> None:
    for case in all_cases(plant):
        rows = compare_case(case).rows()
        left = [row.predicted for row in rows if row.predicted is not None]
        right = [row.actual for row in rows if row.actual is not None]
        assert left == list(range(len(case.predicted))), case.name
        assert right == list(range(len(case.actual))), case.name


@pytest.mark.parametrize(
    ("plant", "others"),
    [
        ("one_value", {"changed": 1}),
        ("swapped_type", {"changed": 1}),
        ("missing_local", {"changed": 1}),
        ("one_line", {"changed": 1}),
        ("wrong_return", {"changed": 1}),
        ("wrong_exception", {"changed": 1}),
        ("dropped_frame", {"only_actual": 1}),
        ("extra_call", {"only_predicted": 3}),
        ("nothing", {}),
    ],
)
def test_after_one_slip_everything_else_is_back_in_step(plant: str, others: dict[str, int]) -> None:
    for case in all_cases(plant):
        counts = Counter(row.status for row in compare_case(case).rows())
        del counts["matched"]
        assert counts == others, case.name


def test_a_lasting_wrong_value_leaves_every_event_beside_its_own() -> None:
    for case in all_cases("lasting_value"):
        rows = compare_case(case).rows()
        assert all(row.predicted == row.actual for row in rows), case.name


@pytest.mark.parametrize("plant", ["truncation", "actual_cut"])
def test_nothing_after_a_cut_is_scored(plant: str) -> None:
    for case in all_cases(plant):
        comparison = compare_case(case)
        found = comparison.first_divergence
        assert found is not None
        assert not found.is_error
        after = comparison.rows()[found.index :]
        assert not any(row.scored for row in after), case.name


def test_a_prediction_cut_off_after_its_first_divergence_is_judged_only_up_to_the_cut() -> None:
    for case in all_cases("one_value", range(1)):
        assert case.expected is not None
        keep = case.expected.index + 2
        comparison = compare(
            case.predicted[:keep], "length", case.actual, case.actual_status, case.source
        )
        found = comparison.first_divergence
        assert found is not None
        assert found.kind == "value"
        assert [row.scored for row in comparison.rows()] == [
            n < keep for n in range(len(case.actual))
        ], case.name


# --- growing lanes ----------------------------------------------------------------------------


def test_any_order_of_arrival_gives_the_same_answer() -> None:
    rng = random.Random(7)  # noqa: S311 - repeatable test data
    for plant in PLANTS:
        for case in all_cases(plant, range(1)):
            whole = compare_case(case)
            live = Comparison(case.source)
            sides = [list(case.predicted), list(case.actual)]
            settled: Divergence | None = None
            while sides[0] or sides[1]:
                side = rng.choice([n for n in (0, 1) if sides[n]])
                push = (live.push_predicted, live.push_actual)[side]
                push(sides[side].pop(0))
                assert settled in (None, live.first_divergence)
                settled = live.first_divergence
            live.end_actual(case.actual_status)
            live.end_predicted(case.predicted_status)
            assert live.first_divergence == whole.first_divergence, case.name
            assert live.rows() == whole.rows(), case.name


def test_a_lane_that_is_only_late_is_no_divergence() -> None:
    comparison = Comparison()
    comparison.push_actual(CALL)
    comparison.push_actual(LINE)
    comparison.push_predicted(CALL)
    assert comparison.first_divergence is None
    assert as_tuple(comparison.rows()[1]) == (None, 1, "only_actual", False)
    comparison.end_actual("ok")
    assert comparison.first_divergence is None
    comparison.push_predicted(LINE)
    assert comparison.compared == 2


def test_an_event_after_the_end_is_refused() -> None:
    comparison = Comparison()
    comparison.end_predicted("ok")
    with pytest.raises(ValueError, match="ended"):
        comparison.push_predicted(CALL)
    with pytest.raises(ValueError, match="ended already"):
        comparison.end_predicted("ok")


# --- what counts as different -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("<list_iterator object at 0x7f00>", "<list_iterator object>"),
        ("<str_ascii_iterator object>", "<str_iterator object>"),
        ("{'b', 'a'}", "{'a', 'b'}"),
        ("[frozenset({2, 1})]", "[frozenset({1, 2})]"),
        ("<module 're' from '/usr/lib/re.py'>", "<module 're' from '/opt/re.py'>"),
    ],
)
def test_another_notation_of_the_same_value_is_no_error(ours: str, theirs: str) -> None:
    comparison = compare([event(changed={"x": ours})], "ok", [event(changed={"x": theirs})], "ok")
    assert comparison.first_divergence is None
    assert comparison.first_notation == Divergence(
        kind="notation", index=0, name="x", predicted=ours, actual=theirs
    )


def test_spelling_out_an_unchanged_value_is_notation_only() -> None:
    again = event(changed={"n": "2"})
    comparison = compare([CALL, again, RETURN], "ok", [CALL, LINE, RETURN], "ok")
    assert comparison.first_divergence is None
    assert comparison.first_notation == Divergence(
        kind="notation", index=1, name="n", predicted="2"
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ("5", "6", "value"),
        ("5", "'5'", "type"),
        ("1", "True", "type"),
        ("1", "1.0", "type"),
        ("[1]", "(1,)", "type"),
        ("{1}", "{1: 2}", "type"),
        ("None", "0", "type"),
        ("Point(x=1)", "Point(x=2)", "value"),
        ("..", "1", "value"),
        ("1.0", "1.0000000000000002", "value"),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", "value"),
    ],
)
def test_a_wrong_local_is_a_wrong_value_or_a_wrong_type(ours: str, theirs: str, kind: str) -> None:
    found = first([event(changed={"x": ours})], [event(changed={"x": theirs})])
    assert found == Divergence(kind=kind, index=0, name="x", predicted=ours, actual=theirs)  # type: ignore[arg-type]  # A parameter.


def test_a_wrong_value_that_nobody_repeats_is_found_where_it_is_first_written() -> None:
    ours = [CALL, event(changed={"x": "1"}), LINE, RETURN]
    theirs = [CALL, event(changed={"x": "2"}), LINE, RETURN]
    comparison = compare(ours, "ok", theirs, "ok")
    assert comparison.first_divergence is not None
    assert comparison.first_divergence.index == 1
    assert [row.status for row in comparison.rows()] == ["matched", "changed", "changed", "matched"]


def test_a_local_that_should_be_gone_is_a_divergence() -> None:
    found = first([CALL, LINE], [CALL, event(removed=("n",))])
    assert found == Divergence(kind="value", index=1, name="n", predicted="2")


def test_further_wrong_locals_are_listed() -> None:
    found = first(
        [event(changed={"a": "1", "b": "1", "c": "3"})],
        [event(changed={"a": "2", "b": "2", "c": "3"})],
    )
    assert found is not None
    assert (found.name, found.others) == ("a", ("b",))


def test_an_unsure_line_with_the_same_text_is_not_wrong() -> None:
    source = "x = 1\nx += 1\nx += 1\n"
    assert first([event(line=-2)], [event(line=3)], source=source) is None
    found = first([event(line=-2)], [event(line=1)], source=source)
    assert found == Divergence(kind="line", index=0, predicted="x += 1", actual="x = 1")


def test_an_invented_line_is_another_line() -> None:
    found = first([event(line=0, source="x += 2")], [event(line=1)], source="x += 1\n")
    assert found == Divergence(kind="line", index=0, predicted="x += 2", actual="x += 1")


def test_the_trace_marker_does_not_make_another_line() -> None:
    ours = event("call", 0, source="def f(c):  # << START_OF_TRACE")
    assert first([ours], [event("call", 1)], source="def f(c):\n") is None


def test_a_shortened_value_is_compared_as_far_as_it_goes() -> None:
    actual = event(changed={"x": "[1, 2, ..."}, truncated=("x",))
    assert first([event(changed={"x": "[1, 2, 3]"})], [actual]) is None
    found = first([event(changed={"x": "[1, 3, 3]"})], [actual])
    assert found is not None
    assert found.kind == "value"


def test_a_shortened_value_stays_shortened_at_later_events() -> None:
    theirs = [event(changed={"x": "'aaa'..."}, truncated=("x",)), LINE]
    ours = [event(changed={"x": "'aaabbb'"}), event(changed={"x": "'aaabbb'"})]
    assert first(ours, theirs) is None


def test_a_summary_promises_nothing_about_the_value() -> None:
    actual = event("return", value="<int of 9000 bits>", truncated=("return",))
    assert first([event("return", value="12345")], [actual]) is None


def test_an_unresolved_value_is_wrong_even_beside_a_summary() -> None:
    actual = event("return", value="<int of 9000 bits>", truncated=("return",))
    found = first([event("return", value="..")], [actual])
    assert found is not None
    assert found.kind == "return"


def test_a_complete_trace_with_an_unreadable_end_is_cut_off() -> None:
    found = first([CALL, LINE], [CALL, LINE, RETURN], ("parse", "ok"))
    assert found == Divergence(kind="cut_off", index=2, lane="predicted", status="parse")


# --- putting the rest back in step ------------------------------------------------------------


def test_a_very_long_extra_call_is_one_gap() -> None:
    inner = [TraceEvent(kind="line", line=7, depth=2, changed={"i": str(n)}) for n in range(500)]
    extra = [
        TraceEvent(kind="call", line=6, depth=2),
        *inner,
        TraceEvent(kind="return", line=7, depth=2, value="None"),
    ]
    lines = [event(line=2 + n % 2) for n in range(20)]
    actual = [CALL, *lines, RETURN]
    predicted = [CALL, *lines[:5], *extra, *lines[5:], RETURN]
    counts = Counter(row.status for row in compare(predicted, "ok", actual, "ok").rows())
    assert counts == {"matched": len(actual), "only_predicted": len(extra)}


def test_events_of_different_activations_are_never_paired() -> None:
    call = TraceEvent(kind="call", line=5, depth=2)
    inside = TraceEvent(kind="line", line=2, depth=2)
    back = TraceEvent(kind="return", line=2, depth=2, value="None")
    comparison = compare([CALL, call, inside, back, RETURN], "ok", [CALL, LINE, RETURN], "ok")
    assert [as_tuple(row)[:3] for row in comparison.rows()] == [
        (0, 0, "matched"),
        (1, 1, "changed"),
        (2, None, "only_predicted"),
        (3, None, "only_predicted"),
        (4, 2, "matched"),
    ]


@pytest.mark.parametrize("extra", [70, 300, 3000])
def test_a_runaway_loop_is_aligned_as_far_as_the_real_one_goes(extra: int) -> None:
    def loop(times: int) -> list[TraceEvent]:
        body = [event(line=2 + n % 2, changed={"i": str(n)}) for n in range(times)]
        return [CALL, *body, RETURN]

    actual, predicted = loop(40), loop(40 + extra)
    counts = Counter(row.status for row in compare(predicted, "ok", actual, "ok").rows())
    assert counts == {"matched": 42, "only_predicted": extra}


def test_damaged_call_structure_is_aligned_without_complaint() -> None:
    rng = random.Random(3)  # noqa: S311 - repeatable test data
    kinds = ("call", "line", "return", "exception")
    for _ in range(200):
        sides = [
            [
                event(rng.choice(kinds), rng.randint(0, 3), changed={"x": str(rng.randint(0, 2))})
                for _ in range(rng.randint(0, 30))
            ]
            for _ in range(2)
        ]
        rows = compare(sides[0], "ok", sides[1], "ok").rows()
        assert [r.predicted for r in rows if r.predicted is not None] == list(range(len(sides[0])))
        assert [r.actual for r in rows if r.actual is not None] == list(range(len(sides[1])))


# --- golden cases -----------------------------------------------------------------------------


@pytest.mark.parametrize("plant", PLANTS)
def test_planted_golden_cases_are_as_written(plant: str, request: pytest.FixtureRequest) -> None:
    path = FOLDER / f"{plant}.json"
    file = GoldenFile(
        about=f"Made by tests/traces/test_align.py: {plant}.",
        cases=[answered(case) for case in golden_cases(plant)],
    )
    if request.config.getoption("--rewrite-golden", default=False):
        path.write_bytes(dump(file))
    assert load(path) == file


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_golden_cases_get_their_answer(path: str) -> None:
    for case in load(FOLDER / path).cases:
        comparison = replay(case)
        assert comparison.first_divergence == case.first, case.name
        assert comparison.first_notation == case.notation, case.name
        assert [as_tuple(row) for row in comparison.rows()] == case.rows, case.name
