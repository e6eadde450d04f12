"""The client of OpenAI-compatible endpoints, against a server that answers from a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from traces.codecs.chat import ChatMessage
from workers.runtime.base import PromptTooLong, RuntimeUnavailable
from workers.runtime.chat import ChatChunk, ChatParams
from workers.runtime.openai import OpenAIChat, OpenAIConfig

ASKED = [ChatMessage("user", "Add.")]
PARAMS = ChatParams(max_tokens=50)


class Endpoint:
    """An endpoint of a test: a status, and the lines of its stream."""

    def __init__(self, *lines: bytes, status: int = 200) -> None:
        self.lines = lines
        self.status = status
        self.requests: list[httpx.Request] = []

    async def _stream(self) -> AsyncIterator[bytes]:
        for line in self.lines:
            yield line + b"\n\n"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status, content=self._stream())

    def chat(self) -> OpenAIChat:
        """A client of this endpoint."""
        chat = OpenAIChat(OpenAIConfig("http://model.test/v1", "m", api_key="key"))
        client = chat._open()
        client._transport = httpx.MockTransport(self)
        client._mounts = {}
        return chat


def delta(**fields: str) -> bytes:
    return b"data: " + httpx.Response(200, json={"choices": [{"delta": fields}]}).content


STOP = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}'
DONE = b"data: [DONE]"
USAGE = (
    b'data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 5, '
    b'"prompt_tokens_details": {"cached_tokens": 4}}}'
)


async def replies(chat: OpenAIChat) -> list[ChatChunk]:
    try:
        return [chunk async for chunk in chat.reply(ASKED, PARAMS, request_id="r")]
    finally:
        await chat.close()


async def test_a_reply_is_streamed_with_its_reasoning_and_counts() -> None:
    endpoint = Endpoint(
        delta(role="assistant"), delta(reasoning_content="hm"), delta(content="x = "),
        delta(content="1"), STOP, USAGE, DONE,
    )  # fmt: skip
    chunks = await replies(endpoint.chat())
    assert "".join(chunk.text for chunk in chunks) == "x = 1"
    assert "".join(chunk.reasoning for chunk in chunks) == "hm"
    assert sum(chunk.tokens for chunk in chunks) == 5
    assert sum(chunk.prompt_tokens for chunk in chunks) == 9
    assert max(chunk.cached_tokens for chunk in chunks) == 4
    assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == ["stop"]
    [request] = endpoint.requests
    assert request.url == "http://model.test/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer key"
    body: Any = httpx.Response(200, content=request.content).json()
    assert body["messages"] == [{"role": "user", "content": "Add."}]
    assert (body["model"], body["stream"], body["max_tokens"]) == ("m", True, 50)


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        (Endpoint(delta(content="x")), "stopped answering"),
        (Endpoint(b"data: {broken"), "does not answer"),
        (Endpoint(b"no", status=401), "refused"),
        (Endpoint(b'data: {"error": {"message": "overloaded"}}'), "refused"),
    ],
    ids=["cut off", "malformed", "unauthorised", "an error"],
)
async def test_every_failure_is_a_sentence_with_a_fix(endpoint: Endpoint, words: str) -> None:
    with pytest.raises(RuntimeUnavailable, match=words) as caught:
        await replies(endpoint.chat())
    assert caught.value.fix


async def test_a_problem_that_is_too_long_is_said_to_be() -> None:
    endpoint = Endpoint(b"maximum context length is 4096 tokens", status=400)
    with pytest.raises(PromptTooLong):
        await replies(endpoint.chat())


async def test_an_abort_ends_the_stream() -> None:
    chat = Endpoint(*[delta(content="x")] * 50, STOP).chat()
    seen = []
    async for chunk in chat.reply(ASKED, PARAMS, request_id="r"):
        seen.append(chunk)
        await chat.abort("r")
    await chat.abort("unknown")
    await chat.close()
    assert len(seen) < 50
    assert seen[-1].finish_reason == "abort"


async def test_the_page_is_told_where_the_problem_went() -> None:
    info = await Endpoint().chat().info()
    assert "model.test" in info.engine
    assert info.model == "m"
