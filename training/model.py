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
* masked: scaled dot product attention with an explicit mask; exact anywhere, memory is quadratic.
* causal: without looking at documents (every row counts as one). The way out where the first does
  not compile; a token then also sees the documents before its own.

Reference: arxiv.org/abs/2302.13971 (LLaMA), transformers' `models/cwm` (tested against it, LOG.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention

from training.config import ModelConfig

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
        q = self.q_proj(x).view(batch, length, self.heads, self.size).transpose(1, 2)
        k = self.k_proj(x).view(batch, length, self.kv_heads, self.size).transpose(1, 2)
        v = self.v_proj(x).view(batch, length, self.kv_heads, self.size).transpose(1, 2)
        return rotate(q, cos, sin), rotate(k, cos, sin), v

    def join(self, heads: Tensor) -> Tensor:
        """The heads' results back to the residual's width."""
        batch, _, length, _ = heads.shape
        return self.o_proj(heads.transpose(1, 2).reshape(batch, length, -1))

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Mask) -> Tensor:
        q, k, v = self.project(x, cos, sin)
        if isinstance(mask, BlockMask):
            return self.join(flex_attention(q, k, v, block_mask=mask, enable_gqa=True))
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
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


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

    def compile_parts(self) -> None:
        """Compile each block and the output by themselves instead of the whole model.

        All blocks share one compiled code, so this takes a fraction of the time.
        """
        for layer in self.model.layers:
            layer.compile(dynamic=False)
        self._output_losses = torch.compile(self.output_losses, dynamic=False)

    def forget_compiled(self) -> None:
        """Undo `compile_parts`."""
        for layer in self.model.layers:
            layer._compiled_call_impl = None
        self._output_losses = self.output_losses

    def residual(self, ids: Tensor, mask: Mask) -> Tensor:
        """The last block's output for rows of token ids."""
        length = ids.shape[1]
        cos, sin = self.cos[:length], self.sin[:length]
        x = self.model.embed_tokens(ids)
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.get_autocast_dtype(x.device.type))
        for layer in self.model.layers:
            x = layer(x, cos, sin, mask)
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


def document_block_mask(documents: Tensor) -> BlockMask:
    """The same for `flex_attention`."""
    rows, length = documents.shape

    def may_look(row: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:  # noqa: ARG001
        return (query >= key) & (documents[row, query] == documents[row, key])

    return create_block_mask(may_look, rows, None, length, length, device=documents.device)
