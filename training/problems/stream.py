"""Endless training material: documents and tasks of the families that are not held out.

What is held out is left out twice: families and wordings are chosen by `split`, and every problem
is checked once more before it is used (`HeldOutError`).

    python -m training.problems.stream [--seed 1] [--count 5]

prints some documents, to be looked at.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import count, islice
from typing import NamedTuple

from training.corpus.overlap import OverlapCheck
from training.corpus.trace import Tracer
from training.problems.composed import PREFIX, composed_family, is_composed
from training.problems.document import Document, documents
from training.problems.family import Family, load_families
from training.problems.instance import draw
from training.problems.split import held_out_wordings, is_held_out, training_wordings


def _rounds(seed: object) -> Iterator[tuple[Family, str, random.Random]]:
    """All training families again and again, each round in another order."""
    families = [family for family in load_families() if training_wordings(family)]
    for number in count():
        rng = random.Random(f"{seed}:{number}")  # noqa: S311  # no secret
        for family in rng.sample(families, len(families)):
            yield family, f"{seed}:{number}", rng


#: How often a composed problem follows one of the bank.
COMPOSED_SHARE = 0.6


class HeldOutError(RuntimeError):
    """Something held out was about to be trained on; the message names it."""


class TaskName(NamedTuple):
    """What makes a problem: its family, wording and seed."""

    family: str
    wording: int
    seed: str


def assert_trainable(family: Family, wordings: list[int]) -> None:
    """Raises `HeldOutError` for a family or a wording that is held out."""
    if is_held_out(family):
        raise HeldOutError(f"The family {family.name} is held out.")
    wrong = sorted(set(wordings) & set(held_out_wordings(family)))
    if wrong:
        raise HeldOutError(f"Wordings {wrong} of the family {family.name} are held out.")


def family_named(name: str) -> Family:
    """A family of the bank, or a composed one. Raises `KeyError` for no family."""
    return composed_family(name) if is_composed(name) else _by_name()[name]


@cache
def _by_name() -> dict[str, Family]:
    return {family.name: family for family in load_families()}


def _with_composed(seed: object) -> Iterator[tuple[Family, str, random.Random]]:
    """As `_rounds`, with a composed family after some of the bank's."""
    for place, (family, draw_seed, rng) in enumerate(_rounds(seed)):
        yield family, draw_seed, rng
        if rng.random() < COMPOSED_SHARE:
            yield composed_family(f"{PREFIX}{seed}-{place}"), draw_seed, rng


def training_documents(seed: object, tracer: Tracer | None = None) -> Iterator[Document]:
    """Answers, repairs and hints without end; the same seed, the same documents.

    Solutions that are too much like a program of an evaluation set are not used, as in the corpus.
    """
    check = OverlapCheck.load()
    for family, draw_seed, _ in _with_composed(seed):
        wordings = training_wordings(family)
        assert_trainable(family, wordings)
        instance = draw(family, draw_seed)
        kept = tuple(code for code in instance.solutions if not check.overlaps(code))
        if kept:
            own = replace(instance, solutions=kept)
            yield from documents(own, draw_seed, wordings, tracer)


def training_tasks(seed: object) -> Iterator[TaskName]:
    """Problems without end, for sampling answers and learning from them."""
    for family, draw_seed, rng in _with_composed(seed):
        wording = rng.choice(training_wordings(family))
        assert_trainable(family, [wording])
        yield TaskName(family.name, wording, draw_seed)


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=5)
    options = parser.parse_args()
    for document in islice(training_documents(options.seed), options.count):
        for message in document.messages:
            sys.stdout.write(f"[{message.role}]\n{message.content}\n\n")
        thoughts = "<think>\n" if document.reasoning else ""
        sys.stdout.write(f"[assistant: {document.kind}]\n{thoughts}{document.answer}\n\n")
        sys.stdout.write("=" * 80 + "\n")


if __name__ == "__main__":
    main()
