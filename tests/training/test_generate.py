"""Decoding in batches against the plain way. Needs PyTorch (tier "training")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from tests.training import tiny  # noqa: E402 - only with PyTorch
from training import generate as decoding  # noqa: E402
from training.generate import Completion, batches, evaluation_copy, generate  # noqa: E402
from training.model import PocketModel  # noqa: E402

pytestmark = pytest.mark.training

STOPS = (3, 17)


@pytest.fixture
def model() -> PocketModel:
    return evaluation_copy(tiny.model())


def some_prompts(count: int, seed: int = 5) -> list[list[int]]:
    generator = torch.Generator().manual_seed(seed)
    sizes = [1 + 5 * n % 41 for n in range(count)]
    return [torch.randint(20, 50, (size,), generator=generator).tolist() for size in sizes]


def plainly(model: PocketModel, prompt: Sequence[int], limit: int) -> Completion:
    """A full forward pass over everything for each token."""
    ids = list(prompt)
    for _ in range(limit):
        with torch.no_grad():
            ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
        if ids[-1] in STOPS:
            return Completion(ids[len(prompt) :], "stop")
    return Completion(ids[len(prompt) :], "length")


def test_decoding_many_prompts_at_once_is_decoding_them_one_by_one(model: PocketModel) -> None:
    prompts = some_prompts(40)
    limits = [1 + 13 * n % 80 for n in range(40)]
    expected = [plainly(model, p, limit) for p, limit in zip(prompts, limits, strict=True)]
    found = generate(model, prompts, limits, STOPS)
    assert found == expected
    assert {done.end for done in found} == {"stop", "length"}, "the prompts try both ends"


def test_small_batches_and_frequent_looks_change_nothing(
    model: PocketModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = some_prompts(20)
    expected = generate(model, prompts, 60, STOPS)
    monkeypatch.setattr(decoding, "LOOK_STEPS", 3)
    monkeypatch.setattr(decoding, "CACHE_STEP", 8)
    monkeypatch.setattr(decoding, "PREFILL_TOKENS", 50)
    monkeypatch.setattr(decoding, "CACHE_TOKENS", 700)
    assert len(list(batches(prompts, [60] * 20))) > 1
    assert generate(model, prompts, 60, STOPS) == expected


class PaddedGraphs:
    """Stands in for CUDA graphs: every recorded shape is simply computed again."""

    def __init__(self) -> None:
        self.shapes: set[tuple[int, int]] = set()

    def run(self, forward: Any, key: tuple[int, int], uses: int) -> None:
        assert uses > 0
        self.shapes.add(key)
        forward()


def test_rows_computed_along_with_the_living_ones_change_nothing(
    model: PocketModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With graphs the number of rows is rounded up, and rows that ended are computed along."""
    prompts = some_prompts(30)
    limits = [1 + 13 * n % 80 for n in range(30)]
    expected = generate(model, prompts, limits, STOPS)
    graphs = PaddedGraphs()
    begin = decoding._Rows.__init__

    def with_graphs(self: Any, *arguments: Any) -> None:
        begin(self, *arguments)
        self._graphs = graphs

    monkeypatch.setattr(decoding._Rows, "__init__", with_graphs)
    monkeypatch.setattr(decoding, "LOOK_STEPS", 3)
    assert generate(model, prompts, limits, STOPS) == expected
    assert len({rows for rows, _ in graphs.shapes}) > 2


def test_decoding_ends_with_the_context(model: PocketModel) -> None:
    full = tiny.SHAPE.max_position_embeddings
    first, second = generate(model, [[1] * (full - 3), [1] * full], 100, ())
    assert (len(first.ids), first.end) == (3, "length")
    assert (second.ids, second.end) == ([], "length")


def test_what_is_written_when_the_time_is_over_is_returned(model: PocketModel) -> None:
    nothing = generate(model, some_prompts(3), 50, (), budget_s=0.0)
    assert nothing == [Completion([], "budget")] * 3
    everything = generate(model, some_prompts(3), 50, (), budget_s=600.0)
    assert [len(done.ids) for done in everything] == [50] * 3


def test_the_clock_ends_rows_between_two_looks(
    model: PocketModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr("training.generate.time.monotonic", lambda: next(ticks))
    (done,) = generate(model, [[1, 2]], 100, (), budget_s=3.5)
    assert done.end == "budget"
    assert done.ids == generate(model, [[1, 2]], 100, ())[0].ids[: len(done.ids)]
    assert len(done.ids) == 2 * decoding.LOOK_STEPS


def test_prompts_of_similar_size_are_decoded_together_the_shortest_first() -> None:
    prompts = [[1] * size for size in (5, 80, 6, 70, 9)]
    assert list(batches(prompts, [3, 10, 3, 10, 0])) == [[0, 2], [3, 1]]


def test_sampling_repeats_with_its_seed_and_changes_with_it(model: PocketModel) -> None:
    prompts = [[25, 30]] * 16
    one, same, other = (
        generate(model, prompts, 12, (), temperature=1.0, seed=seed) for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other
    assert len({tuple(done.ids) for done in one}) > 8, "equal prompts get different samples"


def test_tokens_are_drawn_with_the_model_s_probabilities(model: PocketModel) -> None:
    with torch.no_grad():
        chances = (model(torch.tensor([[25, 30]]))[0, -1] / 2).softmax(-1)
    drawn = generate(model, [[25, 30]] * 4000, 1, (), temperature=2.0)
    counts = torch.bincount(torch.tensor([done.ids[0] for done in drawn]), minlength=50) / 4000
    assert float((counts - chances).abs().max()) < 0.03


def test_a_small_top_p_leaves_the_best_token_only(model: PocketModel) -> None:
    prompts = some_prompts(6)
    greedy = generate(model, prompts, 20, STOPS)
    assert generate(model, prompts, 20, STOPS, temperature=1.0, top_p=1e-6) == greedy


@pytest.mark.parametrize(
    ("prompts", "limits", "word"), [([[]], 3, "empty"), ([[1], [2]], [3], "limits")]
)
def test_prompts_that_cannot_be_continued_are_refused(
    model: PocketModel, prompts: list[list[int]], limits: Any, word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        generate(model, prompts, limits, ())
