"""Q8_0: llama.cpp's eight-bit format, and its way home from a training machine.

    python -m training.quantise CHECKPOINT OUT

A row is cut into blocks of 32 weights; a block is stored as 32 signed bytes and one float16 scale,
the largest magnitude divided by 127 (ggml's `quantize_row_q8_0_ref`, github.com/ggml-org/llama.cpp,
MIT). Eight and a half bits a weight: what is trained on a lent GPU can be carried back in files
of a few MiB, and that is exactly what is shipped, so nothing is rounded twice.

Files: `weights-NN.safetensors`, each below a size limit, with two tensors per matrix (`NAME.q` int8
[rows, columns], `NAME.d` float16 [rows, columns / 32]), float32 vectors, and `config.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from training.config import ModelConfig

BLOCK = 32
PART_BYTES = 15 << 20

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Quantised:
    """A matrix in Q8_0: `q` int8 [rows, columns], `d` float16 [rows, columns / 32]."""

    q: npt.NDArray[np.int8]
    d: npt.NDArray[np.float16]

    def dequantised(self) -> npt.NDArray[np.float32]:
        """The weights as float32, as llama.cpp computes them."""
        rows, columns = self.q.shape
        blocks = self.q.reshape(rows, -1, BLOCK).astype(np.float32)
        result: npt.NDArray[np.float32] = blocks * self.d.astype(np.float32)[:, :, None]
        return result.reshape(rows, columns)


#: A model's tensors by name: matrices in Q8_0, vectors in float32.
Tensors = Mapping[str, "Quantised | npt.NDArray[np.float32]"]


def quantise(matrix: npt.NDArray[np.float32]) -> Quantised:
    """Q8_0 of a matrix whose rows are whole blocks. Raises `ValueError` otherwise."""
    rows, columns = matrix.shape
    if columns % BLOCK:
        raise ValueError(f"Q8_0 needs rows of whole blocks of {BLOCK}, not {columns} columns.")
    blocks = matrix.reshape(rows, -1, BLOCK)
    scale = np.abs(blocks).max(axis=2, keepdims=True) / np.float32(127)
    with np.errstate(divide="ignore"):
        inverse = np.where(scale == 0, np.float32(0), 1 / scale)
    scaled = blocks * inverse
    # C's roundf: halves away from zero, where NumPy rounds them to even.
    rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))
    return Quantised(
        rounded.astype(np.int8).reshape(rows, columns), scale[:, :, 0].astype(np.float16)
    )


def quantise_all(weights: Mapping[str, Any]) -> dict[str, Quantised | npt.NDArray[np.float32]]:
    """A state dict of PyTorch tensors or arrays, in Q8_0."""
    found: dict[str, Quantised | npt.NDArray[np.float32]] = {}
    for name, tensor in weights.items():
        array = np.asarray(tensor, np.float32)
        found[name] = quantise(array) if array.ndim == 2 else array
    return found


def dequantised(tensor: Quantised | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Any tensor of a model as float32."""
    return tensor.dequantised() if isinstance(tensor, Quantised) else tensor


def save(folder: Path, tensors: Tensors, config: ModelConfig, **facts: Any) -> list[Path]:
    """Write the parts and `config.json`; `facts` (step, tokens) go to `training.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[dict[str, Array]] = [{}]
    size = 0
    for name, tensor in sorted(tensors.items()):
        arrays: dict[str, Array] = {name: tensor} if isinstance(tensor, np.ndarray) else {}
        if isinstance(tensor, Quantised):
            arrays = {f"{name}.q": tensor.q, f"{name}.d": tensor.d}
        added = sum(array.nbytes for array in arrays.values())
        if parts[-1] and size + added > PART_BYTES:
            parts.append({})
            size = 0
        parts[-1] |= arrays
        size += added
    paths = [folder / f"weights-{n:02d}.safetensors" for n in range(len(parts))]
    for path, part in zip(paths, parts, strict=True):
        save_file({name: np.ascontiguousarray(array) for name, array in part.items()}, path)
    (folder / "config.json").write_text(json.dumps(config.to_hf(), indent=1) + "\n")
    (folder / "training.json").write_text(json.dumps(facts, indent=1) + "\n")
    return paths


def is_folder(path: Path) -> bool:
    """Whether `save` wrote there."""
    return any(path.glob("weights-*.safetensors"))


def load(folder: Path) -> tuple[dict[str, Quantised | npt.NDArray[np.float32]], ModelConfig]:
    """Read what `save` wrote. Raises `FileNotFoundError` without weights or `config.json`."""
    paths = sorted(folder.glob("weights-*.safetensors"))
    if not paths:
        raise FileNotFoundError(f"No weights-*.safetensors in {folder}.")
    arrays: dict[str, Array] = {}
    for path in paths:
        arrays |= load_file(path)
    shape = folder / "config.json"
    if not shape.is_file():
        raise FileNotFoundError(
            f"{folder} holds weights but no config.json, which says their shape. Copy it beside "
            "them from the same visit: it came back with them, or in records.tgz as "
            "records/config.json."
        )
    config = ModelConfig.from_hf(json.loads(shape.read_text(encoding="utf-8")))
    found: dict[str, Quantised | npt.NDArray[np.float32]] = {}
    for name, array in arrays.items():
        if name.endswith(".q"):
            base = name.removesuffix(".q")
            found[base] = Quantised(array, arrays[f"{base}.d"])
        elif not name.endswith(".d"):
            found[name] = array
    return found, config


def write_weights(checkpoint: Path, out: Path) -> list[Path]:
    """Quantise a checkpoint (or the newest of a folder)."""
    from training import checkpoint as checkpoints  # needs PyTorch, which reading does not

    loaded = checkpoints.load(checkpoint)
    return save(
        out,
        quantise_all(loaded.weights),
        loaded.config,
        phase=loaded.phase,
        step=loaded.step,
        tokens=loaded.tokens,
        seconds=round(loaded.elapsed_seconds),
    )


def main() -> None:
    """Quantise what the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path, help="file, or its folder")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    try:
        write_weights(options.checkpoint, options.out)
    except (OSError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
