"""The few facts about a tokenizer that training needs, read from its `tokenizer.json`.

Reading the file directly keeps the tokenizer library off the training machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from training.config import ModelConfig

BEGIN = "<|begin_of_text|>"
FRAME_SEP = "<|frame_sep|>"
#: Tokens that end a text: of a trace, of a message, of a turn.
ENDS = ("<|end_of_text|>", "<|eom_id|>", "<|eot_id|>")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`size` counts every id, special ones included; `special` maps names to ids."""

    size: int
    special: Mapping[str, int]

    @classmethod
    def read(cls, folder: Path) -> Vocabulary:
        """From the `tokenizer.json` of a model folder. Raises `OSError` or `ValueError`."""
        path = folder / "tokenizer.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        special = {t["content"]: int(t["id"]) for t in content["added_tokens"] if t["special"]}
        ids = [*content["model"]["vocab"].values(), *(t["id"] for t in content["added_tokens"])]
        if missing := [name for name in (BEGIN, FRAME_SEP, ENDS[0]) if name not in special]:
            raise ValueError(f"{path} lacks the special tokens {', '.join(missing)}.")
        return cls(max(ids) + 1, special)

    @property
    def begin(self) -> int:
        """The id every document begins with."""
        return self.special[BEGIN]

    @property
    def frame_sep(self) -> int:
        """The id every frame ends with."""
        return self.special[FRAME_SEP]

    @property
    def ends(self) -> tuple[int, ...]:
        """The ids that end a generation."""
        return tuple(self.special[name] for name in ENDS if name in self.special)

    def fit(self, model: ModelConfig) -> ModelConfig:
        """The model's shape with this vocabulary's size and ids."""
        return replace(
            model, vocab_size=self.size, bos_token_id=self.begin, eos_token_ids=self.ends
        )
