"""The development set: problems that training never sees, with hidden tests.

    python -m training.problems.heldout [--out FILE]

`wordings` are known families asked for in words that were held out; `families` are families held
out whole. The same list on every machine. The command writes it as JSON lines: prompt, kind, name
and tests of each task, and without `--out` only counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from training.problems.family import Kind, load_families
from training.problems.split import held_out_wordings, is_held_out
from training.problems.task import Task, make_task

#: Part of each task's seed: another word gives other parameters and tests.
SEED = "dev"


class Part(StrEnum):
    """What is new to a model in this part of the set."""

    WORDINGS = "wordings"
    FAMILIES = "families"


def heldout_tasks(part: Part) -> Iterator[Task]:
    """The tasks of one part: for each family one with a phrase and one with a free text.

    The two draw different parameters.
    """
    for family in load_families():
        if is_held_out(family) is (part is Part.FAMILIES):
            for wording in held_out_wordings(family):
                yield make_task(family, wording, f"{SEED}-{wording}")


def as_row(task: Task, part: Part) -> dict[str, Any]:
    """The task as plain data."""
    return {
        "name": task.name,
        "part": part,
        "theme": task.theme,
        "kind": task.kind,
        "prompt": task.prompt,
        "entry": task.entry,
        "is_named": task.is_named,
        "tests": task.io_pairs() if task.kind is Kind.PROGRAM else task.asserts(),
        "reference": task.reference,
    }


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    rows = [as_row(task, part) for part in Part for task in heldout_tasks(part)]
    if options.out:
        options.out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for part in Part:
        mine = [row for row in rows if row["part"] == part]
        themes = Counter(row["theme"] for row in mine)
        families = len({row["name"].split("/")[0] for row in mine})
        sys.stdout.write(f"{part}: {len(mine)} tasks of {families} families, {dict(themes)}\n")


if __name__ == "__main__":
    main()
