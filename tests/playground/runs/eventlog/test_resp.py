"""Connecting to Redis: one attempt after another, whatever the other side does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import redis

from playground.runs.eventlog import EventLog, LanePublisher, resp
from playground.runs.eventlog.entries import decode_events
from playground.runs.events import TraceOutput

pytestmark = pytest.mark.redis

RUN = "bcdfghjkmnpq"

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted_server(answer: Answer) -> AsyncIterator[int]:
    """Something that takes connections as Redis does and answers as told; yields its port."""
    talking: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talking.add(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
    await asyncio.gather(*talking)


async def test_a_server_that_hangs_up_at_once_is_tried_again_by_one_attempt_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a proxy does whose Redis is away, or a Redis that has too many clients."""
    monkeypatch.setattr(resp, "_BACKOFF_S", (0.01,))
    open_now: list[int] = [0, 0]
    connects = asyncio.Semaphore(0)

    async def hang_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        open_now[0] += 1
        open_now[1] = max(open_now)
        connects.release()
        await asyncio.sleep(0.01)
        open_now[0] -= 1

    async with scripted_server(hang_up) as port:
        url = f"redis://:secret@127.0.0.1:{port}/0"
        publisher = LanePublisher(url, asyncio.get_running_loop())
        starting = asyncio.create_task(publisher.start())
        async with asyncio.timeout(20):
            for _ in range(12):
                await connects.acquire()
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
    assert open_now[1] == 1


async def test_a_server_that_still_loads_its_data_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resp, "_BACKOFF_S", (0.01,))
    answers = [b"-LOADING Redis is loading the dataset in memory\r\n"] * 3 + [b"+PONG\r\n"]
    hung_up: list[bool] = []

    async def load(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"PING\r\n")
        writer.write(answers.pop(0))
        hung_up.append(await reader.read() == b"")

    async with scripted_server(load) as port:
        lost: list[bool] = []
        async with asyncio.timeout(20):
            connection = await resp.open_with_retry(
                f"redis://127.0.0.1:{port}/0", on_lost=lambda: lost.append(True)
            )
        assert connection.is_open
        assert not answers
        assert lost == []
        connection.close()
    assert hung_up == [True] * 4, "a refused connection was left open"


async def test_a_publisher_that_is_refused_goes_on_as_soon_as_it_is_let_in(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.runs.eventlog.publisher._RETRY_S", 0.05)
    admin: Any = redis.Redis.from_url(redis_url)
    admin.execute_command("ACL SETUSER writer reset on >secret ~* &* +@all -script")
    publisher = LanePublisher(
        redis_url.replace("redis://", "redis://writer:secret@"), asyncio.get_running_loop()
    )
    try:
        await publisher.start()
        writer = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
        event = TraceOutput(step=0, stream="stdout", text="kept")
        writer.append(event)
        await asyncio.sleep(0.2)
        admin.execute_command("ACL SETUSER writer +script")
        await asyncio.wait_for(writer.drain(), 20)
        (entry,) = EventLog(redis_url).read_lane(RUN, "actual")
        assert decode_events(entry.events) == [event]
    finally:
        publisher.stop()
        admin.execute_command("ACL DELUSER writer")
        admin.close()
