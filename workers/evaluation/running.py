"""One evaluation: every program recorded, predicted, held against reality, and journalled."""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from traces.align import Comparison, compare
from traces.calibration import field_outcomes
from traces.codecs.cwm import Context, ContextError, DecodedFrame, choose_context
from traces.score import score_trace
from traces.trace import FrameLogprobs
from workers.evaluation.predictions import ForcedStep, FreeRun, Predictor
from workers.evaluation.reality import Recorder, Recording
from workers.evaluation.results import ItemResult, Journal, Step
from workers.evaluation.suites import Item, Suite

#: Wrong teacher-forced steps that a result keeps for whoever looks at failures.
_STEPS_KEPT = 3
_TEXT_KEPT = 2000

OnResult = Callable[[ItemResult], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured. `forced_steps` per program, 0 for all; None: no single steps at all."""

    suite: Suite
    forced_steps: int | None
    concurrency: int

    def digest(self, model: str, code: str) -> str:
        """Names all that decides a program's result but the program: a journal is for one."""
        parts = (self.suite.name, str(self.forced_steps), model, code)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


async def evaluate(
    plan: Plan,
    predictor: Predictor,
    recorder: Recorder,
    journal: Journal[ItemResult],
    *,
    on_result: OnResult = lambda _result: None,
    recording_threads: int = 2,
) -> list[ItemResult]:
    """Results in the suite's order. What the journal holds is not done again.

    Raises `RuntimeUnavailable` and `RealityUnavailable`; finished programs stay in the journal.
    """
    left = [item for item in plan.suite.items if item.name not in journal.finished]
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(recording_threads, thread_name_prefix="record") as executor:
        waiting = iter(left)

        async def work() -> None:
            for item in waiting:  # shared: each program is taken once
                recording = await loop.run_in_executor(executor, recorder.record, item)
                result = await judge(plan, predictor, item, recording)
                journal.add(result)
                on_result(result)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(plan.concurrency, len(left))):
                    group.create_task(work())
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None  # the others were cancelled because of it
    return [journal.finished[item.name] for item in plan.suite.items]


async def judge(plan: Plan, predictor: Predictor, item: Item, recording: Recording) -> ItemResult:
    """Predict one program and compare."""
    if recording.status not in ("ok", "exception") or not recording.events:
        words = recording.message or recording.status
        return ItemResult(name=item.name, program=item.digest, fate="no_recording", message=words)
    try:
        context = choose_context(item.source, item.entry)
    except ContextError as problem:
        return ItemResult(
            name=item.name, program=item.digest, fate="no_context", message=str(problem)
        )
    tokens = predictor.trace_tokens(context, recording.events)
    fits = predictor.fits(tokens)
    if not fits and plan.suite.only_within_context:
        message = f"its real trace takes {tokens} tokens"
        return ItemResult(name=item.name, program=item.digest, fate="over_context", message=message)
    run = await predictor.free_run(context)
    steps: list[ForcedStep] = []
    if plan.forced_steps is not None:
        steps = await predictor.forced_steps(context, recording.events, run, plan.forced_steps)
    return _result(item, context, recording, run, steps, fits=fits)


def _result(
    item: Item,
    context: Context,
    recording: Recording,
    run: FreeRun,
    steps: Sequence[ForcedStep],
    *,
    fits: bool,
) -> ItemResult:
    events = run.events
    actual = (recording.events, recording.status)
    source = context.source
    unreadable = run.unreadable is not None
    score = score_trace(events, run.status, *actual, source=source, unreadable=int(unreadable))
    comparison = compare(events, run.status, *actual, source)
    first = score.first_divergence
    place = first.index if first is not None else None
    asked, right = Counter(s.kind for s in steps), Counter(s.kind for s in steps if s.is_right)
    wrong = [
        Step(s.index, s.kind, s.expected[:_TEXT_KEPT], s.predicted[:_TEXT_KEPT])
        for s in steps
        if not s.is_right
    ]
    return ItemResult(
        name=item.name,
        program=item.digest,
        fate="scored",
        return_right=bool(score.output_match),
        trace_exact=not score.is_cut and (first is None or not first.is_error),
        prefix=_prefix(comparison, run.given),
        actual_frames=len(recording.events),
        predicted_frames=len(events),
        status=run.status,
        is_unreadable=unreadable,
        fits_context=fits,
        first=first,
        expected=_shown(recording, place),
        predicted=_predicted_at(run, place),
        forced={kind: (right[kind], count) for kind, count in sorted(asked.items())},
        forced_wrong=tuple(wrong[:_STEPS_KEPT]),
        outcomes=_outcomes(run.frames, comparison, source),
        prompt_tokens=len(run.prompt.ids),
        output_tokens=len(run.ids),
        seconds=round(run.seconds, 3),
    )


def _prefix(comparison: Comparison, given: int) -> float:
    """Share of the real steps before the first wrong one, or before the prediction's cut.

    Steps that the prompt gave away do not count on either side.
    """
    first = comparison.first_divergence
    steps = len(comparison.actual.events) - given
    right = comparison.compared - given
    if steps < 1:
        return float(first is None or not first.is_error)
    return min(1.0, max(0, right) / steps)


def _shown(recording: Recording, place: int | None) -> str:
    """The real event at a place, in words of the trace."""
    if place is None or place >= len(recording.events):
        return ""
    event = recording.events[place]
    parts = [event.kind, f"line {event.line}", *(f"{n} = {v}" for n, v in event.changed.items())]
    return ", ".join([*parts, *([event.value] if event.value is not None else [])])[:_TEXT_KEPT]


def _predicted_at(run: FreeRun, place: int | None) -> str:
    if place is None:
        return ""
    if place < len(run.frames):
        return run.frames[place].raw[:_TEXT_KEPT]
    return run.unreadable.raw[:_TEXT_KEPT] if run.unreadable is not None else ""


def _outcomes(
    frames: Sequence[DecodedFrame], comparison: Comparison, source: str
) -> dict[str, tuple[tuple[float, bool], ...]]:
    """How sure the model was of each field and whether it was right, up to the first error."""
    found = field_outcomes(comparison, [_logprobs(frame) for frame in frames], source)
    return {
        name: tuple((round(confidence, 4), right) for confidence, right in outcomes)
        for name, outcomes in found.items()
        if outcomes
    }


def _logprobs(frame: DecodedFrame) -> FrameLogprobs:
    scored = frame.logprobs
    if scored is None:
        return FrameLogprobs()
    has_value = frame.event.kind in ("return", "exception")
    numbers = (scored.event, scored.state, scored.action, scored.value if has_value else math.nan)
    return FrameLogprobs(*(None if math.isnan(n) else n for n in (*numbers, scored.lowest)))


def unusable(results: Sequence[ItemResult]) -> Iterator[str]:
    """A sentence for each program that no figure counts."""
    for result in results:
        if result.fate != "scored":
            yield f"{result.name} does not count ({result.fate}): {result.message}"
