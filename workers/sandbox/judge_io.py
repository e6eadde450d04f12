"""Kind `io`: a program from standard input to standard output, one box per case.

The expected output never enters the program's box, and the box has no channel but its standard
streams: what it prints is compared here, byte for byte as decoded text.
"""

from __future__ import annotations

import time

from workers.sandbox import checkers
from workers.sandbox.checkers import Custom, Outcome
from workers.sandbox.exercise import CaseResult, IoCase, IoExercise, Verdict, check_ids
from workers.sandbox.judge_bench import Bench, Student, case_result, failure, show
from workers.sandbox.judge_box import Lost, Seat
from workers.sandbox.judge_custom import CheckerError, ask_checker
from workers.sandbox.result import ExecutionStatus


def judge_io(exercise: IoExercise, source: str, bench: Bench) -> None:
    """Run every case. Raises `ExerciseError` before any of them if the exercise is unusable."""
    check_ids([case.id for case in exercise.cases])
    bench.plan([case.id for case in exercise.cases])
    checker: Student | None = None
    if isinstance(exercise.checker, Custom):
        checker = Student(bench, exercise.checker.source, exercise.limits, len(exercise.cases))
    try:
        for case in exercise.cases:
            lost = bench.give_up()
            if lost is not None:
                bench.abandon(lost)
                return
            bench.start(case.id)
            bench.finish(_judge_case(exercise, case, source, bench, checker))
    finally:
        if checker is not None:
            checker.close()


def _judge_case(
    exercise: IoExercise, case: IoCase, source: str, bench: Bench, checker: Student | None
) -> CaseResult:
    stdin = case.stdin.encode("utf-8", "surrogateescape")
    seat: Seat | None = None
    try:
        seat = Seat(bench.boxes, "program", exercise.limits, bench.cancel, stdin)
        bench.tier = seat.tier
        deadline = time.monotonic() + min(exercise.limits.wall_s, max(0.0, bench.left_s()))
        seat.send({"do": "run", "source": source})
        lost = seat.await_end(deadline)
    except Lost as early:
        lost = early
    finally:
        if seat is not None:
            seat.close()
    if seat is None:
        return failure(case.id, lost)
    used = seat.lap()
    expected, got = show(case.expected), show(used.stdout)
    if lost.status != ExecutionStatus.OK:
        return failure(case.id, lost, used, expected=expected, got=got)
    try:
        outcome = _compare(exercise, case, used.stdout, checker)
    except CheckerError as problem:
        bench.message = str(problem)
        broken = Lost(ExecutionStatus.OK, str(problem))
        return failure(case.id, broken, used, expected=expected, got=got)
    verdict = Verdict.PASSED if outcome.passed else Verdict.FAILED
    return case_result(
        case.id, verdict, lost.status, outcome.message, used, expected=expected, got=got
    )


def _compare(exercise: IoExercise, case: IoCase, stdout: bytes, checker: Student | None) -> Outcome:
    if checker is not None:
        output = stdout.decode("utf-8", "replace")
        return ask_checker(checker, exercise.limits, case.stdin, case.expected, output)
    if isinstance(exercise.checker, Custom):
        raise AssertionError("a custom checker without its box")
    # Bytes that are no UTF-8 become characters that no expected output has.
    output = stdout.decode("utf-8", "surrogateescape")
    return checkers.compare(exercise.checker, case.expected, output)
