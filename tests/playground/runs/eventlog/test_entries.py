"""The format of log entries."""

from __future__ import annotations

import pytest

from playground.runs.eventlog.entries import (
    Entry,
    EventTooLarge,
    decode_events,
    encode_events,
    entry_from_channel,
    format_id,
    parse_id,
)
from playground.runs.events import MAX_EVENT_BYTES, LaneReset, LogEvent, RunQueued, TraceOutput


def test_ids_survive_the_round_trip() -> None:
    assert parse_id(format_id((3, 57))) == (3, 57)


@pytest.mark.parametrize(
    "text", ["", "1", "1-", "-1", "a-b", "1-2-3", "1 - 2", "¹-2", "1-" + "9" * 60, f"1-{2**64}"]
)
def test_anything_else_than_two_numbers_is_no_id(text: str) -> None:
    with pytest.raises(ValueError, match="is not an entry id"):
        parse_id(text)


def test_events_survive_the_round_trip() -> None:
    events: list[LogEvent] = [RunQueued(ahead=3, at_ms=1), LaneReset(attempt=2, reason="ü | , ]")]
    assert decode_events(encode_events(events)) == events


def test_a_published_entry_keeps_separators_inside_its_events() -> None:
    body = encode_events([LaneReset(attempt=2, reason="a|b|c|d|e|f")])
    assert entry_from_channel(b"actual|2|0|0|" + body) == ("actual", Entry(2, 0, 0, body))


def test_an_event_over_the_limit_is_refused_before_it_is_sent() -> None:
    event = TraceOutput(step=0, stream="stdout", text="x" * MAX_EVENT_BYTES)
    with pytest.raises(EventTooLarge, match="TraceOutput has"):
        encode_events([event])
