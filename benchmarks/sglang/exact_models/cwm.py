"""The plugin's class with PyTorch's operations in place of 16-bit kernels."""

from __future__ import annotations

from typing import Any

from sglang.srt.layers.utils import MultiPlatformOp
from workers.runtime.sglang_models.cwm import CwmForCausalLM as Served


class CwmForCausalLM(Served):
    """Attention, windows, caches and scheduling are what is served."""

    def __init__(self, config: Any, quant_config: Any = None, prefix: str = "") -> None:
        super().__init__(config, quant_config, prefix)
        for module in self.modules():
            if isinstance(module, MultiPlatformOp):
                module._forward_method = module.forward_native


EntryClass = CwmForCausalLM
