"""The event log against a real server: appending, fencing, leases, following."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from playground.runs.eventlog import (
    Archive,
    EventLog,
    Fenced,
    Hub,
    LanePublisher,
    LaneWriter,
    MainLaneLost,
    RunNotFound,
    live,
)
from playground.runs.eventlog.client import Lease
from playground.runs.eventlog.entries import EntryId, decode_events
from playground.runs.events import (
    LaneEntries,
    LaneReset,
    RunFinished,
    RunQueued,
    TraceOutput,
)
from tests.redis_server import RedisServer

pytestmark = pytest.mark.redis

RUN = "bcdfghjkmnpq"
QUEUED = RunQueued(ahead=0, at_ms=0)
FINISHED = RunFinished(status="succeeded", at_ms=1)


def numbered(number: int) -> TraceOutput:
    return TraceOutput(step=number, stream="stdout", text=str(number))


@pytest.fixture
def log(redis_url: str) -> EventLog:
    return EventLog(redis_url)


@pytest.fixture
async def publisher(redis_url: str) -> AsyncIterator[LanePublisher]:
    publisher = LanePublisher(redis_url, asyncio.get_running_loop())
    await publisher.start()
    yield publisher
    publisher.stop()


async def no_archive(_run_id: str) -> Archive | None:
    return None


@asynccontextmanager
async def hub(url: str) -> AsyncIterator[Hub]:
    made = Hub(url, no_archive)
    yield made
    await made.close()


class Viewer:
    """Collects what a page would see of one lane, and its resume tokens."""

    def __init__(self, hub: Hub, after: dict[str, EntryId] | None = None) -> None:
        self.ids: dict[str, EntryId] = dict(after or {})
        self.events: dict[str, list[int]] = {}
        self.frames = 0
        self.complete = False
        self._hub = hub

    async def watch(self, run_id: str = RUN) -> None:
        async with aclosing(self._hub.follow(run_id, self.ids)) as frames:
            async for lane, entry_id, frame in frames:
                if not lane:
                    self.complete = True
                    return
                self.frames += 1
                self.ids[lane] = entry_id
                message = msgspec.json.decode(frame, type=LaneEntries)
                for event in message.events:
                    if isinstance(event, LaneReset):
                        self.events[lane] = []
                    elif isinstance(event, TraceOutput):
                        self.events.setdefault(lane, []).append(event.step)


async def until(condition: object, *, seconds: float = 10.0) -> None:
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for signals nothing
            await asyncio.sleep(0.01)


# --- the main lane --------------------------------------------------------------------------


def test_the_main_lane_takes_events_from_several_writers_in_one_order(log: EventLog) -> None:
    log.open_run(RUN, [QUEUED])
    assert log.append_main(RUN, RunQueued(ahead=1, at_ms=1))
    assert log.append_main(RUN, RunQueued(ahead=2, at_ms=2))
    assert [entry.id for entry in log.read_lane(RUN, "main")] == [(1, 0), (1, 1), (1, 2)]


def test_nothing_is_appended_after_the_end(log: EventLog) -> None:
    log.open_run(RUN, [QUEUED])
    assert log.append_main(RUN, FINISHED, closes=True)
    assert not log.append_main(RUN, QUEUED)
    assert not log.append_main(RUN, RunFinished(status="cancelled", at_ms=2), closes=True)
    assert log.main_events(RUN) == [QUEUED, FINISHED]


def test_a_missing_main_lane_is_reported_and_rebuilt_above_the_old_ids(log: EventLog) -> None:
    with pytest.raises(MainLaneLost):
        log.append_main(RUN, QUEUED)
    log.rebuild_run(RUN, [QUEUED])
    assert log.append_main(RUN, FINISHED, closes=True)
    assert log.read_lane(RUN, "main")[0].attempt > 1_000_000
    assert log.main_events(RUN) == [QUEUED, FINISHED]


def test_a_repeated_append_is_no_second_event(log: EventLog) -> None:
    """The client repeats a command if the connection broke before the answer."""
    log.open_run(RUN, [QUEUED])
    started = RunQueued(ahead=1, at_ms=7)
    assert log.append_main(RUN, started)
    assert log.append_main(RUN, started)
    assert log.append_main(RUN, FINISHED, closes=True)
    assert log.append_main(RUN, FINISHED, closes=True), "who ended the run is told so"
    assert log.main_events(RUN) == [QUEUED, started, FINISHED]


def test_a_lane_that_several_find_lost_is_rebuilt_once(log: EventLog) -> None:
    for _ in range(3):
        log.rebuild_run(RUN, [QUEUED])
    assert log.main_events(RUN) == [QUEUED]


# --- claims and leases ----------------------------------------------------------------------


def lease(attempt: int = 1) -> Lease:
    return Lease(RUN, "record_trace", "actual", attempt)


def test_one_attempt_has_one_worker(log: EventLog) -> None:
    assert log.claim(lease(), lease_s=5)
    assert not log.claim(lease(), lease_s=5)
    assert log.claim(lease(2), lease_s=5)
    assert not log.claim(lease(), lease_s=5)


def test_a_closed_run_is_not_claimed(log: EventLog) -> None:
    log.open_run(RUN, [QUEUED])
    log.append_main(RUN, FINISHED, closes=True)
    assert not log.claim(lease(), lease_s=5)


def test_renewing_tells_whether_to_go_on(log: EventLog) -> None:
    log.open_run(RUN, [QUEUED])
    log.claim(lease(), lease_s=5)
    assert log.renew(lease(), lease_s=5) == "kept"
    log.claim(lease(2), lease_s=5)
    assert log.renew(lease(), lease_s=5) == "lost"
    log.append_main(RUN, FINISHED, closes=True)
    assert log.renew(lease(2), lease_s=5) == "closed"


def test_an_expired_lease_is_handed_to_one_caller(log: EventLog) -> None:
    log.claim(lease(), lease_s=0)
    assert log.expired_leases() == [lease()]
    assert log.expired_leases() == []


def test_a_handed_over_lease_expires_at_once_and_a_released_one_is_gone(log: EventLog) -> None:
    log.claim(lease(), lease_s=60)
    log.release(lease(), hand_over=True)
    assert log.expired_leases() == [lease()]
    log.claim(lease(2), lease_s=60)
    log.release(lease(2))
    assert log.leased_runs() == set()


# --- appending lanes ------------------------------------------------------------------------


async def test_a_burst_becomes_one_entry_and_keeps_its_order(
    publisher: LanePublisher, log: EventLog
) -> None:
    writer = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    for number in range(100):
        writer.append(numbered(number))
    await writer.drain()
    (entry,) = log.read_lane(RUN, "actual")
    assert (entry.first, entry.last) == (0, 99)
    assert decode_events(entry.events) == [numbered(number) for number in range(100)]


async def test_a_burst_above_the_limit_becomes_several_entries(
    publisher: LanePublisher, log: EventLog
) -> None:
    writer = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    for number in range(20):
        writer.append(TraceOutput(step=number, stream="stdout", text="x" * 50_000))
    await writer.drain()
    entries = log.read_lane(RUN, "actual")
    assert len(entries) > 1
    assert [entry.first for entry in entries[1:]] == [entry.last + 1 for entry in entries[:-1]]


async def test_a_replaced_writer_is_fenced(publisher: LanePublisher, log: EventLog) -> None:
    log.claim(lease(), lease_s=5)
    zombie = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    zombie.append(numbered(1))
    await zombie.drain()
    log.claim(lease(2), lease_s=5)
    told: list[bool] = []
    zombie.on_fenced(lambda: told.append(True))
    zombie.append(numbered(2))
    await zombie.drain()
    assert told == [True]
    with pytest.raises(Fenced):
        zombie.append(numbered(3))
    assert len(log.read_lane(RUN, "actual")) == 1


async def test_a_writer_that_missed_the_takeover_cannot_write_below_it(
    publisher: LanePublisher, log: EventLog
) -> None:
    """The control hash is gone, as after a loss of Redis's data: the ids alone must fence."""
    new = publisher.open_lane(run_id=RUN, lane="actual", attempt=2)
    new.append(LaneReset(attempt=2, reason="test"))
    await new.drain()
    zombie = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    zombie.append(numbered(1))
    await zombie.drain()
    assert zombie.is_fenced


# --- following ------------------------------------------------------------------------------


async def test_a_viewer_gets_the_past_then_the_present(
    publisher: LanePublisher, log: EventLog, redis_url: str
) -> None:
    log.open_run(RUN, [QUEUED])
    writer = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    for number in range(10):
        writer.append(numbered(number))
    await writer.drain()
    async with hub(redis_url) as viewers:
        viewer = Viewer(viewers)
        watching = asyncio.create_task(viewer.watch())
        await until(lambda: len(viewer.events.get("actual", [])) == 10)
        for number in range(10, 20):
            writer.append(numbered(number))
            await asyncio.sleep(0)
        await until(lambda: len(viewer.events["actual"]) == 20)
        assert viewer.events["actual"] == list(range(20))
        log.announce_sealed(RUN, keep_s=100)
        await asyncio.wait_for(watching, 10)
        assert viewer.complete


async def test_a_resumed_viewer_misses_nothing_and_sees_nothing_twice(
    publisher: LanePublisher, log: EventLog, redis_url: str
) -> None:
    log.open_run(RUN, [QUEUED])
    writer = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    seen: list[int] = []
    ids: dict[str, EntryId] = {}

    async def write() -> None:
        for number in range(300):
            writer.append(numbered(number))
            await asyncio.sleep(0.002)

    writing = asyncio.create_task(write())
    async with hub(redis_url) as viewers:
        while len(seen) < 300:
            viewer = Viewer(viewers, ids)
            watching = asyncio.create_task(viewer.watch())
            await asyncio.sleep(0.03)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            seen += viewer.events.get("actual", [])
            ids = viewer.ids
    await writing
    assert seen == list(range(300))


async def test_many_viewers_share_frames_and_all_see_everything(
    publisher: LanePublisher, log: EventLog, redis_url: str
) -> None:
    log.open_run(RUN, [QUEUED])
    writer = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    async with hub(redis_url) as viewers:
        crowd = [Viewer(viewers) for _ in range(30)]
        tasks = [asyncio.create_task(viewer.watch()) for viewer in crowd]
        await asyncio.sleep(0.1)
        for number in range(200):
            writer.append(numbered(number))
            if number % 7 == 0:
                await asyncio.sleep(0.001)
        await writer.drain()
        log.announce_sealed(RUN, keep_s=100)
        await asyncio.wait_for(asyncio.gather(*tasks), 20)
        assert all(viewer.events["actual"] == list(range(200)) for viewer in crowd)
        assert viewers.live_runs == 0


async def test_a_slow_viewer_grows_no_memory_and_still_gets_everything(
    publisher: LanePublisher, log: EventLog, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live.LaneLog.__init__, "__kwdefaults__", {"limit": 50_000})
    log.open_run(RUN, [QUEUED])
    writer = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    async with hub(redis_url) as viewers:
        slow = viewers.follow(RUN, {})
        await anext(slow)  # the main lane's first entry; then the viewer stops reading
        quick = Viewer(viewers)
        watching = asyncio.create_task(quick.watch())
        for number in range(400):
            writer.append(TraceOutput(step=number, stream="stdout", text="x" * 1000))
            await asyncio.sleep(0)
        await writer.drain()
        await until(lambda: len(quick.events.get("actual", [])) == 400)
        kept = viewers._runs[RUN]._lanes["actual"]
        assert sum(len(entry.events) for entry in kept.entries) < 60_000
        log.announce_sealed(RUN, keep_s=100)
        steps = []
        async for lane, _, frame in slow:
            if lane == "actual":
                message = msgspec.json.decode(frame, type=LaneEntries)
                steps += [event.step for event in message.events if isinstance(event, TraceOutput)]
        assert steps == list(range(400))
        await asyncio.wait_for(watching, 10)


async def test_a_run_that_nobody_knows_is_not_found(redis_url: str) -> None:
    async with hub(redis_url) as viewers:
        with pytest.raises(RunNotFound):
            await Viewer(viewers).watch("zzzzzzzzzzzz")


# --- a Redis that dies ----------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["aof", "no-persistence"])
def mortal_redis(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path, persistent=request.param)
    server.start()
    yield server
    server.kill()


async def test_a_killed_redis_loses_and_doubles_nothing_of_a_live_lane(
    mortal_redis: RedisServer,
) -> None:
    log = EventLog(mortal_redis.url)
    log.open_run(RUN, [QUEUED])
    publisher = LanePublisher(mortal_redis.url, asyncio.get_running_loop())
    await publisher.start()
    writer: LaneWriter = publisher.open_lane(run_id=RUN, lane="actual", attempt=1)
    async with hub(mortal_redis.url) as viewers:
        viewer = Viewer(viewers)
        watching = asyncio.create_task(viewer.watch())
        for number in range(500):
            writer.append(numbered(number))
            if number in (150, 300):
                mortal_redis.kill()
                asyncio.get_running_loop().call_later(0.3, mortal_redis.start)
            await asyncio.sleep(0.004)
        await asyncio.wait_for(writer.drain(), 20)
        late = Viewer(viewers)
        late_watching = asyncio.create_task(late.watch())
        await until(lambda: len(viewer.events.get("actual", [])) >= 500)
        await until(lambda: len(late.events.get("actual", [])) >= 500)
        assert viewer.events["actual"] == list(range(500))
        assert late.events["actual"] == list(range(500))
        for task in (watching, late_watching):
            task.cancel()
        await asyncio.gather(watching, late_watching, return_exceptions=True)
    publisher.stop()
