"""Which layers have a window, in SGLang's terms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.sglang.capacity import CONFIG
from workers.runtime.sglang_models.layers import (
    WHOLE_CONTEXT,
    LayersError,
    layer_types,
    model_window,
    override_args,
    window_before,
    windows,
)


def config(**changes: Any) -> dict[str, Any]:
    types = ["full_attention", "sliding_attention", "sliding_attention", "full_attention"]
    values = {
        "num_hidden_layers": 4,
        "layer_types": types,
        "sliding_window": 64,
        "max_position_embeddings": 4096,
    }
    return values | changes


def test_the_current_token_is_not_counted_by_sglang() -> None:
    assert windows(config()) == (WHOLE_CONTEXT, 63, 63, WHOLE_CONTEXT)
    assert window_before(config()) == 63


@pytest.mark.parametrize(
    ("prefill", "decode", "short", "expected"),
    [
        ("triton", "triton", True, 64),
        ("triton", "triton", False, 63),
        ("fa3", "triton", True, 64),
        ("triton", "fa3", True, 63),
        ("fa3", "fa3", False, 63),
        ("flashinfer", "flashinfer", False, 63),
        ("flashinfer", "triton", False, 63),
        (None, None, False, 63),
    ],
)
def test_only_decoding_that_is_one_token_short_gets_one_more(
    prefill: str | None, decode: str | None, short: bool, expected: int
) -> None:
    assert model_window(config(), prefill=prefill, decode=decode, one_short=short) == expected


def test_backends_that_need_different_numbers_are_refused_together() -> None:
    with pytest.raises(LayersError, match="use triton for both"):
        model_window(config(), prefill="flashinfer", decode="triton", one_short=True)


def test_a_model_without_windows_has_no_number_on_any_backend() -> None:
    values = config(layer_types=["full_attention"] * 4, sliding_window=None)
    assert model_window(values, prefill="flashinfer", decode="triton", one_short=True) is None


def test_layers_without_names_follow_transformers_default() -> None:
    values = config(num_hidden_layers=6)
    del values["layer_types"]
    full, window = "full_attention", "sliding_attention"
    assert layer_types(values) == (full, window, window, window, full, window)


def test_a_model_without_windows_is_plain() -> None:
    values = config(layer_types=["full_attention"] * 4, sliding_window=None)
    assert windows(values) == (WHOLE_CONTEXT,) * 4
    assert window_before(values) is None
    assert override_args(values) == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sliding_window": None}, "sliding_window is None"),
        ({"sliding_window": 1}, "need 2 or more"),
        ({"layer_types": ["full_attention"]}, "names 1 layers"),
        ({"layer_types": ["full_attention"] * 3 + ["chunked_attention"]}, "chunked_attention"),
        ({"num_hidden_layers": None}, "num_hidden_layers"),
    ],
)
def test_a_configuration_that_cannot_be_served_is_refused(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(LayersError, match=words):
        windows(config(**changes))


def test_the_pool_of_windows_is_asked_for_by_pattern() -> None:
    assert override_args(config()) == {
        "is_hybrid_swa": True,
        "hybrid_layer_pattern": [0, 1, 1, 0],
    }


@pytest.mark.parametrize(("context", "asked"), [(64, False), (65, True), (None, True)])
def test_a_window_as_long_as_the_context_needs_no_pool(context: int | None, asked: bool) -> None:
    assert bool(override_args(config(), context_tokens=context)) is asked


def test_cwm_has_sixteen_layers_that_see_everything() -> None:
    values = json.loads(CONFIG.read_text(encoding="utf-8"))
    sizes = windows(values)
    assert len(sizes) == 64
    assert [i for i, size in enumerate(sizes) if size == WHOLE_CONTEXT] == list(range(0, 64, 4))
    assert set(sizes) == {WHOLE_CONTEXT, 8191}
