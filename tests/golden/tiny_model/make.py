"""Writes the tiny model of this folder: random weights in the shape of the pocket model.

    python tests/golden/tiny_model/make.py [FOLDER] [--layers N --width D --vocab V --part-mb M]

It predicts nonsense, but through the real engine, and the same nonsense every time. With larger
numbers it makes a model of the pocket model's size for measuring. Needs requirements/train.txt.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import gguf
import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

SPECIALS = [
    "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|frame_sep|>", "<|action_sep|>",
    "<|return_sep|>", "<|call_sep|>", "<|line_sep|>", "<|exception_sep|>", "<|arg_sep|>",
    "<|trace_context_start|>",
]
MERGES = ["\u0120 \u0120", "\u0120\u0120 \u0120\u0120", "r e", "re t", "u r", "ret ur", "retur n", "d e",
          "de f", '" :', "i n", "o r", "f or", "e n", "l en", "p r", "pr in", "prin t", "\u00c3 \u00a9"]


def tokenizer() -> Tokenizer:
    """Byte-level BPE with a few merges, special tokens after them."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pairs = [tuple(merge.split(" ")) for merge in MERGES]
    vocab = {token: at for at, token in enumerate([*alphabet, *("".join(pair) for pair in pairs)])}
    made = Tokenizer(models.BPE(vocab=vocab, merges=pairs))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in SPECIALS])
    return made


def write_gguf(path: Path, made: Tokenizer, shape: argparse.Namespace) -> None:
    """Random Q8_0 weights in the `llama` architecture, embeddings tied."""
    chance = np.random.default_rng(5)
    size = max(shape.vocab, made.get_vocab_size())
    heads, kv_heads, ff = shape.width // 32, max(1, shape.width // 128), shape.width * 2
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(ff)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_rope_dimension_count(32)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(size)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    names = [made.id_to_token(at) or f"<|unused_{at}|>" for at in range(size)]
    special = set(SPECIALS)
    writer.add_token_list(names)
    writer.add_token_types([
        gguf.TokenType.CONTROL if n in special
        else gguf.TokenType.UNUSED if n.startswith("<|unused") else gguf.TokenType.NORMAL
        for n in names
    ])
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(made.token_to_id("<|begin_of_text|>"))
    writer.add_eos_token_id(made.token_to_id("<|end_of_text|>"))
    writer.add_add_bos_token(False)

    def matrix(name: str, rows: int, columns: int, scale: float) -> None:
        data = chance.normal(0, scale, (rows, columns)).astype(np.float32)
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(data, kind), raw_dtype=kind)

    def norm(name: str) -> None:
        writer.add_tensor(name, np.ones(shape.width, dtype=np.float32))

    matrix("token_embd.weight", size, shape.width, 1.0)
    norm("output_norm.weight")
    own = 3 / shape.width**0.5
    for at in range(shape.layers):
        matrix(f"blk.{at}.attn_q.weight", heads * 32, shape.width, own)
        matrix(f"blk.{at}.attn_k.weight", kv_heads * 32, shape.width, own)
        matrix(f"blk.{at}.attn_v.weight", kv_heads * 32, shape.width, own)
        matrix(f"blk.{at}.attn_output.weight", shape.width, heads * 32, own)
        matrix(f"blk.{at}.ffn_gate.weight", ff, shape.width, own)
        matrix(f"blk.{at}.ffn_up.weight", ff, shape.width, own)
        matrix(f"blk.{at}.ffn_down.weight", shape.width, ff, own)
        norm(f"blk.{at}.attn_norm.weight")
        norm(f"blk.{at}.ffn_norm.weight")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def piece(path: Path) -> dict[str, object]:
    data = path.read_bytes()
    return {"path": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--vocab", type=int, default=0)
    parser.add_argument("--context", type=int, default=1024)
    parser.add_argument("--part-mb", type=float, default=0.05)
    shape = parser.parse_args()
    folder = shape.folder
    folder.mkdir(parents=True, exist_ok=True)
    made = tokenizer()
    made.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}, indent=1) + "\n"
    )
    whole = folder / "pocket.gguf"
    write_gguf(whole, made, shape)
    data = whole.read_bytes()
    for old in folder.glob("pocket.gguf.part-*"):
        old.unlink()
    step = int(shape.part_mb * 2**20)
    parts = []
    for number, start in enumerate(range(0, len(data), step)):
        path = folder / f"pocket.gguf.part-{number:02}"
        path.write_bytes(data[start : start + step])
        parts.append(piece(path))
    whole.unlink()
    manifest = {
        "name": "Tiny test model (random weights)", "version": "1", "created": "2026-11-23",
        "parameters": 0, "context_length": shape.context, "quantisation": "Q8_0",
        "gguf": {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "parts": parts},
        "files": [piece(folder / name) for name in ("tokenizer.json", "tokenizer_config.json")],
        "commit": "", "licence": "MIT",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
