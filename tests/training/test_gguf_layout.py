import json
import shutil
import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from training import export, gguf_layout, quantise
from training.config import ModelConfig
from training.gguf_layout import GGUFError, read, read_artefact
from workers.runtime import artefact

SHIPPED = Path(__file__).resolve().parents[2] / "models" / "pocket"


@pytest.fixture(scope="module")
def shipped() -> dict[str, np.ndarray]:
    tensors, _ = read_artefact(SHIPPED)
    return {name: quantise.dequantised(tensor) for name, tensor in tensors.items()}


def test_the_shipped_weights_are_those_that_llama_cpp_s_own_package_reads(
    shipped: dict[str, np.ndarray], tmp_path: Path
) -> None:
    path = tmp_path / "model.gguf"
    pieces = sorted(SHIPPED.glob("pocket.gguf.part-*"))
    path.write_bytes(b"".join(piece.read_bytes() for piece in pieces))
    _, config = read_artefact(SHIPPED)
    theirs = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    assert len(theirs) == len(shipped) == 2 + 9 * config.depth
    for name, weights in shipped.items():
        tensor = theirs[gguf_layout.gguf_name(name)]
        expected = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if heads := gguf_layout.moved_heads(name, config):
            expected = gguf_layout.separate(expected, heads)
        assert np.array_equal(weights, expected), name


def test_the_shipped_weights_survive_being_rounded_again(shipped: dict[str, np.ndarray]) -> None:
    """Training that starts from them starts from exactly what is served."""
    for name in ("model.embed_tokens.weight", "model.layers.3.self_attn.k_proj.weight"):
        again = quantise.quantise(shipped[name]).dequantised()
        assert np.abs(again - shipped[name]).max() <= 1e-3 * np.abs(shipped[name]).max()


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    tensors, config = read_artefact(SHIPPED)
    quantise.save(tmp_path / "weights", tensors, config)
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(SHIPPED / name, folder / name)
    export.write_artefact(
        tmp_path / "weights",
        folder,
        name="Pocket",
        version="0",
        commit="",
        licence="MIT",
        solves=True,
    )
    assert artefact.read_manifest(folder).solves
    found, same = read_artefact(folder)
    assert same == config
    assert all(
        np.array_equal(quantise.dequantised(found[name]), quantise.dequantised(tensor))
        for name, tensor in tensors.items()
    )


def test_a_damaged_piece_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(SHIPPED, folder)
    path = folder / "pocket.gguf.part-01"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(GGUFError, match="damaged"):
        read_artefact(folder)


def test_a_path_in_a_manifest_stays_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"GGUF")
    folder = tmp_path / "model"
    folder.mkdir()
    weights = {"sha256": "0", "parts": [{"path": "../secret"}]}
    (folder / "manifest.json").write_text(json.dumps({"gguf": weights}))
    with pytest.raises(FileNotFoundError):
        read_artefact(folder)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04", "no GGUF"),
        (b"GGUF" + struct.pack("<I", 2), "version 3"),
        (b"GGUF" + struct.pack("<I", 3), "ends inside"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "lacks the tensor"),
        (b"GGUF" + struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"k", 99), "unknown type 99"),
    ],
)
def test_other_files_are_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(GGUFError, match=words):
        dict(read(data, ModelConfig()))
