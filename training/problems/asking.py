"""A problem as the solver gets it: words, form, signature and the tests that come with it.

`ask` turns a problem of the bank into the `ProblemText` that `traces.prompts.solve` makes prompts
of. In training, people's habits are drawn at random: some give tests, some a signature, some
choose the form. In evaluation (`Manner(plain=True)`) the text is pasted as it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from traces.cases import Call, InputOutput
from traces.examples import read_examples
from traces.prompts.solve import Form, ProblemText
from training.problems.family import Kind
from training.problems.instance import Case, Instance
from training.problems.outcome import input_text
from training.problems.phrasing import dressed
from training.problems.wording import Statement, call_text, few_cases, signature, statement

#: How often people give tests, and a signature in the field for it.
GIVEN_SHARE = 0.35
SIGNATURE_SHARE = 0.15
FORM_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Manner:
    """How a problem is asked: as it is, with `given` tests, or as the seed chooses."""

    plain: bool = False
    given: int = 0


TRAINING = Manner()


@dataclass(frozen=True, slots=True)
class Asked:
    """A problem, the text of its statement before `problem`, and the tests that were given.

    `examples` are tests that the site reads from the text itself, with each call as it writes it.
    """

    instance: Instance
    statement: Statement
    problem: ProblemText
    given: tuple[Case, ...] = ()
    examples: tuple[tuple[Case, str], ...] = ()

    @property
    def known(self) -> list[Case]:
        """All tests that came with the problem, in the site's order."""
        given = {repr(case.arguments) for case in self.given}
        others = [case for case, _ in self.examples if repr(case.arguments) not in given]
        return [*self.given, *others]

    def input_text(self, case: Case) -> str:
        """What the site says a test calls, or reads."""
        written = (text for other, text in self.examples if other is case)
        return next(written, "") or input_text(self.instance, case)


def ask(instance: Instance, wording: int, seed: object, manner: Manner = TRAINING) -> Asked:
    """The problem in one wording; the same arguments give the same."""
    said = statement(instance, wording, seed)
    rng = random.Random(f"ask:{instance.entry}:{wording}:{seed}:{manner.given}")  # noqa: S311  # no secret
    kind = instance.family.kind
    count = manner.given
    if not manner.plain and rng.random() < GIVEN_SHARE:
        count = rng.randint(1, 4)
    # Tests of a class are no single calls: nobody can give them.
    given = tuple(few_cases(instance, rng, count)) if count and kind is not Kind.CLASS else ()
    form: Form = "free"
    declared = ""
    if not manner.plain:
        form = _form(kind, rng)
        if kind is Kind.FUNCTION and rng.random() < SIGNATURE_SHARE:
            declared = f"def {signature(instance, typed=rng.random() < 0.3)}"
    if form == "free" and (given or declared):
        # What the site concludes from tests and signatures.
        form = "program" if kind is Kind.PROGRAM else "function"
    text = said.text if manner.plain else dressed(said.text, rng)
    shown = tuple(given_text(instance, case) for case in given)
    problem = ProblemText(text, form, declared, shown)
    return Asked(instance, said, problem, given, _examples(instance, problem))


def _examples(instance: Instance, problem: ProblemText) -> tuple[tuple[Case, str], ...]:
    """The tests of the problem that its text shows as examples."""
    kind = instance.family.kind
    if kind is Kind.CLASS:
        return ()
    names = [name for name, _ in instance.arguments]
    by_input = {repr(case.arguments): case for case in instance.cases}
    found: list[tuple[Case, str]] = []
    for example in read_examples(problem.text):
        if isinstance(example, Call):
            arguments = example.args or tuple(example.kwargs.get(name) for name in names)
            text = replace(example, function=instance.entry).text()
        else:
            arguments, text = (example.stdin,), ""
        case = by_input.get(repr(arguments)) or by_input.get(repr((example_input(example),)))
        if case is not None:
            found.append((case, text))
    return tuple(found)


def example_input(example: Call | InputOutput) -> str:
    """What a program's example reads, as the bank's tests write it."""
    return example.stdin.rstrip() if isinstance(example, InputOutput) else ""


def _form(kind: Kind, rng: random.Random) -> Form:
    if kind is Kind.CLASS or rng.random() >= FORM_SHARE:
        return "free"
    return "program" if kind is Kind.PROGRAM else "function"


def given_text(instance: Instance, case: Case) -> str:
    """A given test as the site shows it to a model."""
    if instance.family.kind is Kind.PROGRAM:
        return f"Input:\n{case.arguments[0].rstrip()}\nOutput:\n{case.expected.rstrip()}"
    return f"assert {call_text(instance, case)} == {case.expected!r}"
