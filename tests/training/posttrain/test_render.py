"""Training shows the model what the site shows it, token for token."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from playground.runs.solve_events import Problem
from traces.align import compare
from traces.answers import read_answer
from traces.codecs.chat import ChatMessage, chat_codec
from traces.events import TraceEvent
from traces.prompts.solve import (
    NO_CODE,
    Failure,
    as_answer,
    divergence_in_words,
    first_messages,
    repair_messages,
)
from training.corpus.encode import LossClass
from training.posttrain.build import token_documents
from training.posttrain.render import Renderer
from training.problems.asking import Asked, ask
from training.problems.document import Document, documents
from training.problems.family import Kind, load_families
from training.problems.instance import draw
from training.problems.stream import training_documents
from workers.runtime.tokenizers import load_tokenizer
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig
from workers.sandbox.judge import judge
from workers.sandbox.judge_box import cold_boxes
from workers.sandbox.probe import probe
from workers.tasks import testing
from workers.tasks.checks import form_of, plan_tests, problem_text

ROOT = Path(__file__).resolve().parents[3]
TOKENIZER = load_tokenizer(ROOT / "models" / "pocket")
FAMILIES = load_families()


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TOKENIZER)


def asked_problems(every: int = 7) -> list[Asked]:
    families = [family for n, family in enumerate(FAMILIES) if n % every == 0]
    return [ask(draw(f, n), n % len(f.wordings), n) for f in families for n in range(2)]


def on_the_site(asked: Asked) -> Problem:
    """The problem as it is stored by the page: tests are text."""
    problem = asked.problem
    return Problem(
        problem.text,
        form=problem.form,
        signature=problem.signature,
        tests="\n".join(problem.tests),
    )


def test_a_problem_has_the_same_ids_on_the_site_and_in_training(renderer: Renderer) -> None:
    codec = chat_codec(TOKENIZER)
    seen = set()
    for asked in asked_problems():
        stored = on_the_site(asked)
        assert problem_text(stored) == asked.problem
        if asked.problem.tests or asked.problem.signature:
            free = Problem(stored.text, form="free", signature=stored.signature, tests=stored.tests)
            assert form_of(free) == asked.problem.form
        for reasoning in (True, False):
            document = Document(
                "x", "answer", tuple(first_messages(asked.problem)), reasoning, "text"
            )
            site = codec.prompt(first_messages(problem_text(stored)), reasoning=reasoning)
            assert renderer.prompt_ids(document) == site.ids
        seen.add((asked.problem.form, bool(asked.problem.tests), bool(asked.problem.signature)))
    assert len(seen) >= 6


def test_only_the_answer_and_its_end_are_learned(renderer: Renderer) -> None:
    for document in islice(training_documents(3), 60):
        made = renderer.document(document)
        prompt = renderer.prompt_ids(document)
        assert tuple(made.ids[: len(prompt)]) == prompt
        learned = made.ids[len(prompt) :]
        assert set(made.classes[: len(prompt)]) == {LossClass.IGNORED}
        answer = set(made.classes[len(prompt) :])
        assert answer - {LossClass.GIVEN} == {LossClass.FRAME}
        assert (LossClass.GIVEN in answer) <= (document.kind in ("repair", "retest"))
        assert learned[-1] == TOKENIZER.special_ids["<|eot_id|>"]
        assert (
            learned[-1] in chat_codec(TOKENIZER).prompt(document.messages, reasoning=True).stop_ids
        )
        assert renderer.text(learned) == document.answer


def test_what_is_learned_is_read_as_reasoning_code_and_tests() -> None:
    for document in islice(training_documents(4), 300):
        answer = read_answer(document.answer, begins_in_reasoning=document.reasoning)
        assert bool(answer.reasoning) is document.reasoning
        if document.kind == "hint":
            assert answer.text
            assert not answer.code
            continue
        assert answer.code
        assert answer.tests
        assert not answer.text
        assert not answer.notes
        form = "program" if "input()" in document.messages[1].content else "free"
        rebuilt = as_answer(answer.code, answer.tests, form=form)  # type: ignore[arg-type]
        assert rebuilt.replace("python tests", "tests") in document.answer.replace(
            "python tests", "tests"
        )


def test_documents_fit_the_context_with_room(renderer: Renderer) -> None:
    made = islice(token_documents(renderer, 5, max_tokens=4096), 400)
    sizes = sorted(len(document.ids) for document in made)
    assert sizes[-1] < 2048


@pytest.mark.sandbox
def test_a_repair_is_asked_for_in_the_words_of_the_site(renderer: Renderer) -> None:
    """The failing attempt goes through the site's own planning and judge."""
    config = SandboxConfig()
    available = probe(config)
    if not available.ok:
        pytest.skip(f"no boxes here: {available.cause} {available.remedy}")
    boxes = cold_boxes(config)
    compared = 0
    names = ("two_sum", "is_prime", "average", "count_vowels", "sum_counted", "digit_sum")
    chosen = [f for f in FAMILIES if f.name in names] + list(FAMILIES[::60])
    for family in chosen:
        if family.kind is Kind.CLASS:
            continue
        instance = draw(family, 3)
        for document in documents(instance, 3):
            if document.kind not in ("repair", "retest") or NO_CODE in document.messages[3].content:
                continue
            failure = site_failure(family.kind, document, boxes)
            if failure is None:
                continue
            *_, attempt, told = repair_messages(problem_text(Problem("x")), failure)
            assert (attempt.content, told.content) == (
                document.messages[2].content,
                document.messages[3].content,
            )
            compared += 1
    assert compared >= 12


def site_failure(kind: Kind, document: Document, boxes: object) -> Failure | None:
    """What the site would say of the attempt in a document, by its own code."""
    asked = document.messages[1].content.partition("Problem:\n\n")[2]
    asked, _, given = asked.partition("\n\nIt has to pass these tests:\n\n")
    text, _, declared = asked.partition("\n\nThe function is declared so: ")
    is_program = kind is Kind.PROGRAM
    form = "program" if is_program else "function"
    problem = Problem(text, form=form, signature=declared, tests=given)  # type: ignore[arg-type]
    before = read_answer(document.messages[2].content)
    plan = plan_tests(problem, before.code, before.tests)
    failing = None
    for exercise in testing._exercises(plan):
        token = CancelToken()
        result = judge(exercise, before.code, on_event=lambda _: None, cancel=token, boxes=boxes)  # type: ignore[arg-type]
        token.close()
        red = [case for case in result.cases if case.verdict in ("failed", "error")]
        failing = min(red, key=lambda case: not case.id.startswith("given"), default=None)
    if failing is None:
        return None
    test = next(test for test in plan.tests if test.id == failing.id)
    # As `answering` does it.
    got = failing.got if failing.verdict == "failed" and failing.got else failing.message
    label = "```tests\n" in document.messages[2].content
    return Failure(
        as_answer(before.code, before.tests, form="program" if label else "function"),
        call=test.input,
        expected=failing.expected or test.expected,
        got=got,
    )


def test_a_divergence_is_told_in_the_words_of_the_site() -> None:
    code = "def f(n):\n    n = n + 2\n    return n\n"

    def trace(added: int) -> list[TraceEvent]:
        return [
            TraceEvent(kind="call", line=1, depth=1, func_name="f", changed={"n": "1"}),
            TraceEvent(kind="line", line=2, depth=1, func_name="f"),
            TraceEvent(kind="line", line=3, depth=1, func_name="f", changed={"n": repr(1 + added)}),
            TraceEvent(kind="return", line=3, depth=1, func_name="f", value=repr(1 + added)),
        ]

    first = compare(trace(1), "ok", trace(2), "ok", code).first_divergence
    assert first is not None
    told = divergence_in_words(first, trace(2), code)
    assert told == (
        "At line 3 (`return n`) the real run differs from what was predicted of it: `n` is 3, "
        "not 2."
    )


_DIVERGING = """
from itertools import islice
from training.corpus.trace import Tracer
from training.problems.stream import training_documents
made = islice(training_documents(2, Tracer()), 200)
repairs = [d for d in made if d.kind == "repair"]
print(sum("the real run differs" in d.messages[3].content for d in repairs), len(repairs))
"""


def test_repairs_are_told_of_divergences_between_real_traces() -> None:
    """In a process of its own: traces need a hash seed that is set before Python starts."""
    environment = os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", _DIVERGING],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    told, repairs = map(int, done.stdout.split())
    assert 0.15 * repairs < told < 0.6 * repairs


def test_a_repair_learns_little_from_the_lines_that_it_copies(renderer: Renderer) -> None:
    code = "def f(x):\n    y = x + 1\n    return y\n"
    made = Document(
        "f",
        "repair",
        (
            ChatMessage("user", "Add two."),
            ChatMessage("assistant", f"```python\n{code}```"),
            ChatMessage("user", "f(1) gives 2."),
        ),
        reasoning=False,
        answer="It must be é + 2.\n```python\n" + code.replace("+ 1", "+ 2") + "```",
    )
    document = renderer.document(made)
    learned = {
        kind: renderer.text(
            [i for i, c in zip(document.ids, document.classes, strict=True) if c == kind]
        )
        for kind in (LossClass.GIVEN, LossClass.FRAME)
    }
    assert "return y" in learned[LossClass.GIVEN]
    assert "y = x + 2" in learned[LossClass.FRAME]
    assert "é + 2" in learned[LossClass.FRAME]
    assert "return y" not in learned[LossClass.FRAME]
    assert document.classes[-1] == LossClass.FRAME  # the end of the turn
