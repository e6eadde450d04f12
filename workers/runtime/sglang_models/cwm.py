"""Meta's CWM for SGLang: Llama, where most layers attend to a window of the context.

Weights, tensor parallelism, quantised loading and CUDA graphs are Llama's own. What is added is
every layer's window, which the attention backends read from the layer, and its size for the whole
model, which sizes the window's KV pool and its index buffers.

Without this class SGLang (0.5.17, 0.5.23) falls back to Transformers' generic code and does not
start. Served as plain Llama, CWM would be silently wrong beyond 8,192 tokens.
"""

from __future__ import annotations

from typing import Any

from sglang.srt.layers.quantization.base_config import QuantizationConfig
from sglang.srt.models.llama import LlamaForCausalLM

# Relative, so that the folder works under any name it is mounted by.
from .layers import window_before, windows


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
        """How many tokens before the current one the windows hold."""
        return window_before(vars(self.config))


EntryClass = CwmForCausalLM
