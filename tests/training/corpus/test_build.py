"""Tests of the corpus build: real workers, real programs, small shards."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.traces.codecs.tokenizers import spelled
from training.corpus import build as build_module
from training.corpus.build import Totals, build, make_jobs, parse
from training.corpus.encode import Document
from training.corpus.pack import ShardWriter
from training.corpus.seen import Seen
from training.corpus.sources import library_files
from training.corpus.worker import Job
from workers.runtime.tokenizers import load_tokenizer

TOKENIZER = Path("models/pocket")


def made(folder: Path, *options: str) -> Totals:
    folder.mkdir(exist_ok=True)
    totals = Totals()
    argv = ["--out", str(folder), "--tokenizer", str(TOKENIZER), "--shard-tokens", "15000"]
    build(make_jobs(parse([*argv, *options])), totals)
    return totals


def test_two_workers_write_the_shards_that_the_training_reads(tmp_path: Path) -> None:
    totals = made(tmp_path / "a", "--workers", "2", "--shards", "3", "--seed", "5")
    shards = sorted((tmp_path / "a").glob("*.npz"))
    assert [s.name for s in shards] == [f"shard-5-0000{n}.npz" for n in range(3)]
    assert totals.shards == 3
    assert "tokens/s a worker" in totals.summary()
    tokenizer = load_tokenizer(TOKENIZER)
    begin = tokenizer.special_ids["<|begin_of_text|>"]
    for shard in shards:
        with np.load(shard) as arrays:
            tokens, weights = arrays["tokens"], arrays["weights"]
        assert tokens.dtype == np.uint16
        assert weights.dtype == np.uint8
        assert len(tokens) == len(weights) >= 15000
        assert set(np.unique(weights)) <= {0, 1, 2, 3}
        starts = np.flatnonzero(tokens == begin)
        about = json.loads(shard.with_suffix(".json").read_text())
        assert len(about["kinds"]) == len(starts)
        assert starts[0] == 0
        assert not weights[starts].any()
        text = spelled(tokenizer, tokens[: starts[1]].tolist())
        assert text.startswith("<|begin_of_text|>")


def test_the_same_seed_makes_the_same_shards(tmp_path: Path) -> None:
    for name in ("a", "b"):
        made(tmp_path / name, "--workers", "1", "--shards", "1", "--seed", "9")
    first, second = (np.load(tmp_path / n / "shard-9-00000.npz")["tokens"] for n in ("a", "b"))
    assert (first == second).all()


def test_a_worker_that_dies_is_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = []
    start = build_module._start

    def frail(job: Job) -> object:
        starts.append(job.start)
        process = start(job)
        if len(starts) == 1:
            process.kill()
        return process

    monkeypatch.setattr(build_module, "_start", frail)
    totals = made(tmp_path / "a", "--workers", "1", "--shards", "1")
    assert starts == [0, 1]
    assert totals.restarts == 1
    assert len(list((tmp_path / "a").glob("*.npz"))) == 1


def test_a_worker_that_never_gets_anything_done_is_an_error(tmp_path: Path) -> None:
    job = make_jobs(parse(["--out", str(tmp_path), "--workers", "1", "--shards", "1"]))[0]
    lost = msgspec.structs.replace(job, tokenizer=str(tmp_path / "missing"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_module, "_MAX_BARREN_STARTS", 1)
        with pytest.raises(RuntimeError, match="without a shard"):
            build([lost], Totals())


def test_a_shard_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    writer = ShardWriter(tmp_path, 3, shard_tokens=4)
    writer.add(Document("direct", [1, 2, 3], bytes([0, 1, 2]), 1, is_whole=True))
    writer.add(Document("source", [1, 9], bytes([0, 3]), 0, is_whole=True))
    assert writer.is_full
    path = writer.write(7)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["shard-3-00007.json", path.name]
    assert np.load(path)["weights"].tolist() == [0, 1, 2, 0, 3]
    assert writer.size == 0


def test_a_text_is_new_once_in_all_processes(tmp_path: Path) -> None:
    one, two = Seen(tmp_path / "seen", slots=64), Seen(tmp_path / "seen", slots=64)
    assert one.add("a")
    assert not one.add("a")
    assert not two.add("a")
    assert two.add("b")
    assert not one.add("b")
    one.close()
    two.close()


def test_library_sources_are_this_interpreters_own_without_its_tests() -> None:
    files = library_files()
    assert any(f.name == "textwrap.py" for f in files)
    assert not any("test" in f.parts or "site-packages" in f.parts for f in files)
