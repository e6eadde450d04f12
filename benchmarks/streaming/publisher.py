"""The load generator's worker: appends numbered, stamped events to many runs at a fixed rate.

    python -m benchmarks.streaming.publisher      (talks JSON lines, see `children.py`)

`event_log` uses the workers' own `LanePublisher`. `channels_redis` is the baseline: one task per
run that awaits `group_send` for every event. Both keep to the same schedule, in which the runs
take turns evenly. An event that is emitted late is stamped when it is emitted; how late it was is
reported beside the delays (`lag_ms`), so that an overloaded publisher cannot look fast.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
import uvloop
from channels_redis.core import RedisChannelLayer

from benchmarks.common import summarise
from benchmarks.streaming.baseline import group_name
from benchmarks.streaming.children import hear, say
from benchmarks.streaming.viewers import LANE
from playground.runs.eventlog import LanePublisher
from playground.runs.eventlog.entries import Entry
from playground.runs.eventlog.live import encode_frame
from playground.runs.events import TraceOutput, encode

_DRAIN_WITHIN_S: Final = 10.0


class Load(msgspec.Struct):
    """What to publish. `rate` is events per second and run; times are CLOCK_MONOTONIC in ns."""

    redis_url: str
    transport: str
    run_ids: list[str]
    rate: float


class Schedule(msgspec.Struct):
    """When. Delays and lags are reported for events due inside the window."""

    start_ns: int
    end_ns: int
    window: tuple[int, int]


class Lags:
    """How late events were emitted, in milliseconds."""

    def __init__(self, window: tuple[int, int]) -> None:
        self._window = window
        self.samples: list[float] = []

    def note(self, due: int, now: int) -> None:
        """An event that was due at `due` is emitted at `now`."""
        if self._window[0] <= due < self._window[1]:
            self.samples.append((now - due) / 1e6)


def stamped(seq: int, now: int) -> TraceOutput:
    """An event of about the size of a printed line, carrying its time of birth."""
    return TraceOutput(step=seq, stream="stdout", text=str(now))


async def _publish_to_log(load: Load, ready: Callable[[], Any]) -> dict[str, Any]:
    publisher = LanePublisher(load.redis_url, asyncio.get_running_loop())
    await publisher.start()
    writers = [publisher.open_lane(run_id=run_id, lane=LANE, attempt=1) for run_id in load.run_ids]
    schedule = await _schedule(ready)
    lags = Lags(schedule.window)
    gap_ns = 1e9 / (load.rate * len(writers))
    published = 0
    while (due := schedule.start_ns + int(published * gap_ns)) < schedule.end_ns:
        now = time.monotonic_ns()
        if due > now:
            await _sleep(due - now)
            continue
        seq, index = divmod(published, len(writers))
        writers[index].append(stamped(seq, now))
        lags.note(due, now)
        published += 1
    async with asyncio.timeout(_DRAIN_WITHIN_S):
        for writer in writers:
            await writer.drain()
    publisher.stop()
    seqs, more = divmod(published, len(writers))
    counts = {run_id: seqs + (at < more) for at, run_id in enumerate(load.run_ids)}
    return {"published": counts, "lag_ms": summarise(lags.samples)}


async def _publish_to_groups(load: Load, ready: Callable[[], Any]) -> dict[str, Any]:
    layer = RedisChannelLayer(hosts=[{"address": load.redis_url, "socket_timeout": None}])
    # One send opens the connection, as the event log's publisher has opened its own.
    await layer.group_send("nobody", {"type": "run.frame", "text": ""})
    schedule = await _schedule(ready)
    lags = Lags(schedule.window)
    gap_ns = int(1e9 / load.rate)
    counts = dict.fromkeys(load.run_ids, 0)

    async def publish(run_id: str, start_ns: int) -> None:
        group = group_name(run_id)
        seq = 0
        while (due := start_ns + seq * gap_ns) < schedule.end_ns:
            now = time.monotonic_ns()
            if now >= schedule.end_ns:
                return  # too slow for the schedule: the rest is not sent, and not counted as lost
            if due > now:
                await _sleep(due - now)
                continue
            lags.note(due, now)
            entry = Entry(1, seq, seq, encode(stamped(seq, now)))
            text = encode_frame(run_id, LANE, [entry]).decode()
            await layer.group_send(group, {"type": "run.frame", "text": text})
            seq += 1
            counts[run_id] = seq

    turns = (schedule.start_ns + at * gap_ns // len(counts) for at in range(len(counts)))
    await asyncio.gather(*(publish(*pair) for pair in zip(counts, turns, strict=True)))
    await layer.close_pools()
    return {"published": counts, "lag_ms": summarise(lags.samples)}


async def _sleep(left_ns: int) -> None:
    """At least a millisecond: uvloop's timers know no less and would turn without a pause."""
    await asyncio.sleep(max(left_ns / 1e9, 0.001))


async def _schedule(ready: Callable[[], Any]) -> Schedule:
    say("ready")
    return msgspec.convert(await asyncio.get_running_loop().run_in_executor(None, ready), Schedule)


TRANSPORTS: Final = {"event_log": _publish_to_log, "channels_redis": _publish_to_groups}


async def _publish() -> None:
    message = await asyncio.get_running_loop().run_in_executor(None, hear)
    load = msgspec.convert(message, Load)
    say("result", **await TRANSPORTS[load.transport](load, hear))


def main() -> None:
    """Serve one cell."""
    gc.disable()  # a bounded life; its pauses would count as delay
    uvloop.run(_publish())


if __name__ == "__main__":
    main()
