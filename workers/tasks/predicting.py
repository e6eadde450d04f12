"""Stage `predict_trace`: what the model thinks the program does, from tokens into the log."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
from typing import Final

from playground.runs.events import LaneUnavailable, TraceFinished, TraceFrames, TraceStarted
from traces.codecs.cwm import (
    ContextError,
    CWMDecoder,
    DecodedFrame,
    Ended,
    Malformed,
    TracePrompt,
    choose_context,
)
from traces.events import EndStatus, TraceEvent
from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.tasks.models import Model, configured_model
from workers.tasks.stage import StageResult, StageSession

logger = logging.getLogger(__name__)

#: A budget for one prediction: about 200 steps at the 80 tokens that CWM spends on a frame.
MAX_NEW_TOKENS: Final = 16_384

#: The longest that a prediction may take, whatever its model server does.
MAX_SECONDS: Final = 1800

_MESSAGES: Final[dict[EndStatus, str]] = {
    "ok": "",
    "length": "Prediction stopped: the budget for one run is used up. The steps shown are "
    "complete.",
    "parse": "The model's reply for the next step could not be read. The steps shown stand.",
    "cancelled": "Stopped by you.",
    "time": "Prediction stopped: the model took too long. The steps shown are complete.",
}


def predict(session: StageSession) -> StageResult:
    """Predict the run's trace. A prediction that fails never fails the run."""
    try:
        model = configured_model()
        context = choose_context(session.run.source, session.run.entry)
        prompt = model.codec.prompts.full_trace(context)
    except RuntimeUnavailable as problem:
        session.append(LaneUnavailable(reason=str(problem), fix=problem.fix))
        return StageResult("unavailable", str(problem))
    except ContextError as problem:
        session.append(LaneUnavailable(reason=f"Nothing to predict: {problem}"))
        return StageResult("unavailable", str(problem))
    prediction = _Prediction(session, model, prompt)
    streaming = session.process.submit(prediction.run())
    session.on_stop(lambda: _cancel(streaming))
    try:
        return streaming.result()
    except (concurrent.futures.CancelledError, asyncio.CancelledError):
        session.append(prediction.finished("cancelled"))
        return StageResult("cancelled")


def _cancel(streaming: concurrent.futures.Future[StageResult]) -> None:
    streaming.cancel()


def _status_of(end: Ended) -> EndStatus:
    """How a trace that the model itself ended came out."""
    if end.depth > 0:
        return "parse"  # it stopped while functions were still running
    return "exception" if end.left_by_exception else "ok"


class _Prediction:
    """One streamed generation, decoded as it comes."""

    def __init__(self, session: StageSession, model: Model, prompt: TracePrompt) -> None:
        self._session = session
        self._model = model
        self._prompt = prompt
        self._decoder: CWMDecoder = model.codec.decoder(prompt)
        self._steps = 0
        self._output_tokens = 0
        self._cached_tokens = 0

    async def run(self) -> StageResult:
        """Stream to the end. On the worker's loop."""
        request_id = f"{self._session.run.public_id}-{self._session.lease.attempt}"
        runtime = self._model.runtime
        try:
            info = await runtime.info()
            self._session.append(
                TraceStarted(
                    origin="predicted", engine=info.engine, model=info.model, notice=info.notice
                )
            )
            self._show([frame.event for frame in self._decoder.given if not frame.in_wrapper])
            async with asyncio.timeout(MAX_SECONDS):
                status = await self._stream(request_id)
        except TimeoutError:
            await runtime.abort(request_id)
            status = "time"
        except RuntimeUnavailable as problem:
            self._session.append(self.finished("error", str(problem)))
            return StageResult("failed", str(problem))
        except asyncio.CancelledError:
            await runtime.abort(request_id)
            raise
        self._session.append(self.finished(status))
        return StageResult("ok")

    async def _stream(self, request_id: str) -> EndStatus:
        params = SamplingParams(max_new_tokens=MAX_NEW_TOKENS, stop_ids=self._prompt.stop_ids)
        stream = self._model.runtime.stream(self._prompt.ids, params, request_id=request_id)
        async with contextlib.aclosing(stream) as chunks:
            async for chunk in chunks:
                self._output_tokens += len(chunk.ids)
                self._cached_tokens = max(self._cached_tokens, chunk.cached_tokens)
                events: list[TraceEvent] = []
                for item in self._decoder.feed(chunk.ids):
                    match item:
                        case DecodedFrame():
                            if not item.in_wrapper:
                                events.append(item.event)
                        case Ended():
                            self._show(events)
                            return _status_of(item)
                        case Malformed():
                            logger.info("unreadable frame: %s", item.fault)
                            self._show(events)
                            return "parse"
                self._show(events)
        return "length"

    def _show(self, events: list[TraceEvent]) -> None:
        if events:
            self._session.append(TraceFrames(first=self._steps, frames=tuple(events)))
            self._steps += len(events)

    def finished(self, status: EndStatus, message: str = "") -> TraceFinished:
        """The lane's last event."""
        return TraceFinished(
            status=status,
            steps=self._steps,
            message=message or _MESSAGES.get(status, ""),
            usage={
                "prompt_tokens": len(self._prompt.ids),
                "output_tokens": self._output_tokens,
                "cached_tokens": self._cached_tokens,
            },
        )
