"""The whole way at a very small size: tokenizer, corpus, training, export, engine, evaluation.

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

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from training import checkpoint, export, quantise  # noqa: E402 - only with PyTorch
from training.config import ModelConfig  # noqa: E402
from training.evalset.file import load  # noqa: E402
from training.generate import generate  # noqa: E402
from training.model import PocketModel  # noqa: E402
from workers.runtime import artefact  # noqa: E402
from workers.runtime.embedded.engine import Engine, EngineConfig, Request  # noqa: E402
from workers.runtime.tokenizers import load_tokenizer  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = 640
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
    model = place / "model"
    words = ("--programs", "120", "--vocabulary", f"{VOCABULARY}")
    command("training.tokenizer", "--out", model, *words)
    corpus = ("--out", place / "corpus", "--workers", "1", "--shards", "1", "--tokenizer", model)
    command("training.corpus.build", *corpus, "--shard-tokens", "80000")
    cases = ("--tokenizer", model, "--out", place / "eval.npz", "--limit", "3")
    command("training.evalset.prepare", *cases)
    data = ("--data", place / "corpus", "--tokenizer", model, "--out", place / "run")
    recipe = ("--config", place / "config.toml", "--steps", "80")
    command("training.train", "midtrain", *recipe, *data)
    command("training.quantise", place / "run", place / "weights")
    command("training.export", "artefact", place / "weights", model, "--version", "0")
    measured = ("--cases", place / "eval.npz", "--out", place / "results.json")
    command("training.evaluate_tokens", "--checkpoint", model, *measured)
    return place


def test_the_tokenizer_is_its_own_and_spells_every_text(trained: Path) -> None:
    tokenizer = load_tokenizer(trained / "model")
    assert tokenizer.vocab_size == VOCABULARY
    text = "def f(café):\n    return café['ü'] * 12 + 0.5\n"
    assert b"".join(map(tokenizer.decode_bytes, tokenizer.encode_ordinary(text))).decode() == text


def test_the_loss_on_real_traces_falls(trained: Path) -> None:
    lines = (trained / "run" / "log.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    first, *_, last = (r["loss"]["frames"] for r in records if r["kind"] == "train")
    assert last < 0.6 * first
    (heldout,) = (r["loss"]["all"]["frames"] for r in records if r["kind"] == "heldout")
    assert heldout < 0.7 * first, "documents that were never trained on"


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


def test_the_engine_writes_what_the_network_writes(trained: Path) -> None:
    """The engine rounds activations to eight bits, PyTorch does not: only a tie may tip."""
    loaded = checkpoint.load_any(trained / "model")
    model = PocketModel(loaded.config).eval()
    model.load_state_dict(loaded.weights)
    prompts = [c.prompt for c in load(trained / "eval.npz").cases if len(c.prompt) < 900]
    assert len(prompts) >= 4
    expected = [done.ids for done in generate(model, prompts, 24, ())]
    found = asyncio.run(engine_ids(trained, prompts))
    for prompt, ids, own in zip(prompts, found, expected, strict=True):
        assert len(ids) == len(own) == 24
        at = next((n for n, pair in enumerate(zip(ids, own, strict=True)) if len({*pair}) > 1), 24)
        if at < 24:
            with torch.no_grad():
                logits = model(torch.tensor([prompt + own[:at]]))[0, -1]
            assert float(logits[own[at]] - logits[ids[at]]) < 0.1, (at, ids, own)
    same = sum(ids == own for ids, own in zip(found, expected, strict=True))
    assert same >= len(prompts) / 2, (found, expected)


async def engine_ids(trained: Path, prompts: list[list[int]]) -> list[list[int]]:
    manifest = artefact.read_manifest(trained / "model")
    path = artefact.engine_file(trained / "model", manifest, trained / "cache")
    engine = Engine(EngineConfig(model=path, context_tokens=1024))
    try:
        return [await _ids(engine, f"{n}", prompt) for n, prompt in enumerate(prompts)]
    finally:
        engine.close()


async def _ids(engine: Engine, name: str, prompt: list[int]) -> list[int]:
    ids: list[int] = []
    request = Request(rid=name, ids=tuple(prompt), max_new_tokens=24, ignore_eos=True)
    async for step in engine.generate(request):
        ids += step.ids
    return ids


def test_the_model_is_scored_and_its_failures_are_shown(trained: Path) -> None:
    results = json.loads((trained / "results.json").read_text())
    assert set(results["groups"]) == {"cruxeval", "students"}
    for group in results["groups"].values():
        assert group["free_running"]["unfinished"] == 0
        assert 0.1 < group["teacher_forced"]["tokens"] < 1, "guessing is right once in 640 times"
    failures = json.loads((trained / "failures.json").read_text())
    assert failures, "a model of this size cannot be right everywhere"
    assert failures[0]["expected"].startswith("<|")


def test_every_weight_was_trained(trained: Path) -> None:
    run, config = checkpoint.load(trained / "run").weights, checkpoint.load(trained / "run").config
    fresh = PocketModel(config)
    fresh.initialise(0)
    for name, weight in fresh.named_parameters():
        assert not torch.equal(weight, run[name]), name
