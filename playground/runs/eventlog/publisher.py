"""Appending to lanes from a worker: pipelined, fenced, and surviving a Redis restart.

One `LanePublisher` lives on a worker process's event loop. A writer keeps every entry of its lane
in memory until the lane is closed. After a reconnect, what the stream lacks is sent again, one
entry for each original entry (merged entries would look new to a viewer that has half of them),
and only then do live appends go on.

Events appended during one turn of the loop become one entry, so a burst costs one command and a
single token is never delayed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import hiredis

from playground.runs.eventlog import scripts
from playground.runs.eventlog.entries import (
    BEFORE_ALL,
    Entry,
    EntryId,
    encode_event,
    parse_id,
)
from playground.runs.eventlog.resp import Reply, RespConnection, open_with_retry
from playground.runs.events import MAX_EVENT_BYTES, LogEvent

logger = logging.getLogger(__name__)

#: A burst of events becomes several entries above this, so that no entry is much larger than
#: the largest event.
_MAX_ENTRY_BYTES: Final = MAX_EVENT_BYTES

#: Wait before a Redis that refuses commands is asked again.
_RETRY_S: Final = 0.5


class Fenced(Exception):
    """Another worker took this lane over: stop, and write nothing more."""


class LaneWriter:
    """The one writer of a lane. Use it on its publisher's loop; `append_soon` from any thread."""

    def __init__(self, publisher: LanePublisher, run_id: str, lane: str, attempt: int) -> None:
        self.run_id = run_id
        self.lane = lane
        self.attempt = attempt
        self.is_fenced = False
        self._publisher = publisher
        self._queued: list[bytes] = []
        self._entries: list[Entry] = []
        self._acked: EntryId = BEFORE_ALL
        self._next_seq = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._on_fenced: Callable[[], None] | None = None

    def on_fenced(self, callback: Callable[[], None]) -> None:
        """Call `callback` (on the loop) once this writer has been replaced."""
        self._on_fenced = callback

    def append(self, event: LogEvent) -> None:
        """Append one event. Raises Fenced if this writer has been replaced, or EventTooLarge."""
        if self.is_fenced:
            message = f"attempt {self.attempt} of {self.lane} in {self.run_id} was replaced"
            raise Fenced(message)
        self._queue(encode_event(event))

    def append_soon(self, event: LogEvent) -> None:
        """Append from another thread; a fenced writer drops it. Raises EventTooLarge."""
        self._publisher.loop.call_soon_threadsafe(self._queue, encode_event(event))

    def _queue(self, data: bytes) -> None:
        if self.is_fenced:
            return
        if not self._queued:
            self._idle.clear()
            self._publisher.loop.call_soon(self._flush)
        self._queued.append(data)

    async def drain(self) -> None:
        """Return once Redis has confirmed everything appended so far, or the writer is fenced."""
        await self._idle.wait()

    def close(self) -> None:
        """Forget the lane's entries: from now on a Redis restart is not repaired by this writer."""
        self._publisher.forget(self)

    def _flush(self) -> None:
        queued, self._queued = self._queued, []
        chunk: list[bytes] = []
        size = 0
        for data in queued:
            if chunk and size + len(data) > _MAX_ENTRY_BYTES:
                self._add_entry(chunk)
                chunk, size = [], 0
            chunk.append(data)
            size += len(data)
        if chunk:
            self._add_entry(chunk)

    def _add_entry(self, events: list[bytes]) -> None:
        first, self._next_seq = self._next_seq, self._next_seq + len(events)
        entry = Entry(self.attempt, first, self._next_seq - 1, b",".join(events))
        self._entries.append(entry)
        self._publisher.send(self, entry)

    def entries_after(self, top: EntryId) -> list[Entry]:
        """What a stream that ends at `top` lacks."""
        return [entry for entry in self._entries if entry.id > top]

    def confirm(self, entry: Entry, reply: Reply) -> None:
        """Redis answered an append. A lost connection is answered by resending, not here."""
        if isinstance(reply, ConnectionError):
            return
        if isinstance(reply, Exception):
            if isinstance(reply, hiredis.ReplyError) and str(reply).startswith("NOSCRIPT"):
                self._publisher.reload(self)
                return
            logger.error("append to %s of run %s failed: %s", self.lane, self.run_id, reply)
            self.fence()
            return
        # A refused id that this writer had not yet seen confirmed may be its own repeated entry
        # after a reconnect; a newer attempt is told apart by the script (-1).
        if reply == -1:
            self.fence()
            return
        self.confirm_up_to(entry.id)

    def confirm_up_to(self, entry_id: EntryId) -> None:
        """Everything up to `entry_id` is in the stream."""
        self._acked = max(self._acked, entry_id)
        if not self._queued and (not self._entries or self._acked >= self._entries[-1].id):
            self._idle.set()

    def fence(self) -> None:
        """This writer has been replaced."""
        if self.is_fenced:
            return
        self.is_fenced = True
        self._queued.clear()
        self._idle.set()
        if self._on_fenced is not None:
            self._on_fenced()


class LanePublisher:
    """All live lanes of one worker process over one pipelined connection."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._url = url
        self._connection: RespConnection | None = None
        self._ready = False
        self._sha = ""
        self._lanes: set[LaneWriter] = set()
        self._connecting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect; returns once Redis answers."""
        await self._connect()

    def stop(self) -> None:
        """Close the connection."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._connection is not None:
            self._connection.close()

    def open_lane(self, *, run_id: str, lane: str, attempt: int) -> LaneWriter:
        """The writer of a lane that was claimed for `attempt`."""
        writer = LaneWriter(self, run_id, lane, attempt)
        self._lanes.add(writer)
        return writer

    def forget(self, writer: LaneWriter) -> None:
        """Stop keeping a lane."""
        self._lanes.discard(writer)

    def send(self, writer: LaneWriter, entry: Entry) -> None:
        """Send an entry now, or leave it to the resend while there is no connection."""
        connection = self._connection
        if not self._ready or connection is None or not connection.is_open:
            return
        connection.send(
            "EVALSHA",
            self._sha,
            3,
            *scripts.append_keys(writer.run_id, writer.lane),
            scripts.channel(writer.run_id),
            writer.lane,
            entry.attempt,
            entry.first,
            entry.last,
            entry.events,
            scripts.LIVE_TTL_S,
            reply=lambda reply: writer.confirm(entry, reply),
        )

    def reload(self, writer: LaneWriter) -> None:
        """The script is gone (SCRIPT FLUSH): load it and resend, as after a reconnect."""
        if self._ready and self._connection is not None and self._connection.is_open:
            logger.info("reloading the append script for run %s", writer.run_id)
            self._ready = False
            self._connecting = self.loop.create_task(self._resend(self._connection))

    def _lost(self) -> None:
        self._ready = False
        logger.warning("connection to Redis lost; %d live lanes wait", len(self._lanes))
        self._connecting = self.loop.create_task(self._connect())

    async def _connect(self) -> None:
        connection = await open_with_retry(self._url, on_lost=self._lost)
        self._connection = connection
        await self._resend(connection)

    async def _resend(self, connection: RespConnection) -> None:
        try:
            sha = await connection.call("SCRIPT", "LOAD", scripts.APPEND)
            self._sha = sha.decode("ascii")
            tops = [(writer, await self._top(connection, writer)) for writer in list(self._lanes)]
        except ConnectionError:
            return  # `_lost` has started the next attempt
        except hiredis.ReplyError as error:
            logger.error("Redis refuses what lanes need: %s", error)
            await asyncio.sleep(_RETRY_S)
            connection.drop()  # and `_lost` starts the next attempt
            return
        # From here to `_ready` nothing awaits: appends made during the awaits above are in
        # the writers' entries and go out in order with what is sent again.
        self._ready = True
        for writer, top in tops:
            if top[0] > writer.attempt:
                writer.fence()
                continue
            for entry in writer.entries_after(top):
                self.send(writer, entry)
            writer.confirm_up_to(top)
        known = {writer for writer, _ in tops}
        for writer in self._lanes - known:  # opened during the awaits
            for entry in writer.entries_after(BEFORE_ALL):
                self.send(writer, entry)

    async def _top(self, connection: RespConnection, writer: LaneWriter) -> EntryId:
        key = scripts.lane_key(writer.run_id, writer.lane)
        reply = await connection.call("XREVRANGE", key, "+", "-", "COUNT", 1)
        return parse_id(reply[0][0]) if reply else BEFORE_ALL
