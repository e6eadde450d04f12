"""Decoding of many prompts at once: for measuring a model, and for sampling its solutions.

Theory of operation. Prompts are sorted by the room they need and cut into batches of similar
sizes, the shortest first. A batch has one preallocated cache of keys and values; its prompts are
read in a few forward passes, and then every step adds one token to every row. After some steps
the host looks at what was written: rows that have ended leave, rows from the end of the batch move
into their places, and the next steps compute fewer rows. Attention looks at the filled part of
the cache only, rounded up.

A step of a small model is a few hundred tiny kernels, and starting them takes longer than running
them. On a GPU the step is therefore recorded as a CUDA graph for each pair (rows, filled part), and
replayed. Everything a graph touches lies in buffers that stay where they are. Where recording
fails, steps run one kernel after another; the tokens are the same.
"""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from training.model import PocketModel

#: Steps between two looks at what was written; each look waits for the GPU.
LOOK_STEPS = 32
#: The attended part of the cache is rounded up to this: it bounds the number of CUDA graphs.
CACHE_STEP = 256
#: Tokens of one forward pass over prompts, padding included.
PREFILL_TOKENS = 32_768
#: Rows and tokens of one batch's cache. A token of the pocket model takes 12 KB in float32.
MAX_ROWS = 512
CACHE_TOKENS = 1 << 20
#: The largest row of a batch needs at most this many times the room of its smallest.
SPREAD = 4
#: A graph pays for its recording when it is replayed about this often.
GRAPH_STEPS = 8

End = Literal["stop", "length", "budget"]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote after a prompt. `ids` includes the stop id that ended it.

    `end` says why it is over: a stop id, its limit (or the model's context), or the clock; then
    `ids` are what was written so far.
    """

    ids: list[int]
    end: End


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen: the best one at temperature 0, else a random one among the
    likeliest whose probabilities add up to `top_p`."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


def generate(
    model: PocketModel,
    prompts: Sequence[Sequence[int]],
    max_new: Sequence[int] | int,
    stop_ids: Sequence[int],
    temperature: float = 0.0,
    budget_s: float | None = None,
    *,
    top_p: float = 1.0,
    seed: int = 0,
) -> list[Completion]:
    """Continue every prompt by at most `max_new` ids, on the device and in the type of `model`.

    The same arguments give the same ids on one machine; batches of another composition may round
    differently. `budget_s` seconds from now, decoding stops and returns what there is. Raises
    `ValueError` for an empty prompt, or for limits that do not fit the prompts.
    """
    limits = [max_new] * len(prompts) if isinstance(max_new, int) else list(max_new)
    if len(limits) != len(prompts):
        raise ValueError(f"{len(prompts)} prompts, but {len(limits)} limits.")
    if not all(map(len, prompts)):
        raise ValueError("A prompt is empty: begin it with the begin-of-text token.")
    context = model.config.max_position_embeddings
    limits = [max(0, min(n, context - len(p))) for p, n in zip(prompts, limits, strict=True)]
    deadline = time.monotonic() + budget_s if budget_s is not None else float("inf")
    chooser = _Chooser(Sampling(temperature, top_p, seed), model.cos.device)
    results = [Completion([], "length" if limit == 0 else "budget") for limit in limits]
    with torch.inference_mode():
        for chosen in batches(prompts, limits):
            if time.monotonic() > deadline:
                break
            rows = _Rows(model, [prompts[i] for i in chosen], [limits[i] for i in chosen], chooser)
            for i, done in zip(chosen, rows.run(frozenset(stop_ids), deadline), strict=True):
                results[i] = done
            del rows  # its cache, before the next one is made
    return results


def batches(prompts: Sequence[Sequence[int]], limits: Sequence[int]) -> Iterator[list[int]]:
    """Indexes of prompts that are decoded together: of similar size, the shortest first."""
    sizes = [len(p) + limit for p, limit in zip(prompts, limits, strict=True)]
    batch: list[int] = []
    for i in sorted((i for i, limit in enumerate(limits) if limit), key=lambda i: sizes[i]):
        fits = (len(batch) + 1) * sizes[i] <= CACHE_TOKENS and len(batch) < MAX_ROWS
        if batch and not (fits and sizes[i] <= SPREAD * sizes[batch[0]]):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


class _Chooser:
    """Chooses tokens from logits [rows, vocabulary]."""

    def __init__(self, sampling: Sampling, device: Any) -> None:
        self._sampling = sampling
        self._generator = torch.Generator(device).manual_seed(sampling.seed)

    def __call__(self, logits: Tensor) -> Tensor:
        how = self._sampling
        if how.temperature <= 0:
            return logits.argmax(-1)
        chances = (logits.float() / how.temperature).softmax(-1)
        if how.top_p < 1:
            ranked, order = chances.sort(-1, descending=True)
            # A token stays while those before it do not yet reach top_p, so the first always does.
            is_out = ranked.cumsum(-1) - ranked >= how.top_p
            chances = chances.scatter(-1, order, ranked.masked_fill(is_out, 0.0))
        # The largest p / e, e exponentially distributed, falls on a token with probability p.
        noise = torch.empty_like(chances).exponential_(generator=self._generator)
        return (chances / noise.clamp(min=1e-20)).argmax(-1)


class _Rows:
    """A batch under way. Row r of the buffers belongs to prompt `self._slots[r]`; rows past the
    living ones hold leftovers, which are computed along to keep the number of shapes small."""

    def __init__(
        self,
        model: PocketModel,
        prompts: Sequence[Sequence[int]],
        limits: Sequence[int],
        chooser: _Chooser,
    ) -> None:
        self._model, self._choose, self._limits = model, chooser, limits
        self._sizes = [len(p) for p in prompts]
        self._slots = list(range(len(prompts)))
        self._done = 0
        config, weight = model.config, model.model.embed_tokens.weight
        self._last_place = max(map(sum, zip(self._sizes, limits, strict=True))) - 1
        length = _up(self._last_place + 1, CACHE_STEP)
        device = weight.device
        shape = (len(prompts), config.num_key_value_heads, length, config.head_dim)
        self._cache = torch.zeros(config.depth, 2, *shape, device=device, dtype=weight.dtype)
        self._last = torch.zeros(len(prompts), dtype=torch.long, device=device)
        self._at = torch.tensor(self._sizes, device=device)
        self._logits = torch.zeros(len(prompts), config.vocab_size, device=device)
        self._written = torch.zeros(len(prompts), LOOK_STEPS, dtype=torch.long, device=device)
        self._graphs = Graphs() if weight.is_cuda else None
        longest = max(self._sizes)
        step = max(1, PREFILL_TOKENS // longest)
        for first in range(0, len(prompts), step):
            self._read(first, prompts[first : first + step])

    def run(self, stop_ids: frozenset[int], deadline: float) -> list[Completion]:
        """Decode until every row has ended or the time is over."""
        ids: list[list[int]] = [[] for _ in self._limits]
        ends: list[End] = ["budget"] * len(ids)
        while self._slots and time.monotonic() < deadline:
            keep = []
            for row, new in enumerate(self._write()):
                slot = self._slots[row]
                new = new[: self._limits[slot] - len(ids[slot])]
                stop = next((n for n, token in enumerate(new) if token in stop_ids), None)
                ids[slot] += new if stop is None else new[: stop + 1]
                if stop is not None:
                    ends[slot] = "stop"
                elif len(ids[slot]) == self._limits[slot]:
                    ends[slot] = "length"
                else:
                    keep.append(row)
            self._keep(keep)
        return [Completion(i, end) for i, end in zip(ids, ends, strict=True)]

    def _read(self, first: int, prompts: Sequence[Sequence[int]]) -> None:
        """Fill the cache from prompts and choose the first token after each."""
        longest = max(map(len, prompts))
        device, model = self._last.device, self._model
        ids = torch.tensor([[*p, *[0] * (longest - len(p))] for p in prompts], device=device)
        here = slice(first, first + len(prompts))
        cos, sin = model.cos[:longest], model.sin[:longest]
        x = model.model.embed_tokens(ids)
        for i, layer in enumerate(model.model.layers):
            q, k, v = layer.self_attn.project(layer.input_layernorm(x), cos, sin)
            self._cache[i, 0, here, :, :longest] = k
            self._cache[i, 1, here, :, :longest] = v
            heads = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
            x = x + layer.self_attn.join(heads)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        ends = self._at[here] - 1
        last = x[torch.arange(len(prompts), device=device), ends]
        self._last[here] = self._choose(model.logits(model.model.norm(last)))

    def _write(self) -> list[list[int]]:
        """The next ids of all living rows, some of them past their rows' ends."""
        left = max(self._limits[slot] for slot in self._slots) - self._done
        steps = min(LOOK_STEPS, left)
        for column in range(steps):
            self._written[:, column] = self._last
            if column + 1 < left:
                self._step(self._done + column, left - column)
        self._done += steps
        found: list[list[int]] = self._written[: len(self._slots), :steps].tolist()
        return found

    def _step(self, done: int, left: int) -> None:
        """Append each row's last id and choose the next one."""
        filled = max(self._sizes[slot] for slot in self._slots) + done + 1
        length = min(_up(filled, CACHE_STEP), self._cache.shape[4])
        rows = len(self._slots)
        if self._graphs is None:
            self._forward(rows, length)
        else:
            rows = min(_rounded(rows), len(self._last))
            uses = min(left, length - filled + 1)
            self._graphs.run(partial(self._forward, rows, length), (rows, length), uses)
        self._last[:rows] = self._choose(self._logits[:rows])

    def _forward(self, rows: int, length: int) -> None:
        """Logits of the next token of the first rows, looking at `length` places of the cache.

        Works on the buffers alone, so that it can be recorded.
        """
        model = self._model
        # Leftovers may be at the cache's end: they overwrite its last place.
        at = self._at[:rows].clamp(max=self._last_place)
        index = torch.arange(rows, device=at.device)
        cos, sin = model.cos[at][:, None, None], model.sin[at][:, None, None]
        is_hidden = torch.arange(length, device=at.device)[None, :] > at[:, None]
        x = model.model.embed_tokens(self._last[:rows])[:, None]
        for i, layer in enumerate(model.model.layers):
            q, k, v = layer.self_attn.project(layer.input_layernorm(x), cos, sin)
            keys, values = self._cache[i, 0, :rows], self._cache[i, 1, :rows]
            keys[index, :, at] = k[:, :, 0]
            values[index, :, at] = v[:, :, 0]
            heads = _attend(q, keys[:, :, :length], values[:, :, :length], is_hidden)
            x = x + layer.self_attn.join(heads)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
        self._logits[:rows] = model.logits(model.model.norm(x[:, 0]))
        self._at[:rows] += 1

    def _keep(self, rows: Sequence[int]) -> None:
        """Drop all rows but these: those beyond the new end move into the gaps."""
        count, kept = len(rows), set(rows)
        gaps = [row for row in range(count) if row not in kept]
        movers = [row for row in rows if row >= count]
        if gaps:
            to = torch.tensor(gaps, device=self._last.device)
            origin = torch.tensor(movers, device=self._last.device)
            for buffer in (self._last, self._at):
                buffer[to] = buffer[origin]
            for layer in self._cache:
                layer[:, to] = layer[:, origin]
            for gap, row in zip(gaps, movers, strict=True):
                self._slots[gap] = self._slots[row]
        del self._slots[count:]


class Graphs:
    """CUDA graphs of a batch's step, by shape. They share one pool of memory: none of them leaves
    anything there that is read after it."""

    #: Set when recording failed once in this process; a failure is the machine's, not the batch's.
    are_broken = False

    def __init__(self) -> None:
        self._graphs: dict[tuple[int, int], Any] = {}
        self._pool = None if Graphs.are_broken else torch.cuda.graph_pool_handle()

    def run(self, forward: Callable[[], None], key: tuple[int, int], uses: int) -> None:
        """Do what `forward` does. `uses` says how often this shape will be needed from now on."""
        graph = self._graphs.get(key)
        if graph is not None:
            graph.replay()
            return
        forward()
        if uses > GRAPH_STEPS and not Graphs.are_broken:
            self._record(forward, key)

    def _record(self, forward: Callable[[], None], key: tuple[int, int]) -> None:
        graph = torch.cuda.CUDAGraph()
        try:
            # Recording does not execute; other threads may go on using the GPU meanwhile.
            with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
                forward()
        except RuntimeError as error:
            Graphs.are_broken = True
            log.warning("no CUDA graphs, decoding step by step: %.300s", error)
            return
        self._graphs[key] = graph


def _attend(q: Tensor, keys: Tensor, values: Tensor, is_hidden: Tensor) -> Tensor:
    """One query per row and head against the cache, without copying keys for grouped heads."""
    rows, heads, _, size = q.shape
    grouped = q.view(rows, keys.shape[1], -1, size)
    scores = grouped @ keys.mT * size**-0.5
    scores = scores.float().masked_fill(is_hidden[:, None, None], float("-inf"))
    mixed = scores.softmax(-1).to(values.dtype) @ values
    return mixed.view(rows, heads, 1, size)


def _up(number: int, step: int) -> int:
    return -(-number // step) * step


def _rounded(rows: int) -> int:
    """The next number of the form 2^n or 1.5 * 2^n."""
    power = 1 << (rows - 1).bit_length()
    return power * 3 // 4 if rows <= power * 3 // 4 else power


def evaluation_copy(model: PocketModel) -> PocketModel:
    """The model as it is measured: in float32, as the engine that serves it computes its residual
    stream; on a GPU the products are those of its matrix units (tf32)."""
    model = copy.deepcopy(model)
    model.float().eval().requires_grad_(requires_grad=False)
    return model
