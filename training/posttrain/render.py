"""Conversations as documents of the corpus: token ids, and which of them are to be learned.

The ids of the conversation come from the codec that the site's prompts come from
(`traces.codecs.chat`); behind them stand the answer, as plain characters, and the end of the turn.
Only the answer and its end are learned.
"""

from __future__ import annotations

from collections.abc import Sequence

from traces.codecs.chat import ChatCodec, chat_codec
from traces.codecs.tokenizer import Tokenizer, TokenizerError, encode_plain
from training.corpus.encode import Document as TokenDocument
from training.corpus.encode import LossClass
from training.problems.document import Document

END_OF_TURN = "<|eot_id|>"


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
        return self.learned(document.kind, self.prompt_ids(document), answer)

    def learned(self, kind: str, prompt: Sequence[int], answer: Sequence[int]) -> TokenDocument:
        """A prompt and an answer, the end of its turn included."""
        classes = bytes([LossClass.IGNORED]) * len(prompt) + bytes([LossClass.FRAME]) * len(answer)
        return TokenDocument(kind, [*prompt, *answer], classes, frames=0, is_whole=True)

    def text(self, ids: Sequence[int]) -> str:
        """What ids spell, without the end of the turn."""
        special = frozenset(self.tokenizer.special_ids.values())
        data = b"".join(self.tokenizer.decode_bytes(i) for i in ids if i not in special)
        return data.decode("utf-8", "replace")
