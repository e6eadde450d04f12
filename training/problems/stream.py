"""Endless training material: documents and tasks of the families that are not held out.

    python -m training.problems.stream [--seed 1] [--count 5]

prints some documents, to be looked at.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice

from training.corpus.overlap import OverlapCheck
from training.problems.document import Document, documents
from training.problems.family import Family, load_families
from training.problems.instance import draw
from training.problems.split import training_wordings
from training.problems.task import Task, make_task


def _rounds(seed: object) -> Iterator[tuple[Family, str, random.Random]]:
    """All training families again and again, each round in another order."""
    families = [family for family in load_families() if training_wordings(family)]
    for number in count():
        rng = random.Random(f"{seed}:{number}")  # noqa: S311  # no secret
        for family in rng.sample(families, len(families)):
            yield family, f"{seed}:{number}", rng


def training_documents(seed: object) -> Iterator[Document]:
    """Answers and repairs without end; the same seed, the same documents.

    Solutions that are too much like a program of an evaluation set are not used, as in the corpus.
    """
    check = OverlapCheck.load()
    for family, draw_seed, _ in _rounds(seed):
        instance = draw(family, draw_seed)
        kept = tuple(code for code in instance.solutions if not check.overlaps(code))
        if kept:
            own = replace(instance, solutions=kept)
            yield from documents(own, draw_seed, training_wordings(family))


def training_tasks(seed: object) -> Iterator[Task]:
    """Problems with hidden tests without end, for sampling answers and learning from them."""
    for family, draw_seed, rng in _rounds(seed):
        yield make_task(family, rng.choice(training_wordings(family)), draw_seed)


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=5)
    options = parser.parse_args()
    for document in islice(training_documents(options.seed), options.count):
        for message in document.messages:
            sys.stdout.write(f"[{message.role}]\n")
            if message.reasoning:
                sys.stdout.write(f"<think>\n{message.reasoning}\n</think>\n")
            sys.stdout.write(f"{message.content}\n\n")
        sys.stdout.write("=" * 80 + "\n")


if __name__ == "__main__":
    main()
