"""A problem as the solver gets it: words, form, signature and the tests that come with it.

`ask` turns a problem of the bank into the `ProblemText` that `traces.prompts.solve` makes prompts
of. In training, people's habits are drawn at random: some give tests, some a signature, some
choose the form. In evaluation (`Manner(plain=True)`) the text is pasted as it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from traces.prompts.solve import Form, ProblemText
from training.problems.family import Kind
from training.problems.instance import Case, Instance
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
    """A problem, the text of its statement before `problem`, and the tests that were given."""

    instance: Instance
    statement: Statement
    problem: ProblemText
    given: tuple[Case, ...] = ()


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
    return Asked(instance, said, ProblemText(text, form, declared, shown), given)


def _form(kind: Kind, rng: random.Random) -> Form:
    if kind is Kind.CLASS or rng.random() >= FORM_SHARE:
        return "free"
    return "program" if kind is Kind.PROGRAM else "function"


def given_text(instance: Instance, case: Case) -> str:
    """A given test as the site shows it to a model."""
    if instance.family.kind is Kind.PROGRAM:
        return f"Input:\n{case.arguments[0].rstrip()}\nOutput:\n{case.expected.rstrip()}"
    return f"assert {call_text(instance, case)} == {case.expected!r}"
