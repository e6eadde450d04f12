"""How long the stop button takes: `run.cancel` on a socket until the stage's worker is told.

Twenty people, each with a session, a socket and a run of their own, press Stop at once. The stages
are held by a process like a worker's: real claims, a real `LeaseKeeper`, and a callback that notes
the time. What a stage then does to end its box or its model request is not in the figure.

    python -m benchmarks.streaming.stops          the worker's side (JSON lines, `children.py`)
"""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from typing import Any, Final

import uvloop

from benchmarks.common import BenchmarkFailed, CpuMeter, summarise
from benchmarks.streaming.children import Child, hear, say
from benchmarks.streaming.site import BenchSite
from benchmarks.streaming.viewers import LANE, Tally, Viewer
from playground.runs.eventlog import EventLog
from playground.runs.eventlog.client import Lease
from playground.runs.eventlog.leases import LeaseKeeper
from playground.runs.events import RunCancel, encode

AT_ONCE: Final = 20
_LEASE_S: Final = 6.0
_TOLD_WITHIN_S: Final = 20.0
_READY_WITHIN_S: Final = 60.0

#: A run of one's own: its id, and the cookie that owns it.
Owned = tuple[str, str]


# --- the worker's side -----------------------------------------------------------------------


class Told:
    """When each of the held stages was told to stop."""

    def __init__(self, count: int) -> None:
        self.at_ns: dict[str, int] = {}
        self.all = asyncio.Event()
        self._count = count

    def note(self, run_id: str, cause: str) -> None:
        """The keeper's callback."""
        if cause == "cancelled":
            self.at_ns.setdefault(run_id, time.monotonic_ns())
        if len(self.at_ns) == self._count:
            self.all.set()


async def _hold_stages() -> None:
    loop = asyncio.get_running_loop()
    url: str = (await loop.run_in_executor(None, hear))["redis_url"]
    log = EventLog(url)
    keeper = LeaseKeeper(url, log, lease_s=_LEASE_S)
    keeper.start()
    while True:
        run_ids: list[str] = (await loop.run_in_executor(None, hear))["run_ids"]
        told = Told(len(run_ids))
        leases = [Lease(run_id, "record_trace", LANE, 1) for run_id in run_ids]
        for lease in leases:
            if not await asyncio.to_thread(log.claim, lease, lease_s=_LEASE_S):
                message = f"run {lease.run_id} could not be claimed"
                raise BenchmarkFailed(message)
            keeper.hold(lease, partial(told.note, lease.run_id))
        say("holding")
        async with asyncio.timeout(_TOLD_WITHIN_S):
            await told.all.wait()
        for lease in leases:
            keeper.drop(lease)
            await asyncio.to_thread(log.release, lease)
        say("told", at_ns=told.at_ns)


# --- the people's side -----------------------------------------------------------------------


async def _press(port: int, owned: list[Owned], worker: Child) -> list[float]:
    """Follow every run from its owner's socket, stop them all, and wait; milliseconds each."""
    tally = Tally()
    viewers = [Viewer(run_id, tally, cookie=cookie) for run_id, cookie in owned]
    await asyncio.gather(*(viewer.follow(port) for viewer in viewers))
    pressed: dict[str, int] = {}
    for viewer in viewers:
        pressed[viewer.run_id] = time.monotonic_ns()
        viewer.send(encode(RunCancel(run_id=viewer.run_id)))
    told = await asyncio.to_thread(worker.expect, "told", timeout_s=_TOLD_WITHIN_S + 5)
    for viewer in viewers:
        viewer.close()
    if tally.errors:
        message = f"a stop was refused: {tally.errors[0]}"
        raise BenchmarkFailed(message)
    return [(told["at_ns"][run_id] - at) / 1e6 for run_id, at in pressed.items()]


def measure_stops(site: BenchSite, *, rounds: int, at_once: int = AT_ONCE) -> dict[str, Any]:
    """Milliseconds from each press to its stage's callback. The first round only warms up."""
    owned: list[Owned] = [
        (run_id, cookie)
        for run_id, cookie in site.create_runs(owned=(rounds + 1) * at_once)["owned"]
    ]
    site.open_logs([run_id for run_id, _ in owned])
    samples: list[float] = []
    argv = [sys.executable, "-m", "benchmarks.streaming.stops"]
    with (
        site.web("event_log") as web,
        Child("stage-holder", argv, env=site.env, folder=site.folder) as worker,
    ):
        worker.tell(redis_url=site.redis_url)
        meter = CpuMeter({"web": web.child.pid, "redis": site.redis.pid, "worker": worker.pid})
        for turn in range(rounds + 1):
            batch = owned[turn * at_once : (turn + 1) * at_once]
            worker.tell(run_ids=[run_id for run_id, _ in batch])
            worker.expect("holding", timeout_s=_READY_WITHIN_S)
            waited = uvloop.run(_press(web.port, batch, worker))
            if turn == 0:
                meter.start()
                continue
            samples += waited
        cpu = meter.stop()
    return {
        "at_once": at_once,
        "rounds": rounds,
        "press_to_stage_ms": summarise(samples),
        "cpu_percent": cpu,
    }


if __name__ == "__main__":
    uvloop.run(_hold_stages())
