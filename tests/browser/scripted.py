"""A run whose lanes a test writes itself: the real page, and a socket that the test holds.

Exact differences between prediction and reality can not be had from a model. The page is the real
one; only its WebSocket is answered from a list of messages, which are real protocol structs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from playwright.sync_api import Page, WebSocketRoute

from playground.runs.events import (
    PROTOCOL_VERSION,
    LaneEntries,
    LogEvent,
    RunAccepted,
    RunComplete,
    RunFinished,
    ServerMessage,
    SocketReady,
    TraceFinished,
    TraceFrames,
    TraceStarted,
    encode,
)
from traces.events import EndStatus, TraceEvent
from traces.trace import FrameConfidence

RUN_ID = "abcdefghjkmn"

#: The program of all planted differences: the first example of the menu.
COUNT_LETTER = """\
def count_letter(word, letter):
    count = 0
    for char in word:
        if char == letter:
            count += 1
    return count
"""
ENTRY = 'count_letter("berry", "r")'


def count_letter(word: str, letter: str) -> list[TraceEvent]:
    """What the tracer records of `COUNT_LETTER`."""
    lines = COUNT_LETTER.splitlines()

    def line(number: int, **changed: str) -> TraceEvent:
        return TraceEvent(
            kind="line", line=number, depth=1, func_name="count_letter", changed=changed
        )

    events = [
        TraceEvent(
            kind="call", line=1, depth=1, func_name="count_letter",
            changed={"word": repr(word), "letter": repr(letter)},
        ),
        line(2),
    ]  # fmt: skip
    count = 0
    news = {"count": "0"}
    for char in word:
        events.append(line(3, **news))
        events.append(line(4, char=repr(char)))
        news = {}
        if char == letter:
            events.append(line(5))
            count += 1
            news = {"count": str(count)}
    events.append(line(3, **news))
    events.append(line(6))
    events.append(
        TraceEvent(
            kind="return", line=6, depth=1, func_name="count_letter", value=str(count),
            source=lines[5],
        )
    )  # fmt: skip
    return events


class ScriptedRun:
    """The server's side of one run. What is sent before the page starts it waits until then."""

    def __init__(self, page: Page) -> None:
        self._route: WebSocketRoute | None = None
        self._waiting: list[ServerMessage] = []
        self._seqs: dict[str, int] = {}
        self._steps: dict[str, int] = {}
        self._accepted = False
        page.route_web_socket("**/ws/**", self._connected)

    def _connected(self, route: WebSocketRoute) -> None:
        self._route = route
        route.on_message(self._asked)
        self._put(SocketReady(protocol=PROTOCOL_VERSION, version="test"))

    def _asked(self, message: str | bytes) -> None:
        asked = json.loads(message)
        if asked["type"] == "run.start":
            self._put(RunAccepted(ref=asked["ref"], run_id=RUN_ID, url=f"/r/{RUN_ID}"))
            self._accepted = True
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                self._put(each)

    def _put(self, message: ServerMessage) -> None:
        assert self._route is not None
        self._route.send(encode(message).decode())

    def _say(self, message: ServerMessage) -> None:
        if self._accepted:
            self._put(message)
        else:
            self._waiting.append(message)

    def send(self, lane: str, *events: LogEvent) -> None:
        """Append events to a lane."""
        seq = self._seqs[lane] = self._seqs.get(lane, 0) + 1
        self._say(LaneEntries(run_id=RUN_ID, lane=lane, id=f"1-{seq}", events=events))

    def frames(
        self,
        lane: str,
        events: Sequence[TraceEvent],
        confidence: Sequence[FrameConfidence] = (),
    ) -> None:
        """Append the lane's next steps."""
        first = self._steps.get(lane, 0)
        self._steps[lane] = first + len(events)
        self.send(
            lane,
            TraceFrames(first=first, frames=tuple(events), confidence=tuple(confidence)),
        )

    def start(self) -> None:
        """Both lanes begin."""
        self.send(
            "predicted",
            TraceStarted(origin="predicted", engine="test script", model="scripted-model"),
        )
        self.send("actual", TraceStarted(origin="actual", engine="CPython", python="3.11.7"))

    def end(self, lane: str, status: EndStatus = "ok", **usage: float) -> None:
        """A lane is over."""
        steps = self._steps.get(lane, 0)
        self.send(lane, TraceFinished(status=status, steps=steps, usage=usage))

    def finish(self) -> None:
        """The run is over."""
        self.send("main", RunFinished(at_ms=0, status="succeeded"))
        self._say(RunComplete(run_id=RUN_ID))
