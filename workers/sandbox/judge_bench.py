"""What every kind of exercise needs while it is judged: the plan, the clock, the student's box."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits
from workers.sandbox.display import clean_output
from workers.sandbox.exercise import (
    CaseFinished,
    CaseResult,
    CaseStarted,
    Integrity,
    JudgeResult,
    OnEvent,
    Planned,
    Verdict,
)
from workers.sandbox.judge_box import BoxSource, Lost, Seat, Used
from workers.sandbox.judge_wire import Answer, Raised, read_answer
from workers.sandbox.result import ExecutionStatus
from workers.sandbox.values import ValueViolation

MAX_TEXT_CHARS = 8000
MAX_MESSAGE_CHARS = 2000
#: Objects of one box's life get numbers below this many above its first.
_NUMBERS_PER_BOX = 1 << 32
_NOTHING = Used(0.0, 0.0, 0, b"", b"", truncated=False)


@dataclass
class Bench:
    """One submission being judged: emits each event once, keeps the results in order."""

    boxes: BoxSource
    cancel: CancelToken
    on_event: OnEvent
    total_wall_s: float
    tier: str = ""
    violation: str = ""
    message: str = ""
    unplanned: list[str] = field(default_factory=list)
    _results: dict[str, CaseResult | None] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    def plan(self, ids: Sequence[str]) -> None:
        """Announce all cases."""
        self._results = dict.fromkeys(ids)
        self.on_event(Planned(tuple(ids)))

    def start(self, case_id: str) -> None:
        self.on_event(CaseStarted(case_id))

    def finish(self, result: CaseResult) -> None:
        """Record a case's only result."""
        if self._results.get(result.id, result) is not None:
            raise AssertionError(f"a second or unplanned result for {result.id!r}")
        self._results[result.id] = result
        self.on_event(CaseFinished(result))

    def open_cases(self) -> list[str]:
        """Planned and without a result."""
        return [name for name, result in self._results.items() if result is None]

    def left_s(self) -> float:
        """Until the time for all cases together is over."""
        return self._began + self.total_wall_s - time.monotonic()

    def give_up(self) -> Lost | None:
        """Why no further case should begin, None if one should."""
        if self.cancel.cancelled:
            return Lost(ExecutionStatus.CANCELLED, "stopped")
        if self.violation:
            return Lost(
                ExecutionStatus.PROTOCOL_VIOLATION,
                "not run, because the program interfered with the judge",
            )
        if self.left_s() <= 0:
            return Lost(
                ExecutionStatus.WALL_LIMIT,
                f"not run, because all cases together took over {self.total_wall_s:g} seconds",
            )
        return None

    def abandon(self, lost: Lost) -> None:
        """Give the same error to all cases that have no result."""
        for name in self.open_cases():
            self.finish(failure(name, lost))

    def note(self, lost: Lost) -> None:
        """Remember a broken protocol: nothing after it is believed."""
        if lost.status == ExecutionStatus.PROTOCOL_VIOLATION and not self.violation:
            self.violation = lost.message

    def result(self, integrity: Integrity) -> JudgeResult:
        """The end. Every planned case has a result, whatever happened."""
        lost = self.give_up() or Lost(ExecutionStatus.OK, "this case did not run")
        self.abandon(lost)
        return JudgeResult(
            cases=tuple(result for result in self._results.values() if result is not None),
            integrity=integrity,
            tier=self.tier,
            message=self.message,
            violation=self.violation,
            unplanned=tuple(self.unplanned),
        )


class LoadError(Exception):
    """The student's module does not get through its own top-level code."""

    def __init__(self, lost: Lost) -> None:
        super().__init__(lost.message)
        self.lost = lost


class Student:
    """The box that runs the student's module; started, and started again, when it is needed."""

    def __init__(self, bench: Bench, source: str, limits: Limits, cases: int) -> None:
        self._bench = bench
        self._source = source
        self._limits = limits
        # One process serves many cases, so its own limit is theirs together; the host counts
        # each case's share.
        self._box_limits = replace(limits, cpu_s=limits.cpu_s * (cases + 1))
        self._seat: Seat | None = None
        self._starts = 0
        self._load_error: LoadError | None = None
        self._last = _NOTHING

    def ready(self) -> None:
        """Have a box with the module loaded. Raises `LoadError`, for good, or `Lost`."""
        if self._load_error is not None:
            raise self._load_error
        if self._seat is not None:
            return
        limits = self._limits
        first = 1 + self._starts * _NUMBERS_PER_BOX
        self._starts += 1
        self._seat = Seat(self._bench.boxes, "serve", self._box_limits, self._bench.cancel)
        self._bench.tier = self._seat.tier
        load = {"do": "load", "source": self._source, "handles": first}
        try:
            answer = self.ask(load, limits.wall_s)
        except Lost as lost:
            if lost.status == ExecutionStatus.CANCELLED:
                raise
            self._load_error = LoadError(Lost(lost.status, f"while it was loaded: {lost.message}"))
            raise self._load_error from lost
        if isinstance(answer, Raised):
            message = f"the program cannot be loaded: {describe(answer)}"
            self._load_error = LoadError(Lost(ExecutionStatus.OK, message))
            self.close()
            raise self._load_error

    def ask(self, question: dict[str, Any], timeout_s: float, arguments: int = 0) -> Answer:
        """The box's checked answer. Raises `Lost`; then the next question gets a new box."""
        seat = self._seat
        if seat is None:
            raise Lost(ExecutionStatus.OK, "the program has ended")
        try:
            number, body = seat.ask(question, timeout_s, cpu_s=self._limits.cpu_s)
            try:
                return read_answer(body, number, arguments)
            except ValueViolation as violation:
                raise seat.violate(str(violation)) from None
        except Lost as lost:
            self._bench.note(lost)
            self.close()
            raise

    def settle(self) -> None:
        """After the last answer: one more frame is a violation like any other."""
        try:
            if self._seat is not None:
                self._seat.refuse_unasked()
        except Lost as lost:
            self._bench.note(lost)

    def lap(self) -> Used:
        """What was used and written since the last call."""
        used = self._seat.lap() if self._seat is not None else self._last
        self._last = _NOTHING
        return used

    def close(self) -> None:
        """End the box; its last figures stay until the next `lap`."""
        if self._seat is not None:
            self._seat.close()
            self._last = self._seat.lap()
            self._seat = None


def describe(raised: Raised) -> str:
    """`ValueError: text`, clean and bounded."""
    text = f"{raised.name}: {raised.message}" if raised.message else raised.name
    return clean_output(text)[:MAX_MESSAGE_CHARS]


def show(data: bytes | str) -> str:
    """Output for display, bounded."""
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    text = clean_output(text)
    return text if len(text) <= MAX_TEXT_CHARS else text[: MAX_TEXT_CHARS - 3] + "..."


def failure(case_id: str, lost: Lost, used: Used = _NOTHING, **texts: str) -> CaseResult:
    """The result of a case that got no answer."""
    return case_result(case_id, Verdict.ERROR, lost.status, lost.message, used, **texts)


def case_result(
    case_id: str,
    verdict: Verdict,
    status: ExecutionStatus,
    message: str,
    used: Used,
    **texts: str,
) -> CaseResult:
    """A case's result with the figures and outputs of `used`."""
    return CaseResult(
        id=case_id,
        verdict=verdict,
        status=status,
        message=clean_output(message)[:MAX_MESSAGE_CHARS],
        stdout=show(used.stdout),
        stderr=show(used.stderr),
        truncated=used.truncated,
        wall_time_s=used.wall_time_s,
        cpu_time_s=used.cpu_time_s,
        max_rss_bytes=used.max_rss_bytes,
        **texts,
    )
