"""The client against servers that behave, misbehave, and against the real embedded engine."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.redis_server import free_port
from tests.workers.runtime.scripted_server import (
    Answer,
    Body,
    Script,
    message,
    scripted_server,
)
from tests.workers.runtime.tiny import CONTEXT_TOKENS, PROMPT, engine_process
from workers.runtime.base import Chunk, PromptTooLong, RuntimeUnavailable, SamplingParams
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.sglang_requests import ClientConfig

STOP = {"type": "stop", "matched": 9}
PARAMS = SamplingParams(max_new_tokens=8, stop_ids=(9,), logprobs=True)


@contextlib.asynccontextmanager
async def client(*urls: str, **changes: Any) -> AsyncIterator[SGLangRuntime]:
    values = {"patience_s": 1.0, "first_chunk_s": 20.0, "between_chunks_s": 20.0, **changes}
    runtime = SGLangRuntime(ClientConfig(urls=urls, **values))
    try:
        yield runtime
    finally:
        await asyncio.gather(*runtime._aborting)
        await runtime.close()


async def collect(
    runtime: SGLangRuntime, params: SamplingParams = PARAMS, ids: Any = PROMPT, name: str = "run-1"
) -> list[Chunk]:
    async with asyncio.timeout(60):
        return [chunk async for chunk in runtime.stream(ids, params, request_id=name)]


def ids_of(chunks: list[Chunk]) -> list[int]:
    return [token for chunk in chunks for token in chunk.ids]


def says(*events: Any, ends: bool = True) -> Script:
    async def script(answer: Answer, _body: Body) -> None:
        await answer.begin()
        for event in events:
            await answer.event(event)
        if ends:
            await answer.end()
        else:
            answer.reset()

    return script


def refuses(status: int, content: Any) -> Script:
    async def script(answer: Answer, _body: Body) -> None:
        await answer.reply(status, content)

    return script


async def hangs_up(answer: Answer, _body: Body) -> None:
    answer.reset()


PAIRS = [[-0.5, 5, None], [-0.25, 6, None], [-0.125, 9, None]]
WELL = says(message([5], 1), message([6, 9], 3, STOP))


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(
            [
                message([5], 1, output_token_logprobs=PAIRS[:1]),
                message([5, 6], 2, output_token_logprobs=PAIRS[:2]),
                message([5, 6, 9], 3, STOP, output_token_logprobs=PAIRS),
            ],
            id="cumulative",
        ),
        pytest.param(
            [
                message([5], 1, output_token_logprobs=PAIRS[:1]),
                message([6], 2, output_token_logprobs=PAIRS[1:2]),
                message([9], 3, STOP, output_token_logprobs=PAIRS[2:]),
            ],
            id="incremental",
        ),
        pytest.param(
            [
                message([5], 1, output_token_logprobs=PAIRS[:1]),
                message([6], 2, output_token_logprobs=PAIRS[:2]),
                message([9], 3, STOP, output_token_logprobs=PAIRS),
            ],
            id="incremental ids, cumulative logprobs",
        ),
        pytest.param([message([5, 6, 9], 3, STOP, output_token_logprobs=PAIRS)], id="at once"),
        pytest.param(
            [
                message([5, 6], 2, output_token_logprobs=PAIRS[:2]),
                message([5, 6], 2, output_token_logprobs=PAIRS[:2]),
                message([9], 3, output_token_logprobs=PAIRS[2:]),
                message([], 3, STOP, output_token_logprobs=[]),
            ],
            id="repeated and empty",
        ),
    ],
)
async def test_however_a_server_counts_the_chunks_are_the_same(events: list[Any]) -> None:
    async with scripted_server(says(*events)) as server, client(server.url) as runtime:
        chunks = await collect(runtime)
    assert ids_of(chunks) == [5, 6, 9]
    assert [value for chunk in chunks for value in chunk.logprobs] == [-0.5, -0.25, -0.125]
    assert [chunk.finish_reason for chunk in chunks][-1] == "stop"
    assert not any(chunk.finish_reason for chunk in chunks[:-1])


@pytest.mark.parametrize("total", [2, 3])
async def test_a_stop_token_that_the_server_trims_is_put_back(total: int) -> None:
    events = [message([5], 1), message([5, 6], total, STOP)]
    async with scripted_server(says(*events)) as server, client(server.url) as runtime:
        chunks = await collect(runtime)
    assert ids_of(chunks) == [5, 6, 9]
    assert math.isnan(chunks[-1].logprobs[-1])


async def test_a_stream_may_arrive_in_any_pieces() -> None:
    async def script(answer: Answer, _body: Body) -> None:
        await answer.begin()
        text = 'data: {"output_ids":[5,6],"text":"\u2028é","meta_info":{"completion_tokens":2}}\n\n'
        text += 'data: {"output_ids":[9],"meta_info":{"completion_tokens":3,"finish_reason":'
        text += '{"type":"stop","matched":9}}}\n\ndata: [DONE]\n\n'
        for byte in text.encode():
            await answer.piece(bytes([byte]))
        await answer.send(b"0\r\n\r\n")

    async with scripted_server(script) as server, client(server.url) as runtime:
        assert ids_of(await collect(runtime)) == [5, 6, 9]


async def test_the_request_holds_ids_and_everything_that_has_a_default_elsewhere() -> None:
    async with scripted_server(WELL) as server, client(server.url, api_key="k") as runtime:
        await collect(runtime)
    (body,) = server.requests
    assert body["input_ids"] == list(PROMPT)
    assert body["rid"] == "run-1"
    assert body["sampling_params"]["temperature"] == 0
    assert body["sampling_params"]["stop_token_ids"] == [9]
    assert "text" not in body
    assert "authorization: bearer k" in server.headers[0].lower()


async def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    async with scripted_server(WELL) as server, client(server.url) as runtime:
        assert ids_of(await collect(runtime)) == [5, 6, 9]


# --- what goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(hangs_up, id="hangs up"),
        pytest.param(says(ends=False), id="hangs up after the head"),
        pytest.param(says(), id="ends without a token"),
        pytest.param(refuses(500, {"error": "boom"}), id="500"),
        pytest.param(refuses(503, {"error": {"message": "queue full"}}), id="503"),
        pytest.param(says({"error": {"message": "out of memory"}}), id="an error event"),
    ],
)
async def test_what_fails_before_the_first_token_is_tried_again(failure: Script) -> None:
    async with scripted_server(failure, WELL) as server, client(server.url) as runtime:
        assert ids_of(await collect(runtime)) == [5, 6, 9]
    first, second = (body["rid"] for body in server.requests)
    assert first == "run-1"
    assert second != first  # the server may not have let go of the first


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([message([5], 1)], id="cut"),
        pytest.param([message([5], 1), {"error": {"message": "gone"}}], id="an error event"),
        pytest.param([message([5], 1), message([6], 9)], id="ids that do not add up"),
        pytest.param([message([5], 1), {"text": "no ids"}], id="no ids"),
        pytest.param([message([5], 1), "text"], id="no object"),
        pytest.param([message([5], 1), message([5, 6], 2, {"type": "magic"})], id="odd reason"),
    ],
)
async def test_what_fails_after_the_first_token_is_not_tried_again(events: list[Any]) -> None:
    async with scripted_server(says(*events, ends=False)) as server, client(server.url) as runtime:
        chunks: list[Chunk] = []

        async def read() -> None:
            async for chunk in runtime.stream(PROMPT, PARAMS, request_id="run-1"):
                chunks.append(chunk)

        with pytest.raises(RuntimeUnavailable, match="stopped answering") as lost:
            await read()
    assert ids_of(chunks) == [5]
    assert len(server.requests) == 1
    assert server.url in lost.value.fix


async def test_a_server_that_stays_away_is_said_to_people_and_operators() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    async with client(url, patience_s=0.3, fix="Start it.") as runtime:
        with pytest.raises(RuntimeUnavailable, match="does not answer") as away:
            await collect(runtime)
        assert url in away.value.fix
        assert "Start it." in away.value.fix
        with pytest.raises(RuntimeUnavailable):
            await runtime.info()
        with pytest.raises(RuntimeUnavailable):
            await runtime.health()


async def test_a_server_that_is_full_is_said_to_be_busy() -> None:
    full = refuses(503, {"error": {"type": "busy", "message": "64 requests are waiting"}})
    async with scripted_server(full) as server, client(server.url, patience_s=0.3) as runtime:
        with pytest.raises(RuntimeUnavailable, match="busy with other people"):
            await collect(runtime)


async def test_a_wrong_key_is_the_operators_business() -> None:
    script = refuses(401, {"error": {"message": "Unauthorized"}})
    async with scripted_server(script) as server, client(server.url) as runtime:
        with pytest.raises(RuntimeUnavailable, match="fault of the site") as refused:
            await collect(runtime)
    assert "MODEL_API_KEY" in refused.value.fix
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "script",
    [
        refuses(400, {"error": {"message": "The input (9 tokens) is longer than the model's"}}),
        says({"error": {"message": "Input is too long: 9 tokens"}}),
        says(message([], 0, {"type": "abort", "message": "is too long", "status_code": 400})),
    ],
)
async def test_a_prompt_that_is_too_long_is_not_tried_again(script: Script) -> None:
    async with scripted_server(script) as server, client(server.url) as runtime:
        with pytest.raises(PromptTooLong, match="too long"):
            await collect(runtime)
    assert len(server.requests) == 1


@pytest.mark.parametrize("events", [[], [message([5], 1)]])
async def test_a_server_that_falls_silent_is_left_and_told(events: list[Any]) -> None:
    async def script(answer: Answer, _body: Body) -> None:
        await answer.begin()
        for event in events:
            await answer.event(event)
        await asyncio.sleep(60)

    limits = {"first_chunk_s": 0.3, "between_chunks_s": 0.3}
    async with scripted_server(script) as server, client(server.url, **limits) as runtime:
        with pytest.raises(RuntimeUnavailable, match="answer") as silent:
            await collect(runtime)
        await asyncio.gather(*runtime._aborting)
        assert server.aborted == ["run-1"]
    assert "no answer in time" in silent.value.fix


async def test_another_server_takes_over_what_the_first_refused() -> None:
    async with (
        scripted_server(refuses(500, {})) as broken,
        scripted_server(WELL) as sound,
        client(broken.url, sound.url) as runtime,
    ):
        for turn in range(6):
            assert ids_of(await collect(runtime, ids=[turn] * 9)) == [5, 6, 9]
    assert len(sound.requests) == 6


async def test_aborting_names_the_request_in_the_server_that_has_it() -> None:
    release = asyncio.Event()

    async def script(answer: Answer, _body: Body) -> None:
        await answer.begin()
        await answer.event(message([5], 1))
        await release.wait()
        await answer.event(message([5], 1, {"type": "abort", "message": "Aborted"}))
        await answer.end()

    async with scripted_server(script) as server, client(server.url) as runtime:
        chunks = []
        async for chunk in runtime.stream(PROMPT, PARAMS, request_id="run-1"):
            chunks.append(chunk)
            if not release.is_set():
                await runtime.abort("run-1")
                assert server.aborted == ["run-1"]
                release.set()
        assert chunks[-1].finish_reason == "abort"
        await runtime.abort("unknown")
        assert server.aborted == ["run-1"]


async def test_at_most_so_many_streams_are_open_at_once() -> None:
    open_now = most = 0

    async def script(answer: Answer, _body: Body) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.02)
        open_now -= 1
        await WELL(answer, _body)

    async with scripted_server(script) as server, client(server.url, max_streams=3) as runtime:
        await asyncio.gather(*(collect(runtime, name=f"r{n}") for n in range(10)))
    assert most == 3


async def test_the_server_says_what_runs_there() -> None:
    async with (
        scripted_server(WELL) as server,
        client(server.url, model="M", notice="N") as runtime,
    ):
        info = await runtime.info()
        await runtime.health()
    assert (info.engine, info.model, info.context_tokens, info.notice) == (
        "SGLang 0.5",
        "M",
        500,
        "N",
    )


async def test_a_server_that_nobody_named_does_not_show_its_folders() -> None:
    async with scripted_server(WELL) as server, client(server.url) as runtime:
        server.info["served_model_name"] = "/srv/models/cwm"
        assert (await runtime.info()).model == "cwm"


# --- the embedded engine -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with engine_process(tmp_path_factory.mktemp("engine"), "--slots", "2") as found:
        yield found


async def load(runtime: SGLangRuntime) -> dict[str, int]:
    response = await runtime._client(runtime._endpoints.all[0]).get("/get_load")
    (found,) = response.json()
    return dict(found)


async def wait_until_idle(runtime: SGLangRuntime) -> None:
    async with asyncio.timeout(30):
        while await load(runtime) != {"num_reqs": 0, "num_waiting_reqs": 0}:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)


async def test_the_real_engine_streams_ids_with_logprobs(address: str) -> None:
    async with client(address) as runtime:
        chunks = await collect(runtime, SamplingParams(max_new_tokens=40, logprobs=True))
        again = await collect(runtime, SamplingParams(max_new_tokens=40))
        assert ids_of(chunks) == ids_of(again)
        assert all(len(chunk.ids) == len(chunk.logprobs) for chunk in chunks)
        assert all(chunk.logprobs == () for chunk in again)
        assert again[0].cached_tokens == len(PROMPT) - 1
        info = await runtime.info()
        assert info.context_tokens == CONTEXT_TOKENS
        await runtime.health()


async def test_an_abort_really_frees_the_real_engine(address: str) -> None:
    async with client(address) as runtime:
        endless = SamplingParams(max_new_tokens=CONTEXT_TOKENS)
        reasons = []
        async for chunk in runtime.stream(PROMPT, endless, request_id="endless"):
            reasons.append(chunk.finish_reason)
            await runtime.abort("endless")
        assert reasons[-1] in ("abort", "length", "stop")
        await wait_until_idle(runtime)


async def test_leaving_a_stream_frees_the_real_engine(address: str) -> None:
    async with client(address) as runtime:
        endless = SamplingParams(max_new_tokens=CONTEXT_TOKENS)
        for turn in range(4):
            stream = runtime.stream(PROMPT, endless, request_id=f"r{turn}")
            async with contextlib.aclosing(stream) as chunks:
                await anext(chunks)
        await wait_until_idle(runtime)


async def test_the_real_engine_refuses_what_is_too_long(address: str) -> None:
    async with client(address) as runtime:
        with pytest.raises(PromptTooLong):
            await collect(runtime, ids=[5] * 3000)


async def test_many_streams_of_the_real_engine_give_what_each_gives_alone(address: str) -> None:
    prompts = [[*PROMPT, 70 + n] for n in range(8)]
    few = SamplingParams(max_new_tokens=6)
    async with client(address) as runtime:
        alone = [ids_of(await collect(runtime, few, p, f"a{n}")) for n, p in enumerate(prompts)]
        streams = (collect(runtime, few, p, f"b{n}") for n, p in enumerate(prompts))
        assert [ids_of(chunks) for chunks in await asyncio.gather(*streams)] == alone


async def test_an_engine_that_is_killed_is_lost_and_one_that_comes_back_is_used(
    tmp_path: Path,
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        with engine_process(tmp_path) as address:
            runtime = await stack.enter_async_context(client(address, patience_s=0.3))
            assert ids_of(await collect(runtime))
        with pytest.raises(RuntimeUnavailable, match="answer"):
            await collect(runtime)
        with engine_process(tmp_path):
            assert ids_of(await collect(runtime))
