"""Writes the pocket model as a GGUF file of architecture `llama`, tokenizer included.

`gguf_layout` says where the tensors go, and reads them back.
Format: github.com/ggml-org/ggml, docs/gguf.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, TokenType

from training.config import ModelConfig
from training.gguf_layout import gguf_name, interleave, moved_heads, pack_blocks
from training.quantise import Quantised, Tensors
from training.vocabulary import ENDS, Vocabulary

#: A name of llama.cpp's list of tokenizer regexes. Prompts are token ids, so it is never applied.
PRE_TOKENIZER = "llama-bpe"


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


def _add_tensor(writer: GGUFWriter, name: str, tensor: Any, config: ModelConfig) -> None:
    if not isinstance(tensor, Quantised):
        writer.add_tensor(gguf_name(name), np.ascontiguousarray(tensor, np.float32))
        return
    if heads := moved_heads(name, config):
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
