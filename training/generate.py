"""Greedy decoding of many prompts at once with a static cache of keys and values.

Meant for measuring a model right after training, where hundreds of traces are decoded together:
a step then reads the weights once for all of them. Rows that ended are taken out of the cache now
and then, and attention only looks at the part of the cache that is filled.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from training.model import PocketModel

#: Decoding steps between two looks at which rows have ended (each look waits for the GPU).
CHECK_STEPS = 32
#: The filled part of the cache is rounded up to this, which keeps the number of shapes small.
CACHE_STEP = 128
PREFILL_TOKENS = 65_536


def evaluation_copy(model: PocketModel) -> PocketModel:
    """The model as it is evaluated: matrices in bfloat16 on a GPU, norms and CPU in float32."""
    model = copy.deepcopy(model).eval().requires_grad_(requires_grad=False)
    if next(model.parameters()).is_cuda:
        for weight in model.parameters():
            if weight.dim() == 2:
                weight.data = weight.data.bfloat16()
    return model


class Decoder:
    """Decodes with one model; `ends` are the ids that end a row."""

    def __init__(self, model: PocketModel, ends: Sequence[int], *, max_rows: int = 512) -> None:
        self._model, self._max_rows = model, max_rows
        weight = model.model.embed_tokens.weight
        self._device, self._dtype = weight.device, weight.dtype
        self._ends = torch.tensor(list(ends), device=self._device)

    def decode(self, prompts: Sequence[Sequence[int]], limits: Sequence[int]) -> list[list[int]]:
        """What the model writes after each prompt: at most `limits` ids, the end included."""
        results: list[list[int]] = [[] for _ in prompts]
        order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]) + limits[i])
        for at in range(0, len(order), self._max_rows):
            chosen = order[at : at + self._max_rows]
            rows = self._decode_batch([prompts[i] for i in chosen], [limits[i] for i in chosen])
            for i, row in zip(chosen, rows, strict=True):
                results[i] = row
        return results

    def _decode_batch(
        self, prompts: Sequence[Sequence[int]], limits: Sequence[int]
    ) -> list[list[int]]:
        context = self._model.config.max_position_embeddings
        limits = [min(limit, context - len(p)) for p, limit in zip(prompts, limits, strict=True)]
        sizes = [len(p) + limit for p, limit in zip(prompts, limits, strict=True)]
        with torch.inference_mode():
            state = _Rows(self._model, prompts, max(sizes), self._device, self._dtype)
            produced = self._loop(state, limits)
        return [_until_end(row, set(self._ends.tolist())) for row in produced]

    def _loop(self, state: _Rows, limits: Sequence[int]) -> list[list[int]]:
        produced: list[list[int]] = [[] for _ in limits]
        alive = list(range(len(limits)))
        is_over = torch.zeros(len(limits), dtype=torch.bool, device=self._device)
        done = 0
        while alive:
            columns = []
            for _ in range(CHECK_STEPS):
                columns.append(state.last)
                is_over |= torch.isin(state.last, self._ends)
                done += 1
                if done >= max(limits[i] for i in alive):
                    break
                state.step()
            for row, ids in zip(alive, torch.stack(columns, 1).tolist(), strict=True):
                room = limits[row] - len(produced[row])
                produced[row] += ids[: max(0, room)]
            over = is_over.tolist()
            keep = [k for k, i in enumerate(alive) if not over[k] and done < limits[i]]
            if len(keep) < 0.75 * len(alive) or not keep:
                # Rows that are over but stay produce tokens that are cut off at the end.
                index = torch.tensor(keep, device=self._device, dtype=torch.long)
                alive = [alive[k] for k in keep]
                is_over = is_over[index]
                state.keep(index)
        return produced


class _Rows:
    """The rows under way: cache [layers, 2, rows, kv heads, length, size], lengths, last ids."""

    def __init__(
        self,
        model: PocketModel,
        prompts: Sequence[Sequence[int]],
        length: int,
        device: Any,
        dtype: Any,
    ) -> None:
        self.model, config = model, model.config
        length = -(-length // CACHE_STEP) * CACHE_STEP
        shape = (len(prompts), config.num_key_value_heads, length, config.head_dim)
        self.cache = torch.zeros(config.depth, 2, *shape, device=device, dtype=dtype)
        self.filled = max(map(len, prompts))
        self.lengths = torch.tensor([len(p) for p in prompts], device=device)
        self.last = torch.zeros(len(prompts), dtype=torch.long, device=device)
        rows = max(1, PREFILL_TOKENS // self.filled)
        for at in range(0, len(prompts), rows):
            self._prefill(at, prompts[at : at + rows], device)

    def _prefill(self, at: int, prompts: Sequence[Sequence[int]], device: Any) -> None:
        longest = max(map(len, prompts))
        padded = [[*p, *[0] * (longest - len(p))] for p in prompts]
        ids = torch.tensor(padded, device=device)
        here = slice(at, at + len(prompts))
        model = self.model
        cos, sin = model.cos[:longest], model.sin[:longest]
        x = model.model.embed_tokens(ids)
        for i, layer in enumerate(model.model.layers):
            q, k, v = layer.self_attn.project(layer.input_layernorm(x), cos, sin)
            self.cache[i, 0, here, :, :longest] = k
            self.cache[i, 1, here, :, :longest] = v
            heads = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
            x = x + layer.self_attn.join(heads)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        lasts = self.lengths[here] - 1
        chosen = x[torch.arange(len(prompts), device=device), lasts]
        self.last[here] = model.logits(model.model.norm(chosen)).argmax(-1)

    def step(self) -> None:
        """Append each row's last id and find the next."""
        model, config = self.model, self.model.config
        self.filled += 1
        length = min(-(-self.filled // CACHE_STEP) * CACHE_STEP, self.cache.shape[4])
        # Rows that are over may be at the cache's end; they overwrite its last place.
        at = self.lengths.clamp(max=self.cache.shape[4] - 1)
        rows = torch.arange(len(at), device=at.device)
        clamped = at.clamp(max=config.max_position_embeddings - 1)
        cos, sin = model.cos[clamped][:, None, None], model.sin[clamped][:, None, None]
        is_hidden = torch.arange(length, device=at.device)[None, :] > at[:, None]
        x = model.model.embed_tokens(self.last)[:, None]
        for i, layer in enumerate(model.model.layers):
            q, k, v = layer.self_attn.project(layer.input_layernorm(x), cos, sin)
            keys, values = self.cache[i, 0], self.cache[i, 1]
            keys[rows, :, at] = k[:, :, 0]
            values[rows, :, at] = v[:, :, 0]
            heads = _attend(q, keys[:, :, :length], values[:, :, :length], is_hidden)
            x = x + layer.self_attn.join(heads)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        self.last = model.logits(model.model.norm(x[:, 0])).argmax(-1)
        self.lengths = self.lengths + 1

    def keep(self, index: Tensor) -> None:
        """Drop all rows but these."""
        self.cache = self.cache[:, :, index]
        self.lengths, self.last = self.lengths[index], self.last[index]
        if len(index):
            self.filled = int(self.lengths.max())


def _attend(q: Tensor, keys: Tensor, values: Tensor, is_hidden: Tensor) -> Tensor:
    """One query per row and head against the cache, without copying keys for grouped heads."""
    rows, heads, _, size = q.shape
    grouped = q.view(rows, keys.shape[1], -1, size)
    scores = grouped @ keys.mT * size**-0.5
    scores = scores.float().masked_fill(is_hidden[:, None, None], float("-inf"))
    mixed = scores.softmax(-1).to(values.dtype) @ values
    return mixed.view(rows, heads, 1, size)


def _until_end(ids: list[int], ends: set[int]) -> list[int]:
    stop = next((n + 1 for n, i in enumerate(ids) if i in ends), len(ids))
    return ids[:stop]
