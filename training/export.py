"""From trained weights to what others load, and back.

    python -m training.quantise CHECKPOINT WEIGHTS         Q8_0 in small files (on the GPU machine)
    python -m training.export artefact WEIGHTS models/pocket --version 1 [--commit HASH]
    python -m training.export hf WEIGHTS_OR_ARTEFACT OUT   CwmForCausalLM folder for Transformers

Only the first step needs PyTorch. What it writes is final: the artefact's GGUF file and the
Hugging Face folder hold the same numbers.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import shutil
import struct
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from training import gguf_file, gguf_layout, quantise
from training.config import ModelConfig
from training.quantise import Tensors, dequantised
from workers.runtime import artefact

#: Code hosts and transfers take files of this size; the artefact is at most 64 MB in all.
PART_BYTES = 15 << 20
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def write_artefact(
    weights: Path,
    folder: Path,
    *,
    name: str,
    version: str,
    commit: str,
    licence: str,
    solves: bool = False,
) -> artefact.Manifest:
    """Fill the artefact folder, whose tokenizer files are already there, from `weights`.

    `solves`: the weights come from post-training, so the site may ask them for solutions.
    """
    tensors, config = quantise.load(weights)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.gguf"
        gguf_file.write(path, tensors, config, folder, name)
        data = path.read_bytes()
    for old in folder.glob("pocket.gguf.part-*"):
        old.unlink()
    parts: list[artefact.Piece] = []
    for number, at in enumerate(range(0, len(data), PART_BYTES)):
        part = folder / f"pocket.gguf.part-{number:02d}"
        part.write_bytes(data[at : at + PART_BYTES])
        parts.append(_piece(part))
    (folder / "config.json").write_text(json.dumps(config.to_hf(), indent=1) + "\n")
    files = [folder / file for file in ("config.json", *TOKENIZER_FILES)]
    manifest = artefact.Manifest(
        name=name,
        version=version,
        created=datetime.datetime.now(datetime.UTC).date().isoformat(),
        parameters=config.parameters,
        context_length=config.max_position_embeddings,
        quantisation="Q8_0",
        gguf=artefact.Weights(len(data), hashlib.sha256(data).hexdigest(), tuple(parts)),
        files=tuple(_piece(file) for file in files if file.exists()),
        commit=commit,
        licence=licence,
        solves=solves,
    )
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / artefact.MANIFEST).write_bytes(text + b"\n")
    return manifest


def _piece(path: Path) -> artefact.Piece:
    data = path.read_bytes()
    return artefact.Piece(path.name, len(data), hashlib.sha256(data).hexdigest())


def write_hf(source: Path, out: Path, *, dtype: str = "float32") -> None:
    """A Transformers folder from a weights folder or from the artefact.

    In float32 it holds the shipped numbers exactly; bfloat16 is half as large and rounds them.
    """
    tensors, config = _read_any(source)
    out.mkdir(parents=True, exist_ok=True)
    arrays = {name: dequantised(tensor) for name, tensor in tensors.items()}
    write_safetensors(out / "model.safetensors", arrays, dtype)
    values = config.to_hf() | {"dtype": dtype, "torch_dtype": dtype}
    (out / "config.json").write_text(json.dumps(values, indent=1) + "\n")
    generation = {"bos_token_id": config.bos_token_id, "eos_token_id": [*config.eos_token_ids]}
    (out / "generation_config.json").write_text(json.dumps(generation, indent=1) + "\n")
    for name in TOKENIZER_FILES:
        if (source / name).exists():
            shutil.copyfile(source / name, out / name)


def _read_any(source: Path) -> tuple[Tensors, ModelConfig]:
    if gguf_layout.is_artefact(source):
        artefact.verify_files(source, artefact.read_manifest(source))
        return gguf_layout.read_artefact(source)
    return quantise.load(source)


def write_safetensors(
    path: Path, arrays: Mapping[str, npt.NDArray[np.float32]], dtype: str
) -> None:
    """A safetensors file (github.com/huggingface/safetensors, "Format"): the length of a JSON
    header, the header, then the tensors' bytes. By hand, since NumPy has no bfloat16."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at, width = 0, 2 if dtype == "bfloat16" else 4
    label = {"bfloat16": "BF16", "float32": "F32"}[dtype]
    for name, array in arrays.items():
        end = at + array.size * width
        header[name] = {"dtype": label, "shape": list(array.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for chunk in _bytes_of(arrays, dtype):
            file.write(chunk)


def _bytes_of(arrays: Mapping[str, npt.NDArray[np.float32]], dtype: str) -> Iterator[bytes]:
    for array in arrays.values():
        bits = np.ascontiguousarray(array, "<f4").view(np.uint32)
        if dtype == "bfloat16":  # round to nearest, halves to even
            rounded = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
            yield (rounded >> np.uint32(16)).astype("<u2").tobytes()
        else:
            yield bits.tobytes()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("artefact", "hf"):
        command = commands.add_parser(name)
        command.add_argument("source", type=Path)
        command.add_argument("out", type=Path)
        if name == "artefact":
            command.add_argument("--name", default="Pocket world model")
            command.add_argument("--version", required=True)
            command.add_argument("--commit", default="")
            command.add_argument("--licence", default="MIT")
            command.add_argument("--solves", action="store_true", help="it was post-trained")
        if name == "hf":
            command.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    return parser.parse_args()


def main() -> None:
    """Do one of the steps; a sentence and exit code 1 for what the user can mend."""
    o = _options()
    try:
        if o.command == "hf":
            write_hf(o.source, o.out, dtype=o.dtype)
        else:
            write_artefact(
                o.source,
                o.out,
                name=o.name,
                version=o.version,
                commit=o.commit,
                licence=o.licence,
                solves=o.solves,
            )
    except (OSError, ValueError, artefact.ArtefactError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
