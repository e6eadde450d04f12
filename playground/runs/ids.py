"""Public ids of runs: short, sayable, not guessable."""

from __future__ import annotations

import re
import secrets
from typing import Final

#: No vowels (so no rude words), nothing that looks like something else (0 o, 1 l i).
ALPHABET: Final = "23456789bcdfghjkmnpqrstvwxz"
#: 27^12 is about 2^57: guessing one of a million runs takes 10^11 tries.
LENGTH: Final = 12
PATTERN: Final = rf"[{ALPHABET}]{{{LENGTH}}}"

_PATTERN: Final = re.compile(PATTERN)


def new_public_id() -> str:
    """A random id of `LENGTH` characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_public_id(text: str) -> bool:
    """Whether `text` has the form of an id. What has not, is never looked up."""
    return _PATTERN.fullmatch(text) is not None
