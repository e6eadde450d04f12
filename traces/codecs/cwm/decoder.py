"""CWM's output, token by token, back into trace events.

Theory of operation. Tokens are bytes until a special token ends a field; a field is looked at only
when its frame is complete. So the cost per token is one lookup, each byte is parsed once, and at
any time the decoder holds one frame (at most `max_frame_bytes`) plus the variables of the
activations that are running.

Output that is no frame becomes a `Malformed` item with its text, and reading goes on at the next
frame. After it, what `..` refers to in that activation is not known any more: nothing is guessed.
No input makes the decoder raise; whoever runs the model decides when to stop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from traces.codecs.cwm.buffer import FrameBuffer, Stage
from traces.codecs.cwm.fields import BadField, partial_locals
from traces.codecs.cwm.grammar import (
    SEP_OF_KIND,
    DecodedFrame,
    Ended,
    Fault,
    Item,
    Malformed,
    Partial,
    Truncated,
)
from traces.codecs.cwm.prompts import TracePrompt
from traces.codecs.cwm.states import FrameReader
from traces.codecs.tokenizer import (
    ACTION_SEP,
    ARG_SEP,
    END_OF_TEXT,
    FRAME_SEP,
    CWMSpecials,
    Tokenizer,
)
from traces.events import EndStatus, Kind
from traces.lines import SourceLines

#: A frame larger than this is no frame. The tracer cuts single values at half of it, and a server
#: must be able to send a frame as one message.
MAX_FRAME_BYTES = 128 * 1024

_KIND_OF_NAME: dict[str, Kind] = {name: kind for kind, name in SEP_OF_KIND.items()}
_UNREADABLE = "\N{REPLACEMENT CHARACTER}".encode()


class TokenTables:
    """What decoding needs of a tokenizer, looked up once and shared by all its decoders."""

    def __init__(self, tokenizer: Tokenizer, specials: CWMSpecials) -> None:
        self.tokenizer = tokenizer
        self.names = {i: name for name, i in tokenizer.special_ids.items()}
        self.names.update(dict.fromkeys(specials.ends, END_OF_TEXT))  # each of them ends a trace
        spellings = sorted(map(re.escape, tokenizer.special_ids), key=len, reverse=True)
        self.spelling = re.compile("|".join(spellings))
        self.longest_spelling = max(map(len, tokenizer.special_ids))
        self.names_of_spellings = {n: self.names[i] for n, i in tokenizer.special_ids.items()}
        #: Bytes of the ordinary tokens seen so far; at most the vocabulary.
        self.pieces: dict[int, bytes] = {}


class CWMDecoder:
    """Decodes one generation. Feed ids (or, for files, text); `finish` when the stream stops.

    `prompt` tells which frames were given: they are read first, are available as `given`, and are
    never part of what `feed` returns. `program` may be shared between decoders of one context.
    """

    def __init__(
        self,
        tables: TokenTables,
        prompt: TracePrompt,
        *,
        program: SourceLines | None = None,
        max_frame_bytes: int = MAX_FRAME_BYTES,
    ) -> None:
        self._tables = tables
        self._names = tables.names
        self._pieces = tables.pieces
        self._reader = FrameReader(prompt.context, program or SourceLines(prompt.context.source))
        self._buffer = FrameBuffer(max_frame_bytes)
        self._ended = False
        self._tail = ""
        self._is_given = True
        self.given: tuple[DecodedFrame, ...] = tuple(
            item for item in self.feed(prompt.given_ids) if isinstance(item, DecodedFrame)
        )
        """The prompt's own frames, in order."""
        self._is_given = False

    @property
    def ended(self) -> bool:
        """Whether the model ended the trace. Everything fed afterwards is ignored."""
        return self._ended

    @property
    def depth(self) -> int:
        """Number of running activations, a wrapper's included."""
        return self._reader.depth

    def feed(self, ids: Sequence[int], logprobs: Sequence[float] | None = None) -> list[Item]:
        """The items that these tokens complete. `logprobs` are parallel to `ids` if given."""
        items: list[Item] = []
        names = self._names
        start = 0
        for at, token in enumerate(ids):
            if token in names:
                if at > start:
                    self._text_tokens(ids[start:at], logprobs[start:at] if logprobs else None)
                one = logprobs[at : at + 1] if logprobs else None
                self._special(names[token], ids[at : at + 1], one, items)
                start = at + 1
        if start < len(ids):
            self._text_tokens(ids[start:], logprobs[start:] if logprobs else None)
        return items

    def feed_text(self, text: str) -> list[Item]:
        """The same for text with special tokens spelled out, as in golden files.

        Text cannot tell a special token from its spelling inside a string: use ids for real runs.
        """
        items: list[Item] = []
        text, start = self._tail + text, 0
        for match in self._tables.spelling.finditer(text):
            self._text(text[start : match.start()].encode("utf-8", "replace"), ())
            self._special(self._tables.names_of_spellings[match.group()], (), None, items)
            start = match.end()
        keep = self._open_spelling(text, start)
        self._tail = text[keep:]
        self._text(text[start:keep].encode("utf-8", "replace"), ())
        return items

    def partial(self) -> Partial | None:
        """The frame under way, or None between frames.

        It reads the unfinished frame from its beginning: ask as often as something is displayed,
        not for every token.
        """
        buffer = self._buffer
        if buffer.is_empty:
            return None
        locals_text = buffer.loose_field(Stage.LOCALS)
        return Partial(
            kind=buffer.kind,
            locals=self._reader.resolved(buffer.kind, partial_locals(locals_text)),
            locals_text=locals_text,
            source=buffer.loose_field(Stage.SOURCE),
            value_text=buffer.loose_field(Stage.VALUE),
            raw=buffer.raw(),
        )

    def finish(self, reason: EndStatus = "length") -> Truncated | None:
        """Call when no more tokens will come. None if the model had ended the trace itself."""
        if self._ended:
            return None
        tail, self._tail = self._tail, ""
        self._text(tail.encode("utf-8", "replace"), ())
        partial = self.partial()
        return Truncated(reason, partial, partial.raw if partial else "")

    def _text_tokens(self, ids: Sequence[int], logprobs: Sequence[float] | None) -> None:
        if self._ended:
            return
        try:
            pieces = [self._pieces[i] for i in ids]
        except KeyError:
            pieces = [self._piece(i) for i in ids]
        self._text(b"".join(pieces), ids)
        if not self._is_given:
            self._buffer.score(logprobs, [len(piece) for piece in pieces])

    def _piece(self, token: int) -> bytes:
        """The bytes of a token. An id without text breaks the frame and reads as U+FFFD."""
        if token not in self._pieces:
            try:
                self._pieces[token] = self._tables.tokenizer.decode_bytes(token)
            except (KeyError, IndexError, ValueError, TypeError, OverflowError):
                self._buffer.fail(Fault.UNKNOWN_ID)
                return _UNREADABLE  # not remembered: there is no bound on wrong ids
        return self._pieces[token]

    def _text(self, data: bytes, ids: Sequence[int]) -> None:
        if not self._ended and (data or ids):
            if self._buffer.is_empty:
                self._buffer.fail(Fault.TEXT_BETWEEN_FRAMES)
            self._buffer.add(data, ids)

    def _special(
        self, name: str, ids: Sequence[int], logprobs: Sequence[float] | None, items: list[Item]
    ) -> None:
        if self._ended:
            return
        buffer = self._buffer
        kind = _KIND_OF_NAME.get(name)
        if name == END_OF_TEXT or kind is not None:
            if not buffer.is_empty:
                inside = Fault.MISSING_FRAME_SEP if kind else Fault.ENDED_INSIDE_FRAME
                buffer.fail(inside)
                items.append(self._malformed())
            if kind is None:
                self._ended = True
                items.append(Ended(self._reader.depth, bool(self._reader.left_by_exception)))
                return
            buffer.begin(kind)
        elif buffer.is_empty:
            buffer.fail(Fault.NO_EVENT)
        if not self._is_given:
            buffer.score(logprobs, (0,), is_event=kind is not None)
        if kind is None and name != FRAME_SEP:
            self._separator(name)
        buffer.add(name.encode(), ids)
        if name == FRAME_SEP:
            items.append(self._complete())

    def _separator(self, name: str) -> None:
        buffer = self._buffer
        has_value = buffer.kind in ("return", "exception")
        if (name == ACTION_SEP and buffer.stage is Stage.LOCALS) or (
            name == ARG_SEP and buffer.stage is Stage.SOURCE and has_value
        ):
            buffer.next_field()
        else:
            own = name in (ACTION_SEP, ARG_SEP)
            buffer.fail(Fault.SEPARATOR_ORDER if own else Fault.FOREIGN_SPECIAL)

    def _complete(self) -> DecodedFrame | Malformed:
        """The frame separator was read."""
        buffer = self._buffer
        has_value = buffer.kind in ("return", "exception")
        expected = Stage.VALUE if has_value else Stage.SOURCE
        if buffer.stage is not expected:
            missing = has_value and buffer.stage is Stage.SOURCE
            buffer.fail(Fault.MISSING_VALUE if missing else Fault.SEPARATOR_ORDER)
        if buffer.kind is None or buffer.fault is not None:
            return self._malformed()
        buffer.close()
        try:
            parts = (buffer.field(s) for s in (Stage.LOCALS, Stage.SOURCE, Stage.VALUE))
            locals_text, source, value_text = parts
        except BadField as error:
            buffer.fail(error.fault)
            return self._malformed()
        try:
            reading = self._reader.read(buffer.kind, locals_text, source, value_text)
        except BadField as error:
            return self._malformed_frame(error)
        frame = DecodedFrame(
            event=reading.event,
            raw=buffer.raw(),
            token_ids=tuple(buffer.ids),
            notes=reading.notes,
            unresolved=reading.unresolved,
            candidates=reading.candidates,
            logprobs=buffer.logprobs(),
            given=self._is_given,
            in_wrapper=reading.in_wrapper,
        )
        buffer.reset()
        return frame

    def _malformed(self) -> Malformed:
        self._reader.lose(self._buffer.kind)
        return self._malformed_frame(BadField(self._buffer.fault or Fault.NO_EVENT))

    def _malformed_frame(self, error: BadField) -> Malformed:
        buffer = self._buffer
        item = Malformed(
            fault=error.fault,
            raw=buffer.raw(),
            kind=buffer.kind,
            token_ids=tuple(buffer.ids),
            detail=error.detail,
            is_cut=buffer.is_cut,
        )
        buffer.reset()
        return item

    def _open_spelling(self, text: str, start: int) -> int:
        """Where an unfinished spelling of a special token begins, or the end of the text."""
        at = text.rfind("<", max(start, len(text) - self._tables.longest_spelling))
        if at >= 0 and any(n.startswith(text[at:]) for n in self._tables.names_of_spellings):
            return at
        return len(text)
