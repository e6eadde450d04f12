"""Training documents: conversations exactly as the site holds them, with the answer to be learned.

A document is the messages that `traces.prompts.solve` makes (system, instructions, problem, for a
repair also the earlier attempt and what failed), and the assistant's answer: thoughts, a block of
code, a block of tests. Everything that a failed attempt is told comes from running it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from traces.codecs.chat import END_THINK, ChatMessage
from traces.prompts.solve import (
    NO_CODE,
    Failure,
    as_answer,
    first_messages,
    repair_messages,
)
from training.corpus.trace import Tracer
from training.problems.asking import Asked, ask
from training.problems.execute import Raised
from training.problems.family import Kind
from training.problems.hints import hint_text
from training.problems.instance import Case, Instance
from training.problems.mistakes import divergence, slip
from training.problems.outcome import Failing, expected_text, failing, got_text, input_text
from training.problems.wording import call_text, few_cases, signature

DocumentKind = Literal["answer", "repair", "retest", "hint"]

#: How often the answer is preceded by thoughts, as it is on the site unless switched off.
REASONING_SHARE = 0.75
#: How often a repair is told where the predicted trace left the real one.
DIVERGENCE_SHARE = 0.5
#: Documents of each kind for one drawn problem, besides a repair per known mistake.
ANSWERS, SLIPS = 4, 2
RETEST_SHARE, HINT_SHARE, NO_CODE_SHARE = 0.35, 0.25, 0.05
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Document:
    """A conversation up to the assistant's turn, and that turn.

    `reasoning`: the answer begins with thoughts, which `</think>` ends.
    """

    name: str
    kind: DocumentKind
    messages: tuple[ChatMessage, ...]
    reasoning: bool
    answer: str


def documents(
    instance: Instance,
    seed: object,
    wordings: list[int] | None = None,
    tracer: Tracer | None = None,
) -> Iterator[Document]:
    """Answers, repairs of mistakes and a hint now and then for one problem.

    `wordings` are the numbers of the wordings that may be used (all, if not given). Repairs are
    told of diverging traces only with a `tracer`.
    """
    rng = random.Random(f"{instance.family.name}:{seed}")  # noqa: S311  # no secret
    allowed = list(range(len(instance.family.wordings))) if wordings is None else wordings
    for number in range(ANSWERS):
        yield answer_document(ask(instance, rng.choice(allowed), f"{seed}-{number}"), rng)
    maker = _Repairs(instance, rng, tracer)
    for number in range(len(instance.wrong) + SLIPS):
        asked = ask(instance, rng.choice(allowed), f"{seed}-r{number}")
        found = maker.known(asked, number) if number < len(instance.wrong) else maker.slipped(asked)
        if found is not None:
            yield found
    asked = ask(instance, rng.choice(allowed), f"{seed}-x")
    if rng.random() < RETEST_SHARE and (found := maker.retested(asked)) is not None:
        yield found
    if rng.random() < HINT_SHARE:
        yield hint_document(asked, rng)
    if rng.random() < NO_CODE_SHARE:
        yield maker.without_code(asked)


def answer_document(asked: Asked, rng: random.Random) -> Document:
    """The problem and a right answer."""
    code = styled(rng.choice(asked.instance.solutions), asked)
    content = answer_text(asked, code, own_tests(asked, rng))
    messages = first_messages(asked.problem)
    return _document(asked, "answer", messages, explain(asked.instance, rng), content, rng)


def hint_document(asked: Asked, rng: random.Random) -> Document:
    """The problem and a hint."""
    messages = first_messages(asked.problem, hint=True)
    thoughts = explain(asked.instance, rng)
    return _document(asked, "hint", messages, thoughts, hint_text(asked, rng), rng)


def _document(
    asked: Asked,
    kind: DocumentKind,
    messages: list[ChatMessage],
    thoughts: str,
    content: str,
    rng: random.Random,
) -> Document:
    reasoning = rng.random() < REASONING_SHARE
    answer = with_thoughts(thoughts, content) if reasoning else content
    return Document(asked.instance.family.name, kind, tuple(messages), reasoning, answer)


def with_thoughts(thoughts: str, content: str) -> str:
    """An answer as it goes on after the prompt's `<think>`."""
    return f"{thoughts}\n{END_THINK}\n{content}"


class _Repairs:
    """Repairs of attempts at one problem."""

    def __init__(self, instance: Instance, rng: random.Random, tracer: Tracer | None) -> None:
        self._instance, self._rng, self._tracer = instance, rng, tracer

    def known(self, asked: Asked, number: int) -> Document | None:
        """Of one of the family's typical mistakes."""
        wrong = self._instance.wrong[number]
        right = styled(_nearest(wrong.code, self._instance.solutions), asked)
        return self._repair(asked, styled(wrong.code, asked), right, wrong.reason)

    def slipped(self, asked: Asked) -> Document | None:
        """Of a slip in one line."""
        rng = self._rng
        right = styled(rng.choice(self._instance.solutions), asked)
        made = slip(right, rng)
        if made is None:
            return None
        form = rng.choice(
            (
                "The line `{wrong}` is wrong: it has to be `{right}`.",
                "In line {line}, `{wrong}` has to be `{right}`.",
                "The mistake is in line {line}: `{right}` is right there.",
                "It is `{wrong}` that does this. I need `{right}`.",
            )
        )
        reason = form.format(wrong=made.wrong, right=made.right, line=made.line)
        return self._repair(asked, made.code, right, reason)

    def _repair(self, asked: Asked, wrong: str, right: str, reason: str) -> Document | None:
        instance, rng = self._instance, self._rng
        if instance.family.kind is Kind.CLASS:  # no test of a class is a single call
            return None
        cases = own_tests(asked, rng)
        found = failing(instance, wrong, [*asked.known, *cases])
        if found is None:
            found = failing(instance, wrong, instance.cases)
            if found is None:
                return None  # it is right after all
            cases = [found[0], *cases[1:]]
        case, got = found
        told = self._divergence(case, wrong, right)
        failure = failure_of(asked, wrong, cases, found, told)
        thoughts = f"{_comparison(instance, case, got, rng)}{reason}"
        content = answer_text(asked, right, cases)
        messages = repair_messages(asked.problem, failure)
        return _document(asked, "repair", messages, thoughts, content, rng)

    def _divergence(self, case: Case, wrong: str, right: str) -> str:
        is_function = self._instance.family.kind is Kind.FUNCTION
        if self._tracer is None or not is_function or self._rng.random() >= DIVERGENCE_SHARE:
            return ""
        return divergence(self._tracer, right, wrong, call_text(self._instance, case))

    def retested(self, asked: Asked) -> Document | None:
        """Of a right code with a wrong test: the code stays, the test is corrected."""
        instance, rng = self._instance, self._rng
        if instance.family.kind is not Kind.FUNCTION:
            return None
        cases = own_tests(asked, rng)
        at = rng.randrange(len(cases)) if cases else 0
        wrong = _corrupted(cases[at].expected, rng) if cases else None
        if wrong is None:
            return None
        code = styled(rng.choice(instance.solutions), asked)
        case = cases[at]
        bad = Case(case.arguments, wrong)
        shown = [*cases[:at], bad, *cases[at + 1 :]]
        failure = failure_of(asked, code, shown, (bad, case.expected), "")
        call, value = call_text(instance, case), repr(case.expected)
        form = rng.choice(
            (
                "`{call}` gives {value}, and that is what the problem asks for. "
                "The code is right; my test was wrong.",
                "The problem says that `{call}` is {value}. So the test has to be corrected, not "
                "the code.",
                "I go through `{call}` again: the result is {value}. The test expected something "
                "else by mistake.",
            )
        )
        content = answer_text(asked, code, cases)
        messages = repair_messages(asked.problem, failure)
        thoughts = form.format(call=call, value=value)
        return _document(asked, "retest", messages, thoughts, content, rng)

    def without_code(self, asked: Asked) -> Document:
        """Of an answer that had no code."""
        rng = self._rng
        messages = repair_messages(asked.problem, Failure("", problem=NO_CODE))
        code = styled(rng.choice(self._instance.solutions), asked)
        content = answer_text(asked, code, own_tests(asked, rng))
        thoughts = explain(self._instance, rng)
        return _document(asked, "repair", messages, thoughts, content, rng)


def failure_of(
    asked: Asked, code: str, cases: list[Case], found: Failing, divergence: str
) -> Failure:
    """What the site tells of an attempt whose first failing test is `found`."""
    case, got = found
    return Failure(
        answer_text(asked, code, cases),
        call=asked.input_text(case),
        expected=expected_text(asked.instance, case),
        got=got_text(asked.instance, code, got),
        divergence=divergence,
    )


def _comparison(instance: Instance, case: Case, got: Any, rng: random.Random) -> str:
    """A sentence on what failed, or nothing where it would be long."""
    call, wanted = input_text(instance, case), repr(case.expected)
    is_long = len(call) + len(wanted) + len(repr(got)) > 2 * _SHORT
    if instance.family.kind is not Kind.FUNCTION or is_long or rng.random() < 0.3:
        return ""
    if isinstance(got, Raised):
        return f"`{call}` fails: {got.text}. "
    return f"`{call}` must give {wanted}, but it gives {got!r}. "


def _corrupted(value: Any, rng: random.Random) -> Any:
    """A value that is a little wrong, None where none is made."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + rng.choice((1, -1, 2, 10))
        case str() if value:
            return rng.choice((value[:-1], value[1:], value + value[-1], value.swapcase()))
        case list() if value:
            return rng.choice((value[:-1], value[::-1], [*value, value[-1]]))
    return None


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


def own_tests(asked: Asked, rng: random.Random) -> list[Case]:
    """The tests that an answer brings: short ones that were not given."""
    count = 2 if asked.instance.family.kind is Kind.PROGRAM else 3
    cases = few_cases(asked.instance, rng, count + len(asked.known))
    known = {repr(case.arguments) for case in asked.known}
    return [case for case in cases if repr(case.arguments) not in known][:count]


def answer_text(asked: Asked, code: str, cases: list[Case]) -> str:
    """Code and tests in the form that the site asks for."""
    return as_answer(code, tests_source(asked.instance, cases), form=asked.problem.form)


def tests_source(instance: Instance, cases: list[Case] | tuple[Case, ...]) -> str:
    """The tests as an answer writes them."""
    match instance.family.kind:
        case Kind.FUNCTION:
            return "".join(f"assert {call_text(instance, c)} == {c.expected!r}\n" for c in cases)
        case Kind.CLASS:
            return "\n".join(class_test(instance, case) for case in cases[:2])
    return "\n".join(
        f"Input:\n{case.arguments[0].rstrip()}\nOutput:\n{case.expected.rstrip()}" for case in cases
    )


def class_test(instance: Instance, case: Case) -> str:
    """One test of a class: an object, calls of its methods, and what they give."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", instance.entry).lower().rsplit("_", 1)[-1]
    *made, calls = case.arguments
    rows = [f"{name} = {instance.entry}({', '.join(map(repr, made))})"]
    for (method, *rest), value in zip(calls, case.expected, strict=True):
        call = f"{name}.{method}({', '.join(map(repr, rest))})"
        rows.append(call if value is None else f"assert {call} == {value!r}")
    return "\n".join(rows) + "\n"


def styled(code: str, asked: Asked) -> str:
    """The code with the typed signature of the problem, if the problem gives one."""
    instance = asked.instance
    is_typed = asked.statement.is_typed or "->" in asked.problem.signature
    if instance.family.kind is not Kind.FUNCTION or not is_typed:
        return code
    head = re.compile(rf"^def {re.escape(instance.entry)}\([^)=]*\):", re.MULTILINE)
    return head.sub(lambda _: f"def {signature(instance, typed=True)}:", code, count=1)
