"""The viewers' hub of a web process: one subscriber, one log per live run, viewers as cursors.

Theory of operation
-------------------
The first viewer of a run makes the hub SUBSCRIBE to the run's channel, wait for the confirmation,
and only then read the lanes (subscribe before read closes the race). From then on a live message
is taken if it continues its lane, ignored if the lane has it, and answered by reading the stream
if something is missing. Every viewer has a cursor per lane into the shared log, so a slow one
costs nothing but its own delay: its next frame carries everything it missed. The encoded frame is
shared by all viewers who stand at the same place.

Whatever is published while there is no subscription is lost to the hub. So every confirmation of
one, also of one that was taken up again, is answered by reading: the lanes, whether the run was
sealed meanwhile, and whether its viewers may still see it.

A run that Redis no longer holds is read from the database by the `load_archive` callable.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import redis.asyncio
from redis.exceptions import RedisError

from playground.runs.eventlog import scripts
from playground.runs.eventlog.entries import (
    AUDIENCE,
    BEFORE_ALL,
    SEALED,
    Entry,
    EntryId,
    entry_from_channel,
    entry_from_stream,
    format_id,
)
from playground.runs.eventlog.live import LiveRun, RunNotFound
from playground.runs.eventlog.resp import RespConnection, open_with_retry
from playground.runs.events import RunComplete, encode

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Archive:
    """A run's log as the database has it. `complete`: the run is over and this is all of it."""

    lanes: dict[str, list[Entry]]
    complete: bool


LoadArchive = Callable[[str], Awaitable[Archive | None]]

#: Raises where a viewer may no longer see the run.
Recheck = Callable[[], Awaitable[None]]

#: How long to wait for the confirmation of a subscription before looking again.
_SUBSCRIBE_TIMEOUT_S: Final = 5.0
_RETRY_S: Final = 0.2
_RETRY_AFTER_FAILURE_S: Final = 5.0

#: Connections that read lanes; who finds all of them busy waits. After a restart every watched
#: run is read at once, and Redis should not see a connection for each.
_MAX_READERS: Final = 8


async def _let_all_see() -> None:
    """For viewers whom nobody restricts."""


class Hub:
    """One per process and event loop."""

    def __init__(self, url: str, load_archive: LoadArchive) -> None:
        self._url = url
        self._load_archive = load_archive
        self._redis: redis.asyncio.Redis = redis.asyncio.Redis.from_pool(
            redis.asyncio.BlockingConnectionPool.from_url(
                url, max_connections=_MAX_READERS, timeout=None
            )
        )
        self._runs: dict[str, LiveRun] = {}
        self._connection: RespConnection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    @property
    def live_runs(self) -> int:
        return len(self._runs)

    async def close(self) -> None:
        """Give all connections back."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._connection is not None:
            self._connection.close()
        await self._redis.aclose()

    async def follow(
        self, run_id: str, after: Mapping[str, EntryId], *, recheck: Recheck = _let_all_see
    ) -> AsyncGenerator[tuple[str, EntryId, bytes], None]:
        """Everything after the given ids, then live, as (lane, id, `lane.entries` JSON).

        Ends when the run is sealed and everything was yielded; the last item is
        ("", (0, 0), `run.complete` JSON). `recheck` is awaited whenever the run's audience may
        have changed. Raises RunNotFound, and what `recheck` raises.
        """
        run = self._runs.get(run_id)
        if run is None:
            run = self._runs[run_id] = LiveRun(run_id, self._read_range)
            run.loading = asyncio.get_running_loop().create_task(self._load(run))
        run.viewers += 1
        cursors = dict(after)
        audience = run.audience
        try:
            if run.loading is not None:
                await asyncio.shield(run.loading)
            if not run.found:
                raise RunNotFound(run_id)
            while True:
                if audience != run.audience:
                    audience = run.audience
                    await recheck()
                version = run.version
                frames = await run.frames_after(cursors)
                for lane, entry_id, frame in frames:
                    yield lane, entry_id, frame
                    cursors[lane] = entry_id
                if frames:
                    continue
                if run.sealed:
                    yield "", BEFORE_ALL, encode(RunComplete(run_id=run_id))
                    return
                await run.changed_since(version)
        finally:
            run.viewers -= 1
            self._forget_if_unwatched(run)

    def _forget_if_unwatched(self, run: LiveRun) -> None:
        if run.viewers or self._runs.get(run.run_id) is not run:
            return
        del self._runs[run.run_id]
        if run.loading is not None:
            run.loading.cancel()
        if self._connection is not None:
            self._connection.send_subscription("UNSUBSCRIBE", scripts.channel(run.run_id))

    # --- loading -----------------------------------------------------------------------

    async def _load(self, run: LiveRun) -> None:
        """Fill a new log: subscribe, wait for the confirmation, read; or take the archive."""
        if not await self._take_complete_archive(run):
            await self._subscribe(run)
            run.is_interrupted = False
            lanes = await self._read_until_done(run)
            # The run may have been sealed between the look into the database and the
            # subscription; and Redis may have lost a run of which a snapshot remains.
            archived = await self._take_complete_archive(run)
            if not lanes and not archived and (archive := await self._load_archive(run.run_id)):
                run.take_archive(archive.lanes)
        run.loading = None
        if run.is_interrupted:
            self._take_up_again(run)

    async def _take_complete_archive(self, run: LiveRun) -> bool:
        archive = await self._load_archive(run.run_id)
        if archive is None or not archive.complete:
            return False
        run.take_archive(archive.lanes)
        run.seal()
        return True

    async def _read_until_done(self, run: LiveRun) -> set[str]:
        while True:
            try:
                return await self._read_all(run)
            except (RedisError, OSError) as error:
                logger.warning("run %s not read yet: %s", run.run_id, error)
                await asyncio.sleep(_RETRY_S)

    async def _subscribe(self, run: LiveRun) -> None:
        # Not left out where a confirmation is here already: it may be the last viewer's, whose
        # UNSUBSCRIBE is on its way.
        while True:
            if self._connecting is None:
                self._connecting = asyncio.get_running_loop().create_task(self._connect())
            await self._connected.wait()
            if self._connection is not None:
                self._connection.send_subscription("SUBSCRIBE", scripts.channel(run.run_id))
            try:
                await asyncio.wait_for(run.subscribed.wait(), _SUBSCRIBE_TIMEOUT_S)
                return
            except TimeoutError:
                logger.warning("no confirmation for the channel of run %s", run.run_id)

    async def _connect(self) -> None:
        self._connection = await open_with_retry(
            self._url, on_push=self._pushed, on_lost=self._lost
        )
        for run in self._runs.values():
            self._connection.send_subscription("SUBSCRIBE", scripts.channel(run.run_id))
        self._connected.set()

    def _lost(self) -> None:
        logger.warning("subscription to Redis lost; %d runs are watched", len(self._runs))
        self._connected.clear()
        for run in self._runs.values():
            run.subscribed.clear()
        self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _read_all(self, run: LiveRun) -> set[str]:
        names: Any = await self._redis.smembers(scripts.lanes_key(run.run_id))
        lanes = {name.decode("ascii") for name in names}
        for lane in sorted(lanes):
            run.take(lane, await self._read_range(run.run_id, lane, run.last_id(lane), None))
        return lanes

    async def _read_range(
        self, run_id: str, lane: str, after: EntryId, count: int | None
    ) -> list[Entry]:
        reply: Any = await self._redis.xrange(
            scripts.lane_key(run_id, lane), min=f"({format_id(after)}", count=count
        )
        return [entry_from_stream(entry_id, fields) for entry_id, fields in reply]

    # --- live --------------------------------------------------------------------------

    def _pushed(self, message: list[Any]) -> None:
        """A pub/sub message; runs in the connection's callback, so it must not block."""
        kind, name = message[0], message[1].decode("ascii", "replace")
        run = self._runs.get(name.removeprefix("run:"))
        if run is None:
            return
        if kind == b"subscribe":
            run.subscribed.set()
            if run.loading is None:
                self._take_up_again(run)
            else:
                run.is_interrupted = True
        elif kind == b"message":
            if message[2] == SEALED:
                run.is_ending = True
                self._refill(run)
                return
            if message[2] == AUDIENCE:
                run.change_audience()
                return
            lane, entry = entry_from_channel(message[2])
            if not run.offer(lane, entry):
                self._refill(run)

    def _take_up_again(self, run: LiveRun) -> None:
        """Make up for messages that were missed between two subscriptions."""
        run.change_audience()
        self._refill(run)

    def _refill(self, run: LiveRun) -> None:
        """Read what is missing. One reader per run; a request meanwhile makes it look again."""
        run.needs_refill = True
        if run.refilling is None:
            run.refilling = asyncio.get_running_loop().create_task(self._refill_until_done(run))

    async def _refill_until_done(self, run: LiveRun) -> None:
        try:
            while run.needs_refill:
                run.needs_refill = False
                try:
                    await self._refill_once(run)
                except (RedisError, OSError) as error:
                    logger.warning("run %s not refilled yet: %s", run.run_id, error)
                    run.needs_refill = True
                    await asyncio.sleep(_RETRY_S)
                except Exception:
                    logger.exception("run %s not refilled", run.run_id)
                    run.needs_refill = True
                    await asyncio.sleep(_RETRY_AFTER_FAILURE_S)
                if run.viewers == 0:
                    return
        finally:
            run.refilling = None

    async def _refill_once(self, run: LiveRun) -> None:
        await self._read_all(run)
        if run.is_ending:
            run.seal()
        else:  # the word that the run was sealed may be among what was missed
            await self._take_complete_archive(run)
