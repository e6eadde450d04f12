"""Literals for composed programs: chosen so that they matter for the values at hand."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from training.corpus import texts as t
from training.corpus import values as v
from training.corpus import words as w

if TYPE_CHECKING:
    from training.corpus.compose import Composer

_TEXT = v.one_of(
    t.text(1, 14), t.text(0, 18), t.text(2, 10), t.word(), t.words(1, 4), t.letters(1, 8),
    t.mixed(1, 9), t.sentence(), v.joined(t.word(), ",", 2, 4), v.joined(v.int_(0, 99), " ", 1, 4),
    t.identifier(), t.digits(1, 6), t.upper(1, 6), t.word(), t.text(0, 10),
)  # fmt: skip
_SHORT = v.one_of(t.word(), t.word(), t.letters(1, 4), t.text(0, 8), t.char(), t.mixed(1, 5))
_INT = v.one_of(v.int_(-10, 30), v.int_(0, 9), v.int_(-3, 12), v.int_(0, 150))
_INTS = v.one_of(v.list_(v.int_(-9, 30), 2, 6), v.list_(v.int_(0, 9), 0, 7), v.list_(_INT, 1, 5))
_KEY = v.one_of(t.word(), t.word(), t.char(), t.letters(1, 3), t.name())

#: For each type code: a generator of values.
VALUES: dict[str, t.Gen] = {
    "s": _TEXT,
    "i": _INT,
    "f": v.float_(-5, 20),
    "b": v.bool_(),
    "li": _INTS,
    "ls": v.one_of(v.list_(_SHORT, 1, 5), v.list_(t.word(), 2, 4), v.list_(t.char(), 0, 6)),
    "lf": v.list_(v.float_(0, 10), 1, 4),
    "ll": v.matrix(v.int_(-3, 9), v.int_(2, 3), v.int_(2, 3)),
    "lt": v.list_(v.tuple_(_KEY, v.int_(0, 20)), 1, 4),
    "ti": v.one_of(v.tuple_(_INT, _INT), v.tuple_(_INT, _INT, _INT)),
    "ts": v.tuple_(_SHORT, _SHORT),
    "dsi": v.dict_(_KEY, v.int_(-5, 25), 1, 4),
    "dss": v.dict_(_KEY, _SHORT, 1, 4),
    "dis": v.dict_(v.int_(0, 12), _SHORT, 1, 4),
    "dsl": v.dict_(_KEY, v.list_(v.int_(0, 9), 0, 3), 1, 3),
}
PYTHON_TYPES: dict[str, type] = {
    "s": str, "i": int, "f": float, "b": bool, "li": list, "ls": list, "lf": list, "ll": list,
    "lt": list, "ti": tuple, "ts": tuple, "dsi": dict, "dss": dict, "dis": dict, "dsl": dict,
    "si": set, "ss": set,
}  # fmt: skip
HINTS: dict[str, tuple[str, ...]] = {
    "s": ("str",), "i": ("int",), "f": ("float",), "b": ("bool",),
    "li": ("list[int]", "List[int]", "list"), "ls": ("list[str]", "List[str]", "list"),
    "lf": ("list[float]", "List[float]"), "ll": ("list[list[int]]", "List[List[int]]"),
    "lt": ("list[tuple[str, int]]", "list"), "ti": ("tuple", "tuple[int, ...]", "Tuple[int, int]"),
    "ts": ("tuple", "tuple[str, str]"), "dsi": ("dict[str, int]", "Dict[str, int]", "dict"),
    "dss": ("dict[str, str]", "dict"), "dis": ("dict[int, str]", "Dict[int, str]"),
    "dsl": ("dict[str, list[int]]", "dict"),
}  # fmt: skip

#: Short ways from a variable of one type to an expression of another: wanted type, given type.
CONVERSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "s": {
        "i": ("str({})",), "f": ("str({})",), "li": ("str({})",),
        "ls": ("''.join({})", "' '.join({})"),
        "ts": ("{}[0]",), "dss": ("''.join({})",), "dsi": ("''.join({})",), "b": ("str({})",),
    },
    "i": {
        "s": ("len({})", "len({})"), "li": ("len({})", "sum({})"), "ls": ("len({})",),
        "dsi": ("len({})",), "ti": ("{}[0]", "sum({})"), "f": ("int({})",), "b": ("int({})",),
        "ll": ("len({})",), "dss": ("len({})",),
    },
    "li": {
        "ll": ("{}[0]",), "ti": ("list({})",), "dsi": ("list({}.values())",),
        "s": ("[ord(c) for c in {}]", "list(range(len({})))"), "dis": ("list({})",),
        "ls": ("list(map(len, {}))",),
    },
    "ls": {
        "s": ("list({})", "{}.split()", "{}.split(',')"), "dsi": ("list({})",),
        "dss": ("list({})",), "li": ("list(map(str, {}))",), "ts": ("list({})",),
    },
    "b": {
        "s": ("bool({})", "{}.isalpha()"), "li": ("bool({})",), "i": ("bool({})",),
    },
    "f": {"i": ("float({})",)},
    "ti": {"li": ("tuple({})",)},
    "ts": {"ls": ("tuple({})",)},
    "si": {"li": ("set({})",)},
    "ss": {"s": ("set({})",), "ls": ("set({})",)},
    "lf": {"f": ("[{}]",)},
    "ll": {"li": ("[{}]", "[{0}, {0}]")},
    "dsi": {"s": ("{{{}: 1}}",)},
    "lt": {"dsi": ("list({}.items())",)},
}  # fmt: skip

_SEPARATORS = (
    " ",
    ",",
    "-",
    "_",
    ", ",
    ":",
    ";",
    "/",
    "|",
    ".",
    "#",
    "",
    "\n",
    "\t",
    "--",
    "x",
    "=",
)
_STRIPPED = (" ", "aeiou", "abc", "0", ".", "!?", "xyz", "0123456789", " \n", "_-", "-=", ".,", "s")
_SPECS = (">8", "<8", "^9", "*^7", "_<6", ".3", "5", ">5.2", "-^5", "")
_INT_SPECS = ("d", "03d", "5", "<4", ">6", "x", "b", "+", ",", "05", "^7", "08b", "o", "X", "#x")
_FLOAT_SPECS = (".1f", ".2f", ".0f", ".3f", "8.2f", "+.1f", "e", ".2e", "g", ".1%")
_PATTERNS = (r"\d+", r"\w+", "[aeiou]", "[A-Z]", r"\s+", "[^a-z]", "a+", r"[,;\s]")
_TEXTS = ("-", ": ", " ", "", "#", "=", "/", "x", "_", " is ", "!", ", ", "[", "]", "(", ")", "|")


def literal(kind: str, rng: random.Random) -> str:
    """A literal of this type."""
    if kind == "i":
        return str(rng.choice((0, 1, 2, 3, 5, 10)) if rng.random() < 0.5 else rng.randint(-9, 25))
    if kind == "s":
        return repr(_SHORT(rng, []))
    if kind == "b":
        return "True" if rng.random() < 0.5 else "False"
    if kind == "si":
        return repr({rng.randint(0, 9) for _ in range(rng.randint(1, 4))})
    if kind == "ss":
        return repr(set(rng.choice(w.WORDS)[:1]))
    gen = VALUES.get(kind)
    return repr(gen(rng, [])) if gen else "None"


def special(kind: str, receiver: str, composer: Composer) -> str:
    """The text of a literal hole. `receiver` is the expression it is an argument of."""
    rng = composer.rng
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return str(simple(rng))
    value = composer.namespace.get(receiver)
    if kind in ("sub", "insub", "c"):
        return _substring(kind, value, composer)
    if kind == "near":
        return _near(receiver, composer)
    if kind == "k":
        size = len(value) if isinstance(value, str | list | tuple) and value else 3
        return str(rng.randrange(-size, size) if rng.random() < 0.35 else rng.randrange(size))
    items = list(value) if isinstance(value, list | tuple | dict) else []
    if items and (kind.startswith("in") or rng.random() < 0.75):
        return repr(rng.choice(items))
    return str(rng.randint(0, 9)) if kind == "inli" else repr(t.plain_word(rng))


def number(rng: random.Random) -> int:
    """A number of one to five digits, the short ones more often; negative in one case of seven."""
    digits = rng.choices((1, 2, 3, 4, 5), (30, 40, 20, 7, 3))[0]
    value = rng.randint(0 if digits == 1 else 10 ** (digits - 1), 10**digits - 1)
    return -value if rng.random() < 0.14 else value


def _near(receiver: str, composer: Composer) -> str:
    """A number that the last variable's value is, is nearly, or is not at all."""
    rng = composer.rng
    value = composer.namespace.get(receiver)
    if not isinstance(value, int | float):
        known = [v for n in composer.kinds if isinstance(v := composer.namespace.get(n), int)]
        value = rng.choice(known) if known else number(rng)
    if rng.random() < 0.35:
        return str(number(rng))
    off = rng.choice((-10, -5, -2, -1, 0, 0, 1, 2, 5, 10))
    return str(round(value + off, 2))


def _substring(kind: str, value: Any, composer: Composer) -> str:
    rng = composer.rng
    if not isinstance(value, str) or not value:
        texts = [
            known
            for n, k in composer.kinds.items()
            if k == "s" and isinstance(known := composer.namespace.get(n), str) and known
        ]
        value = rng.choice(texts) if texts else ""
    if value and (kind == "insub" or rng.random() < 0.72):
        at = rng.randrange(len(value))
        size = 1 if kind == "c" else rng.choice((1, 1, 1, 2, 2, 3))
        return repr(value[at : at + size])
    if kind == "c":
        return repr(rng.choice("abcdefghijklmnopqrstuvwxyz*-_#.!0AEX "))
    return repr(_SHORT(rng, []) or "a")


def _letters_pair(rng: random.Random) -> str:
    return repr(rng.choice(("abc", "aei", "xyz", "lor", "abc")))


def _some_text(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(_TEXTS)
    return rng.choice(w.WORDS) + rng.choice(("", " ", ": ", "=", "_"))


_SIMPLE: dict[str, Any] = {
    "w": lambda rng: repr(_SHORT(rng, [])),
    "sep": lambda rng: repr(rng.choice(_SEPARATORS[:11] if rng.random() < 0.8 else _SEPARATORS)),
    "cs": lambda rng: repr(rng.choice(_STRIPPED)),
    "n": lambda rng: str(rng.choice((0, 1, 1, 2, 2, 3, 3, 4, 5))),
    "n1": lambda rng: str(rng.choice((2, 2, 3, 3, 4, 5, 7, 10))),
    "z": lambda rng: str(rng.choice((-1, 0, 0, 1, 2, 5, 10, 100, rng.randint(-20, 40)))),
    "01": lambda rng: rng.choice(("0", "1", "0", "-1")),
    "012": lambda rng: rng.choice(("0", "2", "0", "-1", "1")),
    "width": lambda rng: str(rng.choice((5, 6, 7, 8, 10, 10, 12, 15, 20))),
    "base": lambda rng: rng.choice(("8", "16", "16", "36")),
    "digs": lambda rng: repr("".join(rng.choices("01234567", k=rng.randint(1, 4)))),
    "spec": lambda rng: rng.choice(_SPECS),
    "ispec": lambda rng: rng.choice(_INT_SPECS),
    "fspec": lambda rng: rng.choice(_FLOAT_SPECS),
    "flit": lambda rng: rng.choice(("0.5", "1.5", "2.0", "0.1", "0.25", "1.1", "2.5")),
    "rx": lambda rng: f"r'{rng.choice(_PATTERNS)}'",
    "abc": _letters_pair,
    "xyz": _letters_pair,
    "txt": _some_text,
    "small": lambda rng: str(rng.choice((2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, rng.randint(1, 99)))),
}
