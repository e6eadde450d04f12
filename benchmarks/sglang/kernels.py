"""Compile what SGLang would compile while its first server starts: kernels of CWM's shapes.

    python -m benchmarks.sglang.kernels

SGLang 0.5.17 compiles some kernels in CUDA C++ when a model first needs them, one after the other,
six seconds each on a core, and finds them in `TVM_FFI_CACHE_DIR` afterwards. Here all are compiled
at once. Nothing depends on it: a kernel that fails here is compiled by the server that needs it,
which says so in its log.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from benchmarks.sglang import rehearsal

#: Bytes of one token's keys in one layer. Two heads of 64 numbers (the pocket model and `tiny`) in
#: 16 and in 32 bits, CWM-32B's eight heads of 128 in 16.
KEY_BYTES: Final = (256, 512, 2048)
ROTARY: Final = (64, 128)


def jobs() -> dict[str, Callable[[], Any]]:
    """What compiles each kernel, as SGLang's own layers ask for it. The float32 classes need two:
    they have PyTorch's operations for the rest (`exact_models`)."""
    ops = "sglang.kernels.ops"
    torch = importlib.import_module("torch")
    positions = importlib.import_module(f"{ops}.attention.clamp_position")
    rope = importlib.import_module(f"{ops}.attention.rope")
    norm = importlib.import_module(f"{ops}.layernorm.norm")
    cache = importlib.import_module(f"{ops}.kvcache.kvcache")
    activation = importlib.import_module(f"{ops}.activation.activation")
    short = torch.bfloat16
    found: dict[str, Callable[[], Any]] = {
        "positions": partial(positions._jit_clamp_position_module, torch.int64),
        "activation": partial(activation.activation_module, short),
        "norm": partial(norm._jit_fused_add_rmsnorm_module, short, cast_x_before_out_mul=False),
    }
    for size in KEY_BYTES:
        found[f"cache {size}"] = partial(cache._jit_kvcache_module, size, size)
    for size in ROTARY:
        found[f"rope {size}"] = partial(
            rope._jit_fused_rope_module, is_neox=True, rope_dim=size, dtype=short, q_dtype=short
        )
    return found


def build() -> list[str]:
    """Compile all of them; the names of those that failed."""
    arch = importlib.import_module("sglang.kernels.jit.utils").get_jit_cuda_arch()
    # Each compilation sets this variable for its time, and would take it from the others.
    os.environ.setdefault("TVM_FFI_CUDA_ARCH_LIST", arch.target_name)
    failed = []
    with ThreadPoolExecutor() as pool:
        running = {name: pool.submit(job) for name, job in jobs().items()}
        for name, future in running.items():
            if error := future.exception():
                print(f"{name}: {type(error).__name__}: {str(error)[-500:]}", flush=True)
                failed.append(name)
    return failed


def main() -> int:
    """0 in any case: nothing depends on it."""
    began = time.monotonic()
    if rehearsal.is_on():
        return 0
    try:
        failed = build()
    except (ImportError, AttributeError, RuntimeError) as error:
        print(f"no kernels compiled: {type(error).__name__}: {error}", flush=True)
        return 0
    print(f"kernels compiled in {time.monotonic() - began:.0f} s, {len(failed)} failed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
