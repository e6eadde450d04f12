"""The same programs without a GPU, in small (`SGLANG_REHEARSAL=1`).

GPU time is dear, so every program can be run beforehand on a processor with the real SGLang: its
scheduler, caches, windows, protocol and our plugin are the same code there; kernels, CUDA graphs,
16-bit numbers, fp8, the window's own KV pool and speed are not. Results say so
(`"rehearsal": true`).

With `TRITON_INTERPRET=1` as well, SGLang's Triton attention backend runs too, its kernels in
Triton's interpreter, and with it the window's own KV pool: what a GPU runs but for CUDA graphs. It
is slow (`correctness.py` asks less) and needs NumPy 2.3 or older (Triton 3.6.0).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from deploy.sglang.launch import PLUGIN

#: Flags with the number of values that go with them.
_ONLY_GPU: Final = {
    "--attention-backend": 1,
    "--sampling-backend": 1,
    "--dtype": 1,
    "--quantization": 1,
    "--mem-fraction-static": 1,
    "--cuda-graph-max-bs-decode": 1,
    "--cuda-graph-bs-decode": 99,
}
_INSTEAD: Final = (
    *("--device", "cpu", "--sampling-backend", "pytorch"),
    *("--dtype", "float32", "--mem-fraction-static", "0.3"),
    *("--disable-decode-cuda-graph", "--disable-overlap-schedule"),
)
#: The attention for processors reads the window's own pool by the other pool's places (sglang
#: 0.5.17's torch_native; its triton translates them): beyond the smaller pool's size it ends.
_ONE_POOL: Final = "--disable-hybrid-swa-memory"
_TOKENS: Final = ("--max-total-tokens", "32768")

#: SGLang imports this on processors for operations that `exact_models` replaces.
_STUB: Final = "def __getattr__(name):\n    raise AttributeError(name)\nrotary_embedding = None\n"


def is_on() -> bool:
    """Whether this is a rehearsal."""
    return os.environ.get("SGLANG_REHEARSAL") == "1"


def is_interpreted() -> bool:
    """Whether Triton's kernels run on the processor."""
    return is_on() and os.environ.get("TRITON_INTERPRET") == "1"


def device() -> str:
    """PyTorch's name of what computes."""
    return "cpu" if is_on() else "cuda"


def flags(given: Sequence[str]) -> list[str]:
    """The server's flags, in a rehearsal without what only a GPU has."""
    if not is_on():
        return list(given)
    kept: list[str] = []
    skip = 0
    for word in given:
        if word.startswith("--"):
            skip = _ONLY_GPU.get(word, 0)
            if skip:
                continue
        elif skip:
            skip -= 1
            continue
        kept.append(word)
    tokens = () if "--max-total-tokens" in kept else _TOKENS
    if is_interpreted():
        return [*kept, *_INSTEAD, "--attention-backend", "triton", *tokens]
    pool = () if _ONE_POOL in kept else (_ONE_POOL,)
    return [*kept, *_INSTEAD, "--attention-backend", "torch_native", *tokens, *pool]


def environment(variables: dict[str, str]) -> dict[str, str]:
    """A server's environment: in a rehearsal, the float32 classes and a stand-in for a package."""
    if not is_on():
        return variables
    stub = Path("/tmp/sglang-rehearsal/vllm")  # noqa: S108 - nothing secret, and rewritten each time
    stub.mkdir(parents=True, exist_ok=True)
    (stub / "__init__.py").touch()
    (stub / "_custom_ops.py").write_text(_STUB)
    path = f"{variables['PYTHONPATH']}{os.pathsep}{stub.parent}"
    package = variables.get("SGLANG_EXTERNAL_MODEL_PACKAGE", PLUGIN)
    package = "benchmarks.sglang.exact_models" if package == PLUGIN else package
    return variables | {"PYTHONPATH": path, "SGLANG_EXTERNAL_MODEL_PACKAGE": package}


def shape(config: dict[str, Any]) -> dict[str, Any]:
    """CWM-32B's configuration, in a rehearsal with few and narrow layers."""
    if not is_on():
        return config
    small = {
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 32,
        "vocab_size": 4096,
        "sliding_window": 256,
    }
    return config | small | {"layer_types": config["layer_types"][:4]}
