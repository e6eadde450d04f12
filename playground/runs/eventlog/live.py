"""One live run inside a web process: its lanes in memory, shared by all its viewers."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from typing import Final

from playground.runs.eventlog.entries import BEFORE_ALL, Entry, EntryId, format_id

#: What a process keeps of one lane. A viewer further behind is served from Redis, so memory does
#: not depend on how slow the slowest viewer is.
MAX_LANE_BYTES: Final = 4 * 1024 * 1024

#: One WebSocket message carries at most about this much: a page can draw while the next arrives.
MAX_FRAME_BYTES: Final = 256 * 1024

#: How many entries are read at once for a viewer that has fallen behind the memory.
_READ_COUNT: Final = 200

ReadRange = Callable[[str, str, EntryId, int | None], Awaitable[list[Entry]]]


class RunNotFound(Exception):
    """Neither Redis nor the database has a log for this run, or what a viewer lacks of it."""


class LaneLog:
    """The newest entries of a lane, in order; all of them if `limit` is 0."""

    def __init__(self, *, limit: int = MAX_LANE_BYTES) -> None:
        self._limit = limit
        self.entries: list[Entry] = []
        self.ids: list[EntryId] = []
        self.before: EntryId = BEFORE_ALL  # id just before the oldest entry kept
        self._bytes = 0
        # The last encoded frame: viewers at the same place share it.
        self._frame_key: tuple[EntryId, EntryId] = (BEFORE_ALL, BEFORE_ALL)
        self._frame = b""

    @property
    def last(self) -> EntryId:
        return self.ids[-1] if self.ids else self.before

    def continues(self, entry: Entry) -> bool:
        """Whether nothing is missing between the lane and `entry`."""
        attempt, seq = self.last
        if entry.attempt == attempt:
            return entry.first == seq + 1
        return entry.attempt > attempt and entry.first == 0

    def add(self, entry: Entry) -> None:
        """Append; the oldest entries go once the lane is over its limit."""
        self.entries.append(entry)
        self.ids.append(entry.id)
        self._bytes += len(entry.events)
        drop = 0
        while 0 < self._limit < self._bytes and drop < len(self.entries) - 1:
            self._bytes -= len(self.entries[drop].events)
            drop += 1
        if drop > 0:
            self.before = self.ids[drop - 1]
            del self.entries[:drop]
            del self.ids[:drop]

    def frame(self, run_id: str, lane: str, after: EntryId) -> tuple[EntryId, bytes] | None:
        """What comes after `after` as one `lane.entries` message; None if there is nothing."""
        start = bisect_right(self.ids, after)
        if start == len(self.ids):
            return None
        end, size = start, 0
        while end < len(self.ids) and (end == start or size < MAX_FRAME_BYTES):
            size += len(self.entries[end].events)
            end += 1
        key = (self.ids[start], self.ids[end - 1])
        if self._frame_key != key:
            self._frame = encode_frame(run_id, lane, self.entries[start:end])
            self._frame_key = key
        return key[1], self._frame


def encode_frame(run_id: str, lane: str, entries: list[Entry]) -> bytes:
    """A `lane.entries` message, put together from bytes that are JSON already.

    `run_id` and `lane` are the service's own words and hold nothing that JSON would escape.
    """
    events = b",".join(entry.events for entry in entries)
    head = f'{{"type":"lane.entries","run_id":"{run_id}","lane":"{lane}","id":"'
    return b"".join(
        (head.encode(), format_id(entries[-1].id).encode(), b'","events":[', events, b"]}")
    )


class LiveRun:
    """A run that somebody watches."""

    def __init__(self, run_id: str, read_range: ReadRange) -> None:
        self.run_id = run_id
        self.viewers = 0
        self.found = False
        self.sealed = False
        self.is_ending = False  # sealed, but the last entries may still have to be read
        self.is_interrupted = False  # messages may have been missed while it was loaded
        self.subscribed = asyncio.Event()
        self.loading: asyncio.Task[None] | None = None
        self.refilling: asyncio.Task[None] | None = None
        self.needs_refill = False
        self._lanes: dict[str, LaneLog] = {}
        self._read_range = read_range
        self.version = 0  # grows with every wake
        self.audience = 0  # grows whenever somebody may have been shut out
        self._waiting: set[asyncio.Future[None]] = set()

    def last_id(self, lane: str) -> EntryId:
        """The newest id known of a lane."""
        log = self._lanes.get(lane)
        return log.last if log is not None else BEFORE_ALL

    def offer(self, lane: str, entry: Entry) -> bool:
        """Take a live entry. False: something before it is missing."""
        log = self._lanes.get(lane)
        if log is None:
            log = self._lanes[lane] = LaneLog()
        if entry.id <= log.last:
            return True
        if not log.continues(entry):
            return False
        log.add(entry)
        self.found = True
        self.wake()
        return True

    def take(self, lane: str, entries: list[Entry]) -> None:
        """Take entries read from the stream, in order."""
        log = self._lanes.setdefault(lane, LaneLog())
        fresh = [entry for entry in entries if entry.id > log.last]
        for entry in fresh:
            log.add(entry)
        if fresh:
            self.found = True
            self.wake()

    def take_archive(self, lanes: dict[str, list[Entry]]) -> None:
        """Take the whole log from the database instead of what is here."""
        for lane, entries in lanes.items():
            log = self._lanes[lane] = LaneLog(limit=0)
            for entry in entries:
                log.add(entry)
        self.found = True
        self.wake()

    def seal(self) -> None:
        """Nothing more will come."""
        self.sealed = True
        self.wake()

    def change_audience(self) -> None:
        """Let every viewer make sure that it may still see the run."""
        self.audience += 1
        self.wake()

    def wake(self) -> None:
        """Let every waiting viewer look again."""
        self.version += 1
        waiting, self._waiting = self._waiting, set()
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def changed_since(self, version: int) -> None:
        """Return once there was a `wake` after `version`.

        Each viewer waits on a future of its own: a shared one would have to be shielded anew for
        every viewer and wake-up, on the path that carries every event to every viewer.
        """
        if self.version != version:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    async def frames_after(self, cursors: dict[str, EntryId]) -> list[tuple[str, EntryId, bytes]]:
        """At most one frame per lane after the viewer's cursors.

        Raises RunNotFound where a part that the viewer lacks is nowhere any more.
        """
        frames = []
        for lane in list(self._lanes):
            log = self._lanes[lane]
            after = cursors.get(lane, BEFORE_ALL)
            if after < log.before:
                entries = await self._read_range(self.run_id, lane, after, _READ_COUNT)
                if entries:
                    frame = encode_frame(self.run_id, lane, entries)
                    frames.append((lane, entries[-1].id, frame))
                elif self.sealed:
                    raise RunNotFound(self.run_id)
                # Else Redis lost its data, and who writes the lane will send it again: to go on
                # with what is here would leave a hole.
                continue
            made = log.frame(self.run_id, lane, after)
            if made is not None:
                frames.append((lane, *made))
        return frames
