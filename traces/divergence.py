"""What "the prediction differs from reality" means, for one pair of trace events.

Two events are *semantically equal* when they have the same kind, the same line and, after
canonicalisation, the same values. They may still be written differently (a memory address, the
order of a set, an unchanged value spelled out): that is a difference in notation only, which is
shown and never counted as an error.

`static/src/divergence.ts` is this module's twin; `tests/golden/align` holds both to one answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Literal

import msgspec

from traces.canonical import UNRESOLVED, canonical_source, canonical_value
from traces.events import EndStatus, TraceEvent
from traces.reprs import type_name

DivergenceKind = Literal[
    "notation",  # the same state, written differently: not an error
    "event",  # another kind of event: a call where the program returns
    "line",  # the same kind of event on another line: wrong control flow
    "value",  # a local with another value, a missing local or one too many
    "type",  # a local whose value has another type
    "return",  # another return (or yielded) value
    "exception",  # another exception
    "missing_end",  # the prediction ended although the program went on
    "extra_end",  # the prediction went on although the program had ended
    "cut_off",  # one side was cut off here: nothing after this point can be judged
]

#: What stands for the rest in a shortened repr. It can stand anywhere in it.
OMISSION = "..."

#: Ways to end after which no further event can exist. All other ways are cuts.
COMPLETE: frozenset[EndStatus] = frozenset({"ok", "exception"})


class Divergence(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where and how a prediction first differs.

    `index` is the 0-based event index, the same in both traces. `name` is the local that differs
    ("value" and "type"), `others` the further locals that differ at the same event. `predicted`
    and `actual` are what each side says in the terms of `kind`: a value's repr, an event kind, a
    source line's text (or number where no text is known); None where the side says nothing, as
    for a local that it does not have. `lane` and `status` say which side ended, and how.
    """

    kind: DivergenceKind
    index: int
    name: str = ""
    others: tuple[str, ...] = ()
    predicted: str | None = None
    actual: str | None = None
    lane: Literal["", "predicted", "actual"] = ""
    status: EndStatus | None = None

    @property
    def is_error(self) -> bool:
        """Whether the prediction is wrong here (and not merely unusual or cut short)."""
        return self.kind not in ("notation", "cut_off")


class SourceText:
    """The program's lines, for events that name a line without repeating its text."""

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n") if source else []

    def of(self, event: TraceEvent) -> str:
        """Canonical text of the event's line; "" where it is not known."""
        number = abs(event.line)
        text = event.source
        if not text and 1 <= number <= len(self._lines):
            text = self._lines[number - 1]
        return canonical_source(text)


def same_line(predicted: TraceEvent, actual: TraceEvent, source: SourceText) -> bool:
    """Whether two events are on the same line.

    A model writes a line's text and no number, so where the mapping had to guess (a negative
    number) or found nothing (0), equal text is enough: an unsure mapping is not the model's error.
    """
    if predicted.line == actual.line and (actual.line > 0 or predicted.source == actual.source):
        return True
    if predicted.line > 0 and actual.line > 0:
        return False
    text = source.of(predicted)
    if text or predicted.line == 0 or actual.line == 0:
        return bool(text) and text == source.of(actual)
    return abs(predicted.line) == abs(actual.line)


def same_value(
    predicted: str | None, actual: str | None, shortened: Set[str] = frozenset()
) -> bool:
    """Whether two reprs show the same value; None means "has none".

    A repr that is among the `shortened` ones is compared as far as it goes. An unresolved one
    equals no value.
    """
    if predicted is None or actual is None:
        return predicted is actual
    if predicted == actual:
        return True
    if UNRESOLVED in (predicted, actual):
        return False
    if predicted in shortened or actual in shortened:
        a = _head(predicted) if predicted in shortened else predicted
        b = _head(actual) if actual in shortened else actual
        if predicted in shortened and actual in shortened:
            return a.startswith(b) or b.startswith(a)
        return b.startswith(a) if predicted in shortened else a.startswith(b)
    return canonical_value(predicted) == canonical_value(actual)


def _head(shortened: str) -> str:
    """The part of a shortened repr that the whole one certainly begins with.

    That is what comes before the first mark of omission, without a quote that only closes the cut
    string. A summary without a mark (`<int of 9000 bits>`) promises nothing.
    """
    head, found, _ = shortened.partition(OMISSION)
    return head.rstrip("'\"") if found else ""


def value_divergence(
    index: int,
    names: Iterable[str],
    predicted: Mapping[str, str],
    actual: Mapping[str, str],
    shortened: Set[str],
) -> Divergence | None:
    """The divergence among the locals `names`, or None. The first that differs is named."""
    wrong = [
        name for name in names if not same_value(predicted.get(name), actual.get(name), shortened)
    ]
    if not wrong:
        return None
    name, *others = wrong
    ours, theirs = predicted.get(name), actual.get(name)
    types = (type_name(ours or ""), type_name(theirs or ""))
    return Divergence(
        kind="type" if all(types) and types[0] != types[1] else "value",
        index=index,
        name=name,
        others=tuple(others),
        predicted=ours,
        actual=theirs,
    )


def place_divergence(
    index: int, predicted: TraceEvent, actual: TraceEvent, source: SourceText
) -> Divergence | None:
    """The divergence in what happens and where, or None."""
    if predicted.kind != actual.kind:
        return Divergence(kind="event", index=index, predicted=predicted.kind, actual=actual.kind)
    if not same_line(predicted, actual, source):
        return Divergence(
            kind="line",
            index=index,
            predicted=source.of(predicted) or str(predicted.line),
            actual=source.of(actual) or str(actual.line),
        )
    return None


def outcome_divergence(
    index: int, predicted: TraceEvent, actual: TraceEvent, shortened: Set[str]
) -> Divergence | None:
    """The divergence between two return values or two exceptions, or None."""
    if same_value(predicted.value, actual.value, shortened):
        return None
    return Divergence(
        kind="exception" if actual.kind == "exception" else "return",
        index=index,
        predicted=predicted.value,
        actual=actual.value,
    )


def shortened_texts(event: TraceEvent) -> Iterator[str]:
    """The reprs of this event that were shortened."""
    for name in event.truncated:
        text = event.value if name == "return" and event.value is not None else None
        text = event.changed.get(name) if text is None else text
        if text is not None:
            yield text
