"""A rehearsal changes what only a GPU has, and nothing else."""

from __future__ import annotations

import json

import pytest

from benchmarks.sglang import capacity, rehearsal
from benchmarks.sglang.server import HOST_FLAGS
from workers.runtime.sglang_models.layers import override_args

GIVEN = [
    *HOST_FLAGS,
    *("--dtype", "bfloat16", "--cuda-graph-bs-decode", "1", "8", "--context-length", "2048"),
]


@pytest.fixture
def rehearsing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SGLANG_REHEARSAL", "1")
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)


def test_on_a_gpu_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SGLANG_REHEARSAL", raising=False)
    assert rehearsal.flags(GIVEN) == GIVEN
    assert rehearsal.environment({"A": "b"}) == {"A": "b"}
    assert capacity.shape()["num_hidden_layers"] == 64
    assert rehearsal.device() == "cuda"


@pytest.mark.usefixtures("rehearsing")
def test_a_processor_gets_flags_that_it_has() -> None:
    found = rehearsal.flags(GIVEN)
    assert found[found.index("--context-length") + 1] == "2048"
    assert found[found.index("--attention-backend") + 1] == "torch_native"
    assert found[found.index("--dtype") + 1] == "float32"
    assert found.count("--attention-backend") == found.count("--dtype") == 1
    assert "--cuda-graph-bs-decode" not in found
    assert "8" not in found
    assert "--max-total-tokens" in found
    assert found.count("--disable-hybrid-swa-memory") == 1
    assert rehearsal.flags(found).count("--disable-hybrid-swa-memory") == 1


@pytest.mark.usefixtures("rehearsing")
def test_the_small_shape_still_has_layers_of_both_kinds() -> None:
    config = capacity.shape()
    assert sum(override_args(config)["hybrid_layer_pattern"]) == 3
    assert json.dumps(config)


@pytest.mark.usefixtures("rehearsing")
def test_the_servers_environment_has_the_exact_classes() -> None:
    found = rehearsal.environment({"PYTHONPATH": "/here"})
    assert found["SGLANG_EXTERNAL_MODEL_PACKAGE"] == "benchmarks.sglang.exact_models"
    assert found["PYTHONPATH"].startswith("/here:")


@pytest.mark.usefixtures("rehearsing")
def test_with_tritons_interpreter_its_backend_and_the_windows_pool_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    found = rehearsal.flags(GIVEN)
    assert found[found.index("--attention-backend") + 1] == "triton"
    assert found.count("--attention-backend") == 1
    assert "--disable-hybrid-swa-memory" not in found


@pytest.mark.usefixtures("rehearsing")
def test_a_class_that_is_wrong_on_purpose_stays_in_a_rehearsal() -> None:
    given = {
        "PYTHONPATH": "/here",
        "SGLANG_EXTERNAL_MODEL_PACKAGE": "benchmarks.sglang.stock_models",
    }
    found = rehearsal.environment(given)
    assert found["SGLANG_EXTERNAL_MODEL_PACKAGE"] == "benchmarks.sglang.stock_models"
