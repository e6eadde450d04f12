"""No family for training is a held-out one under another name."""

from __future__ import annotations

from dataclasses import replace

from training.problems.family import load_families
from training.problems.split import TAUGHT, is_held_out
from training.problems.twins import Twin, find_twins

FAMILIES = {family.name: family for family in load_families()}


def test_no_family_that_is_trained_on_solves_a_held_out_one() -> None:
    assert list(find_twins(FAMILIES.values())) == []


def test_a_held_out_family_under_another_name_is_found() -> None:
    kept = next(f for f in FAMILIES.values() if is_held_out(f) and f.kind == "function")
    copy = replace(kept, name=min(TAUGHT), function=kept.function or kept.name)
    assert list(find_twins([kept, copy])) == [Twin(copy.name, kept.name)]
