"""A worker's model at its start and end, and what runs tell an operator of it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from playground.runs import services
from tests.people import Person, finishes
from tests.redis_server import free_port
from tests.workers.runtime.tiny import CONTEXT_TOKENS, MODEL, engine_process
from traces.codecs.chat import chat_codec
from traces.prompts.solve import ProblemText, first_messages
from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.runtime.chat import TokenChat
from workers.runtime.fake import FakeRuntime
from workers.tasks import model_life, models, predicting, solve_models
from workers.tasks.process import WorkerProcess
from workers.tasks.stage import run_stage

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]

SOURCE = "def double(n):\n    m = n * 2\n    return m\n"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    models._configured_model.cache_clear()
    solve_models._loaded.clear()
    yield
    models._configured_model.cache_clear()
    solve_models._loaded.clear()


@pytest.fixture
def engine(tmp_path: Path, settings: Settings) -> Iterator[Settings]:
    """A site with the tiny model in an engine of its own."""
    settings.MODEL_RUNTIME = "embedded"
    settings.SOLVE_MODEL = "none"
    settings.MODEL_PATH = MODEL
    with engine_process(tmp_path) as address:
        settings.EMBEDDED_URL = address
        yield settings


@pytest.fixture
def process(worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch) -> WorkerProcess:
    monkeypatch.setattr(model_life, "worker_process", lambda: worker)
    return worker


async def load_of(model: models.Model) -> dict[str, Any]:
    runtime: Any = model.runtime
    response = await runtime._client(runtime._endpoints.all[0]).get("/get_load")
    (found,) = response.json()
    return dict(found)


def closes(process: WorkerProcess) -> None:
    runtime: Any = models.configured_model().runtime
    process.run(runtime.close())


@pytest.mark.usefixtures("engine")
def test_a_worker_asks_for_one_token_of_a_trace(process: WorkerProcess) -> None:
    assert set(model_life.warm_up()) == {"trace"}
    assert models.loaded_model() is not None
    closes(process)


@pytest.mark.usefixtures("engine")
def test_a_worker_has_the_solvers_instructions_computed_ahead(
    process: WorkerProcess, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOLVE_MODEL = "model"
    fake = FakeRuntime()
    codec = chat_codec(fake.tokenizer)
    solver = TokenChat(fake, fake.tokenizer, codec)
    monkeypatch.setattr(model_life, "configured_solver", lambda _=0: solver)
    assert set(model_life.warm_up()) == {"trace", "solve-model"}
    (asked,) = fake.prompts
    messages = first_messages(ProblemText("Something else."), small=solver.is_small)
    other = codec.prompt(messages, reasoning=False).ids
    same = next(n for n, (a, b) in enumerate(zip(asked, other, strict=False)) if a != b)
    assert same > 0.8 * len(other)
    closes(process)


def test_a_worker_starts_also_where_no_model_answers(
    process: WorkerProcess, settings: Settings
) -> None:
    settings.MODEL_RUNTIME = "embedded"
    settings.SOLVE_MODEL = "model"
    settings.MODEL_PATH = MODEL
    settings.EMBEDDED_URL = f"http://127.0.0.1:{free_port()}"
    assert model_life.warm_up() == {}
    closes(process)


@pytest.mark.parametrize(
    ("queue", "runtime", "warms"),
    [("model", "embedded", True), ("sandbox", "embedded", False), ("model", "none", False)],
)
def test_only_workers_that_stream_from_a_model_warm_it_up(
    queue: str, runtime: str, warms: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MODEL_RUNTIME = runtime
    asked: list[str] = []
    monkeypatch.setattr(model_life, "warm_up", lambda: asked.append(queue))
    consumer = SimpleNamespace(queues=[SimpleNamespace(name=queue)])
    model_life.warm_up_soon(sender=SimpleNamespace(task_consumer=consumer))
    for thread in threading.enumerate():
        if thread.name == "model-warm-up":
            thread.join(10)
    assert bool(asked) == warms


@pytest.mark.usefixtures("engine")
def test_a_worker_that_ends_leaves_no_request_behind(
    process: WorkerProcess, tmp_path: Path
) -> None:
    model = models.configured_model()
    endless = SamplingParams(max_new_tokens=CONTEXT_TOKENS)

    async def open_streams() -> list[asyncio.Task[None]]:
        async def read(number: int, begun: asyncio.Event) -> None:
            prompt = (*range(40, 60), 60 + number)
            async for _ in model.runtime.stream(prompt, endless, request_id=f"r{number}"):
                begun.set()
            begun.set()

        events = [asyncio.Event() for _ in range(3)]
        tasks = [asyncio.create_task(read(n, event)) for n, event in enumerate(events)]
        await asyncio.gather(*(event.wait() for event in events))
        return tasks

    async def ends(tasks: list[asyncio.Task[None]]) -> list[Any]:
        return await asyncio.gather(*tasks, return_exceptions=True)

    tasks = process.run(open_streams())
    model_life.close_models()
    assert all(
        end is None or isinstance(end, RuntimeUnavailable) for end in process.run(ends(tasks))
    )
    models._configured_model.cache_clear()
    again = models.configured_model()

    async def until_idle() -> None:
        async with asyncio.timeout(30):
            while (await load_of(again))["num_reqs"]:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)

    process.run(until_idle())
    closes(process)


def test_a_worker_that_never_used_a_model_ends_at_once() -> None:
    model_life.close_models()
    assert models.loaded_model() is None


@pytest.mark.usefixtures("engine")
def test_an_operator_sees_what_the_cache_saved_and_how_long_people_waited(
    process: WorkerProcess, alice: Person
) -> None:
    for _ in range(2):
        run = alice.starts(SOURCE, entry="double(21)")
        run_stage(run_id=run.public_id, stage="predict_trace", attempt=1, body=predicting.predict)
        finishes(run)
    alice.starts(SOURCE, entry="double(21)")  # not finished: not counted
    trace = usage()["trace"]
    assert trace["generations"] == 2
    assert 0.3 < trace["cached_share"] <= 0.5  # all but one token of the second prompt
    assert 0 < trace["first_token_ms_p50"] <= trace["first_token_ms_p95"]
    assert trace["output_tokens"] > 0
    out = StringIO()
    call_command("model_usage", stdout=out)
    assert "first_token_ms_p95" in out.getvalue()
    closes(process)


@pytest.mark.usefixtures("queue")
def test_without_runs_there_is_nothing_to_sum() -> None:
    out = StringIO()
    call_command("model_usage", "--hours", "1", stdout=out)
    assert "No model was used" in out.getvalue()
    assert usage() == {}
    assert services.event_log() is not None


def usage() -> dict[str, Any]:
    out = StringIO()
    call_command("model_usage", json=True, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())["kinds"]
    return found
