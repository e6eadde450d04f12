"""A problem with hidden tests, as evaluation and expert iteration need it: a prompt and a judge.

Tests are source: asserts for functions and classes, pairs of input and output for programs. They
come from the reference solution and are never shown with the problem.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from training.problems.document import class_test
from training.problems.family import Family, Kind
from training.problems.instance import Instance, draw
from training.problems.wording import call_text, statement


@dataclass(frozen=True, slots=True)
class Task:
    """`name` is unique; `is_named` says that the prompt tells what to call the function or class.

    `reference` is a solution that passes the tests; its function or class is `entry`.
    """

    name: str
    family: str
    theme: str
    kind: Kind
    prompt: str
    is_named: bool
    entry: str
    reference: str
    instance: Instance

    def asserts(self, entry: str | None = None) -> list[str]:
        """The hidden tests of a function or class, for an answer that calls it `entry`.

        Each is a source text of its own that raises if the answer is wrong.
        """
        named = self.instance if entry is None else replace(self.instance, entry=entry)
        if self.kind is Kind.CLASS:
            return [class_test(named, case) for case in named.cases]
        return [f"assert {call_text(named, case)} == {case.expected!r}\n" for case in named.cases]

    def io_pairs(self) -> list[tuple[str, str]]:
        """The hidden tests of a program: input and expected output.

        Blanks at the ends of output lines and newlines at the end do not count.
        """
        return [(case.arguments[0], case.expected) for case in self.instance.cases]

    def entry_of(self, answer: str) -> str | None:
        """The name in an answer's code that the tests must call; `None` if there is none.

        That is the name of the prompt, or else the last function or class that fits.
        """
        if self.is_named:
            return self.entry
        try:
            tree = ast.parse(answer)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        wanted = ast.ClassDef if self.kind is Kind.CLASS else ast.FunctionDef
        found = [node for node in tree.body if isinstance(node, wanted)]
        names = [node.name for node in found if _may_take(node, len(self.instance.arguments))]
        return names[-1] if names else None


def _may_take(node: ast.stmt, count: int) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return True
    given = node.args
    most = len(given.posonlyargs) + len(given.args)
    return most - len(given.defaults) <= count <= (1000 if given.vararg else most)


def make_task(family: Family, wording: int, seed: object) -> Task:
    """The problem of a family in one of its wordings that a seed gives."""
    instance = draw(family, seed)
    problem = statement(instance, wording, seed)
    return Task(
        name=f"{family.name}/{wording}/{seed}",
        family=family.name,
        theme=family.theme,
        kind=family.kind,
        prompt=problem.text,
        is_named=problem.is_named,
        entry=instance.entry,
        reference=instance.solutions[0],
        instance=instance,
    )


def make_tasks(pairs: Iterator[tuple[Family, int]], seed: object) -> Iterator[Task]:
    """Tasks for pairs of family and wording."""
    for family, wording in pairs:
        yield make_task(family, wording, seed)
