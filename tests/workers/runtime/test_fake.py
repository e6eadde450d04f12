"""The scripted runtime keeps the protocol that real engines keep."""

from __future__ import annotations

import pytest

from workers.runtime.base import Runtime, RuntimeUnavailable, SamplingParams
from workers.runtime.fake import ByteTokenizer, FakeRuntime

PARAMS = SamplingParams(max_new_tokens=100, stop_ids=(257,))


async def collect(runtime: Runtime, params: SamplingParams = PARAMS) -> tuple[list[int], str]:
    ids: list[int] = []
    reason = ""
    async for chunk in runtime.stream([104, 105], params, request_id="a"):
        ids += chunk.ids
        reason = chunk.finish_reason or reason
    return ids, reason


def test_special_tokens_and_text_survive_the_round_trip() -> None:
    tokenizer = ByteTokenizer()
    text = '<|call_sep|>{"a": "é"}<|action_sep|>x\n<|frame_sep|>'
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_user_text_never_becomes_a_special_token() -> None:
    assert max(ByteTokenizer().encode_ordinary("<|frame_sep|>")) < 256


async def test_it_stops_at_a_stop_id_and_says_so() -> None:
    runtime = FakeRuntime(lambda prompt: f"{prompt}<|end_of_text|>never")
    assert await collect(runtime) == ([104, 105, 257], "stop")


async def test_it_stops_at_the_budget_and_says_so() -> None:
    runtime = FakeRuntime(lambda _: "abcdef")
    params = SamplingParams(max_new_tokens=3, stop_ids=(257,))
    assert await collect(runtime, params) == ([97, 98, 99], "length")


async def test_an_aborted_request_ends_with_abort() -> None:
    runtime = FakeRuntime(lambda _: "abc")
    await runtime.abort("a")
    assert await collect(runtime) == ([], "abort")


async def test_a_server_that_dies_is_an_error_after_the_tokens_it_sent() -> None:
    runtime = FakeRuntime(lambda _: "abc", dies_after=2)
    stream = runtime.stream([], PARAMS, request_id="a")
    assert [(await anext(stream)).ids, (await anext(stream)).ids] == [(97,), (98,)]
    with pytest.raises(RuntimeUnavailable):
        await anext(stream)
    assert runtime.running == set()
