"""Stage `predict_trace`: what the model thinks the program does, from tokens into the log."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import time
from dataclasses import dataclass
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

logger = logging.getLogger(__name__)

#: A budget for one prediction: about 200 steps at the 80 tokens that CWM spends on a frame.
MAX_NEW_TOKENS: Final = 16_384

#: With less room than this beside the prompt not even a few frames would fit.
MIN_NEW_TOKENS: Final = 64

#: The longest that a prediction may take, whatever its model server does.
MAX_SECONDS: Final = 1800

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
        context = choose_context(session.run.source, session.run.entry)
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


@dataclass(slots=True)
class _Usage:
    """What the prediction took. Times are in seconds of a clock that never steps back."""

    prompt_tokens: int
    began: float
    output_tokens: int = 0
    cached_tokens: int = 0
    first_at: float = 0.0
    last_at: float = 0.0

    def add(self, chunk: Chunk) -> None:
        """Account for a chunk."""
        self.cached_tokens = max(self.cached_tokens, chunk.cached_tokens)
        if chunk.ids:
            self.last_at = time.monotonic()
            self.first_at = self.first_at or self.last_at
            self.output_tokens += len(chunk.ids)

    def numbers(self) -> dict[str, float]:
        """As `TraceFinished` shows them. Speed needs two tokens that did not come at once."""
        found: dict[str, float] = {
            "prompt_tokens": self.prompt_tokens,
            "output_tokens": self.output_tokens,
            "cached_tokens": self.cached_tokens,
            "wall_ms": round(1000 * (time.monotonic() - self.began)),
        }
        if self.first_at:
            found["first_token_ms"] = round(1000 * (self.first_at - self.began), 1)
        if self.last_at > self.first_at and self.output_tokens > 1:
            rate = (self.output_tokens - 1) / (self.last_at - self.first_at)
            found["tokens_per_s"] = round(rate, 1)
        return found


class _Prediction:
    """One streamed generation, decoded as it comes."""

    def __init__(self, session: StageSession, model: Model, prompt: TracePrompt) -> None:
        self._session = session
        self._model = model
        self._prompt = prompt
        self._decoder: CWMDecoder = model.codec.decoder(prompt)
        self._steps = 0
        self._usage = _Usage(len(prompt.ids), time.monotonic())
        self._context_tokens = 0

    async def run(self) -> StageResult:
        """Stream to the end. On the worker's loop."""
        request_id = f"{self._session.run.public_id}-{self._session.lease.attempt}"
        runtime = self._model.runtime
        try:
            info = await runtime.info()
            self._context_tokens = info.context_tokens
            left = info.context_tokens - len(self._prompt.ids)
            room = min(MAX_NEW_TOKENS, left)
            self._session.append(self._started(info, room))
            self._show([frame for frame in self._decoder.given if not frame.in_wrapper])
            if left < MIN_NEW_TOKENS:
                self._session.append(self.finished("length", self._too_long()))
                return StageResult("ok")
            async with asyncio.timeout(MAX_SECONDS):
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
        is_full = status == "length" and left <= MAX_NEW_TOKENS
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
        )

    async def _stream(self, request_id: str, room: int) -> EndStatus:
        params = SamplingParams(max_new_tokens=room, stop_ids=self._prompt.stop_ids, logprobs=True)
        stream = self._model.runtime.stream(self._prompt.ids, params, request_id=request_id)
        async with contextlib.aclosing(stream) as chunks:
            async for chunk in chunks:
                self._usage.add(chunk)
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
