"""Whether an answer passes tests, judged where its code never runs.

Two ways to the same verdicts: the site's judge with its boxes, where those can be started, and
`execution` elsewhere. Values are compared by the judge's rules (`workers.sandbox.values`) in both,
and what a failed test "gave" is said in the judge's words, since repairs quote it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from training.posttrain import execution
from training.posttrain.execution import (
    CallQuestion,
    ObjectQuestion,
    ProgramQuestion,
    Question,
    Reply,
)
from training.problems.outcome import has_float
from workers.sandbox import checkers
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig
from workers.sandbox.exercise import Approx, CallCase, CallExercise, IoCase, IoExercise, Returns
from workers.sandbox.judge import judge
from workers.sandbox.judge_box import cold_boxes
from workers.sandbox.unavailable import SandboxUnavailable
from workers.sandbox.values import ValueViolation, check, close, equal, render, tree_of

CheckerKind = Literal["box", "fork"]
_TOLERANCE = 1e-9
_SHOWN_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Test:
    """A question and what should come of it."""

    __test__ = False

    question: Question
    expected: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a test passed; `got` is the value, the output, or what happened instead of one.

    `value` is the returned value's literal where there is one.
    """

    passed: bool
    got: str = ""
    value: str = ""


class Checker(Protocol):
    """Runs an answer's code on tests."""

    def check(self, code: str, tests: Sequence[Test]) -> list[Verdict]:
        """One verdict for each test, in order."""
        ...


class ForkChecker:
    """In a forked process with limits."""

    def check(self, code: str, tests: Sequence[Test]) -> list[Verdict]:
        """See `Checker.check`."""
        replies = execution.ask(code, [test.question for test in tests])
        return [_verdict(t, reply) for t, reply in zip(tests, replies, strict=True)]


def _verdict(test: Test, reply: Reply) -> Verdict:
    if reply.lost:
        return Verdict(passed=False, got=reply.lost)
    if reply.load_error:
        return Verdict(passed=False, got=f"the program cannot be loaded: {reply.load_error}")
    if isinstance(test.question, ProgramQuestion):
        if reply.printed is None:
            return Verdict(passed=False, got="the program ended with exit status 1")
        return Verdict(_prints(test.expected, reply.printed), reply.printed)
    if reply.raised:
        return Verdict(passed=False, got=f"raised {reply.raised}")
    try:
        tree = check(reply.tree)
        got = render(tree, _SHOWN_CHARS)
    except (ValueViolation, RecursionError):
        return Verdict(passed=False, got="a value that cannot be shown")
    return Verdict(_same(test.expected, tree), got, got)


def _prints(expected: str, printed: str) -> bool:
    return checkers.compare(checkers.Exact(), expected, printed).passed


def _same(expected: Any, tree: Any) -> bool:
    wanted = tree_of(expected)
    if has_float(expected):
        return close(wanted, tree, relative=_TOLERANCE, absolute=_TOLERANCE)
    return equal(wanted, tree)


class BoxChecker:
    """In the site's judge. Raises `SandboxUnavailable` where no box can be started."""

    def __init__(self) -> None:
        self._boxes = cold_boxes(SandboxConfig())
        self._fork = ForkChecker()
        probe = Test(CallQuestion("f", ()), 1)
        if not self._calls("def f():\n    return 1\n", [probe])[0].passed:
            raise SandboxUnavailable("A box does not answer.", "manage.py doctor says why.")

    def check(self, code: str, tests: Sequence[Test]) -> list[Verdict]:
        """See `Checker.check`. The tests of one call are of one kind."""
        if not tests:
            return []
        match tests[0].question:
            case CallQuestion():
                return self._calls(code, tests)
            case ProgramQuestion():
                return self._programs(code, tests)
        return self._objects(code, tests)

    def _calls(self, code: str, tests: Sequence[Test]) -> list[Verdict]:
        cases = []
        for number, test in enumerate(tests):
            q, wanted = test.question, test.expected
            assert isinstance(q, CallQuestion)  # noqa: S101  # for the type checker
            expects = (
                Approx(wanted, relative=_TOLERANCE, absolute=_TOLERANCE)
                if has_float(wanted)
                else Returns(wanted)
            )
            cases.append(CallCase(str(number), q.function, q.args, expects, q.kwargs))
        return self._judged(CallExercise(tuple(cases)), code)

    def _programs(self, code: str, tests: Sequence[Test]) -> list[Verdict]:
        cases = [
            IoCase(str(number), getattr(test.question, "stdin", ""), test.expected)
            for number, test in enumerate(tests)
        ]
        return self._judged(IoExercise(tuple(cases)), code)

    def _objects(self, code: str, tests: Sequence[Test]) -> list[Verdict]:
        """Objects do not cross the wall of a box: functions behind the answer make and ask them."""
        calls, source = [], [code]
        for number, test in enumerate(tests):
            q = test.question
            assert isinstance(q, ObjectQuestion)  # noqa: S101  # for the type checker
            name = f"_ask_{number}"
            source.append(
                f"def {name}(arguments, calls):\n    made = {q.name}(*arguments)\n"
                "    return [getattr(made, name)(*rest) for name, *rest in calls]\n"
            )
            question = CallQuestion(name, (list(q.args), [list(call) for call in q.calls]))
            calls.append(Test(question, test.expected))
        return self._calls("\n".join(source), calls)

    def _judged(self, exercise: CallExercise | IoExercise, code: str) -> list[Verdict]:
        cancel = CancelToken()
        with contextlib.closing(cancel):
            result = judge(
                exercise, code, on_event=lambda _: None, cancel=cancel, boxes=self._boxes
            )
        if result.violation or not result.cases:
            lost = Verdict(passed=False, got=result.violation or result.message)
            return [lost] * len(exercise.cases)
        return [
            Verdict(
                case.passed,
                case.got if case.verdict in ("passed", "failed") and case.got else case.message,
                case.got if case.verdict in ("passed", "failed") else "",
            )
            for case in result.cases
        ]


def checker_for(kind: CheckerKind) -> Checker:
    """The checker of that kind. Raises `SandboxUnavailable` where boxes are asked for in vain."""
    return BoxChecker() if kind == "box" else ForkChecker()


def best_kind() -> CheckerKind:
    """Boxes where they work."""
    try:
        BoxChecker()
    except (SandboxUnavailable, OSError, ImportError):
        return "fork"
    return "box"
