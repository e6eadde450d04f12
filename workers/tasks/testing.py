"""Stage `run_tests`: an attempt's tests in the judge, case by case.

The judge compares where the model's code never runs (docs/judge.md), so code that prints "all
tests passed", ends the process or rewrites `assert` gains nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from playground.runs.plans import problem_of
from playground.runs.solve_events import (
    ResultPredicted,
    TestFinished,
    TestsFinished,
    TestsStarted,
    TestStarted,
)
from traces.canonical import values_equal
from traces.cases import Call, InputOutput
from workers.sandbox.asked import call_case
from workers.sandbox.cancel import CancelToken
from workers.sandbox.exercise import (
    CallExercise,
    CaseFinished,
    CaseResult,
    CaseStarted,
    Exercise,
    IoCase,
    IoExercise,
    JudgeEvent,
)
from workers.sandbox.judge import judge
from workers.sandbox.judge_box import boxes_for
from workers.sandbox.unavailable import SandboxUnavailable
from workers.tasks.checks import PlannedTest, TestPlan, plan_tests
from workers.tasks.recording import availability, pool, sandbox_config, say_unavailable
from workers.tasks.stage import StageResult, StageSession
from workers.tasks.traced import answer_of, lane_events

#: All tests of an attempt together.
TOTAL_WALL_S: Final = 60.0


@dataclass(slots=True)
class _Report:
    """Turns the judge's events into the lane's, and counts."""

    session: StageSession
    tests: Mapping[str, PlannedTest]
    predicted: Mapping[str, ResultPredicted]
    counts: dict[str, float] = field(default_factory=dict)

    def show(self, event: JudgeEvent) -> None:
        match event:
            case CaseStarted(name):
                self.session.append(TestStarted(id=name))
            case CaseFinished(result):
                self.session.append(self._finished(result))

    def _finished(self, result: CaseResult) -> TestFinished:
        test = self.tests[result.id]
        word = "passed" if result.passed else "failed"
        if result.verdict != "skipped":
            name = f"{test.origin}_{word}"
            self.counts[name] = self.counts.get(name, 0) + 1
        cut = ("stdout",) if result.truncated else ()
        return TestFinished(
            id=result.id,
            verdict=result.verdict.value,
            status=result.status.value,
            input=test.input[:_SHOWN_CHARS],
            expected=(result.expected or test.expected)[:_SHOWN_CHARS],
            got=result.got,
            message=result.message,
            stdout="" if isinstance(test.case, InputOutput) else result.stdout,
            stderr=result.stderr,
            truncated=(*cut, *(["input"] if len(test.input) > _SHOWN_CHARS else [])),
            wall_ms=round(1000 * result.wall_time_s, 1),
            cpu_ms=round(1000 * result.cpu_time_s, 1),
            max_rss_bytes=result.max_rss_bytes,
            predicted_right=_is_right(self.predicted.get(result.id), result.got),
        )


_SHOWN_CHARS: Final = 8000


def _is_right(predicted: ResultPredicted | None, got: str) -> bool | None:
    if predicted is None or predicted.status != "ok":
        return None
    raised = got.startswith("raised ")
    if predicted.raises or raised:
        return (
            predicted.raises
            and raised
            and got.removeprefix("raised ").startswith(predicted.value.partition("(")[0])
        )
    return bool(got) and values_equal(predicted.value, got)


def run_tests(session: StageSession) -> StageResult:
    """Judge an attempt. Where no box is possible, say so and run nothing."""
    available = availability()
    if not available.ok:
        return say_unavailable(session, available.cause, available.remedy)
    log, run = session.process.log, session.run
    answer = answer_of(log, run.public_id, session.number)
    plan = plan_tests(problem_of(run), answer.code, answer.tests_source, function=answer.function)
    lane = lane_events(log, run.public_id, f"results.{session.number}")
    predicted = {event.id: event for event in lane if isinstance(event, ResultPredicted)}
    report = _Report(session, {test.id: test for test in plan.tests}, predicted)
    exercises = list(_exercises(plan))
    session.append(
        TestsStarted(
            tier=available.tier,
            python=available.engine.removeprefix("CPython "),
            total=len(plan.tests),
            limits={
                "wall_s": exercises[0].limits.wall_s,
                "cpu_s": exercises[0].limits.cpu_s,
                "memory_bytes": exercises[0].limits.memory_bytes,
                "total_wall_s": TOTAL_WALL_S,
            },
        )
    )
    try:
        messages, violations = _judge(session, exercises, answer.code, report)
    except SandboxUnavailable as problem:
        return say_unavailable(session, problem.cause, problem.remedy)
    passed = sum(n for name, n in report.counts.items() if name.endswith("passed"))
    failed = sum(n for name, n in report.counts.items() if name.endswith("failed"))
    if session.stop_cause:
        session.append(TestsFinished(passed=int(passed), failed=int(failed), message="Stopped."))
        return StageResult("cancelled")
    if violations:  # whatever was answered, the program wanted to decide the verdict itself
        report.counts["given_failed" if _has_given(plan) else "own_failed"] = max(1, failed)
    session.append(
        TestsFinished(
            passed=int(passed),
            failed=int(failed),
            message=" ".join(messages),
            violation=" ".join(violations),
        )
    )
    return StageResult("ok", outcome=dict(report.counts))


def _has_given(plan: TestPlan) -> bool:
    return any(test.origin == "given" for test in plan.tests)


def _judge(
    session: StageSession, exercises: list[Exercise], code: str, report: _Report
) -> tuple[list[str], list[str]]:
    """What the judge said of the submission as a whole, and how its protocol was broken."""
    boxes = boxes_for(sandbox_config(), pool())
    cancel = CancelToken()
    session.on_stop(cancel.cancel)
    try:
        results = [
            judge(exercise, code, on_event=report.show, cancel=cancel, boxes=boxes)
            for exercise in exercises
        ]
    finally:
        cancel.close()
    messages = [result.message for result in results if result.message]
    return messages, [result.violation for result in results if result.violation]


def _exercises(plan: TestPlan) -> Iterator[Exercise]:
    calls = tuple(
        call_case(test.id, test.case) for test in plan.tests if isinstance(test.case, Call)
    )
    pairs = tuple(
        IoCase(test.id, test.case.stdin, test.case.expected)
        for test in plan.tests
        if isinstance(test.case, InputOutput)
    )
    if calls:
        yield CallExercise(calls, total_wall_s=TOTAL_WALL_S)
    if pairs:
        yield IoExercise(pairs, total_wall_s=TOTAL_WALL_S)
