"""Short programs that carry out a few operations of one family, with values that vary widely.

Most steps of a long program are easy: the next turn of a loop, a value carried along. What decides
whether a trace is right are single operations done exactly (is this text in that one, 37 // 5, the
list without its first 4). Drills are nearly nothing but such operations, each a step of a trace
that is over after a few dozen tokens.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from training.corpus import literals
from training.corpus import texts as t
from training.corpus import values as v
from training.corpus.compose import Code, Composer
from training.corpus.marks import VARIABLE as V
from training.corpus.operations import CHANGE, FAMILIES, TYPES, Family

_TEXT = v.one_of(
    literals.VALUES["s"], literals.VALUES["s"], t.text(4, 20), t.text(8, 32), t.text(16, 48),
    t.words(1, 6), t.mixed(3, 16), t.letters(3, 16),
)  # fmt: skip
_PHRASE = v.one_of(
    t.words(2, 6), t.words(1, 4), t.sentence(), t.text(6, 30),
    v.joined(t.word(), ",", 2, 5), v.joined(t.word(), "-", 2, 4), v.joined(t.word(), "\n", 1, 3),
    v.joined(v.int_(0, 99), " ", 2, 6), v.joined(t.letters(1, 4), ":", 2, 4),
)  # fmt: skip
_INTS = v.one_of(
    v.list_(v.int_(-9, 30), 1, 8), v.list_(v.int_(0, 9), 1, 10), v.list_(v.int_(0, 100), 2, 7),
    v.list_(v.int_(-50, 999), 2, 5), v.list_(v.int_(1, 4), 2, 9), v.list_(v.int_(-99, 99), 4, 14),
)  # fmt: skip
#: Tries until a statement works out; a condition gets more, to come out as wanted.
_TRIES = 4
_PLAIN: dict[str, tuple[str, ...]] = {
    "s": ("text", "s", "string", "word", "line", "value", "name", "st", "phrase", "txt"),
    "i": ("n", "num", "a", "b", "x", "i", "k", "count", "value", "size", "total", "index"),
    "f": ("price", "x", "total", "rate", "amount", "f", "mean"),
    "b": ("ok", "found", "flag", "result", "check", "is_valid"),
    "li": ("nums", "lst", "arr", "numbers", "array", "values", "li", "data", "xs"),
    "ls": ("words", "items", "names", "parts", "tokens", "lines", "strings"),
    "ll": ("matrix", "rows", "grid", "pairs"),
    "lt": ("pairs", "items", "entries"),
    "ti": ("t", "pair", "point", "tup"),
    "ts": ("parts", "t", "pair"),
    "dsi": ("d", "counts", "dic", "stock", "scores", "prices", "ages"),
    "dss": ("d", "book", "names", "mapping"),
    "dis": ("d", "names", "table"),
}
_ANY = ("result", "res", "out", "tmp", "new", "y", "z", "c", "ans", "w", "left", "right")
_ENTRIES = ("f", "f", "f", "f", "solve", "check", "process", "calc", "func", "run", "convert")


class PlainComposer(Composer):
    """Names variables as people name them in small functions, by their type."""

    def __init__(self, rng: random.Random, prefix: str = "q9") -> None:
        super().__init__(rng, prefix)
        self._taken: set[str] = set()

    def fresh(self, kind: str = "x") -> str:
        """A usual name that is not taken yet."""
        rng = self.rng
        pool = _PLAIN.get(kind, _ANY)
        if rng.random() < 0.2:
            pool = _ANY
        name = rng.choice(pool)
        at = 1
        while name in self._taken:
            at += 1
            name = rng.choice(pool) if at < 4 else f"{rng.choice(pool)}{at - 2}"
        self._taken.add(name)
        return V + name


def entry_name(composer: Composer) -> str:
    """A name for the function that fits how the composer names variables."""
    if isinstance(composer, PlainComposer):
        return composer.rng.choice(_ENTRIES)
    return f"{composer.prefix}f"


# --- parameters -----------------------------------------------------------------------------------


def _part(rng: random.Random, text: str) -> str:
    """A text that is probably part of another: its beginning, its end, some of it; or neither."""
    kind = rng.random()
    size = rng.choice((1, 1, 1, 2, 2, 3, 4))
    if not text or kind < 0.2:
        return str(literals.VALUES["s"](rng, []))[:6]
    if kind < 0.35:
        return text[:size]
    if kind < 0.5:
        return text[-size:]
    if kind < 0.58:  # nearly a part of it
        at = rng.randrange(len(text))
        return text[at : at + size] + rng.choice("aeimst.- ")
    if kind < 0.64:
        return text[:size].swapcase()
    at = rng.randrange(len(text))
    return text[at : at + size]


def _like(rng: random.Random, text: str) -> str:
    """The same text, or nearly so."""
    kind = rng.random()
    if kind < 0.45 or not text:
        return text
    at = rng.randrange(len(text))
    if kind < 0.6:
        return text[:at] + rng.choice("abcdexyz") + text[at + 1 :]
    if kind < 0.7:
        return text[:at] + text[at + 1 :]
    if kind < 0.8:
        return text.swapcase() if rng.random() < 0.5 else text.upper()
    return text[::-1] if kind < 0.9 else text[:at] + text[at:].replace("e", "a")


def _number_near(rng: random.Random, before: Any) -> int:
    if not isinstance(before, int) or rng.random() < 0.5:
        return literals.number(rng)
    return before + rng.choice((-10, -3, -2, -1, 0, 0, 1, 2, 7, 10))


def _size(before: Any) -> int:
    return len(before) if isinstance(before, str | list | tuple | dict) and before else 3


def _element(rng: random.Random, before: Any) -> Any:
    items = list(before) if isinstance(before, list | tuple | dict | set) else []
    if items and rng.random() < 0.7:
        return rng.choice(items)
    return rng.randint(0, 9) if not items or isinstance(items[0], int) else t.plain_word(rng)


#: A value for a parameter's code, from the value of the parameter before it.
_VALUES: dict[str, Callable[[random.Random, Any], Any]] = {
    "s": lambda rng, _: _TEXT(rng, []),
    "S": lambda rng, _: _PHRASE(rng, []),
    "w": lambda rng, _: t.plain_word(rng),
    "t": lambda rng, before: _part(rng, str(before)),
    "e": lambda rng, before: _like(rng, str(before)),
    "c": lambda rng, before: (
        rng.choice(str(before)) if before and rng.random() < 0.7 else t.char()(rng, [])
    ),
    "i": lambda rng, _: literals.number(rng),
    "j": _number_near,
    "p": lambda rng, _: rng.randint(1, 12) if rng.random() < 0.7 else rng.randint(1, 99),
    "n": lambda rng, before: rng.randint(0, _size(before) + 1),
    "k": lambda rng, before: rng.randrange(-_size(before), _size(before)),
    "x": _element,
    "y": _element,
    "z": _element,
    "li": lambda rng, _: _INTS(rng, []),
    "si": lambda rng, _: set(v.list_(v.int_(0, 20), 1, 5)(rng, [])),
}


def declare(composer: Composer, codes: tuple[str, ...]) -> list[str]:
    """Parameters of these codes with values; their marked names."""
    names = []
    before: Any = None
    for code in codes:
        kind = TYPES.get(code, code)
        make = _VALUES.get(code)
        before = make(composer.rng, before) if make else literals.VALUES[kind](composer.rng, [])
        name = composer.fresh(kind)
        composer.declare(name, kind, before)
        names.append(name)
    return names


# --- statements -----------------------------------------------------------------------------------


class Drill:
    """Statements of one family about the parameters of one function."""

    def __init__(self, composer: Composer, family: Family, names: list[str]) -> None:
        self.composer = composer
        self.family = family
        self.names = names

    def expression(self, kind: str) -> str | None:
        """One operation whose result has this type; None if it does not work out."""
        for _ in range(_TRIES):
            text = self._fill(kind)
            if text is not None and self._value(text) is not None:
                return text
        return None

    def condition(self) -> str | None:
        """One that is true as often as not."""
        wanted = self.composer.rng.random() < 0.5
        found = None
        for _ in range(_TRIES):
            text = self.expression("b")
            found = text or found
            if text is not None and bool(self._value(text)) == wanted:
                break
        return found

    def operation(self) -> str | None:
        """One operation of any type that has a value."""
        kind = self.kind()
        if kind == CHANGE:
            return None
        return self.condition() if kind == "b" else self.expression(kind)

    def kind(self) -> str:
        """A type of result that the family has, or `CHANGE`; by the weight of its templates."""
        weights = self.family.weights
        return self.composer.rng.choices(list(weights), list(weights.values()))[0]

    def statement(self) -> Code | None:
        """One operation as a statement that has run; None if it does not work out."""
        composer, rng = self.composer, self.composer.rng
        kind = self.kind()
        if kind == CHANGE:
            return self._change()
        if kind == "b" and rng.random() < 0.6:
            return self._branch()
        text = self.condition() if kind == "b" else self.expression(kind)
        if text is None:
            return None
        known = [n for n in self.names if composer.kinds.get(n) == kind]
        again = known and rng.random() < 0.2
        name = rng.choice(known) if again else composer.fresh(kind)
        if not composer.attempt([f"{name} = {text}"]):
            return None
        composer.kinds[name] = kind
        return [f"{name} = {text}"]

    def _branch(self) -> Code | None:
        composer, rng = self.composer, self.composer.rng
        condition = self.condition()
        if condition is None:
            return None
        kind = rng.choice([k for k in self.family.weights if k not in (CHANGE, "b")] or ["i"])
        name = composer.fresh(kind)
        texts = [self.expression(kind) or literals.literal(kind, rng) for _ in range(2)]
        form = rng.random()
        if form < 0.6:
            code = [f"if {condition}:", f"    {name} = {texts[0]}", "else:"]
            code.append(f"    {name} = {texts[1]}")
        elif form < 0.8:
            code = [f"{name} = {texts[0]}", f"if {condition}:", f"    {name} = {texts[1]}"]
        else:
            code = [f"{name} = {texts[0]} if {condition} else {texts[1]}"]
        if not composer.attempt(code):
            return None
        composer.kinds[name] = kind
        return code

    def _change(self) -> Code | None:
        composer = self.composer
        templates, running = self.family.templates[CHANGE]
        template = composer.rng.choices(templates, cum_weights=running)[0]
        text = composer.fill(template, 0)
        if text is None:
            return None
        named = self._named(text)
        if named is None:
            return None
        code = named.split("|")
        return code if composer.attempt(code) else None

    def _fill(self, kind: str) -> str | None:
        found = self.family.templates.get(kind)
        if found is None:
            return None
        templates, running = found
        template = self.composer.rng.choices(templates, cum_weights=running)[0]
        text = self.composer.fill(template, 0)
        return None if text is None else self._named(text)

    def _named(self, text: str) -> str | None:
        """`$0` and `$1` become the parameters, or later variables of the same types."""
        if "$1" in text and len(self.names) == 1:
            return None
        first = self._pick(0, "")
        return text.replace("$1", self._pick(1, first)).replace("$0", first)

    def _pick(self, place: int, other: str) -> str:
        name = self.names[min(place, len(self.names) - 1)]
        rng = self.composer.rng
        if name == other or rng.random() < 0.3:
            kind = self.composer.kinds[name]
            names = [n for n, k in self.composer.kinds.items() if k == kind and n != other]
            return rng.choice(names) if names else name
        return name

    def _value(self, text: str) -> Any:
        """The value of an expression; None where it fails or is too large for a step."""
        try:
            value = self.composer.value(text)
        except Exception:  # whatever the operation raises: it is not used then
            return None
        return value if len(repr(value)) <= 120 else None


def operations(composer: Composer) -> tuple[list[str], tuple[Any, ...], Code, str]:
    """A function of one family: names of the parameters, arguments, body, what is returned."""
    rng = composer.rng
    (family,) = rng.choices(FAMILIES, [family.share for family in FAMILIES])
    names = declare(composer, rng.choice(family.parameters))
    arguments = tuple(copy.deepcopy(composer.namespace[name]) for name in names)
    drill = Drill(composer, family, names)
    body: Code = []
    results: list[str] = []
    left = rng.choice((0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6))
    for _ in range(left * 3):
        if not left:
            break
        known = set(composer.kinds)
        code = drill.statement()
        if code:
            body += code
            left -= 1
            results += [n for n in composer.kinds if n not in known]
    if rng.random() < 0.15 and (condition := drill.condition()):
        body += [f"if {condition}:", f"    return {drill.operation() or names[0]}"]
    return names, arguments, body, _result(drill, results)


def _result(drill: Drill, results: list[str]) -> str:
    rng = drill.composer.rng
    if results and rng.random() < 0.5:
        if len(results) > 1 and rng.random() < 0.5:
            return ", ".join(rng.sample(results, min(len(results), 3)))
        return results[-1]
    changes = CHANGE in drill.family.weights and rng.random() < 0.5
    return (None if changes else drill.operation()) or drill.names[0]
