from pathlib import Path

import gguf
import numpy as np
import pytest

from training import quantise
from training.config import ModelConfig
from training.gguf_layout import interleave, pack_blocks, separate, unpack_blocks
from training.quantise import Quantised

RNG = np.random.default_rng(3)


def some_matrix(rows: int = 6, columns: int = 96) -> np.ndarray:
    matrix = RNG.normal(size=(rows, columns)).astype(np.float32)
    matrix[1, :32] = 0  # a block without a scale
    matrix[2, 0], matrix[2, 1] = 127.0, 0.5  # a value halfway between two steps
    return matrix


def test_blocks_are_byte_for_byte_those_of_llama_cpp_s_own_package() -> None:
    matrix = some_matrix()
    theirs = gguf.quants.quantize(matrix, gguf.GGMLQuantizationType.Q8_0)
    assert np.array_equal(pack_blocks(quantise.quantise(matrix)), theirs)
    back = gguf.quants.dequantize(theirs, gguf.GGMLQuantizationType.Q8_0)
    assert np.array_equal(quantise.quantise(matrix).dequantised(), back)


def test_packed_blocks_are_unpacked_to_the_same_numbers() -> None:
    tensor = quantise.quantise(some_matrix())
    found = unpack_blocks(pack_blocks(tensor))
    assert np.array_equal(found.q, tensor.q)
    assert np.array_equal(found.d, tensor.d)


def test_rows_that_are_no_whole_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        quantise.quantise(np.ones((2, 33), np.float32))


def test_moving_rows_for_llama_cpp_can_be_taken_back() -> None:
    rows = np.arange(24).reshape(12, 2)
    moved = interleave(rows, 2)
    assert moved[:, 0].tolist() == [0, 6, 2, 8, 4, 10, 12, 18, 14, 20, 16, 22]
    assert np.array_equal(separate(moved, 2), rows)


def test_weights_come_back_from_small_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantise, "PART_BYTES", 1000)
    weights = {"a.weight": some_matrix(), "b.weight": some_matrix(), "n.weight": np.ones(4)}
    config = ModelConfig(vocab_size=300)
    paths = quantise.save(tmp_path, quantise.quantise_all(weights), config, step=3)
    assert len(paths) == 2
    found, same = quantise.load(tmp_path)
    assert same == config
    assert sorted(found) == sorted(weights)
    for name in ("a.weight", "b.weight"):
        tensor = found[name]
        assert isinstance(tensor, Quantised)
        assert np.array_equal(tensor.q, quantise.quantise(weights[name]).q)
    assert np.array_equal(quantise.dequantised(found["n.weight"]), np.ones(4))


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        quantise.load(tmp_path)
