"""Gradients, and the ways of getting them. Needs PyTorch (tier "training")."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from tests.training import tiny  # noqa: E402 - only with PyTorch
from training import compile_cache  # noqa: E402
from training.config import TrainConfig  # noqa: E402
from training.engine import Engine  # noqa: E402

pytestmark = [
    pytest.mark.training,
    pytest.mark.skipif(torch.cuda.is_available(), reason="compares ways of the CPU"),
]


def an_engine(said: list[str], **changes: Any) -> Engine:
    torch.set_num_threads(1)
    settings = {"row_tokens": 256, "micro_tokens": 512, "batch_tokens": 512, "compile": False}
    config = TrainConfig(**settings | changes)
    return Engine(tiny.SHAPE, config, lambda text, *values: said.append(text % values))


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
def test_flex_attention_is_compared_with_plain_attention_before_it_is_used() -> None:
    said: list[str] = []
    engine = an_engine(said)
    engine.model.requires_grad_(requires_grad=False)  # flex has no backward pass on a CPU
    engine._use("flex", compiled=False)
    engine._check(engine._dummy_batch())
    assert "0.0000 nats" in said[0]


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
def test_a_way_that_lets_documents_see_each_other_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    engine = an_engine(said)
    with torch.no_grad():  # larger weights: what is seen then matters
        for weight in engine.model.parameters():
            weight.mul_(12 if weight.dim() == 2 else 1)
    engine._use("flex", compiled=False)
    monkeypatch.setattr("training.engine.document_block_mask", lambda *_: None)
    with pytest.raises(ArithmeticError, match="nats per token"):
        engine._check(engine._dummy_batch())


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own, while it compiles
@pytest.mark.skipif(shutil.which("g++") is None, reason="compiling for the CPU needs g++")
def test_the_compiled_model_computes_what_plain_attention_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "inductor"))
    said: list[str] = []
    engine = an_engine(said)
    engine.model.requires_grad_(requires_grad=False)
    with torch.no_grad():
        for weight in engine.model.parameters():
            weight.mul_(12 if weight.dim() == 2 else 1)
    engine._use("flex", compiled=True)
    engine._check(engine._dummy_batch())
    assert "0.0000 nats" in said[0]


def test_a_way_that_fails_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    engine = an_engine(said, attention="flex")

    def fail(*_: Any) -> None:
        raise RuntimeError("no such kernel")

    monkeypatch.setattr("training.engine.document_block_mask", fail)
    engine.prepare()
    assert engine.attention == "masked"
    assert "no such kernel" in said[0]
    assert all(weight.grad is None for weight in engine.model.parameters())


def test_many_small_passes_give_the_gradients_of_a_large_one() -> None:
    gradients = []
    for micro in (256, 512):
        engine = an_engine([], micro_tokens=micro)
        engine.prepare()
        torch.manual_seed(3)
        batch = an_engine([])._dummy_batch()
        sums = engine.gradients(batch)
        assert int(sums[1].sum()) == 512
        gradients.append([weight.grad for weight in engine.model.parameters()])
    for one, other in zip(*gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_a_cache_of_compiled_code_that_cannot_be_read_is_told_and_ignored(tmp_path: Path) -> None:
    said: list[str] = []

    def say(text: str, *values: Any) -> None:
        said.append(text % values)

    assert not compile_cache.load(tmp_path / "missing", say)
    (tmp_path / "broken").write_bytes(b"not a cache")
    assert not compile_cache.load(tmp_path / "broken", say)
    assert len(said) == 1
