"""How much the bank's texts share with problems of an evaluation set.

    python -m training.problems.overlap FILE

FILE holds JSON lines with `prompt` and perhaps `canonical_solution`, gzipped or not. Compared are
runs of `N` words of all rendered statements (two draws of each wording) with those of the prompts'
texts, and the reference solutions with the programs of the set, as `training.corpus.overlap` does.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from pathlib import Path

from training.corpus.overlap import LIMIT, OverlapCheck, run_hashes
from training.problems.family import load_families
from training.problems.instance import draw
from training.problems.wording import statement

N = 8
_WORD = re.compile(r"[a-z]+|\d+")


def word_runs(text: str) -> set[tuple[str, ...]]:
    """All runs of `N` words and numbers of a text; signs and case do not count."""
    words = _WORD.findall(text.lower())
    return {tuple(words[at : at + N]) for at in range(len(words) - N + 1)}


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("file", type=Path)
    data = parser.parse_args().file.read_bytes()
    text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    rows = [json.loads(line) for line in text.decode().splitlines() if line.strip()]
    known = set().union(*(word_runs(row["prompt"]) for row in rows))
    programs = [row["prompt"] + row.get("canonical_solution", "") for row in rows]
    check = OverlapCheck(set().union(*map(run_hashes, programs)))
    texts = solutions = 0
    for family in load_families():
        for seed in range(2):
            instance = draw(family, f"overlap-{seed}", cases=2)
            for wording in range(len(family.wordings)):
                texts += 1
                for run in sorted(word_runs(statement(instance, wording, seed).text) & known):
                    sys.stdout.write(f"{family.where}: {' '.join(run)}\n")
            for code in instance.solutions:
                solutions += 1
                if check.overlaps(code):
                    share = check.share(code)
                    sys.stdout.write(f"{family.where}: {family.name}: solution, {share:.0%}\n")
    sys.stdout.write(
        f"{texts} statements, {solutions} solutions (limit {LIMIT}), {len(rows)} problems\n"
    )


if __name__ == "__main__":
    main()
