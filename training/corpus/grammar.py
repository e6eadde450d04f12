"""The typed grammar of composed expressions: notation and compiler of its templates.

The templates (`grammar_scalars`, `grammar_containers`, `grammar_statements`) are lists by type: s
str, i int, f float, b bool; li, ls, lf lists; ll list of lists of int; lt list of (str, int)
pairs; ti, ts tuples; si, ss sets; dsi, dss, dis, dsl dictionaries (str to int, str to str, int to
str, str to list of int).

Holes: `<s>` is an expression of type s that can be followed by `.` or an operator, `<=s>` one in a
free position (argument, right-hand side), `<vs>` a variable. `<=i'>` may use the variable that the
template binds with `@x:i`. Literals: `<c>` character, `<w>` word, `<sub>` probable substring,
`<sep>` separator, `<cs>` characters to strip, `<n>` small number, `<z>` any small integer,
`<k>` index, `<key>` probable key, `<small>` number to count with, `<near>` number that the last
variable may have, `<spec>`, `<ispec>`, `<fspec>` format specs. A leading `~` marks an operator
expression, a leading number is its weight.
"""

from __future__ import annotations

import re

from training.corpus.grammar_containers import CONTAINERS
from training.corpus.grammar_scalars import SCALARS
from training.corpus.grammar_statements import STATEMENTS_TEXT

MODULES = (
    "math", "re", "collections", "itertools", "functools", "heapq", "bisect", "operator", "string",
)  # fmt: skip
_TEMPLATE = re.compile(r"<(=?)(\w+)('?)(\"?=?)>|@(\w)(?::(\w+))?")


def parse_lines(text: str) -> tuple[list[str], list[int]]:
    """Templates and running sums of their weights."""
    templates: list[str] = []
    running: list[int] = []
    total = 0
    for line in text.strip().splitlines():
        weight = 1
        if line[:2] in ("2 ", "3 ", "4 "):
            weight, line = int(line[0]), line[2:]
        total += weight
        templates.append(line)
        running.append(total)
    return templates, running


EXPRESSIONS = {kind: parse_lines(text) for kind, text in {**SCALARS, **CONTAINERS}.items()}
STATEMENTS = parse_lines(STATEMENTS_TEXT)

#: Literal holes: they never recurse.
LITERALS = frozenset(
    {"c", "w", "sub", "insub", "sep", "cs", "n", "n1", "z", "k", "key", "inkey", "inli", "inls"}
    | {"spec", "ispec", "fspec", "width", "base", "digs", "txt", "abc", "xyz", "flit", "rx"}
    | {"01", "012", "small", "near"}
)
#: In f-strings of the outer quote `'` nested expressions must not contain quotes.
QUOTED = '"='

#: Whether it is an operator expression, its parts, the variables it binds with their types.
Template = tuple[bool, tuple[object, ...], tuple[tuple[str, str], ...]]


def compile_template(template: str) -> Template:
    """Whether it is an operator expression, its parts, and the variables it binds.

    A part is a text, or a tuple (type, is_inner, is_free, is_quoted) for a hole, or a one-letter
    tuple for a bound variable.
    """
    is_operator = template.startswith("~")
    template = template.removeprefix("~")
    parts: list[object] = []
    bound: dict[str, str] = {}
    at = 0
    for m in _TEMPLATE.finditer(template):
        if m.start() > at:
            parts.append(template[at : m.start()])
        if m[5]:
            bound.setdefault(m[5], m[6] or "")
            if m[6]:
                bound[m[5]] = m[6]
            parts.append((m[5],))
        else:
            quoted = bool(m[4])
            parts.append((m[2], bool(m[3]), bool(m[1]) or quoted, quoted))
        at = m.end()
    parts.append(template[at:])
    return is_operator, tuple(parts), tuple(bound.items())


COMPILED = {
    kind: ([compile_template(t) for t in templates], running)
    for kind, (templates, running) in EXPRESSIONS.items()
}
COMPILED_STATEMENTS = ([compile_template(t) for t in STATEMENTS[0]], STATEMENTS[1])
