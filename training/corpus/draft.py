"""An unfinished program: marked lines, an entry and its arguments, before names and style."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from training.corpus.lines import Line
from training.corpus.marks import marked_names, plain_names, rename
from training.corpus.names import Namer
from training.corpus.style import Style, write

#: Own names that begin so were made up by a mutation or by composition: never kept.
SYNTHETIC = "q9"


@dataclass(slots=True)
class Draft:
    """What seeds and composition produce. `entry` is an unmarked own name or `main`."""

    kind: str
    lines: list[Line]
    entry: str
    arguments: tuple[Any, ...]
    kinds: dict[str, str] = field(default_factory=dict)
    keep_rate: float = 0.1  # share of the names that stay as they are
    features: set[str] = field(default_factory=set)
    #: Written without much ado: few comments and docstrings, as functions in exercises are.
    lean: bool = False


def finish(draft: Draft, style: Style, rng: random.Random) -> tuple[str, str]:
    """The program's text and its entry call."""
    arguments = ", ".join(map(repr, draft.arguments))
    mark = "" if draft.entry == "main" else "\u01c1"
    text = write(draft.lines, style, rng, f"{mark}{draft.entry}({arguments})")
    names = _final_names(draft, text, rng)
    entry = names.get(draft.entry, draft.entry)
    return rename(text, names), f"{entry}({arguments})"


def _final_names(draft: Draft, text: str, rng: random.Random) -> dict[str, str]:
    namer = Namer(rng, plain_names(text))
    names: dict[str, str] = {}
    for name, mark in marked_names(text).items():
        default = "variable" if mark == "\u01c1" else "attribute"
        if not name.startswith(SYNTHETIC) and rng.random() < draft.keep_rate:
            names[name] = namer.keep(name)
        else:
            names[name] = namer.fresh(draft.kinds.get(name, default))
    return names
