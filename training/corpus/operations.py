"""Families of single operations for drills: what a function gets, and what it does with it.

`operations.txt` holds them. `## name: i j / i p` begins a family: its name and several lists of
parameters, one of which a function has; `## name *3: ...` is drawn three times as often as others.
The lines after it are templates, each behind the type of its result, `.` for a statement that
changes something. `$0` and `$1` stand for the parameters (or for a later variable of the same
type); the holes are those of `training.corpus.grammar`.

Codes of parameters: `s` a text, `S` one with blanks or separators, `t` a text that is probably part
of the one before, `c` one character of it, `w` a word, `e` a text equal to the one before or nearly
so, `i` a number, `j` a number near the one before, `p` a small positive number, `n` a number up to
the length of what comes before, `k` an index of it, `x` an element of it, `y` a key of it; all
others are the types of the grammar.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.corpus.grammar import Template, compile_template, parse_lines

#: The type of the variable that a parameter code stands for, where it has another name.
TYPES = {
    "S": "s", "t": "s", "c": "s", "w": "s", "e": "s", "y": "s", "z": "s",
    "j": "i", "p": "i", "n": "i", "k": "i", "x": "i",
}  # fmt: skip
CHANGE = "."
_FILE = Path(__file__).with_name("operations.txt")


@dataclass(frozen=True, slots=True)
class Family:
    """`parameters`: lists of codes to choose from. `templates` and their weight by result type.
    `share`: how often the family is drawn, beside others."""

    name: str
    share: int
    parameters: tuple[tuple[str, ...], ...]
    templates: dict[str, tuple[list[Template], list[int]]]
    weights: dict[str, int]


def read_families(text: str) -> tuple[Family, ...]:
    """The families of a text. Raises `ValueError` for a line that is none of the notation."""
    families = []
    for block in text.split("\n## ")[1:]:
        head, *lines = block.strip().splitlines()
        families.append(_family(head, lines))
    return tuple(families)


def _family(head: str, lines: list[str]) -> Family:
    title, _, codes = head.partition(": ")
    name, _, share = title.partition(" *")
    by_type: dict[str, list[str]] = {}
    for line in lines:
        kind, found, template = line.partition(": ")
        if not found:
            raise ValueError(f"family {name!r}: {line!r} has no type in front")
        by_type.setdefault(kind, []).append(template)
    templates = {}
    for kind, texts in by_type.items():
        parsed, running = parse_lines("\n".join(texts))
        templates[kind] = ([compile_template(t) for t in parsed], running)
    weights = {kind: running[-1] for kind, (_, running) in templates.items()}
    parameters = tuple(tuple(c.split()) for c in codes.split(" / "))
    return Family(name, int(share or 1), parameters, templates, weights)


FAMILIES = read_families(_FILE.read_text(encoding="utf-8"))
