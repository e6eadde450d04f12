"""A person at the real site: a session, a socket, and when which event of a run was seen."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from benchmarks.common import BenchmarkFailed
from benchmarks.streaming.websocket import WebSocket, connect
from playground.runs.events import PROTOCOL_VERSION, RunResume, RunStart, encode

#: The server closes a connection that was idle for five seconds.
_KEPT_ALIVE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of a run's log as a socket got it. `at_ns` is CLOCK_MONOTONIC."""

    at_ns: int
    lane: str
    attempt: int
    seq: int
    event: dict[str, Any]


class _Message(msgspec.Struct):
    type: str
    run_id: str = ""
    ref: str = ""
    lane: str = ""
    id: str = "0-0"
    events: list[dict[str, Any]] = []


@dataclass(slots=True)
class Timeline:
    """What was seen of one run, in the order in which it came."""

    seen: list[Seen] = field(default_factory=list)
    is_complete: bool = False

    def of(self, lane: str) -> Iterator[Seen]:
        """One lane."""
        return (item for item in self.seen if item.lane == lane)

    def first(self, kind: str, *, attempt: int = 1) -> Seen | None:
        """The first event of a type, of an attempt or a later one."""
        for item in self.seen:
            if item.event["type"] == kind and item.attempt >= attempt:
                return item
        return None


class Person:
    """One visitor with one socket. Use inside a running loop."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.runs: dict[str, Timeline] = {}
        self._accepted: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._posted_at = 0.0
        self._cookie = ""
        self._socket: WebSocket | None = None
        self._errors: list[str] = []

    async def arrive(self, program: dict[str, str]) -> str:
        """Get a session by a first run, then open the socket with it. Returns the run's id."""
        run_id = self.post(program)
        path = f"/ws/?protocol={PROTOCOL_VERSION}"
        self._socket = await connect(self.port, path, self._take, cookie=self._cookie)
        self.follow(run_id)
        return run_id

    def leave(self) -> None:
        """Close both connections."""
        self._http.close()
        if self._socket is not None:
            self._socket.close()

    def post(self, program: dict[str, str]) -> str:
        """`POST /api/v1/runs`; blocks until it is answered. Returns the run's id."""
        if time.monotonic() - self._posted_at > _KEPT_ALIVE_S:
            self._http.close()  # opens again by itself
        self._posted_at = time.monotonic()
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        self._http.request("POST", "/api/v1/runs", json.dumps(program), headers)
        response = self._http.getresponse()
        body = response.read()
        if response.status != 201:
            message = f"POST /api/v1/runs: {response.status} {body[:500]!r}"
            raise BenchmarkFailed(message)
        if cookie := response.getheader("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        run_id: str = json.loads(body)["id"]
        return run_id

    def follow(self, run_id: str) -> None:
        """Send `run.resume`."""
        self.runs.setdefault(run_id, Timeline())
        self._send(encode(RunResume(run_id=run_id)))

    async def start(self, program: dict[str, str]) -> str:
        """Send `run.start`, as the page does. Returns the run's id."""
        ref = str(len(self.runs))
        self._send(encode(msgspec.convert({"ref": ref, "kind": "trace", **program}, RunStart)))
        await self.wait(lambda: ref in self._accepted, what="run.accepted")
        return self._accepted[ref]

    async def wait(
        self, condition: Callable[[], object], *, what: str, timeout_s: float = 60
    ) -> None:
        """Return once the condition holds; it is looked at after every message."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            if self._errors:
                message = f"the site answered {self._errors[0]}"
                raise BenchmarkFailed(message)
            self._changed.clear()
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._changed.wait()
            except TimeoutError:
                message = f"no {what} within {timeout_s:.0f} s"
                raise BenchmarkFailed(message) from None

    def _send(self, message: bytes) -> None:
        if self._socket is None or self._socket.is_closed:
            raise BenchmarkFailed("the site closed the socket")
        self._socket.send(message)

    def _take(self, payload: bytes, now: int) -> None:
        message = msgspec.json.decode(payload, type=_Message)
        if message.type == "lane.entries":
            attempt, _, last = message.id.partition("-")
            first = int(last) - len(message.events) + 1
            timeline = self.runs.setdefault(message.run_id, Timeline())
            timeline.seen += [
                Seen(now, message.lane, int(attempt), first + at, event)
                for at, event in enumerate(message.events)
            ]
        elif message.type == "run.complete":
            self.runs.setdefault(message.run_id, Timeline()).is_complete = True
        elif message.type == "run.accepted":
            self.runs.setdefault(message.run_id, Timeline())
            self._accepted[message.ref] = message.run_id
        elif message.type == "error":
            self._errors.append(payload[:500].decode("utf-8", "replace"))
        self._changed.set()
