"""The load generator's WebSocket client against an independent server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.streaming.websocket import connect

SIZES = (0, 1, 125, 126, 65_535, 65_536, 300_000)


@asynccontextmanager
async def echo_server() -> AsyncIterator[int]:
    """Echoes texts, and pings before each answer."""

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await (await connection.ping())
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_texts_of_every_length_arrive_whole_and_pings_are_answered() -> None:
    got: list[bytes] = []
    async with echo_server() as port:
        done = asyncio.Event()

        def take(payload: bytes, now: int) -> None:
            assert now > 0
            got.append(payload)
            if len(got) == len(SIZES):
                done.set()

        socket = await connect(port, "/", take)
        for size in SIZES:
            socket.send(b"x" * size)
        await asyncio.wait_for(done.wait(), 30)
        socket.close()
    assert [len(payload) for payload in got] == list(SIZES)


async def test_the_servers_close_code_is_kept() -> None:
    async def refuse(connection: ServerConnection) -> None:
        await connection.close(4426)

    async with serve(refuse, "127.0.0.1", 0) as server:
        socket = await connect(server.sockets[0].getsockname()[1], "/", lambda _payload, _now: None)
        await asyncio.wait_for(socket.closed.wait(), 30)
    assert socket.close_code == 4426


async def test_a_refused_handshake_says_what_the_server_answered() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        with pytest.raises(ConnectionError, match="403"):
            await connect(server.sockets[0].getsockname()[1], "/", lambda _payload, _now: None)
