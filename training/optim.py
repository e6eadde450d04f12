# mypy: allow-subclassing-any
# (PyTorch is not among the packages that the checks install.)
"""Muon for the matrices, AdamW for the rest, and the learning rate over time.

Muon (Keller Jordan, kellerjordan.github.io/posts/muon, MIT licence) replaces the update of a matrix
by the nearest orthogonal one, found by a few Newton-Schulz steps: all directions of the matrix
then learn at the same speed. Matrices of one shape are handled as one batch.

The schedule is warm-up, stable, decay (arxiv.org/abs/2404.06395). The decay may be placed by
steps or by the clock, because a lent GPU is paid for in seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from training.config import TrainConfig


def orthogonalise(stack: Tensor, steps: int = 5) -> Tensor:
    """Matrices [n, rows, cols] with singular values moved close to 1 (quintic Newton-Schulz).

    The coefficients are those of Muon's author: they raise small singular values fastest and leave
    all of them between about 0.7 and 1.2, which is as good as exact here.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    x = stack.bfloat16() if stack.is_cuda else stack.float()
    is_tall = x.shape[-2] > x.shape[-1]
    if is_tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.mT
        inner = torch.baddbmm(square, square, square, beta=b, alpha=c)
        x = torch.baddbmm(x, inner, x, beta=a)
    return (x.mT if is_tall else x).to(stack.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised, with decoupled weight decay. Takes two-dimensional weights only."""

    def __init__(
        self, weights: Iterable[nn.Parameter], lr: float, momentum: float, weight_decay: float
    ) -> None:
        by_shape: defaultdict[tuple[int, ...], list[nn.Parameter]] = defaultdict(list)
        for weight in weights:
            if weight.dim() != 2:
                raise ValueError("Muon is for matrices.")
            by_shape[tuple(weight.shape)].append(weight)
        groups = [{"params": same} for same in by_shape.values()]
        super().__init__(groups, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    def step(self, closure: Any = None) -> None:
        """One update of every weight that has a gradient."""
        if closure is not None:
            raise ValueError("Muon takes no closure.")
        with torch.no_grad():
            for group in self.param_groups:
                self._step_group(group)

    def _step_group(self, group: dict[str, Any]) -> None:
        weights = [w for w in group["params"] if w.grad is not None]
        if not weights:
            return
        momentum, lr = group["momentum"], group["lr"]
        for weight in weights:
            if "momentum" not in self.state[weight]:
                self.state[weight]["momentum"] = torch.zeros_like(weight)
        averages = [self.state[w]["momentum"] for w in weights]
        gradients = [w.grad for w in weights]
        torch._foreach_lerp_(averages, gradients, 1 - momentum)
        ahead = torch._foreach_lerp(gradients, averages, momentum)  # Nesterov
        updates = orthogonalise(torch.stack(ahead))
        rows, cols = weights[0].shape
        scale = max(1.0, rows / cols) ** 0.5
        torch._foreach_mul_(weights, 1 - lr * group["weight_decay"])
        torch._foreach_add_(weights, list(updates.unbind()), alpha=-lr * scale)


class Optimisers:
    """Muon and AdamW as one: what the training loop steps, saves and scales."""

    def __init__(self, model: nn.Module, config: TrainConfig) -> None:
        named = list(model.named_parameters())
        tables = [w for name, w in named if w.dim() == 2 and "embed_tokens" in name]
        matrices = [w for name, w in named if w.dim() == 2 and "embed_tokens" not in name]
        vectors = [w for _, w in named if w.dim() < 2]
        muon = Muon(matrices, config.matrix_lr, config.momentum, config.matrix_weight_decay)
        adam = torch.optim.AdamW(
            [
                {"params": tables, "lr": config.embedding_lr},
                {"params": vectors, "lr": config.norm_lr},
            ],
            betas=(0.9, 0.95),
            weight_decay=0.0,
            fused=tables[0].is_cuda,
        )
        self._all = (muon, adam)
        self._base = [[group["lr"] for group in one.param_groups] for one in self._all]

    def step(self, fraction: float) -> None:
        """Update with every learning rate multiplied by `fraction`, and drop the gradients."""
        for one, base in zip(self._all, self._base, strict=True):
            for group, lr in zip(one.param_groups, base, strict=True):
                group["lr"] = lr * fraction
            one.step()
            one.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict[str, Any]]:
        """For a checkpoint."""
        return [one.state_dict() for one in self._all]

    def load_state_dict(self, states: list[dict[str, Any]]) -> None:
        """From a checkpoint."""
        for one, state in zip(self._all, states, strict=True):
            one.load_state_dict(state)


def lr_fraction(
    config: TrainConfig, *, step: int, elapsed: float, decay_since: float = -1
) -> float:
    """The share of the full learning rate at this step.

    `elapsed` are the seconds that count against `budget_seconds`. `decay_since` (0 to 1) overrides
    the place in the decay where somebody asked for an early end.
    """
    warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
    return warm * (
        1 - (1 - config.final_lr_fraction) * decay_place(config, step, elapsed, decay_since)
    )


def progress(config: TrainConfig, step: int, elapsed: float) -> float:
    """Which part of the run is over, 0 to 1, by whichever limit is nearer."""
    by_steps = step / config.steps if config.steps else 0.0
    by_clock = elapsed / config.budget_seconds if config.budget_seconds else 0.0
    return min(1.0, max(by_steps, by_clock))


def decay_place(config: TrainConfig, step: int, elapsed: float, decay_since: float) -> float:
    """How far into the decay this step is, 0 to 1."""
    if decay_since >= 0:
        return min(1.0, decay_since)
    stable = 1 - config.decay_fraction
    over = progress(config, step, elapsed) - stable
    return min(1.0, max(0.0, over / config.decay_fraction)) if config.decay_fraction else 0.0
