"""Blocking work of long-lived connections, kept off the event loop.

`channels.db.database_sync_to_async` alone runs everything of a process that is not part of an
HTTP request in one single thread: one visitor's start that waits for a queue that does not answer
would hold up every other WebSocket. And work begun within an HTTP request would go to that
request's thread, which is gone once its client is, while others may wait for the same work.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")

#: Each thread keeps a database connection of its own.
_THREADS: Final = 8

_executor: Final = ThreadPoolExecutor(_THREADS, thread_name_prefix="blocking")


def in_thread(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """`function` as one that is awaited, and that may use the database."""
    return database_sync_to_async(function, thread_sensitive=False, executor=_executor)
