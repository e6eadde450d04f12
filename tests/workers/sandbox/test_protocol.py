"""What the host makes of bytes from a box."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.sandbox.protocol import (
    MAX_FRAME_BYTES,
    EndRecord,
    EventRecord,
    FrameReader,
    OutputRecord,
    ProtocolViolation,
)

NONCE = b"12345678"
EVENT = ["e", "l", 2, 1, "f", {"x": "1"}, [], None, []]


def frame(body: Any, nonce: bytes = NONCE) -> bytes:
    data = nonce + (body if isinstance(body, bytes) else json.dumps(body).encode())
    return len(data).to_bytes(4, "little") + data


def reader() -> FrameReader:
    return FrameReader(NONCE, last_line=10)


def test_records_come_out_as_they_went_in() -> None:
    records = reader().feed(frame([EVENT, ["o", 0, "stdout", "hi"], ["z", "ok", "", "", 0, 0]]))
    assert [type(record) for record in records] == [EventRecord, OutputRecord, EndRecord]
    assert records[0].changed == {"x": "1"}  # type: ignore[union-attr]


def test_frames_may_arrive_byte_by_byte() -> None:
    parser, found = reader(), []
    for byte in frame([EVENT]) + frame([EVENT, EVENT]):
        found += parser.feed(bytes([byte]))
    assert len(found) == 3


def test_a_torn_last_frame_is_no_violation() -> None:
    assert len(reader().feed(frame([EVENT]) + frame([EVENT])[:-5])) == 1


@pytest.mark.parametrize(
    "data",
    [
        (MAX_FRAME_BYTES + 1).to_bytes(4, "little"),
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        frame([EVENT], b"87654321"),
        frame(b"not json"),
        frame(b"[" * 100_000),
        frame(b'["\xff"]'),
        frame({"e": 1}),
        frame([["?"]]),
        frame([["e"]]),
        frame([[*EVENT, "extra"]]),
        frame([["e", "q", *EVENT[2:]]]),
        frame([["e", "l", 0, *EVENT[3:]]]),
        frame([["e", "l", 11, *EVENT[3:]]]),
        frame([["e", "l", 2, 0, *EVENT[4:]]]),
        frame([["e", "l", True, *EVENT[3:]]]),
        frame([["e", "l", 2**70, *EVENT[3:]]]),
        frame([["e", "l", 2, 1, "f" * 2000, *EVENT[5:]]]),
        frame([["e", "r", 2, 1, "f", {}, [], None, []]]),
        frame([["e", "r", 2, 1, "f", {"x": "1"}, [], "1", []]]),
        frame([["e", "l", 2, 1, "f", {}, [], "1", []]]),
        frame([["e", "l", 2, 1, "f", {"x": 1}, [], None, []]]),
        frame([["o", 0, "stdlog", "x"]]),
        frame([["o", 0, "stdout", "\u0100"]]),
        frame([["z", "cancelled", "", "", 0, 0]]),
        frame([["z", "ok", "", "", 99, 0]]),
        frame([["z", "ok", "", "", 0, 0], EVENT]),
        frame(b'[["z","ok","\\ud800","",0,0]]'),
    ],
    ids=range(28),
)
def test_anything_else_is_a_violation(data: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        reader().feed(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
TAGGED = st.tuples(st.sampled_from("eoipnz"), st.lists(JSON, max_size=9)).map(
    lambda pair: [pair[0], *pair[1]]
)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.lists(TAGGED | st.just(EVENT), max_size=4).map(frame))
def test_no_bytes_raise_anything_but_a_violation(data: bytes) -> None:
    try:
        records = reader().feed(data)
    except ProtocolViolation:
        return
    assert isinstance(records, list)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 60))
def test_damaged_frames_raise_nothing_but_a_violation(noise: bytes, at: int) -> None:
    good = frame([EVENT, EVENT])
    with contextlib.suppress(ProtocolViolation):
        reader().feed(good[:at] + noise + good[at + len(noise) :])
