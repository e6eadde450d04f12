"""What is kept out of training: whole families, and some wordings of each other family.

The choice is made by hashes of names and texts, so it stays as it is when families are added.
"""

from __future__ import annotations

from hashlib import sha256

from training.problems.family import Family

#: Families out of a hundred that are held out whole.
HELD_OUT_PERCENT = 16
#: Never held out, whatever their hash: what the site's examples menu offers, and what another
#: family is in other words (`twins`).
TAUGHT = frozenset({"factorial", "is_even", "longest_word", "clamp", "product_of"})
#: Part of the hash of families, chosen so that every theme is among those held out.
SALT = 2835


def _hash(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")


#: The theme of families that are put together (`composed`): they are for training alone, and none
#: of them is a held-out family in other words.
COMPOSED = "composed"


def is_held_out(family: Family) -> bool:
    """Whether no problem of the family may be trained on."""
    if family.theme == COMPOSED or family.name in TAUGHT:
        return False
    return _hash(f"family {SALT}:{family.name}") % 100 < HELD_OUT_PERCENT


def held_out_wordings(family: Family) -> list[int]:
    """Numbers of the wordings kept out of training: one phrase (`do`) and one free text (`ask`)."""
    if family.theme == COMPOSED:
        return []
    phrases = list(range(len(family.does)))
    texts = list(range(len(family.does), len(family.wordings)))
    return [
        min(group, key=lambda number: _hash(f"wording:{family.name}:{family.wordings[number]}"))
        for group in (phrases, texts)
    ]


def training_wordings(family: Family) -> list[int]:
    """Numbers of the wordings that may be trained on; none of a family that is held out."""
    if is_held_out(family):
        return []
    kept = held_out_wordings(family)
    return [number for number in range(len(family.wordings)) if number not in kept]
