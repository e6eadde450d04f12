"""Values for entry arguments: the vocabulary of the `#:` lines of seed files.

A `#:` line such as `list_(int_(-9, 20), 0, 6), part_of(0)` is compiled once by `compile_line`
into a callable `rng -> tuple of values`. Each vocabulary function returns a *generator*: a
callable of the random source and of the arguments already made (`part_of` looks at them).
All values are Python literals with a `repr` that evaluates to them again.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from training.corpus import words as w

Gen = Callable[[random.Random, list[Any]], Any]
Values = Callable[[random.Random], tuple[Any, ...]]

_LOWER = string.ascii_lowercase
_ALNUM = string.ascii_letters + string.digits
_PUNCTUATION = "!?.,;:-_'\"()[]{}#@$%&*+/<>=|~^`\\"
_ODD = "éüñßøçåλπж你好€°×–✓İǅ²½\u00a0"
_SEPARATORS = (" ", ",", ", ", "-", "_", ":", ";", "|", "/", ".", "::", "->", "\t", "\n", "#")


class ValueLineError(ValueError):
    """A `#:` line that is no list of generator expressions."""


def compile_line(line: str) -> Values:
    """The text after `#:` as a callable that makes one tuple of arguments.

    Raises `ValueLineError` with the reason.
    """
    text = line.strip()
    if not text:
        return lambda rng: ()  # noqa: ARG005  # the shape of every other line
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
    return lambda rng, done: item  # noqa: ARG005  # a literal needs neither


def int_(lo: int = -10, hi: int = 30) -> Gen:
    """An integer from lo to hi; small ones, the ends and round numbers more often."""

    def gen(rng: random.Random, done: list[Any]) -> int:
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

    def gen(rng: random.Random, done: list[Any]) -> float:
        kind = rng.random()
        if kind < 0.15:
            return float(rng.randint(int(lo), int(hi)))
        if kind < 0.35:
            return min(max(rng.randint(int(lo * 4), int(hi * 4)) / 4, float(lo)), float(hi))
        return round(rng.uniform(lo, hi), digits or (1 if kind < 0.75 else 2))

    return gen


def bool_() -> Gen:
    """True or False."""
    return lambda rng, done: rng.random() < 0.5  # noqa: ARG005


def char() -> Gen:
    """One character: mostly a lower-case letter."""

    def gen(rng: random.Random, done: list[Any]) -> str:
        kind = rng.random()
        if kind < 0.25:
            return rng.choice("aeiourstln")
        if kind < 0.8:
            return rng.choice(_LOWER)
        if kind < 0.9:
            return rng.choice(_ALNUM)
        return rng.choice(_PUNCTUATION + " ")

    return gen


def letters(lo: int = 0, hi: int = 8) -> Gen:
    """Lower-case letters, often from few different ones, so that some repeat."""

    def gen(rng: random.Random, done: list[Any]) -> str:
        size = rng.randint(lo, hi)
        pool = _LOWER if rng.random() < 0.5 else rng.sample(_LOWER, rng.randint(1, 4))
        return "".join(rng.choices(pool, k=size))

    return gen


def plain_word(rng: random.Random) -> str:
    """One word, mostly in lower case."""
    kind = rng.random()
    if kind < 0.74:
        return rng.choice(w.WORDS)
    if kind < 0.8:
        return rng.choice(w.TECH)
    if kind < 0.85:
        return rng.choice(w.NAMES)
    if kind < 0.88:
        return rng.choice(w.CITIES)
    if kind < 0.92:
        return rng.choice(w.WORDS).capitalize()
    if kind < 0.94:
        return rng.choice(w.WORDS).upper()
    return "".join(rng.choices(_LOWER, k=rng.randint(2, 8)))


def word() -> Gen:
    """One word."""
    return lambda rng, done: plain_word(rng)  # noqa: ARG005


def words(lo: int = 1, hi: int = 5) -> Gen:
    """Words with blanks between them; seldom irregular blanks."""

    def gen(rng: random.Random, done: list[Any]) -> str:
        items = [plain_word(rng) for _ in range(rng.randint(lo, hi))]
        if rng.random() < 0.1:
            return "  ".join(items) if rng.random() < 0.5 else f" {' '.join(items)} "
        if rng.random() < 0.1 and items:
            items.append(rng.choice(items))
        return " ".join(items)

    return gen


def name() -> Gen:
    """A person's name."""
    return lambda rng, done: rng.choice(w.NAMES)  # noqa: ARG005


def sentence() -> Gen:
    """A short English-like sentence with punctuation."""

    def gen(rng: random.Random, done: list[Any]) -> str:
        items: list[str] = []
        for _ in range(rng.randint(2, 6)):
            items.append(
                rng.choice(w.FUNCTION_WORDS) if rng.random() < 0.4 else rng.choice(w.WORDS)
            )
        if rng.random() < 0.25:
            items[rng.randrange(len(items))] += ","
        if rng.random() < 0.12:
            items[rng.randrange(len(items))] += rng.choice(("'s", "n't", "'re"))
        body = " ".join(items)
        if rng.random() < 0.85:
            body = body[0].upper() + body[1:]
        return body + rng.choice((".", ".", ".", "!", "?", "", "..."))

    return gen


def _noise(rng: random.Random, size: int) -> str:
    pool = rng.choice(
        (
            _LOWER,
            _ALNUM,
            _ALNUM + " ",
            _ALNUM + _PUNCTUATION,
            _LOWER[:6] + " ",
            _LOWER + string.digits + "  ,.!?-_",
            "ab",
            "abcABC123",
            _PUNCTUATION,
            string.digits + "+-*/. ",
            " \t\n" + _LOWER[:10],
            string.ascii_uppercase + " ",
        )
    )
    return "".join(rng.choices(pool, k=size))


def text(lo: int = 0, hi: int = 24) -> Gen:
    """Any string: words, phrases, separated fields, noise, blanks, digits; unicode rarely."""

    def gen(rng: random.Random, done: list[Any]) -> str:
        value = _any_text(rng, rng.randint(lo, hi))
        if len(value) > hi:
            value = value[:hi]
        if len(value) < lo:
            value += _noise(rng, lo - len(value))
        return value

    return gen


def _any_text(rng: random.Random, size: int) -> str:
    kind = rng.random()
    if kind < 0.22:
        return plain_word(rng)
    if kind < 0.36:
        return words(1, 4)(rng, [])
    if kind < 0.42:
        return str(sentence()(rng, []))
    if kind < 0.52:
        sep = rng.choice(_SEPARATORS)
        return sep.join(plain_word(rng) for _ in range(rng.randint(2, 4)))
    if kind < 0.6:
        return "".join(c.upper() if rng.random() < 0.4 else c for c in plain_word(rng))
    if kind < 0.66:
        return plain_word(rng) + str(rng.randint(0, 999))
    if kind < 0.7:
        body = plain_word(rng)
        pad = rng.choice(" *-_#0.x=")
        return pad * rng.randint(0, 3) + body + pad * rng.randint(0, 3)
    if kind < 0.73:
        return str(rng.randint(-999, 99999))
    if kind < 0.75:
        odd = "".join(rng.choices(_ODD, k=rng.randint(1, 2)))
        return plain_word(rng) + odd + (plain_word(rng) if rng.random() < 0.5 else "")
    return _noise(rng, size)


def mixed(lo: int = 0, hi: int = 10) -> Gen:
    """Letters of both cases and digits."""
    return lambda rng, done: "".join(rng.choices(_ALNUM, k=rng.randint(lo, hi)))  # noqa: ARG005


def digits(lo: int = 1, hi: int = 6) -> Gen:
    """A string of digits."""
    return lambda rng, done: "".join(rng.choices("0123456789", k=rng.randint(lo, hi)))  # noqa: ARG005


def upper(lo: int = 0, hi: int = 8) -> Gen:
    """Upper-case letters."""
    return lambda rng, done: str(letters(lo, hi)(rng, done)).upper()


def identifier() -> Gen:
    """A name such as `total_cost` or `userName2`."""

    def gen(rng: random.Random, done: list[Any]) -> str:
        parts = [rng.choice(w.NOUNS) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.5:
            body = "_".join(parts)
        else:
            body = parts[0] + "".join(p.capitalize() for p in parts[1:])
        return body + (str(rng.randint(0, 99)) if rng.random() < 0.2 else "")

    return gen


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
    return lambda rng, done: rng.choice(values)  # noqa: ARG005


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


def bracketed() -> Gen:
    """A string of brackets, balanced in two thirds of the cases."""

    def gen(rng: random.Random, done: list[Any]) -> str:
        pairs = rng.choice((("()",), ("()", "[]"), ("()", "[]", "{}")))
        out: list[str] = []
        waiting: list[str] = []
        for _ in range(rng.randint(0, 8)):
            if waiting and rng.random() < 0.5:
                out.append(waiting.pop())
            else:
                pair = rng.choice(pairs)
                out.append(pair[0])
                waiting.append(pair[1])
        out.extend(reversed(waiting))
        if out and rng.random() < 0.33:
            at = rng.randrange(len(out))
            out[at : at + 1] = [] if rng.random() < 0.5 else [rng.choice(rng.choice(pairs))]
        return "".join(out)

    return gen


_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"))
_ROMAN_SMALL = ((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman() -> Gen:
    """A Roman numeral up to 2999, mostly small."""

    def gen(rng: random.Random, done: list[Any]) -> str:
        left = rng.randint(1, rng.choice((20, 100, 2999)))
        out = ""
        for value, sign in (*_ROMAN, *_ROMAN_SMALL):
            out += sign * (left // value)
            left %= value
        return out

    return gen


def binary(lo: int = 1, hi: int = 8) -> Gen:
    """A string of zeros and ones."""
    return lambda rng, done: "".join(rng.choices("01", k=rng.randint(lo, hi)))  # noqa: ARG005


def date() -> Gen:
    """A date as YYYY-MM-DD."""
    return lambda rng, done: (  # noqa: ARG005
        f"{rng.randint(1990, 2030)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    )


def part_of(i: int) -> Gen:
    """An element, character, substring or key of argument i; in one case of seven, none of it."""

    def gen(rng: random.Random, done: list[Any]) -> Any:
        whole = done[i]
        if isinstance(whole, str):
            if not whole or rng.random() < 0.14:
                return rng.choice(_LOWER)
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
