"""Following a run's log, for the WebSocket and the streaming API: they share a process's hub."""

from __future__ import annotations

import asyncio
import weakref

from channels.db import database_sync_to_async
from django.conf import settings

from playground.runs.archive import load_archive
from playground.runs.eventlog import Hub
from playground.runs.events import Error

# A process has one loop in production; tests have one per test.
_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def get_hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(settings.REDIS_URL, database_sync_to_async(load_archive))
    return hub


def log_is_gone(run_id: str) -> Error:
    """What a viewer is told of a run without a log, neither live nor in the database."""
    return Error(
        code="run.gone",
        message="The log of this run is gone.",
        fix="Run the program again: it is kept with the run.",
        run_id=run_id,
    )
