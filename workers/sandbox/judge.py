"""Judging a submission: the one door to the four kinds of exercise.

Theory of operation. A process that runs a student's code may only make claims about values;
comparison and verdict happen in processes that never run it. For `io` and `calls` that is this
one, for `unittest` a box that holds the instructor's tests and hears of the student's program
through this process only. `inprocess` breaks the rule and is marked `self_reported`.

Everything from a box is parsed strictly (`judge_wire`, `values`), asked for question by question
(`judge_box`), and reported case by case while it happens (`judge_bench`). One case that hangs or
crashes costs its box, and the next case gets another. A box that breaks the protocol costs all
cases that have not been judged.
"""

from __future__ import annotations

from typing import assert_never

from workers.sandbox.cancel import CancelToken
from workers.sandbox.exercise import (
    CallExercise,
    Exercise,
    ExerciseError,
    InProcessExercise,
    Integrity,
    IoExercise,
    JudgeResult,
    OnEvent,
    UnittestExercise,
)
from workers.sandbox.judge_bench import Bench
from workers.sandbox.judge_box import BoxSource
from workers.sandbox.judge_calls import judge_calls
from workers.sandbox.judge_io import judge_io
from workers.sandbox.judge_unittest import judge_tests


def judge(
    exercise: Exercise,
    source: str,
    *,
    on_event: OnEvent,
    cancel: CancelToken,
    boxes: BoxSource,
) -> JudgeResult:
    """Judge a program. Blocks until all is over and nothing of it is left.

    `on_event` is called in this thread; what it raises ends the boxes and comes out here. A broken
    exercise is a result without cases whose message says what to change. Raises
    `SandboxUnavailable` when no box can be started. Threads may judge at the same time, each with
    a cancel token of its own, and share `boxes`.
    """
    bench = Bench(boxes, cancel, on_event, exercise.total_wall_s)
    own_word = isinstance(exercise, InProcessExercise)
    integrity: Integrity = "self_reported" if own_word else "separate"
    problem = _refuse(exercise, source)
    if problem:
        bench.message = problem
        return bench.result(integrity)
    try:
        match exercise:
            case IoExercise():
                judge_io(exercise, source, bench)
            case CallExercise():
                judge_calls(exercise, source, bench)
            case UnittestExercise() | InProcessExercise():
                judge_tests(exercise, source, bench)
            case _:
                assert_never(exercise)
    except ExerciseError as error:
        bench.message = str(error)
    return bench.result(integrity)


def _refuse(exercise: Exercise, source: str) -> str:
    """Why the program is not worth a box, empty if it is."""
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        return "The program contains a character that is not valid Unicode. Delete it."
    limit = exercise.limits.source_bytes
    if size > limit:
        return f"The program has {size:,} bytes; at most {limit:,} can be judged. Shorten it."
    if isinstance(exercise, IoExercise):
        for case in exercise.cases:
            given = len(case.stdin.encode("utf-8", "surrogateescape"))
            if given > exercise.limits.stdin_bytes:
                return (
                    f"Case {case.id!r} has {given:,} bytes of input; at most "
                    f"{exercise.limits.stdin_bytes:,} can be given."
                )
    return ""
