"""Conversations as documents of the corpus: token ids, and which of them are to be learned.

The ids of the conversation come from the codec that the site's prompts come from
(`traces.codecs.chat`); behind them stand the answer, as plain characters, and the end of the turn.
Only the answer and its end are learned. Most lines of a repair are copied from the answer that it
repairs; they count as little as given text does, because a model that is asked for them a hundred
times for every line that changes learns to copy, and its repairs change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from traces.codecs.chat import ChatCodec, chat_codec
from traces.codecs.tokenizer import Tokenizer, TokenizerError, encode_plain
from training.corpus.encode import Document as TokenDocument
from training.corpus.encode import LossClass
from training.problems.document import Document

END_OF_TURN = "<|eot_id|>"


def copied_bytes(answer: str, earlier: str) -> list[bool]:
    """For each UTF-8 byte of `answer`, whether its line stands in `earlier` as well."""
    lines = set(earlier.splitlines())
    found: list[bool] = []
    for line in answer.splitlines(keepends=True):
        found += [line.strip() != "" and line.rstrip("\n") in lines] * len(line.encode())
    return found


class Renderer:
    """Renders with one tokenizer. Raises `TokenizerError` if that has no tokens for chats."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.codec: ChatCodec = chat_codec(tokenizer)
        if END_OF_TURN not in tokenizer.special_ids:
            raise TokenizerError(f"The tokenizer lacks {END_OF_TURN}, which ends an answer.")
        self._end = tokenizer.special_ids[END_OF_TURN]

    def prompt_ids(self, document: Document) -> tuple[int, ...]:
        """What the model would be asked with."""
        return self.codec.prompt(document.messages, reasoning=document.reasoning).ids

    def document(self, document: Document) -> TokenDocument:
        """The conversation with its answer."""
        answer = [*encode_plain(self.tokenizer, document.answer), self._end]
        made = self.learned(document.kind, self.prompt_ids(document), answer)
        earlier = [m.content for m in document.messages if m.role == "assistant"]
        if not earlier:
            return made
        copied = copied_bytes(document.answer, earlier[-1])
        classes, at = bytearray(made.classes), 0
        for index, token in enumerate(answer[:-1], len(made.ids) - len(answer)):
            begin, at = at, at + len(self.tokenizer.decode_bytes(token))
            if all(copied[begin:at]):
                classes[index] = LossClass.GIVEN
        return replace(made, classes=bytes(classes))

    def learned(self, kind: str, prompt: Sequence[int], answer: Sequence[int]) -> TokenDocument:
        """A prompt and an answer, the end of its turn included."""
        classes = bytes([LossClass.IGNORED]) * len(prompt) + bytes([LossClass.FRAME]) * len(answer)
        return TokenDocument(kind, [*prompt, *answer], classes, frames=0, is_whole=True)

    def text(self, ids: Sequence[int]) -> str:
        """What ids spell, without the end of the turn."""
        special = frozenset(self.tokenizer.special_ids.values())
        data = b"".join(self.tokenizer.decode_bytes(i) for i in ids if i not in special)
        return data.decode("utf-8", "replace")
