"""A raw pipelined Redis connection on asyncio.

`redis.asyncio` costs about 50 microseconds of CPU per message, which on the two paths that carry
every event (appending in workers, receiving in the web process) is most of their work. This
connection only writes packed commands and hands parsed replies to callbacks; everything else in
the project uses redis-py.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, Final, cast

import hiredis
from redis.asyncio.connection import parse_url

logger = logging.getLogger(__name__)

#: Waits between attempts to reach Redis: short, since viewers see the gap; a restart takes 0.1 s.
_BACKOFF_S: Final = (0.05, 0.05, 0.1, 0.2, 0.5, 1.0)

#: How long one attempt to reach Redis may take.
_CONNECT_TIMEOUT_S: Final = 5.0

#: A peer that vanished without a word (a host that froze, a cut network) is noticed after about
#: this long; without it a subscription would wait for ever.
_DEAD_AFTER_S: Final = 25
_KEEPALIVE: Final = {
    "TCP_KEEPIDLE": 10,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": _DEAD_AFTER_S * 1000,
}

Reply = Any  # what hiredis returns: bytes, int, None, list, or hiredis.ReplyError


class RespConnection(asyncio.Protocol):
    """One connection. `on_push` receives pub/sub messages as lists; `on_lost` its end.

    Commands are written in call order and their replies arrive in that order (RESP2). After the
    connection is lost, pending callbacks get a ConnectionError and `send` raises one.
    """

    def __init__(self, *, on_push: Callable[[list[Any]], None] | None = None) -> None:
        self._reader = hiredis.Reader()
        self._pending: deque[Callable[[Reply], None]] = deque()
        self._on_push = on_push
        self._on_lost: Callable[[], None] | None = None
        self._transport: asyncio.Transport | None = None

    def watch(self, on_lost: Callable[[], None] | None) -> None:
        """Call `on_lost` at the end of this connection. Raises ConnectionError if it came already.

        Not part of the construction: the end of a connection that never came to be usable is
        told to who opens it, by an exception, and to nobody else.
        """
        if self._transport is None:
            message = "not connected to Redis"
            raise ConnectionError(message)
        self._on_lost = on_lost

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    def send(self, *command: str | bytes | int, reply: Callable[[Reply], None]) -> None:
        """Write one command; `reply` is called with its answer, an error included."""
        if self._transport is None:
            message = "not connected to Redis"
            raise ConnectionError(message)
        self._pending.append(reply)
        self._transport.write(_pack(*command))

    def send_subscription(self, *command: str) -> None:
        """SUBSCRIBE and UNSUBSCRIBE: their confirmations arrive as pushes."""
        if self._transport is not None:
            self._transport.write(_pack(*command))

    async def call(self, *command: str | bytes | int) -> Reply:
        """Send and wait. Raises ConnectionError, or hiredis.ReplyError for an error reply."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

        def settle(answer: Reply) -> None:
            if future.done():
                return
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

        self.send(*command, reply=settle)
        return await future

    def close(self) -> None:
        """Close without calling `on_lost`."""
        self._on_lost = None
        if self._transport is not None:
            self._transport.close()

    def drop(self) -> None:
        """Close and call `on_lost`: this connection is of no use, another one may be."""
        if self._transport is not None:
            self._transport.close()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        _keep_alive(transport.get_extra_info("socket"))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._transport = None
        error = ConnectionError("connection to Redis lost")
        while self._pending:
            self._pending.popleft()(error)
        if self._on_lost is not None:
            self._on_lost()

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            if self._on_push is not None and isinstance(reply, list) and _is_push(reply):
                self._on_push(reply)
            elif self._pending:
                self._pending.popleft()(reply)


def _pack(*command: str | bytes | int) -> bytes:
    packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]  # the stub wants a 1-tuple
    return packed


def _keep_alive(sock: socket.socket) -> None:
    if sock.family == socket.AF_UNIX:
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):  # Linux has all of them
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _is_push(reply: list[Any]) -> bool:
    return bool(reply) and reply[0] in (b"message", b"subscribe", b"unsubscribe")


async def open_connection(
    url: str,
    *,
    on_push: Callable[[list[Any]], None] | None = None,
    on_lost: Callable[[], None] | None = None,
) -> RespConnection:
    """Connect to `redis://`, `rediss://` or `unix://`, authenticate, select the database.

    Raises OSError or hiredis.ReplyError, and then leaves nothing open. `on_lost` is called only
    for a connection that was returned.
    """
    target = parse_url(url)
    loop = asyncio.get_running_loop()
    connection = RespConnection(on_push=on_push)
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            if target.get("path"):
                await loop.create_unix_connection(lambda: connection, str(target["path"]))
            else:
                await loop.create_connection(
                    lambda: connection,
                    str(target.get("host", "localhost")),
                    int(target.get("port", 6379)),
                    ssl=url.startswith("rediss://") or None,
                )
            password = target.get("password")
            if password:
                user = str(target.get("username") or "default")
                await connection.call("AUTH", user, str(password))
            if target.get("db"):
                await connection.call("SELECT", int(target["db"]))
            # A server that still loads its data takes connections and refuses most commands.
            await connection.call("PING")
        connection.watch(on_lost)
    except BaseException:
        connection.close()
        raise
    return connection


async def open_with_retry(
    url: str,
    *,
    on_push: Callable[[list[Any]], None] | None = None,
    on_lost: Callable[[], None] | None = None,
) -> RespConnection:
    """As `open_connection`, trying until Redis answers."""
    attempt = 0
    while True:
        try:
            return await open_connection(url, on_push=on_push, on_lost=on_lost)
        except (OSError, hiredis.ReplyError) as error:  # ReplyError: still loading its data
            wait = _BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)]
            if attempt == len(_BACKOFF_S):
                logger.warning("Redis does not answer: %s", error)
            attempt += 1
            await asyncio.sleep(wait)
