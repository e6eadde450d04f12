"""Programs of the corpus: `program(seed)` is one program with its entry call.

A program is a variant of a seed block (`training/corpus/seeds`) or composed from scratch
(`training.corpus.compose`); then it gets names and a style of its own. The same seed always gives
the same program. `python -m training.corpus.programs --stats 5000` prints what programs contain,
`--show 5` prints programs.
"""

from __future__ import annotations

import ast
import contextlib
import random
import signal
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from training.corpus.composition import composed
from training.corpus.draft import Draft, finish
from training.corpus.seedfile import Seed, load_seeds
from training.corpus.style import draw_style
from training.corpus.surroundings import surround
from training.corpus.variants import variant

#: Attempts until a program that parses is found. More than two are hardly ever needed.
_ATTEMPTS = 8
#: CPU seconds for one draft: some hundred times what it needs.
_MAX_COMPOSE_S = 0.5
#: Share of the programs that are variants of seed blocks; the rest is composed.
SEED_SHARE = 0.14


@dataclass(frozen=True, slots=True)
class Program:
    """A program's text, the call to trace, and where it comes from (for statistics)."""

    source: str
    entry: str
    kind: str


def program(seed: int, *, seed_share: float = SEED_SHARE) -> Program:
    """The program of this number. `seed_share` of the programs are variants of seed blocks."""
    seeds = load_seeds()  # the first call parses all of them: outside the bound on a draft
    for attempt in range(_ATTEMPTS):
        rng = random.Random(f"{seed}/{attempt}")  # noqa: S311  # reproducible, no secret
        try:
            with _bounded():
                draft = _draft(seeds, rng, seed_share)
                if not draft.lean or rng.random() < 0.2:
                    surround(draft, rng)
        except _EndlessError:
            continue
        source, entry = finish(draft, draw_style(rng, lean=draft.lean), rng)
        if _parses(source) and _parses(entry):
            return Program(source, entry, draft.kind)
    raise RuntimeError(f"no program parses for seed {seed}")


class _EndlessError(BaseException):
    """Composing took too long. No `Exception`: statements being tried must not swallow it."""


def _stop(_signum: int, _frame: FrameType | None) -> NoReturn:
    raise _EndlessError


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Composition runs its statements. One that does not end must not hang a worker for hours."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread only
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _MAX_COMPOSE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def _draft(seeds: tuple[Seed, ...], rng: random.Random, seed_share: float) -> Draft:
    if rng.random() < seed_share:
        return variant(seeds, rng)
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
