"""The model's folder: what is checked before it is used, and the file that engines get."""

from __future__ import annotations

import hashlib
import multiprocessing
import shutil
from pathlib import Path

import pytest

from tests.workers.runtime.tiny import MODEL
from workers.runtime import artefact
from workers.runtime.artefact import ArtefactError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "model"
    shutil.copytree(MODEL, copied, ignore=shutil.ignore_patterns("*.py"))
    return copied


def make(folder: Path, cache: Path) -> Path:
    return artefact.engine_file(folder, artefact.read_manifest(folder), cache)


def test_the_parts_are_put_together_and_checked(folder: Path) -> None:
    manifest = artefact.read_manifest(folder)
    artefact.verify_files(folder, manifest)
    data = artefact.read_weights(folder, manifest)
    assert data[:4] == b"GGUF"
    assert hashlib.sha256(data).hexdigest() == manifest.gguf.sha256
    assert len(manifest.gguf.parts) == 3


def test_the_engine_file_differs_only_in_the_kind_of_ordinary_tokens(
    folder: Path, tmp_path: Path
) -> None:
    weights = artefact.read_weights(folder, artefact.read_manifest(folder))
    path = make(folder, tmp_path / "cache")
    made = path.read_bytes()
    assert len(made) == len(weights)
    different = [(a, b) for a, b in zip(weights, made, strict=True) if a != b]
    assert set(different) == {(1, 4)}  # normal to user-defined
    assert len(different) == artefact.vocabulary_size(path) - 11  # the control tokens stay
    assert artefact.with_whole_pieces(made, "made") == made


def test_it_is_made_once_and_mended_where_it_was_damaged(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = make(folder, cache)
    before = path.stat().st_ino
    assert make(folder, cache) == path
    assert path.stat().st_ino == before
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    assert make(folder, cache).read_bytes() == whole
    assert [found.name for found in cache.iterdir()] == [path.name]


def test_processes_that_start_at_once_do_not_disturb_each_other(
    folder: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        paths = pool.starmap(make, [(folder, cache)] * 6)
    assert len(set(paths)) == 1
    assert [found.name for found in cache.iterdir()] == [paths[0].name]


@pytest.mark.parametrize("name", ["pocket.gguf.part-01", "tokenizer.json"])
def test_a_damaged_file_is_named_with_the_fix(folder: Path, name: str) -> None:
    manifest = artefact.read_manifest(folder)
    damaged = bytearray((folder / name).read_bytes())
    damaged[100] ^= 1
    (folder / name).write_bytes(damaged)
    check = artefact.read_weights if "gguf" in name else artefact.verify_files
    with pytest.raises(ArtefactError, match=rf"{name}.*git checkout"):
        check(folder, manifest)


def test_a_missing_part_is_named(folder: Path) -> None:
    (folder / "pocket.gguf.part-02").unlink()
    with pytest.raises(ArtefactError, match=r"part-02 cannot be read"):
        artefact.read_weights(folder, artefact.read_manifest(folder))


def test_parts_in_the_wrong_order_are_noticed(folder: Path) -> None:
    path = folder / artefact.MANIFEST
    text = path.read_text()
    swapped = text.replace('"pocket.gguf.part-00"', '"x"').replace("part-01", "part-00")
    path.write_text(swapped.replace('"x"', '"pocket.gguf.part-01"'))
    with pytest.raises(ArtefactError, match="not what the manifest says"):
        artefact.read_weights(folder, artefact.read_manifest(folder))


def test_a_manifest_cannot_name_files_outside_its_folder(folder: Path) -> None:
    path = folder / artefact.MANIFEST
    path.write_text(path.read_text().replace("tokenizer.json", "../tokenizer.json"))
    with pytest.raises(ArtefactError, match="outside"):
        artefact.verify_files(folder, artefact.read_manifest(folder))


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    assert not artefact.exists(tmp_path)
    assert artefact.exists(MODEL)
    with pytest.raises(ArtefactError, match="no model"):
        artefact.read_manifest(tmp_path)


def test_a_damaged_manifest_is_said(folder: Path) -> None:
    (folder / artefact.MANIFEST).write_text('{"name": 3}')
    with pytest.raises(ArtefactError, match="not a model's manifest"):
        artefact.read_manifest(folder)


@pytest.mark.parametrize("gguf", [b"", b"GGUF", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_gguf_file_is_said(gguf: bytes) -> None:
    with pytest.raises(ArtefactError, match="export the model again"):
        artefact.with_whole_pieces(gguf, "weights")


def test_a_cache_that_cannot_be_written_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    with pytest.raises(ArtefactError, match="cannot be written"):
        make(folder, tmp_path / "cache")
