"""What a codec needs from a tokenizer, and the special tokens of CWM's trace language by name.

A codec never sees a model's vocabulary: it asks for ids of plain text, for the bytes of an id,
and for special tokens by name. So one codec serves CWM's Llama-3-style tokenizer (where
`<|frame_sep|>` is 128100) and the pocket model's (where it is something else).

Text that comes from a person must never become a special token: a program that contains the
characters `<|frame_sep|>` would otherwise be able to end its own context and forge frames.
`encode_plain` is the only door through which text becomes ids; it verifies the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

#: Names of the special tokens as CWM's tokenizer spells them
#: (github.com/facebookresearch/cwm, PROMPTING_GUIDE.md and cwm/text/tokenizers.py).
BEGIN_OF_TEXT = "<|begin_of_text|>"
END_OF_TEXT = "<|end_of_text|>"
FRAME_SEP = "<|frame_sep|>"
ACTION_SEP = "<|action_sep|>"
RETURN_SEP = "<|return_sep|>"
CALL_SEP = "<|call_sep|>"
LINE_SEP = "<|line_sep|>"
EXCEPTION_SEP = "<|exception_sep|>"
ARG_SEP = "<|arg_sep|>"
TRACE_CONTEXT_START = "<|trace_context_start|>"

#: Tokens that also end a generation. The guide and the tokenizer disagree on their ids, so they
#: are resolved by name and all of them stop a trace; a tokenizer may lack them.
OPTIONAL_END_NAMES = ("<|eom_id|>", "<|eot_id|>")


class TokenizerError(ValueError):
    """The tokenizer cannot carry CWM traces; the message names what is missing."""


class Tokenizer(Protocol):
    """A tokenizer as codecs see it. Ids are non-negative and below `vocab_size`."""

    @property
    def vocab_size(self) -> int:
        """Number of ids, special ones included."""
        ...

    @property
    def special_ids(self) -> Mapping[str, int]:
        """Every special token's id by its name, for example `{"<|frame_sep|>": 128100, ...}`."""
        ...

    def encode_ordinary(self, text: str) -> list[int]:
        """Ids of `text` read as plain characters, whatever it spells."""
        ...

    def decode_bytes(self, token_id: int) -> bytes:
        """The UTF-8 bytes of one ordinary token, which may split a character.

        Raises `KeyError`, `IndexError` or `ValueError` for an id that has no text.
        """
        ...


@dataclass(frozen=True, slots=True)
class CWMSpecials:
    """Ids of the special tokens of the trace language in one tokenizer."""

    begin_of_text: int
    end_of_text: int
    frame_sep: int
    action_sep: int
    return_sep: int
    call_sep: int
    line_sep: int
    exception_sep: int
    arg_sep: int
    trace_context_start: int
    ends: frozenset[int]

    @classmethod
    def from_names(cls, ids: Mapping[str, int]) -> CWMSpecials:
        """Look every needed token up by name. Raises `TokenizerError` naming all that miss."""
        names = {f.name: f"<|{f.name}|>" for f in fields(cls) if f.name != "ends"}
        missing = sorted(name for name in names.values() if name not in ids)
        if missing:
            raise TokenizerError(
                "The tokenizer lacks the trace language's special tokens "
                f"{', '.join(missing)}. Use a tokenizer made for code world model traces."
            )
        ends = {ids[END_OF_TEXT], *(ids[n] for n in OPTIONAL_END_NAMES if n in ids)}
        return cls(**{field: ids[name] for field, name in names.items()}, ends=frozenset(ends))


def encode_plain(tokenizer: Tokenizer, text: str) -> list[int]:
    """Ids of `text`, none of them special, whatever characters `text` holds.

    A tokenizer is trusted to be right only after looking: should it have recognised a special
    token inside plain text, the text is cut inside every special spelling and tried again.
    Raises `TokenizerError` if even that yields a special id.
    """
    special = frozenset(tokenizer.special_ids.values())
    ids = tokenizer.encode_ordinary(text)
    if special.isdisjoint(ids):
        return ids
    spellings = sorted(tokenizer.special_ids, key=len, reverse=True)
    # A zero-width split after the first character of each spelling: no piece holds a whole one.
    cut = re.compile("|".join(f"(?<={re.escape(s[0])})(?={re.escape(s[1:])})" for s in spellings))
    ids = [i for piece in cut.split(text) if piece for i in tokenizer.encode_ordinary(piece)]
    if not special.isdisjoint(ids):
        raise TokenizerError("The tokenizer turns plain text into special tokens.")
    return ids


class HFTokenizer:
    """A Hugging Face `tokenizers.Tokenizer` (a `tokenizer.json`) with byte-level BPE.

    The loaded object is passed in, so this module does not depend on the library. Its special
    tokens are the ones marked `"special": true` in the file.
    """

    def __init__(self, loaded: Any) -> None:
        self._loaded = loaded
        # From tokenizers 0.19 on: read special spellings in text as plain characters.
        loaded.encode_special_tokens = True
        added = loaded.get_added_tokens_decoder()
        self._special_ids = {str(t.content): int(i) for i, t in added.items() if t.special}
        self._special_set = frozenset(self._special_ids.values())
        self._bytes_of_char = {c: b for b, c in _byte_level_alphabet().items()}

    @property
    def vocab_size(self) -> int:
        return int(self._loaded.get_vocab_size(with_added_tokens=True))

    @property
    def special_ids(self) -> Mapping[str, int]:
        return self._special_ids

    def encode_ordinary(self, text: str) -> list[int]:
        ids: Sequence[int] = self._loaded.encode(text, add_special_tokens=False).ids
        return list(ids)

    def decode_bytes(self, token_id: int) -> bytes:
        token = self._loaded.id_to_token(token_id)
        if token is None or token_id in self._special_set:
            raise KeyError(token_id)
        try:
            return bytes(self._bytes_of_char[c] for c in token)
        except KeyError:
            return str(token).encode()  # an added token that is plain text


def _byte_level_alphabet() -> dict[int, str]:
    """GPT-2's printable stand-in for every byte (`bytes_to_unicode`, github.com/openai/gpt-2)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {b: chr(b) for b in printable}
    others = (b for b in range(256) if b not in table)
    table.update({b: chr(256 + n) for n, b in enumerate(others)})
    return table
