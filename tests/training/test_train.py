"""Whole runs of a very small model on traces that count. Needs PyTorch (tier "training")."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training import tiny

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from training import checkpoint, export, quantise, train  # noqa: E402 - only with PyTorch
from training.config import ConfigError  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.slow]

CONFIG = """
[model]
hidden_size = 32
intermediate_size = 64
num_hidden_layers = 2
num_attention_heads = 2
num_key_value_heads = 1
head_dim = 16
max_position_embeddings = 256
[train]
row_tokens = 256
batch_tokens = 1024
micro_tokens = 512
embedding_lr = 0.02
warmup_steps = 5
log_steps = 5
heldout_documents = 6
checkpoint_seconds = 1e9
evaluate_seconds = 1e9
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    torch.set_num_threads(1)
    tokenizer = tiny.write_tokenizer(tmp_path / "tokenizer")
    for index in range(2):
        tiny.write_shard(tmp_path / "data", tokenizer, index, 80, kinds=True)
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


def run(
    place: Path, *words: str, phase: str = "midtrain", out: str = "run", since: float = 0.0
) -> train.Run:
    """A run whose command began `since` seconds ago."""
    arguments = [phase, "--config", f"{place}/config.toml", "--data", f"{place}/data"]
    arguments += ["--tokenizer", f"{place}/tokenizer", "--out", f"{place}/{out}", *words]
    return train.start(train.read_options(arguments), time.monotonic() - since)


def log_of(place: Path, kind: str, out: str = "run") -> list[dict[str, Any]]:
    lines = (place / out / "log.jsonl").read_text().splitlines()
    return [record for line in lines if (record := json.loads(line))["kind"] == kind]


def test_the_loss_falls_on_what_was_trained_and_on_what_was_kept_out(place: Path) -> None:
    run(place, "--steps", "60")
    records = log_of(place, "train")
    assert records[0]["loss"]["frames"] > 3
    assert records[-1]["loss"]["frames"] < 0.6 * records[0]["loss"]["frames"]
    (heldout,) = log_of(place, "heldout")
    assert set(heldout["loss"]) == {"all", "even", "odd"}
    assert heldout["loss"]["all"]["frames"] < 0.7 * records[0]["loss"]["frames"]


def test_a_run_goes_on_from_its_checkpoint(place: Path) -> None:
    run(place, "--steps", "6")
    again = run(place, "--steps", "9")
    assert again.step == 9
    assert again.tokens == 9 * 1024
    assert [path.name for path in sorted((place / "run").glob("*.pt"))] == [
        "step-0000006.pt",
        "step-0000009.pt",
    ]


def test_a_phase_begins_with_the_weights_of_another(place: Path) -> None:
    run(place, "--steps", "4", phase="pretrain", out="first")
    checkpoint.write_portable(place / "first", place / "portable.pt")
    second = run(place, "--steps", "1", "--init", f"{place}/portable.pt", out="second")
    assert second.step == 1
    before = checkpoint.load(place / "first").weights["model.norm.weight"]
    after = checkpoint.load(place / "second").weights["model.norm.weight"]
    assert torch.allclose(before, after, atol=0.05)


def test_a_phase_begins_with_the_shipped_form_of_a_model(place: Path) -> None:
    run(place, "--steps", "3", phase="pretrain", out="first")
    quantise.write_weights(place / "first", place / "weights")
    export.write_artefact(
        place / "weights", place / "tokenizer", name="a", version="0", commit="", licence="MIT"
    )
    options = ("--set", "matrix_lr=0.0", "--set", "embedding_lr=0.0", "--set", "norm_lr=0.0")
    run(place, "--steps", "1", "--init", f"{place}/tokenizer", *options, out="second")
    expected, _ = quantise.load(place / "weights")
    found = checkpoint.load(place / "second").weights
    assert sorted(found) == sorted(expected)
    for name, tensor in expected.items():
        assert np.array_equal(found[name].numpy(), quantise.dequantised(tensor)), name


def test_asking_for_the_decay_ends_a_run(place: Path) -> None:
    (place / "run").mkdir()
    (place / "run" / "decay-now").write_text("0")
    assert run(place, "--steps", "1000").step == 5


def test_the_time_before_a_run_was_built_counts(place: Path) -> None:
    assert run(place, "--budget-seconds", "100", since=101.0).step == 0
    again = run(place, "--budget-seconds", "1000", "--steps", "2", since=101.0)
    assert again.step == 2
    assert again.elapsed > 101


def test_a_run_that_is_told_to_end_saves_first(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_step = train.Run.take_step

    def step_and_signal(self: train.Run, decay_since: float = -1) -> None:
        take_step(self, decay_since)
        if self.step == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(train.Run, "take_step", step_and_signal)
    before = signal.getsignal(signal.SIGTERM)
    assert run(place, "--steps", "1000").step == 3
    assert checkpoint.load(place / "run").step == 3
    assert signal.getsignal(signal.SIGTERM) == before


def test_only_the_newest_checkpoints_are_kept(place: Path) -> None:
    one = run(place, "--steps", "1")
    for step in (2, 3, 4):
        one.step = step
        one.save()
    assert checkpoint.latest(place / "run") == place / "run" / "step-0000004.pt"
    assert len(list((place / "run").glob("*"))) == 3  # two checkpoints and the log


def test_a_run_needs_an_end(place: Path) -> None:
    with pytest.raises(ConfigError, match="budget_seconds"):
        run(place)


def test_a_run_can_be_quantised(place: Path) -> None:
    run(place, "--steps", "1")
    quantise.write_weights(place / "run", place / "weights")
    tensors, config = quantise.load(place / "weights")
    assert config == checkpoint.load(place / "run").config
    assert len(tensors) == 2 + 9 * 2
