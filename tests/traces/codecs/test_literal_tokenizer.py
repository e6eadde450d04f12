"""Tests of the tokenizer that spells string literals by character."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.codecs.tokenizers import SPECIAL_NAMES, ByteTokenizer, PieceTokenizer
from traces.codecs.literal_tokenizer import (
    BY_CHARACTER,
    PIECES,
    STRING_CONTENTS,
    LiteralTokenizer,
    outside_literals,
)
from traces.codecs.tokenizer import Tokenizer, TokenizerError, encode_plain
from workers.runtime.tokenizers import load_tokenizer

SHIPPED = Path(__file__).parents[3] / "models" / "pocket"


@pytest.fixture(scope="module")
def shipped() -> Tokenizer:
    return load_tokenizer(SHIPPED)


def cut(tokenizer: Tokenizer, text: str) -> list[str]:
    return [tokenizer.decode_bytes(i).decode() for i in encode_plain(tokenizer, text)]


def test_what_stands_between_quotes_in_source_is_spelled_by_character(shipped: Tokenizer) -> None:
    pieces = cut(shipped, "word = \"straw\" + 'berry'\n")
    assert "|".join(pieces).count("s|t|r|a|w") == 1
    assert "|".join(pieces).count("b|e|r|r|y") == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("s = 'a\\'b' + \"it's\"\n", ["s = '", "' + \"", '"\n']),
        ("x = 1  # don't 'quote' me\n", ["x = 1  # don't 'quote' me\n"]),
        ('"""It\'s \'prose\'."""\n', ['"""It\'s \'prose\'."""\n']),
        ("'''begins here, isn't over\n", ["'''begins here, isn't over\n"]),
        ("p(f\"{n:>5} of {d['k']!r} {{x}}\")\n", ['p(f"', "{n:>5}", "{d['k']!r}", '")\n']),
        ("it's\n", ["it's\n"]),
        ('{"s": "\'a\\"b\'", "t": "\\"it\'s\\""}', ['{"s": "\'', '\'", "t": "\\"', '\\""}']),
        ('{"a": "[\'x\', \'y\']", "b": ".."}', ['{"a": "[\'', "', '", '\']", "b": ".."}']),
        ("\"(<class 'KeyError'>, KeyError('k'))\"", ["\"(<class 'KeyError'>, KeyError('", "'))\""]),
        ('{"a": "5", "b": "(1, 2)"}', ['{"a": "5", "b": "(1, 2)"}']),
    ],
)
def test_only_literals_are_kept_from_the_sub_word_tokens(text: str, code: list[str]) -> None:
    assert outside_literals(text) == code


@given(value=st.text() | st.binary() | st.lists(st.text(max_size=5) | st.integers(), max_size=4))
def test_the_repr_of_any_text_is_a_literal_in_json(value: object) -> None:
    text = json.dumps(repr(value))
    code = "".join(outside_literals(text))
    letters = {n.value for n in ast.walk(ast.parse(repr(value))) if isinstance(n, ast.Constant)}
    if all(not isinstance(n, str) or n for n in letters):
        assert set(code) <= set("\"\\'[], -b0123456789")


@pytest.mark.parametrize("make", [ByteTokenizer, PieceTokenizer])
@given(text=st.text() | st.text(alphabet="'\"\\\n#f{}ab ,:<"))
def test_any_text_decodes_to_itself(make: Callable[[], Tokenizer], text: str) -> None:
    tokenizer = LiteralTokenizer(make())
    for kind in (text, text + "\n"):
        ids = tokenizer.encode_ordinary(kind)
        assert b"".join(map(tokenizer.decode_bytes, ids)).decode() == kind
        assert tokenizer.encode_ordinary(kind) == ids


@given(
    text=st.lists(
        st.sampled_from([*SPECIAL_NAMES, "'", '"', "\n", "é", "<|", "|>", "f'{a}'"]) | st.text(),
        max_size=8,
    ).map("".join)
)
def test_the_shipped_tokenizer_keeps_any_text_and_no_text_becomes_special(text: str) -> None:
    tokenizer = _loaded()
    for kind in (text, text + "\n"):
        ids = encode_plain(tokenizer, kind)
        assert set(tokenizer.special_ids.values()).isdisjoint(ids)
        assert b"".join(map(tokenizer.decode_bytes, ids)).decode() == kind


_cache: list[Tokenizer] = []


def _loaded() -> Tokenizer:
    if not _cache:
        _cache.append(load_tokenizer(SHIPPED))
    return _cache[0]


def test_a_line_has_the_same_tokens_in_a_program_and_alone(shipped: Tokenizer) -> None:
    program = Path(__file__).read_text()
    lines = program.splitlines(keepends=True)
    assert encode_plain(shipped, program) == [
        i for line in lines for i in encode_plain(shipped, line)
    ]


def test_the_shipped_tokenizer_was_trained_with_this_pattern_and_asks_for_this_class(
    shipped: Tokenizer,
) -> None:
    written = json.loads((SHIPPED / "tokenizer.json").read_text())
    assert written["pre_tokenizer"]["pretokenizers"][0]["pattern"] == {"Regex": PIECES}
    config = json.loads((SHIPPED / "tokenizer_config.json").read_text())
    assert config[STRING_CONTENTS] == BY_CHARACTER
    assert isinstance(shipped, LiteralTokenizer)
    assert shipped.vocab_size == 4096


def test_digits_are_single_tokens_and_names_are_cut_where_words_meet(shipped: Tokenizer) -> None:
    pieces = cut(shipped, "total_count = maxValue - 1234\n")
    assert pieces[-5:] == ["1", "2", "3", "4", "\n"]
    assert "_" in pieces
    assert not any(" " in p and any(c.isalnum() for c in p) for p in pieces)


def test_a_tokenizer_without_all_bytes_is_refused() -> None:
    class Poor(ByteTokenizer):
        def decode_bytes(self, token_id: int) -> bytes:
            if token_id == 7:
                raise KeyError(token_id)
            return super().decode_bytes(token_id)

    with pytest.raises(TokenizerError, match="0x07"):
        LiteralTokenizer(Poor())


def test_hostile_text_is_encoded_in_linear_time() -> None:
    tokenizer = LiteralTokenizer(ByteTokenizer())
    for text in ("'" * 20_001, '\\"' * 10_001, "'\\" * 10_000, "f'{" * 7_000, "{" * 20_000 + "'"):
        began = time.monotonic()
        for kind in (text, text + "\n"):
            tokenizer.encode_ordinary(kind)
        assert time.monotonic() - began < 20


def test_a_name_in_the_special_ids_comes_from_the_wrapped_tokenizer() -> None:
    plain = ByteTokenizer()
    ids: Mapping[str, int] = LiteralTokenizer(plain).special_ids
    assert ids == plain.special_ids
