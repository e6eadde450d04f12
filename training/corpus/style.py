"""Writing habits: the same program as different people would format it.

Works on lines (`training.corpus.lines`) and changes layout only: quotes, spaces, comments,
docstrings, blank lines, lines joined or broken. One `Style` is drawn per program.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from training.corpus import words as w
from training.corpus.lines import CLAUSES, COMPOUND, Line, line_of, render
from training.corpus.marks import VARIABLE

_OPERATORS = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "==",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "=",
        "+=",
        "-=",
        "*=",
        "/=",
        "//=",
        "%=",
        "&",
        "|",
        "^",
        "<<",
        ">>",
        "|=",
        "&=",
        "->",
        ":=",
    ]
)
_WORDLIKE = frozenset("\u01c1\u01c2_'\"")


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of one author. Rates are the shares of places where the habit shows."""

    unit: str
    quotes: str  # "", "'" or '"'
    spaces: str  # "", "tight", "commas", "wide"
    comment_rate: float
    blank_rate: float
    docstring: str  # "", "one", "many", "examples", "drop"
    explode_rate: float
    join_rate: float
    two_blanks: bool


def draw_style(rng: random.Random, *, lean: bool = False) -> Style:
    """A random author; most write plain four-space code. `lean` ones comment hardly anything."""
    if lean and rng.random() < 0.85:
        return Style(
            unit=rng.choices(("    ", "  ", "\t"), (93, 5, 2))[0],
            quotes=rng.choices(("", "'", '"'), (50, 30, 20))[0],
            spaces=rng.choices(("", "commas"), (96, 4))[0],
            comment_rate=0.0,
            blank_rate=rng.choices((0.0, 0.06), (90, 10))[0],
            docstring="drop",
            explode_rate=0.0,
            join_rate=rng.choices((0.0, 0.35), (95, 5))[0],
            two_blanks=False,
        )
    return Style(
        unit=rng.choices(("    ", "  ", "\t", "        ", "   "), (88, 6, 3, 2, 1))[0],
        quotes=rng.choices(("", "'", '"'), (50, 20, 30))[0],
        spaces=rng.choices(("", "tight", "commas", "wide"), (90, 4, 4, 2))[0],
        comment_rate=rng.choices((0.0, 0.06, 0.2), (62, 26, 12))[0],
        blank_rate=rng.choices((0.0, 0.06, 0.2), (72, 20, 8))[0],
        docstring=rng.choices(("", "drop", "one", "many", "examples"), (52, 20, 14, 7, 7))[0],
        explode_rate=rng.choices((0.0, 0.1, 0.4), (84, 12, 4))[0],
        join_rate=rng.choices((0.0, 0.35), (93, 7))[0],
        two_blanks=rng.random() < 0.6,
    )


def write(lines: list[Line], style: Style, rng: random.Random, example: str = "") -> str:
    """The text of the lines in this style. `example` is a call for docstrings with examples."""
    if style.docstring:
        lines = _docstrings(lines, style, rng, example)
    _definition_gaps(lines, style)
    if style.comment_rate or style.blank_rate:
        _comments_and_blanks(lines, style, rng)
    if style.join_rate:
        lines = _joined(lines, style, rng)
    for line in lines:
        if style.quotes:
            line.toks = [_quoted(tok, style.quotes) for tok in line.toks]
        if style.spaces:
            _respaced(line, style.spaces)
        if style.explode_rate and rng.random() < style.explode_rate:
            _explode(line, style.unit, rng)
    return render(lines, style.unit)


def _quoted(tok: str, quote: str) -> str:
    if tok[-1] not in "'\"" or tok[-1] == quote or tok[-3:] in ("'''", '"""'):
        return tok
    start = tok.index(tok[-1])
    body = tok[start + 1 : -1]
    if "'" in body or '"' in body or "\\" in body:
        return tok
    return tok[:start] + quote + body + quote


def _wordlike(c: str) -> bool:
    return c.isalnum() or c in _WORDLIKE


def _respaced(line: Line, mode: str) -> None:
    toks, gaps = line.toks, line.gaps
    nesting = 0
    for i in range(1, len(toks)):
        before, tok = toks[i - 1], toks[i]
        if before in "([{":
            nesting += 1
        if tok in ")]}":
            nesting -= 1
        if "\n" in gaps[i]:
            continue
        if mode == "wide":
            inside = before in ("(", "[") and tok not in (")", "]", "}")
            if inside or (tok in (")", "]") and before not in ("(", "[")):
                gaps[i] = " "
        elif gaps[i] == " " and not (_wordlike(before[-1]) and _wordlike(tok[0])):
            around = before in _OPERATORS or tok in _OPERATORS
            if before == "," or (mode == "tight" and around):
                gaps[i] = ""


def _explode(line: Line, unit: str, rng: random.Random) -> None:
    """Put the items of one bracket on lines of their own, as black does with long ones."""
    toks, gaps = line.toks, line.gaps
    if toks[0] in ("def", "class", "from", "import", "del") or any("\n" in g for g in gaps):
        return
    stack: list[tuple[int, list[int]]] = []
    spans: list[tuple[int, int, list[int]]] = []
    for i, tok in enumerate(toks):
        if tok in "([{":
            stack.append((i, []))
        elif tok == "," and stack:
            stack[-1][1].append(i)
        elif tok in ")]}" and stack:
            start, commas = stack.pop()
            if commas and toks[i - 1] != ",":
                spans.append((start, i, commas))
    if not spans:
        return
    start, end, commas = rng.choice(spans)
    if "lambda" in toks[start:end] or "for" in toks[start:end]:
        return
    inner = "\n" + unit * (line.depth + 1)
    keep_together = rng.random() < 0.25
    gaps[start + 1] = inner
    if not keep_together:
        for comma in commas:
            gaps[comma + 1] = inner
    gaps[end] = "\n" + unit * line.depth
    if rng.random() < 0.6 and toks[start] != "[" and toks[start + 1] not in ("*", "**"):
        toks.insert(end, ",")
        gaps.insert(end, "")


def _definition_gaps(lines: list[Line], style: Style) -> None:
    for i, line in enumerate(lines):
        if line.toks[0] in ("def", "class", "@") and i and lines[i - 1].toks[0] != "@":
            comments = [a for a in line.above if a]
            if line.depth == 0:
                line.above = ["", ""] if style.two_blanks else [""]
                line.above += comments
            elif lines[i - 1].depth >= line.depth and not line.above:
                line.above = [""] if style.two_blanks else []
        elif line.depth == 0 and i and lines[i - 1].depth and not line.above:
            line.above = ["", ""] if style.two_blanks else [""]


_REMARKS = (
    """
loop over the items|keep track of the result|check the condition|edge case|TODO: simplify
update the state|first, the easy case|nothing to do|this is important|note: order matters
swap|count it|skip this one|done|initialize|build the answer|handle empty input|helper value
compare with the previous one|see above|should not happen|for debugging|base case|recursive case
start from the beginning|walk through|remember it|increment|print("debug")|x = 1|use a dict here
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def remark(rng: random.Random) -> str:
    """A short comment without its `#`."""
    kind = rng.random()
    if kind < 0.55:
        text = rng.choice(_REMARKS)
    elif kind < 0.8:
        text = f"{rng.choice(w.VERBS)} the {rng.choice(w.ADJECTIVES)} {rng.choice(w.NOUNS)}"
    else:
        text = " ".join(rng.choice(w.WORDS) for _ in range(rng.randint(1, 4)))
    return text[:1].upper() + text[1:] if rng.random() < 0.4 else text


def _comments_and_blanks(lines: list[Line], style: Style, rng: random.Random) -> None:
    hash_ = "#" if rng.random() < 0.15 else "# "
    for i, line in enumerate(lines):
        if i and rng.random() < style.comment_rate and line.toks[0] not in CLAUSES:
            if rng.random() < 0.6:
                line.above.append(hash_ + remark(rng))
            elif not line.comment and line.toks[-1] != ":":
                line.comment = hash_ + remark(rng)
        opens = i and lines[i - 1].depth < line.depth
        if line.depth and not opens and rng.random() < style.blank_rate and not line.above:
            line.above.append("")


def _simple(line: Line) -> bool:
    return (
        line.toks[0] not in COMPOUND
        and line.toks[0] not in CLAUSES
        and line.toks[0] != "case"
        and line.toks[0][-1] not in "'\""
        and not line.comment
        and not line.above
    )


def _joined(lines: list[Line], style: Style, rng: random.Random) -> list[Line]:
    """`if x: return y` on one line; seldom two statements with a semicolon."""
    out: list[Line] = []
    for i, line in enumerate(lines):
        last = out[-1] if out else None
        follows = lines[i + 1] if i + 1 < len(lines) else None
        is_single = follows is None or follows.depth < line.depth
        if (
            last is not None
            and _simple(line)
            and last.depth == line.depth - 1
            and last.toks[0] in ("if", "for", "while", "else", "elif")
            and last.toks[-1] == ":"
            and not last.comment
            and is_single
            and rng.random() < style.join_rate
        ):
            last.toks = [*last.toks, *line.toks]
            last.gaps = [*last.gaps, " ", *line.gaps[1:]]
        elif (
            last is not None
            and _simple(line)
            and _simple(last)
            and last.depth == line.depth
            and ":" not in last.toks
            and rng.random() < style.join_rate * 0.15
        ):
            last.toks = [*last.toks, ";", *line.toks]
            last.gaps = [*last.gaps, "", " ", *line.gaps[1:]]
        else:
            out.append(line)
    return out


def _is_docstring(line: Line) -> bool:
    return len(line.toks) == 1 and line.toks[0][-1] in "'\"" and line.toks[0][0] not in "fF"


def _docstrings(lines: list[Line], style: Style, rng: random.Random, example: str) -> list[Line]:
    out: list[Line] = []
    waiting: Line | None = None
    for i, line in enumerate(lines):
        if waiting is not None:
            has_one = _is_docstring(line) and line.depth == waiting.depth + 1
            is_only = i + 1 == len(lines) or lines[i + 1].depth < line.depth
            if style.docstring == "drop":
                if has_one and not is_only:
                    waiting = None
                    continue
            elif not has_one and (rng.random() < 0.8 or waiting.depth == 0):
                out.append(_docstring(waiting, style, rng, example))
        waiting = line if line.toks[0] == "def" and line.toks[-1] == ":" else None
        out.append(line)
    return out


def _docstring(definition: Line, style: Style, rng: random.Random, example: str) -> Line:
    depth = definition.depth + 1
    indent = "\n" + style.unit * depth
    quote = "'''" if rng.random() < 0.15 else '"""'
    names = [t for t in definition.toks[2:] if t[0] == VARIABLE]
    thing = rng.choice(names) if names else f"the {rng.choice(w.NOUNS)}"
    verb = rng.choice(w.VERBS).capitalize()
    head = rng.choice(
        (
            f"{verb} {thing}.",
            f"{verb} {thing} and return the {rng.choice(w.NOUNS)}",
            f"Return the {rng.choice(w.ADJECTIVES)} {rng.choice(w.NOUNS)} of {thing}.",
            f" {verb} {thing} ",
            f"{verb}s the {rng.choice(w.ADJECTIVES)} {rng.choice(w.NOUNS)}.",
            f"Given {thing}, {verb.lower()} the {rng.choice(w.NOUNS)}.",
        )
    )
    if style.docstring == "one":
        return line_of(depth, f"{quote}{head}{quote}")
    body = [head]
    if style.docstring == "examples" and example.startswith(definition.toks[1] + "("):
        if rng.random() < 0.5:
            body.append("")
        for _ in range(rng.randint(1, 2)):
            body += [f">>> {example}".replace("\\", "/"), str(rng.randint(0, 20))]
    elif rng.random() < 0.6 and names:
        body += ["", "Args:"] if rng.random() < 0.6 else [""]
        marker = "    {}: the {}" if body[-1] else ":param {}: {}"
        body += [marker.format(n, rng.choice(w.NOUNS)) for n in names]
        if rng.random() < 0.5:
            body += ["", "Returns:", f"    {rng.choice(w.NOUNS)}"]
    else:
        body += ["", f"The {rng.choice(w.NOUNS)} is {rng.choice(w.ADJECTIVES)}."]
    if rng.random() < 0.3:
        body.insert(0, "")
    body.append("")
    text = indent.join(body).replace(quote[0] * 3, "")
    return Line(depth, [f"{quote}{text}{quote}".replace(indent + indent, "\n" + indent)], [""])
