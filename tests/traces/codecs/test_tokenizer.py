"""Tests of the tokenizer interface: special tokens by name, and user text that stays text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.codecs.tokenizers import (
    SPECIAL_NAMES,
    ByteTokenizer,
    GullibleTokenizer,
    PairTokenizer,
    PieceTokenizer,
)
from traces.codecs.cwm import CWMCodec
from traces.codecs.tokenizer import (
    CWMSpecials,
    HFTokenizer,
    Tokenizer,
    TokenizerError,
    encode_plain,
)

TOKENIZERS = [ByteTokenizer(), PairTokenizer(), PieceTokenizer(), GullibleTokenizer()]


def test_special_tokens_are_found_by_name_whatever_their_ids() -> None:
    ids = {name: 1000 - n for n, name in enumerate(SPECIAL_NAMES)}
    specials = CWMSpecials.from_names(ids)
    assert specials.frame_sep == ids["<|frame_sep|>"]
    assert specials.ends == {ids["<|end_of_text|>"], ids["<|eot_id|>"]}


def test_a_tokenizer_without_the_trace_tokens_is_refused_with_their_names() -> None:
    ids = {n: i for i, n in enumerate(SPECIAL_NAMES) if n not in ("<|arg_sep|>", "<|call_sep|>")}
    with pytest.raises(TokenizerError, match=r"<\|arg_sep\|>, <\|call_sep\|>"):
        CWMSpecials.from_names(ids)


_TRICKY = st.lists(
    st.one_of(
        st.sampled_from(SPECIAL_NAMES), st.sampled_from(["<|", "|>", "<", "é", "a"]), st.text()
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=lambda t: type(t).__name__)
@given(text=_TRICKY)
def test_user_text_never_becomes_a_special_token_and_is_not_changed(
    tokenizer: Tokenizer, text: str
) -> None:
    ids = encode_plain(tokenizer, text)
    assert set(tokenizer.special_ids.values()).isdisjoint(ids)
    assert b"".join(map(tokenizer.decode_bytes, ids)).decode() == text


def test_a_tokenizer_that_cannot_be_kept_from_special_tokens_is_refused() -> None:
    class Stubborn(ByteTokenizer):
        def encode_ordinary(self, text: str) -> list[int]:
            return [self.special_ids["<|frame_sep|>"]]

    with pytest.raises(TokenizerError, match="plain text into special"):
        encode_plain(Stubborn(), "x")


class FakeAddedToken:
    def __init__(self, content: str, *, special: bool) -> None:
        self.content = content
        self.special = special


class FakeEncoding:
    def __init__(self, ids: list[int]) -> None:
        self.ids = ids


class FakeHuggingFace:
    """The parts of `tokenizers.Tokenizer` that the adapter uses, over a byte-level alphabet."""

    def __init__(self) -> None:
        self.encode_special_tokens = False
        self.tokens = ["Ġ", "Ċ", "h", "i", "Ã", "©", "<|frame_sep|>", "<plain>"]

    def get_added_tokens_decoder(self) -> dict[int, Any]:
        return {
            6: FakeAddedToken("<|frame_sep|>", special=True),
            7: FakeAddedToken("<plain>", special=False),
        }

    def get_vocab_size(self, *, with_added_tokens: bool) -> int:
        return len(self.tokens) if with_added_tokens else 6

    def encode(self, text: str, *, add_special_tokens: bool) -> FakeEncoding:
        assert self.encode_special_tokens
        assert not add_special_tokens
        return FakeEncoding([self.tokens.index(c) for c in text])

    def id_to_token(self, token_id: int) -> str | None:
        return self.tokens[token_id] if 0 <= token_id < len(self.tokens) else None


def test_a_byte_level_tokenizer_json_gives_the_bytes_of_its_tokens() -> None:
    tokenizer = HFTokenizer(FakeHuggingFace())
    assert [tokenizer.decode_bytes(i) for i in range(6)] == [
        b" ",
        b"\n",
        b"h",
        b"i",
        b"\xc3",
        b"\xa9",
    ]
    assert tokenizer.decode_bytes(7) == b"<plain>"
    assert tokenizer.special_ids == {"<|frame_sep|>": 6}
    assert tokenizer.vocab_size == 8
    assert tokenizer.encode_ordinary("hi") == [2, 3]
    for wrong in (6, 8, -1):
        with pytest.raises(KeyError):
            tokenizer.decode_bytes(wrong)


def test_a_real_tokenizer_json_carries_traces() -> None:
    tokenizers = pytest.importorskip("tokenizers", reason="the training requirements are missing")
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    loaded = tokenizers.Tokenizer(
        tokenizers.models.BPE(vocab={c: n for n, c in enumerate(sorted(alphabet))}, merges=[])
    )
    loaded.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    loaded.add_special_tokens(list(SPECIAL_NAMES))
    reread = tokenizers.Tokenizer.from_str(json.dumps(json.loads(loaded.to_str())))
    tokenizer = HFTokenizer(reread)
    codec = CWMCodec(tokenizer)
    text = "s = '<|frame_sep|>é'  # <|end_of_text|>\n"
    ids = codec.prompts.plain(text)
    assert set(tokenizer.special_ids.values()).isdisjoint(ids)
    assert b"".join(map(tokenizer.decode_bytes, ids)).decode() == text
