"""The network, its optimisers and its decoding. Needs PyTorch (tier "training")."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from training.config import ModelConfig, TrainConfig  # noqa: E402 - only with PyTorch
from training.model import PocketModel, document_mask  # noqa: E402
from training.optim import Optimisers, lr_fraction, orthogonalise  # noqa: E402

pytestmark = pytest.mark.training

SHAPE = ModelConfig(
    vocab_size=50,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    max_position_embeddings=64,
)


def a_model(seed: int = 0) -> PocketModel:
    torch.set_num_threads(1)
    model = PocketModel(SHAPE)
    model.initialise(seed)
    with torch.no_grad():  # larger weights: attention and positions then matter
        for weight in model.parameters():
            if weight.dim() == 2:
                weight.mul_(8)
    return model


def some_ids(rows: int, length: int) -> Any:
    return torch.randint(0, 50, (rows, length), generator=torch.Generator().manual_seed(5))


def test_the_parameters_are_counted_and_named_as_hugging_face_does() -> None:
    model = PocketModel(SHAPE)
    names = dict(model.named_parameters())
    assert sum(weight.numel() for weight in names.values()) == SHAPE.parameters
    assert "model.layers.1.self_attn.q_proj.weight" in names
    assert "model.layers.0.post_attention_layernorm.weight" in names
    assert "lm_head.weight" not in names


def test_the_shipped_shape_fits_the_repository() -> None:
    assert 35e6 < ModelConfig().parameters < 37e6


def test_a_token_sees_no_later_token() -> None:
    model, ids = a_model(), some_ids(1, 20)
    changed = ids.clone()
    changed[0, 12:] = (changed[0, 12:] + 1) % 50
    with torch.no_grad():
        one, other = model(ids), model(changed)
    assert torch.allclose(one[0, :12], other[0, :12], atol=1e-5)
    assert not torch.allclose(one[0, 12], other[0, 12], atol=1e-3)


def test_a_document_in_a_row_is_predicted_as_if_it_were_alone() -> None:
    model, ids = a_model(), some_ids(2, 30)
    documents = torch.zeros(2, 30, dtype=torch.int32)
    documents[:, 11:] = 1
    with torch.no_grad():
        packed = model(ids, document_mask(documents))
        alone = model(ids[:, 11:])
        leaking = model(ids)
    assert torch.allclose(packed[:, 11:], alone, atol=1e-4)
    assert not torch.allclose(leaking[:, 11:], alone, atol=1e-2)


@pytest.mark.parametrize("shape", [(3, 16, 8), (2, 8, 16), (1, 12, 12)])
def test_orthogonalised_matrices_turn_without_stretching(shape: tuple[int, int, int]) -> None:
    generator = torch.Generator().manual_seed(1)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(shape, generator=generator)))
    assert float(values.min()) > 0.5
    assert float(values.max()) < 1.4


def test_every_weight_learns() -> None:
    model = a_model()
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    optimisers = Optimisers(model, TrainConfig(steps=1))
    ids = some_ids(2, 16)
    model.losses(ids, ids.roll(-1, 1), None).mean().backward()
    optimisers.step(1.0)
    for name, weight in model.named_parameters():
        assert not torch.equal(weight, before[name]), name
        assert weight.grad is None


def test_the_learning_rate_warms_up_stays_and_decays() -> None:
    config = TrainConfig(steps=100, warmup_steps=10, decay_fraction=0.3, final_lr_fraction=0.1)
    rates = [lr_fraction(config, step=step, elapsed=0.0) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9:71] == [1.0] * 62
    assert all(a > b for a, b in pairwise(rates[71:]))
    assert rates[100] == pytest.approx(0.1)


def test_the_decay_can_be_placed_by_the_clock_or_asked_for() -> None:
    config = replace(TrainConfig(), budget_seconds=100.0, warmup_steps=1, decay_fraction=0.5)
    assert lr_fraction(config, step=9, elapsed=50.0) == 1.0
    assert lr_fraction(config, step=9, elapsed=75.0) == pytest.approx(0.51)
    assert lr_fraction(config, step=9, elapsed=10.0, decay_since=0.5) == pytest.approx(0.51)
