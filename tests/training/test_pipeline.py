"""The whole way at a very small size: corpus, tokenizer, training, export, engine, evaluation.

Needs PyTorch (tier "training"). Every step is the command a person would run, in a process of its
own; the engine is the one that serves the site.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from training import checkpoint, evaluate_tokens, export, quantise  # noqa: E402 - only with PyTorch
from training.config import ModelConfig  # noqa: E402
from training.evalset.file import EvalSet, load  # noqa: E402
from training.generate import Decoder  # noqa: E402
from training.model import PocketModel  # noqa: E402
from workers.runtime import artefact  # noqa: E402
from workers.runtime.embedded.engine import Engine, EngineConfig, Request  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
TOKENIZER = ROOT / "models" / "pocket"
CONFIG = """
[model]
hidden_size = 64
intermediate_size = 128
num_hidden_layers = 2
num_attention_heads = 2
num_key_value_heads = 1
head_dim = 32
max_position_embeddings = 1024
[train]
row_tokens = 512
batch_tokens = 1024
micro_tokens = 1024
embedding_lr = 0.02
warmup_steps = 10
log_steps = 10
heldout_documents = 6
"""


def command(*words: str | Path) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "PYTHONPATH": "."}
    argv = [sys.executable, "-m", *map(str, words)]
    done = subprocess.run(
        argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with corpus, run, weights, artefact and evaluation cases."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("traces for training are made by Python 3.11")
    place = tmp_path_factory.mktemp("pipeline")
    (place / "config.toml").write_text(CONFIG)
    corpus = ("--out", place / "corpus", "--workers", "1", "--shards", "1")
    command("training.corpus.build", *corpus, "--shard-tokens", "60000", "--tokenizer", TOKENIZER)
    cases = ("--tokenizer", TOKENIZER, "--out", place / "eval.npz", "--limit", "3")
    command("training.evalset.prepare", *cases)
    data = ("--data", place / "corpus", "--tokenizer", TOKENIZER, "--out", place / "run")
    recipe = ("--config", place / "config.toml", "--steps", "60")
    command("training.train", "midtrain", *recipe, *data)
    command("training.quantise", place / "run", place / "weights")
    (place / "model").mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (place / "model" / name).write_bytes((TOKENIZER / name).read_bytes())
    artefact_of = (place / "weights", place / "model", "--version", "0")
    command("training.export", "artefact", *artefact_of)
    return place


def test_the_loss_on_real_traces_falls(trained: Path) -> None:
    lines = (trained / "run" / "log.jsonl").read_text().splitlines()
    records = [r for r in map(json.loads, lines) if r["kind"] == "train"]
    assert records[0]["loss"]["frames"] > 5
    assert records[-1]["loss"]["frames"] < 4


def test_the_artefact_is_complete_and_intact(trained: Path) -> None:
    folder = trained / "model"
    manifest = artefact.read_manifest(folder)
    artefact.verify_files(folder, manifest)
    assert len(artefact.read_weights(folder, manifest)) == manifest.gguf.bytes
    _, config = quantise.load(trained / "weights")
    assert (manifest.parameters, manifest.context_length) == (config.parameters, 1024)


def test_the_hugging_face_folder_holds_the_shipped_numbers(trained: Path) -> None:
    from safetensors.numpy import load_file

    export.write_hf(trained / "model", trained / "hf")
    found = load_file(trained / "hf" / "model.safetensors")
    tensors, config = quantise.load(trained / "weights")
    assert sorted(found) == sorted(tensors)
    for name, tensor in tensors.items():
        assert np.array_equal(found[name], quantise.dequantised(tensor)), name
    words = json.loads((trained / "hf" / "config.json").read_text())
    assert ModelConfig.from_hf(words) == config


def shipped_model(trained: Path) -> tuple[PocketModel, EvalSet]:
    loaded = checkpoint.load(trained / "run")
    model = PocketModel(loaded.config)
    model.load_state_dict(evaluate_tokens.rounded(loaded.weights))
    return model.eval(), load(trained / "eval.npz")


def test_the_engine_writes_what_the_network_writes(trained: Path) -> None:
    """Small numerical differences may tip a tie at some point, but not at the beginning."""
    model, evaluation = shipped_model(trained)
    prompts = [case.prompt for case in evaluation.cases if len(case.prompt) < 900]
    expected = Decoder(model, ()).decode(prompts, [12] * len(prompts))
    manifest = artefact.read_manifest(trained / "model")
    path = artefact.engine_file(trained / "model", manifest, trained / "cache")

    async def written() -> list[list[int]]:
        engine = Engine(EngineConfig(model=path, context_tokens=1024))
        try:
            return [await _ids(engine, f"{n}", prompt) for n, prompt in enumerate(prompts)]
        finally:
            engine.close()

    found = asyncio.run(written())
    same = sum(a[:4] == b[:4] for a, b in zip(found, expected, strict=True))
    assert same >= len(prompts) - 1, (found, expected)


async def _ids(engine: Engine, name: str, prompt: list[int]) -> list[int]:
    ids: list[int] = []
    request = Request(rid=name, ids=tuple(prompt), max_new_tokens=12, ignore_eos=True)
    async for step in engine.generate(request):
        ids += step.ids
    return ids


def test_the_model_is_scored_and_its_failures_are_shown(trained: Path) -> None:
    model, evaluation = shipped_model(trained)
    figures, failures = evaluate_tokens.evaluate(model, evaluation)
    assert set(figures) == {"cruxeval", "students"}
    tokens: Any = figures["cruxeval"]["teacher_forced"]["tokens"]
    assert 0.1 < tokens < 1, "sixty steps teach some of the format"
    assert failures
    assert failures[0]["expected"].startswith("<|")
