"""What the model says about a program: the whole run on its own, and step by step.

Both read the model's token ids with the site's codec. A prediction that cannot be read, stops too
early or runs out of context is a result like any other.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from traces.align import compare
from traces.codecs.cwm import (
    Context,
    ContextError,
    CWMCodec,
    DecodedFrame,
    EncodeError,
    Ended,
    Malformed,
    TracePrompt,
    context_at,
)
from traces.events import EndStatus, Kind, TraceEvent
from workers.runtime.base import PromptTooLong, Runtime, SamplingParams

#: No frame that is right is this many times longer than the real one in plain notation.
_LONGER = 3
_SPARE_TOKENS = 192


@dataclass(slots=True)
class FreeRun:
    """A whole predicted trace. `ids` are the model's; `frames` leave out the codec's wrapper.

    `given` counts the events that the prompt held; `unreadable` is what was no frame, if any.
    """

    prompt: TracePrompt
    frames: list[DecodedFrame] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    status: EndStatus = "length"
    unreadable: Malformed | None = None
    given: int = 0
    seconds: float = 0.0

    @property
    def events(self) -> list[TraceEvent]:
        """The predicted events, the given ones first."""
        return [frame.event for frame in self.frames]


@dataclass(frozen=True, slots=True)
class ForcedStep:
    """One step predicted from the real history. Texts are frames as the model's language writes
    them; `predicted` is whatever came."""

    index: int
    kind: Kind
    is_right: bool
    expected: str = ""
    predicted: str = ""


class Predictor:
    """Asks one model. Any number of programs at once."""

    def __init__(self, runtime: Runtime, codec: CWMCodec, context_tokens: int) -> None:
        self._runtime = runtime
        self._codec = codec
        self._context_tokens = context_tokens
        self._numbers = itertools.count()

    def trace_tokens(self, context: Context, events: Sequence[TraceEvent]) -> int:
        """How many tokens the program and its real trace take, the end included."""
        prompt = self._real(context, events)
        return len(prompt.ids) + 1 if prompt is not None else 0

    def fits(self, tokens: int) -> bool:
        """Whether so many tokens are within the model's context."""
        return tokens <= self._context_tokens

    # --- the whole run ----------------------------------------------------------------------------

    async def free_run(self, context: Context) -> FreeRun:
        """The whole trace, greedy. Raises `RuntimeUnavailable`."""
        prompt = self._codec.prompts.full_trace(context)
        run = FreeRun(prompt)
        decoder = self._codec.decoder(prompt)
        run.frames = [frame for frame in decoder.given if not frame.in_wrapper]
        run.given = len(run.frames)

        def take(ids: Sequence[int], logprobs: Sequence[float]) -> bool:
            run.ids += ids
            for item in decoder.feed(ids, logprobs or None):
                match item:
                    case DecodedFrame():
                        if not item.in_wrapper:
                            run.frames.append(item)
                    case Malformed():
                        run.status, run.unreadable = "parse", item
                        return True
                    case Ended():
                        run.status = _status_of(item)
                        return True
            return False

        room = self._context_tokens - len(prompt.ids)
        began = time.monotonic()
        params = SamplingParams(max_new_tokens=room, stop_ids=prompt.stop_ids, logprobs=True)
        await self._generate(prompt.ids, params, take)
        run.seconds = time.monotonic() - began
        return run

    # --- single steps -----------------------------------------------------------------------------

    async def forced_steps(
        self, context: Context, events: Sequence[TraceEvent], run: FreeRun, limit: int
    ) -> list[ForcedStep]:
        """Steps predicted from the real steps before them: `limit` of them, evenly spread over
        the trace, or all for 0. Steps that do not fit into the context are left out."""
        real = self._real(context, events)
        if real is None:
            return []
        whole = real.ids
        places = self._places(whole, len(events))
        first = 0 if real.context.is_wrapped else 1  # the prompt gives the entry's call away
        askable = [k for k in range(first, len(events)) if self.fits(places[k][1] + 1)]
        # The free run's own steps serve as long as its tokens are those of the real history.
        same = _common((*run.prompt.ids, *run.ids), whole)
        steps = []
        for index in spread(askable, limit):
            begin, end = places[index]
            if same >= begin:
                frame = run.frames[index] if index < len(run.frames) else None
                raw = _raw(frame, run.unreadable)
            else:
                prompt = replace(real, ids=whole[:begin])
                frame, raw = await self._one_step(prompt, (end - begin) * _LONGER + _SPARE_TOKENS)
            right = frame is not None and _is_right(frame.event, events, index, real.context.source)
            expected = "" if right else self._text(whole[begin:end])
            steps.append(
                ForcedStep(index, events[index].kind, right, expected, "" if right else raw)
            )
        return steps

    async def _one_step(self, prompt: TracePrompt, budget: int) -> tuple[DecodedFrame | None, str]:
        """The frame that follows, and what was written instead if it is none."""
        decoder = self._codec.decoder(prompt)
        found: list[DecodedFrame | Malformed | Ended] = []

        def take(ids: Sequence[int], _logprobs: Sequence[float]) -> bool:
            found.extend(decoder.feed(ids))
            return bool(found)

        room = min(budget, self._context_tokens - len(prompt.ids))
        params = SamplingParams(max_new_tokens=room, stop_ids=prompt.step_stop_ids)
        await self._generate(prompt.ids, params, take)
        match found:
            case [DecodedFrame() as frame, *_]:
                return frame, frame.raw
            case [Malformed() as malformed, *_]:
                return None, malformed.raw
            case [Ended(), *_]:
                return None, "(the end of the trace)"
        rest = decoder.finish()
        return None, rest.raw if rest else ""

    # --- tokens -----------------------------------------------------------------------------------

    async def _generate(
        self,
        ids: Sequence[int],
        params: SamplingParams,
        take: Callable[[Sequence[int], Sequence[float]], bool],
    ) -> None:
        """Feed `take` until it says that it has enough."""
        if params.max_new_tokens < 1:
            return
        request_id = f"evaluate-{next(self._numbers)}"
        stream = self._runtime.stream(ids, params, request_id=request_id)
        with contextlib.suppress(PromptTooLong):
            async with contextlib.aclosing(stream) as chunks:
                async for chunk in chunks:
                    if take(chunk.ids, chunk.logprobs) and chunk.finish_reason is None:
                        break  # closing the stream ends the request

    def _real(self, context: Context, events: Sequence[TraceEvent]) -> TracePrompt | None:
        """Program and real trace as the model would write it; None where it has no such text.

        Where the entry's arguments are computed, their values come from the recording.
        """
        try:
            if context.setup_lines and events:
                program = "\n".join(context.lines[: context.program_lines]) + "\n"
                context = context_at(program, events[0])
            return self._codec.prompts.resume(context, events)
        except (ContextError, EncodeError):
            return None

    def _places(self, whole: Sequence[int], events: int) -> list[tuple[int, int]]:
        """Where each event's frame begins and ends. Every frame ends with a token of its own."""
        sep = self._codec.specials.frame_sep
        ends = [at + 1 for at, token in enumerate(whole) if token == sep]
        return list(itertools.pairwise(ends))[-events:]

    def _text(self, ids: Sequence[int]) -> str:
        tokenizer = self._codec.tokenizer
        names = {number: name for name, number in tokenizer.special_ids.items()}
        parts = [names[i].encode() if i in names else tokenizer.decode_bytes(i) for i in ids]
        return b"".join(parts).decode("utf-8", "replace")


def _status_of(end: Ended) -> EndStatus:
    if end.depth > 0:
        return "parse"  # the model stopped while functions were still running
    return "exception" if end.left_by_exception else "ok"


def spread(indexes: Sequence[int], limit: int) -> list[int]:
    """`limit` of the indexes, evenly spread with the first and the last among them; 0: all."""
    if not limit or len(indexes) <= limit:
        return list(indexes)
    if limit == 1:
        return [indexes[len(indexes) // 2]]
    gaps, last = limit - 1, len(indexes) - 1
    return [indexes[at * last // gaps] for at in range(limit)]


def _common(ours: Sequence[int], theirs: Sequence[int]) -> int:
    """Length of the common beginning."""
    pairs = zip(ours, theirs, strict=False)
    first = next((at for at, (a, b) in enumerate(pairs) if a != b), None)
    return min(len(ours), len(theirs)) if first is None else first


def _raw(frame: DecodedFrame | None, unreadable: Malformed | None) -> str:
    if frame is not None:
        return frame.raw
    return unreadable.raw if unreadable is not None else "(the end of the trace)"


def _is_right(predicted: TraceEvent, events: Sequence[TraceEvent], index: int, source: str) -> bool:
    """Whether the step says what the real one says, by the rules of every comparison."""
    before = list(events[:index])
    comparison = compare([*before, predicted], "length", [*before, events[index]], "length", source)
    first = comparison.first_divergence
    return first is None or not first.is_error
