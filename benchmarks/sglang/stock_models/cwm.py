"""The float32 class with a layer's window as the model's, as SGLang's own models have it."""

from __future__ import annotations

from benchmarks.sglang.exact_models.cwm import CwmForCausalLM as Exact
from workers.runtime.sglang_models.layers import window_before


class CwmForCausalLM(Exact):
    """`workers/runtime/sglang_models/triton_window.py` says what that does to decoding."""

    def get_attention_sliding_window_size(self) -> int | None:
        """Without the one more that Triton's decode steps need."""
        return window_before(vars(self.config))


EntryClass = CwmForCausalLM
