"""Grading one answer: what it holds, which tests it passes, and what would be said of it.

Three sets of tests, in the site's order: the given ones, the model's own (`traces.cases`, as the
site reads them), and the hidden ones of the problem, which no prompt shows. An answer is *green*
if it passes given and own tests and there is one, and *right* if it passes the hidden ones.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from traces.answers import Answer, parse, read_answer
from traces.cases import Call, InputOutput, read_tests
from traces.prompts.solve import NO_CODE, as_answer
from training.posttrain.checks import Checker, Test, Verdict
from training.posttrain.execution import CallQuestion, ProgramQuestion
from training.posttrain.tasks import Spec, hidden_tests, problem_of, question_of, task_of
from training.problems.asking import Asked
from training.problems.family import Kind
from training.problems.outcome import expected_text, has_float, input_text

#: Tests of the model's own that are run, as on the site.
MAX_OWN_TESTS = 8


@dataclass(frozen=True, slots=True)
class OwnTest:
    """A test that the model wrote: what is called or read, what it expects, and what came."""

    call: str
    expected: str
    verdict: Verdict
    #: Whether the reference gives what the test expects; None where that was not asked.
    is_true: bool | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The first failing test as the site would tell of it. `is_given`: it came with the problem."""

    call: str
    expected: str
    got: str
    is_given: bool


@dataclass(frozen=True, slots=True)
class Graded:
    """An answer and what came of it."""

    spec: Spec
    answer: Answer
    is_right: bool = False
    is_green: bool = False
    has_ended: bool = False
    own: tuple[OwnTest, ...] = ()
    failed: Failed | None = None
    entry: str = ""
    function_names: tuple[str, ...] = field(default=())

    @property
    def own_pass(self) -> bool:
        """Whether there are tests of its own, and it passes them."""
        return bool(self.own) and all(test.verdict.passed for test in self.own)


def grade(spec: Spec, text: str, checker: Checker, *, has_ended: bool) -> Graded:
    """Grade what was written after the prompt."""
    answer = read_answer(text, begins_in_reasoning=spec.reasoning)
    graded = Graded(spec, answer, has_ended=has_ended)
    if not answer.code:
        return graded
    asked = problem_of(spec)
    instance = asked.instance
    is_program = instance.family.kind is Kind.PROGRAM
    entry = "" if is_program else task_of(spec, asked).entry_of(answer.code)
    if entry is None:
        return graded
    given = [Test(question_of(instance, c, entry), c.expected) for c in asked.known]
    written = "\n".join(part for part in (spec.tests, answer.tests) if part)
    own = own_tests(asked, answer.code, written)
    hidden = hidden_tests(instance, entry)
    verdicts = checker.check(answer.code, [*given, *own, *hidden])
    first, second = len(given), len(given) + len(own)
    shown = tuple(
        OwnTest(_call_text(test), _expected_text(test), verdict)
        for test, verdict in zip(own, verdicts[first:second], strict=True)
    )
    graded = replace(
        graded,
        is_right=all(verdict.passed for verdict in verdicts[second:]),
        is_green=second > 0 and all(verdict.passed for verdict in verdicts[:second]),
        own=shown,
        failed=_first_failed(asked, entry, verdicts, shown),
        entry=entry,
    )
    if graded.is_right or graded.failed is None or graded.failed.is_given:
        return graded
    return replace(graded, own=_with_truth(asked, own, shown, entry, checker))


def _first_failed(
    asked: Asked, entry: str, verdicts: Sequence[Verdict], own: Sequence[OwnTest]
) -> Failed | None:
    for case, verdict in zip(asked.known, verdicts, strict=False):
        if not verdict.passed:
            call = asked.input_text(case)
            if asked.instance.family.kind is Kind.FUNCTION:
                call = entry + call[call.index("(") :]
            return Failed(call, expected_text(asked.instance, case), verdict.got, is_given=True)
    for test in own:
        if not test.verdict.passed:
            return Failed(test.call, test.expected, test.verdict.got, is_given=False)
    return None


def _with_truth(
    asked: Asked, tests: list[Test], own: tuple[OwnTest, ...], entry: str, checker: Checker
) -> tuple[OwnTest, ...]:
    """Whether the reference agrees with tests that failed: a test may be what is wrong."""
    asking: list[Test] = []
    for test in tests:
        question = test.question
        if isinstance(question, CallQuestion):
            if question.function != entry:
                return own  # helpers of its own, which the reference does not have
            question = replace(question, function=asked.instance.entry)
        asking.append(Test(question, test.expected))
    verdicts = checker.check(asked.instance.solutions[0], asking)
    return tuple(replace(o, is_true=v.passed) for o, v in zip(own, verdicts, strict=True))


def own_tests(asked: Asked, code: str, written: str) -> list[Test]:
    """The tests in `written` that the site would run: readable, of defined functions, neither
    given nor contradicting each other."""
    if asked.instance.family.kind is Kind.CLASS:
        return []  # no test of a class is a single call
    is_program = asked.instance.family.kind is Kind.PROGRAM
    form = "function" if parse(written) is not None else "free"
    found: dict[str, Test] = {}
    dropped: set[str] = set()
    names = defined_names(code)
    known = {input_text(asked.instance, case) for case in asked.known}
    for case in read_tests(written, form=form).cases:  # type: ignore[arg-type]  # one of two literals
        test = _test_of(case, names, is_program=is_program)
        if test is None:
            continue
        call = _call_text(test)
        if call in known or call in dropped:
            continue
        if call in found and _expected_text(found[call]) != _expected_text(test):
            del found[call]
            dropped.add(call)
            continue
        found.setdefault(call, test)
    return list(found.values())[:MAX_OWN_TESTS]


def _test_of(case: Call | InputOutput, names: set[str], *, is_program: bool) -> Test | None:
    if isinstance(case, InputOutput):
        return Test(ProgramQuestion(case.stdin), case.expected) if is_program else None
    if is_program or case.function not in names or case.raises or case.tolerance is not None:
        return None
    return Test(CallQuestion(case.function, case.args, case.kwargs), case.expected)


def defined_names(code: str) -> set[str]:
    """Functions and classes that the code defines at its top level."""
    tree = parse(code)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in (tree.body if tree else []) if isinstance(node, kinds)}


def _call_text(test: Test) -> str:
    match test.question:
        case CallQuestion(name, args, kwargs):
            return Call(name, args, kwargs).text()
        case ProgramQuestion(stdin):
            return stdin
    return ""


def _expected_text(test: Test) -> str:
    if isinstance(test.question, ProgramQuestion):
        return str(test.expected)
    return f"about {test.expected!r}" if has_float(test.expected) else repr(test.expected)


def repair_spec(graded: Graded) -> Spec | None:
    """The next attempt that the site would make after this one, None after a green one."""
    answer, failed, spec = graded.answer, graded.failed, graded.spec
    if not answer.code:
        return replace(
            spec, attempt=spec.attempt + 1, answer="", problem=NO_CODE, call="", expected="", got=""
        )
    if failed is None:
        return None
    tests = "\n".join(part for part in (spec.tests, answer.tests) if part)
    form = problem_of(spec).problem.form
    return replace(
        spec,
        attempt=spec.attempt + 1,
        answer=as_answer(answer.code, tests, form=form),
        problem="",
        call=failed.call,
        expected=failed.expected,
        got=failed.got,
        tests=tests,
    )
