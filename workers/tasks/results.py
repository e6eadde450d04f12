"""Stage `predict_results`: what a model says that each test's call returns, before any is run.

The trace model is asked for the return value at once, without the steps between: a few dozen
tokens per test, which share the program's prompt. Rows that have no call, and rows for which there
is no time, say so.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import math
from typing import Final

from playground.runs.plans import problem_of
from playground.runs.solve_events import ResultPredicted, ResultsFinished, ResultsStarted
from traces.cases import Call
from traces.codecs.cwm import ContextError, DecodedFrame, Malformed, choose_context
from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.tasks.checks import PlannedTest, plan_tests
from workers.tasks.models import Model, configured_model
from workers.tasks.recording import say_unavailable
from workers.tasks.stage import StageResult, StageSession
from workers.tasks.traced import answer_of
from workers.tasks.usage import Usage

logger = logging.getLogger(__name__)

#: Tests whose result is predicted, and what that may take: the tests wait for it.
MAX_RESULTS: Final = 8
MAX_SECONDS: Final = 12.0
MAX_TOKENS: Final = 200

_AT_ONCE: Final = 2
_NO_CALL: Final = "The model predicts function calls, and this test is none."
_NO_TIME: Final = "Not predicted: the tests do not wait for it any longer."


def predict_results(session: StageSession) -> StageResult:
    """Predict all rows. What cannot be predicted never fails the attempt."""
    try:
        model = configured_model()
    except RuntimeUnavailable as problem:
        return say_unavailable(session, str(problem), problem.fix)
    answer = answer_of(session.process.log, session.run.public_id, session.number)
    plan = plan_tests(
        problem_of(session.run), answer.code, answer.tests_source, function=answer.function
    )
    work = _Results(session, model, answer.code, plan.tests)
    running = session.process.submit(work.run())
    session.on_stop(lambda: _cancel(running))
    try:
        return running.result()
    except (concurrent.futures.CancelledError, asyncio.CancelledError):
        session.append(ResultsFinished(message="Stopped by you.", usage=work.usage.numbers()))
        return StageResult("cancelled")


def _cancel(running: concurrent.futures.Future[StageResult]) -> None:
    running.cancel()


class _Results:
    """All rows of one attempt."""

    def __init__(
        self, session: StageSession, model: Model, code: str, tests: tuple[PlannedTest, ...]
    ) -> None:
        self._session = session
        self._model = model
        self._code = code
        self._tests = tests
        self._left = {test.id for test in tests}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._context_tokens = 0
        self._problem = ""
        self.usage = Usage()

    async def run(self) -> StageResult:
        """On the worker's loop."""
        try:
            info = await self._model.runtime.info()
            self._context_tokens = info.context_tokens
            self._session.append(
                ResultsStarted(engine=info.engine, model=info.model, notice=info.notice)
            )
            async with asyncio.timeout(MAX_SECONDS), asyncio.TaskGroup() as group:
                for test in self._tests[:MAX_RESULTS]:
                    group.create_task(self._predict(test))
        except TimeoutError:
            logger.info("predicting results took too long")
        except RuntimeUnavailable as problem:
            self._problem = self._problem or str(problem)
        self._end(self._problem)
        return StageResult("failed" if self._problem else "ok", self._problem)

    def _end(self, message: str) -> None:
        for test in self._tests:
            if test.id in self._left:
                self._say(
                    ResultPredicted(id=test.id, status="skipped", message=message or _NO_TIME)
                )
        self._session.append(ResultsFinished(message=message, usage=self.usage.numbers()))

    def _say(self, event: ResultPredicted) -> None:
        self._left.discard(event.id)
        self._session.append(event)

    async def _predict(self, test: PlannedTest) -> None:
        if not isinstance(test.case, Call):
            self._say(ResultPredicted(id=test.id, status="skipped", message=_NO_CALL))
            return
        async with self._slots:
            try:
                self._say(await self._ask(test.id, test.case.text()))
            except ContextError as problem:
                self._say(ResultPredicted(id=test.id, status="skipped", message=str(problem)))
            except RuntimeUnavailable as problem:
                self._problem = str(problem)

    async def _ask(self, name: str, call: str) -> ResultPredicted:
        prompts = self._model.codec.prompts
        prompt = prompts.return_only(choose_context(self._code, call))
        room = min(MAX_TOKENS, self._context_tokens - len(prompt.ids))
        if room < 1:
            return ResultPredicted(id=name, status="length", message="The program is too long.")
        decoder = self._model.codec.decoder(prompt)
        params = SamplingParams(max_new_tokens=room, stop_ids=prompt.step_stop_ids, logprobs=True)
        self.usage.prompt_tokens += len(prompt.ids)
        request_id = f"{self._session.request_id}-{name}"
        stream = self._model.runtime.stream(prompt.ids, params, request_id=request_id)
        async with contextlib.aclosing(stream) as chunks:
            async for chunk in chunks:
                self.usage.add(len(chunk.ids), cached=chunk.cached_tokens)
                for item in decoder.feed(chunk.ids, chunk.logprobs or None):
                    match item:
                        case DecodedFrame():
                            return _predicted(name, item)
                        case Malformed():
                            break
        message = "The model's reply could not be read."
        return ResultPredicted(id=name, status="unreadable", message=message)


def _predicted(name: str, frame: DecodedFrame) -> ResultPredicted:
    event = frame.event
    if event.value is None:
        message = "The model predicted no result."
        return ResultPredicted(id=name, status="unreadable", message=message)
    sure = frame.confidence.value
    return ResultPredicted(
        id=name,
        value=event.value[:4000],
        raises=event.kind == "exception",
        probability=sure if sure is not None and math.isfinite(sure) else None,
    )
