"""Whole distributions from an SGLang server, and how far they are from others. Pure but for `ask`.

`token_ids_logprob` with every id of a small vocabulary returns the distribution at every position.
The server's list for a prompt starts with None for position `start`; its entry j is what the model
says about position `start + j` after reading the ones before, so it is row `start + j - 1` of a
model's output. The lists for generated tokens go on from the prompt's last row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.sglang.server import post_json

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` are the distributions from row `first` on; the last `len(generated)` of them are
    those that the generated ids were chosen from."""

    prompt: tuple[int, ...]
    generated: tuple[int, ...]
    cached_tokens: int
    first: int
    rows: Floats

    @property
    def sequence(self) -> tuple[int, ...]:
        """Prompt and generated ids."""
        return self.prompt + self.generated


def ask(url: str, prompt: Sequence[int], *, vocabulary: int, start: int, new_tokens: int) -> Answer:
    """Greedy continuation with distributions from row `start` on. The prefix cache serves at most
    the first `start` ids of the prompt."""
    body = {
        "input_ids": list(prompt),
        "sampling_params": {"temperature": 0, "max_new_tokens": new_tokens, "ignore_eos": True},
        "return_logprob": True,
        "logprob_start_len": start,
        "token_ids_logprob": list(range(vocabulary)),
    }
    return read_answer(post_json(url, "/generate", body), prompt, start, vocabulary)


def read_answer(
    reply: dict[str, Any], prompt: Sequence[int], start: int, vocabulary: int
) -> Answer:
    """The answer in a reply. Raises `ValueError` if the lists are not where they should be."""
    meta = reply["meta_info"]
    generated = tuple(reply["output_ids"])
    given = list(meta["input_token_ids_logprobs"])
    if len(given) != len(prompt) - start or given[0] is not None:
        raise ValueError(f"{len(given)} entries for {len(prompt) - start} positions from {start}")
    entries = [*given[1:], *meta["output_token_ids_logprobs"]]
    if len(entries) != len(given) - 1 + len(generated):
        raise ValueError("not one distribution per generated token")
    rows = np.full((len(entries), vocabulary), np.nan, np.float32)
    for row, entry in zip(rows, entries, strict=True):
        for value, token, *_ in entry:
            row[token] = value
    _check_alignment(rows, [v for v, *_ in meta["input_token_logprobs"]][1:], prompt[start + 1 :])
    return Answer(tuple(prompt), generated, int(meta["cached_tokens"]), start, rows)


def _check_alignment(rows: Floats, values: Sequence[float], ids: Sequence[int]) -> None:
    """The prompt's own ids have the probabilities that are reported for them separately. (Their
    ids are not compared: SGLang 0.5.17 reports the vocabulary's last id as 0.)"""
    if np.isnan(rows).any():
        raise ValueError("an id has no probability")
    for row, value, token in zip(rows, values, ids, strict=False):
        if abs(float(row[token]) - value) > 1e-3:
            raise ValueError("distributions and the prompt's own probabilities do not line up")


@dataclass(frozen=True, slots=True)
class Distance:
    """How far log probabilities are from a reference: over every id of every row."""

    rows: int
    max: float
    mean: float
    top1_agreement: float

    def as_dict(self) -> dict[str, float]:
        """For a result file."""
        return {
            "rows": self.rows,
            "max": float(f"{self.max:.3g}"),
            "mean": float(f"{self.mean:.3g}"),
            "top1_agreement": round(self.top1_agreement, 5),
        }


def distance(pairs: Sequence[tuple[Floats, Floats]]) -> Distance:
    """Of (got, expected) pairs of equal shape, together."""
    got = np.concatenate([pair[0] for pair in pairs])
    expected = np.concatenate([pair[1] for pair in pairs])
    apart = np.abs(got - expected)
    agree = got.argmax(-1) == expected.argmax(-1)
    return Distance(len(got), float(apart.max()), float(apart.mean()), float(agree.mean()))
