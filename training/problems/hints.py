"""Answers of hint mode: what is asked for, what a tricky input gives and why, and one question.

They hold no solution: examples come from running the reference, reasons from the family's note.
"""

from __future__ import annotations

import random
import re

from training.problems.asking import Asked
from training.problems.family import Kind
from training.problems.instance import Case
from training.problems.wording import call_text, few_cases

_QUESTIONS = {
    "list": (
        "What do you have to remember while you go through {argument} from left to right?",
        "What should happen if {argument} is empty, and does your first idea handle that?",
        "If {argument} had only one element, what would the result be?",
        "Which elements of {argument} decide about the result, and how do you recognise them?",
    ),
    "str": (
        "Do you have to look at single characters of {argument}, or at whole words?",
        "What should happen if {argument} is empty?",
        "Which method of strings could help you to take {argument} apart?",
        "How would you do it by hand for a short {argument}?",
    ),
    "int": (
        "What is the smallest value of {argument} for which you know the result at once?",
        "How does the result change when {argument} grows by one?",
        "Do you need a loop here, and if so, when does it have to stop?",
        "What happens if {argument} is 0?",
    ),
    "dict": (
        "Do you need the keys of {argument}, its values, or both at the same time?",
        "What should happen if {argument} has no entries?",
    ),
    "": (
        "Which steps would you take by hand, with pencil and paper, for the example above?",
        "What do you know at the start, and what has to change in each step?",
        "Which part of the problem can you solve first, without the rest?",
    ),
}


def hint_text(asked: Asked, rng: random.Random) -> str:
    """The three parts of a hint."""
    instance = asked.instance
    small, *rest = few_cases(instance, rng, 3)
    tricky = _tricky(instance.cases, [small, *rest])
    goal = _goal(asked, rng)
    note = instance.fill(instance.family.note or instance.family.hint)
    why = f" {_sentence(note)}" if note else ""
    return (
        f"1. {goal} {_example(asked, small, rng)}\n"
        f"2. A tricky input: {_expectation(asked, tricky)}{why}\n"
        f"3. {_question(asked, rng)}"
    )


def _goal(asked: Asked, rng: random.Random) -> str:
    family = asked.instance.family
    phrase = asked.instance.fill(rng.choice(family.does))
    if family.kind is Kind.PROGRAM:
        return f"The program has to do this: {_sentence(phrase)}"
    kind = "class" if family.kind is Kind.CLASS else "function"
    return f"The {kind} has to do this: {_sentence(phrase)}"


def _example(asked: Asked, case: Case, rng: random.Random) -> str:
    form = rng.choice(("For example, {}", "A small example: {}", "So {}"))
    return form.format(_expectation(asked, case))


def _expectation(asked: Asked, case: Case) -> str:
    """A sentence on what comes of an input."""
    kind = asked.instance.family.kind
    if kind is Kind.FUNCTION:
        return f"`{call_text(asked.instance, case)}` gives `{case.expected!r}`."
    if kind is Kind.PROGRAM:
        given, out = case.arguments[0].strip(), str(case.expected).strip()
        return f"for the input `{' / '.join(given.split(chr(10)))}` it prints `{out!r}`."
    return f"after the calls `{case.arguments[-1]!r}` the answers are `{case.expected!r}`."


def _tricky(cases: tuple[Case, ...], shown: list[Case]) -> Case:
    """An edge case of the family that is not the example: they come first."""
    others = [case for case in cases[:6] if case is not shown[0]]
    return min(others or shown, key=lambda case: len(repr(case.arguments)))


def _question(asked: Asked, rng: random.Random) -> str:
    arguments = asked.instance.arguments
    if not arguments or asked.instance.family.kind is Kind.CLASS or rng.random() < 0.25:
        return rng.choice(_QUESTIONS[""])
    name, kind = rng.choice(arguments)
    sort = next((word for word in ("list", "str", "int", "dict") if kind.startswith(word)), "")
    return rng.choice(_QUESTIONS[sort]).format(argument=f"`{name}`")


def _sentence(text: str) -> str:
    text = re.sub(r"\s+", " ", text.strip())
    return text if text.endswith((".", "!", "?")) else f"{text}."
