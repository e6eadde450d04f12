"""The programs of the examples menu.

Each is a file in `examples/`, in the order of the numbers that their names begin with. A file
opens with comments that say what the menu and the page need to know, and the program follows
after the first empty line:

    # title: Factorial
    # description: A function that calls itself.
    # entry: factorial(5)
    # stdin: one line of input, repeated for more lines

Example programs are for reading and stepping through; they are never imported here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "examples"
_FILE_NAME = re.compile(r"(?P<order>\d\d)-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.py")
_HEADER_LINE = re.compile(r"# (?P<key>title|description|entry|stdin):(?: (?P<value>.*))?")


class ExampleError(ValueError):
    """A file in the examples folder is not an example; the message says why."""


@dataclass(frozen=True, slots=True)
class Example:
    """One program of the menu. `slug` names it in links (`/?example=factorial`)."""

    slug: str
    title: str
    description: str
    source: str
    entry: str
    stdin: str


@lru_cache(maxsize=1)
def list_examples() -> tuple[Example, ...]:
    """All examples in the order of the menu."""
    return tuple(
        parse_example(path.name, path.read_text(encoding="utf-8"))
        for path in sorted(_FOLDER.glob("*.py"))
    )


def parse_example(file_name: str, text: str) -> Example:
    """Read one example file. Raises `ExampleError` where the name or the header is not one."""
    name = _FILE_NAME.fullmatch(file_name)
    if name is None:
        raise ExampleError(f"{file_name}: the name is not like 04-factorial.py")
    header, separator, source = text.partition("\n\n")
    if not separator or not source.strip():
        raise ExampleError(f"{file_name}: no empty line and a program after the header")
    single: dict[str, str] = {}
    stdin: list[str] = []
    for line in header.splitlines():
        match = _HEADER_LINE.fullmatch(line)
        if match is None:
            raise ExampleError(f"{file_name}: not a header line: {line!r}")
        key, value = match["key"], match["value"] or ""
        if key == "stdin":
            stdin.append(value)
        elif key in single:
            raise ExampleError(f"{file_name}: {key} is given twice")
        else:
            single[key] = value
    for key in ("title", "description"):
        if not single.get(key):
            raise ExampleError(f"{file_name}: the header has no {key}")
    return Example(
        slug=name["slug"],
        title=single["title"],
        description=single["description"],
        source=source.strip("\n") + "\n",
        entry=single.get("entry", ""),
        stdin="".join(f"{line}\n" for line in stdin),
    )
