"""The format of a log entry, in a stream and on a channel.

An entry holds one or more consecutive events of a lane, already encoded. In the stream its id is
`attempt-last` and its fields are `f` (seq of its first event) and `d` (the events' JSON, joined
by commas). On the run's channel the same entry is `lane|attempt|first|last|events`.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeAlias

import msgspec

from playground.runs.events import MAX_EVENT_BYTES, LogEvent, encode

#: (attempt, seq of the last event). Compares like the stream id it stands for.
EntryId: TypeAlias = tuple[int, int]

#: Before every entry: attempts start at 1.
BEFORE_ALL: Final[EntryId] = (0, 0)

_ID: Final = re.compile(r"([0-9]{1,20})-([0-9]{1,20})")
#: Both parts of a stream id are unsigned 64-bit numbers.
_MAX_PART: Final = 2**64 - 1

#: What is published when a run's log has been written to the database and no more will come.
SEALED: Final = b"#sealed"

#: What is published when somebody who could see the run perhaps may not any more.
AUDIENCE: Final = b"#audience"


class EventTooLarge(ValueError):
    """An event above `MAX_EVENT_BYTES`: its producer has to split or shorten it."""


class Entry(NamedTuple):
    """`events` is comma-joined JSON; `first` and `last` are seqs within the attempt."""

    attempt: int
    first: int
    last: int
    events: bytes

    @property
    def id(self) -> EntryId:
        return (self.attempt, self.last)


def format_id(entry_id: EntryId) -> str:
    """`attempt-seq`, the form used in streams and by browsers."""
    return f"{entry_id[0]}-{entry_id[1]}"


def parse_id(text: str | bytes) -> EntryId:
    """The reverse. Raises ValueError on anything that is no stream id."""
    if isinstance(text, bytes):
        text = text.decode("ascii", "replace")
    match = _ID.fullmatch(text)
    if match is None or max(entry_id := (int(match[1]), int(match[2]))) > _MAX_PART:
        message = f"{text[:40]!r} is not an entry id like 1-57."
        raise ValueError(message)
    return entry_id


def encode_events(events: list[LogEvent]) -> bytes:
    """Events as the body of one entry. Raises EventTooLarge before anything is sent."""
    return b",".join([encode_event(event) for event in events])


def encode_event(event: LogEvent) -> bytes:
    """One event. Raises EventTooLarge."""
    data = encode(event)
    if len(data) > MAX_EVENT_BYTES:
        message = f"{type(event).__name__} has {len(data)} bytes, more than {MAX_EVENT_BYTES}."
        raise EventTooLarge(message)
    return data


def decode_events(body: bytes) -> list[LogEvent]:
    """The events of an entry."""
    return _body_decoder.decode(b"[" + body + b"]")


def entry_from_stream(entry_id: bytes, fields: dict[bytes, bytes]) -> Entry:
    """An entry as XRANGE returns it."""
    attempt, last = parse_id(entry_id)
    return Entry(attempt, int(fields[b"f"]), last, fields[b"d"])


def entry_from_channel(message: bytes) -> tuple[str, Entry]:
    """Lane and entry of a published message."""
    lane, attempt, first, last, events = message.split(b"|", 4)
    return lane.decode("ascii"), Entry(int(attempt), int(first), int(last), events)


_body_decoder: msgspec.json.Decoder[list[LogEvent]] = msgspec.json.Decoder(list[LogEvent])
