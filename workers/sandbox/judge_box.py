"""One box under the judge's control: questions, answers, output, and every way it can be lost.

Theory of operation. A `Seat` owns a box and is one thread with one poller, over the control socket
(answers), the two output pipes, the monitor process, and the caller's cancel token. A wait ends
with an answer or with `Lost`, which says why there will be none: the wall or CPU limit of the case,
too much output, a broken protocol, the user's stop, or the process's own end. After `Lost` the box
is dead and its resources are freed; whoever wants to go on starts another.

Output that the box wrote before an answer is in the pipes when the answer arrives, so each case
gets its own.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import select
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from workers.sandbox import policy, unavailable
from workers.sandbox.box import Box, Ending
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig
from workers.sandbox.judge_payload import Role, judge_modules
from workers.sandbox.judge_wire import FrameBuffer, frame
from workers.sandbox.launch import find_launcher, launch
from workers.sandbox.pool import BoxPool
from workers.sandbox.result import ExecutionStatus
from workers.sandbox.spawn import Launcher, rlimits
from workers.sandbox.values import ValueViolation
from workers.sandbox.verdict import Observation, process_status

logger = logging.getLogger(__name__)

_READ_BYTES = 256 * 1024
_SAMPLE_S = 0.05
#: After its end a box's pipes deliver what was written before.
_DRAIN_S = 1.0
_EARLY_CHARS = 4000


@dataclass(frozen=True, slots=True)
class BoxSource:
    """Where boxes come from. `start` gives one that waits for its job; a pool fits here."""

    launcher: Launcher
    start: Callable[[Limits], Box]
    #: The same after a box that did not get as far as its job: never one of the same kind.
    again: Callable[[Limits], Box]
    #: How long a box may take until it can be asked something.
    start_s: float = 20.0


def cold_boxes(config: SandboxConfig) -> BoxSource:
    """Boxes that are started when they are needed. Raises `SandboxUnavailable`."""
    launcher = find_launcher(config)

    def start(limits: Limits) -> Box:
        return launch(launcher, limits)

    return BoxSource(launcher, start, start, config.start_s)


def pooled_boxes(pool: BoxPool) -> BoxSource:
    """Boxes that were started ahead of time; cold ones while there are none."""
    cold = cold_boxes(pool.config)

    def start(limits: Limits) -> Box:
        return pool.take(limits) or pool.adopt(cold.start(limits))

    return replace(cold, start=start, again=lambda limits: pool.adopt(cold.start(limits)))


def boxes_for(config: SandboxConfig, pool: BoxPool | None) -> BoxSource:
    """What a worker process has: its pool's boxes, or cold ones. Raises `SandboxUnavailable`."""
    return pooled_boxes(pool) if pool is not None else cold_boxes(config)


class Lost(Exception):
    """There will be no answer. `status` is how the process ended."""

    def __init__(self, status: ExecutionStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Used:
    """What was used since the last `Seat.lap`, and the box's peak memory."""

    wall_time_s: float
    cpu_time_s: float
    max_rss_bytes: int
    stdout: bytes
    stderr: bytes
    truncated: bool


class Seat:
    """A started box. Close it, also after `Lost`."""

    def __init__(
        self,
        source: BoxSource,
        role: Role,
        limits: Limits,
        cancel: CancelToken,
        stdin: bytes = b"",
    ) -> None:
        self._limits = limits
        self._cancel = cancel
        try:
            self._start(source.start(limits), source, role, stdin)
        except unavailable.SandboxUnavailable as failure:
            # Nothing of a student's had reached the box, so another may be tried.
            logger.warning("a box failed before its job, another is tried: %s", failure)
            self._start(source.again(limits), source, role, stdin)
        self.tier = self._box.tier

    def _start(self, box: Box, source: BoxSource, role: Role, stdin: bytes) -> None:
        self._box = box
        self._buffer = FrameBuffer()
        self._written = {"stdout": bytearray(), "stderr": bytearray()}
        self._truncated = False
        self._open = {"stdout", "stderr"}
        self._began = time.monotonic()
        self._cpu_before = 0.0
        self._ending: Ending | None = None
        try:
            self._hand_over(box, source, role, stdin)
        except BaseException:
            self.close()
            raise

    def _hand_over(self, box: Box, source: BoxSource, role: Role, stdin: bytes) -> None:
        job = {
            "role": role,
            "modules": judge_modules(source.launcher.runtime, role),
            "filter": policy.run_filter(source.launcher.machine),
            "limits": rlimits(self._limits),
            "fork": False,
        }
        box.send_job(job, stdin, self._limits)
        for descriptor in (box.control.fileno(), box.stdout, box.stderr):
            os.set_blocking(descriptor, False)
        try:
            self.ask({"do": "ready"}, source.start_s, cpu_s=None)
        except Lost as lost:
            if lost.status == ExecutionStatus.CANCELLED:
                raise
            errors = bytes(self._written["stderr"] + self._written["stdout"])
            raise unavailable.diagnose(errors.decode("utf-8", "replace")[:_EARLY_CHARS]) from lost
        self.lap()

    # --- talking -----------------------------------------------------------------------------

    def ask(
        self, question: dict[str, Any], timeout_s: float, *, cpu_s: float | None
    ) -> tuple[str, bytes]:
        """The question's id and the body of its answer. Raises `Lost`."""
        number = secrets.token_hex(8)
        self.refuse_unasked()
        self.send({"id": number, **question})
        return number, self.read(time.monotonic() + timeout_s, cpu_s)

    def send(self, message: dict[str, Any]) -> None:
        """Write a frame; a box that does not read it within the start time is lost."""
        data = frame(message)
        self._box.control.settimeout(self._limits.wall_s)
        try:
            self._box.control.sendall(data)
        except TimeoutError:
            raise self.lose(ExecutionStatus.WALL_LIMIT) from None
        except OSError:
            raise self._ended() from None
        self._box.control.setblocking(False)  # noqa: FBT003  # the socket's own signature

    def refuse_unasked(self) -> None:
        """Bytes that nobody asked for are a violation."""
        self._take_control()
        if self._buffer:
            raise self.violate("it sent something before it was asked")

    def violate(self, what: str) -> Lost:
        """End the box for breaking the protocol; the exception to raise."""
        return self.lose(ExecutionStatus.PROTOCOL_VIOLATION, what)

    def read(self, deadline: float, cpu_s: float | None, *, single: bool = True) -> bytes:
        """The body of the next frame, which must be the only one if `single`. Raises `Lost`."""
        while True:
            try:
                body = self._buffer.take()
            except ValueViolation as violation:
                raise self.violate(str(violation)) from None
            if body is not None:
                if single and self._buffer:
                    raise self.violate("it sent more than one answer")
                self._take_output()
                return body
            self._wait(deadline, cpu_s)

    def await_end(self, deadline: float) -> Lost:
        """Wait for a program's own end; how it ended. The channel is not looked at."""
        self._open.discard("control")
        while True:
            try:
                self._wait(deadline, None, control=False)
            except Lost as lost:
                return lost

    # --- accounts ----------------------------------------------------------------------------

    def lap(self) -> Used:
        """What was used since the last call."""
        if self._ending is None:
            cpu, rss = self._box.consumed()
        else:
            cpu, rss = self._ending.cpu_time_s, self._ending.max_rss_bytes
        now = time.monotonic()
        used = Used(
            wall_time_s=now - self._began,
            cpu_time_s=max(0.0, cpu - self._cpu_before),
            max_rss_bytes=rss,
            stdout=bytes(self._written["stdout"]),
            stderr=bytes(self._written["stderr"]),
            truncated=self._truncated,
        )
        self._began, self._cpu_before = now, cpu
        self._written = {"stdout": bytearray(), "stderr": bytearray()}
        self._truncated = False
        return used

    def close(self) -> None:
        """Kill the box and free everything; may be called twice."""
        if self._ending is None:
            self._ending = self._box.finish()
            self._drain()
            self._box.close()

    # --- waiting -----------------------------------------------------------------------------

    def _wait(self, deadline: float, cpu_s: float | None, *, control: bool = True) -> None:
        """Take in what comes next. Raises `Lost`."""
        if self._ending is not None:
            raise Lost(ExecutionStatus.SIGNALLED, "its box has ended")
        left = deadline - time.monotonic()
        if left <= 0:
            raise self.lose(ExecutionStatus.WALL_LIMIT)
        ready = self._poll(min(left, _SAMPLE_S), control=control)
        if self._cancel.fileno() in ready:
            raise self.lose(ExecutionStatus.CANCELLED)
        self._take_output()
        if control and self._box.control.fileno() in ready and not self._take_control():
            raise self._ended()
        if self._box.pidfd in ready:
            if control:
                self._take_control()
                if self._buffer:
                    return  # the answer came first; the end is noticed by the next question
            raise self._ended()
        if cpu_s is not None and self._box.consumed()[0] - self._cpu_before > cpu_s:
            raise self.lose(ExecutionStatus.CPU_LIMIT)

    def _poll(self, timeout_s: float, *, control: bool) -> set[int]:
        poller = select.poll()
        poller.register(self._cancel.fileno(), select.POLLIN)
        poller.register(self._box.pidfd, select.POLLIN)
        for name in self._open & {"stdout", "stderr"}:
            poller.register(getattr(self._box, name), select.POLLIN)
        if control:
            poller.register(self._box.control, select.POLLIN)
        return {descriptor for descriptor, _ in poller.poll(max(1.0, timeout_s * 1000))}

    def _take_control(self) -> bool:
        """Read what is there; False when the box has closed its side."""
        try:
            data = os.read(self._box.control.fileno(), _READ_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        try:
            self._buffer.feed(data)
        except ValueViolation as violation:
            raise self.violate(str(violation)) from None
        return bool(data)

    def _take_output(self) -> None:
        for name in tuple(self._open):
            with contextlib.suppress(BlockingIOError):
                while data := os.read(getattr(self._box, name), _READ_BYTES):
                    self._keep(name, data)
                    if self._truncated:
                        raise self.lose(ExecutionStatus.OUTPUT_LIMIT)
                self._open.discard(name)  # an empty read: closed

    def _keep(self, name: str, data: bytes) -> None:
        kept = self._written[name]
        left = self._limits.output_bytes - len(kept)
        kept += data[:left]
        self._truncated = self._truncated or len(data) > left

    def _drain(self) -> None:
        deadline = time.monotonic() + _DRAIN_S
        for name in tuple(self._open):
            with contextlib.suppress(OSError):
                while time.monotonic() < deadline and not self._truncated:
                    data = os.read(getattr(self._box, name), _READ_BYTES)
                    if not data:
                        break
                    self._keep(name, data)

    # --- endings -----------------------------------------------------------------------------

    def lose(self, status: ExecutionStatus, detail: str = "") -> Lost:
        """End the box for a reason of the host's; the exception to raise."""
        self.close()
        return Lost(status, explain(status, self._limits, self._ending, detail))

    def _ended(self) -> Lost:
        """The exception for a box whose process ended itself or was ended by the kernel."""
        deadline = time.monotonic() + _DRAIN_S
        while self._box.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        self.close()
        seen = Observation(ending=self._ending)
        status = process_status(seen, self._limits)
        if self._truncated:
            status = ExecutionStatus.OUTPUT_LIMIT
        return Lost(status, explain(status, self._limits, self._ending))


def explain(
    status: ExecutionStatus, limits: Limits, ending: Ending | None, detail: str = ""
) -> str:
    """A sentence for the student on how the process fared."""
    number = ending.exit_signal if ending is not None else None
    code = ending.exit_code if ending is not None else None
    texts = {
        ExecutionStatus.OK: "the program ended before it answered",
        ExecutionStatus.NONZERO_EXIT: f"the program ended with exit status {code}",
        ExecutionStatus.SIGNALLED: f"Python itself was ended by signal {number}",
        ExecutionStatus.WALL_LIMIT: f"stopped after {limits.wall_s:g} seconds",
        ExecutionStatus.CPU_LIMIT: "stopped because it computed for too long",
        ExecutionStatus.MEMORY_LIMIT: (
            f"stopped because it used more than {limits.memory_bytes >> 20} MiB of memory"
        ),
        ExecutionStatus.OUTPUT_LIMIT: (
            f"stopped because it wrote more than {limits.output_bytes:,} bytes"
        ),
        ExecutionStatus.SECURITY_VIOLATION: "stopped because it tried something forbidden",
        ExecutionStatus.PROTOCOL_VIOLATION: "stopped because it interfered with the judge",
        ExecutionStatus.CANCELLED: "stopped",
    }
    return f"{texts[status]} ({detail})" if detail else texts[status]
