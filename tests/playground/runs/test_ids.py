"""Public ids: long enough, and nothing in them that could be read as something else."""

from __future__ import annotations

import re

import pytest

from playground.runs.ids import ALPHABET, LENGTH, PATTERN, is_public_id, new_public_id


def test_an_id_is_long_enough_not_to_be_guessed() -> None:
    assert LENGTH >= 10
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert len(ALPHABET) ** LENGTH > 2**56


def test_no_two_characters_look_alike_and_none_needs_shift_or_escaping() -> None:
    for look_alikes in ("0oO", "1lIi", "uv", "2Z", "5S", "8B"):
        assert len(set(look_alikes) & set(ALPHABET)) <= 1
    assert not set("aeiou") & set(ALPHABET)
    assert ALPHABET.isalnum()
    assert ALPHABET.isascii()
    assert ALPHABET.lower() == ALPHABET


def test_new_ids_have_the_form_and_differ() -> None:
    ids = {new_public_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(is_public_id(made) for made in ids)
    assert set("".join(ids)) == set(ALPHABET)


@pytest.mark.parametrize(
    "text", ["", "bcdfghjkmnp", "bcdfghjkmnpqr", "bcdfghjkmnpa", "BCDFGHJKMNPQ", "bcdfghjkmnpq\n"]
)
def test_what_has_another_form_is_no_id(text: str) -> None:
    assert not is_public_id(text)
    assert re.compile(PATTERN).fullmatch(text) is None
