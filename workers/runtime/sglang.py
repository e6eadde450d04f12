"""The client of SGLang's native HTTP API, for SGLang itself and for the embedded engine.

Prompts go as `input_ids`, under a request id of ours, so that a request can be ended by name
(`POST /abort_request`) whatever became of the connection. A request that fails is tried again, on
another server if there is one, but only while nothing of it was streamed: what the page has shown
stands. Back-pressure is the connection's own: bytes are read when the consumer asks for the next
chunk, and at most `max_streams` requests are open at once.

Addresses are `http://host:port`, `https://…` or `unix:///path/to/socket`. Proxies in the
environment are never used: prompts hold students' programs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import httpx

from workers.runtime.base import (
    Chunk,
    PromptTooLong,
    RuntimeInfo,
    RuntimeUnavailable,
    SamplingParams,
)
from workers.runtime.endpoints import Endpoint, Endpoints
from workers.runtime.sglang_requests import (
    ClientConfig,
    context_tokens,
    generate_body,
    model_name,
    new_client,
    refuse_foreign_ids,
    vocabulary_size,
    words_of,
)
from workers.runtime.sglang_stream import (
    EventSplitter,
    MalformedStream,
    ServerError,
    StreamReader,
    server_error,
)

logger = logging.getLogger(__name__)

_INFO_LASTS_S: Final = 30.0
_RETRY_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 2.0
_ABORT_S: Final = 5.0

#: Answers that say "not now": SGLang refuses with 503 when its queue is full.
_TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_TOO_LONG_WORDS: Final = ("too_long", "context length", "longer than the model", "is too long")


@dataclass(slots=True)
class _Active:
    """A request under way, by our id. Retries have ids of their own on the server."""

    endpoint: Endpoint
    rid: str


class _TryAgain(Exception):
    """The request failed before anything was streamed."""


class _CutOff(Exception):
    """The connection ended in good order, but the answer did not."""


@dataclass(slots=True)
class _Attempt:
    """How often, and since when, one request was tried."""

    deadline: float
    count: int = 0
    rounds: int = 0
    tried: set[str] = field(default_factory=set)
    cause: str = ""


class SGLangRuntime:
    """Runtime protocol over HTTP. Made outside the event loop, used on one."""

    def __init__(self, config: ClientConfig) -> None:
        self.config = config
        self._endpoints = Endpoints(config.urls)
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._active: dict[str, _Active] = {}
        self._open = asyncio.Semaphore(config.max_streams)
        self._aborting: set[asyncio.Task[None]] = set()
        self._info: tuple[float, RuntimeInfo] | None = None
        self._vocabulary = 0  # as the server said
        self._is_closed = False

    # --- the protocol -----------------------------------------------------------------------

    async def stream(
        self, prompt_ids: Sequence[int], params: SamplingParams, *, request_id: str
    ) -> AsyncGenerator[Chunk, None]:
        """Generate; see `Runtime.stream`. Raises `PromptTooLong` and `RuntimeUnavailable`."""
        sizes = (self.config.vocabulary, self._vocabulary)
        refuse_foreign_ids((*prompt_ids, *params.stop_ids), sizes)
        attempt = _Attempt(deadline=time.monotonic() + self.config.patience_s)
        async with self._open:
            while True:
                endpoint = await self._next_endpoint(prompt_ids, attempt)
                rid = request_id if attempt.count == 0 else f"{request_id}-retry{attempt.count}"
                attempt.count += 1
                chunks = self._one_try(
                    endpoint, generate_body(prompt_ids, params, rid), params, request_id
                )
                try:
                    async with contextlib.aclosing(chunks):
                        async for chunk in chunks:
                            yield chunk
                    return
                except _TryAgain as failure:
                    attempt.tried.add(endpoint.url)
                    attempt.cause = str(failure)
                    logger.info("model server %s: %s; trying again", endpoint.url, failure)

    async def abort(self, request_id: str) -> None:
        """End a request in the server that has it. Unknown ids are ignored."""
        active = self._active.get(request_id)
        if active is not None and not self._is_closed:
            await self._post_abort(active)

    async def health(self) -> None:
        """Return if at least one server generates a token. Raises RuntimeUnavailable."""
        cause = ""
        for endpoint in self._endpoints.all:
            try:
                await self._get(endpoint, "/health_generate", timeout_s=self.config.first_chunk_s)
            except RuntimeUnavailable as problem:
                cause = str(problem)
            else:
                endpoint.answered()
                return
        self._unavailable(cause)

    async def info(self) -> RuntimeInfo:
        """Name and limits as the first server that answers tells them."""
        now = time.monotonic()
        if self._info is None or now - self._info[0] > _INFO_LASTS_S:
            self._info = (now, await self._ask_info())
        return self._info[1]

    async def close(self) -> None:
        """End every open stream, tell the servers so, and close every connection.

        Streams that are being read end, or raise RuntimeUnavailable; new ones are refused.
        """
        self._is_closed = True
        for active in tuple(self._active.values()):
            self._abort_in_background(active)
        if self._aborting:  # each has a time limit of its own
            await asyncio.wait(tuple(self._aborting))
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    # --- one request --------------------------------------------------------------------------

    async def _next_endpoint(self, prompt_ids: Sequence[int], attempt: _Attempt) -> Endpoint:
        """A server that was not tried, or after a pause the one that is due first."""
        self._refuse_if_closed()
        endpoint = self._endpoints.choose(prompt_ids, frozenset(attempt.tried))
        if endpoint is not None:
            return endpoint
        pause_s = min(_LONGEST_PAUSE_S, _RETRY_PAUSE_S * 2**attempt.rounds)
        if time.monotonic() + pause_s > attempt.deadline:
            self._unavailable(attempt.cause)
        await asyncio.sleep(pause_s)
        attempt.rounds += 1
        attempt.tried.clear()
        self._refuse_if_closed()
        return self._endpoints.choose(prompt_ids) or self._endpoints.soonest()

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise RuntimeUnavailable("The site is shutting down. Run it again in a minute.")

    async def _one_try(
        self, endpoint: Endpoint, body: dict[str, Any], params: SamplingParams, request_id: str
    ) -> AsyncGenerator[Chunk, None]:
        reader = StreamReader(stop_ids=params.stop_ids, logprobs=params.logprobs)
        active = _Active(endpoint, body["rid"])
        self._active[request_id] = active
        endpoint.load += 1
        try:
            client = self._client(endpoint)
            async with client.stream("POST", "/generate", json=body) as response:
                if response.status_code != 200:
                    await self._refuse(endpoint, response)
                async for chunk in self._chunks(response, reader):
                    endpoint.answered()
                    yield chunk
            if not reader.is_finished:
                raise _CutOff("the stream ended early")
        except (httpx.HTTPError, _CutOff, MalformedStream, ServerError, TimeoutError) as error:
            self._failed(endpoint, reader, error)
        finally:
            endpoint.load -= 1
            if self._active.get(request_id) is active:
                del self._active[request_id]
            if not (reader.is_finished or self._is_closed):
                self._abort_in_background(active)

    async def _chunks(
        self, response: httpx.Response, reader: StreamReader
    ) -> AsyncGenerator[Chunk, None]:
        splitter = EventSplitter()
        pieces = response.aiter_bytes()
        while not reader.is_finished:
            limit = self.config.between_chunks_s if reader.has_begun else self.config.first_chunk_s
            async with asyncio.timeout(limit):
                data = await anext(pieces, None)
            if data is None:
                return
            for event in splitter.feed(data):
                chunk = reader.read(event)
                if chunk is not None:
                    yield chunk

    def _failed(self, endpoint: Endpoint, reader: StreamReader, error: Exception) -> NoReturn:
        """Try again if nothing was streamed, else say that the server was lost."""
        cause = words_of(error)
        if isinstance(error, ServerError):
            _refuse_too_long(error)
            if error.is_final:
                self._refused(endpoint, cause)
        elif not self._is_closed:
            endpoint.failed()
        if not reader.has_begun and not isinstance(error, MalformedStream | TimeoutError):
            raise _TryAgain(cause) from error
        logger.warning("model server %s failed while it streamed: %s", endpoint.url, cause)
        raise RuntimeUnavailable(
            "The model stopped answering. The steps shown so far stand; run it again."
            if reader.has_begun
            else "The model did not answer. Run it again in a minute.",
            fix=f"{endpoint.url}: {cause}. See the model server's log.",
        ) from error

    async def _refuse(self, endpoint: Endpoint, response: httpx.Response) -> NoReturn:
        """The server answered with an error status."""
        text = (await response.aread())[:2000].decode("utf-8", "replace")
        try:
            content = response.json()
        except ValueError:
            content = text
        body = content.get("error", content) if isinstance(content, dict) else content
        error = server_error(body)
        _refuse_too_long(error)
        cause = f"HTTP {response.status_code}: {error}"
        if response.status_code in _TRY_AGAIN:
            raise _TryAgain(cause)
        asks_for_key = response.status_code in (401, 403)
        keys = " Set MODEL_API_KEY to the server's key." if asks_for_key else ""
        self._refused(endpoint, cause, keys)

    def _refused(self, endpoint: Endpoint, cause: str, advice: str = "") -> NoReturn:
        logger.error("model server %s refused a request: %s", endpoint.url, cause)
        raise RuntimeUnavailable(
            "The model server refused the request: a fault of the site, not of the program.",
            fix=f"{endpoint.url} answered {cause}.{advice}",
        )

    def _unavailable(self, cause: str) -> NoReturn:
        urls = ", ".join(endpoint.url for endpoint in self._endpoints.all)
        if "busy" in cause or "HTTP 503" in cause or "HTTP 429" in cause:
            raise RuntimeUnavailable(
                "The model is busy with other people's programs. Try again in a minute.",
                fix=f"{urls}: {cause}",
            )
        raise RuntimeUnavailable(
            "The model does not answer at the moment. Try again in a minute.",
            fix=f"{urls}: {cause or 'no answer'}. {self.config.fix}",
        )

    # --- the other calls ----------------------------------------------------------------------

    def _abort_in_background(self, active: _Active) -> None:
        """Also where this task is being cancelled: the server may not notice the hang-up."""
        task = asyncio.get_running_loop().create_task(self._post_abort(active))
        self._aborting.add(task)
        task.add_done_callback(self._aborting.discard)

    async def _post_abort(self, active: _Active) -> None:
        client = self._client(active.endpoint)
        try:
            await client.post("/abort_request", json={"rid": active.rid}, timeout=_ABORT_S)
        except httpx.HTTPError as error:
            logger.info("abort of %s failed: %s", active.rid, words_of(error))

    async def _ask_info(self) -> RuntimeInfo:
        config = self.config
        server = await self.server_info()
        self._vocabulary = vocabulary_size(server)
        version = server.get("version")
        return RuntimeInfo(
            engine=f"{config.engine} {version}" if version else config.engine,
            model=config.model or model_name(server),
            context_tokens=context_tokens(server) or config.context_tokens,
            notice=config.notice,
        )

    async def server_info(self) -> dict[str, Any]:
        """How the first server that answers was started. Raises RuntimeUnavailable."""
        return await self._ask_first("/get_server_info")

    async def model_info(self) -> dict[str, Any]:
        """What the first server that answers says of its model. Raises RuntimeUnavailable."""
        return await self._ask_first("/model_info")

    async def tokenize(self, text: str) -> list[int]:
        """The ids that the first server makes of a text, special names as their ids; empty where
        it has no tokenizer. Raises RuntimeUnavailable."""
        client = self._client(self._endpoints.all[0])
        body = {"prompt": text, "add_special_tokens": False}
        try:
            response = await client.post("/tokenize", json=body, timeout=_ABORT_S)
            found = response.json() if response.status_code == 200 else {}
        except (httpx.HTTPError, ValueError) as error:
            raise RuntimeUnavailable(words_of(error), fix=self.config.fix) from error
        ids = found.get("tokens") if isinstance(found, dict) else None
        return [i for i in ids if isinstance(i, int)] if isinstance(ids, list) else []

    async def _ask_first(self, path: str) -> dict[str, Any]:
        deadline = time.monotonic() + self.config.patience_s
        while True:
            cause = ""
            for endpoint in self._endpoints.all:
                try:
                    return await self._get(endpoint, path)
                except RuntimeUnavailable as problem:
                    cause = str(problem)
            if time.monotonic() + _RETRY_PAUSE_S > deadline:
                self._unavailable(cause)
            await asyncio.sleep(_RETRY_PAUSE_S)

    async def _get(
        self, endpoint: Endpoint, path: str, *, timeout_s: float = 5.0
    ) -> dict[str, Any]:
        self._refuse_if_closed()
        try:
            response = await self._client(endpoint).get(path, timeout=timeout_s)
            response.raise_for_status()
            content = response.json() if response.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise RuntimeUnavailable(words_of(error), fix=self.config.fix) from error
        return content if isinstance(content, dict) else {}

    def _client(self, endpoint: Endpoint) -> httpx.AsyncClient:
        client = self._clients.get(endpoint.url)
        if client is None:
            client = self._clients[endpoint.url] = new_client(endpoint.url, self.config)
        return client


def _refuse_too_long(error: ServerError) -> None:
    text = f"{error.kind} {error}".lower()
    if any(words in text for words in _TOO_LONG_WORDS):
        raise PromptTooLong(
            "The program is too long for this model.", fix=f"The model server says: {error}"
        )
