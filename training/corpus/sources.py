"""Python source text to pre-train on: the standard library of the interpreter that runs this."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Iterator
from pathlib import Path

#: Folders that are no readable code, or of which there is too much.
_LEFT_OUT = ("test", "tests", "site-packages", "idlelib", "lib2to3", "encodings", "pydoc_data")
_MIN_FILE_CHARS = 500
_MIN_CHARS, _MAX_CHARS = 400, 6000


def library_files() -> list[Path]:
    """The library's modules, in a fixed order."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    return sorted(
        path
        for path in folder.rglob("*.py")
        if not set(path.relative_to(folder).parts[:-1]) & set(_LEFT_OUT)
        and path.stat().st_size >= _MIN_FILE_CHARS
    )


def library_texts(rng: random.Random) -> Iterator[str]:
    """Stretches of whole lines from random modules, without end."""
    files = library_files()
    texts: dict[Path, list[str]] = {}
    while True:
        path = rng.choice(files)
        if path not in texts:
            texts[path] = path.read_text(encoding="utf-8", errors="ignore").splitlines(
                keepends=True
            )
        lines = texts[path]
        # A stretch begins where a top-level statement does, or anywhere.
        starts = [n for n, line in enumerate(lines) if line[:4] in ("def ", "clas")]
        at = rng.choice(starts) if starts and rng.random() < 0.7 else rng.randrange(len(lines))
        wanted, taken = rng.randint(_MIN_CHARS, _MAX_CHARS), 0
        end = at
        while end < len(lines) and taken < wanted:
            taken += len(lines[end])
            end += 1
        text = "".join(lines[at:end])
        if taken >= _MIN_CHARS and "\0" not in text:
            yield text if text.endswith("\n") else text + "\n"
