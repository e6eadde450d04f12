"""Loss on documents that were kept out of training, per kind of document and class of token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from training.config import CLASS_NAMES, TrainConfig
from training.data import make_batch
from training.engine import Engine
from training.packing import PADDING, Document, Rows, pack

ALL = "all"


def heldout_losses(
    engine: Engine, documents: Sequence[Document], config: TrainConfig, frame_sep: int
) -> dict[str, Any]:
    """`{"loss": {kind: {class: nats}}, "documents": n}`; kinds without a name count as "all"."""
    by_kind: defaultdict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_kind[document.kind or ALL].append(document)
    everything = torch.zeros(2, len(CLASS_NAMES), device=engine.device)
    losses: dict[str, Any] = {}
    for kind, same in sorted(by_kind.items()):
        sums = _class_sums(engine, pack(same, config.row_tokens, frame_sep), config)
        everything += sums
        losses[kind] = _means(sums)
    losses[ALL] = _means(everything)
    return {"loss": losses, "documents": len(documents)}


def _class_sums(engine: Engine, rows: Rows, config: TrainConfig) -> Any:
    sums = torch.zeros(2, len(CLASS_NAMES), device=engine.device)
    size = config.micro_tokens // config.row_tokens
    for at in range(0, len(rows), size):
        batch = make_batch(_padded(rows, at, size), pin=False)
        ids, targets, documents = (
            part.to(engine.device) for part in (batch.ids, batch.targets, batch.documents)
        )
        losses = engine.token_losses(ids, targets, documents).detach().flatten()
        kinds = batch.classes.flatten().int().to(engine.device)
        sums[0].index_add_(0, kinds, losses)
        sums[1].index_add_(0, kinds, torch.ones_like(losses))
    return sums


def _padded(rows: Rows, at: int, size: int) -> Rows:
    """`size` rows from `at` on, filled up with empty ones: the compiled graph has one shape."""
    here = slice(at, at + size)
    lack = ((0, size - len(rows.tokens[here])), (0, 0))
    return Rows(
        np.pad(rows.tokens[here], lack),
        np.pad(rows.classes[here], lack),
        np.pad(rows.documents[here], lack, constant_values=PADDING),
    )


def _means(sums: Any) -> dict[str, float]:
    totals, counts = sums.tolist()
    return {
        name: round(total / count, 5)
        for name, total, count in zip(CLASS_NAMES, totals, counts, strict=True)
        if count and name != CLASS_NAMES[0]
    }
