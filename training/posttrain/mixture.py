"""Batches mixed from several folders of shards, each with its share of the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from training.data import Batch, Loader
from training.packing import Document

#: Every batch is put together from about so many pieces, so shares are multiples of 1 / PIECES.
PIECES = 8

MakeLoader = Callable[[Path, int], Loader]


class Mixture:
    """Draws pieces from the loaders of folders in turn, by shares.

    A folder without a shard takes no part until it has one, except `main`, which is waited for.
    `make` makes the loader of a folder, for pieces of so many rows.
    """

    def __init__(
        self, shares: Mapping[Path, float], main: Path, rows: int, make: MakeLoader
    ) -> None:
        self._shares, self._make, self._rows = dict(shares), make, rows
        self._piece = max(1, rows // PIECES)
        if rows % self._piece:
            raise ValueError(f"A batch of {rows} rows cannot be put together from {PIECES} pieces.")
        self.loaders: dict[Path, Loader] = {main: make(main, self._piece)}
        self._credit = dict.fromkeys(shares, 0.0)

    def next(self) -> Batch:
        """The next batch. Raises what `Loader.next` raises."""
        self._look()
        pieces = [self._draw() for _ in range(self._rows // self._piece)]
        return Batch(
            torch.cat([piece.ids for piece in pieces]),
            torch.cat([piece.targets for piece in pieces]),
            torch.cat([piece.classes for piece in pieces]),
            torch.cat([piece.documents for piece in pieces]),
        )

    def _look(self) -> None:
        for folder in self._shares:
            if folder not in self.loaders and any(folder.glob("shard-*.npz")):
                self.loaders[folder] = self._make(folder, self._piece)

    def _draw(self) -> Batch:
        """From the folder that is furthest behind its share."""
        total = sum(self._shares[folder] for folder in self.loaders)
        for folder in self.loaders:
            self._credit[folder] += self._shares[folder] / total
        folder = max(self.loaders, key=lambda f: self._credit[f])
        self._credit[folder] -= 1
        return self.loaders[folder].next()

    def interrupt(self) -> None:
        """End all waits; safe in a signal handler."""
        for loader in self.loaders.values():
            loader.interrupt()

    def close(self) -> None:
        """End the loaders' threads."""
        for loader in self.loaders.values():
            loader.close()

    @property
    def heldout(self) -> list[Document]:
        """What all loaders keep out of training, each document with its kind."""
        return [document for loader in self.loaders.values() for document in loader.heldout]

    @property
    def shard_names(self) -> list[str]:
        """Every shard that was read."""
        return sorted({name for one in self.loaders.values() for name in one.shard_names})

    def state(self) -> dict[str, dict[str, float]]:
        """What was drawn from each folder."""
        return {
            folder.name: {
                "documents": loader.state.documents,
                "epochs": round(loader.state.epochs, 2),
                "waited": round(loader.state.waited_seconds, 1),
            }
            for folder, loader in self.loaders.items()
        }
