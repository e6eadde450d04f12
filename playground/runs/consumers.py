"""The WebSocket: parses, authorises, calls one service, answers.

No channel layer: live events reach a viewer through the process's hub (`eventlog/hub.py`), never
through group messages, which Channels may drop.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from playground.accounts.visitors import Visitor
from playground.runs import access, services
from playground.runs.errors import Refused
from playground.runs.eventlog import EntryId, RunNotFound, parse_id
from playground.runs.events import (
    MAX_CLIENT_MESSAGE_BYTES,
    PROTOCOL_VERSION,
    ClientMessage,
    Error,
    RunAccepted,
    RunCancel,
    RunResume,
    RunStart,
    ServerMessage,
    SocketReady,
    decode_client_message,
    encode,
)
from playground.runs.following import MAX_CURSORS, follow_run, log_is_gone, run_is_private
from playground.threads import in_thread

logger = logging.getLogger(__name__)

#: Close codes from 4000 on are the application's own.
CLOSE_PROTOCOL: Final = 4426

#: A page follows one run; a few more while switching between them.
_MAX_FOLLOWED: Final = 4

#: The words of a message that could not be read as a whole are repeated up to this length.
_MAX_ECHOED: Final = 100

_RELOAD: Final = "Reload the page to get the current version. What you typed is kept."


class RunConsumer(AsyncWebsocketConsumer):
    """One browser tab."""

    channel_layer_alias = "none"  # no such layer: a configured one would poll Redis per socket

    async def connect(self) -> None:
        """Greet, or refuse a page built for another protocol version."""
        self._following: dict[str, asyncio.Task[None]] = {}
        self._visitor: Visitor | None = None
        self._is_greeted = False
        await self.accept()
        query = parse_qs(self.scope.get("query_string", b"").decode("ascii", "replace"))
        asked = query.get("protocol", [""])[0]
        if asked != str(PROTOCOL_VERSION):
            await self._say(
                Error(
                    code="protocol.version",
                    message=f"This page speaks protocol {asked[:10] or 'unknown'}, the server "
                    f"speaks {PROTOCOL_VERSION}.",
                    fix=_RELOAD,
                )
            )
            await self.close(code=CLOSE_PROTOCOL)
            return
        scope: dict[str, Any] = {**self.scope}  # its type knows Channels' own entries only
        self._visitor = scope["visitor"]
        self._is_greeted = True
        await self._say(SocketReady(protocol=PROTOCOL_VERSION, version=settings.VERSION))

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - Channels' signature
        """Stop following."""
        for task in self._following.values():
            task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One message from the browser. Whatever it holds, the connection survives."""
        if not self._is_greeted:
            return  # sent before the page could know that it is outdated
        data = bytes_data or b"" if text_data is None else text_data.encode("utf-8", "replace")
        if len(data) > MAX_CLIENT_MESSAGE_BYTES:
            await self._say(
                Error(
                    code="message.too_large",
                    message="The message is larger than the server accepts.",
                    fix=services.KEEP_SMALL,
                )
            )
            return
        try:
            message = decode_client_message(data)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            await self._say(_malformed(data, error))
            return
        try:
            await self._handle(message)
        except Refused as refusal:
            ref, run_id = getattr(message, "ref", ""), getattr(message, "run_id", "")
            await self._say(_error(refusal, ref=ref, run_id=run_id))
        except access.RunUnavailable:
            ref, run_id = getattr(message, "ref", ""), getattr(message, "run_id", "")
            await self._say(run_is_private(run_id, ref=ref))
        except Exception:
            logger.exception("a %s message failed", type(message).__name__)
            await self._say(
                Error(
                    code="service.error",
                    message="The server failed to do that. It has been logged.",
                    fix="Try again in a moment; nothing you typed is lost.",
                    ref=getattr(message, "ref", ""),
                )
            )

    async def _handle(self, message: ClientMessage) -> None:
        match message:
            case RunStart():
                await self._start(message)
            case RunResume():
                await self._resume(message)
            case RunCancel():
                await in_thread(self._cancel)(message.run_id)

    async def _start(self, message: RunStart) -> None:
        if self._visitor is None:
            raise Refused(
                "session.missing",
                "The server does not know this browser: it sent no session cookie.",
                "Allow cookies for this site, then reload the page.",
                403,
            )
        program = services.Program(message.source, message.entry, message.stdin)
        run = await in_thread(services.start_run)(
            kind=message.kind, program=program, problem=message.problem, visitor=self._visitor
        )
        url = run.get_absolute_url()
        await self._say(RunAccepted(ref=message.ref, run_id=run.public_id, url=url))
        self._follow(run.public_id, {})

    async def _resume(self, message: RunResume) -> None:
        if len(message.after) > MAX_CURSORS:
            what = "The server could not read a message: no run has that many lanes."
            raise Refused("message.malformed", what, _RELOAD)
        after: dict[str, EntryId] = {}
        for lane, text in message.after.items():
            try:
                after[lane] = parse_id(text)
            except ValueError as error:
                raise Refused("message.malformed", str(error), _RELOAD) from error
        await in_thread(access.get_run_for_viewer)(run_id=message.run_id, visitor=self._visitor)
        self._follow(message.run_id, after)

    def _cancel(self, run_id: str) -> None:
        run = access.get_run_for_owner(run_id=run_id, visitor=self._visitor)
        services.cancel_run(run=run)

    def _follow(self, run_id: str, after: dict[str, EntryId]) -> None:
        previous = self._following.pop(run_id, None)
        if previous is not None:
            previous.cancel()
        while len(self._following) >= _MAX_FOLLOWED:
            self._following.pop(next(iter(self._following))).cancel()
        self._following[run_id] = asyncio.get_running_loop().create_task(
            self._send_log(run_id, after)
        )

    async def _send_log(self, run_id: str, after: dict[str, EntryId]) -> None:
        try:
            following = follow_run(run_id, after, visitor=self._visitor)
            async with contextlib.aclosing(following) as frames:
                async for _, _, frame in frames:
                    await self.send(text_data=frame.decode())
        except access.RunUnavailable:  # its owner took the link back
            await self._say(run_is_private(run_id))
        except RunNotFound:
            await self._say(log_is_gone(run_id))
        except Exception:
            logger.exception("following run %s failed", run_id)
            # The page reconnects and resumes where it is.
            await self.close(code=1011)

    async def _say(self, message: ServerMessage) -> None:
        await self.send(text_data=encode(message).decode())


def _malformed(data: bytes, error: Exception) -> Error:
    """What to say of a message that no decoder takes, to the request that it was meant to be."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        document = None
    known = document if isinstance(document, dict) else {}
    refusal = Refused(
        "message.malformed", f"The server could not read a message: {str(error)[:200]}", _RELOAD
    )
    try:
        services.check_undecodable(document)
    except Refused as better:
        refusal = better
    return _error(refusal, ref=_echo(known.get("ref")), run_id=_echo(known.get("run_id")))


def _echo(value: object) -> str:
    is_word = isinstance(value, str) and len(value) <= _MAX_ECHOED and value.isprintable()
    return str(value) if is_word else ""


def _error(refusal: Refused, *, ref: str, run_id: str) -> Error:
    return Error(
        code=refusal.code,
        message=refusal.message,
        fix=refusal.fix,
        ref=ref,
        run_id=run_id,
        field=refusal.field,
        line=refusal.line,
        column=refusal.column,
    )
