"""Checkpoints: everything a run needs to go on, written so that a kill never leaves half a file."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training import gguf_layout, quantise
from training.config import ModelConfig

KEPT = 2


@dataclass(slots=True)
class Checkpoint:
    """A run at one step. `weights` is the float32 state dict, `optimisers` may be empty."""

    config: ModelConfig
    phase: str
    step: int
    tokens: int
    elapsed_seconds: float
    weights: dict[str, Any]
    optimisers: list[dict[str, Any]]
    shards: list[str]


def save(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write `step-N.pt` and remove all but the last two."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{checkpoint.step:07d}.pt"
    temporary = path.with_suffix(".tmp")
    content = {
        "config": checkpoint.config.to_hf(),
        "phase": checkpoint.phase,
        "step": checkpoint.step,
        "tokens": checkpoint.tokens,
        "elapsed_seconds": checkpoint.elapsed_seconds,
        "weights": checkpoint.weights,
        "optimisers": checkpoint.optimisers,
        "shards": checkpoint.shards,
    }
    torch.save(content, temporary)
    os.replace(temporary, path)  # noqa: PTH105 - the atomic rename is the point
    for old in sorted(folder.glob("step-*.pt"))[:-KEPT]:
        old.unlink()
    return path


def latest(folder: Path) -> Path | None:
    """The newest complete checkpoint of a folder."""
    return max(folder.glob("step-*.pt"), default=None)


def load(path: Path) -> Checkpoint:
    """Read a checkpoint onto the CPU. `path` may be its folder. Raises `FileNotFoundError`."""
    content = torch.load(_file(path), map_location="cpu", weights_only=True)
    return Checkpoint(**content | {"config": ModelConfig.from_hf(content["config"])})


def load_any(path: Path) -> Checkpoint:
    """Weights of any form: a checkpoint or its folder, what `training.quantise` wrote, or the
    artefact as it is shipped. The last two have no optimiser state. Raises `FileNotFoundError`."""
    if path.is_dir() and gguf_layout.is_artefact(path):
        phase, (tensors, config) = "shipped", gguf_layout.read_artefact(path)
    elif path.is_dir() and quantise.is_folder(path):
        phase, (tensors, config) = "quantised", quantise.load(path)
    else:
        return load(path)
    weights = {name: torch.from_numpy(quantise.dequantised(t)) for name, t in tensors.items()}
    return Checkpoint(config, phase, 0, 0, 0.0, weights, [], [])


def write_portable(source: Path, path: Path) -> None:
    """The newest checkpoint in half the size: weights in bfloat16, no optimiser state."""
    content = torch.load(_file(source), map_location="cpu", weights_only=True)
    content["weights"] = {name: w.bfloat16() for name, w in content["weights"].items()}
    torch.save(content | {"optimisers": [], "shards": []}, path)


def _file(path: Path) -> Path:
    file = latest(path) if path.is_dir() else path
    if file is None:
        raise FileNotFoundError(f"No checkpoint in {path}.")
    return file


def main() -> None:
    """Write a portable copy, to begin another run with (`--init`)."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("checkpoint", type=Path, help="file, or its folder")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    write_portable(options.checkpoint, options.out)


if __name__ == "__main__":
    main()
