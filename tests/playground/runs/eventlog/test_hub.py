"""The hub where messages are missed: whatever pub/sub loses, viewers get from the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import msgspec
import pytest
import redis

from playground.runs.eventlog import Archive, Entry, EventLog, Hub, RunNotFound
from playground.runs.eventlog.hub import LoadArchive
from playground.runs.eventlog.live import LaneLog, LiveRun
from playground.runs.eventlog.resp import RespConnection
from playground.runs.events import LaneEntries, RunQueued, TraceOutput

pytestmark = pytest.mark.redis

RUN = "bcdfghjkmnpq"
QUEUED = RunQueued(ahead=0, at_ms=0)


@pytest.fixture
def log(redis_url: str) -> EventLog:
    log = EventLog(redis_url)
    log.open_run(RUN, [QUEUED])
    return log


def lose_subscriptions(url: str) -> None:
    """What a network does that cuts the web process off for a moment."""
    with redis.Redis.from_url(url) as client:
        client.client_kill_filter(_type="pubsub")


def append(log: EventLog, number: int) -> None:
    log.append_once(
        RUN, "actual", [TraceOutput(step=0, stream="stdout", text=str(number))], attempt=number
    )


@asynccontextmanager
async def hub(url: str, load_archive: LoadArchive) -> AsyncIterator[Hub]:
    made = Hub(url, load_archive)
    yield made
    await made.close()


async def no_archive(_run_id: str) -> Archive | None:
    return None


class Viewer:
    """Follows in a task of its own and collects what was printed in lane `actual`."""

    def __init__(self, hub: Hub) -> None:
        self.printed: list[str] = []
        self.has_main = asyncio.Event()
        self.rechecks = 0
        self.is_shut_out = False
        self._hub = hub
        self.task = asyncio.create_task(self._watch())

    async def _recheck(self) -> None:
        self.rechecks += 1
        if self.is_shut_out:
            raise PermissionError

    async def _watch(self) -> None:
        following = self._hub.follow(RUN, {}, recheck=self._recheck)
        async with aclosing(following) as frames:
            async for lane, _, frame in frames:
                if lane == "main":
                    self.has_main.set()
                elif lane:
                    message = msgspec.json.decode(frame, type=LaneEntries)
                    self.printed += [e.text for e in message.events if isinstance(e, TraceOutput)]

    async def stops(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for signals nothing
            await asyncio.sleep(0.01)


async def test_a_seal_that_was_missed_during_an_interruption_is_found_afterwards(
    log: EventLog, redis_url: str
) -> None:
    archive: list[Archive] = []

    async def load(_run_id: str) -> Archive | None:
        return archive[0] if archive else None

    async with hub(redis_url, load) as viewers:
        viewer = Viewer(viewers)
        await asyncio.wait_for(viewer.has_main.wait(), 20)
        archive.append(Archive({"main": log.read_lane(RUN, "main")}, complete=True))
        lose_subscriptions(redis_url)
        await asyncio.wait_for(viewer.task, 20)


async def test_an_interruption_while_a_run_is_loaded_hides_nothing(
    log: EventLog, redis_url: str
) -> None:
    looks = 0

    async def load(_run_id: str) -> Archive | None:
        nonlocal looks
        looks += 1
        if looks == 2:  # the lanes are read, and nothing is live yet
            run, before = viewers._runs[RUN], viewers._connection
            lose_subscriptions(redis_url)
            append(log, 1)
            await until(lambda: viewers._connection is not before and run.subscribed.is_set())
        return None

    async with hub(redis_url, load) as viewers:
        viewer = Viewer(viewers)
        await until(lambda: viewer.printed == ["1"])
        await viewer.stops()


async def test_a_viewer_who_comes_as_the_last_one_leaves_is_not_left_without_a_subscription(
    log: EventLog, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    send = RespConnection.send_subscription

    def note(connection: RespConnection, *command: str) -> None:
        sent.append(command[0])
        send(connection, *command)

    monkeypatch.setattr(RespConnection, "send_subscription", note)
    is_slow = False

    async def load(_run_id: str) -> Archive | None:
        if is_slow:
            await asyncio.sleep(0.3)  # the confirmations of the first viewer's commands arrive
        return None

    async with hub(redis_url, load) as viewers:
        first = Viewer(viewers)
        await asyncio.wait_for(first.has_main.wait(), 20)
        await first.stops()
        sent.clear()
        second = Viewer(viewers)
        async with asyncio.timeout(20):
            while not sent:  # noqa: ASYNC110 - the very moment matters
                await asyncio.sleep(0)
        is_slow = True
        second.task.cancel()
        third = Viewer(viewers)  # comes before anything was confirmed to the second
        await asyncio.wait_for(third.has_main.wait(), 20)
        append(log, 1)
        await until(lambda: third.printed == ["1"])
        await second.stops()
        await third.stops()


@pytest.mark.parametrize("change", ["announced", "missed"])
async def test_viewers_are_asked_again_when_the_audience_may_have_changed(
    log: EventLog, redis_url: str, change: str
) -> None:
    async with hub(redis_url, no_archive) as viewers:
        stays, goes = Viewer(viewers), Viewer(viewers)
        for viewer in (stays, goes):
            await asyncio.wait_for(viewer.has_main.wait(), 20)
        goes.is_shut_out = True
        if change == "announced":
            log.announce_audience(RUN)
        else:
            lose_subscriptions(redis_url)
        with pytest.raises(PermissionError):
            await asyncio.wait_for(goes.task, 20)
        append(log, 1)
        await until(lambda: stays.printed == ["1"])
        assert stays.rechecks >= 1
        assert goes.printed == []
        await stays.stops()


async def test_a_viewer_far_behind_gets_no_hole_where_redis_lost_its_data() -> None:
    async def read_nothing(*_: object) -> list[Entry]:
        return []

    run = LiveRun(RUN, read_nothing)
    lane = run._lanes["actual"] = LaneLog(limit=10)
    for number in range(3):
        lane.add(Entry(1, number, number, b'{"type":"x"}'))
    assert await run.frames_after({"actual": (1, 1)}) != []
    assert await run.frames_after({"actual": (1, 0)}) == []
    run.seal()
    with pytest.raises(RunNotFound):
        await run.frames_after({"actual": (1, 0)})
