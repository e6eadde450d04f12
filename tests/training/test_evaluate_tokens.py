"""Judging written traces by their tokens. Needs PyTorch (tier "training")."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.evalset.file import KINDS, Case, EvalSet, load, save

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from training.evaluate_tokens import (  # noqa: E402 - only with PyTorch
    Free,
    Specials,
    failure,
    returned_value,
    same_value,
)

pytestmark = pytest.mark.training

NAMES = [*(f"<|{kind}_sep|>" for kind in KINDS), "<|arg_sep|>", "<|frame_sep|>", "<|end_of_text|>"]
CALL, LINE, RETURN, EXCEPTION, ARG, FRAME, END = range(100, 107)
EVALUATION = EvalSet(
    [
        Case("one", "a", np.array([1, 2, FRAME, LINE, 3, FRAME, END], np.uint16), 3, (6,), True),
        Case("two", "b", np.array([1, FRAME, LINE, 4, FRAME, LINE, 5, FRAME]), 2, (5, 8), False),
    ],
    dict(zip(NAMES, range(100, 107), strict=True)),
    [bytes([65 + i]) for i in range(10)],
)


def test_the_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    save(tmp_path / "eval.npz", EVALUATION)
    found = load(tmp_path / "eval.npz")
    assert found.special == EVALUATION.special
    assert found.token_bytes == EVALUATION.token_bytes
    for one, other in zip(found.cases, EVALUATION.cases, strict=True):
        assert one.prompt + one.truth == [int(i) for i in other.tokens]
        assert (one.name, one.frames, one.is_complete) == (
            other.name,
            other.frames,
            other.is_complete,
        )


def test_a_case_is_cut_after_the_last_frame_that_fits() -> None:
    cut = EVALUATION.cases[1].cut(7)
    assert cut is not None
    assert (cut.frame_ends, len(cut.tokens), cut.is_complete) == ((5,), 5, False)
    assert EVALUATION.cases[1].cut(4) is None


def test_the_returned_value_is_that_of_the_outermost_call() -> None:
    inner = [CALL, 1, FRAME, RETURN, 2, ARG, 3, FRAME]
    outer = [RETURN, 2, ARG, 4, 5, FRAME, END]
    specials = Specials(EVALUATION)
    assert returned_value([*inner, *outer], specials) == [4, 5]
    assert returned_value(inner, specials) is None
    assert returned_value([RETURN, 2, ARG, 4], specials) is None, "cut off inside the value"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('"3"', '"3"', True),
        ('"[1,  2]"', '"[1, 2]"', True),
        ('"1"', '"True"', False),
        ('"1"', '"1.0"', False),
        ('"{1: 2}"', '"{1: 3}"', False),
        ('"<f object>"', '"<g object>"', False),
        ("broken", '"3"', False),
    ],
)
def test_values_are_compared_by_meaning_and_type(one: str, other: str, *, same: bool) -> None:
    assert same_value(one, other) is same


def test_a_failure_shows_the_frame_where_the_truth_was_left() -> None:
    case = EVALUATION.cases[1]
    free = Free(
        [LINE, 4, FRAME, LINE, 6, FRAME], is_exact=False, returns_right=False, right_frames=1
    )
    shown = failure(case, free, EVALUATION)
    assert shown["frame"] == 1
    assert shown["before"] == "<|line_sep|>E<|frame_sep|>"
    assert shown["expected"] == "<|line_sep|>F<|frame_sep|>"
    assert shown["predicted"] == "<|line_sep|>G<|frame_sep|>"
