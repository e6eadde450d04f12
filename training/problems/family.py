"""Task families: the format of `families/*.txt` and its reader.

A family is one kind of beginner problem with parameters: wordings, generators of inputs, reference
solutions, a reasoning template and typical wrong solutions. The files are meant to be read and
written by people; README.md explains the format with an example. Reading a file only cuts it
into its parts; `training.problems.instance` fills in parameters and names.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

FAMILIES = Path(__file__).parent / "families"

_HEADER = re.compile(
    r"== (?:(?P<kind>program|class) )?(?P<name>\w+)(?: (?P<class>\w+))?"
    r"(?:\((?P<arguments>.*?)\))?(?: -> (?P<returns>[^|]+?(?: \| None)?))?"
    r"(?: \| (?P<aliases>\w+(?:, \w+)*))?"
)
_KEYWORD = re.compile(r"(let|in|edge|do|ask|note|hint|why) (.*)")
_CODE = re.compile(r"--- ?(.*)")


class FamilyError(ValueError):
    """A family that cannot be used; the message begins with the file and line."""


class Kind(StrEnum):
    """What the answer is: a function, a class or a program from stdin to stdout."""

    FUNCTION = "function"
    CLASS = "class"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A typical wrong solution and what is wrong with it, in one or two sentences."""

    code: str
    reason: str


@dataclass(slots=True)
class Family:
    """One family as written. Texts and codes are templates (see README.md).

    `function` is the function's name in the codes where it is not the family's.
    """

    name: str
    theme: str
    kind: Kind
    where: str
    arguments: list[tuple[str, str]] = field(default_factory=list)
    returns: str = ""
    aliases: list[str] = field(default_factory=list)
    lets: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    does: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    note: str = ""
    hint: str = ""
    why: str = ""
    solutions: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    function: str = ""

    @property
    def wordings(self) -> list[str]:
        """All wordings of the task: verb phrases (`do`) first, then free ones (`ask`)."""
        return [*self.does, *self.asks]


@cache
def load_families(folder: Path = FAMILIES) -> tuple[Family, ...]:
    """All families of all files of a folder; the theme is the file's name up to `_`."""
    found: list[Family] = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        found.extend(read_families(text, path.name, path.stem.split("_")[0]))
    names = [family.name for family in found]
    for family in found:
        if names.count(family.name) > 1:
            raise FamilyError(f"{family.where}: the name {family.name} is used twice")
    return tuple(found)


def read_families(text: str, file: str, theme: str) -> list[Family]:
    """The families of one file. Raises `FamilyError` for the first bad one."""
    found: list[Family] = []
    lines: list[str] = []
    first = 0
    for number, line in enumerate([*text.split("\n"), "== end"], start=1):
        if line.startswith("== "):
            if first:
                found.append(_read_family(lines, f"{file}:{first}", theme))
            lines, first = [], number
        if first:
            lines.append(line)
    return found


def _read_family(lines: list[str], where: str, theme: str) -> Family:
    family = _read_header(lines[0], where, theme)
    at = next((i for i, line in enumerate(lines) if _CODE.fullmatch(line)), len(lines))
    for line in lines[1:at]:
        if not line.strip() or line.startswith("#"):
            continue
        match = _KEYWORD.fullmatch(line)
        if match is None:
            raise FamilyError(f"{where}: cannot read the line {line!r}")
        _add_line(family, match[1], match[2].strip())
    _read_codes(family, lines[at:])
    _check(family)
    return family


def _read_header(line: str, where: str, theme: str) -> Family:
    match = _HEADER.fullmatch(line.rstrip())
    if match is None:
        raise FamilyError(f"{where}: cannot read the header {line!r}")
    arguments = _read_arguments(match["arguments"] or "", where)
    return Family(
        name=match["name"],
        theme=theme,
        kind=Kind(match["kind"] or "function"),
        where=where,
        arguments=arguments,
        returns=match["returns"] or "",
        aliases=[name for name in (match["class"], *(match["aliases"] or "").split(", ")) if name],
    )


def _read_arguments(text: str, where: str) -> list[tuple[str, str]]:
    try:
        tree = ast.parse(f"def f({text}): pass")
    except SyntaxError as error:
        raise FamilyError(f"{where}: cannot read the arguments {text!r}") from error
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)  # noqa: S101  # for the type checker
    found: list[tuple[str, str]] = []
    for argument in function.args.args:
        if argument.annotation is None:
            raise FamilyError(f"{where}: every argument needs a type: {text!r}")
        found.append((argument.arg, ast.unparse(argument.annotation)))
    return found


def _add_line(family: Family, keyword: str, text: str) -> None:
    lists = {
        "let": family.lets,
        "in": family.inputs,
        "edge": family.edges,
        "do": family.does,
        "ask": family.asks,
    }
    if keyword in lists:
        lists[keyword].append(text)
    else:
        setattr(family, keyword, text)


def _read_codes(family: Family, lines: list[str]) -> None:
    blocks: list[tuple[str, list[str]]] = []
    for line in lines:
        match = _CODE.fullmatch(line)
        if match is not None:
            blocks.append((match[1].strip(), []))
        else:
            blocks[-1][1].append(line)
    for reason, block in blocks:
        code = "\n".join(block).strip("\n") + "\n"
        if reason:
            family.wrong.append(Wrong(code, reason))
        else:
            family.solutions.append(code)


def _check(family: Family) -> None:
    missing = [
        what
        for what, there in (
            ("two `do` lines", len(family.does) >= 2),
            ("four `ask` and `do` lines more", len(family.wordings) >= 6),
            ("two `ask` lines", len(family.asks) >= 2),
            ("an `in` line", family.inputs),
            ("a `why` line", family.why),
            ("a solution", family.solutions),
            ("a wrong solution", family.wrong),
            ("a return type", family.returns or family.kind is not Kind.FUNCTION),
        )
        if not there
    ]
    if missing:
        raise FamilyError(f"{family.where}: {family.name} lacks {', '.join(missing)}")
