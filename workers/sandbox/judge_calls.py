"""Kind `calls`: functions of the student's module are called, and the answers compared here.

The student's box is told a function's name and its arguments. What is expected of the answer never
leaves this process.
"""

from __future__ import annotations

from dataclasses import dataclass

from workers.sandbox.exercise import (
    Approx,
    CallCase,
    CallExercise,
    CaseResult,
    ExerciseError,
    Raises,
    Verdict,
    check_ids,
)
from workers.sandbox.inbox.codec import CannotEncodeError
from workers.sandbox.judge_bench import Bench, LoadError, Student, case_result, describe, failure
from workers.sandbox.judge_box import Lost
from workers.sandbox.judge_wire import Answer, Raised, Returned
from workers.sandbox.result import ExecutionStatus
from workers.sandbox.values import Tree, close, equal, is_opaque, kind_of, render, tree_of

_SHOWN_CHARS = 2000


@dataclass(frozen=True, slots=True)
class _Call:
    """A case with its values as trees."""

    case: CallCase
    args: list[Tree]
    kwargs: dict[str, Tree]
    expected: Tree
    after: list[Tree] | None
    mutable: int


def judge_calls(exercise: CallExercise, source: str, bench: Bench) -> None:
    """Run every case. Raises `ExerciseError` before any of them if the exercise is unusable."""
    check_ids([case.id for case in exercise.cases])
    calls = [_prepare(case) for case in exercise.cases]
    bench.plan([case.id for case in exercise.cases])
    student = Student(bench, source, exercise.limits, len(calls))
    try:
        for call in calls:
            lost = bench.give_up()
            if lost is not None:
                bench.abandon(lost)
                return
            bench.start(call.case.id)
            bench.finish(_judge_call(call, student, exercise, bench))
            if exercise.fresh:
                student.settle()
                student.close()
        student.settle()
    finally:
        student.close()


def is_mutable(tree: Tree) -> bool:
    """Whether the value is one that a call can change for its caller."""
    return isinstance(tree, list) or (isinstance(tree, dict) and next(iter(tree)) in "dSy")


def _prepare(case: CallCase) -> _Call:
    try:
        args = [tree_of(value) for value in case.args]
        kwargs = {name: tree_of(value) for name, value in case.kwargs.items()}
        expected = None if isinstance(case.expects, Raises) else tree_of(case.expects.value)
        after = None
        if case.arguments_after is not None:
            after = [tree_of(value) for value in case.arguments_after]
    except (TypeError, CannotEncodeError) as problem:
        raise ExerciseError(f"case {case.id!r}: {problem}") from problem
    mutable = sum(map(is_mutable, args))
    if after is not None and len(after) != mutable:
        raise ExerciseError(
            f"case {case.id!r} has {mutable} arguments that a call can change, and says of "
            f"{len(after)} what they should be afterwards"
        )
    return _Call(case, args, kwargs, expected, after, mutable)


def _judge_call(call: _Call, student: Student, exercise: CallExercise, bench: Bench) -> CaseResult:
    case = call.case
    question = {
        "do": "call",
        "on": 0,
        "name": case.function,
        "args": call.args,
        "kwargs": call.kwargs,
        "after": call.after is not None,
    }
    expected = _expected_text(call)
    try:
        student.ready()
        student.lap()
        timeout_s = min(exercise.limits.wall_s, max(0.0, bench.left_s()))
        answer = student.ask(question, timeout_s, call.mutable if call.after is not None else 0)
    except LoadError as problem:
        return failure(case.id, problem.lost, student.lap(), expected=expected)
    except Lost as lost:
        return failure(case.id, lost, student.lap(), expected=expected)
    verdict, status, message, got = _decide(call, answer)
    return case_result(case.id, verdict, status, message, student.lap(), expected=expected, got=got)


def _expected_text(call: _Call) -> str:
    expects = call.case.expects
    if isinstance(expects, Raises):
        return f"raises {expects.type_name}" + (f" with {expects.match!r}" if expects.match else "")
    text = render(call.expected, _SHOWN_CHARS)
    return f"about {text}" if isinstance(expects, Approx) else text


def _decide(call: _Call, answer: Answer) -> tuple[Verdict, ExecutionStatus, str, str]:
    expects = call.case.expects
    status = ExecutionStatus.OK
    if isinstance(answer, Raised):
        got = f"raised {describe(answer)}"
        if isinstance(expects, Raises):
            if expects.type_name not in answer.bases:
                return Verdict.FAILED, status, f"{got}, not {expects.type_name}", got
            if expects.match not in answer.message:
                return Verdict.FAILED, status, f"{got}, without {expects.match!r}", got
            return Verdict.PASSED, status, "", got
        if "MemoryError" in answer.bases:
            status = ExecutionStatus.MEMORY_LIMIT
        return Verdict.ERROR, status, _hint(call.case, answer, got), got
    got = render(answer.value, _SHOWN_CHARS)
    if isinstance(expects, Raises):
        return Verdict.FAILED, status, f"returned {got:.200}, and raised nothing", got
    if not _matches(call, expects, answer):
        return Verdict.FAILED, status, _difference(call, answer, got), got
    if call.after is not None:
        for number, (wanted, found) in enumerate(zip(call.after, answer.after, strict=True), 1):
            if not equal(wanted, found):
                message = (
                    f"changeable argument {number} should be {render(wanted, 200)} afterwards, "
                    f"but is {render(found, 200)}"
                )
                return Verdict.FAILED, status, message, got
    return Verdict.PASSED, status, "", got


def _matches(call: _Call, expects: object, answer: Returned) -> bool:
    if isinstance(expects, Approx):
        return close(
            call.expected, answer.value, relative=expects.relative, absolute=expects.absolute
        )
    nan_equal = bool(getattr(expects, "nan_equal", False))
    return equal(call.expected, answer.value, nan_equal=nan_equal)


def _difference(call: _Call, answer: Returned, got: str) -> str:
    if is_opaque(answer.value):
        return (
            f"returned an object of type {kind_of(answer.value)}, which cannot be compared; "
            f"a value of type {kind_of(call.expected)} is expected"
        )
    kind, wanted = kind_of(answer.value), kind_of(call.expected)
    if kind != wanted:
        return f"returned {got:.200} (a value of type {kind}, where {wanted} is expected)"
    return f"returned {got:.200}"


def _hint(case: CallCase, answer: Raised, got: str) -> str:
    if answer.name == "AttributeError" and f"no attribute '{case.function}'" in answer.message:
        return f"the program defines no function {case.function!r}"
    return got
