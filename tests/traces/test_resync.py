"""Re-synchronisation: the pairing is the heaviest there is, and keeps to the call structure."""

from __future__ import annotations

import itertools
from collections import Counter

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from traces.events import TraceEvent
from traces.resync import ANCHOR_RUN, BAND, align_tails

State = tuple[int, dict[str, str]]

#: Few places and values, so that almost nothing is unique and the search has to decide.
STATES = st.tuples(
    st.integers(1, 2),
    st.fixed_dictionaries({"a": st.sampled_from("01"), "b": st.sampled_from("01")}),
)


def lines(states: list[State]) -> list[TraceEvent]:
    """Line events of one activation with these full states."""
    before: dict[str, str] = {}
    events = []
    for line, state in states:
        changed = {name: text for name, text in state.items() if before.get(name) != text}
        events.append(TraceEvent(kind="line", line=line, depth=1, changed=changed))
        before = state
    return events


def weight(ours: State, theirs: State) -> int:
    if ours[0] != theirs[0]:
        return 0
    return 192 + 64 * len(ours[1].items() & theirs[1].items()) // 2


def heaviest(ours: list[State], theirs: list[State]) -> int:
    """The best total weight, by the textbook."""
    table = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i, left in enumerate(ours):
        for j, right in enumerate(theirs):
            pair = weight(left, right)
            paired = table[i][j] + pair if pair else 0
            table[i + 1][j + 1] = max(table[i][j + 1], table[i + 1][j], paired)
    return table[-1][-1]


def has_anchors(ours: list[State], theirs: list[State]) -> bool:
    """Whether so many events are unique on both sides that they could be believed as anchors."""
    left, right = (
        Counter((n, *sorted(state.items())) for n, state in side) for side in (ours, theirs)
    )
    return sum(left[key] == right[key] == 1 for key in left) >= ANCHOR_RUN


@settings(max_examples=300)
@given(st.lists(STATES, max_size=25), st.lists(STATES, max_size=25))
def test_without_anchors_no_pairing_is_heavier(ours: list[State], theirs: list[State]) -> None:
    head = 0
    while head < min(len(ours), len(theirs)) and ours[head] == theirs[head]:
        head += 1
    assume(not has_anchors(ours[head:], theirs[head:]))
    pairs = align_tails(lines(ours), lines(theirs), 0)
    assert sum(weight(ours[p.predicted], theirs[p.actual]) for p in pairs) == heaviest(ours, theirs)


@given(st.lists(STATES, max_size=30), st.lists(STATES, max_size=30))
def test_pairs_keep_the_order_and_the_place(ours: list[State], theirs: list[State]) -> None:
    pairs = align_tails(lines(ours), lines(theirs), 0)
    for before, after in itertools.pairwise(pairs):
        assert before.predicted < after.predicted
        assert before.actual < after.actual
    for pair in pairs:
        assert ours[pair.predicted][0] == theirs[pair.actual][0]
        assert pair.equal == (ours[pair.predicted] == theirs[pair.actual])


def test_the_band_follows_an_anchor() -> None:
    extra: list[State] = [(3, {"a": "x"})] * (BAND * 5)
    anchor: State = (4, {"a": "unique"})
    rest: list[State] = [(1, {"a": "0"}), (2, {"a": "0"})] * 20
    pairs = align_tails(lines([*extra, anchor, *rest]), lines([anchor, *rest]), 0)
    assert len(pairs) == 41
    assert all(pair.equal and pair.predicted - pair.actual == len(extra) for pair in pairs)


def test_one_coincidence_does_not_tear_the_rest_apart() -> None:
    def loop(start: str) -> list[State]:
        return [(line, {"a": start, "n": str(n)}) for n in range(20) for line in (1, 2)]

    coincidence: State = (1, {"a": "same", "n": "same"})
    ours, theirs = [*loop("x"), coincidence], [coincidence, *loop("y")]
    pairs = align_tails(lines(ours), lines(theirs), 0)
    assert [(p.predicted, p.actual) for p in pairs] == [(n, n + 1) for n in range(40)]


def test_a_far_shift_without_anchors_is_found_within_the_wider_band() -> None:
    loop: list[State] = [(1, {"a": "0"}), (2, {"a": "1"})] * 100
    other: list[State] = [(5, {"a": "0"})] * 150
    pairs = align_tails(lines([*other, *loop]), lines(loop), 0)
    assert len(pairs) == len(loop)


def test_the_inside_of_two_paired_calls_is_aligned_by_itself() -> None:
    def call(argument: str, values: list[str]) -> list[TraceEvent]:
        opened = TraceEvent(kind="call", line=5, depth=2, changed={"n": argument})
        body = [TraceEvent(kind="line", line=6, depth=2, changed={"x": v}) for v in values]
        return [opened, *body, TraceEvent(kind="return", line=6, depth=2, value="0")]

    ours = [*call("1", ["a", "b"]), *call("2", ["c"])]
    theirs = [*call("1", ["a"]), *call("9", ["b", "c"])]
    pairs = [(p.predicted, p.actual) for p in align_tails(ours, theirs, 0)]
    assert pairs == [(0, 0), (1, 1), (3, 2), (4, 3), (5, 5), (6, 6)]
