"""Families that are a held-out one in other words: a solution of theirs passes its tests.

    python -m training.problems.twins

prints every such pair and fails if there is one. Names cannot tell, and a problem that is trained
on under another name would make the held-out figure mean nothing. Compared are several draws of
both, so that a problem whose parameters only sometimes make it the other one is found as well, and
only families of the same kind with arguments of the same types.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from training.problems.execute import run_case
from training.problems.family import Family, Kind, load_families
from training.problems.instance import Instance, draw
from training.problems.split import is_held_out

#: Draws of each family.
DRAWS = 3
#: Fewer tests than these with different outcomes say too little.
_LEAST_CASES = 5


class Twin(NamedTuple):
    """Names of a family that is trained on and of the held-out one that it is."""

    trained: str
    held_out: str


def find_twins(families: Iterable[Family]) -> Iterator[Twin]:
    """Every pair of a family for training and a held-out one that its solution solves."""
    families = list(families)
    kept: dict[tuple[Kind, tuple[str, ...]], list[Instance]] = {}
    for family in families:
        if is_held_out(family):
            kept.setdefault(_types(family), []).extend(_draws(family))
    for family in families:
        others = kept.get(_types(family), [])
        if is_held_out(family) or not others:
            continue
        mine = _draws(family)
        for name in dict.fromkeys(other.family.name for other in others):
            theirs = [other for other in others if other.family.name == name]
            if any(solves(one, other) for one in mine for other in theirs):
                yield Twin(family.name, name)


def solves(one: Instance, other: Instance) -> bool:
    """Whether the first solution of one problem passes all tests of another."""
    if len({repr(case.expected) for case in other.cases}) < min(2, len(other.cases)):
        return False
    entry = one.entry
    return len(other.cases) >= _LEAST_CASES and all(
        repr(run_case(one.solutions[0], one.family.kind, entry, case.arguments))
        == repr(case.expected)
        for case in other.cases
    )


def _draws(family: Family) -> list[Instance]:
    return [draw(family, f"twin-{number}") for number in range(DRAWS)]


def _types(family: Family) -> tuple[Kind, tuple[str, ...]]:
    return family.kind, tuple(kind for _, kind in family.arguments)


def main() -> int:
    """The command; see the module's docstring."""
    twins = list(find_twins(load_families()))
    for twin in twins:
        sys.stdout.write(f"{twin.trained} is {twin.held_out}, which is held out\n")
    return 1 if twins else 0


if __name__ == "__main__":
    sys.exit(main())
