"""Changes of single tokens: constants, operators, methods and built-ins within their families.

Each change keeps the program parseable and most programs running: a method is swapped for one
that takes the same arguments, an operator for one of equal arity.
"""

from __future__ import annotations

import random
import re

from training.corpus import words as w
from training.corpus.lines import Line
from training.corpus.texts import plain_word

_FAMILIES = """
upper lower title swapcase capitalize casefold
strip lstrip rstrip
find rfind index rindex count
startswith endswith
isalpha isdigit isalnum isupper islower isspace istitle isnumeric isdecimal isidentifier
ljust rjust center
partition rpartition
split rsplit
removeprefix removesuffix
keys values items
append add
union intersection difference symmetric_difference
issubset issuperset isdisjoint
appendleft append
popleft pop
most_common elements
sort reverse
"""
_METHODS: dict[str, list[str]] = {}
for _line in _FAMILIES.strip().splitlines():
    for _name in _line.split():
        _METHODS.setdefault(_name, []).extend(n for n in _line.split() if n != _name)
for _name in ("append", "add", "pop", "sort", "reverse", "most_common", "elements", "keys"):
    # Swaps that change the receiver's type are rare enough not to matter, but mostly raise.
    _METHODS.pop(_name, None)
_METHODS["append"] = ["insert(0, "]  # see _swap_method

_FUNCTIONS = {
    "min": ["max"],
    "max": ["min"],
    "any": ["all"],
    "all": ["any"],
    "sum": ["max", "min", "len"],
    "sorted": ["list", "sorted"],
    "reversed": ["sorted"],
    "list": ["tuple", "sorted"],
    "floor": ["ceil", "trunc"],
    "ceil": ["floor"],
    "round": ["int", "abs"],
    "abs": ["int", "bool"],
    "bin": ["hex", "oct"],
    "hex": ["bin", "oct"],
    "str": ["repr"],
    "combinations": ["permutations", "combinations"],
}
_OPERATORS = {
    "+": ["-", "*", "+"],
    "-": ["+", "*", "-"],
    "*": ["+", "-", "*"],
    "//": ["%", "*", "-", "//"],
    "%": ["//", "+", "*"],
    "/": ["//", "*"],
    "**": ["*", "+"],
    "==": ["!=", "<", ">", "<=", ">="],
    "!=": ["==", "<", ">"],
    "<": ["<=", ">", ">=", "=="],
    ">": [">=", "<", "<=", "!="],
    "<=": ["<", ">=", ">"],
    ">=": [">", "<=", "<"],
    "+=": ["-=", "*=", "+="],
    "-=": ["+=", "-="],
    "*=": ["+=", "*="],
    "&": ["|", "^"],
    "|": ["&", "^"],
    "^": ["&", "|"],
    "<<": [">>"],
    ">>": ["<<"],
    "and": ["or"],
    "or": ["and"],
    "True": ["False"],
    "False": ["True"],
    "break": ["continue", "pass"],
    "continue": ["break", "pass"],
}
_SEPARATORS = (
    " ",
    ",",
    "-",
    "_",
    "",
    ", ",
    ":",
    ";",
    "/",
    "|",
    ".",
    "#",
    "*",
    "\\n",
    "\\t",
    "+",
    "=",
)
_SPECS = ("", "d", ">5", "<6", "^7", "05d", ".1f", ".2f", "x", "b", ",", "+d", "*>8", "s", "_<4")
_SPEC = re.compile(r":([^{}:=!'\"]{0,5})\}")


def swap_token(lines: list[Line], rng: random.Random) -> bool:
    """Change one random token. Returns whether one was found."""
    for _ in range(12):
        line = rng.choice(lines)
        at = rng.randrange(len(line.toks))
        if _swap_at(line, at, rng):
            return True
    return False


def _swap_at(line: Line, at: int, rng: random.Random) -> bool:
    toks = line.toks
    tok = toks[at]
    before = toks[at - 1] if at else ""
    head = tok[0]
    if line.toks[0] in ("import", "from"):
        return False
    if before == ".":
        return _swap_method(line, at, rng)
    if tok in _OPERATORS:
        if not before or (tok == "*" and before in "(,[=:") or tok == "=":
            return False
        if tok in ("-", "+", "*", "**") and not (before[-1].isalnum() or before[-1] in "_)]}'\""):
            return False
        if tok == "|" and toks[0] == "case":
            return False
        toks[at] = rng.choice(_OPERATORS[tok])
        return True
    if head.isdigit() or (head == "." and len(tok) > 1):
        return _swap_number(line, at, rng)
    if tok[-1] in "'\"" and len(tok) < 40 and tok[:3] not in ('"""', "'''") and at:
        toks[at] = changed_string(tok, rng)
        return toks[at] != tok
    if tok in _FUNCTIONS and at + 1 < len(toks) and toks[at + 1] == "(":
        toks[at] = rng.choice(_FUNCTIONS[tok])
        return toks[at] != tok
    if tok == "in" and toks[0] != "for" and before not in ("not",) and "for" not in toks:
        toks[at] = "not in"
        return True
    if tok == "if" and at + 1 < len(toks) and rng.random() < 0.3 and "for" not in toks:
        return _negate(line, at)
    return False


def _negate(line: Line, at: int) -> bool:
    if line.toks[-1] != ":" or at != 0 or ":=" in line.toks or ":" in line.toks[:-1]:
        return False
    line.toks[at + 1 : at + 1] = ["not", "("]
    line.gaps[at + 1 : at + 2] = [" ", " ", ""]
    line.toks.insert(-1, ")")
    line.gaps.insert(-1, "")
    return True


def _swap_method(line: Line, at: int, rng: random.Random) -> bool:
    tok = line.toks[at]
    if at + 1 >= len(line.toks) or line.toks[at + 1] != "(" or tok not in _METHODS:
        return False
    if tok == "append":
        if rng.random() < 0.5:
            return False
        line.toks[at : at + 2] = ["insert", "(", str(rng.choice((0, 0, 1, -1, 2))), ","]
        line.gaps[at + 1 : at + 2] = ["", "", ""]
        line.gaps[at + 4] = " "
        return True
    line.toks[at] = rng.choice(_METHODS[tok])
    return True


def _swap_number(line: Line, at: int, rng: random.Random) -> bool:
    tok = line.toks[at]
    if "." in tok or "e" in tok.lower():
        if rng.random() < 0.5:
            line.toks[at] = str(round(rng.uniform(0, 20), rng.randint(1, 2)))
        else:
            line.toks[at] = rng.choice(("0.5", "1.5", "2.0", "0.1", "100.0", "0.25"))
        return True
    if not tok.isdigit():
        return False
    value = int(tok)
    kind = rng.random()
    if kind < 0.35:
        new = value + rng.choice((-1, 1, 1, 2))
    elif kind < 0.7:
        new = rng.randint(0, 9)
    elif kind < 0.85:
        new = rng.randint(0, max(2 * value, 12))
    elif kind < 0.92:
        new = rng.choice((0, 1, 2, 10))
    else:
        new = value * 10 if value < 100 else value // 7
    line.toks[at] = str(max(new, 0))
    return True


def changed_string(tok: str, rng: random.Random) -> str:
    """Another string literal of the same kind: its text, a character or its format spec changed."""
    quote = tok[-1]
    start = tok.index(quote)
    prefix, body = tok[:start], tok[start + 1 : -1]
    if "f" in prefix.lower():
        return prefix + quote + _changed_format(body, rng) + quote
    if "{" in body or "%" in body or "\\" in body or prefix:
        return tok
    kind = rng.random()
    if len(body) <= 2:
        if body.isalpha() or kind < 0.3:
            body = rng.choice("abcdefghijklmnopqrstuvwxyzAEIOUXYZ")
        else:
            body = rng.choice(_SEPARATORS)
    elif kind < 0.35:
        at = rng.randrange(len(body))
        body = body[:at] + rng.choice("abcxyz ") + body[at + 1 :]
    elif kind < 0.5:
        body = body.upper() if rng.random() < 0.5 else body.title()
    elif " " in body:
        body = " ".join(rng.choice(w.WORDS) for _ in body.split())
    else:
        body = plain_word(rng)
    return quote + body + quote


def _changed_format(body: str, rng: random.Random) -> str:
    spec = _SPEC.search(body)
    if spec and rng.random() < 0.4:
        old = spec[1]
        if old[-1:] in ("f", "d", "") or old == "x":
            options = [s for s in _SPECS if s[-1:] == old[-1:]] or [old]
            return f"{body[: spec.start()]}:{rng.choice(options)}}}{body[spec.end() :]}"
    cut = body.find("{")
    word = rng.choice(w.WORDS)
    if cut > 0:
        return rng.choice((word, word.title(), word + ": ", word + "=", "")) + body[cut:]
    return body + rng.choice(("!", ".", " " + word, ""))
