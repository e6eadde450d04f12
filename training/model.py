# mypy: allow-subclassing-any
# (PyTorch is not among the packages that the checks install.)
"""The pocket world model in plain PyTorch: CWM's architecture at a laptop's size.

Theory of operation. A decoder of Llama's kind, as Meta's CWM is: pre-norm blocks of grouped-query
attention with rotary positions (halves of a head are the pairs, as in Hugging Face's code) and
SwiGLU, RMSNorm with epsilon 1e-5, no biases, no norm on queries and keys. Embedding and output
layer share their weights. Parameter names are those of `CwmForCausalLM`'s state dict, so that
export is a matter of writing files.

A training row holds several documents one after another. `documents` numbers them per token, and
a token attends only to earlier tokens of its own document. Positions need not restart: rotary
embeddings only know differences. Three ways to compute that, one result:

* flex: PyTorch's `flex_attention` with a block mask; blocks that no document spans are skipped.
  Documents lie one after another, so the first token that a token may see says everything, and the
  block mask is written down from it instead of being found by trying all pairs of tokens.
* masked: scaled dot product attention with an explicit mask; exact anywhere, memory is quadratic.
* causal: without looking at documents (every row counts as one). The way out where the first does
  not compile; a token then also sees the documents before its own.

Reference: arxiv.org/abs/2302.13971 (LLaMA), transformers' `models/cwm` (tested against it, LOG.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.attention.flex_attention import BlockMask, flex_attention

from training.config import ModelConfig

#: Queries and keys of one block of a block mask: what flex attention's kernels are tuned for.
FLEX_BLOCK = 128

#: What an attention call is told: a flex block mask, a boolean mask, or None for plain causal.
Mask = Any


def rotary_tables(config: ModelConfig, length: int, device: Any = None) -> tuple[Tensor, Tensor]:
    """Cosines and sines [length, head_dim / 2] of the rotary embedding, in float32."""
    half = torch.arange(0, config.head_dim, 2, dtype=torch.float64, device=device)
    frequency = config.rope_theta ** (-half / config.head_dim)
    position = torch.arange(length, dtype=torch.float64, device=device)
    angle = torch.outer(position, frequency)
    return angle.cos().float(), angle.sin().float()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn the pairs (x[i], x[i + head_dim / 2]); the tables broadcast over batch and heads."""
    first, second = x.float().chunk(2, dim=-1)
    turned = torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)
    return turned.to(x.dtype)


def linears(x: Tensor, layers: Sequence[nn.Linear], *, together: bool) -> Sequence[Tensor]:
    """What several layers make of one input; `together` in one matrix product.

    Joining the weights is cheap beside a training batch: the input is then read once instead of
    once a layer, and so is its gradient written. For single tokens it would cost more.
    """
    if not together:
        return [layer(x) for layer in layers]
    joined = F.linear(x, torch.cat([layer.weight for layer in layers]))
    parts: Sequence[Tensor] = joined.split([layer.out_features for layer in layers], dim=-1)
    return parts


class RMSNorm(nn.Module):
    """Root-mean-square norm, computed in float32 (arxiv.org/abs/1910.07467)."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        wide = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps)
        return (self.weight * wide).to(x.dtype)


class Attention(nn.Module):
    """Grouped-query attention; `cache` (keys and values) is used in generation only."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width, size = config.hidden_size, config.head_dim
        self.heads, self.kv_heads, self.size = (
            config.num_attention_heads,
            config.num_key_value_heads,
            size,
        )
        self.q_proj = nn.Linear(width, self.heads * size, bias=False)
        self.k_proj = nn.Linear(width, self.kv_heads * size, bias=False)
        self.v_proj = nn.Linear(width, self.kv_heads * size, bias=False)
        self.o_proj = nn.Linear(self.heads * size, width, bias=False)

    def project(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values as [batch, heads, length, size], positions applied."""
        batch, length, _ = x.shape
        parts = linears(x, (self.q_proj, self.k_proj, self.v_proj), together=self.training)
        q, k, v = (
            part.view(batch, length, heads, self.size).transpose(1, 2)
            for part, heads in zip(parts, (self.heads, self.kv_heads, self.kv_heads), strict=True)
        )
        # A copy, since v is the last part of a wider product: compiled flex attention on the CPU
        # (PyTorch 2.13) forgets where in it v begins.
        return rotate(q, cos, sin), rotate(k, cos, sin), v.contiguous()

    def join(self, heads: Tensor) -> Tensor:
        """The heads' results back to the residual's width."""
        batch, _, length, _ = heads.shape
        return self.o_proj(heads.transpose(1, 2).reshape(batch, length, -1))

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Mask) -> Tensor:
        q, k, v = self.project(x, cos, sin)
        if isinstance(mask, BlockMask):
            options = _tiles(mask.BLOCK_SIZE[0])
            return self.join(
                flex_attention(q, k, v, block_mask=mask, enable_gqa=True, kernel_options=options)
            )
        return self.join(
            F.scaled_dot_product_attention(
                q, k, v, attn_mask=mask, is_causal=mask is None, enable_gqa=True
            )
        )


class MLP(nn.Module):
    """SwiGLU (arxiv.org/abs/2002.05202)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width, inner = config.hidden_size, config.intermediate_size
        self.gate_proj = nn.Linear(width, inner, bias=False)
        self.up_proj = nn.Linear(width, inner, bias=False)
        self.down_proj = nn.Linear(inner, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = linears(x, (self.gate_proj, self.up_proj), together=self.training)
        return self.down_proj(F.silu(gate) * up)


class Block(nn.Module):
    """One layer: attention and MLP, each on a normed copy of the residual stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = MLP(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Mask) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    """Embedding, blocks and last norm (HF's `CwmModel`)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Block(config) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)


class PocketModel(nn.Module):
    """The language model. Its state dict is `CwmForCausalLM`'s without the tied `lm_head`."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        cos, sin = rotary_tables(config, config.max_position_embeddings)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self._output_losses: Callable[[Tensor, Tensor], Tensor] = self.output_losses

    def initialise(self, seed: int) -> None:
        """Fresh weights: normal, and smaller where a block writes to the residual stream."""
        generator = torch.Generator().manual_seed(seed)
        spread = self.config.initializer_range
        for name, weight in self.named_parameters():
            if weight.dim() < 2:
                nn.init.ones_(weight)
                continue
            writes = name.endswith(("o_proj.weight", "down_proj.weight"))
            std = spread / math.sqrt(2 * self.config.num_hidden_layers) if writes else spread
            nn.init.normal_(weight, std=std, generator=generator)

    def compile_parts(self, mode: str = "default") -> None:
        """Compile each block and the output by themselves instead of the whole model.

        All blocks share one compiled code, so this takes a fraction of the time. `mode` is
        `torch.compile`'s.
        """
        for layer in self.model.layers:
            layer.compile(dynamic=False, mode=mode)
        self._output_losses = torch.compile(self.output_losses, dynamic=False, mode=mode)

    def forget_compiled(self) -> None:
        """Undo `compile_parts`."""
        for layer in self.model.layers:
            layer._compiled_call_impl = None
        self._output_losses = self.output_losses

    def residual(self, ids: Tensor, mask: Mask) -> Tensor:
        """The last block's output for rows of token ids."""
        length = ids.shape[1]
        cos, sin = self.cos[:length], self.sin[:length]
        x = self.embedded(ids)
        for layer in self.model.layers:
            x = layer(x, cos, sin, mask)
        return x

    def embedded(self, ids: Tensor) -> Tensor:
        """The tokens' embeddings, in the type that autocast computes in."""
        x = self.model.embed_tokens(ids)
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.get_autocast_dtype(x.device.type))
        return x

    def hidden(self, ids: Tensor, mask: Mask) -> Tensor:
        """The last norm's output for rows of token ids."""
        return self.model.norm(self.residual(ids, mask))

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores of every token of the vocabulary; outside training always in float32, since
        bfloat16 would round the two best tokens to a tie now and then."""
        if not self.training:
            return F.linear(hidden.float(), self.model.embed_tokens.weight.float())
        return F.linear(hidden, self.model.embed_tokens.weight)

    def forward(self, ids: Tensor, mask: Mask = None) -> Tensor:
        return self.logits(self.hidden(ids, mask))

    def losses(self, ids: Tensor, targets: Tensor, mask: Mask) -> Tensor:
        """Cross entropy of every target, in float32, shaped as `targets`."""
        return self._output_losses(self.residual(ids, mask), targets)

    def plain_losses(self, ids: Tensor, targets: Tensor, mask: Mask) -> Tensor:
        """`losses` without anything that was compiled: what compiled code is compared with."""
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        x = self.embedded(ids)
        for layer in self.model.layers:
            x = layer.forward(x, cos, sin, mask)
        return self.output_losses(x, targets)

    def output_losses(self, x: Tensor, targets: Tensor) -> Tensor:
        """`losses` from the last block's output."""
        logits = self.logits(self.model.norm(x))
        flat = F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), reduction="none")
        return flat.view_as(targets)


def document_mask(documents: Tensor) -> Tensor:
    """[rows, 1, length, length], true where a token may look: earlier, in its own document."""
    length = documents.shape[1]
    same = documents[:, None, :, None] == documents[:, None, None, :]
    return same & torch.ones(length, length, dtype=torch.bool, device=documents.device).tril()


def first_visible(documents: Tensor) -> Tensor:
    """[rows, length] int32: the first token of each token's document. Documents are contiguous."""
    places = torch.arange(documents.shape[1], device=documents.device, dtype=torch.int32)
    begins = torch.zeros_like(documents, dtype=torch.int32)
    is_new = documents[:, 1:] != documents[:, :-1]
    begins[:, 1:] = torch.where(is_new, places[1:], 0)
    return begins.cummax(dim=1).values


def document_block_mask(documents: Tensor, block: int = FLEX_BLOCK) -> BlockMask:
    """The same for `flex_attention`, in blocks of `block` queries and keys.

    A block of queries sees the blocks of keys from its first query's document to itself. Those that
    also its last query sees wholly need no mask within.
    """
    length = documents.shape[1]
    first = first_visible(documents)
    blocks = torch.arange(-(-length // block), device=documents.device)
    lasts = ((blocks + 1) * block - 1).clamp(max=length - 1)
    lowest = (first[:, blocks * block] // block)[:, None, :, None]
    lowest_full = (-(-first[:, lasts] // block))[:, None, :, None]
    queries, keys = blocks[:, None], blocks[None, :]
    is_whole = (queries + 1) * block <= length  # the last block may go past the row's end
    is_full = (keys >= lowest_full) & (keys < queries) & is_whole
    is_partial = (keys >= lowest) & (keys <= queries) & ~is_full

    def may_look(row: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:  # noqa: ARG001
        return (key <= query) & (key >= first[row, query])

    return BlockMask.from_kv_blocks(
        *_listed(is_partial),
        *_listed(is_full),
        BLOCK_SIZE=block,
        mask_mod=may_look,
        seq_lengths=(length, length),
    )


def _listed(blocks: Tensor) -> tuple[Tensor, Tensor]:
    """How many blocks of keys each block of queries has, and which, those first that it has."""
    order = torch.argsort(blocks.int(), dim=-1, descending=True, stable=True)
    return blocks.sum(-1).int(), order.int()


def _tiles(block: int) -> dict[str, int] | None:
    """The sizes of the kernels' tiles, which must divide blocks smaller than usual."""
    if block >= FLEX_BLOCK:
        return None
    names = ("BLOCK_M", "BLOCK_N", "BLOCK_M1", "BLOCK_N1", "BLOCK_M2", "BLOCK_N2")
    return dict.fromkeys(names, block)
