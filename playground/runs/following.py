"""Following a run's log, for the WebSocket and the streaming API: they share a process's hub."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import AsyncGenerator
from typing import Final

from channels.db import database_sync_to_async
from django.conf import settings

from playground.runs.archive import load_archive
from playground.runs.eventlog import EntryId, Hub, RunNotFound
from playground.runs.events import Error
from playground.runs.selectors import is_live

#: How often to look for a live run's log that is not there.
_LOOK_AGAIN_S: Final = 1.0

# A process has one loop in production; tests have one per test.
_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def get_hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(settings.REDIS_URL, database_sync_to_async(load_archive))
    return hub


async def follow_run(
    run_id: str, after: dict[str, EntryId]
) -> AsyncGenerator[tuple[str, EntryId, bytes], None]:
    """`Hub.follow`, patient with a live run whose log Redis lost: workers rebuild it.

    Raises RunNotFound for a run that is over and left no log.
    """
    while True:
        try:
            async with contextlib.aclosing(get_hub().follow(run_id, after)) as frames:
                async for frame in frames:
                    yield frame
            return
        except RunNotFound:
            if not await database_sync_to_async(is_live)(run_id=run_id):
                raise
            await asyncio.sleep(_LOOK_AGAIN_S)


def log_is_gone(run_id: str) -> Error:
    """What a viewer is told of a run without a log, neither live nor in the database."""
    return Error(
        code="run.gone",
        message="The log of this run is gone.",
        fix="Run the program again: it is kept with the run.",
        run_id=run_id,
    )
