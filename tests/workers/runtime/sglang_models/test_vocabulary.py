"""What a model's folder says of its vocabulary, and what a server repeats of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from workers.runtime.sglang_models.vocabulary import Vocabulary, from_label, of_folder


def test_a_folder_is_named_by_its_size_and_its_tokenizers_hash(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"vocab_size": 128256}))
    (tmp_path / "tokenizer.json").write_bytes(b"{}")
    found = of_folder(tmp_path)
    assert found == Vocabulary(128256, hashlib.sha256(b"{}").hexdigest()[:16])
    assert from_label(found.label) == found


def test_a_folder_without_a_tokenizer_still_has_a_size(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"vocab_size": 256}))
    found = of_folder(tmp_path)
    assert found is not None
    assert from_label(found.label) == Vocabulary(256, "")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"vocab_size": 0}', '{"vocab_size": "many"}'])
def test_a_folder_that_does_not_tell_has_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    assert of_folder(tmp_path) is None


@pytest.mark.parametrize(
    "label", [None, 7, "default", "vocabulary-1", "vocabulary-9-tokenizer-xyz", "x vocabulary-1"]
)
def test_what_others_write_is_no_label(label: object) -> None:
    assert from_label(label) is None
