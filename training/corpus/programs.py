"""Programs of the corpus: `program(seed)` is one program with its entry call.

A program is a variant of a seed block (`training/corpus/seeds`) or composed from scratch
(`training.corpus.compose`); then it gets names and a style of its own. The same seed always gives
the same program. `python -m training.corpus.programs --stats 5000` prints what programs contain,
`--show 5` prints programs.
"""

from __future__ import annotations

import ast
import random
import warnings
from dataclasses import dataclass

from training.corpus.composition import composed
from training.corpus.draft import Draft, finish
from training.corpus.seedfile import load_seeds
from training.corpus.style import draw_style
from training.corpus.variants import variant

#: Attempts until a program that parses is found. More than two are hardly ever needed.
_ATTEMPTS = 8
#: Share of the programs that are variants of seed blocks; the rest is composed.
SEED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Program:
    """A program's text, the call to trace, and where it comes from (for statistics)."""

    source: str
    entry: str
    kind: str


def program(seed: int, *, seed_share: float = SEED_SHARE) -> Program:
    """The program of this number. `seed_share` of the programs are variants of seed blocks."""
    for attempt in range(_ATTEMPTS):
        rng = random.Random(f"{seed}/{attempt}")  # noqa: S311  # reproducible, no secret
        draft = _draft(rng, seed_share)
        source, entry = finish(draft, draw_style(rng), rng)
        if _parses(source) and _parses(entry):
            return Program(source, entry, draft.kind)
    raise RuntimeError(f"no program parses for seed {seed}")


def _draft(rng: random.Random, seed_share: float) -> Draft:
    if rng.random() < seed_share:
        return variant(load_seeds(), rng)
    return composed(rng)


def _parses(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError):
            return False
    return True


if __name__ == "__main__":
    from training.corpus.statistics import main

    main()
