"""Reading what a box sends. Everything in it is a claim by a process that runs a student's code.

A frame is a u32 length (little-endian), the run's nonce (8 bytes), and a JSON array of records;
`workers.tracer.channel` writes it. A record is an array whose first item is its tag. Whatever is
not exactly that raises `ProtocolViolation`, and nothing else: not on any bytes.
"""

from __future__ import annotations

from typing import Literal

import msgspec

MAX_FRAME_BYTES = 1024 * 1024
NONCE_BYTES = 8
_HEADER_BYTES = 4
_MAX_DEPTH = 100_000
_MAX_NAME_CHARS = 1000
#: Statuses that a program's own end can have. The others are for the host to decide.
Claim = Literal["ok", "exception", "steps", "bytes", "memory", "output", "tampered", "tracer_lost"]


class ProtocolViolation(Exception):  # the word of the design, and no error of ours
    """The box sent something that the tracer never sends."""


class EventRecord(msgspec.Struct, tag="e", array_like=True, forbid_unknown_fields=True):
    """One trace event; `kind` is the first letter of call, line, return or `x` for exception."""

    kind: Literal["c", "l", "r", "x"]
    line: int
    depth: int
    func_name: str
    changed: dict[str, str]
    removed: list[str]
    value: str | None
    truncated: list[str]


class OutputRecord(msgspec.Struct, tag="o", array_like=True, forbid_unknown_fields=True):
    """Bytes written, as Latin-1 text."""

    step: int
    stream: Literal["stdout", "stderr"]
    text: str


class InputRecord(msgspec.Struct, tag="i", array_like=True, forbid_unknown_fields=True):
    """Bytes read from standard input, as Latin-1 text."""

    step: int
    text: str


class PhaseRecord(msgspec.Struct, tag="p", array_like=True, forbid_unknown_fields=True):
    """`module`: the program is about to start. `entry`: the trace is."""

    name: Literal["module", "entry"]


class NoteRecord(msgspec.Struct, tag="n", array_like=True, forbid_unknown_fields=True):
    """A protection that could not be set up inside the box."""

    name: Literal["files"]


class EndRecord(msgspec.Struct, tag="z", array_like=True, forbid_unknown_fields=True):
    """How the program ended, by its own account."""

    status: Claim
    message: str
    error_type: str
    line: int
    column: int


Record = EventRecord | OutputRecord | InputRecord | PhaseRecord | NoteRecord | EndRecord

_decoder = msgspec.json.Decoder(list[Record])


class FrameReader:
    """Cuts a byte stream into frames and parses their records."""

    def __init__(self, nonce: bytes, last_line: int) -> None:
        self._nonce = nonce
        self._last_line = last_line
        self._buffer = bytearray()
        self._ended = False

    def feed(self, data: bytes) -> list[Record]:
        """The records that these bytes complete. Raises `ProtocolViolation`."""
        self._buffer += data
        records: list[Record] = []
        while len(self._buffer) >= _HEADER_BYTES:
            length = int.from_bytes(self._buffer[:_HEADER_BYTES], "little")
            if not NONCE_BYTES <= length <= MAX_FRAME_BYTES:
                raise ProtocolViolation(f"frame of {length} bytes")
            if len(self._buffer) < _HEADER_BYTES + length:
                break
            frame = bytes(self._buffer[_HEADER_BYTES : _HEADER_BYTES + length])
            del self._buffer[: _HEADER_BYTES + length]
            records.extend(self._parse(frame))
        return records

    def _parse(self, frame: bytes) -> list[Record]:
        if frame[:NONCE_BYTES] != self._nonce:
            raise ProtocolViolation("frame without the run's nonce")
        try:
            records = _decoder.decode(frame[NONCE_BYTES:])
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise ProtocolViolation(f"unreadable frame: {error}") from None
        for record in records:
            self._check(record)
        return records

    def _check(self, record: Record) -> None:
        if self._ended:
            raise ProtocolViolation("records after the end")
        if isinstance(record, EventRecord):
            if not 1 <= record.line <= self._last_line:
                raise ProtocolViolation(f"event at line {record.line} of {self._last_line}")
            if not 1 <= record.depth <= _MAX_DEPTH:
                raise ProtocolViolation(f"event at depth {record.depth}")
            if len(record.func_name) > _MAX_NAME_CHARS:
                raise ProtocolViolation("a function name of excessive length")
            has_value = record.kind in ("r", "x")
            if has_value != (record.value is not None) or (has_value and record.changed):
                raise ProtocolViolation("an event with the wrong fields for its kind")
        elif isinstance(record, OutputRecord | InputRecord):
            if not record.text.isascii() and max(record.text) > "\xff":
                raise ProtocolViolation("text that is not bytes")
        elif isinstance(record, EndRecord):
            self._ended = True
            if not 0 <= record.line <= self._last_line or not 0 <= record.column < 1 << 31:
                raise ProtocolViolation("an error outside the program")
