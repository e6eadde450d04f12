"""Values for entry arguments: the vocabulary of the `#:` lines of seed files.

A `#:` line such as `list_(int_(-9, 20), 0, 6), part_of(0)` is compiled once by `compile_line`
into a callable `rng -> tuple of values`. Each vocabulary function returns a *generator*: a
callable of the random source and of the arguments already made (`part_of` looks at them).
All values are Python literals with a `repr` that evaluates to them again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Sequence
from string import ascii_lowercase
from typing import Any

from training.corpus.texts import (
    Gen,
    binary,
    bracketed,
    char,
    date,
    digits,
    identifier,
    letters,
    mixed,
    name,
    plain_word,
    roman,
    sentence,
    text,
    upper,
    word,
    words,
)  # fmt: skip

Values = Callable[[random.Random], tuple[Any, ...]]


class ValueLineError(ValueError):
    """A `#:` line that is no list of generator expressions."""


def compile_line(line: str) -> Values:
    """The text after `#:` as a callable that makes one tuple of arguments.

    Raises `ValueLineError` with the reason.
    """
    text = line.strip()
    if not text:
        return lambda _rng: ()
    try:
        items = eval(f"({text},)", {"__builtins__": {}}, VOCABULARY)  # noqa: S307  # seed files are the project's own code
    except Exception as error:
        raise ValueLineError(f"cannot read {text!r}: {error}") from error
    gens = [_as_gen(item) for item in items]

    def values(rng: random.Random) -> tuple[Any, ...]:
        done: list[Any] = []
        for gen in gens:
            done.append(gen(rng, done))
        return tuple(done)

    return values


def _as_gen(item: object) -> Gen:
    if callable(item):
        return item
    return lambda _rng, _done: item


def int_(lo: int = -10, hi: int = 30) -> Gen:
    """An integer from lo to hi; small ones, the ends and round numbers more often."""

    def gen(rng: random.Random, _done: list[Any]) -> int:
        kind = rng.random()
        if kind < 0.06:
            return rng.choice((lo, hi))
        if kind < 0.35:
            return min(max(rng.randint(-1, 9), lo), hi)
        if kind < 0.4 and hi - lo >= 20:
            return min(max(rng.randint(lo // 10, hi // 10) * 10, lo), hi)
        return rng.randint(lo, hi)

    return gen


def float_(lo: float = -10, hi: float = 30, digits: int | None = None) -> Gen:
    """A decimal fraction with one or two digits, sometimes whole."""

    def gen(rng: random.Random, _done: list[Any]) -> float:
        kind = rng.random()
        if kind < 0.15:
            return float(rng.randint(int(lo), int(hi)))
        if kind < 0.35:
            return min(max(rng.randint(int(lo * 4), int(hi * 4)) / 4, float(lo)), float(hi))
        return round(rng.uniform(lo, hi), digits or (1 if kind < 0.75 else 2))

    return gen


def bool_() -> Gen:
    """True or False."""
    return lambda rng, _done: rng.random() < 0.5


def list_(gen: Any, lo: int = 0, hi: int = 6) -> Gen:
    """A list; sometimes sorted, reversed or with repeated elements."""
    inner = _as_gen(gen)

    def make(rng: random.Random, done: list[Any]) -> list[Any]:
        out = [inner(rng, done) for _ in range(rng.randint(lo, hi))]
        kind = rng.random()
        if kind < 0.2 and len(out) > 1:
            out[rng.randrange(len(out))] = rng.choice(out)
        elif kind < 0.32:
            try:
                out.sort(reverse=kind < 0.24)
            except TypeError:
                return out
        return out

    return make


def distinct(gen: Any, lo: int = 0, hi: int = 6) -> Gen:
    """A list without repeated elements (shorter where the generator runs out of values)."""
    inner = _as_gen(gen)

    def make(rng: random.Random, done: list[Any]) -> list[Any]:
        out: list[Any] = []
        size = rng.randint(lo, hi)
        for _ in range(size * 4):
            if len(out) == size:
                break
            value = inner(rng, done)
            if value not in out:
                out.append(value)
        return out

    return make


def sorted_(gen: Any, lo: int = 0, hi: int = 6) -> Gen:
    """A sorted list."""
    inner = _as_gen(gen)
    return lambda rng, done: sorted(inner(rng, done) for _ in range(rng.randint(lo, hi)))


def tuple_(*gens: Any) -> Gen:
    """A tuple with one element from each generator."""
    inner = [_as_gen(g) for g in gens]
    return lambda rng, done: tuple(g(rng, done) for g in inner)


def dict_(kgen: Any, vgen: Any, lo: int = 0, hi: int = 5) -> Gen:
    """A dictionary."""
    keys, vals = _as_gen(kgen), _as_gen(vgen)
    return lambda rng, done: {keys(rng, done): vals(rng, done) for _ in range(rng.randint(lo, hi))}


def matrix(gen: Any, rows: Any = 3, cols: Any = 3) -> Gen:
    """A list of rows of equal length; rows and cols may be generators."""
    inner, height, width = _as_gen(gen), _as_gen(rows), _as_gen(cols)

    def make(rng: random.Random, done: list[Any]) -> list[list[Any]]:
        n = width(rng, done)
        return [[inner(rng, done) for _ in range(n)] for _ in range(height(rng, done))]

    return make


def choice(*values: Any) -> Gen:
    """One of the values as they are."""
    return lambda rng, _done: rng.choice(values)


def one_of(*gens: Any) -> Gen:
    """What one of the generators makes."""
    inner = [_as_gen(g) for g in gens]
    return lambda rng, done: rng.choice(inner)(rng, done)


def none_or(gen: Any) -> Gen:
    """None in a quarter of the cases."""
    inner = _as_gen(gen)
    return lambda rng, done: None if rng.random() < 0.25 else inner(rng, done)


def anything() -> Gen:
    """A value of any simple type."""
    gens = [int_(), int_(-99, 999), float_(), bool_(), word(), text(0, 10), char()]

    def gen(rng: random.Random, done: list[Any]) -> Any:
        kind = rng.random()
        if kind < 0.06:
            return None
        if kind < 0.8:
            return rng.choice(gens)(rng, done)
        if kind < 0.88:
            return [rng.choice(gens)(rng, done) for _ in range(rng.randint(0, 3))]
        if kind < 0.94:
            return tuple(rng.choice(gens)(rng, done) for _ in range(rng.randint(0, 3)))
        return {plain_word(rng): rng.choice(gens)(rng, done) for _ in range(rng.randint(0, 2))}

    return gen


def joined(gen: Any, sep: str = ",", lo: int = 1, hi: int = 5) -> Gen:
    """A string of values with a separator between them."""
    inner = _as_gen(gen)
    return lambda rng, done: sep.join(str(inner(rng, done)) for _ in range(rng.randint(lo, hi)))


def part_of(i: int) -> Gen:
    """An element, character, substring or key of argument i; in one case of seven, none of it."""

    def gen(rng: random.Random, done: list[Any]) -> Any:
        whole = done[i]
        if isinstance(whole, str):
            if not whole or rng.random() < 0.14:
                return rng.choice(ascii_lowercase)
            at = rng.randrange(len(whole))
            return whole[at : at + rng.choice((1, 1, 1, 2, 3))]
        items: Sequence[Any] = list(whole)
        if not items:
            return rng.randint(0, 9)
        value = rng.choice(items)
        if rng.random() < 0.14:
            if isinstance(value, int):
                return value + rng.randint(1, 5)
            if isinstance(value, str):
                return plain_word(rng)
        return value

    return gen


def index_of(i: int) -> Gen:
    """A valid index of argument i, negative in a sixth of the cases; 0 if it is empty."""

    def gen(rng: random.Random, done: list[Any]) -> int:
        size = len(done[i])
        if not size:
            return 0
        at = rng.randrange(size)
        return at - size if rng.random() < 0.16 else at

    return gen


def key_of(i: int) -> Gen:
    """A key of argument i, seldom one that is missing."""

    def gen(rng: random.Random, done: list[Any]) -> Hashable:
        keys: list[Hashable] = list(done[i])
        if keys and rng.random() < 0.88:
            return rng.choice(keys)
        return rng.randint(0, 9) if keys and isinstance(keys[0], int) else plain_word(rng)

    return gen


VOCABULARY: dict[str, Any] = {
    f.__name__: f
    for f in (
        int_, float_, bool_, char, letters, word, words, name, sentence, text, mixed, digits,
        upper, identifier, list_, distinct, sorted_, tuple_, dict_, matrix, choice, one_of,
        none_or, anything, joined, bracketed, roman, binary, date, part_of, index_of, key_of,
    )
}  # fmt: skip
