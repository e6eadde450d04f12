"""What tests of training are small with: a network, a tokenizer of bytes, and shards of little
traces that count, made without tracer or corpus."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from training.config import ModelConfig

if TYPE_CHECKING:
    from training.model import PocketModel

SHAPE = ModelConfig(
    vocab_size=50,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    max_position_embeddings=256,
)

SPECIALS = tuple(
    f"<|{name}|>"
    for name in (
        "begin_of_text",
        "end_of_text",
        "eom_id",
        "eot_id",
        "frame_sep",
        "action_sep",
        "return_sep",
        "call_sep",
        "line_sep",
        "exception_sep",
        "arg_sep",
        "trace_context_start",
    )
)


def model(seed: int = 0) -> PocketModel:
    """A network of `SHAPE` whose weights are large: attention and positions then matter.

    Needs PyTorch.
    """
    import torch

    from training.model import PocketModel

    torch.set_num_threads(1)
    made = PocketModel(SHAPE)
    made.initialise(seed)
    with torch.no_grad():
        for weight in made.parameters():
            if weight.dim() == 2:
                weight.mul_(8)
    return made


def write_tokenizer(folder: Path) -> Tokenizer:
    """`tokenizer.json` with one token per byte, one pair merged, and the special tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {char: i for i, char in enumerate([*alphabet, "ab"])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[("a", "b")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in SPECIALS])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text("{}")
    return tokenizer


def document(tokenizer: Tokenizer, rng: random.Random) -> tuple[list[int], list[int]]:
    """Tokens and loss classes of a trace that counts up from a random number."""
    first = rng.randint(0, 60)

    def ids(text: str) -> list[int]:
        return list(tokenizer.encode(text).ids)

    tokens = ids(f"<|begin_of_text|><|trace_context_start|>def f(n):\n<|frame_sep|>{first}")
    classes = [1] * len(tokens)
    for n in range(first, first + rng.randint(2, 6)):
        frame = ids(f'<|line_sep|>{{"n": "{n}"}}<|action_sep|> n += 1\n<|frame_sep|>')
        tokens += frame
        classes += [2] * len(frame)
    tokens += ids("<|end_of_text|>")
    return tokens, [*classes, 2]


def write_shard(
    folder: Path, tokenizer: Tokenizer, index: int, documents: int = 60, *, kinds: bool = False
) -> Path:
    """One shard of the corpus's format."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(index)  # noqa: S311 - reproducible test data
    parts = [document(tokenizer, rng) for _ in range(documents)]
    path = folder / f"shard-0-{index:04d}.npz"
    temporary = folder / "unfinished.npz"
    np.savez(
        temporary,
        tokens=np.array([t for tokens, _ in parts for t in tokens], np.uint16),
        weights=np.array([c for _, classes in parts for c in classes], np.uint8),
    )
    if kinds:
        names = ["even" if n % 2 == 0 else "odd" for n in range(documents)]
        path.with_suffix(".json").write_text(json.dumps({"kinds": names}))
    temporary.rename(path)
    return path
