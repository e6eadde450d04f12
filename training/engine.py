"""Forward and backward on whatever device there is, compiled if that works.

On a GPU the model runs in bfloat16 over float32 weights (autocast) and is compiled together with
the loss. A lent GPU is too dear for a crash at the start, so `prepare` tries the fastest way with
a batch of its own and goes on to the next one when it fails or computes something else, saying so:
flex attention compiled, plain causal attention compiled, plain causal attention as it is.

What the compiler made can be kept in a file and carried to the next machine (`compile_cache`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from training.config import CLASS_NAMES, Attention, ModelConfig, TrainConfig
from training.data import Batch
from training.model import PocketModel, document_block_mask, document_mask

#: How far a compiled way may be from the plain computation: nats per token, on average. Rounding
#: to bfloat16 gives a few hundredths, documents that see each other much more.
TOLERANCE = 0.15
#: Dense bfloat16 peak of the GPUs that were used, operations per second (NVIDIA's data sheets).
PEAK_FLOPS = {"H100": 989e12, "H200": 989e12, "A100": 312e12}

Say = Callable[..., None]


class Engine:
    """The model and how to get gradients of it."""

    def __init__(self, shape: ModelConfig, config: TrainConfig, say: Say) -> None:
        self.config, self._train, self._say = shape, config, say
        self.on_gpu = torch.cuda.is_available()
        self.device = torch.device("cuda" if self.on_gpu else "cpu")
        torch.set_float32_matmul_precision("high")
        self.model = PocketModel(shape)
        self.model.initialise(config.seed)
        self.model.to(self.device)
        self._class_weights = torch.tensor(config.class_weights, device=self.device)
        self.attention: Attention = "masked"

    def prepare(self) -> None:
        """Choose the attention and compile; ends with a model that has no gradients yet."""
        batch = self._dummy_batch()
        for attention, compiled in self._ways():
            started = time.monotonic()
            try:
                self._use(attention, compiled=compiled)
                self.gradients(batch)
                self.wait()
                if attention == "flex":
                    self._check(batch)
            except Exception as error:  # compilers fail in every way there is
                self._say("%s, compiled=%s failed: %.1500s", attention, compiled, repr(error))
                continue
            finally:
                self.model.zero_grad(set_to_none=True)
            took = time.monotonic() - started
            self._say("attention %s, compiled=%s, ready in %.0f s", attention, compiled, took)
            return
        raise RuntimeError("No way of computing attention works on this machine.")

    def _ways(self) -> Iterator[tuple[Attention, bool]]:
        wanted, compiled = self._train.attention, self._train.compile and self.on_gpu
        if wanted != "auto":
            yield wanted, compiled
        if not self.on_gpu:
            yield "masked", False
            return
        if wanted == "auto" and compiled:
            yield "flex", True
        if compiled:
            yield "causal", True
        yield "causal", False

    def _use(self, attention: Attention, *, compiled: bool) -> None:
        self.attention = attention
        self.model.forget_compiled()
        if compiled:
            torch._dynamo.reset()
            self.model.compile_parts(self._train.compile_mode)

    def _check(self, batch: Batch) -> None:
        """Compare this way's losses with plain attention's, compiled with uncompiled.

        Raises `ArithmeticError` if they are too far apart.
        """
        parts = (part.to(self.device) for part in (batch.ids, batch.targets, batch.documents))
        ids, targets, documents = parts
        found = self.token_losses(ids, targets, documents)[0].detach()
        with torch.no_grad(), self._autocast():
            mask = document_mask(documents[:1])
            expected = self.model.plain_losses(ids[:1], targets[:1], mask)[0]
        # The last position has no target in real rows, and here one of another document.
        distance = float((found - expected)[:-1].abs().mean())
        self._say("attention %s: %.4f nats from plain attention", self.attention, distance)
        if not distance < TOLERANCE:
            raise ArithmeticError(f"It is {distance} nats per token from plain attention.")

    def mask(self, documents: Any) -> Any:
        """What attention needs to keep documents apart."""
        if self.attention == "flex":
            return document_block_mask(documents, self._train.flex_block)
        return document_mask(documents) if self.attention == "masked" else None

    def token_losses(self, ids: Any, targets: Any, documents: Any) -> Any:
        """Cross entropy per token. Under gradient mode also in evaluation: one compiled graph."""
        mask = self.mask(documents)
        with self._autocast():
            return self.model.losses(ids, targets, mask)

    def gradients(self, batch: Batch) -> Any:
        """Add the batch's gradients to the model's. Returns [2, classes]: loss sums and counts.

        The loss is the mean over the whole batch, weighted by class.
        """
        # Straight from pinned memory: any conversion on the host would make copying wait.
        ids, targets, classes, documents = (
            part.to(self.device, non_blocking=True)
            for part in (batch.ids, batch.targets, batch.classes, batch.documents)
        )
        classes = classes.int()
        weights = self._class_weights[classes]
        total = weights.sum().clamp(min=1.0)
        sums = torch.zeros(2, len(CLASS_NAMES), device=self.device)
        rows = self._train.micro_tokens // self._train.row_tokens
        for at in range(0, len(ids), rows):
            part = slice(at, at + rows)
            losses = self.token_losses(ids[part], targets[part], documents[part])
            ((losses * weights[part]).sum() / total).backward()
            kinds = classes[part].flatten()
            sums[0].index_add_(0, kinds, losses.detach().flatten())
            sums[1].index_add_(0, kinds, torch.ones_like(losses.detach()).flatten())
        return sums

    def mfu(self, tokens_per_second: float) -> float:
        """Share of the GPU's peak spent on the matrix products (attention is not counted)."""
        if not self.on_gpu:
            return 0.0
        name = torch.cuda.get_device_name()
        peak = next((p for key, p in PEAK_FLOPS.items() if key in name), PEAK_FLOPS["H100"])
        return 6 * self.config.matrix_parameters * tokens_per_second / peak

    def _autocast(self) -> AbstractContextManager[Any]:
        if not self.on_gpu:
            return nullcontext()
        context: AbstractContextManager[Any] = torch.autocast("cuda", dtype=torch.bfloat16)
        return context

    def _dummy_batch(self) -> Batch:
        """Random tokens in two documents a row, shaped like the real batches' micro batches."""
        length = self._train.row_tokens
        shape = (self._train.micro_tokens // length, length)
        ids = torch.randint(0, self.config.vocab_size, shape)
        documents = (torch.arange(length) > length // 3).int().expand(shape).contiguous()
        return Batch(ids, ids.roll(-1, 1), torch.full(shape, 2, dtype=torch.uint8), documents)

    def wait(self) -> None:
        """Until the GPU has done everything."""
        if self.on_gpu:
            torch.cuda.synchronize()
