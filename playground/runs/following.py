"""Following a run's log, for the WebSocket and the streaming API: they share a process's hub.

Who follows is asked again whenever the run's audience changes, so that a link that is taken back
shuts out those, too, who have it open.
"""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import AsyncGenerator
from typing import Final

from django.conf import settings

from playground.accounts.visitors import Visitor
from playground.runs.access import get_run_for_viewer
from playground.runs.archive import load_archive
from playground.runs.eventlog import EntryId, Hub, RunNotFound
from playground.runs.events import Error
from playground.runs.selectors import is_live
from playground.threads import in_thread

#: How often to look for a live run's log that is not there.
_LOOK_AGAIN_S: Final = 1.0

#: More lanes than any run has: what a viewer says it has is kept for as long as it follows.
MAX_CURSORS: Final = 100

# A process has one loop in production; tests have one per test.
_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def get_hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(settings.REDIS_URL, in_thread(load_archive))
    return hub


async def follow_run(
    run_id: str, after: dict[str, EntryId], *, visitor: Visitor | None
) -> AsyncGenerator[tuple[str, EntryId, bytes], None]:
    """`Hub.follow`, patient with a live run whose log Redis lost: workers rebuild it.

    The caller has made sure that the visitor may see the run. Raises RunUnavailable once that is
    no longer so, and RunNotFound for a run that is over and left no log.
    """

    async def recheck() -> None:
        await in_thread(get_run_for_viewer)(run_id=run_id, visitor=visitor)

    cursors = dict(after)
    while True:
        following = get_hub().follow(run_id, cursors, recheck=recheck)
        try:
            async with contextlib.aclosing(following) as frames:
                async for lane, entry_id, frame in frames:
                    yield lane, entry_id, frame
                    cursors[lane] = entry_id
            return
        except RunNotFound:
            if not await in_thread(is_live)(run_id=run_id):
                raise
            await asyncio.sleep(_LOOK_AGAIN_S)


def run_is_private(run_id: str, *, ref: str = "") -> Error:
    """What somebody is told who may not see a run, or not any more, or of a run that is none."""
    return Error(
        code="run.not_found",
        message="This run does not exist, or it is private.",
        fix="Check the link, or ask its owner to press Share.",
        ref=ref,
        run_id=run_id,
    )


def log_is_gone(run_id: str) -> Error:
    """What a viewer is told of a run without a log, neither live nor in the database."""
    return Error(
        code="run.gone",
        message="The log of this run is gone.",
        fix="Run the program again: it is kept with the run.",
        run_id=run_id,
    )
