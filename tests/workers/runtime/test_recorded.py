"""The client against what a real SGLang 0.5.17 sent: well, slow, cut, garbled and refusing."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from tests.redis_server import free_port
from tests.workers.runtime.recorded import KINDS, Recording, recording
from tests.workers.runtime.scripted_server import Answer, Body, message, scripted_server
from tests.workers.runtime.test_sglang import client, collect, hangs_up, ids_of, refuses, says
from workers.runtime.base import Chunk, PromptTooLong, RuntimeUnavailable, SamplingParams
from workers.runtime.sglang import SGLangRuntime

pytestmark = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def recorded(kind: str) -> Recording:
    return recording(kind)


def params_of(recorded: Recording, name: str) -> SamplingParams:
    """What the client was asked for when this was recorded."""
    body = recorded.request(name)
    sampling = body["sampling_params"]
    return SamplingParams(
        max_new_tokens=sampling["max_new_tokens"],
        stop_ids=tuple(sampling["stop_token_ids"]),
        logprobs=body["return_logprob"],
    )


async def answer_to(
    recorded: Recording, name: str, pieces: list[bytes] | None = None, **changes: Any
) -> list[Chunk]:
    script = recorded.replay(name, pieces)
    async with scripted_server(script) as server, client(server.url, **changes) as runtime:
        return await collect(runtime, params_of(recorded, name))


STREAMS = (
    "length",
    "cached",
    "logprobs",
    "stop",
    "stop with logprobs",
    "stop at once",
    "one token",
)


@pytest.mark.parametrize("name", STREAMS)
async def test_the_ids_are_those_that_were_sent(recorded: Recording, name: str) -> None:
    chunks = await answer_to(recorded, name)
    stopped = name.startswith("stop")
    assert ids_of(chunks) == recorded.ids(name)
    assert chunks[-1].finish_reason == ("stop" if stopped else "length")
    if stopped:
        assert chunks[-1].ids[-1] in params_of(recorded, name).stop_ids


@pytest.mark.parametrize("name", ["length", "stop with logprobs"])
async def test_however_the_network_cuts_it(recorded: Recording, name: str) -> None:
    whole = recorded.text(name).encode()
    expected = recorded.ids(name)
    assert ids_of(await answer_to(recorded, name, [whole])) == expected
    small = [whole[at : at + 7] for at in range(0, len(whole), 7)]
    assert ids_of(await answer_to(recorded, name, small)) == expected


async def test_an_equal_prompt_came_from_the_cache(recorded: Recording) -> None:
    fresh, again = await answer_to(recorded, "length"), await answer_to(recorded, "cached")
    assert max(chunk.cached_tokens for chunk in fresh) == 0
    assert again[0].cached_tokens == len(recorded.request("cached")["input_ids"]) - 1


@pytest.mark.parametrize("name", ["logprobs", "stop with logprobs"])
async def test_every_token_has_its_likelihood(recorded: Recording, name: str) -> None:
    chunks = await answer_to(recorded, name)
    values = [value for chunk in chunks for value in chunk.logprobs]
    assert len(values) == len(ids_of(chunks))
    assert all(math.isfinite(value) and value <= 0 for value in values)


async def test_a_request_that_was_aborted_says_so(recorded: Recording) -> None:
    chunks = await answer_to(recorded, "aborted stream")
    assert chunks[-1].finish_reason == "abort"


@pytest.mark.parametrize("name", ["too long", "too long with output"])
async def test_what_is_too_long_is_said(recorded: Recording, name: str) -> None:
    with pytest.raises(PromptTooLong):
        await answer_to(recorded, name)


@pytest.mark.parametrize("name", ["empty prompt", "bad temperature"])
async def test_what_the_server_will_never_take_is_not_asked_again(
    recorded: Recording, name: str
) -> None:
    script = recorded.replay(name)
    async with scripted_server(script) as server, client(server.url) as runtime:
        with pytest.raises(RuntimeUnavailable, match="fault of the site"):
            await collect(runtime)
        assert len(server.requests) == 1


async def test_a_slow_stream_is_read_to_its_end(recorded: Recording) -> None:
    async def slowly(answer: Answer, _body: Body) -> None:
        await answer.begin()
        for piece in recorded.pieces("length"):
            await asyncio.sleep(0.02)
            await answer.piece(piece)
        await answer.send(b"0\r\n\r\n")

    async with scripted_server(slowly) as server, client(server.url) as runtime:
        assert ids_of(await collect(runtime)) == recorded.ids("length")


async def keep(runtime: SGLangRuntime, chunks: list[Chunk]) -> None:
    """Read a stream into a list, which keeps what came before a failure."""
    twelve = SamplingParams(max_new_tokens=12)
    async for chunk in runtime.stream((1, 2), twelve, request_id="r"):
        chunks.append(chunk)


@pytest.mark.parametrize("kept", [1, 3, 9])
async def test_a_stream_that_is_cut_keeps_what_was_shown(recorded: Recording, kept: int) -> None:
    pieces = recorded.pieces("length")[:kept]
    script = recorded.replay("length", pieces, ends=False)
    chunks: list[Chunk] = []
    async with scripted_server(script) as server, client(server.url) as runtime:
        with pytest.raises(RuntimeUnavailable, match="stopped answering"):
            await keep(runtime, chunks)
        assert len(server.requests) == 1
    shown = ids_of(chunks)
    assert shown
    assert shown == recorded.ids("length")[: len(shown)]


async def test_a_garbled_message_ends_the_stream(recorded: Recording) -> None:
    first, second, *rest = recorded.pieces("length")
    garbled = [first, second.replace(b'"meta_info"', b'"meta_inf'), *rest]
    with pytest.raises(RuntimeUnavailable, match="stopped answering") as lost:
        await answer_to(recorded, "length", garbled)
    assert "unreadable" in lost.value.fix


@pytest.mark.parametrize("failure", [hangs_up, refuses(500, {"error": "boom"})])
async def test_what_fails_at_once_is_asked_again(recorded: Recording, failure: Any) -> None:
    script = recorded.replay("length")
    async with scripted_server(failure, script) as server, client(server.url) as runtime:
        assert ids_of(await collect(runtime)) == recorded.ids("length")
        assert len(server.requests) == 2


async def test_one_dead_server_of_two_is_hardly_noticed(recorded: Recording) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    script = recorded.replay("length")
    async with scripted_server(script) as server, client(dead, server.url) as runtime:
        for turn in range(8):
            found = await collect(runtime, ids=[turn] * 9, name=f"r{turn}")
            assert ids_of(found) == recorded.ids("length")
        assert not runtime._endpoints.all[0].is_up
    assert len(server.requests) == 8


async def served(recorded: Recording, runtime: SGLangRuntime, server: Any) -> None:
    server.info = recorded.facts("/server_info")
    await runtime.info()


async def test_ids_outside_the_servers_vocabulary_are_never_sent(recorded: Recording) -> None:
    script = recorded.replay("length")
    async with scripted_server(script) as server, client(server.url) as runtime:
        await served(recorded, runtime, server)
        for ids in ([20, 256], [-1], [20, 128_100]):
            with pytest.raises(RuntimeUnavailable, match="does not fit") as refused:
                await collect(runtime, ids=ids)
        assert "MODEL_PATH" in refused.value.fix
        assert "128100" in refused.value.fix
        assert "256" in refused.value.fix
        with pytest.raises(RuntimeUnavailable, match="does not fit"):
            await collect(runtime, SamplingParams(max_new_tokens=4, stop_ids=(300,)), ids=[20])
        assert server.requests == []
        assert ids_of(await collect(runtime, ids=[0, 255], params=SamplingParams(max_new_tokens=4)))


async def test_the_server_says_what_runs_there(recorded: Recording) -> None:
    async with scripted_server(recorded.replay("length")) as server, client(server.url) as runtime:
        server.info = recorded.facts("/server_info")
        info = await runtime.info()
    assert (info.engine, info.model, info.context_tokens) == ("SGLang 0.5.17", "cwm", 1024)


async def test_a_stream_that_is_not_read_holds_the_server_back(kind: str) -> None:
    del kind
    count, filler, sent = 300, "x" * 100_000, 0

    async def script(answer: Answer, _body: Body) -> None:
        nonlocal sent
        await answer.begin()
        for number in range(1, count + 1):
            reason = {"type": "length", "length": count} if number == count else None
            await answer.event(message([5], number, reason, filler=filler))
            sent = number
        await answer.end()

    async with scripted_server(script) as server, client(server.url) as runtime:
        seen = 0
        async for chunk in runtime.stream(
            (1, 2), SamplingParams(max_new_tokens=count), request_id="r"
        ):
            if not seen:
                await asyncio.sleep(0.5)
                assert sent < count  # 30 MB do not fit into the sockets
            seen += len(chunk.ids)
        assert seen == count


async def test_closing_the_client_ends_its_streams_on_the_server(recorded: Recording) -> None:
    first = recorded.pieces("aborted stream")[0]
    before = asyncio.all_tasks()

    async def script(answer: Answer, body: Body) -> None:
        await answer.begin()
        await answer.piece(first)
        await asyncio.sleep(60)

    async def read(runtime: SGLangRuntime, name: str, begun: asyncio.Event) -> None:
        async for _ in runtime.stream((1, 2), SamplingParams(max_new_tokens=900), request_id=name):
            begun.set()

    async with scripted_server(script) as server:
        async with client(server.url) as runtime:
            events = [asyncio.Event() for _ in range(3)]
            tasks = [asyncio.create_task(read(runtime, f"r{n}", e)) for n, e in enumerate(events)]
            await asyncio.gather(*(event.wait() for event in events))
            async with asyncio.timeout(10):
                await runtime.close()
                ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert sorted(server.aborted) == ["r0", "r1", "r2"]
            assert all(isinstance(end, RuntimeUnavailable) for end in ended)
            with pytest.raises(RuntimeUnavailable, match="shutting down"):
                await collect(runtime)
            assert runtime._clients == {}
        async with asyncio.timeout(10):  # every connection of the client is gone
            idle = [task for task in server.connections if not task.done()]
            for task in idle:
                task.cancel()  # sleeping scripts; the others end by themselves
            await asyncio.gather(*server.connections, return_exceptions=True)
        extra = asyncio.all_tasks() - before - server.connections
        assert {task for task in extra if not task.done()} == set()


async def test_an_error_before_the_first_token_is_asked_again(kind: str) -> None:
    del kind
    busy = says({"error": {"message": "out of memory", "retryable": True}})
    well = says(message([5], 1, {"type": "length", "length": 1}))
    async with scripted_server(busy, well) as server, client(server.url) as runtime:
        assert ids_of(await collect(runtime)) == [5]
