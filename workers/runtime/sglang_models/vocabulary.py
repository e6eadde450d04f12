"""Which vocabulary a model folder has, and how a server says so. Pure, standard library alone.

A server that is asked with ids from another tokenizer answers nonsense, and one that is given an
id outside its vocabulary dies (sglang 0.5.17). Its information pages name neither the vocabulary's
size nor the tokenizer, but repeat `--weight-version` word by word, so the launcher writes both
there and the site's client reads them.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LABEL: Final = re.compile(r"vocabulary-(\d{1,9})-tokenizer-([0-9a-f]{16}|none)")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`size` counts the rows of the model's embedding: ids from 0 to one less may be sent.
    `tokenizer` is the beginning of the SHA-256 of `tokenizer.json`, empty where there is none."""

    size: int
    tokenizer: str

    @property
    def label(self) -> str:
        """For `--weight-version`."""
        return f"vocabulary-{self.size}-tokenizer-{self.tokenizer or 'none'}"


def of_folder(folder: Path) -> Vocabulary | None:
    """The vocabulary of a model's folder; None where its `config.json` does not tell one."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        size = config["vocab_size"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not isinstance(size, int) or size < 1:
        return None
    return Vocabulary(size, digest_of(folder))


def digest_of(folder: Path) -> str:
    """What names a folder's tokenizer: the same file gives the same digits. Empty without one."""
    try:
        data = (folder / "tokenizer.json").read_bytes()
    except OSError:
        return ""
    return hashlib.sha256(data).hexdigest()[:16]


def from_label(text: object) -> Vocabulary | None:
    """What `label` wrote; None for anything else."""
    found = _LABEL.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    return Vocabulary(int(found[1]), "" if found[2] == "none" else found[2])
