"""The pocket model as a GGUF file of architecture `llama`, and back.

CWM's blocks are Llama's, and the pocket model's window never slides, so llama.cpp runs it exactly.
Two things differ from the Hugging Face layout: llama.cpp turns neighbouring dimensions of a head
(as the original LLaMA code did) where HF turns halves, so the rows of the query and key matrices
change places; and the tokenizer lives in the same file. Q8_0 blocks lie along columns, so moving
rows changes no number. Format: github.com/ggml-org/ggml, docs/gguf.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, TokenType

from training.config import ModelConfig
from training.quantise import BLOCK, Array, Quantised, Tensors
from training.vocabulary import ENDS, Vocabulary

#: A name of llama.cpp's list of tokenizer regexes. Prompts are token ids, so it is never applied.
PRE_TOKENIZER = "llama-bpe"

_NAMES = {
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


def gguf_name(name: str) -> str:
    """llama.cpp's name of one of our tensors. Raises `KeyError` for an unknown one."""
    if name in _NAMES:
        return _NAMES[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{_NAMES[rest.removesuffix('.weight')]}.weight"


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


def write(path: Path, tensors: Tensors, config: ModelConfig, tokenizer: Path, name: str) -> None:
    """Write the file. `tokenizer` is the folder of `tokenizer.json`."""
    writer = GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    writer.add_file_type(7)  # MOSTLY_Q8_0
    _add_tokenizer(writer, tokenizer, config.vocab_size)
    for own_name, tensor in tensors.items():
        _add_tensor(writer, own_name, tensor, config)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _heads(name: str, config: ModelConfig) -> int:
    """How many heads a matrix has whose rows must be moved; 0 for all others."""
    if "q_proj" in name:
        return config.num_attention_heads
    return config.num_key_value_heads if "k_proj" in name else 0


def _add_tensor(writer: GGUFWriter, name: str, tensor: Any, config: ModelConfig) -> None:
    if not isinstance(tensor, Quantised):
        writer.add_tensor(gguf_name(name), np.ascontiguousarray(tensor, np.float32))
        return
    if heads := _heads(name, config):
        tensor = Quantised(interleave(tensor.q, heads), interleave(tensor.d, heads))
    data, kind = pack_blocks(tensor), GGMLQuantizationType.Q8_0
    writer.add_tensor(gguf_name(name), data, raw_dtype=kind)


def _add_tokenizer(writer: GGUFWriter, folder: Path, size: int) -> None:
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = Vocabulary.read(folder)
    tokens = [f"[UNUSED_{i}]" for i in range(size)]
    kinds = [TokenType.UNUSED] * size
    for token, i in content["model"]["vocab"].items():
        tokens[i], kinds[i] = token, TokenType.NORMAL
    for added in content["added_tokens"]:
        i = added["id"]
        tokens[i] = added["content"]
        kinds[i] = TokenType.CONTROL if added["special"] else TokenType.USER_DEFINED
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZER)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([_merge(m) for m in content["model"]["merges"]])
    writer.add_bos_token_id(vocabulary.begin)
    writer.add_eos_token_id(vocabulary.special[ENDS[0]])
    if ENDS[2] in vocabulary.special:
        writer.add_eot_token_id(vocabulary.special[ENDS[2]])
    writer.add_add_bos_token(value=False)
    template = _chat_template(folder)
    if template:
        writer.add_chat_template(template)


def _merge(merge: Any) -> str:
    """`tokenizer.json` writes a merge as "a b" (old) or ["a", "b"] (new)."""
    return merge if isinstance(merge, str) else " ".join(merge)


def _chat_template(folder: Path) -> str:
    try:
        config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    return str(config.get("chat_template") or "")


def read(path: Path, config: ModelConfig) -> Iterator[tuple[str, Any]]:
    """The tensors of a file that `write` made, by our names and in our order of rows."""
    theirs = {tensor.name: tensor for tensor in GGUFReader(path).tensors}
    for name in tensor_names(config):
        tensor = theirs[gguf_name(name)]
        if tensor.tensor_type != GGMLQuantizationType.Q8_0:
            yield name, np.array(tensor.data, np.float32)
            continue
        found = unpack_blocks(np.array(tensor.data).view(np.uint8))
        if heads := _heads(name, config):
            found = Quantised(separate(found.q, heads), separate(found.d, heads))
        yield name, found


def tensor_names(config: ModelConfig) -> list[str]:
    """Every tensor of the state dict."""
    parts = [part for part in _NAMES if not part.startswith("model.")]
    layers: Mapping[int, list[str]] = {
        i: [f"model.layers.{i}.{part}.weight" for part in parts] for i in range(config.depth)
    }
    names = ["model.embed_tokens.weight", "model.norm.weight"]
    return names + [name for layer in layers.values() for name in layer]
