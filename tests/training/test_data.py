"""Batches from a growing folder. Needs PyTorch (tier "training")."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.training import tiny

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from training.data import DataError, Interrupted, Loader, read_shard  # noqa: E402 - only with PyTorch
from training.vocabulary import Vocabulary  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


Open = Callable[..., Loader]


@pytest.fixture
def open_loader(tmp_path: Path, folder: Path) -> Iterator[Open]:
    tiny.write_tokenizer(tmp_path / "tokenizer")
    vocabulary = Vocabulary.read(tmp_path / "tokenizer")
    opened: list[Loader] = []

    def start(**changes: object) -> Loader:
        settings = {"length": 512, "rows": 2, "heldout": 0, "seed": 1, "wait_seconds": 60.0}
        loader = Loader(folder, vocabulary, **settings | changes)  # type: ignore[arg-type]
        opened.append(loader)
        return loader

    yield start
    for loader in opened:
        loader.close()


def a_shard(tmp_path: Path, folder: Path, index: int, documents: int = 30) -> Path:
    tokenizer = tiny.write_tokenizer(tmp_path / "tokenizer")
    return tiny.write_shard(folder, tokenizer, index, documents, kinds=True)


def test_a_batch_asks_at_every_position_for_the_next_token(
    tmp_path: Path, folder: Path, open_loader: Open
) -> None:
    a_shard(tmp_path, folder, 0)
    batch = open_loader().next()
    assert batch.ids.shape == batch.targets.shape == batch.classes.shape == (2, 512)
    assert torch.equal(batch.targets[:, :-1], batch.ids[:, 1:])
    assert int(batch.classes[:, -1].max()) == 0
    asked = batch.classes > 0
    same = batch.documents[:, 1:] == batch.documents[:, :-1]
    assert bool(same[asked[:, :-1]].all()), "no question crosses documents"


def test_every_row_is_used_before_any_is_repeated(
    tmp_path: Path, folder: Path, open_loader: Open
) -> None:
    a_shard(tmp_path, folder, 0)
    loader = open_loader(rows=1)
    rows = [loader.next().ids.numpy().tobytes()]
    count = loader.state.distinct_rows
    rows += [loader.next().ids.numpy().tobytes() for _ in range(count - 1)]
    assert len(set(rows)) == count
    assert loader.next().ids.numpy().tobytes() in rows
    assert loader.state.repeated_rows >= 1
    assert loader.state.epochs > 1


def test_shards_that_appear_later_are_used(tmp_path: Path, folder: Path, open_loader: Open) -> None:
    a_shard(tmp_path, folder, 0)
    loader = open_loader()
    loader.next()
    a_shard(tmp_path, folder, 1)
    while loader.state.shards < 2:
        loader.next()
    assert loader.shard_names == ["shard-0-0000.npz", "shard-0-0001.npz"]


def test_shards_wait_while_enough_was_packed(
    tmp_path: Path, folder: Path, open_loader: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest shard is read first, whatever its name is."""
    monkeypatch.setattr("training.data.READY_BATCHES", 1)
    monkeypatch.setattr("training.data.POLL_SECONDS", 0.01)
    for index in range(3):
        os.utime(a_shard(tmp_path, folder, index), (1000 - index, 1000 - index))
    loader = open_loader()
    loader.next()
    assert loader.shard_names[-1] == "shard-0-0002.npz"
    assert loader.state.shards < 3, "a shard is many batches here"
    while loader.state.shards < 3:
        loader.next()


def test_a_resumed_run_repeats_old_shards_only(
    tmp_path: Path, folder: Path, open_loader: Open
) -> None:
    a_shard(tmp_path, folder, 0)
    loader = open_loader(used_shards=frozenset({"shard-0-0000.npz"}))
    loader.next()
    assert loader.state.fresh_rows == 0
    assert loader.state.repeated_rows > 0


def test_held_out_documents_are_not_trained_on(
    tmp_path: Path, folder: Path, open_loader: Open
) -> None:
    path = a_shard(tmp_path, folder, 0, documents=30)
    loader = open_loader(heldout=5)
    loader.next()
    assert len(loader.heldout) == 5
    assert loader.state.documents == 25
    everything = read_shard(path, Vocabulary.read(tmp_path / "tokenizer").begin)
    assert len(everything) == 30
    assert {document.kind for document in everything} == {"even", "odd"}


def test_a_folder_that_stays_empty_is_an_error_not_a_wait(open_loader: Open) -> None:
    with pytest.raises(DataError, match="No shard appeared"):
        open_loader(wait_seconds=0.1).next()


def test_a_wait_for_shards_can_be_ended(open_loader: Open) -> None:
    loader = open_loader()
    loader.interrupt()
    with pytest.raises(Interrupted):
        loader.next()


@pytest.mark.parametrize("content", ["text", "wrong type", "missing"])
def test_a_file_that_is_no_shard_is_named(folder: Path, open_loader: Open, content: str) -> None:
    path = folder / "shard-0-0000.npz"
    if content == "text":
        path.write_text("no arrays")
    elif content == "wrong type":
        np.savez(path, tokens=np.zeros(3, np.int64), weights=np.zeros(3, np.uint8))
    else:
        np.savez(path, tokens=np.zeros(3, np.uint16))
    with pytest.raises(DataError, match="shard-0-0000"):
        open_loader().next()
