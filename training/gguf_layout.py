"""How the pocket model lies in a GGUF file, and a reader of it that needs NumPy alone.

CWM's blocks are Llama's, and the pocket model's window never slides, so llama.cpp runs it exactly
as architecture `llama`. One thing differs from the Hugging Face layout: llama.cpp turns
neighbouring dimensions of a head (as the original LLaMA code did) where HF turns halves, so the
rows of the query and key matrices change places. Q8_0 blocks lie along columns, so moving rows
changes no number.

The reader exists so that a machine with PyTorch and nothing else can go on from the shipped
weights. Format: github.com/ggml-org/ggml, docs/gguf.md: a header with typed keys, a table of
tensors, then their data, all little-endian.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.config import ModelConfig
from training.quantise import BLOCK, Array, Quantised

MANIFEST = "manifest.json"
MAGIC = b"GGUF"
VERSION = 3
#: ggml's numbers of the two types of tensor that occur.
F32, Q8_0 = 0, 8
DEFAULT_ALIGNMENT = 32
#: A key's value by GGUF's type number, in struct's letters; the two that are not fixed follow.
_SCALARS = ("B", "b", "H", "h", "I", "i", "f", "?", None, None, "Q", "q", "d")
_STRING, _ARRAY = 8, 9

NAMES = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


class GGUFError(ValueError):
    """A file or folder that this reader cannot use; the message says why."""


def gguf_name(name: str) -> str:
    """llama.cpp's name of one of our tensors. Raises `KeyError` for an unknown one."""
    if name in NAMES:
        return NAMES[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{NAMES[rest.removesuffix('.weight')]}.weight"


def tensor_names(config: ModelConfig) -> list[str]:
    """Every tensor of the state dict."""
    parts = [part for part in NAMES if not part.startswith("model.")]
    layers: Mapping[int, list[str]] = {
        i: [f"model.layers.{i}.{part}.weight" for part in parts] for i in range(config.depth)
    }
    names = ["model.embed_tokens.weight", "model.norm.weight"]
    return names + [name for layer in layers.values() for name in layer]


def moved_heads(name: str, config: ModelConfig) -> int:
    """How many heads a matrix has whose rows change places; 0 for all others."""
    if "q_proj" in name:
        return config.num_attention_heads
    return config.num_key_value_heads if "k_proj" in name else 0


def interleave(rows: Array, heads: int) -> Array:
    """Rows of a query or key matrix from halves (0, h, 1, h + 1, ...) to neighbours."""
    count, columns = rows.shape
    split = rows.reshape(heads, 2, count // heads // 2, columns)
    return split.swapaxes(1, 2).reshape(count, columns)


def separate(rows: Array, heads: int) -> Array:
    """The inverse of `interleave`."""
    count, columns = rows.shape
    split = rows.reshape(heads, count // heads // 2, 2, columns)
    return split.swapaxes(1, 2).reshape(count, columns)


def pack_blocks(tensor: Quantised) -> npt.NDArray[np.uint8]:
    """llama.cpp's bytes: per block the scale, then 32 weights."""
    rows, columns = tensor.q.shape
    scales = tensor.d.astype("<f2").reshape(rows, -1, 1).view(np.uint8)
    weights = tensor.q.reshape(rows, -1, BLOCK).view(np.uint8)
    return np.concatenate([scales, weights], axis=2).reshape(rows, columns // BLOCK * (BLOCK + 2))


def unpack_blocks(data: npt.NDArray[np.uint8]) -> Quantised:
    """The inverse of `pack_blocks`."""
    blocks = data.reshape(len(data), -1, BLOCK + 2)
    scales = np.ascontiguousarray(blocks[:, :, :2]).view("<f2")[:, :, 0]
    weights = np.ascontiguousarray(blocks[:, :, 2:]).view(np.int8)
    return Quantised(weights.reshape(len(data), -1), scales.astype(np.float16))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tensor lies. `shape` is NumPy's order: rows first."""

    kind: int
    shape: tuple[int, ...]
    offset: int


class _Header:
    """Reads the part of a file before its tensors' data."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, len(MAGIC)
        if data[: len(MAGIC)] != MAGIC:
            raise GGUFError("This is no GGUF file.")
        (version,) = self._take("I")
        if version != VERSION:
            raise GGUFError(f"This reader knows version {VERSION} of GGUF, not {version}.")
        tensors, keys = self._take("QQ")
        values = {}
        for _ in range(keys):
            name = self._text()
            values[name] = self._value(*self._take("I"))
        self.places = dict(self._place() for _ in range(tensors))
        alignment = int(values.get("general.alignment", DEFAULT_ALIGNMENT))
        self.data_at = -(-self._at // alignment) * alignment

    def _take(self, letters: str) -> tuple[Any, ...]:
        try:
            values = struct.unpack_from(f"<{letters}", self._data, self._at)
        except struct.error as error:
            raise GGUFError("The file ends inside its header.") from error
        self._at += struct.calcsize(f"<{letters}")
        return values

    def _text(self) -> str:
        (size,) = self._take("Q")
        (data,) = self._take(f"{size}s")
        return bytes(data).decode()

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            inner, count = self._take("IQ")
            return [self._value(inner) for _ in range(count)]
        if kind >= len(_SCALARS):
            raise GGUFError(f"The header has a value of the unknown type {kind}.")
        return self._take(str(_SCALARS[kind]))[0]

    def _place(self) -> tuple[str, _Place]:
        name = self._text()
        (dimensions,) = self._take("I")
        shape = self._take(f"{dimensions}Q")
        kind, offset = self._take("IQ")
        return name, _Place(kind, tuple(reversed(shape)), offset)


def read(data: bytes, config: ModelConfig) -> Iterator[tuple[str, Any]]:
    """The tensors of a file of ours, by our names and in our order of rows.

    Raises `GGUFError` for a file that lacks one of them or holds it in another type.
    """
    header = _Header(data)
    for name in tensor_names(config):
        place = header.places.get(gguf_name(name))
        if place is None:
            raise GGUFError(f"The file lacks the tensor {gguf_name(name)}.")
        yield name, _tensor(data, header.data_at + place.offset, place, moved_heads(name, config))


def _tensor(data: bytes, at: int, place: _Place, heads: int) -> Quantised | Array:
    if place.kind == F32:
        count = int(np.prod(place.shape))
        return np.frombuffer(data, "<f4", count, at).reshape(place.shape).astype(np.float32)
    if place.kind != Q8_0:
        raise GGUFError(f"A tensor is of ggml's type {place.kind}, not F32 or Q8_0.")
    rows, columns = place.shape
    size = columns // BLOCK * (BLOCK + 2)
    found = unpack_blocks(np.frombuffer(data, np.uint8, rows * size, at).reshape(rows, size))
    if not heads:
        return found
    return Quantised(separate(found.q, heads), separate(found.d, heads))


def is_artefact(folder: Path) -> bool:
    """Whether a model is shipped in this folder."""
    return (folder / MANIFEST).is_file()


def read_artefact(folder: Path) -> tuple[dict[str, Any], ModelConfig]:
    """The weights of an artefact folder, its pieces joined and compared with the manifest.

    The site's own reader is `workers.runtime.artefact`; this one needs none of the site's packages.
    Raises `GGUFError` for a damaged file, `OSError` for a missing one.
    """
    weights = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["gguf"]
    data = b"".join((folder / Path(part["path"]).name).read_bytes() for part in weights["parts"])
    if hashlib.sha256(data).hexdigest() != weights["sha256"]:
        raise GGUFError(f"The pieces of the model in {folder} are damaged: fetch them again.")
    config = ModelConfig.from_hf(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    return dict(read(data, config)), config
