"""What a run of the training is made of: the model's shape and the recipe, read from one file.

The shape is written and read as Hugging Face's `config.json` of `CwmForCausalLM`, so that every
checkpoint says by itself what it is. The recipe is a TOML file (`training/configs/*.toml`): a
`[model]` table, a `[train]` table with what all phases share, and one table per phase that
overrides it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, cast, get_args

Phase = Literal["pretrain", "midtrain", "posttrain"]
Attention = Literal["auto", "flex", "masked", "causal"]
PHASES: tuple[Phase, ...] = get_args(Phase)

#: HF's name of the architecture class; vLLM and SGLang's plugin know it too.
ARCHITECTURE = "CwmForCausalLM"


class ConfigError(ValueError):
    """A configuration that cannot be used; the message says which key and why."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The shape of a dense CWM: Llama's blocks with grouped queries and tied embeddings."""

    vocab_size: int = 4096
    hidden_size: int = 512
    intermediate_size: int = 1408
    num_hidden_layers: int = 12
    num_attention_heads: int = 8
    num_key_value_heads: int = 2
    head_dim: int = 64
    max_position_embeddings: int = 4096
    rope_theta: float = 1e6
    rms_norm_eps: float = 1e-5
    initializer_range: float = 0.02
    bos_token_id: int = 0
    eos_token_ids: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        if self.num_attention_heads % self.num_key_value_heads:
            raise ConfigError("num_attention_heads must be a multiple of num_key_value_heads.")
        if self.head_dim % 2:
            raise ConfigError("head_dim must be even: rotary embeddings turn pairs.")

    @property
    def matrix_parameters(self) -> int:
        """Weights that every token is multiplied with, the output layer included."""
        width, heads, kv = self.hidden_size, self.num_attention_heads, self.num_key_value_heads
        attention = width * self.head_dim * (2 * heads + 2 * kv)
        layer = attention + 3 * width * self.intermediate_size
        return self.num_hidden_layers * layer + self.vocab_size * width

    @property
    def parameters(self) -> int:
        """All weights; the tied embedding counts once."""
        return self.matrix_parameters + self.hidden_size * (2 * self.num_hidden_layers + 1)

    def to_hf(self) -> dict[str, Any]:
        """`config.json`. The sliding window is as long as the context, so it never slides."""
        values = asdict(self)
        eos = list(values.pop("eos_token_ids"))
        layers = ["sliding_attention" if i % 4 else "full_attention" for i in range(self.depth)]
        rope = {"rope_type": "default", "rope_theta": self.rope_theta}
        return {
            "architectures": [ARCHITECTURE],
            "model_type": "cwm",
            **values,
            "eos_token_id": eos,
            "hidden_act": "silu",
            "attention_dropout": 0.0,
            "attention_bias": False,
            "mlp_bias": False,
            "tie_word_embeddings": True,
            "use_cache": True,
            "sliding_window": self.max_position_embeddings,
            "layer_types": layers,
            "rope_scaling": None,
            "rope_parameters": rope,
        }

    @property
    def depth(self) -> int:
        """Number of layers."""
        return self.num_hidden_layers

    @classmethod
    def from_hf(cls, values: Mapping[str, Any]) -> ModelConfig:
        """Read `config.json`. Raises `ConfigError` for another architecture or a real window."""
        if values.get("architectures") != [ARCHITECTURE] or not values.get("tie_word_embeddings"):
            raise ConfigError(f"Not a {ARCHITECTURE} with tied embeddings.")
        if values.get("sliding_window", 0) < values["max_position_embeddings"]:
            raise ConfigError("The sliding window is shorter than the context.")
        own = {f.name: values[f.name] for f in fields(cls) if f.name in values}
        return cls(**own, eos_token_ids=tuple(values["eos_token_id"]))


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """One phase's recipe. Learning rates are those of the stable part of the schedule.

    `row_tokens` is the length of a packed row, `batch_tokens` what one optimiser step sees and
    `micro_tokens` what one forward pass sees. `class_weights` multiply the loss of a token by its
    class: 0 ignored, 1 source context, 2 frames, 3 plain source and text. `flex_block` is the size
    of the blocks that flex attention skips, `compile_mode` is `torch.compile`'s.
    """

    row_tokens: int = 4096
    batch_tokens: int = 262_144
    micro_tokens: int = 131_072
    class_weights: tuple[float, float, float, float] = (0.0, 0.1, 1.0, 0.3)
    matrix_lr: float = 0.02
    embedding_lr: float = 0.004
    norm_lr: float = 0.002
    matrix_weight_decay: float = 0.01
    momentum: float = 0.95
    grad_clip: float = 1.0
    warmup_steps: int = 60
    decay_fraction: float = 0.3
    final_lr_fraction: float = 0.02
    steps: int = 0
    budget_seconds: float = 0.0
    checkpoint_seconds: float = 120.0
    evaluate_seconds: float = 60.0
    log_steps: int = 20
    heldout_documents: int = 512
    shard_wait_seconds: float = 300.0
    attention: Attention = "auto"
    flex_block: int = 128
    compile: bool = True
    compile_mode: str = "default"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.micro_tokens % self.row_tokens or self.batch_tokens % self.micro_tokens:
            raise ConfigError("batch_tokens, micro_tokens and row_tokens must divide each other.")
        if self.attention not in get_args(Attention):
            raise ConfigError(f"attention is one of {', '.join(get_args(Attention))}.")
        if len(self.class_weights) != len(CLASS_NAMES):
            raise ConfigError(f"class_weights has {len(CLASS_NAMES)} numbers.")


#: What the loss classes of a shard's tokens are called in logs.
CLASS_NAMES = ("ignored", "context", "frames", "text")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A configuration file: the model and each phase's settings."""

    model: ModelConfig = field(default_factory=ModelConfig)
    phases: Mapping[Phase, TrainConfig] = field(default_factory=dict)


def read_recipe(path: Path) -> Recipe:
    """Read a TOML recipe. Raises `ConfigError` naming every key that is not known."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    unknown = set(tables) - {"model", "train", *PHASES}
    if unknown:
        raise ConfigError(f"{path}: unknown tables {', '.join(sorted(unknown))}.")
    model = ModelConfig(**_known(ModelConfig, tables.get("model", {}), path))
    shared = _known(TrainConfig, tables.get("train", {}), path)
    phases = {
        phase: TrainConfig(**shared | _known(TrainConfig, tables.get(phase, {}), path))
        for phase in PHASES
    }
    if any(p.row_tokens > model.max_position_embeddings for p in phases.values()):
        raise ConfigError(f"{path}: row_tokens is longer than the model's context.")
    return Recipe(model, cast("Mapping[Phase, TrainConfig]", phases))


def with_overrides(config: TrainConfig, **changes: Any) -> TrainConfig:
    """The same recipe with what the command line says, `None` meaning "as in the file"."""
    return replace(config, **{k: v for k, v in changes.items() if v is not None})


def parse_overrides(settings: Iterable[str]) -> dict[str, Any]:
    """`KEY=VALUE` settings as values for `with_overrides`, in TOML's spelling; a value that is
    none is a string. Raises `ConfigError` for an unknown key."""
    names = {f.name for f in fields(TrainConfig)}
    found: dict[str, Any] = {}
    for setting in settings:
        key, _, text = setting.partition("=")
        if key not in names:
            raise ConfigError(f"{setting}: there is no setting {key!r}.")
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        found[key] = tuple(value) if isinstance(value, list) else value
    return found


def _known(kind: type[Any], table: Mapping[str, Any], path: Path) -> dict[str, Any]:
    names = {f.name for f in fields(kind)}
    unknown = set(table) - names
    if unknown:
        raise ConfigError(f"{path}: unknown keys {', '.join(sorted(unknown))}.")
    return {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
