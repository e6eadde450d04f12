"""Which event stands beside which once a prediction has left the real execution.

Theory of operation. From the first divergence on, the two tails are aligned so that the sum of
the weights of the paired events is largest. Only events of the same kind on the same line may be
paired; a pair weighs 3 plus the share of its locals that are equal (for a return or an exception:
plus 1 if the values are equal). This is Needleman-Wunsch with a gap cost of 1, a match of 1 plus
the share, and a mismatch that is dearer than two gaps, written without negative numbers.

Three things keep it linear and keep sense in the result:

* **Call structure.** Events are aligned within their own activation: a call counts as one item of
  its caller, and the inside of two paired calls is aligned by itself. An extra call of a thousand
  events is one gap, and an event can never be paired with one of another activation.
* **Anchors.** An item whose place and full state occur exactly once in each side is paired at
  once (the longest chain of such pairs that keeps the order, as in patience diff); only what lies
  between two anchors is searched. A lone anchor may be a coincidence that would tear everything
  else apart, so `ANCHOR_RUN` of them must agree on the shift; where the sides differ so much in
  length that the search cannot span it, every anchor counts.
* **A band.** The search looks at most `BAND` items away from the diagonal, wider only by the
  difference in length of the two sides (at most `MAX_EXTRA_BAND`).

Weights are integers, so that Python and TypeScript break ties alike.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from traces.canonical import canonical_value
from traces.events import TraceEvent

BAND = 64
MAX_EXTRA_BAND = 192

#: Anchors in a row with the same shift that are believed.
ANCHOR_RUN = 3

_PLACE_WEIGHT = 192  # 3 in units of 1/64
_STATE_WEIGHT = 64

State = frozenset[int]


class Interner:
    """Small numbers for what is compared often: (name, canonical value) pairs and places."""

    def __init__(self) -> None:
        self._ids: dict[Hashable, int] = {}
        self._values: dict[str, str] = {}

    def id_of(self, key: Hashable) -> int:
        return self._ids.setdefault(key, len(self._ids))

    def value_id(self, name: str, text: str) -> int:
        canonical = self._values.get(text)
        if canonical is None:
            canonical = self._values[text] = canonical_value(text)
        return self.id_of((name, canonical))


class Side:
    """One lane's tail, prepared: place and state per event, and the call structure.

    `levels[0]` lists the items of the innermost activation that was open where the tail begins,
    `levels[1]` those of its caller, and so on; `inside[i]` lists the items of the activation that
    the call event `i` opened.
    """

    def __init__(self, events: Sequence[TraceEvent], start: int, interner: Interner) -> None:
        self.places: list[int] = []
        self.states: list[State] = []
        self.inside: dict[int, list[int]] = {}
        self._interner = interner
        self._locals: list[dict[str, int]] = []
        self._open: list[list[int]] = []
        self._returned = False
        for event in events[:start]:
            self._fold(event)
        self._open = [[] for _ in self._locals]
        self.levels = self._open[::-1]
        self._root: list[int] = []
        self.levels.append(self._root)
        for index, event in enumerate(events[start:], start):
            self._place(index, event)
        self.start = start

    def _fold(self, event: TraceEvent) -> None:
        """Apply one event to the locals of its activation."""
        if self._returned and self._locals:
            self._locals.pop()
        if event.kind == "call" or not self._locals:
            self._locals.append({})
        top = self._locals[-1]
        for name in event.removed:
            top.pop(name, None)
        for name, text in event.changed.items():
            top[name] = self._interner.value_id(name, text)
        self._returned = event.kind == "return"

    def _place(self, index: int, event: TraceEvent) -> None:
        """Note the event's place and state, and hang it into the call structure."""
        if self._returned and self._open:
            self._open.pop()
        items = self._open[-1] if self._open else self._root
        items.append(index)
        self._fold(event)
        if event.kind == "call":
            self.inside[index] = []
            self._open.append(self.inside[index])
        self.places.append(self._interner.id_of((event.kind, abs(event.line))))
        if event.kind in ("return", "exception"):
            value = -1 if event.value is None else self._interner.value_id("", event.value)
            self.states.append(frozenset((value,)))
        else:
            self.states.append(frozenset(self._locals[-1].values()))


class Pair(NamedTuple):
    """Two events that belong beside each other; `equal` if their values agree as well."""

    predicted: int
    actual: int
    equal: bool


def align_tails(
    predicted: Sequence[TraceEvent], actual: Sequence[TraceEvent], start: int
) -> list[Pair]:
    """The pairs among the events from index `start` on, in order.

    The events before `start` must be equal on both sides.
    """
    interner = Interner()
    ours, theirs = Side(predicted, start, interner), Side(actual, start, interner)
    todo = list(zip(ours.levels, theirs.levels, strict=True))
    pairs: list[Pair] = []
    while todo:
        for i, j in _align_items(ours, theirs, *todo.pop()):
            pairs.append(Pair(i, j, ours.states[i - start] == theirs.states[j - start]))
            if i in ours.inside and j in theirs.inside:
                todo.append((ours.inside[i], theirs.inside[j]))
    pairs.sort()
    return pairs


def _align_items(
    ours: Side, theirs: Side, left: list[int], right: list[int]
) -> Iterator[tuple[int, int]]:
    """Pairs among the items of one activation: equal head, then anchors, then the search."""
    start = ours.start
    head = 0
    for i, j in zip(left, right, strict=False):
        if (ours.places[i - start], ours.states[i - start]) != (
            theirs.places[j - start],
            theirs.states[j - start],
        ):
            break
        yield i, j
        head += 1
    left, right = left[head:], right[head:]
    done = (0, 0)
    for anchor in [*_anchors(ours, theirs, left, right), (len(left), len(right))]:
        yield from _search(ours, theirs, left[done[0] : anchor[0]], right[done[1] : anchor[1]])
        if anchor[0] < len(left):
            yield left[anchor[0]], right[anchor[1]]
        done = (anchor[0] + 1, anchor[1] + 1)


def _unique(side: Side, items: list[int]) -> dict[tuple[int, State], int]:
    """Position of every item whose place and state occur once among `items`."""
    found: dict[tuple[int, State], int] = {}
    for position, index in enumerate(items):
        key = (side.places[index - side.start], side.states[index - side.start])
        found[key] = -1 if key in found else position
    return {key: position for key, position in found.items() if position >= 0}


def _anchors(ours: Side, theirs: Side, left: list[int], right: list[int]) -> list[tuple[int, int]]:
    """The longest chain of unique equal items, as positions in both lists."""
    if not left or not right:
        return []
    in_right = _unique(theirs, right)
    shared = [(i, in_right[key]) for key, i in _unique(ours, left).items() if key in in_right]
    tails: list[int] = []  # Smallest last position (right) of a chain of each length.
    tail_at: list[int] = []  # Which of `shared` that is.
    before: list[int] = []  # The one before it in its chain, -1 for none.
    for at, (_, j) in enumerate(shared):
        length = bisect_left(tails, j)
        before.append(tail_at[length - 1] if length else -1)
        tails[length : length + 1] = [j]
        tail_at[length : length + 1] = [at]
    chain: list[tuple[int, int]] = []
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        chain.append(shared[at])
        at = before[at]
    chain.reverse()
    is_within_reach = abs(len(left) - len(right)) <= MAX_EXTRA_BAND
    return _runs(chain, ANCHOR_RUN) if is_within_reach else chain


def _runs(chain: list[tuple[int, int]], shortest: int) -> list[tuple[int, int]]:
    """The anchors that stand in a row of at least `shortest` with the same shift."""
    kept: list[tuple[int, int]] = []
    for _, run in groupby(chain, key=lambda anchor: anchor[1] - anchor[0]):
        anchors = list(run)
        if len(anchors) >= shortest:
            kept += anchors
    return kept


def _search(
    ours: Side, theirs: Side, left: list[int], right: list[int]
) -> Iterator[tuple[int, int]]:
    """The heaviest pairing of two lists of items within the band, as event indexes."""
    if not left or not right:
        return
    start = ours.start
    places = [theirs.places[j - start] for j in right]
    states = [theirs.states[j - start] for j in right]
    positions: dict[int, list[int]] = {}
    for position, place in enumerate(places):
        positions.setdefault(place, []).append(position)
    below, above = _band(len(left), len(right))
    best_weight = _weight_bound(states)

    # table[i][j - first[i]] is the best weight of pairing the first i with the first j items.
    first = [0]
    table = [[0] * (min(above, len(right)) + 1)]
    for i, index in enumerate(left, 1):
        previous, offset = table[-1], first[-1]
        lowest = min(max(0, i - below), len(right))
        row = previous[lowest - offset :]
        if i + above <= len(right):
            row.append(previous[-1])
        state = ours.states[index - start]
        most = best_weight(state)
        candidates = positions.get(ours.places[index - start], ())
        lower = bisect_left(candidates, max(lowest - 1, offset))
        upper = bisect_right(candidates, lowest + len(row) - 2)
        for j in candidates[lower:upper]:
            base, cell = previous[j - offset], j + 1 - lowest
            # Most candidates cannot beat what is there: skipping them is most of the speed.
            if base + most > row[cell]:
                weight = base + _weight(state, states[j])
                if weight > row[cell]:  # The row never falls: raise all that lies below.
                    end = bisect_left(row, weight, cell)
                    row[cell:end] = [weight] * (end - cell)
        table.append(row)
        first.append(lowest)
    for i, j in _trace_back(ours, left, places, states, table, first):
        yield left[i], right[j]


def _weight_bound(states: list[State]) -> Callable[[State], int]:
    """A function that gives an upper bound of a state's weight with any of `states`."""
    present = set(states)
    values: State = frozenset().union(*states)
    largest = max(map(len, states))

    def bound(state: State) -> int:
        if state in present:
            return _PLACE_WEIGHT + _STATE_WEIGHT
        size, shared = len(state), len(state & values)
        # Two different states of one size share less than all; a larger one may contain this one.
        share = _STATE_WEIGHT * min(shared, max(size - 1, 0)) // max(size, 1)
        if largest > size:
            share = max(share, _STATE_WEIGHT * shared // (size + 1))
        return _PLACE_WEIGHT + share

    return bound


def _band(left: int, right: int) -> tuple[int, int]:
    """How far below and above the diagonal to search."""
    extra = max(-MAX_EXTRA_BAND, min(MAX_EXTRA_BAND, right - left))
    return BAND + max(0, -extra), BAND + max(0, extra)


def _weight(a: State, b: State) -> int:
    """Weight of a pair on the same place."""
    if a == b:
        return _PLACE_WEIGHT + _STATE_WEIGHT
    return _PLACE_WEIGHT + _STATE_WEIGHT * len(a & b) // max(len(a), len(b))


def _trace_back(
    ours: Side,
    left: list[int],
    places: list[int],
    states: list[State],
    table: list[list[int]],
    first: list[int],
) -> list[tuple[int, int]]:
    """The pairs (positions in both lists) behind the best weight in `table`.

    Of equally good pairings the one is taken that ends earliest and pairs latest before that:
    a gap then lies where the two sides part, and the tail of a cut-off side stays unpaired.
    """
    i = len(left)
    j = first[i] + bisect_left(table[i], table[i][-1])
    pairs: list[tuple[int, int]] = []
    while i > 0 and table[i][j - first[i]] > 0:
        best = table[i][j - first[i]]
        row, offset = table[i - 1], first[i - 1]
        index = left[i - 1] - ours.start
        if (
            j > offset
            and ours.places[index] == places[j - 1]
            and row[j - 1 - offset] + _weight(ours.states[index], states[j - 1]) == best
        ):
            pairs.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif offset <= j < offset + len(row) and row[j - offset] == best:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
