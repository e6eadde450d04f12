"""Any OpenAI-compatible chat endpoint, for solve runs only.

`POST {base}/chat/completions` with `stream: true`, as the OpenAI API reference describes it
(platform.openai.com/docs/api-reference/chat) and vLLM, llama.cpp, Ollama and others serve it. Such
an endpoint takes messages, not token ids: there are no trace tokens, and whether a problem's text
may spell control tokens is the server's own affair.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import httpx
import msgspec

from traces.codecs.chat import ChatMessage
from workers.runtime.base import FinishReason, PromptTooLong, RuntimeInfo, RuntimeUnavailable
from workers.runtime.chat import ChatChunk, ChatParams
from workers.runtime.sglang_stream import EventSplitter, MalformedStream

_REASONS: Final[dict[str, FinishReason]] = {"stop": "stop", "length": "length"}
_DONE: Final = b"[DONE]"
_FIX: Final = "Check SOLVE_URL, SOLVE_API_KEY and SOLVE_MODEL_NAME (docs/operations.md)."


@dataclass(frozen=True, slots=True)
class OpenAIConfig:
    """`url` is the base, without `/chat/completions`. Times are in seconds."""

    url: str
    model: str
    api_key: str = ""
    notice: str = ""
    context_tokens: int = 0
    connect_s: float = 10.0
    first_chunk_s: float = 300.0
    between_chunks_s: float = 60.0


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Message(msgspec.Struct):
    choices: list[_Choice] = msgspec.field(default_factory=list)
    usage: _Usage | None = None
    error: Any = None


_decoder = msgspec.json.Decoder(_Message)


@dataclass(slots=True)
class _Reading:
    """One reply, message by message. Endpoints count tokens at the end, or not at all."""

    counted: int = 0
    prompt: int = 0
    reason: FinishReason | None = None
    began: bool = False
    _saw_usage: bool = field(default=False)

    def read(self, data: bytes) -> ChatChunk | None:
        """The chunk in one event. Raises `MalformedStream` and `RuntimeUnavailable`."""
        try:
            message = _decoder.decode(data)
        except msgspec.MsgspecError as error:
            raise MalformedStream(f"unreadable event: {error}") from error
        if message.error is not None:
            _refuse(str(message.error)[:500])
        chunk = self._usage(message.usage) if message.usage else None
        if not message.choices:
            return chunk
        choice = message.choices[0]
        if choice.finish_reason is not None:
            self.reason = _REASONS.get(choice.finish_reason, "stop")
        text = choice.delta.content or ""
        reasoning = choice.delta.reasoning_content or choice.delta.reasoning or ""
        if not text and not reasoning:
            return chunk
        self.began = True
        self.counted += 1  # one message is about one token, until the endpoint says better
        return ChatChunk(text=text, reasoning=reasoning, tokens=1)

    def _usage(self, usage: _Usage) -> ChatChunk | None:
        """Corrects the counts by what the endpoint says."""
        total, prompt = usage.completion_tokens or 0, usage.prompt_tokens or 0
        more, self.counted = total - self.counted, max(total, self.counted)
        new_prompt, self.prompt = prompt - self.prompt, max(prompt, self.prompt)
        details = usage.prompt_tokens_details
        return ChatChunk(
            tokens=max(0, more),
            prompt_tokens=max(0, new_prompt),
            cached_tokens=(details.cached_tokens or 0) if details else 0,
        )


class OpenAIChat:
    """The chat runtime protocol over such an endpoint."""

    is_small = False
    tests_count = True
    reasons = True  # as far as anybody can tell
    continues = False

    def __init__(self, config: OpenAIConfig) -> None:
        self.config = config
        self._client: httpx.AsyncClient | None = None
        self._stopped: dict[str, asyncio.Event] = {}

    def begins_in_reasoning(self, params: ChatParams) -> bool:
        """Endpoints mark reasoning themselves, or not at all."""
        del params
        return False

    async def reply(
        self, messages: Sequence[ChatMessage], params: ChatParams, *, request_id: str
    ) -> AsyncGenerator[ChatChunk, None]:
        """See `ChatRuntime.reply`. A request that fails is not repeated: it may cost money."""
        reading = _Reading()
        stopped = self._stopped[request_id] = asyncio.Event()
        try:
            async with self._open().stream(
                "POST", "/chat/completions", json=self._body(messages, params)
            ) as response:
                if response.status_code != 200:
                    await _refuse_status(response)
                splitter = EventSplitter()
                pieces = response.aiter_bytes()
                while not stopped.is_set():
                    config = self.config
                    limit = config.between_chunks_s if reading.began else config.first_chunk_s
                    async with asyncio.timeout(limit):
                        data = await anext(pieces, None)
                    if data is None:
                        break
                    for event in splitter.feed(data):
                        chunk = reading.read(event) if event != _DONE else None
                        if chunk is not None:
                            yield chunk
        except (httpx.HTTPError, TimeoutError, MalformedStream) as error:
            cause = str(error) or type(error).__name__
            raise RuntimeUnavailable(
                "The model stopped answering." if reading.began else "The model does not answer.",
                fix=f"{self.config.url}: {cause}. {_FIX}",
            ) from error
        finally:
            del self._stopped[request_id]
        if stopped.is_set():
            yield ChatChunk(finish_reason="abort")
        elif reading.reason is None:
            raise RuntimeUnavailable(
                "The model stopped answering.", fix=f"{self.config.url} ended the stream early."
            )
        else:
            yield ChatChunk(finish_reason=reading.reason)

    def _body(self, messages: Sequence[ChatMessage], params: ChatParams) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.config.model,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "max_tokens": params.max_tokens,
            "temperature": params.temperature,
            "top_p": params.top_p,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if params.seed is not None:
            body["seed"] = params.seed
        return body

    async def abort(self, request_id: str) -> None:
        """Hang up: the protocol has no other way to end a request."""
        stopped = self._stopped.get(request_id)
        if stopped is not None:
            stopped.set()

    async def info(self) -> RuntimeInfo:
        """What is configured: endpoints agree on no way to ask."""
        host = httpx.URL(self.config.url).host
        return RuntimeInfo(
            engine=f"OpenAI-compatible endpoint at {host}",
            model=self.config.model,
            context_tokens=self.config.context_tokens,
            notice=self.config.notice,
        )

    async def close(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            config = self.config
            headers = {"Authorization": f"Bearer {config.api_key}"} if config.api_key else {}
            self._client = httpx.AsyncClient(
                base_url=config.url.rstrip("/"),
                headers=headers,
                trust_env=False,
                timeout=httpx.Timeout(config.connect_s, read=None),
            )
        return self._client


async def _refuse_status(response: httpx.Response) -> NoReturn:
    text = (await response.aread())[:1000].decode("utf-8", "replace")
    _refuse(f"HTTP {response.status_code}: {text}")


def _refuse(cause: str) -> NoReturn:
    if "context" in cause.lower() and ("length" in cause.lower() or "too long" in cause.lower()):
        raise PromptTooLong("The problem is too long for this model.", fix=cause)
    raise RuntimeUnavailable("The model's endpoint refused the request.", fix=f"{cause} {_FIX}")
