"""Stage `generate_answer`: one attempt of the solver, from the prompt to its code and tests."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
from collections.abc import Callable
from typing import Final

import msgspec

from playground.runs import pipeline
from playground.runs.pipeline import Progress
from playground.runs.plans import problem_of, solve_plan
from playground.runs.solve_events import (
    AnswerDelta,
    AnswerFinished,
    AnswerStatus,
    AttemptStarted,
    Problem,
)
from playground.runs.solving import SolvePlan
from traces.answers import AnswerStream, Piece, holds_only_tests, parse
from traces.codecs.chat import ChatMessage
from traces.hints import HintFilter
from traces.prompts.solve import TESTS_FENCE, opening_with_tests, prompts_id
from workers.runtime.base import PromptTooLong, RuntimeInfo, RuntimeUnavailable
from workers.runtime.chat import ChatChunk, ChatParams, ChatRuntime
from workers.tasks.asking import NO_CODE_MESSAGE, what_to_ask
from workers.tasks.checks import TestPlan, has_given_tests, plan_tests
from workers.tasks.repetition import RepetitionWatch, is_same_code
from workers.tasks.solve_models import configured_solver
from workers.tasks.stage import StageResult, StageSession
from workers.tasks.usage import Usage

logger = logging.getLogger(__name__)

#: How much a model varies where several paths should not all be the same.
_TEMPERATURE: Final = 0.7

_MESSAGES: Final[dict[AnswerStatus, str]] = {
    "ok": "",
    "no_code": NO_CODE_MESSAGE,
    "length": "The answer was cut off: the tokens for one attempt are used up.",
    "time": "The answer was cut off: the seconds for this run are used up.",
    "cancelled": "Stopped by you.",
}
#: More than any answer of a small model that was worth reading; it goes on and on otherwise.
_SMALL_TOKENS: Final = 768

#: For three tests, where they are asked for by themselves.
_TESTS_TOKENS: Final = 120
_UNREADABLE: Final = "Python cannot read the code of this answer."
_LOOPED: Final = "The model repeated itself without end and was stopped."


def answer(
    session: StageSession, solver: Callable[[int], ChatRuntime] | None = None
) -> StageResult:
    """Let the model answer whose turn it is: of this installation's, or of those of `solver`.

    They have numbers (`solver_turns`).
    """
    plan = solve_plan(session.run)
    progress = pipeline.fold(session.process.log.main_events(session.run.public_id))
    turn = plan.solver_of(progress, session.number) or 0
    try:
        found = (solver or configured_solver)(turn)
    except RuntimeUnavailable as problem:
        return _failed(session, problem, "unavailable")
    attempt = _Attempt(session, found, plan, progress)
    streaming = session.process.submit(attempt.run())
    session.on_stop(lambda: _cancel(streaming))
    try:
        return streaming.result()
    except (concurrent.futures.CancelledError, asyncio.CancelledError):
        attempt.finish("cancelled")
        return StageResult("cancelled")
    except RuntimeUnavailable as problem:
        logger.warning("answering failed: %s (%s)", problem, problem.fix)
        is_unavailable = isinstance(problem, PromptTooLong)
        return _failed(session, problem, "unavailable" if is_unavailable else "failed", attempt)


def _cancel(streaming: concurrent.futures.Future[StageResult]) -> None:
    streaming.cancel()


def _failed(
    session: StageSession,
    problem: RuntimeUnavailable,
    status: str,
    attempt: _Attempt | None = None,
) -> StageResult:
    usage = attempt.usage.numbers() if attempt else {}
    message = f"{problem} {problem.fix}".strip()
    session.append(AnswerFinished(status="error", message=message, usage=usage))
    return StageResult("unavailable" if status == "unavailable" else "failed", message)


class _Attempt:
    """One streamed answer, taken apart as it comes."""

    def __init__(
        self, session: StageSession, solver: ChatRuntime, plan: SolvePlan, progress: Progress
    ) -> None:
        self._session = session
        self._solver = solver
        self._number = session.number
        self._plan = plan
        self._asked = what_to_ask(session, solver, plan, progress)
        self._problem: Problem = problem_of(session.run)
        self._is_hint = self._plan.mode == "hint"
        tokens, self._seconds = self._plan.grant(progress, self._number)
        if solver.is_small:
            tokens = min(tokens, _SMALL_TOKENS)
        # Of a model's answers only the first is greedy: others would tend to be the same again.
        varies = (
            bool(self._asked.parent)
            or plan.candidate_of(self._number) > 1
            or bool(plan.repeated(progress, self._number))
        )
        # In hint mode thoughts are never shown, because they may hold the solution.
        self._params = ChatParams(
            max_tokens=tokens,
            reasoning=self._problem.options.reasoning,
            temperature=_TEMPERATURE if varies else 0.0,
            top_p=0.95 if varies else 1.0,
            seed=self._number if varies else None,
            opening=self._asked.opening,
        )
        # What a small model takes for tests is wrong too often: given ones are better alone.
        self._wants_tests = solver.tests_count or not has_given_tests(self._problem)
        self._stream = AnswerStream(solver.begins_in_reasoning(self._params))
        self._watch = RepetitionWatch()
        self._hint_filter = HintFilter()
        self._looked_at = 0
        self.usage = Usage()

    async def run(self) -> StageResult:
        """Stream to the end. On the worker's loop."""
        messages = self._asked.messages
        self._session.append(self._started(await self._solver.info()))
        request_id = self._session.request_id
        try:
            self._show(self._stream.feed(self._params.opening))
            async with asyncio.timeout(self._seconds):
                status = await self._read(messages, self._params, request_id)
                if status == "ok":
                    await self._ask_for_tests(messages, f"{request_id}-tests")
        except TimeoutError:
            await self._solver.abort(request_id)
            status = "time"
        except asyncio.CancelledError:
            await self._solver.abort(request_id)
            raise
        return self.finish(status)

    def _started(self, info: RuntimeInfo) -> AttemptStarted:
        return AttemptStarted(
            number=self._number,
            candidate=self._plan.candidate_of(self._number),
            parent=self._asked.parent,
            reason=self._asked.reason,
            mode=self._plan.mode,
            reasoning=self._params.reasoning and self._solver.reasons,
            engine=info.engine,
            model=info.model,
            notice=info.notice,
            prompts=prompts_id(),
            limits={
                "context_tokens": info.context_tokens,
                "max_output_tokens": min(
                    self._params.max_tokens, info.context_tokens or self._params.max_tokens
                ),
                "max_seconds": round(self._seconds, 1),
            },
        )

    # --- the answer ---------------------------------------------------------------------------

    async def _ask_for_tests(self, messages: list[ChatMessage], request_id: str) -> None:
        """Let a small model that wrote a function and no tests continue with tests."""
        is_able = self._solver.is_small and self._solver.continues
        if self._is_hint or not is_able or not self._wants_tests:
            return
        self._show(self._stream.finish())
        found = self._stream.read()
        plan = plan_tests(self._problem, found.code, found.tests, function=self._asked.function)
        if not plan.function or _has_own(plan) or self._asked.earlier_tests:
            return
        opening = opening_with_tests(found.code, plan.function)
        written = f"\n{opening[opening.index(TESTS_FENCE) :]}"
        closing = "\n```\n" if self._stream.is_in_block else ""
        self._show(self._stream.feed(closing + written))
        room = min(_TESTS_TOKENS, self._params.max_tokens - self.usage.output_tokens)
        if room > 0:
            params = msgspec.structs.replace(self._params, max_tokens=room, opening=opening)
            await self._read(messages, params, request_id)

    async def _read(
        self, messages: list[ChatMessage], params: ChatParams, request_id: str
    ) -> AnswerStatus:
        reply = self._solver.reply(messages, params, request_id=request_id)
        async with contextlib.aclosing(reply) as chunks:
            async for chunk in chunks:
                self._take(chunk)
                if self._watch.feed(chunk.text or chunk.reasoning):
                    return "length"
                if self._is_complete():
                    return "ok"
                if params is self._params and self.usage.output_tokens >= params.max_tokens:
                    return "length"
                match chunk.finish_reason:
                    case "abort":
                        raise RuntimeUnavailable("The model server ended this answer.")
                    case "length":
                        return "length"
                    case "stop":
                        return "ok"
        return "ok"

    def _take(self, chunk: ChatChunk) -> None:
        self.usage.prompt_tokens += chunk.prompt_tokens
        self.usage.add(chunk.tokens, cached=chunk.cached_tokens)
        pieces = [Piece("reasoning", 0, chunk.reasoning)] if chunk.reasoning else []
        self._show([*pieces, *self._stream.feed(chunk.text)])

    def _is_complete(self) -> bool:
        """Whether code and tests are there: what follows is not needed."""
        if self._is_hint:
            return False
        blocks = self._stream.blocks
        if blocks and blocks[0].is_closed and not self._wants_tests:
            return True
        if self._solver.is_small and len(blocks) > 2 and blocks[-1].part != "tests":
            return True  # it goes on and on with versions of the same
        if len(blocks) < 2 or len(blocks) == self._looked_at or not blocks[-1].is_closed:
            return False
        self._looked_at = len(blocks)
        last = blocks[-1]
        return last.part == "tests" or holds_only_tests(last.text)

    def _show(self, pieces: list[Piece]) -> None:
        for piece in self._without_solution(pieces) if self._is_hint else pieces:
            self._session.append(AnswerDelta(part=piece.part, block=piece.block, text=piece.text))

    def _without_solution(self, pieces: list[Piece]) -> list[Piece]:
        """What of a hint may be shown: no thoughts, no code."""
        texts = (self._hint_filter.feed(piece.text) for piece in pieces if piece.part == "text")
        return [Piece("text", 0, text) for text in texts if text]

    def finish(self, status: AnswerStatus) -> StageResult:
        """The lane's last event, and what follows from it."""
        self._show(self._stream.finish())
        if rest := self._hint_filter.finish():
            self._session.append(AnswerDelta(part="text", text=rest))
        found = self._stream.read()
        usage = self.usage.numbers()
        outcome: dict[str, float] = {
            name: usage[name] for name in ("prompt_tokens", "cached_tokens", "output_tokens")
        }
        if self._is_hint:
            self._session.append(self._hint(status, usage))
            return StageResult("ok", outcome=outcome)
        # A repair has to pass the tests of what it repairs as well: it may not make its own easier.
        # Where old and new ones contradict each other, neither counts.
        both = [part for part in (self._asked.earlier_tests, found.tests) if part]
        tests = "\n".join(both)[:_MAX_TESTS_CHARS] if self._wants_tests else ""
        plan = TestPlan("", ())
        if found.code:
            plan = plan_tests(self._problem, found.code, tests, function=self._asked.function)
        if status == "ok" and not found.code:
            status = "no_code"
        is_readable = bool(plan.tests) or parse(found.code) is not None
        self._session.append(
            AnswerFinished(
                status=status,
                message=self._message(status) if is_readable else _UNREADABLE,
                code=found.code,
                code_block=found.block,
                function=plan.function,
                tests=tuple(test.row() for test in plan.tests),
                tests_source=tests,
                notes=(*found.notes, *plan.notes),
                usage=usage,
            )
        )
        # What Python cannot read and no test can say so of is worth another attempt.
        has_code = bool(found.code) and is_readable
        outcome |= {"has_code": int(has_code), "tests": len(plan.tests)}
        if self._asked.repaired and is_same_code(found.code, self._asked.repaired):
            outcome["repeats"] = 1
        return StageResult("ok", self._message(status), outcome)

    def _message(self, status: AnswerStatus) -> str:
        return _LOOPED if self._watch.is_looping else _MESSAGES[status]

    def _hint(self, status: AnswerStatus, usage: dict[str, float]) -> AnswerFinished:
        had_code = bool(self._stream.blocks) or self._hint_filter.has_dropped
        return AnswerFinished(
            status=status,
            message=self._message(status),
            notes=("The model wrote code; hint mode leaves it out.",) if had_code else (),
            usage=usage,
        )


def _has_own(plan: TestPlan) -> bool:
    return any(test.origin == "own" for test in plan.tests)


#: Tests of a model's own that are longer are not tests that a person would write.
_MAX_TESTS_CHARS: Final = 16_000
