"""Batches from a folder of shards that is still growing.

Theory of operation. One thread looks for new shards (`shard-*.npz`, renamed into place when they
are complete), packs their documents into rows and adds them to the pool of rows not seen yet.
Another draws rows at random from that pool and puts finished batches into a short queue; if the
pool is empty it draws from the rows seen before, and counts them. The training loop only takes
from the queue, and the time it waits there is measured: a starving GPU shows in the log.

A shard holds `tokens` uint16 and `weights` uint8 (the loss class of each token as a target); a
JSON file of the same name may list its documents' kinds.
"""

from __future__ import annotations

import json
import queue
import threading
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from training.packing import Document, Rows, pack, split_documents
from training.vocabulary import Vocabulary

POLL_SECONDS = 0.5
QUEUED_BATCHES = 4
#: Unseen batches beyond which no further shard is read: packing takes time from the training loop.
READY_BATCHES = 64


class DataError(RuntimeError):
    """No data, or data that cannot be read; the message says where it was looked for."""


class Interrupted(Exception):
    """The wait for a batch was ended by `Loader.interrupt`."""


@dataclass(slots=True)
class DataState:
    """What a run has drawn so far. Tokens include padding; `waited_seconds` the loop spent idle."""

    shards: int = 0
    documents: int = 0
    distinct_rows: int = 0
    fresh_rows: int = 0
    repeated_rows: int = 0
    filled_tokens: int = 0
    waited_seconds: float = 0.0

    @property
    def epochs(self) -> float:
        """How often an average row was drawn."""
        return (self.fresh_rows + self.repeated_rows) / max(1, self.distinct_rows)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows on the CPU: ids int64, documents int32, classes uint8, each [rows, length].

    `classes` are those of the *targets*: entry i belongs to the prediction made at position i.
    """

    ids: Any
    targets: Any
    classes: Any
    documents: Any


def make_batch(rows: Rows, *, pin: bool) -> Batch:
    """Tensors from packed rows. A row's last position predicts nothing."""
    ids = torch.from_numpy(rows.tokens.astype(np.int64))
    targets, classes = torch.zeros_like(ids), np.zeros_like(rows.classes)
    targets[:, :-1] = ids[:, 1:]
    classes[:, :-1] = rows.classes[:, 1:]
    parts = [
        ids,
        targets,
        torch.from_numpy(classes),
        torch.from_numpy(rows.documents.astype(np.int32)),
    ]
    return Batch(*(part.pin_memory() if pin else part for part in parts))


def read_shard(path: Path, begin: int) -> list[Document]:
    """A shard's documents. Raises `DataError` for a file that is no shard."""
    try:
        with np.load(path) as arrays:
            tokens, classes = arrays["tokens"], arrays["weights"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no shard: {error}") from error
    if tokens.dtype != np.uint16 or classes.dtype != np.uint8 or tokens.shape != classes.shape:
        raise DataError(f"{path}: tokens and weights must be uint16 and uint8 of one length.")
    return split_documents(tokens, classes, begin, _kinds(path))


def _kinds(path: Path) -> list[str]:
    try:
        kinds = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["kinds"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else []


class Loader:
    """Batches of `rows` rows of `length` tokens. `close` ends its threads.

    The first `heldout` documents of the first shards are kept out of training.
    """

    def __init__(
        self,
        folder: Path,
        vocabulary: Vocabulary,
        *,
        length: int,
        rows: int,
        heldout: int,
        seed: int,
        pin: bool = False,
        wait_seconds: float = 300.0,
        used_shards: frozenset[str] = frozenset(),
    ) -> None:
        self.state = DataState()
        self.heldout: list[Document] = []
        self._folder, self._vocabulary = folder, vocabulary
        self._length, self._rows, self._heldout_wanted = length, rows, heldout
        self._rng = np.random.default_rng(seed)
        self._pin, self._wait_seconds = pin, wait_seconds
        self._packed: list[Rows] = []
        self._fresh: list[tuple[int, int]] = []
        self._used: list[tuple[int, int]] = []
        self._old_shards = used_shards
        self._names: set[str] = set()
        self._changed = threading.Condition()
        self._failure: BaseException | None = None
        self._closed = threading.Event()
        self._interrupted = threading.Event()
        self._queue: queue.Queue[Batch] = queue.Queue(QUEUED_BATCHES)
        self._threads = [
            threading.Thread(target=self._guard, args=(work,), daemon=True, name=work.__name__)
            for work in (self._watch_folder, self._make_batches)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def shard_names(self) -> list[str]:
        """Every shard that was read, for a checkpoint."""
        with self._changed:
            return sorted(self._names | self._old_shards)

    def next(self) -> Batch:
        """The next batch. Raises `DataError` when none came within `wait_seconds`, and
        `Interrupted`."""
        started = time.monotonic()
        while True:
            if self._failure is not None:
                raise DataError(str(self._failure)) from self._failure
            try:
                batch = self._queue.get(timeout=POLL_SECONDS)
                break
            except queue.Empty:
                if self._interrupted.is_set():
                    raise Interrupted from None
                if time.monotonic() - started > self._wait_seconds:
                    raise DataError(
                        f"No shard appeared in {self._folder} for {self._wait_seconds:.0f} s."
                    ) from None
        self.state.waited_seconds += time.monotonic() - started
        return batch

    def interrupt(self) -> None:
        """End a wait of `next`; safe in a signal handler."""
        self._interrupted.set()

    def close(self) -> None:
        """End the threads."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=10)

    def _guard(self, work: Any) -> None:
        try:
            work()
        except Exception as error:  # shown by next(), in the loop's own thread
            self._failure = error

    def _watch_folder(self) -> None:
        seen: set[str] = set()
        while not self._closed.is_set():
            new = [p for p in self._folder.glob("shard-*.npz") if p.name not in seen]
            # By age: the makers of shards differ in what they make, and all shall be heard.
            for path in sorted(new, key=lambda p: (p.stat().st_mtime_ns, p.name)):
                while len(self._fresh) >= READY_BATCHES * self._rows:
                    if self._closed.wait(POLL_SECONDS):
                        return
                seen.add(path.name)
                self._add_shard(path)
                if self._closed.is_set():
                    return
            if not new:
                self._closed.wait(POLL_SECONDS)

    def _add_shard(self, path: Path) -> None:
        documents = read_shard(path, self._vocabulary.begin)
        missing = self._heldout_wanted - len(self.heldout)
        if missing > 0 and len(documents) > 1:
            # Never more than a third of a shard: small test corpora need the rest.
            keep = self._rng.permutation(len(documents))
            out = set(keep[: min(missing, len(documents) // 3)].tolist())
            self.heldout += [documents[i] for i in sorted(out)]
            documents = [d for i, d in enumerate(documents) if i not in out]
        rows = pack(documents, self._length, self._vocabulary.frame_sep)
        with self._changed:
            self._packed.append(rows)
            places = [(len(self._packed) - 1, row) for row in range(len(rows))]
            (self._used if path.name in self._old_shards else self._fresh).extend(places)
            self._names.add(path.name)
            self.state.shards += 1
            self.state.documents += len(documents)
            self.state.distinct_rows += len(rows)
            self._changed.notify_all()

    def _make_batches(self) -> None:
        while not self._closed.is_set():
            places = self._draw()
            if not places:
                return
            batch = make_batch(self._gather(places), pin=self._pin)
            while not self._closed.is_set():
                try:
                    self._queue.put(batch, timeout=POLL_SECONDS)
                    break
                except queue.Full:
                    continue

    def _draw(self) -> list[tuple[int, int]]:
        """Places of one batch's rows: unseen ones first, then repeated ones."""
        with self._changed:
            while not (self._fresh or self._used) and not self._closed.is_set():
                self._changed.wait(POLL_SECONDS)
            if self._closed.is_set():
                return []
            fresh = [self._take_fresh() for _ in range(min(self._rows, len(self._fresh)))]
            old = self._used or fresh
            picks = self._rng.integers(len(old), size=self._rows - len(fresh))
            repeated = [old[i] for i in picks]
            self._used.extend(fresh)
            self.state.fresh_rows += len(fresh)
            self.state.repeated_rows += len(repeated)
        return fresh + repeated

    def _take_fresh(self) -> tuple[int, int]:
        at = int(self._rng.integers(len(self._fresh)))
        self._fresh[at], self._fresh[-1] = self._fresh[-1], self._fresh[at]
        return self._fresh.pop()

    def _gather(self, places: list[tuple[int, int]]) -> Rows:
        def stack(part: str, kind: Any) -> npt.NDArray[Any]:
            return np.stack([getattr(self._packed[s], part)[r] for s, r in places]).astype(kind)

        rows = Rows(
            stack("tokens", np.uint16), stack("classes", np.uint8), stack("documents", np.int16)
        )
        self.state.filled_tokens += int((rows.documents >= 0).sum())
        return rows
