"""Stage `predict_trace` with a scripted runtime, the real codec, log, lease and database."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence

import msgspec
import pytest
from pytest_django.fixtures import Settings

from playground.accounts.visitors import Visitor
from playground.runs import services
from playground.runs.eventlog.entries import decode_events
from playground.runs.events import (
    LaneUnavailable,
    LogEvent,
    StageFinished,
    TraceFinished,
    TraceFrames,
    TraceStarted,
)
from playground.runs.models import Run
from traces.codecs.cwm import CWMCodec
from traces.events import TraceEvent
from traces.trace import FrameConfidence
from workers.runtime.base import Chunk, RuntimeInfo, SamplingParams
from workers.runtime.fake import FakeRuntime, Script
from workers.tasks import predicting
from workers.tasks import process as process_module
from workers.tasks.models import Model
from workers.tasks.process import worker_process
from workers.tasks.stage import run_stage

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]

SOURCE = "def double(n):\n    m = n * 2\n    return m\n"
ANSWER = (
    '<|line_sep|>{"n": ".."}<|action_sep|>    m = n * 2\n<|frame_sep|>'
    '<|line_sep|>{"n": "..", "m": "42"}<|action_sep|>    return m\n<|frame_sep|>'
    '<|return_sep|><|action_sep|>    return m\n<|arg_sep|>"42"<|frame_sep|><|end_of_text|>'
)

Predict = Callable[[FakeRuntime], list[LogEvent]]


@pytest.fixture
def run(redis_url: str, settings: Settings) -> Run:
    settings.MODEL_RUNTIME = "fake"
    program = services.Program(SOURCE, "double(21)")
    return services.start_run(kind="trace", program=program, visitor=Visitor("v" * 32))


@pytest.fixture
def predict(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Predict]:
    def go(runtime: FakeRuntime) -> list[LogEvent]:
        model = Model(runtime, CWMCodec(runtime.tokenizer))
        monkeypatch.setattr(predicting, "configured_model", lambda: model)
        run_stage(run_id=run.public_id, stage="predict_trace", attempt=1, body=predicting.predict)
        entries = services.event_log().read_lane(run.public_id, "predicted")
        return [event for entry in entries for event in decode_events(entry.events)]

    yield go
    worker_process().stop()
    process_module._worker_process.cache_clear()


class Silent(FakeRuntime):
    """Never says how sure it was."""

    async def stream(
        self, prompt_ids: Sequence[int], params: SamplingParams, *, request_id: str
    ) -> AsyncGenerator[Chunk, None]:
        quiet = msgspec.structs.replace(params, logprobs=False)
        async for chunk in super().stream(prompt_ids, quiet, request_id=request_id):
            yield chunk


class Small(FakeRuntime):
    """Has little room."""

    def __init__(self, script: Script, *, context_tokens: int) -> None:
        super().__init__(script)
        self.context_tokens = context_tokens

    async def info(self) -> RuntimeInfo:
        return msgspec.structs.replace(await super().info(), context_tokens=self.context_tokens)


def scripted(script: Script | str) -> FakeRuntime:
    return FakeRuntime(script if callable(script) else lambda _prompt: script)


def frames(events: list[LogEvent]) -> list[TraceEvent]:
    return [frame for event in events if isinstance(event, TraceFrames) for frame in event.frames]


def end(events: list[LogEvent]) -> TraceFinished:
    (last,) = [event for event in events if isinstance(event, TraceFinished)]
    assert events[-1] is last
    return last


def stage_end(run: Run) -> StageFinished:
    events = services.event_log().main_events(run.public_id)
    (last,) = [event for event in events if isinstance(event, StageFinished)]
    return last


def test_a_prediction_is_streamed_as_the_same_events_as_a_recording(
    predict: Predict, run: Run
) -> None:
    events = predict(scripted(ANSWER))
    assert isinstance(events[0], TraceStarted)
    assert events[0].origin == "predicted"
    assert "stand-in" in events[0].model
    assert [(e.kind, e.line, e.changed, e.value) for e in frames(events)] == [
        ("call", 1, {"n": "21"}, None),
        ("line", 2, {}, None),
        ("line", 3, {"m": "42"}, None),
        ("return", 3, {}, "42"),
    ]
    assert end(events).status == "ok"
    assert stage_end(run).status == "ok"


def test_the_prompt_holds_the_program_as_plain_text(predict: Predict) -> None:
    prompts: list[str] = []

    def script(prompt: str) -> str:
        prompts.append(prompt)
        return ANSWER

    predict(scripted(script))
    assert prompts[0].startswith("<|begin_of_text|><|trace_context_start|>def double(n):")
    assert "<< START_OF_TRACE" in prompts[0]


def test_how_sure_the_model_was_travels_with_each_frame(predict: Predict) -> None:
    runtime = scripted(ANSWER)
    shown = [e for e in predict(runtime) if isinstance(e, TraceFrames)]
    assert shown[0].confidence == ()  # the opening call was given
    assert [e.confidence for e in shown[1:]] == [
        (FrameConfidence(event=1.0, line=1.0, locals={"n": 1.0}),),
        (FrameConfidence(event=1.0, line=1.0, locals={"n": 1.0, "m": 1.0}),),
        (FrameConfidence(event=1.0, line=1.0, value=1.0),),
    ]


def test_a_runtime_without_logprobs_says_nothing_about_confidence(predict: Predict) -> None:
    shown = [e for e in predict(Silent(lambda _prompt: ANSWER)) if isinstance(e, TraceFrames)]
    assert len(shown) == 4
    assert all(event.confidence == () for event in shown)


def test_what_the_prediction_took_is_said_with_its_end(predict: Predict) -> None:
    runtime = FakeRuntime(lambda _prompt: ANSWER, delay_s=0.001)
    usage = end(predict(runtime)).usage
    assert usage["output_tokens"] == len(runtime.tokenizer.encode(ANSWER))
    assert usage["prompt_tokens"] > len(SOURCE)
    assert usage["cached_tokens"] == 0
    assert 0 < usage["first_token_ms"] <= usage["wall_ms"] + 1
    assert 0 < usage["tokens_per_s"] < 1001


def test_a_trace_that_fills_the_context_ends_with_a_sentence(predict: Predict) -> None:
    runtime = Small(lambda _prompt: ANSWER, context_tokens=len(SOURCE) + 120)
    events = predict(runtime)
    assert isinstance(events[0], TraceStarted)
    room = events[0].limits["max_output_tokens"]
    assert 64 <= room < len(runtime.tokenizer.encode(ANSWER))
    assert end(events).status == "length"
    assert end(events).usage["output_tokens"] == room
    assert f"{runtime.context_tokens} tokens" in end(events).message


def test_a_program_that_fills_the_context_is_not_sent(predict: Predict) -> None:
    runtime = Small(lambda _prompt: ANSWER, context_tokens=100)
    events = predict(runtime)
    assert [frame.kind for frame in frames(events)] == ["call"]
    assert end(events).status == "length"
    assert "too long for this model" in end(events).message
    assert end(events).usage["output_tokens"] == 0


def test_a_program_without_a_call_is_told_how_to_get_a_prediction(
    predict: Predict, run: Run
) -> None:
    Run.objects.filter(pk=run.pk).update(source="n = 21\nprint(n * 2)\n", entry="")
    (only,) = predict(scripted(ANSWER))
    assert isinstance(only, LaneUnavailable)
    assert "def main():" in only.reason
    assert stage_end(run).status == "unavailable"


def test_an_unreadable_frame_ends_the_trace_and_keeps_what_was_read(predict: Predict) -> None:
    events = predict(scripted(ANSWER.replace('"m": "42"', '"m": nonsense')))
    assert [frame.kind for frame in frames(events)] == ["call", "line"]
    assert end(events).status == "parse"
    assert "could not be read" in end(events).message


def test_a_predicted_exception_ends_the_trace_as_one(predict: Predict) -> None:
    raised = (
        '<|line_sep|>{"n": ".."}<|action_sep|>    m = n * 2\n<|frame_sep|>'
        "<|exception_sep|><|action_sep|>    m = n * 2\n<|arg_sep|>"
        "\"(<class 'ValueError'>, ValueError('no'), <traceback object>)\"<|frame_sep|>"
        '<|return_sep|><|action_sep|>    m = n * 2\n<|arg_sep|>"None"<|frame_sep|><|end_of_text|>'
    )
    events = predict(scripted(raised))
    assert [frame.kind for frame in frames(events)][-2:] == ["exception", "return"]
    assert end(events).status == "exception"


def test_a_trace_that_the_model_ends_too_early_is_not_complete(predict: Predict) -> None:
    early = ANSWER.split("<|return_sep|>")[0] + "<|end_of_text|>"
    assert end(predict(scripted(early))).status == "parse"


def test_a_reply_that_is_cut_off_is_not_wrong(
    predict: Predict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "MAX_NEW_TOKENS", 60)
    events = predict(scripted(ANSWER))
    assert end(events).status == "length"
    assert "budget" in end(events).message


def test_a_model_server_that_dies_is_said_and_does_not_fail_the_run(
    predict: Predict, run: Run
) -> None:
    runtime = FakeRuntime(lambda _prompt: ANSWER, dies_after=60)
    events = predict(runtime)
    assert [frame.kind for frame in frames(events)] == ["call", "line"]
    assert end(events).status == "error"
    assert "stopped answering" in end(events).message
    assert stage_end(run).status == "failed"


def test_stop_aborts_the_request_in_the_model_server(predict: Predict, run: Run) -> None:
    runtime = FakeRuntime(lambda _prompt: ANSWER, delay_s=0.05)
    stopper = threading.Timer(0.5, lambda: services.cancel_run(run=run))
    stopper.start()
    events = predict(runtime)
    stopper.join()
    assert runtime.aborted == [f"{run.public_id}-1"]
    assert runtime.running == set()
    assert end(events).status == "cancelled"


def test_a_model_that_never_comes_to_an_end_is_left(
    predict: Predict, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "MAX_SECONDS", 0.3)
    runtime = FakeRuntime(lambda _prompt: ANSWER, delay_s=60)
    events = predict(runtime)
    assert runtime.aborted == [f"{run.public_id}-1"]
    assert runtime.running == set()
    assert end(events).status == "time"
    assert "took too long" in end(events).message
    assert stage_end(run).status == "ok"


def test_a_program_that_cannot_be_parsed_is_not_sent_to_the_model(
    predict: Predict, run: Run
) -> None:
    Run.objects.filter(pk=run.pk).update(source="def broken(:\n")
    events = predict(scripted(ANSWER))
    (only,) = events
    assert isinstance(only, LaneUnavailable)
    assert stage_end(run).status == "unavailable"
