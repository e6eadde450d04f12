"""The network, its optimisers and its decoding. Needs PyTorch (tier "training")."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from tests.training import tiny  # noqa: E402 - only with PyTorch
from training.config import ModelConfig, TrainConfig  # noqa: E402
from training.model import (  # noqa: E402
    PocketModel,
    document_block_mask,
    document_mask,
    first_visible,
    linears,
)
from training.optim import Optimisers, lr_fraction, orthogonalise  # noqa: E402

pytestmark = pytest.mark.training


def some_ids(rows: int, length: int) -> Any:
    return torch.randint(0, 50, (rows, length), generator=torch.Generator().manual_seed(5))


def test_the_parameters_are_counted_and_named_as_hugging_face_does() -> None:
    model = PocketModel(tiny.SHAPE)
    names = dict(model.named_parameters())
    assert sum(weight.numel() for weight in names.values()) == tiny.SHAPE.parameters
    assert "model.layers.1.self_attn.q_proj.weight" in names
    assert "model.layers.0.post_attention_layernorm.weight" in names
    assert "lm_head.weight" not in names


def test_the_shipped_shape_fits_the_repository() -> None:
    assert 35e6 < ModelConfig().parameters < 37e6


def test_a_token_sees_no_later_token() -> None:
    model, ids = tiny.model(), some_ids(1, 20)
    changed = ids.clone()
    changed[0, 12:] = (changed[0, 12:] + 1) % 50
    with torch.no_grad():
        one, other = model(ids), model(changed)
    assert torch.allclose(one[0, :12], other[0, :12], atol=1e-5)
    assert not torch.allclose(one[0, 12], other[0, 12], atol=1e-3)


def test_a_document_in_a_row_is_predicted_as_if_it_were_alone() -> None:
    model, ids = tiny.model(), some_ids(2, 30)
    documents = torch.zeros(2, 30, dtype=torch.int32)
    documents[:, 11:] = 1
    with torch.no_grad():
        packed = model(ids, document_mask(documents))
        alone = model(ids[:, 11:])
        leaking = model(ids)
    assert torch.allclose(packed[:, 11:], alone, atol=1e-4)
    assert not torch.allclose(leaking[:, 11:], alone, atol=1e-2)


def some_documents(rows: int, length: int, seed: int) -> Any:
    """Rows of documents of random sizes, the last part of a row padding."""
    generator = torch.Generator().manual_seed(seed)
    documents = torch.full((rows, length), -1, dtype=torch.int32)
    for row in documents:
        at, number = 0, 0
        while at < length - 5 * seed:
            size = int(torch.randint(1, 40 * (1 + seed), (1,), generator=generator))
            row[at : at + size] = number
            at, number = at + size, number + 1
    return documents


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("length", [256, 200])
def test_the_block_mask_is_the_one_found_by_trying_all_pairs(seed: int, length: int) -> None:
    from torch.nn.attention.flex_attention import create_block_mask

    documents = some_documents(3, length, seed)

    def may_look(row: Any, head: Any, query: Any, key: Any) -> Any:
        return (query >= key) & (documents[row, query] == documents[row, key])

    expected = create_block_mask(may_look, 3, None, length, length, device="cpu", BLOCK_SIZE=16)
    found = document_block_mask(documents, 16)
    for name in ("num_blocks", "indices"):
        for part in ("kv", "q", "full_kv", "full_q"):
            one, other = (getattr(mask, f"{part}_{name}") for mask in (found, expected))
            if name == "num_blocks":
                assert torch.equal(one, other), part
                counts = one
            else:  # entries past the counted ones mean nothing
                counts = getattr(expected, f"{part}_num_blocks")
                used = torch.arange(one.shape[-1]) < counts[..., None]
                assert torch.equal(one[used], other[used]), part
    assert found.seq_lengths == expected.seq_lengths


def test_short_documents_leave_most_blocks_out() -> None:
    documents = (torch.arange(4096) // 256).int()[None]
    mask = document_block_mask(documents)
    pairs = int((mask.kv_num_blocks + mask.full_kv_num_blocks).sum())
    assert pairs == 16 * 3, "a document of two blocks needs three of its four pairs"


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
def test_flex_attention_computes_what_the_explicit_mask_does() -> None:
    model, documents, ids = tiny.model(), some_documents(2, 64, 1), some_ids(2, 64)
    with torch.no_grad():
        flex = model(ids, document_block_mask(documents, 16))
        masked = model(ids, document_mask(documents))
    is_text = documents >= 0
    assert torch.allclose(flex[is_text], masked[is_text], atol=1e-4)


def test_a_token_sees_from_the_beginning_of_its_document() -> None:
    documents = torch.tensor([[0, 0, 1, 1, 1, -1], [4, 4, 4, 4, 4, 4]])
    assert first_visible(documents).tolist() == [[0, 0, 2, 2, 2, 5], [0] * 6]


def test_layers_computed_together_give_the_same_and_learn_the_same() -> None:
    layers = [torch.nn.Linear(16, size, bias=False) for size in (24, 8, 8)]
    x = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(1))
    gradients = []
    for together in (True, False):
        parts = linears(x, layers, together=together)
        assert [part.shape[-1] for part in parts] == [24, 8, 8]
        sum(part.square().sum() for part in parts).backward()
        gradients.append([layer.weight.grad for layer in layers])
        for layer in layers:
            layer.weight.grad = None
    for one, other in zip(*gradients, strict=True):
        assert torch.allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", [(3, 16, 8), (2, 8, 16), (1, 12, 12)])
def test_orthogonalised_matrices_turn_without_stretching(shape: tuple[int, int, int]) -> None:
    generator = torch.Generator().manual_seed(1)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(shape, generator=generator)))
    assert float(values.min()) > 0.5
    assert float(values.max()) < 1.4


def test_orthogonalising_follows_its_formula() -> None:
    a, b, c = 3.4445, -4.7750, 2.0315
    stack = torch.randn(2, 6, 9, generator=torch.Generator().manual_seed(1))
    x = stack / stack.norm(dim=(-2, -1), keepdim=True)
    for _ in range(5):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    assert torch.allclose(orthogonalise(stack), x, atol=1e-4)


def test_every_weight_learns() -> None:
    model = tiny.model()
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
