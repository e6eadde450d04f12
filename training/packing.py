"""Whole documents into rows of fixed length, with as little padding as possible.

Best fit, longest first: every document goes into the fullest row that still has room for it. A
document longer than a row is cut after the last whole frame that fits, so that every row teaches
a well-formed beginning; a longer one without frames is cut where the row ends.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: What `documents` says of padding.
PADDING = -1


@dataclass(frozen=True, slots=True)
class Document:
    """Tokens, and per token its loss class as a target. `kind` names where it came from."""

    tokens: npt.NDArray[np.uint16]
    classes: npt.NDArray[np.uint8]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Packed rows [rows, length]. `documents` numbers a row's documents from 0, padding is -1."""

    tokens: npt.NDArray[np.uint16]
    classes: npt.NDArray[np.uint8]
    documents: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.tokens)


def split_documents(
    tokens: npt.NDArray[np.uint16],
    classes: npt.NDArray[np.uint8],
    begin: int,
    kinds: Sequence[str] = (),
) -> list[Document]:
    """A shard's documents. Each begins with the id `begin`; tokens before the first are dropped."""
    starts = np.flatnonzero(tokens == begin)
    if kinds and len(kinds) != len(starts):
        kinds = ()
    ends = [*starts[1:].tolist(), len(tokens)]
    return [
        Document(tokens[s:e], classes[s:e], kinds[i] if kinds else "")
        for i, (s, e) in enumerate(zip(starts.tolist(), ends, strict=True))
    ]


def cut_document(document: Document, length: int, frame_sep: int) -> Document:
    """The document, or its longest beginning of whole frames with at most `length` tokens."""
    if len(document.tokens) <= length:
        return document
    seps = np.flatnonzero(document.tokens[:length] == frame_sep)
    # The first separator ends the source context: without a frame after it nothing is learned.
    end = int(seps[-1]) + 1 if len(seps) > 1 else length
    return Document(document.tokens[:end], document.classes[:end], document.kind)


def pack(documents: Sequence[Document], length: int, frame_sep: int) -> Rows:
    """Documents in rows of `length` tokens."""
    fitting = [cut_document(d, length, frame_sep) for d in documents]
    fitting.sort(key=lambda d: -len(d.tokens))
    room: list[tuple[int, int]] = []  # (free tokens, row), sorted
    rows: list[list[Document]] = []
    for document in fitting:
        size = len(document.tokens)
        at = bisect_left(room, (size, -1))
        if at == len(room):
            rows.append([document])
            free, row = length - size, len(rows) - 1
        else:
            free, row = room.pop(at)
            rows[row].append(document)
            free -= size
        insort(room, (free, row))
    return _filled(rows, length)


def _filled(rows: Sequence[Sequence[Document]], length: int) -> Rows:
    tokens = np.zeros((len(rows), length), np.uint16)
    classes = np.zeros((len(rows), length), np.uint8)
    numbers = np.full((len(rows), length), PADDING, np.int16)
    for r, row in enumerate(rows):
        at = 0
        for n, document in enumerate(row):
            end = at + len(document.tokens)
            tokens[r, at:end] = document.tokens
            classes[r, at:end] = document.classes
            # What begins a document cannot be foreseen from the one before it.
            classes[r, at] = 0
            numbers[r, at:end] = n
            at = end
    return Rows(tokens, classes, numbers)
