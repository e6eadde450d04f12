"""Loading a model folder's tokenizer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.workers.runtime.tiny import MODEL
from traces.codecs.cwm import CWMCodec
from traces.codecs.literal_tokenizer import BY_CHARACTER, STRING_CONTENTS, LiteralTokenizer
from traces.codecs.tokenizer import HFTokenizer, TokenizerError
from workers.runtime.tokenizers import load_tokenizer


def test_a_folders_tokenizer_carries_traces() -> None:
    tokenizer = load_tokenizer(MODEL)
    assert isinstance(tokenizer, HFTokenizer)
    CWMCodec(tokenizer)
    text = "def f(x):\n    return 'é' + \"<|frame_sep|>\"\n"
    ids = tokenizer.encode_ordinary(text)
    assert b"".join(map(tokenizer.decode_bytes, ids)).decode() == text
    assert set(ids).isdisjoint(tokenizer.special_ids.values())


def test_the_folder_may_ask_for_strings_by_character(tmp_path: Path) -> None:
    shutil.copy(MODEL / "tokenizer.json", tmp_path)
    config = {STRING_CONTENTS: BY_CHARACTER}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    assert isinstance(load_tokenizer(tmp_path), LiteralTokenizer)


def test_a_missing_tokenizer_is_said(tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match="MODEL_PATH"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    shutil.copy(MODEL / "tokenizer.json", tmp_path)
    (tmp_path / name).write_text("{nonsense")
    with pytest.raises(TokenizerError, match="not a tokenizer"):
        load_tokenizer(tmp_path)
