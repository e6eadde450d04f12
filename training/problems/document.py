"""Training documents: chat messages of a problem, an answer with tests, and repairs.

An answer is one ```python block: the code, then tests as asserts. Programs from stdin to stdout
have their tests after the block, as `input`/`output` pairs. Messages are text; how they become
tokens, and the system prompt, are the prompts' business (`traces/prompts`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from training.problems.execute import Raised
from training.problems.family import Kind, Wrong
from training.problems.instance import Case, Instance, first_failure
from training.problems.wording import Statement, call_text, few_cases, signature, statement


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `reasoning` is what an assistant thinks before the content."""

    role: Literal["user", "assistant"]
    content: str
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A dialogue. Messages of the assistant at `given` are context, not to be learned."""

    name: str
    messages: tuple[Message, ...]
    given: frozenset[int] = frozenset()


def documents(
    instance: Instance, seed: object, wordings: list[int] | None = None
) -> Iterator[Document]:
    """An answer, and a repair for each wrong solution that fails a test.

    `wordings` are the numbers of the wordings that may be used (all, if not given).
    """
    rng = random.Random(f"{instance.family.name}:{seed}")  # noqa: S311  # no secret
    allowed = list(range(len(instance.family.wordings))) if wordings is None else wordings
    yield answer_document(instance, rng, rng.choice(allowed))
    for wrong in instance.wrong:
        failure = first_failure(instance, wrong.code)
        if failure is not None:
            number = rng.choice(allowed)
            yield repair_document(instance, rng, number, wrong, *failure)


def answer_document(instance: Instance, rng: random.Random, wording: int) -> Document:
    """The problem and a right answer, with or without reasoning."""
    problem = statement(instance, wording, rng.random())
    reasoning = explain(instance, rng) if rng.random() < 0.7 else ""
    code = _in_style(rng.choice(instance.solutions), instance, problem)
    return Document(
        instance.family.name,
        (
            Message("user", problem.text),
            Message("assistant", answer_text(instance, code, rng), reasoning),
        ),
    )


def repair_document(
    instance: Instance,
    rng: random.Random,
    wording: int,
    wrong: Wrong,
    case: Case,
    got: Any,
) -> Document:
    """The problem, a wrong attempt (given), the first failing test, and the repair."""
    problem = statement(instance, wording, rng.random())
    attempt = answer_text(instance, _in_style(wrong.code, instance, problem), rng)
    code = _in_style(_nearest(wrong.code, instance.solutions), instance, problem)
    return Document(
        instance.family.name,
        (
            Message("user", problem.text),
            Message("assistant", attempt),
            Message("user", failure_text(instance, case, got)),
            Message("assistant", answer_text(instance, code, rng, case), wrong.reason),
        ),
        given=frozenset({1}),
    )


def _nearest(code: str, solutions: tuple[str, ...]) -> str:
    """The solution that a repair of the code would lead to."""
    return max(solutions, key=lambda other: SequenceMatcher(None, code, other).ratio())


def explain(instance: Instance, rng: random.Random) -> str:
    """The family's reasoning about this problem: longer or shorter, mostly with an example."""
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", instance.fill(instance.family.why))
    if len(sentences) > 2 and rng.random() < 0.3:
        sentences.pop()
    if instance.family.kind is Kind.FUNCTION:
        if rng.random() < 0.3:
            takes = " and ".join(f"`{name}` ({kind})" for name, kind in instance.arguments)
            returns = instance.family.returns
            sentences.insert(0, f"`{instance.entry}` takes {takes} and returns {returns}.")
        if rng.random() < 0.6:
            (case,) = few_cases(instance, rng, 1)
            form = rng.choice(
                ["For example, {} gives {}.", "So {} must be {}.", "Check: {} -> {}."]
            )
            sentences.append(form.format(call_text(instance, case), repr(case.expected)))
    return " ".join(sentences)


def answer_text(
    instance: Instance, code: str, rng: random.Random, first: Case | None = None
) -> str:
    """Code and a few tests; the test `first` is among them if it is given."""
    cases = few_cases(instance, rng, rng.randint(3, 5))
    if first is not None:
        cases = [first, *(case for case in cases if case is not first)][:4]
    if instance.family.kind is Kind.PROGRAM:
        return f"```python\n{code}```\n\nTests:\n\n" + "\n\n".join(map(_pair, cases[:2]))
    return f"```python\n{code}\n\n{tests_source(instance, cases)}```"


def tests_source(instance: Instance, cases: list[Case] | tuple[Case, ...]) -> str:
    """The tests of a function or class as Python source: asserts, each with `==`."""
    if instance.family.kind is Kind.FUNCTION:
        return "".join(f"assert {call_text(instance, c)} == {c.expected!r}\n" for c in cases)
    return "\n".join(class_test(instance, case) for case in cases[:2])


def class_test(instance: Instance, case: Case) -> str:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", instance.entry).lower().rsplit("_", 1)[-1]
    *made, calls = case.arguments
    rows = [f"{name} = {instance.entry}({', '.join(map(repr, made))})"]
    for (method, *rest), value in zip(calls, case.expected, strict=True):
        call = f"{name}.{method}({', '.join(map(repr, rest))})"
        rows.append(call if value is None else f"assert {call} == {value!r}")
    return "\n".join(rows) + "\n"


def _pair(case: Case) -> str:
    stdin = case.arguments[0]
    ending = "" if stdin.endswith("\n") or not stdin else "\n"
    return f"```input\n{stdin}{ending}```\n```output\n{case.expected}\n```"


def failure_text(instance: Instance, case: Case, got: Any) -> str:
    """What the tests say of a wrong attempt: the failing case, expected and got."""
    if instance.family.kind is Kind.PROGRAM:
        said = got.text if isinstance(got, Raised) else f"\n{got}"
        return (
            f"A test fails.\nInput:\n{case.arguments[0].rstrip()}\n"
            f"Expected output:\n{case.expected}\nGot: {said}"
        )
    said = got.text if isinstance(got, Raised) else repr(got)
    if instance.family.kind is Kind.CLASS:
        *made, calls = case.arguments
        test = f"{instance.entry}({', '.join(map(repr, made))}) with the calls {calls!r}"
    else:
        test = call_text(instance, case)
    return f"A test fails.\nTest: {test}\nExpected: {case.expected!r}\nGot: {said}"


def _in_style(code: str, instance: Instance, problem: Statement) -> str:
    """The code with the typed signature of the problem, if the problem gives one."""
    if instance.family.kind is not Kind.FUNCTION or not problem.is_typed:
        return code
    head = re.compile(rf"^def {re.escape(instance.entry)}\([^)=]*\):", re.MULTILINE)
    return head.sub(lambda _: f"def {signature(instance, typed=True)}:", code, count=1)
