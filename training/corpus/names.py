"""New identifiers, as varied as people's and more so.

A model of traces must *copy* names, not know them, so about a third of all names here are random:
pronounceable, plain letters, with digits and underscores. The rest is what people write: single
letters, common programming words, compounds in snake_case or camelCase, abbreviations.
Each program draws one `Namer`, which has a taste of its own, so that programs differ in style
rather than each being the same mixture.
"""

from __future__ import annotations

import keyword
import random
from collections.abc import Callable

from training.corpus import words as w

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwz", "aeiou"
_COMMON = w.split_words(
    """
result res total count cnt num nums number numbers lst arr items item values value val data text
string s1 s2 str1 word words char ch letter letters line lines out output ret ans answer temp tmp
acc current curr cur prev previous next_item nxt first last left right lo hi low high mid middle
start end stop step begin idx index pos position offset size length width height row col rows cols
cell grid matrix board key keys pair pairs d dct mapping table lookup cache memo seen visited
stack queue q node head tail root parent child children tree graph edges level depth flag found
done ok is_valid has_next limit threshold target goal minimum maximum smallest largest biggest
best worst score scores price cost amount balance quantity rate factor base exponent digit digits
remainder quotient carry sign sum_ avg mean median diff delta product counter counts freq
frequency histogram bucket group groups buffer chunk chunks part parts token tokens field fields
name names prefix suffix pattern message msg label title status state mode kind option config
params args_ sep separator delimiter padding filler fill body content my_list my_dict new_list
new_str old_value new_value x1 x2 y1 y2 dx dy aa bb n1 n2 num1 num2 a1 b1 evens odds positives
negatives filtered mapped reversed_text sorted_list unique duplicates vowels consonants
upper_count entry entries record records user users age year month day hours minutes seconds
elapsed distance speed
"""
)
_SUFFIXES = w.split_words(
    """
list map dict str count index total size value sum max min id set num len arr
"""
)
_PREFIXES = w.split_words(
    """
new old cur max min num total my is has all tmp first last the out in
"""
)
_SINGLE = "ijknmxyabcstpqlrdvwuzhgfeo"
_RARE = ("_", "__x", "lst2", "x_", "_x", "_tmp", "l1", "O0", "aB", "T", "N", "S", "A", "xs", "ys")
_FOREIGN = w.split_words(
    """
zahl liste wort summe anzahl ergebnis texto lista numero suma resultado cadena nombre liczba wynik
slovo pole soma palavra chaine liste_mots somme valeur
"""
)

Source = Callable[[random.Random], str]


def _snake(rng: random.Random) -> str:
    kind = rng.random()
    noun = rng.choice(w.NOUNS)
    if kind < 0.35:
        return f"{rng.choice(w.ADJECTIVES)}_{noun}"
    if kind < 0.6:
        return f"{rng.choice(w.NOUNS)}_{rng.choice(_SUFFIXES)}"
    if kind < 0.75:
        return f"{rng.choice(_PREFIXES)}_{noun}"
    if kind < 0.9:
        return f"{rng.choice(w.NOUNS)}_{noun}"
    return f"{rng.choice(w.ADJECTIVES)}_{rng.choice(w.NOUNS)}_{rng.choice(_SUFFIXES)}"


def _camel(rng: random.Random) -> str:
    first, *rest = _snake(rng).split("_")
    return first + "".join(p.capitalize() for p in rest)


def _verb_noun(rng: random.Random) -> str:
    verb = rng.choice(w.VERBS)
    kind = rng.random()
    if kind < 0.25:
        return verb if kind < 0.1 else f"{verb}_{rng.choice(w.NOUNS)}s"
    if kind < 0.4:
        return f"{rng.choice(('is', 'has', 'get', 'find', 'to', 'make'))}_{rng.choice(w.NOUNS)}"
    if kind < 0.55:
        return f"{verb}_{rng.choice(w.ADJECTIVES)}_{rng.choice(w.NOUNS)}"
    return f"{verb}_{rng.choice(w.NOUNS)}"


def _camel_verb(rng: random.Random) -> str:
    first, *rest = _verb_noun(rng).split("_")
    return first + "".join(p.capitalize() for p in rest)


def _pronounceable(rng: random.Random) -> str:
    out = ""
    for _ in range(rng.randint(1, 4)):
        out += rng.choice(_CONSONANTS) + rng.choice(_VOWELS)
        if rng.random() < 0.25:
            out += rng.choice(_CONSONANTS)
    return out


def _random_letters(rng: random.Random) -> str:
    out = "".join(rng.choices(_LETTERS, k=rng.randint(2, 9)))
    kind = rng.random()
    if kind < 0.12:
        return out.upper()
    if kind < 0.24:
        return "".join(c.upper() if rng.random() < 0.4 else c for c in out)
    if kind < 0.4:
        return out + str(rng.randint(0, 99))
    if kind < 0.55:
        return f"{out}_{''.join(rng.choices(_LETTERS, k=rng.randint(1, 5)))}"
    if kind < 0.62:
        return out[0] + str(rng.randint(0, 9)) + out[1:]
    return out


def _mixed_random(rng: random.Random) -> str:
    """A word joined with a random piece: neither part predicts the other."""
    piece = _pronounceable(rng) if rng.random() < 0.5 else "".join(rng.choices(_LETTERS, k=3))
    noun = rng.choice(w.NOUNS)
    kind = rng.random()
    if kind < 0.4:
        return f"{piece}_{noun}"
    if kind < 0.7:
        return f"{noun}_{piece}"
    return noun + piece.capitalize()


def _abbreviated(rng: random.Random) -> str:
    word = rng.choice(w.NOUNS)
    short = word[0] + "".join(c for c in word[1:] if c not in _VOWELS)
    return short[: rng.randint(2, 4)] if rng.random() < 0.6 else word[: rng.randint(2, 4)]


def _rare(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.35:
        return rng.choice(_RARE)
    if kind < 0.55:
        return rng.choice(_FOREIGN)
    if kind < 0.75:
        return "_" + rng.choice(w.NOUNS)
    if kind < 0.9:
        return rng.choice(_LETTERS) * rng.randint(2, 3)
    # Names in other alphabets are valid, too.
    return rng.choice(("größe", "naïve_sum", "número", "été", "α", "β1", "π_approx"))  # noqa: RUF001  # meant


def _numbered(rng: random.Random) -> str:
    base = rng.choice(_COMMON) if rng.random() < 0.5 else rng.choice(w.NOUNS)
    return base.rstrip("0123456789") + str(rng.choice((1, 2, 2, 3, 4, 10, 42)))


def _noun(rng: random.Random) -> str:
    word = rng.choice(w.WORDS)
    return word + "s" if rng.random() < 0.2 else word


#: name source -> weight in (variables, functions)
_SOURCES: tuple[tuple[Source, float, float], ...] = (
    (lambda rng: rng.choice(_SINGLE), 0.19, 0.06),
    (lambda rng: rng.choice(_COMMON), 0.2, 0.01),
    (_noun, 0.1, 0.03),
    (_snake, 0.08, 0.03),
    (_camel, 0.03, 0.01),
    (_verb_noun, 0.005, 0.42),
    (_camel_verb, 0.003, 0.08),
    (_abbreviated, 0.06, 0.02),
    (_numbered, 0.05, 0.02),
    (_pronounceable, 0.09, 0.1),
    (_random_letters, 0.12, 0.13),
    (_mixed_random, 0.07, 0.07),
    (_rare, 0.025, 0.01),
)


class Namer:
    """Makes names for one program; none of them is taken, a keyword or a built-in in use."""

    def __init__(self, rng: random.Random, taken: set[str]) -> None:
        self._rng = rng
        self._taken = taken
        # A taste: some sources are loved, others avoided, so programs have a style of their own.
        tastes = [rng.choice((0.15, 0.4, 1.0, 1.0, 3.0)) for _ in _SOURCES]
        self._sources = [source for source, _, _ in _SOURCES]
        self._for_variables = _running(
            [t * v for t, (_, v, _) in zip(tastes, _SOURCES, strict=True)]
        )
        self._for_functions = _running(
            [t * f for t, (_, _, f) in zip(tastes, _SOURCES, strict=True)]
        )

    def fresh(self, kind: str) -> str:
        """A new name for a `variable`, `function`, `class`, `constant` or `attribute`."""
        for attempt in range(50):
            name = self._draw(kind)
            if attempt > 8:
                name += str(attempt)
            if self._is_free(name):
                self._taken.add(name)
                return name
        raise AssertionError("fifty different names cannot all be taken")

    def keep(self, name: str) -> str:
        """The name itself if nothing else has it, else a new one."""
        if self._is_free(name):
            self._taken.add(name)
            return name
        return self.fresh("variable")

    def _is_free(self, name: str) -> bool:
        return name not in self._taken and name not in _RESERVED and name.isidentifier()

    def _draw(self, kind: str) -> str:
        rng = self._rng
        weights = self._for_functions if kind == "function" else self._for_variables
        if kind == "function" and rng.random() < 0.08:
            return rng.choice(
                ("f", "solve", "solution", "func", "foo", "helper", "calc", "process")
            )
        name = rng.choices(self._sources, cum_weights=weights)[0](rng)
        if kind == "class":
            return "".join(p[:1].upper() + p[1:] for p in name.strip("_").split("_")) or "Thing"
        if kind == "constant" and rng.random() < 0.9:
            return name.upper()
        return name


def _running(weights: list[float]) -> list[float]:
    total = 0.0
    out = []
    for weight in weights:
        total += weight
        out.append(total)
    return out


_RESERVED = frozenset(keyword.kwlist) | frozenset(
    [
        "self",
        "cls",
        "print",
        "len",
        "range",
        "str",
        "int",
        "float",
        "list",
        "dict",
        "set",
        "tuple",
        "bool",
        "sum",
        "min",
        "max",
        "sorted",
        "reversed",
        "enumerate",
        "zip",
        "map",
        "filter",
        "any",
        "all",
        "abs",
        "round",
        "ord",
        "chr",
        "isinstance",
        "type",
        "repr",
        "divmod",
        "pow",
        "next",
        "iter",
        "input",
        "open",
        "math",
        "string",
        "re",
        "main",
        "None",
        "True",
        "False",
        "Counter",
        "defaultdict",
        "deque",
        "match",
        "case",
        "super",
        "object",
        "property",
        "Exception",
        "ValueError",
        "KeyError",
        "IndexError",
        "TypeError",
        "ZeroDivisionError",
        "hash",
        "id",
        "format",
        "bin",
        "hex",
        "oct",
        "callable",
        "getattr",
        "setattr",
        "hasattr",
        "frozenset",
        "slice",
    ]
)
