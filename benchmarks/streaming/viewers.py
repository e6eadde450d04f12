"""The load generator's viewers: many sockets that follow runs and check every event.

    python -m benchmarks.streaming.viewers        (talks JSON lines, see `children.py`)

A viewer knows from the ids which event must come next. An event it never got is lost, one it got
again is doubled, one whose content contradicts its id is corrupt. The delay of an event is the
time from its stamp, taken by the publisher just before the append, until the viewer's socket was
read; parsing comes after that and is not in it.
"""

from __future__ import annotations

import asyncio
import gc
import time
from array import array
from typing import Any, Final

import msgspec
import uvloop

from benchmarks.common import summarise
from benchmarks.streaming.children import hear, say
from benchmarks.streaming.websocket import WebSocket, connect
from playground.runs.events import PROTOCOL_VERSION, RunResume, encode

LANE: Final = "actual"

#: How many handshakes are under way at once.
_CONNECTING: Final = 50
_FOLLOW_WITHIN_S: Final = 60.0

#: After the publisher's end: give up on the rest when nothing came for this long, or at the latest.
_QUIET_S: Final = 2.0
_REST_WITHIN_S: Final = 10.0


class _Event(msgspec.Struct):
    step: int = -1
    text: str = "0"


class _Frame(msgspec.Struct):
    """What matters of any server message; the other fields are skipped by the decoder."""

    type: str
    lane: str = ""
    id: str = "0-0"
    events: list[_Event] = []


_decode = msgspec.json.Decoder(_Frame).decode


class Tally:
    """What all viewers saw together."""

    def __init__(self) -> None:
        self.window = (2**63, 2**63)
        self.delays_ns = array("q")
        self.frames = 0
        self.last_frame_at = 0
        self.corrupt = 0
        self.errors: list[str] = []


class Viewer:
    """One socket that follows one run."""

    def __init__(self, run_id: str, tally: Tally, *, cookie: str = "") -> None:
        self.run_id = run_id
        self.following: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.next_seq = 0
        self.received = 0
        self.doubled = 0
        self._cookie = cookie
        self._socket: WebSocket | None = None
        self._tally = tally

    async def follow(self, port: int) -> None:
        """Connect and resume the run from its beginning."""
        path = f"/ws/?protocol={PROTOCOL_VERSION}"
        self._socket = await connect(port, path, self.take, cookie=self._cookie)
        self.send(encode(RunResume(run_id=self.run_id)))
        await asyncio.wait_for(self.following, _FOLLOW_WITHIN_S)

    @property
    def is_connected(self) -> bool:
        return self._socket is not None and not self._socket.is_closed

    def send(self, message: bytes) -> None:
        """Send to the server."""
        if self._socket is not None:
            self._socket.send(message)

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()

    def take(self, payload: bytes, now: int) -> None:
        """A message from the server."""
        frame = _decode(payload)
        if frame.lane == LANE:
            self._count(frame, now)
        elif frame.lane == "main":
            if not self.following.done():
                self.following.set_result(None)
        elif frame.type != "socket.ready":
            self._tally.errors.append(payload[:300].decode("utf-8", "replace"))

    def _count(self, frame: _Frame, now: int) -> None:
        tally = self._tally
        last = int(frame.id.partition("-")[2])
        seq = last - len(frame.events) + 1
        begin, end = tally.window
        for event in frame.events:
            stamp = int(event.text)
            if event.step != seq:
                tally.corrupt += 1
            if seq < self.next_seq:
                self.doubled += 1
            else:
                self.received += 1
                self.next_seq = seq + 1
            if begin <= stamp < end:
                tally.delays_ns.append(now - stamp)
            seq += 1
        if begin <= now < end:
            tally.frames += 1
        tally.last_frame_at = now


async def _connect_all(port: int, run_ids: list[str], per_run: int, tally: Tally) -> list[Viewer]:
    viewers = [Viewer(run_id, tally) for run_id in run_ids for _ in range(per_run)]
    gate = asyncio.Semaphore(_CONNECTING)

    async def follow(viewer: Viewer, port: int) -> None:
        async with gate:
            await viewer.follow(port)

    await asyncio.gather(*(follow(viewer, port) for viewer in viewers))
    return viewers


async def _wait_for_rest(viewers: list[Viewer], published: dict[str, int], tally: Tally) -> None:
    begin = time.monotonic_ns()
    while any(viewer.received < published[viewer.run_id] for viewer in viewers):
        now = time.monotonic_ns()
        quiet_s = (now - max(tally.last_frame_at, begin)) / 1e9
        if quiet_s > _QUIET_S or now - begin > _REST_WITHIN_S * 1e9:
            return
        await asyncio.sleep(0.05)


async def _measure() -> None:
    loop = asyncio.get_running_loop()
    spec: dict[str, Any] = await loop.run_in_executor(None, hear)
    tally = Tally()
    begin = time.monotonic()
    viewers = await _connect_all(spec["port"], spec["run_ids"], spec["viewers_per_run"], tally)
    say("following", connect_s=round(time.monotonic() - begin, 3))
    tally.window = tuple((await loop.run_in_executor(None, hear))["window"])
    published: dict[str, int] = (await loop.run_in_executor(None, hear))["published"]
    await _wait_for_rest(viewers, published, tally)
    expected = sum(published[viewer.run_id] for viewer in viewers)
    window_s = (tally.window[1] - tally.window[0]) / 1e9
    say(
        "result",
        delay_ms=summarise(delay / 1e6 for delay in tally.delays_ns),
        delivered_per_s=round(len(tally.delays_ns) / window_s, 1),
        frames_per_s=round(tally.frames / window_s, 1),
        expected=expected,
        lost=expected - sum(viewer.received for viewer in viewers),
        doubled=sum(viewer.doubled for viewer in viewers),
        corrupt=tally.corrupt,
        disconnected=sum(not viewer.is_connected for viewer in viewers),
        errors=tally.errors[:3],
    )


def main() -> None:
    """Serve one cell."""
    gc.disable()  # a bounded life; a pause of this process would count as delay
    uvloop.run(_measure())


if __name__ == "__main__":
    main()
