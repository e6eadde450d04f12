"""A small CWM of random weights that makes windows visible, and Transformers' answer for it.

Layers 0, 4, ... see everything, the others 64 tokens; prompts are ten windows long. Weights are
drawn so that attention looks at few tokens and every layer matters: with Transformers' own
initialisation a key more or less would drown in rounding. What a key more or less does here is
measured by the negative control of `correctness.py`, not assumed.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

WINDOW: Final = 64
VOCABULARY: Final = 256
Floats = npt.NDArray[np.float32]


def config(head_dim: int) -> dict[str, Any]:
    """CWM's `config.json` in small."""
    return {
        "architectures": ["CwmForCausalLM"],
        "model_type": "cwm",
        "vocab_size": VOCABULARY,
        "hidden_size": 4 * head_dim,
        "intermediate_size": 8 * head_dim,
        "num_hidden_layers": 8,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": head_dim,
        "hidden_act": "silu",
        "max_position_embeddings": 4096,
        "rms_norm_eps": 1e-5,
        "bos_token_id": 0,
        "eos_token_id": [1],
        "tie_word_embeddings": False,
        "rope_parameters": {
            "rope_theta": 1000000.0,
            "rope_type": "llama3",
            "factor": 16.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 256,
        },
        "sliding_window": WINDOW,
        "layer_types": ["full_attention" if i % 4 == 0 else "sliding_attention" for i in range(8)],
    }


def write(folder: Path, *, head_dim: int, dtype: str, seed: int = 7) -> None:
    """A Hugging Face folder whose weights are exactly representable in `dtype`."""
    torch, transformers = _libraries()
    torch.manual_seed(seed)
    values = config(head_dim)
    model = transformers.CwmForCausalLM(transformers.CwmConfig(**values))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter.uniform_(0.5, 1.5)
                continue
            # Queries and keys make attention pick few tokens, the head makes answers distinct.
            gain = 2.0 if "q_proj" in name or "k_proj" in name or "lm_head" in name else 1.0
            parameter.normal_(0.0, gain / parameter.shape[1] ** 0.5)
        model.model.embed_tokens.weight.normal_(0.0, 1.0)
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    (folder / "config.json").write_text(json.dumps(values | {"torch_dtype": dtype}, indent=1))


def _libraries() -> tuple[Any, Any]:
    """PyTorch and Transformers, which only the GPU host has."""
    return importlib.import_module("torch"), importlib.import_module("transformers")


def prompts(count: int, *, seed: int = 11) -> list[list[int]]:
    """Random ids, 500 to 700 of them."""
    drawn = np.random.default_rng(seed)
    lengths = np.linspace(500, 700, count).astype(int)
    return [drawn.integers(2, VOCABULARY, int(n)).tolist() for n in lengths]


@functools.cache
def _model(folder: Path, dtype: str, device: str) -> Any:
    """Kept for the next call: every server is compared several times with the same few."""
    torch, transformers = _libraries()
    model = transformers.CwmForCausalLM.from_pretrained(
        folder, dtype=getattr(torch, dtype), attn_implementation="eager"
    )
    return model.to(device).eval()


def reference(
    folder: Path, sequences: Sequence[Sequence[int]], *, dtype: str, device: str
) -> list[Floats]:
    """Transformers' natural log probabilities [position, id] for each sequence, one at a time,
    computed in `dtype` by the plain ("eager") attention."""
    torch, _ = _libraries()
    torch.backends.cuda.matmul.allow_tf32 = False
    model = _model(folder, dtype, device)
    found = []
    with torch.inference_mode():
        for ids in sequences:
            logits = model(torch.tensor([list(ids)], device=device)).logits[0]
            found.append(torch.log_softmax(logits.float(), -1).cpu().numpy())
    return found
