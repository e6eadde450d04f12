"""Which layers of a CWM checkpoint look at a window, in the terms that SGLang uses. Pure.

Two conventions meet here, one apart. In a checkpoint's `config.json`, `sliding_window` counts the
tokens a position attends to, itself included (Transformers' mask). SGLang's
`sliding_window_size` counts the tokens before it: the same window is one less. SGLang's Triton
backend takes it for the other of the two while it decodes, which `model_window` makes up for.

SGLang gives layers with a window a smaller KV pool only for architectures on a list of its own, or
where the model's configuration says `is_hybrid_swa` and has a `hybrid_layer_pattern` (1: window,
0: whole context; sglang 0.5.17, `srt/configs/model_config.py`). The configuration is read before
any model class is imported, and by several processes, so a class cannot add these two. They go to
the server as `--json-model-override-args`, which every process applies: `override_args`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

#: SGLang's word for "attends to everything".
WHOLE_CONTEXT: Final = -1

TRITON: Final = "triton"

#: Prefill backends that mask by the layer's window alone, so that the model's may be one more.
_MASKED_BY_LAYER: Final = frozenset({TRITON, "fa3", "fa4", "torch_native"})

_WINDOW: Final = "sliding_attention"
_WHOLE: Final = "full_attention"

#: What Transformers' `CwmConfig` assumes where a checkpoint has no `layer_types`.
_WHOLE_EVERY: Final = 4


class LayersError(ValueError):
    """The configuration is not one of CWM's kind. The text names the field."""


def layer_types(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The kind of every layer. Raises `LayersError`."""
    count = config.get("num_hidden_layers")
    if not isinstance(count, int) or count < 1:
        raise LayersError(f"num_hidden_layers is {count!r}, not a number of layers.")
    given = config.get("layer_types")
    if given is None:
        return tuple(_WHOLE if i % _WHOLE_EVERY == 0 else _WINDOW for i in range(count))
    if len(given) != count:
        raise LayersError(f"layer_types names {len(given)} layers, num_hidden_layers is {count}.")
    unknown = sorted(set(given) - {_WINDOW, _WHOLE})
    if unknown:
        raise LayersError(f"layer_types has {unknown[0]!r}; known are {_WINDOW} and {_WHOLE}.")
    return tuple(given)


def window_before(config: Mapping[str, Any]) -> int | None:
    """How many tokens before the current one a window holds; None where no layer has a window.

    Raises `LayersError`.
    """
    if _WINDOW not in layer_types(config):
        return None
    window = config.get("sliding_window")
    # SGLang takes a size of 0 for "no window", so a window of the token alone cannot be served.
    if not isinstance(window, int) or window < 2:
        raise LayersError(f"sliding_window is {window!r}; layers with a window need 2 or more.")
    return window - 1


def windows(config: Mapping[str, Any]) -> tuple[int, ...]:
    """SGLang's `sliding_window_size` of every layer. Raises `LayersError`."""
    before = window_before(config)
    return tuple(
        before if kind == _WINDOW and before is not None else WHOLE_CONTEXT
        for kind in layer_types(config)
    )


def model_window(
    config: Mapping[str, Any], *, prefill: str | None, decode: str | None, one_short: bool
) -> int | None:
    """The window of the whole model, which sizes pools, buffers and eviction, for these attention
    backends; None where no layer has a window. Raises `LayersError`.

    `one_short`: Triton gathers this many tokens for a decode step, the current one among them, and
    masks none, so that it needs one more than a layer's window (`triton_window`). One more is
    harmless everywhere else in that backend: prefixes are masked by the layer's own window, and
    buffers and the pool hold one token more.
    """
    before = window_before(config)
    if before is None or decode != TRITON or not one_short:
        return before
    if prefill not in _MASKED_BY_LAYER:
        raise LayersError(
            f"attention backends {prefill} (prompts) and {TRITON} (decoding) take the window for "
            f"different numbers: use {TRITON} for both (--attention-backend {TRITON})."
        )
    return before + 1


def pattern(types: Sequence[str]) -> list[int]:
    """The `hybrid_layer_pattern` of these layers."""
    return [1 if kind == _WINDOW else 0 for kind in types]


def override_args(
    config: Mapping[str, Any], *, context_tokens: int | None = None
) -> dict[str, Any]:
    """What makes SGLang keep only the window of the layers that have one; empty where that would
    save nothing: no layer has a window, or it is as long as the context. Raises `LayersError`.

    `context_tokens` is the longest context that will be served (default: the checkpoint's).
    """
    before = window_before(config)
    context = context_tokens or config.get("max_position_embeddings")
    if before is None or (isinstance(context, int) and before + 1 >= context):
        return {}
    return {"is_hybrid_swa": True, "hybrid_layer_pattern": pattern(layer_types(config))}
