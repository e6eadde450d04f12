"""One event-loop thread per worker process: the publisher, the leases, and model streams.

Celery's pool only holds the slots. A task that streams from a model runs its coroutine here
(hundreds of streams in one process); a task that watches a box runs in its own slot and appends
through here. The loop starts at the first stage, hence after a prefork child was forked.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import cache
from typing import Any, TypeVar

import uvloop
from django.conf import settings

from playground.runs.eventlog import EventLog, LanePublisher, LeaseKeeper
from playground.runs.services import event_log

T = TypeVar("T")


class WorkerProcess:
    """The loop and what lives on it."""

    def __init__(self, url: str, log: EventLog, *, lease_s: float) -> None:
        self.loop = uvloop.new_event_loop()
        self.log = log
        self.lease_s = lease_s
        self.publisher = LanePublisher(url, self.loop)
        self.leases = LeaseKeeper(url, log, lease_s=lease_s)
        self._thread = threading.Thread(target=self._serve, name="worker-loop", daemon=True)
        self._thread.start()
        self.run(self._start())

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def _start(self) -> None:
        await self.publisher.start()
        self.leases.start()

    def stop(self) -> None:
        """End the loop; leases that are still held will expire."""

        async def close() -> None:
            self.leases.stop()
            self.publisher.stop()
            await asyncio.sleep(0)

        self.run(close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and wait for its result."""
        return self.submit(work).result()

    def call(self, function: Callable[[], T]) -> T:
        """Call a function on the loop and wait for its result."""

        async def body() -> T:
            return function()

        return self.run(body())


_starting = threading.Lock()


def worker_process() -> WorkerProcess:
    """This process's loop; started by the first caller."""
    with _starting:  # a pool of threads has many first callers, and `cache` lets all of them in
        return _worker_process()


@cache
def _worker_process() -> WorkerProcess:
    return WorkerProcess(settings.REDIS_URL, event_log(), lease_s=settings.LEASE_SECONDS)
