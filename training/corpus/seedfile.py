"""Reader of seed files: blocks of plain Python with `#:` lines that say how to call them.

A block begins with one or more `#:` lines and goes to the next ones; its entry is its last
top-level function. Names that the block itself defines are *marked* while it is read (see
`training.corpus.marks`), so that a variant can rename all of them by one substitution. Every
block is parsed once; variants work on copies of its lines.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from training.corpus.lines import Line, split
from training.corpus.marks import mark_lines, own_names
from training.corpus.values import ValueLineError, Values, compile_line

SEEDS = Path(__file__).parent / "seeds"


class SeedError(ValueError):
    """A block that cannot be used; the message begins with file:line."""


@dataclass(frozen=True, slots=True)
class Seed:
    """One block: its marked lines, its entry's name (unmarked) and its argument generators.

    `kinds` tells of each own name whether it is a function, class, constant, attribute or
    variable.
    """

    where: str
    lines: tuple[Line, ...]
    entry: str
    arguments: tuple[Values, ...]
    kinds: dict[str, str]
    is_simple: bool

    def copy_lines(self) -> list[Line]:
        """Lines that a variant may change."""
        return [line.copy() for line in self.lines]


@cache
def load_seeds(folder: Path = SEEDS) -> tuple[Seed, ...]:
    """All blocks of all seed files of a folder, in the order of file names."""
    found: list[Seed] = []
    for path in sorted(folder.glob("*.py")):
        if path.name != "__init__.py":
            found.extend(read_seeds(path.read_text(encoding="utf-8"), path.name))
    return tuple(found)


def read_seeds(text: str, file: str) -> list[Seed]:
    """The blocks of one file's text. Raises `SeedError` for the first bad one."""
    lines = text.split("\n")
    starts = [
        i
        for i, line in enumerate(lines)
        if line.startswith("#:") and not (i and lines[i - 1].startswith("#:"))
    ]
    ends = [*starts[1:], len(lines)]
    return [
        _read_block(lines[start:end], file, start + 1)
        for start, end in zip(starts, ends, strict=True)
    ]


def _read_block(lines: list[str], file: str, first: int) -> Seed:
    where = f"{file}:{first}"
    arguments: list[Values] = []
    at = 0
    while at < len(lines) and lines[at].startswith("#:"):
        try:
            arguments.append(compile_line(lines[at][2:]))
        except ValueLineError as error:
            raise SeedError(f"{file}:{first + at}: {error}") from error
        at += 1
    source = "\n".join(lines[at:]).strip("\n") + "\n"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        line = first + at + (error.lineno or 1) - 1
        raise SeedError(f"{file}:{line}: not Python: {error.msg}") from error
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not functions:
        raise SeedError(f"{where}: the block has no top-level function to call")
    entry = functions[-1]
    _check_arity(entry, arguments, where)
    names = own_names(tree)
    marked = mark_lines(split(source), names)
    is_simple = len(tree.body) == 1 and not entry.decorator_list
    return Seed(where, tuple(marked), entry.name, tuple(arguments), names.kinds, is_simple)


def _check_arity(entry: ast.FunctionDef, arguments: list[Values], where: str) -> None:
    import random  # only this check draws

    positional = [*entry.args.posonlyargs, *entry.args.args]
    least = len(positional) - len(entry.args.defaults)
    for values in arguments:
        try:
            count = len(values(random.Random(0)))  # noqa: S311  # no secret
        except Exception as error:
            raise SeedError(f"{where}: a generator of the `#:` line fails: {error!r}") from error
        if count < least or (count > len(positional) and entry.args.vararg is None):
            raise SeedError(
                f"{where}: the `#:` line gives {count} arguments, {entry.name} takes {least}"
                + (f" to {len(positional)}" if least < len(positional) else "")
            )
