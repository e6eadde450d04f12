"""Parameters and test inputs of families: the corpus's vocabulary of values, and a little more.

The generators here make what problems need beyond `training.corpus.values`: the text that a
program reads, and the method calls of a test of a class.
"""

from __future__ import annotations

import random
from typing import Any

from training.corpus.texts import Gen
from training.corpus.values import VOCABULARY


def _as_gen(item: object) -> Gen:
    if callable(item):
        return item
    return lambda _rng, _done: item


def lines(*gens: Any) -> Gen:
    """Text of one line for each generator; lists are spread over a line, separated by spaces."""
    inner = [_as_gen(gen) for gen in gens]

    def make(rng: random.Random, done: list[Any]) -> str:
        values = [gen(rng, done) for gen in inner]
        rows = (" ".join(map(str, v)) if isinstance(v, list) else str(v) for v in values)
        return "\n".join(rows) + "\n"

    return make


def counted(gen: Any, lo: int = 0, hi: int = 6) -> Gen:
    """Text of a count and then that many lines."""
    inner = _as_gen(gen)

    def make(rng: random.Random, done: list[Any]) -> str:
        rows = [str(inner(rng, done)) for _ in range(rng.randint(lo, hi))]
        return "\n".join([str(len(rows)), *rows]) + "\n"

    return make


def calls(lo: int, hi: int, **methods: Any) -> Gen:
    """Method calls: a list of tuples of a name and arguments.

    Each keyword is a method's name with the generator of its argument, or a tuple of generators.
    """
    known = {
        name: [_as_gen(gen) for gen in (gens if isinstance(gens, tuple) else (gens,))]
        for name, gens in methods.items()
    }

    def make(rng: random.Random, done: list[Any]) -> list[tuple[Any, ...]]:
        names = [rng.choice(list(known)) for _ in range(rng.randint(lo, hi))]
        return [(name, *(gen(rng, done) for gen in known[name])) for name in names]

    return make


WORDS: dict[str, Any] = VOCABULARY | {
    function.__name__: function
    for function in (
        lines, counted, calls, len, range, list, sorted, str, int, sum, min, max, dict, zip, abs,
        bool, chr, ord, set, tuple, map, round, float, enumerate, repr, reversed,
    )
}  # fmt: skip


def evaluate(text: str, names: dict[str, Any], rng: random.Random) -> tuple[Any, ...]:
    """The values of a comma-separated line of generator expressions, as a tuple.

    Raises whatever the expressions raise: the files are the project's own.
    """
    scope = {"__builtins__": {}, **WORDS, **names}
    items = eval(f"({text},)", scope)  # noqa: S307  # family files are the project's own code
    done: list[Any] = []
    for item in items:
        done.append(_as_gen(item)(rng, done))
    return tuple(done)
