"""The engine in this process, with real llama.cpp and the tiny model."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.workers.runtime.tiny import (
    CONTEXT_TOKENS,
    END_OF_TEXT,
    PROMPT,
    ids_of,
    new_engine,
    request,
    steps_of,
)
from workers.runtime.embedded.engine import MAX_WAITING, Engine, EngineError


@pytest_asyncio.fixture
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    made = new_engine(cache_of(tmp_path_factory), slots=2)
    # llama.cpp may wait for ever for the end of a server that never had anything to do.
    await steps_of(made.generate(request("warm-up", ids=[0], tokens=1)))
    yield made
    made.close()


def cache_of(factory: pytest.TempPathFactory) -> Path:
    return factory.getbasetemp() / "model-cache"


def whole(engine: Engine, tokens: int) -> tuple[list[int], list[float]]:
    """The same generation from llama.cpp in one piece, which loses nothing."""
    messages: list[dict[str, Any]] = []
    body = {
        "prompt": list(PROMPT),
        "max_tokens": tokens,
        "temperature": 0.0,
        "logprobs": 1,
        "ignore_eos": True,
        "stream": False,
    }
    engine._server.handle_completions(body, messages.append)
    content = messages[0]["choices"][0]["logprobs"]["content"]
    return [item["id"] for item in content], [item["logprob"] for item in content]


async def test_streamed_ids_and_logprobs_are_those_of_the_whole_answer(engine: Engine) -> None:
    steps = await steps_of(engine.generate(request(tokens=200)))
    ids, logprobs = await asyncio.to_thread(whole, engine, 200)
    assert ids_of(steps) == ids
    assert len([i for i in ids if 94 <= i < 256]) > 50  # bytes that are no characters alone
    streamed = [logprob for step in steps for logprob in step.logprobs]
    assert streamed == pytest.approx(logprobs, abs=1e-3)
    assert all(logprob <= 1e-6 and not math.isnan(logprob) for logprob in streamed)


async def test_the_answer_ends_after_as_many_tokens_as_were_asked_for(engine: Engine) -> None:
    steps = await steps_of(engine.generate(request(tokens=7)))
    assert len(ids_of(steps)) == 7
    assert steps[-1].reason == "length"
    assert [step.reason for step in steps[:-1]] == [None] * (len(steps) - 1)


async def test_a_stop_id_ends_the_answer_and_is_part_of_it(engine: Engine) -> None:
    ids = ids_of(await steps_of(engine.generate(request("first"))))
    stop = ids[5]
    steps = await steps_of(engine.generate(request("second", stop_ids=frozenset({stop}))))
    assert ids_of(steps) == ids[: ids.index(stop) + 1]
    assert (steps[-1].reason, steps[-1].matched) == ("stop", stop)
    assert engine.running == 0


async def test_the_models_own_end_of_text_ends_the_answer_and_is_part_of_it(
    engine: Engine,
) -> None:
    for seed in range(200):  # hot sampling comes upon it sooner or later
        asked = request(f"r{seed}", tokens=100, ignore_eos=False, temperature=10.0, seed=seed)
        steps = await steps_of(engine.generate(asked))
        if steps[-1].reason == "stop":
            break
    assert steps[-1].matched == ids_of(steps)[-1]
    assert steps[-1].matched in (END_OF_TEXT, END_OF_TEXT + 1)


async def test_an_aborted_request_ends_and_frees_its_slot(engine: Engine) -> None:
    endless = request("endless", tokens=CONTEXT_TOKENS)
    reasons = []
    async for step in engine.generate(endless):
        reasons.append(step.reason)
        assert engine.abort("endless")
    assert reasons[-1] == "abort"
    assert (engine.running, engine.waiting) == (0, 0)
    assert not engine.abort("endless")
    assert len(ids_of(await steps_of(engine.generate(request(tokens=3))))) == 3


async def test_closing_the_stream_frees_its_slot(engine: Engine) -> None:
    for turn in range(5):  # more than there are slots
        stream = engine.generate(request(f"r{turn}", tokens=CONTEXT_TOKENS))
        async with contextlib.aclosing(stream):
            await anext(stream)
    assert engine.running == 0


async def test_a_task_that_is_cancelled_frees_its_slot(engine: Engine) -> None:
    for turn in range(5):
        stream = engine.generate(request(f"r{turn}", tokens=CONTEXT_TOKENS))
        task = asyncio.ensure_future(steps_of(stream))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await stream.aclose()
    assert (engine.running, engine.waiting) == (0, 0)


async def test_more_requests_than_slots_wait_for_their_turn(engine: Engine) -> None:
    prompts = [[*PROMPT, 70 + n] for n in range(7)]
    alone = [
        ids_of(await steps_of(engine.generate(request(f"alone{n}", prompt, tokens=4))))
        for n, prompt in enumerate(prompts)
    ]
    streams = [
        steps_of(engine.generate(request(f"r{n}", prompt, tokens=4)))
        for n, prompt in enumerate(prompts)
    ]
    together = [ids_of(steps) for steps in await asyncio.gather(*streams)]
    assert together == alone
    assert engine.running == 0


async def test_a_request_can_be_aborted_while_it_waits(engine: Engine) -> None:
    busy = [engine.generate(request(f"busy{n}", tokens=CONTEXT_TOKENS)) for n in range(2)]
    for stream in busy:
        await anext(stream)
    waiting = asyncio.ensure_future(steps_of(engine.generate(request("late"))))
    await asyncio.sleep(0.01)
    assert engine.waiting == 1
    engine.abort("late")
    (only,) = await waiting
    assert (only.reason, only.ids) == ("abort", ())
    for stream in busy:
        await stream.aclose()
    assert (engine.running, engine.waiting) == (0, 0)


async def test_too_many_waiting_requests_are_refused(engine: Engine) -> None:
    requests = [request(f"r{n}", tokens=CONTEXT_TOKENS) for n in range(2 + MAX_WAITING)]
    tasks = [asyncio.ensure_future(steps_of(engine.generate(r))) for r in requests]
    await asyncio.sleep(0)  # each of them gets as far as the door
    with pytest.raises(EngineError, match="waiting") as refused:
        await steps_of(engine.generate(request("one-more")))
    assert refused.value.kind == "busy"
    while not all(task.done() for task in tasks):
        engine.abort("")
        await asyncio.sleep(0.01)
    assert {task.result()[-1].reason for task in tasks} <= {"abort", "length"}


async def test_a_prompt_that_begins_like_an_earlier_one_is_not_computed_again(
    engine: Engine,
) -> None:
    shared = [n % 250 for n in range(3, 603)]
    first = await steps_of(engine.generate(request("a", [*shared, 7, 8], tokens=2)))
    second = await steps_of(engine.generate(request("b", [*shared, 9, 10], tokens=2)))
    assert first[0].cached_tokens == 0
    assert second[0].cached_tokens == 600


async def test_the_beginning_of_a_prompt_outlives_the_loss_of_its_slot(engine: Engine) -> None:
    shared = [n % 250 for n in range(3, 603)]
    await steps_of(engine.generate(request("a", shared, tokens=2)))
    for n in range(4):  # more than there are slots
        await steps_of(engine.generate(request(f"b{n}", [n] * 500, tokens=2)))
    again = await steps_of(engine.generate(request("c", shared, tokens=2)))
    assert again[0].cached_tokens == 599


async def test_a_prompt_that_fills_the_context_is_refused_with_both_numbers(
    engine: Engine,
) -> None:
    with pytest.raises(EngineError, match="1023") as refused:
        await steps_of(engine.generate(request(ids=[5] * CONTEXT_TOKENS)))
    assert refused.value.kind == "too_long"
    assert refused.value.details == {"n_prompt_tokens": CONTEXT_TOKENS, "n_ctx": CONTEXT_TOKENS}


async def test_an_answer_ends_where_the_context_ends(engine: Engine) -> None:
    steps = await steps_of(engine.generate(request(ids=[5] * 1000, tokens=5000)))
    assert len(ids_of(steps)) == CONTEXT_TOKENS - 1000
    assert steps[-1].reason == "length"


@pytest.mark.parametrize("ids", [[], [-1], [286], [2**40]])
async def test_ids_that_the_model_does_not_have_are_refused(engine: Engine, ids: list[int]) -> None:
    with pytest.raises(EngineError, match="from 0 to 285"):
        await steps_of(engine.generate(request(ids=ids)))


async def test_a_name_can_be_used_by_one_request_at_a_time(engine: Engine) -> None:
    stream = engine.generate(request("same", tokens=CONTEXT_TOKENS))
    await anext(stream)
    with pytest.raises(EngineError, match="already running"):
        await steps_of(engine.generate(request("same")))
    await stream.aclose()
    assert ids_of(await steps_of(engine.generate(request("same", tokens=1))))


async def test_the_same_seed_gives_the_same_answer(engine: Engine) -> None:
    def sampled(name: str, seed: int) -> Any:
        return steps_of(engine.generate(request(name, temperature=2.0, seed=seed)))

    first, second, other = await sampled("a", 1), await sampled("b", 1), await sampled("c", 2)
    assert ids_of(first) == ids_of(second)
    assert ids_of(first) != ids_of(other)


async def test_the_librarys_own_server_cannot_be_reached(engine: Engine) -> None:
    address = str(engine._server.listening_address)
    assert address.startswith("unix://")
    assert not await asyncio.to_thread(Path(address.removeprefix("unix://")).exists)
