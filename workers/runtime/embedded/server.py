"""The HTTP face of the embedded engine, as an ASGI application.

It speaks the part of SGLang's native API that the playground's client uses, so that one client
serves both: `POST /generate` (streaming as server-sent events), `POST /abort_request`,
`GET /health`, `/health_generate`, `/get_load`, `/get_server_info`, `/get_model_info` (and the last
two without `get_`). A client that hangs up ends its request.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, Final

import msgspec

from workers.runtime.artefact import Manifest
from workers.runtime.embedded.engine import Engine, EngineError, Request
from workers.runtime.embedded.messages import Abort, Answer, Generate, engine_request

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

#: A prompt that fills the context has a few bytes per token.
MAX_BODY_BYTES: Final = 4 * 1024 * 1024

#: `/health_generate` fails rather than waits behind a full house.
_HEALTH_WITHIN_S: Final = 30.0

_STATUS: Final = {"busy": 503, "lost": 500, "refused": 500}

_encode = msgspec.json.Encoder().encode


class _Refused(Exception):
    def __init__(self, status: int, kind: str, message: str, **details: int) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **details}}


class EngineApp:
    """ASGI application over one engine. `token` is the bearer token it asks for, if any."""

    def __init__(self, engine: Engine, manifest: Manifest, *, token: str = "") -> None:
        self._engine = engine
        self._manifest = manifest
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        try:
            await self._route(scope, receive, send)
        except _Refused as refused:
            await _reply(send, refused.status, refused.body)
        except EngineError as error:
            await _reply(send, _STATUS.get(error.kind, 400), _error_body(error))

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = (scope["method"], scope["path"])
        if route == ("GET", "/health"):
            await _reply(send, 200, {"status": "ok"})
            return
        self._authenticate(scope)
        match route:
            case ("POST", "/generate"):
                body = await _body(receive, Generate)
                await self._generate(body, receive, send)
            case ("POST", "/abort_request"):
                abort = await _body(receive, Abort)
                if abort.rid or abort.abort_all:
                    self._engine.abort("" if abort.abort_all else abort.rid)
                await _reply(send, 200, {})
            case ("GET", "/health_generate"):
                await self._try_one_token()
                await _reply(send, 200, {"status": "ok"})
            case ("GET", "/get_load"):
                engine = self._engine
                load = {"num_reqs": engine.running, "num_waiting_reqs": engine.waiting}
                await _reply(send, 200, [load])
            case ("GET", "/get_model_info" | "/model_info"):
                await _reply(send, 200, self._model_info())
            case ("GET", "/get_server_info" | "/server_info"):
                await _reply(send, 200, self._server_info())
            case _:
                raise _Refused(404, "not_found", f"There is no {' '.join(route)} here.")

    def _authenticate(self, scope: Scope) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if self._token and not hmac.compare_digest(given, b"Bearer " + self._token):
            raise _Refused(401, "unauthorised", "The bearer token is missing or wrong.")

    def _model_info(self) -> dict[str, Any]:
        manifest = self._manifest
        return {
            "model_path": manifest.name,
            "is_generation": True,
            "version": manifest.version,
            "parameters": manifest.parameters,
            "quantisation": manifest.quantisation,
            "licence": manifest.licence,
            "commit": manifest.commit,
        }

    def _server_info(self) -> dict[str, Any]:
        config = self._engine.config
        return {
            "engine": "llama.cpp",
            "served_model_name": self._manifest.name,
            "context_length": config.context_tokens,
            "max_running_requests": config.slots,
            "threads": config.threads,
            "vocab_size": self._engine.vocabulary,
        }

    async def _try_one_token(self) -> None:
        request = Request(rid=f"health-{uuid.uuid4().hex}", ids=(0,), max_new_tokens=1)
        try:
            async with asyncio.timeout(_HEALTH_WITHIN_S):
                async for _ in self._engine.generate(request):
                    pass
        except TimeoutError:
            message = "No token came in time: all slots are busy."
            raise _Refused(503, "busy", message) from None

    async def _generate(self, body: Generate, receive: Receive, send: Send) -> None:
        rid = body.rid or uuid.uuid4().hex
        try:
            request = engine_request(body, rid)
        except ValueError as error:
            raise _Refused(400, "invalid_request", str(error)) from error
        self._engine.check(request)
        watching = asyncio.ensure_future(self._abort_on_disconnect(rid, receive))
        answer = Answer(body, rid, incremental=body.stream)
        try:
            async with contextlib.aclosing(_messages(self._engine, request, answer)) as messages:
                await (_stream if body.stream else _collect)(messages, send)
        finally:
            watching.cancel()

    async def _abort_on_disconnect(self, rid: str, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._engine.abort(rid)


async def _messages(
    engine: Engine, request: Request, answer: Answer
) -> AsyncGenerator[dict[str, Any], None]:
    async with contextlib.aclosing(engine.generate(request)) as steps:
        async for step in steps:
            yield answer.add(step)


async def _stream(messages: AsyncIterator[dict[str, Any]], send: Send) -> None:
    """Server-sent events. The status is sent with the first of them: until then it may change."""
    has_begun = False
    try:
        async for message in messages:
            if not has_begun:
                has_begun = True
                await _start(send, 200, b"text/event-stream")
            await _send_event(send, _encode(message))
    except EngineError as error:
        if not has_begun:
            raise
        logger.exception("request failed while it was streamed")
        await _send_event(send, _encode(_error_body(error)))
    await _send_event(send, b"[DONE]")
    await send({"type": "http.response.body", "body": b""})


async def _collect(messages: AsyncIterator[dict[str, Any]], send: Send) -> None:
    last: dict[str, Any] = {}
    async for message in messages:
        last = message
    await _reply(send, 200, last)


def _error_body(error: EngineError) -> dict[str, Any]:
    return {"error": {"type": error.kind, "message": str(error), **error.details}}


async def _body(receive: Receive, kind: type[Any]) -> Any:
    data = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Refused(400, "disconnected", "The request was not sent in full.")
        data += message.get("body", b"")
        more = message.get("more_body", False)
        if len(data) > MAX_BODY_BYTES:
            raise _Refused(413, "too_large", f"A request may have {MAX_BODY_BYTES} bytes.")
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise _Refused(400, "invalid_request", str(error)) from error


async def _start(send: Send, status: int, content_type: bytes) -> None:
    headers = [(b"content-type", content_type), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _send_event(send: Send, data: bytes) -> None:
    event = b"data: " + data + b"\n\n"
    await send({"type": "http.response.body", "body": event, "more_body": True})


async def _reply(send: Send, status: int, content: Any) -> None:
    await _start(send, status, b"application/json")
    await send({"type": "http.response.body", "body": _encode(content)})
