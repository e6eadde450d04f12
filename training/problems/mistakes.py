"""Wrong attempts made from right ones: one small slip, of the sorts that people and models make.

A slip changes one place of one line, so that what is wrong can be said in a sentence, and so that
the traces of the right and the wrong code can be laid side by side: where they first differ is
what a model that expects the right behaviour would have predicted wrongly of the wrong code.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from traces.align import compare
from traces.answers import parse
from traces.prompts.solve import divergence_in_words
from training.corpus.trace import Tracer

_SWAPS = {
    "<=": ("<", ">="),
    ">=": (">", "<="),
    "<": ("<=", ">"),
    ">": (">=", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "+": ("-",),
    "-": ("+",),
    "*": ("+",),
    "//": ("/", "%"),
    "%": ("//",),
    "+=": ("-=", "="),
    "-=": ("+=",),
    "and": ("or",),
    "or": ("and",),
    "min": ("max",),
    "max": ("min",),
    "True": ("False",),
    "False": ("True",),
    "append": ("extend",),
    "lower": ("upper",),
    "upper": ("lower",),
    "any": ("all",),
    "all": ("any",),
    "is not": ("is",),
    "not in": ("in",),
    "in": ("not in",),
    "break": ("continue",),
    "extend": ("append",),
    "sorted": ("list",),
    "values": ("keys",),
    "keys": ("values",),
    "startswith": ("endswith",),
    "endswith": ("startswith",),
}
_TOKEN = re.compile(
    r"""(?P<text>'[^'\n]*'|"[^"\n]*")|(?P<number>(?<![\w.])\d+(?![\w.]))
    |(?P<word>is\ not|not\ in|[A-Za-z_]\w*)|(?P<sign><=|>=|==|!=|\+=|-=|//|->|\*\*|[-+*/%<>])""",
    re.VERBOSE,
)
_LOOP = re.compile(r"\bfor\b")
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Slip:
    """A wrong code and what it should be: `line` (from 1) was `right` and is `wrong` now."""

    code: str
    line: int
    right: str
    wrong: str


def slip(code: str, rng: random.Random) -> Slip | None:
    """The code with one slip, or None where none was found. It may still be right."""
    lines = code.split("\n")
    inner = [n for n, line in enumerate(lines) if line.strip() and not _is_head(line)]
    for _ in range(_TRIES):
        if not inner:
            return None
        at = rng.choice(inner)
        made = rng.choices((_token, _indent, _syntax, _name), (12, 2, 1, 1))[0](lines[at], rng)
        if made is None or made == lines[at]:
            continue
        new = "\n".join([*lines[:at], made, *lines[at + 1 :]])
        if parse(new) is None and rng.random() < 0.8:
            continue  # broken syntax is rare in what models write
        return Slip(new, at + 1, lines[at].strip(), made.strip())
    return None


def _is_head(line: str) -> bool:
    return line.lstrip().startswith(("def ", "class ", "import ", "from ", "@", "#", '"""'))


def _token(line: str, rng: random.Random) -> str | None:
    """One operator, name or number replaced by one that is easily confused with it."""
    found: list[tuple[int, int, str]] = []
    for match in _TOKEN.finditer(line):
        text = match[0]
        if match["number"] and len(text) < 4:
            number = int(text)
            found += [(*match.span(), str(max(0, number + d))) for d in (1, -1) if number + d >= 0]
        elif text in _SWAPS and not (text == "in" and _LOOP.search(line)):
            found += [(*match.span(), new) for new in _SWAPS[text]]
    if not found:
        return None
    start, end, new = rng.choice(found)
    return line[:start] + new + line[end:]


def _indent(line: str, rng: random.Random) -> str | None:
    """A statement that has slid out of its block or into the one before."""
    if line.rstrip().endswith(":"):
        return None
    if rng.random() < 0.5 and line.startswith("        "):
        return line[4:]
    return f"    {line}"


def _syntax(line: str, rng: random.Random) -> str | None:
    """A colon or a bracket that is missing."""
    places = [at for at, sign in enumerate(line) if sign in ":)]"]
    if not places:
        return None
    at = rng.choice(places)
    return line[:at] + line[at + 1 :]


def _name(line: str, rng: random.Random) -> str | None:
    """A name that is misspelt."""
    names = [m for m in re.finditer(r"[A-Za-z_]\w{2,}", line) if m[0] not in ("return", "else")]
    if not names:
        return None
    match = rng.choice(names)
    changes: tuple[Callable[[str], str], ...] = (
        lambda name: f"{name}s",
        lambda name: name[:-1],
        lambda name: name[0] + name[2:],
    )
    return line[: match.start()] + rng.choice(changes)(match[0]) + line[match.end() :]


def divergence(tracer: Tracer, expected: str, code: str, call: str) -> str:
    """Where the run of `call` with the wrong code leaves that of the code that was expected.

    In the words of the site (`divergence_in_words`); empty where the two cannot be laid side by
    side. Both codes are run and traced.
    """
    if expected.count("\n") != code.count("\n"):
        return ""
    meant, real = tracer.record(expected, call), tracer.record(code, call)
    if meant is None or real is None:
        return ""
    first = compare(meant.events, meant.status, real.events, real.status, code).first_divergence
    if first is None or not first.is_error:
        return ""
    return divergence_in_words(first, real.events, code)
