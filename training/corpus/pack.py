"""Shards: the files that carry documents from the corpus to the training.

`shard-<seed>-<index>.npz` holds `tokens` (uint16) and `weights` (uint8, the loss class of each
token as a target), documents one after the other, each beginning with `<|begin_of_text|>`.
`shard-<seed>-<index>.json` lists the documents' kinds. A shard appears under its name only when it
is complete; the JSON file comes first.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np

from training.corpus.encode import Document

SHARD_TOKENS = 4_000_000


class ShardWriter:
    """Collects documents and writes a shard whenever `shard_tokens` have come together."""

    def __init__(self, folder: Path, seed: int, shard_tokens: int = SHARD_TOKENS) -> None:
        self._folder = folder
        self._seed = seed
        self._shard_tokens = shard_tokens
        self._clear()

    def _clear(self) -> None:
        self._tokens: list[np.ndarray[tuple[int], np.dtype[np.uint16]]] = []
        self._classes: list[bytes] = []
        self._kinds: list[str] = []
        self.size = 0

    @property
    def is_full(self) -> bool:
        return self.size >= self._shard_tokens

    def add(self, document: Document) -> None:
        """Keep a document for the next shard."""
        self._tokens.append(np.array(document.ids, dtype=np.uint16))
        self._classes.append(document.classes)
        self._kinds.append(document.kind)
        self.size += len(document.ids)

    def write(self, index: int) -> Path:
        """Write what was collected as shard `index`, and begin anew."""
        path = self._folder / f"shard-{self._seed}-{index:05d}.npz"
        about = {"kinds": self._kinds, "counts": dict(Counter(self._kinds)), "tokens": self.size}
        path.with_suffix(".json").write_text(json.dumps(about))
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(
                file,
                tokens=np.concatenate(self._tokens),
                weights=np.frombuffer(b"".join(self._classes), dtype=np.uint8),
            )
        partial.replace(path)
        self._clear()
        return path
