"""Frames between the host and the judge's programs in boxes, and the only forms they may have.

A frame is a u32 length (little-endian) and a JSON object. The host asks, a box answers: each
question carries a fresh random id and gets exactly one frame with that id. A byte before a
question, a second answer, a wrong id, an oversize or malformed frame: each raises
`ValueViolation`, and no other exception comes out of here, on any bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from workers.sandbox.values import MAX_FRAME_BYTES, Tree, ValueViolation, check, parse

HEADER_BYTES = 4
MAX_NAME_CHARS = 200
MAX_MESSAGE_CHARS = 4000
MAX_ARGUMENTS = 256
MAX_TESTS = 1000

Name = Annotated[str, Meta(max_length=MAX_NAME_CHARS)]
Text = Annotated[str, Meta(max_length=MAX_MESSAGE_CHARS)]
Handle = Annotated[int, Meta(ge=0, lt=1 << 53)]
TestId = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_CHARS)]


# --- answers of a box that runs a student's code --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Returned:
    """A claimed value, and what the mutable arguments are claimed to be after the call."""

    value: Tree
    after: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Raised:
    """A claimed exception: its type's name, its text, the names of all its base types."""

    name: str
    message: str
    bases: tuple[str, ...]


Answer = Returned | Raised


class _Answer(Struct, forbid_unknown_fields=True):
    id: str
    v: Any = UNSET
    a: list[Any] | UnsetType = UNSET
    x: tuple[Name, Text, Annotated[list[Name], Meta(max_length=64)]] | UnsetType = UNSET


def read_answer(body: bytes, question: str, arguments: int) -> Answer:
    """The answer in a frame's body. `arguments` is how many were asked to be sent back."""
    message = _convert(parse(body), _Answer)
    if message.id != question:
        raise ValueViolation("an answer to another question")
    if isinstance(message.x, tuple):
        if message.v is not UNSET or message.a is not UNSET:
            raise ValueViolation("a value and an exception in one answer")
        name, text, bases = message.x
        return Raised(name, text, tuple(bases))
    after = message.a if isinstance(message.a, list) else []
    if message.v is UNSET or len(after) != arguments:
        raise ValueViolation("an answer without its value")
    # One check for all, so that the bound on nodes is for the whole answer.
    check([message.v, *after])
    return Returned(message.v, tuple(after))


# --- messages of a box that runs tests ------------------------------------------------------------


class Plan(Struct, tag_field="e", tag="plan", forbid_unknown_fields=True):
    """The ids of all tests that are going to run."""

    ids: Annotated[list[TestId], Meta(max_length=MAX_TESTS)]


class Broken(Struct, tag_field="e", tag="broken", forbid_unknown_fields=True):
    """The test code itself cannot be loaded."""

    message: Text


class Start(Struct, tag_field="e", tag="start", forbid_unknown_fields=True):
    """A test begins."""

    id: TestId


class Ask(Struct, tag_field="e", tag="ask", forbid_unknown_fields=True):
    """Something to be done in the student's box; `on` is an opaque value's number, 0 the module."""

    do: Literal["call", "get", "set", "list"]
    on: Handle
    name: Name
    args: Annotated[list[Any], Meta(max_length=MAX_ARGUMENTS)]
    kwargs: Annotated[dict[str, Any], Meta(max_length=MAX_ARGUMENTS)]


class End(Struct, tag_field="e", tag="end", forbid_unknown_fields=True):
    """A test has ended."""

    id: TestId
    outcome: Literal["passed", "failed", "error", "skipped"]
    message: Text


class Done(Struct, tag_field="e", tag="done", forbid_unknown_fields=True):
    """All tests have run."""


TestMessage = Plan | Broken | Start | Ask | End | Done


def read_test_message(body: bytes) -> TestMessage:
    """The message in a frame's body."""
    message: TestMessage = _convert(parse(body), TestMessage)
    if isinstance(message, Plan) and len(set(message.ids)) != len(message.ids):
        raise ValueViolation("a plan that names a test twice")
    if isinstance(message, Ask):
        check([*message.args, *message.kwargs.values()])
    return message


def _convert(tree: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(tree, kind)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise ValueViolation(f"a message of the wrong form: {error!s:.200}") from None


# --- bytes ----------------------------------------------------------------------------------------


class FrameBuffer:
    """Collects what arrives and gives out one frame's body at a time."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes. Raises `ValueViolation` when a frame announces too much."""
        self._buffer += data
        self._length()

    def take(self) -> bytes | None:
        """The body of the first frame, None as long as it is not complete."""
        length = self._length()
        if length is None or len(self._buffer) < HEADER_BYTES + length:
            return None
        body = bytes(self._buffer[HEADER_BYTES : HEADER_BYTES + length])
        del self._buffer[: HEADER_BYTES + length]
        return body

    def __bool__(self) -> bool:
        """Whether bytes are waiting that nobody has taken."""
        return bool(self._buffer)

    def _length(self) -> int | None:
        if len(self._buffer) < HEADER_BYTES:
            return None
        length = int.from_bytes(self._buffer[:HEADER_BYTES], "little")
        if length > MAX_FRAME_BYTES:
            raise ValueViolation(f"a frame of {length:,} bytes")
        return length


def frame(message: dict[str, Any]) -> bytes:
    """A message of the host's. The host's own values are checked before they come here."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return len(body).to_bytes(HEADER_BYTES, "little") + body
