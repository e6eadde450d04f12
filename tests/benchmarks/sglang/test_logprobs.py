"""Reading distributions out of SGLang's replies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.sglang.correctness import is_right
from benchmarks.sglang.logprobs import Distance, distance, read_answer

PROMPT = (2, 0, 1)


def row(*values: float) -> list[list[Any]]:
    return [[value, i, None] for i, value in enumerate(values)]


def reply(**changes: Any) -> dict[str, Any]:
    meta = {
        "cached_tokens": 0,
        "input_token_logprobs": [[None, 2, None], [-1.0, 0, None], [-4.0, 1, None]],
        "input_token_ids_logprobs": [None, row(-1, -2, -3), row(-3, -4, -5)],
        "output_token_ids_logprobs": [row(-6, -7, -0.1)],
    }
    return {"output_ids": [2], "meta_info": meta | changes}


def test_rows_are_what_the_model_says_after_each_token() -> None:
    answer = read_answer(reply(), PROMPT, 0, 3)
    assert answer.first == 0
    assert answer.sequence == (2, 0, 1, 2)
    assert answer.rows.tolist() == pytest.approx(
        np.array([[-1, -2, -3], [-3, -4, -5], [-6, -7, -0.1]])
    )


def test_lists_that_do_not_line_up_are_refused() -> None:
    shifted = [None, row(-3, -4, -5), row(-1, -2, -3)]
    with pytest.raises(ValueError, match="line up"):
        read_answer(reply(input_token_ids_logprobs=shifted), PROMPT, 0, 3)


def test_a_missing_position_is_refused() -> None:
    with pytest.raises(ValueError, match="positions"):
        read_answer(reply(input_token_ids_logprobs=[None]), PROMPT, 0, 3)


def test_a_missing_id_is_refused() -> None:
    with pytest.raises(ValueError, match="probability"):
        read_answer(reply(output_token_ids_logprobs=[row(-1, -2)]), PROMPT, 0, 3)


def test_distance_is_over_all_rows() -> None:
    one = np.array([[-1.0, -2.0]], np.float32)
    two = np.array([[-2.0, -1.5]], np.float32)
    found = distance([(one, one), (one, two)])
    assert found == Distance(rows=2, max=1.0, mean=0.375, top1_agreement=0.5)


@pytest.mark.parametrize(
    ("mean", "top1", "right"),
    [(0.014, 0.99, True), (0.016, 0.99, False), (0.01, 0.97, False)],
)
def test_sixteen_bits_may_round_half_as_much_again_as_transformers(
    mean: float, top1: float, right: bool
) -> None:
    floor = Distance(rows=9, max=0.1, mean=0.01, top1_agreement=0.99)
    assert is_right(Distance(rows=9, max=0.1, mean=mean, top1_agreement=top1), floor) is right
