"""Tokenizers for tests: a byte tokenizer, and one that cuts text at random to shake the codec."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from traces.codecs.tokenizer import Tokenizer

SPECIAL_NAMES = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|eot_id|>",
    "<|frame_sep|>",
    "<|action_sep|>",
    "<|return_sep|>",
    "<|call_sep|>",
    "<|line_sep|>",
    "<|exception_sep|>",
    "<|arg_sep|>",
    "<|trace_context_start|>",
    "<|reserved_special_token_9|>",
)


class ByteTokenizer:
    """One id per byte, special tokens after them. The simplest tokenizer that carries traces."""

    def __init__(self) -> None:
        self._special = {name: 256 + n for n, name in enumerate(SPECIAL_NAMES)}

    @property
    def vocab_size(self) -> int:
        return 256 + len(self._special)

    @property
    def special_ids(self) -> Mapping[str, int]:
        return self._special

    def encode_ordinary(self, text: str) -> list[int]:
        return list(text.encode())

    def decode_bytes(self, token_id: int) -> bytes:
        if not 0 <= token_id < 256:
            raise KeyError(token_id)
        return bytes([token_id])


class PairTokenizer(ByteTokenizer):
    """Ids for bytes and for pairs of bytes, so that tokens split characters and words anywhere.

    The pairing depends on where the text begins, as in a real BPE.
    """

    FIRST_PAIR = 1000

    @property
    def vocab_size(self) -> int:
        return self.FIRST_PAIR + 256 * 256

    def encode_ordinary(self, text: str) -> list[int]:
        data = text.encode()
        chance = random.Random(data)  # noqa: S311 - shakes the test, keeps no secret
        ids: list[int] = []
        at = 0
        while at < len(data):
            if at + 1 < len(data) and chance.random() < 0.7:
                ids.append(self.FIRST_PAIR + data[at] * 256 + data[at + 1])
                at += 2
            else:
                ids.append(data[at])
                at += 1
        return ids

    def decode_bytes(self, token_id: int) -> bytes:
        pair = token_id - self.FIRST_PAIR
        if 0 <= pair < 256 * 256:
            return bytes(divmod(pair, 256))
        return super().decode_bytes(token_id)


class GullibleTokenizer(ByteTokenizer):
    """Reads special spellings inside plain text as special tokens, as some libraries do."""

    def encode_ordinary(self, text: str) -> list[int]:
        ids: list[int] = []
        while text:
            name = next((n for n in SPECIAL_NAMES if text.startswith(n)), None)
            ids += [self._special[name]] if name else list(text[0].encode())
            text = text[len(name) if name else 1 :]
        return ids


class PieceTokenizer(ByteTokenizer):
    """Cuts text into pieces about as long as a BPE's: up to four letters, two signs, three digits.

    It learns its vocabulary while encoding, so ids depend on the order of use.
    """

    FIRST_PIECE = 1000
    _PIECE = re.compile(r" ?[^\W\d]{1,4}|\d{1,3}| ?[^\w\s]{1,2}|\s+", re.ASCII)

    def __init__(self) -> None:
        super().__init__()
        self._ids: dict[str, int] = {}
        self._pieces: list[str] = []

    @property
    def vocab_size(self) -> int:
        return self.FIRST_PIECE + len(self._pieces)

    def encode_ordinary(self, text: str) -> list[int]:
        ids: list[int] = []
        at = 0
        for match in self._PIECE.finditer(text):
            ids += text[at : match.start()].encode()
            piece = match.group()
            if piece not in self._ids:
                self._ids[piece] = self.FIRST_PIECE + len(self._pieces)
                self._pieces.append(piece)
            ids.append(self._ids[piece])
            at = match.end()
        return [*ids, *text[at:].encode()]

    def decode_bytes(self, token_id: int) -> bytes:
        if token_id < self.FIRST_PIECE:
            return super().decode_bytes(token_id)
        return self._pieces[token_id - self.FIRST_PIECE].encode()


def spelled(tokenizer: Tokenizer, ids: list[int] | tuple[int, ...]) -> str:
    """The ids as text, special tokens by their names."""
    names = {i: name for name, i in tokenizer.special_ids.items()}
    return b"".join(
        names[i].encode() if i in names else tokenizer.decode_bytes(i) for i in ids
    ).decode()
