"""Kinds `unittest` and `inprocess`: real test code, and the relay between its box and the other.

Theory of operation. Two boxes. T runs the instructor's tests and never any student's code; where
they use `solution`, T asks the host. S runs the student's module and never hears of a test. The
host passes questions from T to S and checked answers from S to T, so what reaches T are plain
values of exact built-in types, and verdicts are computed there.

T names all tests before S is asked anything. A submission passes when each of them is reported as
passed and T has said that it is done; an exit status means nothing. A test during which S was lost
(a limit, a crash, a broken protocol) cannot pass, whatever T makes of it: `assertRaises(Exception)`
would be content with any ending.

A test that hangs in S costs S, one that hangs in T costs T; the next test gets a new one.

In kind `inprocess` there is no S. Tests and student share a process, which can report what it
likes; the result says so.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from workers.sandbox.exercise import (
    ExerciseError,
    InProcessExercise,
    UnittestExercise,
    Verdict,
)
from workers.sandbox.judge_bench import Bench, LoadError, Student, case_result, failure, show
from workers.sandbox.judge_box import Lost, Seat, Used
from workers.sandbox.judge_calls import is_mutable
from workers.sandbox.judge_wire import (
    Ask,
    Broken,
    Done,
    End,
    Plan,
    Raised,
    Start,
    TestMessage,
    read_test_message,
)
from workers.sandbox.result import ExecutionStatus
from workers.sandbox.values import ValueViolation

#: T may take so much longer than a test, to report that S ran out of time.
_GRACE_S = 1.0
#: Loading `unittest` and the tests.
_LOAD_S = 10.0
_MAX_TESTS = 200
_MAX_UNPLANNED = 20
_SHOWN_CHARS = 500


class _Ended(Exception):
    """T has said that it is done."""


class Relay:
    """One submission's tests, over as many boxes as it takes."""

    def __init__(
        self, exercise: UnittestExercise | InProcessExercise, source: str, bench: Bench
    ) -> None:
        self._exercise = exercise
        self._source = source
        self._bench = bench
        self._student: Student | None = None
        if isinstance(exercise, UnittestExercise):
            self._student = Student(bench, source, exercise.limits, _MAX_TESTS)
        self._planned: list[str] | None = None
        self._current = ""
        self._deadline = 0.0
        #: Why the current test cannot pass.
        self._lost: Lost | None = None

    def run(self) -> None:
        """Run until every planned test has a result."""
        try:
            while self._bench.give_up() is None and (
                self._planned is None or self._bench.open_cases()
            ):
                before = self._planned and len(self._bench.open_cases())
                self._run_tests()
                if self._planned is None or len(self._bench.open_cases()) == before:
                    return
        finally:
            if self._student is not None:
                self._student.close()

    # --- one box of tests --------------------------------------------------------------------

    def _run_tests(self) -> None:
        """Start T and follow it to its end."""
        limits = self._exercise.limits
        box_limits = replace(limits, cpu_s=limits.cpu_s * _MAX_TESTS)
        own = self._student is None
        try:
            seat = Seat(self._bench.boxes, "tests", box_limits, self._bench.cancel)
        except Lost as lost:  # stopped by the user
            self._bench.abandon(lost)
            return
        self._bench.tier = seat.tier
        self._current = ""
        self._deadline = time.monotonic() + _LOAD_S + limits.wall_s
        try:
            seat.send(
                {
                    "do": "tests",
                    "source": self._exercise.tests,
                    "solution": self._source if own else None,
                    "only": None if self._planned is None else self._bench.open_cases(),
                }
            )
            self._follow(seat)
        except _Ended:
            pass
        except Lost as lost:
            self._lose_tests(seat, lost)
        finally:
            seat.close()

    def _follow(self, seat: Seat) -> None:
        planned_here = False
        while True:
            message = self._read(seat)
            if isinstance(message, Plan | Broken):
                if planned_here:
                    raise seat.violate("it announced its tests twice")
                self._take_plan(seat, message)
                planned_here = True
            elif not planned_here:
                raise seat.violate("it reported before it announced its tests")
            elif isinstance(message, Ask):
                self._answer(seat, message)
            elif isinstance(message, Done):
                if self._student is not None:
                    self._student.settle()
                raise _Ended
            else:
                self._take_report(seat, message)

    def _read(self, seat: Seat) -> TestMessage:
        limits = self._exercise.limits
        grace_s = _GRACE_S if self._student is not None else 0.0
        body = seat.read(self._deadline + grace_s, limits.cpu_s + grace_s, single=False)
        try:
            return read_test_message(body)
        except ValueViolation as violation:
            raise seat.violate(str(violation)) from None

    def _take_plan(self, seat: Seat, message: Plan | Broken) -> None:
        if isinstance(message, Broken):
            raise ExerciseError(f"the tests cannot be loaded: {message.message}")
        if self._planned is not None:
            if message.ids != self._planned:
                raise seat.violate("it announced other tests than before")
        elif len(message.ids) > _MAX_TESTS:
            raise ExerciseError(f"{len(message.ids)} tests; at most {_MAX_TESTS} can be judged.")
        else:
            self._planned = list(message.ids)
            self._bench.plan(self._planned)
            if not self._planned:
                self._bench.message = "There are no tests: nothing was judged."
        self._rearm()
        if self._student is not None:
            seat.lap()

    def _rearm(self) -> None:
        wall_s = self._exercise.limits.wall_s
        self._deadline = time.monotonic() + min(wall_s, max(0.0, self._bench.left_s()))

    # --- tests -------------------------------------------------------------------------------

    def _take_report(self, seat: Seat, message: Start | End) -> None:
        if message.id not in self._bench.open_cases():
            if len(self._bench.unplanned) < _MAX_UNPLANNED:
                self._bench.unplanned.append(message.id)
            return
        if isinstance(message, Start):
            if self._current:
                raise seat.violate("it began a test within a test")
            self._begin(seat, message.id)
        elif message.id != self._current:
            raise seat.violate("it ended a test that had not begun")
        else:
            self._finish(seat, message)

    def _begin(self, seat: Seat, name: str) -> None:
        self._current, self._lost = name, None
        self._bench.start(name)
        if self._student is not None:
            # Starting a box is not the test's time.
            try:
                self._student.ready()
            except LoadError as problem:
                self._lost = problem.lost
            self._student.lap()
            seat.lap()
        self._rearm()

    def _finish(self, seat: Seat, message: End) -> None:
        used = self._used(seat)
        name, self._current = self._current, ""
        if self._lost is not None:
            self._bench.finish(failure(name, self._lost, used))
        else:
            verdict = Verdict(message.outcome)
            self._bench.finish(
                case_result(name, verdict, ExecutionStatus.OK, message.message, used)
            )
        self._lost = None
        self._rearm()

    def _used(self, seat: Seat) -> Used:
        used = seat.lap()
        return self._student.lap() if self._student is not None else used

    def _lose_tests(self, seat: Seat, lost: Lost) -> None:
        """T is gone. Whoever it was running pays; the others run in a new one."""
        if self._planned is None:
            if lost.status != ExecutionStatus.CANCELLED and self._student is not None:
                raise ExerciseError(f"the tests cannot be loaded: {lost.message}")
            used = seat.lap()
            written = show(used.stdout + used.stderr)[-_SHOWN_CHARS:]
            self._bench.message = f"the tests cannot be loaded: {lost.message}; written: {written}"
            return
        if self._student is None or lost.status == ExecutionStatus.PROTOCOL_VIOLATION:
            self._bench.note(lost)
        if self._current:
            name, self._current = self._current, ""
            reason = self._lost or Lost(lost.status, f"the test itself: {lost.message}")
            self._bench.finish(failure(name, reason, self._used(seat)))
        elif lost.status != ExecutionStatus.CANCELLED:
            self._bench.abandon(Lost(lost.status, f"the tests: {lost.message}"))

    # --- questions ---------------------------------------------------------------------------

    def _answer(self, seat: Seat, ask: Ask) -> None:
        if self._student is None:
            raise seat.violate("it asked for a program that it has itself")
        seat.send(self._relay(self._student, ask))

    def _relay(self, student: Student, ask: Ask) -> dict[str, Any]:
        given_up = self._lost or self._bench.give_up()
        if given_up is not None:
            return {"lost": given_up.message}
        question = {
            "do": ask.do,
            "on": ask.on,
            "name": ask.name,
            "args": ask.args,
            "kwargs": ask.kwargs,
            "after": ask.do == "call",
        }
        count = sum(map(is_mutable, ask.args)) if ask.do == "call" else 0
        try:
            student.ready()
            answer = student.ask(question, max(0.0, self._deadline - time.monotonic()), count)
        except LoadError as problem:
            self._lost = problem.lost
        except Lost as lost:
            self._lost = lost
        else:
            if isinstance(answer, Raised):
                return {"x": [answer.name, answer.message, list(answer.bases)]}
            return {"v": answer.value, "a": list(answer.after)}
        return {"lost": self._lost.message}


def judge_tests(exercise: UnittestExercise | InProcessExercise, source: str, bench: Bench) -> None:
    """Run the tests. Raises `ExerciseError` if they cannot be loaded."""
    Relay(exercise, source, bench).run()
