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
    NoEntryCall,
    TracePrompt,
    choose_context,
)
from traces.events import EndStatus, TraceEvent
from traces.trace import FrameConfidence
from workers.runtime.base import Chunk, RuntimeInfo, RuntimeUnavailable, SamplingParams
from workers.tasks.models import Model, configured_model
from workers.tasks.stage import StageResult, StageSession
from workers.tasks.traced import Traced, traced_program
from workers.tasks.usage import Usage

logger = logging.getLogger(__name__)

#: A budget for one prediction: about 200 steps at the 80 tokens that CWM spends on a frame.
MAX_NEW_TOKENS: Final = 16_384

#: With less room than this beside the prompt not even a few frames would fit.
MIN_NEW_TOKENS: Final = 64

#: The longest that a prediction may take, whatever its model server does.
MAX_SECONDS: Final = 1800

#: The same where a solver waits for the comparison before it repairs its code.
SOLVE_NEW_TOKENS: Final = 2048
SOLVE_SECONDS: Final = 20

_NO_CALL: Final = (
    "The model predicts function calls, and this program runs from top to bottom. Put its lines "
    "into a function, for example `def main():` with the lines indented below it, and run again; "
    "or name a call as the entry."
)

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
        traced = traced_program(session)
        context = choose_context(traced.source, traced.entry)
        prompt = model.codec.prompts.full_trace(context)
    except RuntimeUnavailable as problem:
        session.append(LaneUnavailable(reason=str(problem), fix=problem.fix))
        return StageResult("unavailable", str(problem))
    except NoEntryCall:
        session.append(LaneUnavailable(reason=_NO_CALL))
        return StageResult("unavailable", _NO_CALL)
    except ContextError as problem:
        session.append(LaneUnavailable(reason=f"Nothing to predict: {problem}"))
        return StageResult("unavailable", str(problem))
    prediction = _Prediction(session, model, prompt, traced)
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

    def __init__(
        self, session: StageSession, model: Model, prompt: TracePrompt, traced: Traced
    ) -> None:
        self._session = session
        self._model = model
        self._prompt = prompt
        self._decoder: CWMDecoder = model.codec.decoder(prompt)
        self._steps = 0
        self._usage = Usage(len(prompt.ids))
        self._context_tokens = 0
        self._traced = traced
        self._max_tokens = SOLVE_NEW_TOKENS if session.number else MAX_NEW_TOKENS
        self._max_seconds = SOLVE_SECONDS if session.number else MAX_SECONDS

    async def run(self) -> StageResult:
        """Stream to the end. On the worker's loop."""
        request_id = self._session.request_id
        runtime = self._model.runtime
        try:
            info = await runtime.info()
            self._context_tokens = info.context_tokens
            left = info.context_tokens - len(self._prompt.ids)
            room = min(self._max_tokens, left)
            self._session.append(self._started(info, room))
            self._show([frame for frame in self._decoder.given if not frame.in_wrapper])
            if left < MIN_NEW_TOKENS:
                self._session.append(self.finished("length", self._too_long()))
                return StageResult("ok")
            async with asyncio.timeout(self._max_seconds):
                status = await self._stream(request_id, room)
        except TimeoutError:
            await runtime.abort(request_id)
            status = "time"
        except RuntimeUnavailable as problem:
            logger.warning("prediction failed: %s (%s)", problem, problem.fix)
            self._session.append(self.finished("error", str(problem)))
            return StageResult("failed", str(problem))
        except asyncio.CancelledError:
            await runtime.abort(request_id)
            raise
        is_full = status == "length" and left <= self._max_tokens
        self._session.append(self.finished(status, self._context_full() if is_full else ""))
        return StageResult("ok")

    def _started(self, info: RuntimeInfo, room: int) -> TraceStarted:
        return TraceStarted(
            origin="predicted",
            engine=info.engine,
            model=info.model,
            notice=info.notice,
            limits={
                "context_tokens": info.context_tokens,
                "max_output_tokens": max(0, room),
            },
            test=self._traced.test,
            entry=self._traced.entry if self._traced.test else "",
        )

    async def _stream(self, request_id: str, room: int) -> EndStatus:
        params = SamplingParams(max_new_tokens=room, stop_ids=self._prompt.stop_ids, logprobs=True)
        stream = self._model.runtime.stream(self._prompt.ids, params, request_id=request_id)
        async with contextlib.aclosing(stream) as chunks:
            async for chunk in chunks:
                self._usage.add(len(chunk.ids), cached=chunk.cached_tokens)
                status = self._read(chunk)
                if status is not None:
                    return status
                if chunk.finish_reason == "abort":
                    raise RuntimeUnavailable("The model server ended this prediction.")
        return "length"

    def _read(self, chunk: Chunk) -> EndStatus | None:
        """Show the frames that this chunk completes; how the trace ended, if it did."""
        frames: list[DecodedFrame] = []
        status: EndStatus | None = None
        for item in self._decoder.feed(chunk.ids, chunk.logprobs or None):
            match item:
                case DecodedFrame():
                    if not item.in_wrapper:
                        frames.append(item)
                case Ended():
                    status = _status_of(item)
                    break
                case Malformed():
                    logger.info("unreadable frame: %s", item.fault)
                    status = "parse"
                    break
        self._show(frames)
        return status

    def _show(self, frames: list[DecodedFrame]) -> None:
        if not frames:
            return
        events: tuple[TraceEvent, ...] = tuple(frame.event for frame in frames)
        confidence = tuple(frame.confidence for frame in frames)
        is_known = any(entry != FrameConfidence() for entry in confidence)
        self._session.append(
            TraceFrames(first=self._steps, frames=events, confidence=confidence if is_known else ())
        )
        self._steps += len(frames)

    def _too_long(self) -> str:
        return (
            f"The program is too long for this model: it takes {len(self._prompt.ids):,} of the "
            f"{self._context_tokens:,} tokens that program and trace may have together."
        )

    def _context_full(self) -> str:
        return (
            f"Prediction stopped: program and trace may have {self._context_tokens:,} tokens "
            "together in this model, and they are used up. The steps shown are complete."
        )

    def finished(self, status: EndStatus, message: str = "") -> TraceFinished:
        """The lane's last event."""
        return TraceFinished(
            status=status,
            steps=self._steps,
            message=message or _MESSAGES.get(status, ""),
            usage=self._usage.numbers(),
        )
