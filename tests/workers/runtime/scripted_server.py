"""A model server that answers from a script: slow, cut, malformed, or in SGLang's own ways."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
Script = Callable[["Answer", Body], Awaitable[None]]


class Answer:
    """One connection's writing side."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Raw bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def begin(self) -> None:
        """The head of a stream."""
        await self.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        await self.send(b"Transfer-Encoding: chunked\r\n\r\n")

    async def piece(self, data: bytes) -> None:
        """A piece of the stream."""
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def event(self, content: Any) -> None:
        """One server-sent event."""
        await self.piece(f"data: {json.dumps(content)}\n\n".encode())

    async def end(self) -> None:
        """The stream's orderly end."""
        await self.piece(b"data: [DONE]\n\n")
        await self.send(b"0\r\n\r\n")

    async def reply(self, status: int, content: Any) -> None:
        """A whole answer."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n\r\n"
        await self.send(head.encode() + data)

    def reset(self) -> None:
        """Hang up in the middle."""
        self.writer.transport.abort()


def message(ids: list[int], total: int, reason: Body | None = None, **meta: Any) -> dict[str, Any]:
    """An event as SGLang words it."""
    info = {"id": "x", "completion_tokens": total, "finish_reason": reason, **meta}
    return {"text": "", "output_ids": ids, "meta_info": info}


@dataclass
class ScriptedServer:
    """`generate` is called for each request in turn; the last one again and again. `pages` are
    other addresses' contents."""

    generate: list[Script] = field(default_factory=list)
    requests: list[Body] = field(default_factory=list)
    aborted: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    pages: dict[str, Any] = field(default_factory=dict)
    info: Body = field(default_factory=lambda: {"version": "0.5", "context_length": 500})
    url: str = ""
    connections: set[asyncio.Task[None]] = field(default_factory=set)

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A client came."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self.connections.add(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = Answer(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.headers.append(head)
                size = next(
                    (
                        int(line[15:])
                        for line in head.lower().split("\r\n")
                        if line.startswith("content-length:")
                    ),
                    0,
                )
                body = json.loads(await reader.readexactly(size)) if size else {}
                await self._route(head.split(" ")[1], body, answer)

    async def _route(self, path: str, body: Body, answer: Answer) -> None:
        if path == "/generate":
            script = self.generate[min(len(self.requests), len(self.generate) - 1)]
            self.requests.append(body)
            await script(answer, body)
        elif path == "/abort_request":
            self.aborted.append(body["rid"])
            await answer.reply(200, {})
        elif path == "/get_server_info":
            await answer.reply(200, self.info)
        else:
            await answer.reply(200, self.pages.get(path, b""))


@asynccontextmanager
async def scripted_server(*generate: Script) -> AsyncIterator[ScriptedServer]:
    """A server on a free port."""
    made = ScriptedServer(list(generate))
    server = await asyncio.start_server(made.connected, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        for task in made.connections:
            task.cancel()
        await asyncio.gather(*made.connections, return_exceptions=True)
