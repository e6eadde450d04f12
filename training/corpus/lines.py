"""Programs as logical lines of tokens: what mutations and styles work on.

A program is a list of `Line`s. A line knows its depth of indentation, its tokens with the gap of
white space before each (a bracketed expression over several lines has newlines in its gaps), its
trailing comment, and the blank lines and comments above it. `render` writes the text again,
with any indentation unit; text goes through `split` and `render` unchanged except that
indentation becomes regular.

A regular expression cuts the tokens, several times faster than `tokenize`, which matters because
every generated program goes through here. It assumes text that Python can parse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""([ \t\f]*(?:\\\n[ \t]*)*)(
    (?:[rRbBfFuU]{0,2})(?:\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3})
    |(?:[rRbBfFuU]{0,2})(?:'(?:[^\\'\n]|\\.)*'|"(?:[^\\"\n]|\\.)*")
    |[^\W\d]\w*
    |0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?
    |\*\*=|//=|>>=|<<=|\.\.\.|:=|->|==|!=|<=|>=|\+=|-=|\*=|/=|%=|&=|\|=|\^=|\*\*|//|<<|>>
    |[-+*/%@&|^~<>()\[\]{},:.;=]
    |\#[^\n]*
    |\n
    )""",
    re.VERBOSE | re.DOTALL,
)

KEYWORDS = frozenset(
    [
        "False",
        "None",
        "True",
        "and",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
    ]
)
#: First words of lines that continue the compound statement above them at the same depth.
CLAUSES = frozenset({"else", "elif", "except", "finally"})
COMPOUND = frozenset({"if", "for", "while", "def", "class", "try", "with", "match", "@"})


@dataclass(slots=True)
class Line:
    """One logical line. `gaps[i]` stands before `toks[i]`; `above` holds '' for blank lines."""

    depth: int
    toks: list[str]
    gaps: list[str]
    comment: str = ""
    above: list[str] = field(default_factory=list)

    def copy(self) -> Line:
        """A line that can be changed without changing this one."""
        return Line(self.depth, self.toks[:], self.gaps[:], self.comment, self.above[:])

    @property
    def text(self) -> str:
        """The code of the line without indentation and comment."""
        return "".join([x for pair in zip(self.gaps, self.toks, strict=True) for x in pair])


class SplitError(ValueError):
    """Text that is no Python."""


def tokens_of(code: str) -> tuple[list[str], list[str]]:
    """The tokens of one expression or statement, and the gaps before them."""
    toks: list[str] = []
    gaps: list[str] = []
    for gap, tok in _TOKEN.findall(code):
        toks.append(tok)
        gaps.append(gap)
    return toks, gaps


def line_of(depth: int, code: str) -> Line:
    """A logical line from its code."""
    return Line(depth, *tokens_of(code))


def split(source: str) -> list[Line]:
    """The logical lines of a program. Comments after the last line are dropped."""
    lines: list[Line] = []
    indents = [0]
    above: list[str] = []
    toks: list[str] = []
    gaps: list[str] = []
    comment = ""
    nesting = 0
    extra = ""  # comments and newlines inside brackets
    for gap, tok in _TOKEN.findall(source if source.endswith("\n") else source + "\n"):
        head = tok[0]
        if head == "\n":
            if nesting:
                extra += gap + tok
            elif toks:
                width = len(gaps[0].expandtabs(8))
                while indents[-1] > width:
                    indents.pop()
                if width > indents[-1]:
                    indents.append(width)
                gaps[0] = ""
                lines.append(Line(len(indents) - 1, toks, gaps, comment, above))
                toks, gaps, above, comment = [], [], [], ""
            else:
                above.append(comment)
                comment = ""
            continue
        if head == "#":
            if nesting:
                extra += gap + tok
            else:
                comment = tok
            continue
        toks.append(tok)
        gaps.append(extra + gap)
        extra = ""
        if head in "([{":
            nesting += 1
        elif head in ")]}":
            nesting -= 1
    if nesting:
        raise SplitError("a bracket is not closed")
    return lines


def render(lines: list[Line], unit: str = "    ") -> str:
    """The text of the lines, one indentation unit per depth."""
    out: list[str] = []
    for line in lines:
        indent = unit * line.depth
        for above in line.above:
            out.append(indent + above if above else "")
        text = indent + line.text
        out.append(f"{text}  {line.comment}" if line.comment else text)
    return "\n".join(out) + "\n"


def block_end(lines: list[Line], at: int) -> int:
    """The index after the line and everything indented below it."""
    depth = lines[at].depth
    end = at + 1
    while end < len(lines) and lines[end].depth > depth:
        end += 1
    return end


def statement_end(lines: list[Line], at: int) -> int:
    """The index after the whole statement at this line, with its else, except and so on."""
    depth = lines[at].depth
    end = block_end(lines, at)
    while end < len(lines) and lines[end].depth == depth and lines[end].toks[0] in CLAUSES:
        end = block_end(lines, end)
    return end
