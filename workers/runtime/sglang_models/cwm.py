"""Meta's CWM for SGLang: Llama, where most layers attend to a window of the context.

Weights, tensor parallelism, quantised loading and CUDA graphs are Llama's own. What is added is
every layer's window, which the attention backends read from the layer, and its size for the whole
model, which sizes the window's KV pool and its index buffers.

Without this class SGLang (0.5.17, 0.5.23) falls back to Transformers' generic code and does not
start. Served as plain Llama, CWM would be silently wrong beyond 8,192 tokens.
"""

from __future__ import annotations

import inspect
from typing import Any

from sglang.srt.layers.quantization.base_config import QuantizationConfig
from sglang.srt.models.llama import LlamaForCausalLM

# Relative, so that the folder works under any name it is mounted by.
from .layers import TRITON, model_window, windows
from .triton_window import UnknownWindowError, one_short


class CwmForCausalLM(LlamaForCausalLM):  # type: ignore[misc]  # SGLang is not installed here: Any.
    """`config` is Transformers' `CwmConfig`; weights are named as Llama's."""

    def __init__(
        self, config: Any, quant_config: QuantizationConfig | None = None, prefix: str = ""
    ) -> None:
        super().__init__(config, quant_config, prefix)
        sizes = windows(vars(config))
        # With pipeline parallelism this process has only some of the layers.
        for index in range(self.start_layer, self.end_layer):
            self.model.layers[index].self_attn.attn.sliding_window_size = sizes[index]

    def get_attention_sliding_window_size(self) -> int | None:
        """The window for pools and buffers. SGLang asks when the weights are loaded, before
        it makes these; its attention backends are chosen by then."""
        prefill, decode = attention_backends()
        short = decode == TRITON and triton_is_one_short()
        return model_window(vars(self.config), prefill=prefill, decode=decode, one_short=short)


def attention_backends() -> tuple[str | None, str | None]:
    """Names of what computes prompts and decode steps in this process."""
    from sglang.srt.runtime_context import get_exec  # set up only in a server's process

    chosen = get_exec().kernel
    return (
        chosen.prefill_attention_backend or chosen.attention_backend,
        chosen.decode_attention_backend or chosen.attention_backend,
    )


def triton_is_one_short() -> bool:
    """Of the installed SGLang. Raises `UnknownWindowError`."""
    from sglang.srt.layers.attention import (
        triton_backend,
    )  # compiles kernels: only where it is used

    try:
        return one_short(inspect.getsource(triton_backend))
    except (OSError, TypeError):  # installed without its source
        raise UnknownWindowError from None


EntryClass = CwmForCausalLM
