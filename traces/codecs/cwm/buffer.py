"""The frame under way: its bytes, token ids and scores until it is complete."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from traces.codecs.cwm.fields import BadField, value_spans
from traces.codecs.cwm.grammar import Fault, FieldLogprobs
from traces.events import Kind


class Stage(IntEnum):
    """The field that the next token belongs to."""

    BETWEEN = -1  # before a frame's event token
    LOCALS = 0
    SOURCE = 1
    VALUE = 2
    BROKEN = 3  # after a fault, until the next frame


class FrameBuffer:
    """Collects one frame. Bytes beyond `max_bytes` are dropped and make the frame `TOO_LONG`."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next frame begins."""
        self.kind: Kind | None = None
        self.stage = Stage.BETWEEN
        self.fault: Fault | None = None
        self.is_cut = False
        self.ids: list[int] = []
        self._parts: list[bytes] = []
        self._cuts: list[int] = []  # indexes in _parts of the event token and the separators
        self._size = 0
        self._sums = [0.0, 0.0, 0.0, 0.0]  # event, then the fields in order
        self._lowest = 0.0
        self._scored = 0
        self._unscored = 0
        self._local_tokens: list[tuple[int, float]] = []  # bytes and logprob of each in LOCALS

    @property
    def is_empty(self) -> bool:
        return self.stage is Stage.BETWEEN

    def fail(self, fault: Fault) -> None:
        """The frame cannot be read any more; its first fault is the one that counts."""
        self.fault = self.fault or fault
        self.stage = Stage.BROKEN

    def begin(self, kind: Kind) -> None:
        """The event token was read."""
        self.kind = kind
        self.stage = Stage.LOCALS
        self._cuts.append(len(self._parts))

    def next_field(self) -> None:
        """A separator was read."""
        self._cuts.append(len(self._parts))
        self.stage = Stage(self.stage + 1)

    def close(self) -> None:
        """The frame separator was read and is the last part."""
        self._cuts.append(len(self._parts) - 1)

    def add(self, data: bytes, ids: Sequence[int]) -> None:
        """Bytes of the frame's text, and the ids they came from (none for fed text)."""
        room = self._max_bytes - self._size
        if len(data) > room:
            self.fail(Fault.TOO_LONG)
            self.is_cut = True
            data, ids = data[:room], ()
            if not data:
                return
        self._size += len(data)
        self._parts.append(data)
        self.ids.extend(ids)

    def score(
        self, logprobs: Sequence[float] | None, sizes: Sequence[int], *, is_event: bool = False
    ) -> None:
        """Account for tokens' logprobs in the current field. `sizes` are their bytes."""
        if not logprobs:
            self._unscored += len(sizes)
            return
        self._scored += len(sizes)
        if self.stage is not Stage.BROKEN:
            self._sums[0 if is_event else self.stage + 1] += sum(logprobs)
        if self.stage is Stage.LOCALS and not is_event:
            self._local_tokens += zip(sizes, logprobs, strict=True)
        self._lowest = min(self._lowest, *logprobs)

    def logprobs(self) -> FieldLogprobs | None:
        """The sums, if every token that the model chose had a logprob."""
        if not self._scored or self._unscored:
            return None
        event, state, action, value = self._sums
        return FieldLogprobs(event, state, action, value, self._lowest, self._value_logprobs())

    def _value_logprobs(self) -> dict[str, float]:
        """Each local's sum over the tokens that have a byte of its value."""
        sums: dict[str, float] = {}
        tokens = iter(self._local_tokens)
        begin, end, logprob = 0, 0, 0.0  # the token under way: its bytes in LOCALS, its score
        for name, first, last in value_spans(self._bytes(Stage.LOCALS)):
            total = logprob if begin < first < end else 0.0  # the one that reached into both
            while end < last and (token := next(tokens, None)) is not None:
                begin, end, logprob = end, end + token[0], token[1]
                if end > first and end > begin:
                    total += logprob
            sums[name] = total
        return sums

    def field(self, stage: Stage) -> str:
        """The text of one field so far. Raises `BadField` if its bytes are no UTF-8."""
        try:
            return self._bytes(stage).decode()
        except UnicodeDecodeError:
            raise BadField(Fault.NOT_UTF8) from None

    def loose_field(self, stage: Stage) -> str:
        """The same for display: a character cut in half at the end is left out."""
        return self._bytes(stage).decode("utf-8", "ignore")

    def raw(self) -> str:
        """Everything that was read, special tokens spelled out."""
        return b"".join(self._parts).decode("utf-8", "replace")

    def _bytes(self, stage: Stage) -> bytes:
        if len(self._cuts) <= stage:
            return b""
        begin = self._cuts[stage] + 1
        end = self._cuts[stage + 1] if len(self._cuts) > stage + 1 else len(self._parts)
        return b"".join(self._parts[begin:end])
