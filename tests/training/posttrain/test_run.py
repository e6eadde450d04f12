"""Both programs of a run, end to end with a tiny model: documents, steps, a round, repairs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from tests.training import tiny  # noqa: E402 - only with PyTorch
from training import checkpoint, quantise, train  # noqa: E402
from training.data import Loader  # noqa: E402
from training.posttrain import files, results, run  # noqa: E402
from training.posttrain.mixture import Mixture  # noqa: E402
from training.posttrain.tasks import Spec, problem_of  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[3]
TOKENIZER = ROOT / "models" / "pocket"
CONFIG = """
[model]
hidden_size = 32
intermediate_size = 64
num_hidden_layers = 2
num_attention_heads = 2
num_key_value_heads = 1
head_dim = 32
max_position_embeddings = 1536
[train]
row_tokens = 1024
batch_tokens = 2048
micro_tokens = 2048
embedding_lr = 0.02
warmup_steps = 4
log_steps = 4
heldout_documents = 8
[posttrain]
matrix_lr = 0.02
"""


def command(*words: object, start: bool = False) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "PYTHONPATH": "."}
    argv = [sys.executable, "-m", *map(str, words)]
    process = subprocess.Popen(argv, cwd=ROOT, env=environment)
    if not start:
        assert process.wait(timeout=300) == 0
    return process


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents, weights that were trained a little, and their configuration."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("documents are made by Python 3.11")
    torch.set_num_threads(1)
    place = tmp_path_factory.mktemp("posttrain")
    (place / "config.toml").write_text(CONFIG)
    made = ("--workers", 1, "--shards", 2, "--shard-tokens", 60_000, "--max-tokens", 1400)
    command("training.posttrain.build", "--out", place / "work" / "sft", *made)
    words = ["posttrain", "--config", place / "config.toml", "--data", place / "work" / "sft"]
    words += ["--tokenizer", TOKENIZER, "--out", place / "init", "--steps", "2"]
    train.start(train.read_options(list(map(str, words))), time.monotonic())
    return place


@pytest.fixture(scope="module")
def finished(place: Path) -> Iterator[Path]:
    """A run with one round and a few held-out problems, repaired once."""
    work = place / "work"
    sizes = ("--tasks", 4, "--samples", 2, "--watched", 2, "--heldout", 4, "--max-new", 24)
    others = ("--context", 1536, "--attempts", 2, "--given", 3, "--checker", "fork")
    grader = command(
        "training.posttrain.grader", "--folder", work, "--workers", 1, *sizes, *others, start=True
    )
    try:
        words = ["--config", place / "config.toml", "--folder", work, "--tokenizer", TOKENIZER]
        words += ["--init", place / "init", "--out", place / "run", "--steps", 12]
        words += ["--seconds", 240, "--final-seconds", 120, "--rounds", 1]
        options = run.read_options(list(map(str, words)))
        schedule = run.Schedule
        # A round is due by the clock; here it shall be due at the first step.
        run.Schedule = lambda *a: SimpleNamespace(  # type: ignore[assignment,misc]
            seconds=a[0], training=a[0] - a[1], rounds=a[2], session=a[3], due=lambda *_: 0.0
        )
        try:
            run.start(options, time.monotonic())
        finally:
            run.Schedule = schedule  # type: ignore[misc]
        yield place
    finally:
        (work / "stop").touch()
        grader.terminate() if grader.wait(timeout=60) else None


def test_steps_a_round_and_repairs_of_held_out_problems_are_logged(finished: Path) -> None:
    lines = (finished / "run" / "log.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert {"train", "heldout", "session"} <= {record["kind"] for record in records}
    names = [record["name"] for record in records if record["kind"] == "session"]
    assert names == ["train-0", "heldout-3-1", "heldout-3-2"]
    losses = [r["loss"]["all"]["frames"] for r in records if r["kind"] == "heldout"]
    assert losses[-1] < losses[0]


def test_the_results_name_every_problem_once(finished: Path) -> None:
    found = results.results(finished / "work")
    (round_,) = found["rounds"]
    assert round_["figures"]["train-1"]["answers"] == 8
    parts = found["heldout"]["given_3"]
    assert sum(part["problems"] for part in parts.values()) == 4
    assert all(part["pass_at_1"] == 0 for part in parts.values())


def test_the_weights_are_written_as_after_any_training(finished: Path) -> None:
    loaded = checkpoint.load(finished / "run")
    assert loaded.phase == "posttrain"
    assert loaded.step == 12
    command("training.quantise", finished / "run", finished / "weights")
    tensors, config = quantise.load(finished / "weights")
    assert config == loaded.config
    assert sorted(tensors) == sorted(loaded.weights)


def test_prompts_ask_what_their_specs_say(finished: Path) -> None:
    folder = finished / "work" / "sessions" / "heldout-3-1"
    prompts, rows = files.read_prompts(folder), files.read_specs(folder)
    assert len(prompts.ids) == len(rows) == 4
    for row, temperature in zip(rows, prompts.temperatures, strict=True):
        spec = Spec(**row)
        assert spec.role in ("wordings", "families")
        assert temperature == 0
        assert len(problem_of(spec).given) == 3


def test_a_round_s_right_answers_become_documents(tmp_path: Path, place: Path) -> None:
    """The model is played by the bank: its answers are right, so they are learned."""
    from tests.training.posttrain.test_grading import right_answer
    from training.posttrain.render import Renderer
    from workers.runtime.tokenizers import load_tokenizer

    sizes = ("--tasks", 6, "--samples", 2, "--watched", 2, "--heldout", 2, "--max-new", 400)
    grader = command(
        *("training.posttrain.grader", "--folder", tmp_path, "--workers", 1, "--checker", "fork"),
        *sizes,
        start=True,
    )
    folder = tmp_path / "sessions" / "train-0"
    try:
        _wait_for(folder / files.PROMPTS)
        renderer = Renderer(load_tokenizer(TOKENIZER))
        specs = [Spec(**row) for row in files.read_specs(folder)]
        end = renderer.tokenizer.special_ids["<|eot_id|>"]
        ids = [[*renderer.tokenizer.encode_ordinary(right_answer(spec)), end] for spec in specs]
        files.write_answers(folder, files.Answers(ids, list(range(len(ids)))))
        _wait_for(folder / files.SUMMARY)
    finally:
        (tmp_path / "stop").touch()
        assert grader.wait(timeout=60) == 0
    summary = json.loads((folder / files.SUMMARY).read_text())
    assert all(figures["right"] == 1 for figures in summary["figures"].values())
    assert summary["learned"]["expert"] >= 4
    with np.load(tmp_path / "learned" / "shard-7-00000.npz") as shard:
        assert len(shard["tokens"]) == len(shard["weights"])
    following = files.read_specs(tmp_path / "sessions" / "train-1")
    assert {row["seed"] for row in following} != {spec.seed for spec in specs}


def _wait_for(path: Path) -> None:
    waiting = threading.Event()
    for _ in range(1200):
        if path.exists():
            return
        waiting.wait(0.1)
    raise TimeoutError(path)


def test_batches_are_mixed_by_shares_and_take_in_folders_that_appear(tmp_path: Path) -> None:
    tokenizer = tiny.write_tokenizer(tmp_path / "tokenizer")
    from training.vocabulary import Vocabulary

    vocabulary = Vocabulary.read(tmp_path / "tokenizer")
    main, late = tmp_path / "main", tmp_path / "late"
    tiny.write_shard(main, tokenizer, 0, 80)

    def make(folder: Path, rows: int) -> Loader:
        return Loader(folder, vocabulary, length=256, rows=rows, heldout=0, seed=0)

    mixture = Mixture({main: 0.75, late: 0.25}, main, 8, make)
    try:
        assert mixture.next().ids.shape == (8, 256)
        assert list(mixture.state()) == ["main"]
        tiny.write_shard(late, tokenizer, 1, 80)
        for _ in range(8):
            mixture.next()
        state = {folder.name: loader.state for folder, loader in mixture.loaders.items()}
        drawn = {name: s.fresh_rows + s.repeated_rows for name, s in state.items()}
        assert drawn["late"] >= 14
        assert drawn["main"] > 2 * drawn["late"]
    finally:
        mixture.close()
