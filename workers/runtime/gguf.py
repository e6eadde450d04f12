"""Reads the metadata at the beginning of a GGUF file (specified in ggml's docs/gguf.md).

Only what is needed to make a `tokenizer.json` of the tokenizer that llama.cpp finds in the file.
"""

from __future__ import annotations

import struct
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

_NUMBERS: Final = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9
_CONTROL: Final = 3

#: No model that is used here has more entries, or longer ones.
_MAX_COUNT: Final = 2_000_000


class GGUFError(ValueError):
    """The file is not one that can be used; the text says why."""


def read_metadata(path: Path) -> dict[str, Any]:
    """All keys and values. Raises `GGUFError`."""
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise GGUFError(f"{path} is no GGUF file.")
        try:
            version, _, count = struct.unpack("<IQQ", file.read(20))
            if version not in (2, 3) or count > _MAX_COUNT:
                raise GGUFError(f"{path} has GGUF version {version}, which is not read here.")
            return {_string(file): _value(file, _number(file, "I")) for _ in range(count)}
        except (struct.error, UnicodeDecodeError, KeyError) as error:
            raise GGUFError(f"{path} is damaged: {error}") from error


def _number(file: BufferedReader, code: str) -> Any:
    form = f"<{code}"
    return struct.unpack(form, file.read(struct.calcsize(form)))[0]


def _string(file: BufferedReader) -> str:
    length = _number(file, "Q")
    if length > _MAX_COUNT:
        raise GGUFError("a text is too long")
    return file.read(length).decode()


def _value(file: BufferedReader, kind: int) -> Any:
    if kind == _STRING:
        return _string(file)
    if kind == _ARRAY:
        item, count = _number(file, "I"), _number(file, "Q")
        if count > _MAX_COUNT:
            raise GGUFError("a list is too long")
        return [_value(file, item) for _ in range(count)]
    return _number(file, _NUMBERS[kind])


def byte_level_tokenizer(metadata: dict[str, Any]) -> Tokenizer:
    """The tokenizer of a model that llama.cpp calls `gpt2` with the pre-tokenizer `smollm`.

    That is byte-level BPE over GPT-2's pieces, with every digit by itself. Raises `GGUFError` for
    any other kind.
    """
    kind = (metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre"))
    if kind != ("gpt2", "smollm"):
        raise GGUFError(f"The tokenizer {kind} is not read here, only ('gpt2', 'smollm').")
    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    merges = [tuple(pair.split(" ", 1)) for pair in metadata["tokenizer.ggml.merges"]]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    kinds: list[int] = metadata["tokenizer.ggml.token_type"]
    specials = [token for token, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in specials])
    return tokenizer
