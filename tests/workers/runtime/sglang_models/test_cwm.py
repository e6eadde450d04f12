"""The model class, over a stand-in for SGLang's Llama: what it adds to it.

SGLang needs a GPU; `benchmarks/sglang/correctness.py` compares the real thing with Transformers.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.workers.runtime.sglang_models.test_triton_window import KNOWN
from workers.runtime.sglang_models.triton_window import UnknownWindowError


class LlamaStandIn:
    """As much of `LlamaForCausalLM` as the class touches: layers, some in another process."""

    start_layer, end_layer = 0, 4

    def __init__(self, config: Any, quant_config: Any = None, prefix: str = "") -> None:
        self.config, self.quant_config, self.prefix = config, quant_config, prefix
        here = range(self.start_layer, self.end_layer)
        layers = [_layer() if i in here else object() for i in range(config.num_hidden_layers)]
        self.model = SimpleNamespace(layers=layers)


def _layer() -> Any:
    attention = SimpleNamespace(sliding_window_size=-1)
    return SimpleNamespace(self_attn=SimpleNamespace(attn=attention))


class LaterStage(LlamaStandIn):
    """The second half of a pipeline."""

    start_layer, end_layer = 2, 4


def load(monkeypatch: pytest.MonkeyPatch, base: type, **backends: str) -> Any:
    """The class in a server with these attention backends; Triton's is `triton`'s source."""
    chosen = dict.fromkeys(
        ["attention_backend", "prefill_attention_backend", "decode_attention_backend"]
    )
    kernel = SimpleNamespace(**chosen | backends)
    contents: dict[str, dict[str, Any]] = {
        "sglang": {},
        "sglang.srt": {},
        "sglang.srt.layers": {},
        "sglang.srt.layers.attention": {},
        "sglang.srt.runtime_context": {"get_exec": lambda: SimpleNamespace(kernel=kernel)},
        "sglang.srt.layers.quantization": {},
        "sglang.srt.layers.quantization.base_config": {"QuantizationConfig": object},
        "sglang.srt.models": {},
        "sglang.srt.models.llama": {"LlamaForCausalLM": base},
    }
    for name, values in contents.items():
        module = ModuleType(name)
        vars(module).update(values)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, "workers.runtime.sglang_models.cwm", raising=False)
    module = importlib.import_module("workers.runtime.sglang_models.cwm")
    monkeypatch.delitem(sys.modules, "workers.runtime.sglang_models.cwm")
    return module


def config(**changes: Any) -> Any:
    types = ["full_attention", "sliding_attention", "sliding_attention", "full_attention"]
    values = {"num_hidden_layers": 4, "layer_types": types, "sliding_window": 8192}
    return SimpleNamespace(**(values | changes))


def test_every_layer_gets_its_window(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(monkeypatch, LlamaStandIn).CwmForCausalLM(config())
    sizes = [layer.self_attn.attn.sliding_window_size for layer in model.model.layers]
    assert sizes == [-1, 8191, 8191, -1]
    assert model.get_attention_sliding_window_size() == 8191


@pytest.mark.parametrize(
    ("backends", "expected"),
    [
        ({"attention_backend": "fa3"}, 8191),
        ({"attention_backend": "triton"}, 8192),
        ({"attention_backend": "fa3", "decode_attention_backend": "triton"}, 8192),
        ({"attention_backend": "triton", "decode_attention_backend": "fa3"}, 8191),
    ],
)
def test_the_models_window_is_that_of_the_backend_that_decodes(
    monkeypatch: pytest.MonkeyPatch, backends: dict[str, str], expected: int
) -> None:
    module = load(monkeypatch, LlamaStandIn, **backends)
    monkeypatch.setattr(module, "triton_is_one_short", lambda: True)
    model = module.CwmForCausalLM(config())
    assert model.get_attention_sliding_window_size() == expected
    sizes = [layer.self_attn.attn.sliding_window_size for layer in model.model.layers]
    assert sizes == [-1, 8191, 8191, -1]


def test_triton_is_judged_by_its_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = load(monkeypatch, LlamaStandIn, attention_backend="triton")
    (tmp_path / "triton_backend.py").write_text(KNOWN)
    monkeypatch.setattr(
        sys.modules["sglang.srt.layers.attention"], "__path__", [str(tmp_path)], raising=False
    )
    assert module.triton_is_one_short()
    model = module.CwmForCausalLM(config())
    assert model.get_attention_sliding_window_size() == 8192
    monkeypatch.delitem(sys.modules, "sglang.srt.layers.attention.triton_backend")


def test_a_triton_backend_without_its_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = load(monkeypatch, LlamaStandIn, attention_backend="triton")
    name = "sglang.srt.layers.attention.triton_backend"
    monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(
        sys.modules["sglang.srt.layers.attention"],
        "triton_backend",
        sys.modules[name],
        raising=False,
    )
    with pytest.raises(UnknownWindowError):
        module.CwmForCausalLM(config()).get_attention_sliding_window_size()


def test_layers_of_another_stage_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(monkeypatch, LaterStage).CwmForCausalLM(config())
    sizes = [layer.self_attn.attn.sliding_window_size for layer in model.model.layers[2:]]
    assert sizes == [8191, -1]


def test_quantisation_and_prefix_reach_llama(monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(monkeypatch, LlamaStandIn).CwmForCausalLM(config(), "fp8", "draft")
    assert (model.quant_config, model.prefix) == ("fp8", "draft")


def test_sglang_finds_the_class_by_the_name_in_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, LlamaStandIn).EntryClass.__name__ == "CwmForCausalLM"


def test_the_plugin_imports_nothing_of_the_site() -> None:
    script = (
        "import sys; import workers.runtime.sglang_models.layers; "
        "print(sorted(m for m in sys.modules if m.startswith(('django', 'playground', 'webapp',"
        " 'traces', 'celery', 'workers'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(
        [
            "workers",
            "workers.runtime",
            "workers.runtime.sglang_models",
            "workers.runtime.sglang_models.layers",
        ]
    )
