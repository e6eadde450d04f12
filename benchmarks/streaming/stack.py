"""The whole site: a run's way from the request to its first frame, and a killed worker's silence.

Web server, Celery workers and boxes are started with the site's own command lines. One person
starts small runs one after another, once through `POST /api/v1/runs` and once through `run.start`
on the socket, as the page does. Then a run that prints for seconds loses its worker to SIGKILL,
while a second one stands by as on any site with more than one.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from typing import Any, Final

import psutil
import uvloop

from benchmarks.common import BenchmarkFailed, CpuMeter, summarise
from benchmarks.streaming.children import Child
from benchmarks.streaming.site import BenchSite
from benchmarks.streaming.watching import Person, Timeline
from deploy.local.processes import worker_arguments

_LANE: Final = "actual"
_FRAMES: Final = "trace.frames"
_TRACE_END: Final = "trace.finished"
_END: Final = "run.finished"
_START_WITHIN_S: Final = 60.0
_EVENTS_BEFORE: Final = 10
_LOOK_S: Final = 2.0

#: The first runs of a worker's processes pay for imports and for probing the sandbox.
_WARM_UP_RUNS: Final = 6
_ENV: Final = {"MAX_RUNS_PER_MINUTE": "1000", "MAX_LIVE_RUNS_PER_OWNER": "100"}

_SMALL: Final = {
    "source": "def main():\n    total = 0\n    for number in range(5):\n"
    "        total += number\n    return total\n",
    "entry": "main()",
}
#: Events keep coming for about four seconds.
_LONG: Final = {
    "source": "import time\n\n\ndef main():\n    for number in range(80):\n"
    "        time.sleep(0.05)\n        print(number)\n",
    "entry": "main()",
}


def worker_argv(queue: str, name: str) -> list[str]:
    """The site's command line for a worker, under a name of its own."""
    arguments = list(worker_arguments(queue))
    arguments[arguments.index("-n") + 1] = f"{name}@%h"
    return [sys.executable, "-m", "celery", *arguments]


class Workers:
    """The workers of the site: one for housekeeping, and as many for boxes as were started."""

    def __init__(self, site: BenchSite, stack: contextlib.ExitStack) -> None:
        self._site = site
        self._stack = stack
        self._started = 0
        self.boxes: list[Child] = []
        self._start("default", "default")

    def _start(self, queue: str, name: str) -> Child:
        env = {**self._site.env, **_ENV}
        argv = worker_argv(queue, name)
        return self._stack.enter_context(Child(name, argv, env=env, folder=self._site.folder))

    async def add(self) -> None:
        """Start one more worker for boxes and wait until it takes tasks."""
        self._started += 1
        worker = self._start("sandbox", f"sandbox-{self._started}")
        self.boxes.append(worker)
        deadline = time.monotonic() + _START_WITHIN_S
        while " ready." not in worker.tail(200):
            if not worker.is_running or time.monotonic() > deadline:
                raise BenchmarkFailed(f"{worker.name} does not take tasks.\n{worker.tail()}")
            await asyncio.sleep(0.1)

    def kill_busy(self) -> None:
        """SIGKILL the worker that has a box, with all its processes."""
        for worker in self.boxes:
            family = psutil.Process(worker.pid).children(recursive=True)
            if any(process.name() == "bwrap" for process in family):
                self.boxes.remove(worker)
                worker.kill()
                return
        raise BenchmarkFailed("no worker has a box while a program should be running in one")

    def tails(self) -> str:
        """The ends of their logs."""
        return "\n".join(worker.tail() for worker in self.boxes)


# --- the request's way -----------------------------------------------------------------------


async def _watch(person: Person, run_id: str, *, attempt: int = 1) -> Timeline:
    """Wait for the end of the trace and of the run, in whichever order they come."""
    timeline = person.runs[run_id]
    await person.wait(
        lambda: timeline.first(_END) and timeline.first(_TRACE_END, attempt=attempt),
        what="end of the run",
    )
    end = timeline.first(_END)
    if end is None or end.event["status"] != "succeeded":
        message = f"the run ended badly: {end.event if end else None}"
        raise BenchmarkFailed(message)
    return timeline


async def _door(person: Person, *, runs: int, by_socket: bool) -> dict[str, Any]:
    """Milliseconds from the request to what the socket got first, run after run."""
    kinds = {"stage_started_ms": "stage.started", "first_frame_ms": _FRAMES, "end_ms": _END}
    waits: dict[str, list[float]] = {name: [] for name in ("answer_ms", *kinds)}
    for _ in range(runs):
        begin = time.monotonic_ns()
        if by_socket:
            run_id = await person.start(_SMALL)
        else:
            run_id = person.post(_SMALL)
        waits["answer_ms"].append((time.monotonic_ns() - begin) / 1e6)
        if not by_socket:
            person.follow(run_id)
        timeline = await _watch(person, run_id)
        for name, kind in kinds.items():
            seen = timeline.first(kind)
            if seen is None:
                message = f"the run ended without {kind}"
                raise BenchmarkFailed(message)
            waits[name].append((seen.at_ns - begin) / 1e6)
    return {name: summarise(samples) for name, samples in waits.items()}


# --- a killed worker -------------------------------------------------------------------------


async def _lose_worker(person: Person, workers: Workers) -> dict[str, float]:
    """Seconds without an event after the worker of a printing program was killed."""
    run_id = person.post(_LONG)
    person.follow(run_id)
    timeline = person.runs[run_id]
    await person.wait(lambda: len(list(timeline.of(_LANE))) >= _EVENTS_BEFORE, what="events")
    workers.kill_busy()
    killed = time.monotonic_ns()
    await person.wait(lambda: timeline.first("lane.reset", attempt=2), what="a second attempt")
    await _watch(person, run_id, attempt=2)
    again = [item for item in timeline.of(_LANE) if item.attempt > 1]
    if [item.seq for item in again] != list(range(len(again))):
        raise BenchmarkFailed("the second attempt has a gap or a doubled event")
    last = max(item.at_ns for item in timeline.of(_LANE) if item.attempt == 1)
    frame = timeline.first(_FRAMES, attempt=2)
    return {
        "silence_s": (again[0].at_ns - last) / 1e9,
        "killed_to_frame_s": ((frame.at_ns if frame else again[-1].at_ns) - killed) / 1e9,
    }


async def _recover(person: Person, workers: Workers, *, times: int) -> dict[str, Any]:
    lost = []
    for _ in range(times):
        await workers.add()
        await _warm_up(person)
        lost.append(await _lose_worker(person, workers))
    names = lost[0] if lost else ()
    return {name: summarise(row[name] for row in lost) for name in names}


async def _warm_up(person: Person) -> None:
    for _ in range(_WARM_UP_RUNS):
        run_id = person.post(_SMALL)
        person.follow(run_id)
        await _watch(person, run_id)


# --- all of it -------------------------------------------------------------------------------


async def _measure(port: int, workers: Workers, *, runs: int, kills: int) -> dict[str, Any]:
    person = Person(port)
    try:
        await workers.add()
        await _watch(person, await person.arrive(_SMALL))
        await _warm_up(person)
        return {
            "runs": runs,
            "post": await _door(person, runs=runs, by_socket=False),
            "socket": await _door(person, runs=runs, by_socket=True),
            "recovery": await _recover(person, workers, times=kills),
        }
    finally:
        person.leave()


def _other_percent() -> float:
    """What else the machine is busy with, before anything of the site runs.

    Later on, boxes come and go too fast to tell their time from that of other programs.
    """
    meter = CpuMeter({})
    meter.start()
    time.sleep(_LOOK_S)
    return meter.stop()["other"]


def measure_stack(site: BenchSite, *, runs: int, kills: int) -> dict[str, Any]:
    """Latency of `runs` small runs through each door, and recovery from `kills` lost workers."""
    site.open_logs([])
    other = _other_percent()
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(site.web("event_log", env=_ENV))
        workers = Workers(site, stack)
        try:
            measured = uvloop.run(_measure(web.port, workers, runs=runs, kills=kills))
            return {"other_before_percent": other, **measured}
        except BenchmarkFailed as failure:
            message = f"{failure}\n{web.child.tail()}\n{workers.tails()}"
            raise BenchmarkFailed(message) from failure
