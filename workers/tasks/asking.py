"""What a solver is asked in one attempt: the conversation, and in a sentence why there is it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from playground.runs.events import TraceFinished, TraceFrames
from playground.runs.pipeline import Progress, stage_key
from playground.runs.plans import problem_of
from playground.runs.solve_events import Problem
from playground.runs.solving import SolvePlan
from traces.align import compare
from traces.codecs.chat import ChatMessage
from traces.events import EndStatus, TraceEvent
from traces.prompts.solve import (
    NO_CODE,
    Failure,
    as_answer,
    divergence_in_words,
    first_messages,
    repair_messages,
)
from workers.runtime.chat import ChatRuntime
from workers.tasks.checks import form_of, opening_of, problem_text
from workers.tasks.stage import StageSession
from workers.tasks.traced import answer_of, first_failing, lane_events, last_of

NO_CODE_MESSAGE: Final = "The model's answer has no code."


@dataclass(frozen=True, slots=True)
class Asked:
    """One attempt's question.

    `opening` are the first words of the answer where the model is made to continue. `parent` is
    the attempt that is repaired, 0 for one that begins anew, and `repaired` its code. A repair has
    to pass `earlier_tests` as well, those of what it repairs. `function` is the name that the
    path's tests are about, whoever wrote them.
    """

    messages: list[ChatMessage]
    reason: str
    opening: str = ""
    parent: int = 0
    repaired: str = ""
    earlier_tests: str = ""
    function: str = ""


def what_to_ask(
    session: StageSession, solver: ChatRuntime, plan: SolvePlan, progress: Progress
) -> Asked:
    """The question to `solver`, in the way that its kind of model understands."""
    problem = problem_of(session.run)
    text, small = problem_text(problem), solver.is_small
    number, is_hint = session.number, plan.mode == "hint"
    tests, function = _inherited(session, plan, progress)
    parent = plan.parent_of(progress, number)
    # Left alone a small model talks about the problem.
    makes_code = small and solver.continues and not is_hint
    opening = opening_of(problem, function) if makes_code else ""
    if not parent:
        messages = first_messages(text, hint=is_hint, small=small)
        return Asked(messages, _why(session, plan, progress), opening, function=function)
    failure, reason = _failure(session, problem, parent)
    verb = "Tries again after" if small else "Repairs"
    messages = repair_messages(text, failure, small=small)
    return Asked(
        messages,
        f"{verb} attempt {parent}: {reason}",
        opening,
        parent,
        repaired=answer_of(session.process.log, session.run.public_id, parent).code,
        earlier_tests=tests,
        function=function,
    )


def _inherited(session: StageSession, plan: SolvePlan, progress: Progress) -> tuple[str, str]:
    """Tests of the path's attempts before, and the function that they are about."""
    log, run_id = session.process.log, session.run.public_id
    tests, number = "", session.number
    while number := plan.answered_before(progress, number):
        answer = answer_of(log, run_id, number)
        tests = tests or answer.tests_source
        if answer.function:
            return tests, answer.function
    return tests, ""


def _why(session: StageSession, plan: SolvePlan, progress: Progress) -> str:
    """Why there is an attempt that repairs nothing."""
    before = plan.before(session.number)
    if not before:
        path = plan.candidate_of(session.number)
        return "First answer." if path == 1 else f"First answer of path {path}."
    if plan.is_unanswered(progress, before):
        message = progress.finished[stage_key("generate_answer", before)].message
        return f"Another model goes on, because attempt {before} has no answer: {message}"
    if repeated := plan.repeated(progress, session.number):
        return f"Begins anew, because attempt {repeated} repeated code that is wrong."
    _, reason = _failure(session, problem_of(session.run), before)
    return f"Another model begins anew after attempt {before}: {reason}"


def _failure(session: StageSession, problem: Problem, number: int) -> tuple[Failure, str]:
    """What was wrong with an attempt: for the model that repairs it, and in a sentence."""
    log, run_id = session.process.log, session.run.public_id
    before = answer_of(log, run_id, number)
    if not before.code:
        return Failure("", problem=NO_CODE), before.message or NO_CODE_MESSAGE
    text = as_answer(before.code, before.tests_source, form=form_of(problem))
    failing = first_failing(log, run_id, number)
    if failing is None:
        return Failure(text, problem="Not all tests pass."), "not all of its tests passed."
    got = failing.got if failing.verdict == "failed" and failing.got else failing.message
    shown = failing.input if len(failing.input) < 80 else f"{failing.input[:77]}..."
    failure = Failure(
        text,
        call=failing.input,
        expected=failing.expected,
        got=got,
        divergence=_divergence(session, number, before.code),
    )
    has_value = failing.verdict == "failed" and bool(failing.got)
    what = f"gave {got[:80]}" if has_value else got[:80] or "gave nothing"
    return failure, f"{shown} {what}, not {failing.expected[:80]}."


def _divergence(session: StageSession, number: int, code: str) -> str:
    """Where the predicted trace of the failing call first left the real one."""
    log, run_id = session.process.log, session.run.public_id
    sides: list[tuple[list[TraceEvent], EndStatus]] = []
    for lane in ("predicted", "actual"):
        events = lane_events(log, run_id, f"{lane}.{number}")
        end = last_of(events, TraceFinished)
        frames = [f for event in events if isinstance(event, TraceFrames) for f in event.frames]
        if end is None or not frames:
            return ""
        sides.append((frames, end.status))
    (predicted, how), (actual, really) = sides
    first = compare(predicted, how, actual, really, code).first_divergence
    if first is None or not first.is_error:
        return ""
    return divergence_in_words(first, actual, code)
