"""Strings as people pass them to functions: words, phrases, fields, codes, noise.

These are the string generators of `training.corpus.values`.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from typing import Any

from training.corpus import words as w

#: Makes a value from a random source and the arguments made before it.
Gen = Callable[[random.Random, list[Any]], Any]

_LOWER = string.ascii_lowercase
_ALNUM = string.ascii_letters + string.digits
_PUNCTUATION = "!?.,;:-_'\"()[]{}#@$%&*+/<>=|~^`\\"
#: Rare characters. Those that look like others are meant.
_ODD = "éüñßøçåλπж你好€°×–✓İǅ²½\u00a0"  # noqa: RUF001  # meant
_SEPARATORS = (" ", ",", ", ", "-", "_", ":", ";", "|", "/", ".", "::", "->", "\t", "\n", "#")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"))
_ROMAN_SMALL = ((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def char() -> Gen:
    """One character: mostly a lower-case letter."""

    def gen(rng: random.Random, _done: list[Any]) -> str:
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

    def gen(rng: random.Random, _done: list[Any]) -> str:
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


def words(lo: int = 1, hi: int = 5) -> Gen:
    """Words with blanks between them; seldom irregular blanks."""

    def gen(rng: random.Random, _done: list[Any]) -> str:
        items = [plain_word(rng) for _ in range(rng.randint(lo, hi))]
        if rng.random() < 0.1:
            return "  ".join(items) if rng.random() < 0.5 else f" {' '.join(items)} "
        if rng.random() < 0.1 and items:
            items.append(rng.choice(items))
        return " ".join(items)

    return gen


def name() -> Gen:
    """A person's name."""
    return lambda rng, _done: rng.choice(w.NAMES)


def sentence() -> Gen:
    """A short English-like sentence with punctuation."""

    def gen(rng: random.Random, _done: list[Any]) -> str:
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

    def gen(rng: random.Random, _done: list[Any]) -> str:
        value: str = _any_text(rng, rng.randint(lo, hi))
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
        return str(words(1, 4)(rng, []))
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
    return lambda rng, _done: "".join(rng.choices(_ALNUM, k=rng.randint(lo, hi)))


def digits(lo: int = 1, hi: int = 6) -> Gen:
    """A string of digits."""
    return lambda rng, _done: "".join(rng.choices("0123456789", k=rng.randint(lo, hi)))


def upper(lo: int = 0, hi: int = 8) -> Gen:
    """Upper-case letters."""
    return lambda rng, done: str(letters(lo, hi)(rng, done)).upper()


def identifier() -> Gen:
    """A name such as `total_cost` or `userName2`."""

    def gen(rng: random.Random, _done: list[Any]) -> str:
        parts = [rng.choice(w.NOUNS) for _ in range(rng.randint(1, 3))]
        if rng.random() < 0.5:
            body = "_".join(parts)
        else:
            body = parts[0] + "".join(p.capitalize() for p in parts[1:])
        return body + (str(rng.randint(0, 99)) if rng.random() < 0.2 else "")

    return gen


def bracketed() -> Gen:
    """A string of brackets, balanced in two thirds of the cases."""

    def gen(rng: random.Random, _done: list[Any]) -> str:
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


def roman() -> Gen:
    """A Roman numeral up to 2999, mostly small."""

    def gen(rng: random.Random, _done: list[Any]) -> str:
        left = rng.randint(1, rng.choice((20, 100, 2999)))
        out = ""
        for value, sign in (*_ROMAN, *_ROMAN_SMALL):
            out += sign * (left // value)
            left %= value
        return out

    return gen


def binary(lo: int = 1, hi: int = 8) -> Gen:
    """A string of zeros and ones."""
    return lambda rng, _done: "".join(rng.choices("01", k=rng.randint(lo, hi)))


def date() -> Gen:
    """A date as YYYY-MM-DD."""
    return lambda rng, _done: (
        f"{rng.randint(1990, 2030)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    )


def word() -> Gen:
    """One word."""
    return lambda rng, _done: plain_word(rng)
