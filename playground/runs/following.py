"""This web process's hub, shared by the WebSocket and the streaming API."""

from __future__ import annotations

import asyncio
import weakref

from channels.db import database_sync_to_async
from django.conf import settings

from playground.runs.archive import load_archive
from playground.runs.eventlog import Hub

# A process has one loop in production; tests have one per test.
_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def get_hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(settings.REDIS_URL, database_sync_to_async(load_archive))
    return hub
