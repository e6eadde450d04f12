"""Timing variants of the recipe. Needs PyTorch (tier "training")."""

from __future__ import annotations

import logging
import time

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from training import probe  # noqa: E402 - only with PyTorch
from training.checkpoint import Checkpoint  # noqa: E402
from training.config import ModelConfig, TrainConfig  # noqa: E402
from training.model import PocketModel  # noqa: E402

pytestmark = pytest.mark.training

SHAPE = ModelConfig(
    vocab_size=60,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=1,
    num_attention_heads=2,
    num_key_value_heads=1,
    head_dim=16,
    max_position_embeddings=2048,
)
CONFIG = TrainConfig(row_tokens=2048, micro_tokens=4096, batch_tokens=4096)


def test_made_up_documents_have_the_corpus_s_sizes_and_fill_their_rows() -> None:
    batches = probe.made_up_batches(CONFIG, 60, 3)
    assert [tuple(batch.ids.shape) for batch in batches] == [(2, 2048)] * 3
    for batch in batches:
        assert float((batch.documents >= 0).float().mean()) > 0.9
        assert int(batch.documents.max()) > 2


def test_variants_are_timed_one_after_another_and_failing_ones_are_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    torch.set_num_threads(1)
    monkeypatch.setattr(probe, "TIMED_SECONDS", 0.1)
    caplog.set_level(logging.INFO)
    model = PocketModel(SHAPE)
    model.initialise(0)
    start = Checkpoint(SHAPE, "shipped", 0, 0, 0.0, dict(model.state_dict()), [], [])
    variants = ("", "row_tokens=1024,micro_tokens=2048", "row_tokens=77", "nonsense=1")
    speeds = probe.time_variants(CONFIG, start, variants, time.monotonic() + 100)
    assert list(speeds) == list(variants[:2])
    assert all(speed > 0 for speed in speeds.values())
    assert "must divide each other" in caplog.text
    assert "nonsense" in caplog.text


def test_variants_without_time_are_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    start = Checkpoint(SHAPE, "shipped", 0, 0, 0.0, {}, [], [])
    assert probe.time_variants(CONFIG, start, ("a=1", "b=2"), time.monotonic()) == {}
    assert "a=1, b=2" in caplog.text
