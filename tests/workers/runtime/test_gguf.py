"""Metadata of GGUF files, and the tokenizer that is made of it."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from tokenizers import pre_tokenizers

from traces.codecs.chat import ChatMessage, ChatML
from traces.codecs.tokenizer import HFTokenizer, encode_plain
from workers.runtime.gguf import GGUFError, byte_level_tokenizer, read_metadata

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
ALPHABET = sorted(pre_tokenizers.ByteLevel.alphabet())
TOKENS = [*SPECIALS, *ALPHABET, "ab"]


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def pair(key: str, value: Any) -> bytes:
    """A key with a text, a list of texts, a list of numbers or a number."""
    if isinstance(value, str):
        return text(key) + struct.pack("<I", 8) + text(value)
    if isinstance(value, int):
        return text(key) + struct.pack("<II", 4, value)
    kind = 8 if isinstance(value[0], str) else 5
    items = b"".join(text(v) if kind == 8 else struct.pack("<i", v) for v in value)
    return text(key) + struct.pack("<IIQ", 9, kind, len(value)) + items


def write(path: Path, **changes: Any) -> Path:
    pairs: dict[str, Any] = {
        "general.alignment": 32,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": TOKENS,
        "tokenizer.ggml.token_type": [3] * 3 + [1] * (len(TOKENS) - 3),
        "tokenizer.ggml.merges": ["a b"],
    }
    for name, value in changes.items():
        pairs[f"tokenizer.ggml.{name}"] = value
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, len(pairs))
    path.write_bytes(head + b"".join(pair(k, v) for k, v in pairs.items()))
    return path


def test_the_metadata_is_read(tmp_path: Path) -> None:
    found = read_metadata(write(tmp_path / "m.gguf"))
    assert found["general.alignment"] == 32
    assert found["tokenizer.ggml.tokens"] == TOKENS


def test_its_tokenizer_cuts_digits_and_keeps_special_spellings_out_of_text(tmp_path: Path) -> None:
    tokenizer = HFTokenizer(byte_level_tokenizer(read_metadata(write(tmp_path / "m.gguf"))))
    ids = encode_plain(tokenizer, "ab 12 <|im_end|>é")
    assert ids[0] == TOKENS.index("ab")
    assert not {0, 1, 2} & set(ids)
    assert b"".join(map(tokenizer.decode_bytes, ids)).decode() == "ab 12 <|im_end|>é"
    prompt = ChatML(tokenizer).prompt([ChatMessage("user", "ab")], reasoning=False)
    assert prompt.stop_ids == (0, 2)


@pytest.mark.parametrize("change", [{"model": "llama"}, {"pre": "llama-bpe"}])
def test_other_kinds_of_tokenizers_are_refused(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(GGUFError, match="not read here"):
        byte_level_tokenizer(read_metadata(write(tmp_path / "m.gguf", **change)))


@pytest.mark.parametrize("size", [4, 20, 30, 100, 2000])
def test_a_damaged_file_is_refused(tmp_path: Path, size: int) -> None:
    path = write(tmp_path / "m.gguf")
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(GGUFError):
        read_metadata(path)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"PK")
    with pytest.raises(GGUFError, match="no GGUF file"):
        read_metadata(tmp_path / "x")
