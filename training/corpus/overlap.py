"""Keeping evaluation programs out of the corpus: overlap of normalised token n-grams.

A program is reduced to its tokens: comments, layout and docstrings fall away, numbers and strings
become one token each, and every name that is not a keyword, a built-in or an attribute becomes the
same token. So renaming and reformatting hide nothing. What is compared are runs of `N` tokens;
a program of which at least `LIMIT` of the runs occur in one of the evaluation sets is dropped.

The runs are kept as 32-bit hashes in `overlap.bin` (little-endian, sorted), so that no evaluation
program is needed, or can be read off, where the corpus is made. The file is made by

    python -m training.corpus.overlap --out training/corpus/overlap.bin FILE...

from JSON-lines files whose rows hold programs (`code`; or `prompt` and `canonical_solution`).
"""

from __future__ import annotations

import argparse
import builtins
import gzip
import json
import keyword
import re
import sys
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from zlib import crc32

N = 16
LIMIT = 0.5
#: Programs with fewer runs than this are compared as a whole: parts of them are in everything.
MIN_RUNS = 8
HASHES = Path(__file__).with_name("overlap.bin")

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<doc>[rRbBuU]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}))
    | (?P<text>[rRbBuUfF]{0,2}(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))
    | (?P<number>\d[\w.]*)
    | (?P<attribute>\.\s*[^\W\d]\w*)
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>\*\*=?|//=?|<<=?|>>=?|[-+*/%&|^@=!<>:]=|->|[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)
_KEPT = frozenset((*keyword.kwlist, *dir(builtins)))
_STAND_INS = {"text": "S", "number": "N", "doc": "S"}


def tokens(source: str) -> list[str]:
    """The normalised tokens of a program."""
    found: list[str] = []
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup
        if kind == "comment" or (kind == "doc" and (not found or found[-1] in (":", ")"))):
            continue
        word = match[0]
        if kind == "name" and word not in _KEPT:
            word = "v"
        found.append(_STAND_INS.get(kind or "", word))
    return found


def run_hashes(source: str) -> set[int]:
    """Hashes of all runs of `N` tokens; of a short program, of all its tokens."""
    words = tokens(source)
    if len(words) < N + MIN_RUNS - 1:
        return {crc32("\0".join(words).encode())}
    return {crc32("\0".join(words[at : at + N]).encode()) for at in range(len(words) - N + 1)}


class OverlapCheck:
    """Tells programs that are too much like one of the evaluation sets."""

    def __init__(self, known: Iterable[int]) -> None:
        self._known = frozenset(known)

    @classmethod
    def load(cls, path: Path = HASHES) -> OverlapCheck:
        """From the file of hashes."""
        known = array("I")
        known.frombytes(path.read_bytes())
        if sys.byteorder == "big":
            known.byteswap()
        return cls(known)

    def share(self, source: str) -> float:
        """Share of the program's runs that occur in the evaluation sets."""
        runs = run_hashes(source)
        return len(runs & self._known) / len(runs)

    def overlaps(self, source: str) -> bool:
        """Whether the program must stay out of the corpus."""
        return self.share(source) >= LIMIT


def read_programs(path: Path) -> Iterator[str]:
    """The programs of a JSON-lines file, gzipped or not."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    for line in data.decode().splitlines():
        row = json.loads(line)
        yield row["code"] if "code" in row else row["prompt"] + row["canonical_solution"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the file of hashes.")
    parser.add_argument("--out", type=Path, default=HASHES)
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    programs = [program for path in options.files for program in read_programs(path)]
    hashes = array("I", sorted(set().union(*map(run_hashes, programs))))
    if sys.byteorder == "big":
        hashes.byteswap()
    options.out.write_bytes(hashes.tobytes())
    sys.stdout.write(f"{options.out}: {len(hashes)} runs of {len(programs)} programs\n")


if __name__ == "__main__":
    main()
