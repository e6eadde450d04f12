"""Recording a trace: one box, one program, and everything that can end it.

Theory of operation. `record_trace` blocks its caller and is one thread with one selector. It
watches the box's control socket (records of the tracer), its stdout and stderr pipes (what the
program writes past `sys.stdout`), the monitor process, and the caller's cancel token; the
selector's timeout is the wall limit. Whoever ends the run, the way out is the same: kill the box,
read what it had already sent, wait until no process of it exists, judge. So a run that was
stopped in any way still reports the events that happened.

Everything from the box is a claim: parsed strictly, bounded, cleaned for display. Facts (exit
status, CPU time, memory) come from the kernel through the monitor process.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

import msgspec

from traces.events import Kind, TraceEvent
from workers.sandbox import policy, unavailable
from workers.sandbox.box import Box
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig, TraceJob
from workers.sandbox.display import OutputDecoder, clean_output, clean_value
from workers.sandbox.launch import find_launcher, launch
from workers.sandbox.pool import BoxPool
from workers.sandbox.protocol import (
    NONCE_BYTES,
    EndRecord,
    EventRecord,
    FrameReader,
    InputRecord,
    NoteRecord,
    OutputRecord,
    PhaseRecord,
    ProtocolViolation,
    Record,
)
from workers.sandbox.result import Frames, Input, Message, Output, Stream, TraceResult
from workers.sandbox.spawn import Launcher, rlimits
from workers.sandbox.verdict import Observation, judge, refuse

logger = logging.getLogger(__name__)

#: One `Frames` message stays below the event log's 256 KiB per event.
MAX_FRAMES_BYTES = 200 * 1024
MAX_FRAMES_EVENTS = 256
_READ_BYTES = 256 * 1024
#: After the end of the box its sockets deliver what was sent before, then end.
_DRAIN_S = 2.0
#: A box that did not get ready has so long to end with a message.
_END_S = 0.2
#: CPU time of all processes together beyond the limit that each of them has. A single process
#: is stopped by its own limit, which lets its end be told apart.
_CPU_SLACK_S = 0.5
#: How often the kernel's figures on the program are noted, for those that end without notice.
_SAMPLE_S = 0.1
#: Messages are passed on at most this often: what came in between is joined. The first at once.
_DELIVERY_S = 0.02
_KINDS: dict[str, Kind] = {"c": "call", "l": "line", "r": "return", "x": "exception"}

OnMessage = Callable[[Message], None]
Stop = Literal["", "cancelled", "wall", "cpu", "memory", "output", "violation", "start"]


def record_trace(
    job: TraceJob,
    *,
    on_message: OnMessage,
    cancel: CancelToken,
    config: SandboxConfig,
    pool: BoxPool | None = None,
) -> TraceResult:
    """Run a program in a box of its own and pass its trace on while it runs.

    Takes the box from `pool` if that has one. Blocks until the run is over and nothing of it is
    left. `on_message` is called in this thread. Raises `SandboxUnavailable` when no box can be
    started; then no code has run.
    """
    problem = refuse(job)
    if problem is not None:
        return problem
    launcher = find_launcher(config)
    armed = pool.take(job.limits) if pool is not None else None
    if armed is not None:
        try:
            return record_in_box(armed, job, launcher, on_message, cancel, config.start_s)
        except unavailable.SandboxUnavailable as failure:
            # The program had not begun, so it may be given to another box.
            logger.warning("an armed box failed, a cold one is tried: %s", failure)
    box = launch(launcher, job.limits)
    if pool is not None:
        pool.adopt(box)
    return record_in_box(box, job, launcher, on_message, cancel, config.start_s)


def record_in_box(
    box: Box,
    job: TraceJob,
    launcher: Launcher,
    on_message: OnMessage,
    cancel: CancelToken,
    start_s: float,
) -> TraceResult:
    """`record_trace` in a box that was started before. Uses the box up."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    run = _Run(box, job, nonce, on_message)
    try:
        if box.await_ready(start_s, cancel.fileno()):
            box.send_job(
                box_job(job, launcher, nonce),
                job.stdin.encode("utf-8", "surrogateescape"),
                job.limits,
            )
            if box.tier == "A":
                box.let_go()  # its cgroup remembers what it used; it need not wait to be looked at
        elif not cancel.cancelled and box.poll() is None:
            start_s = _END_S  # it hangs, or its end is about to be noticed
        run.watch(cancel, start_s)
        run.observation.ending = box.finish()
        run.drain()
        if not run.started and run.stop in ("", "start"):
            raise unavailable.diagnose(run.early_errors())
        return judge(run.observation, job, box.tier)
    finally:
        if run.observation.ending is None:
            box.finish()
        box.close()


def box_job(job: TraceJob, launcher: Launcher, nonce: bytes) -> dict[str, object]:
    """What boot.py and the tracer are told."""
    limits = job.limits
    # Elsewhere a second process would have limits of its own.
    fork = job.fork and launcher.hierarchy is not None
    return {
        "filter": policy.run_filter(launcher.machine, fork=fork),
        "fork": fork,
        "limits": rlimits(limits),
        "nonce": nonce,
        "source": job.source,
        "entry": job.entry,
        "steps": limits.steps,
        "value_bytes": limits.value_bytes,
        "trace_bytes": limits.trace_bytes,
        "output_bytes": limits.output_bytes,
    }


def last_line(source: str) -> int:
    """Number of lines as Python counts them, at least 1."""
    return len(re.split(r"\r\n|\r|\n", source))


@dataclass
class _Run:
    """State of one run on the host's side."""

    box: Box
    job: TraceJob
    nonce: bytes
    on_message: OnMessage
    started: bool = False
    stop: Stop = ""
    observation: Observation = field(default_factory=Observation)

    def __post_init__(self) -> None:
        self._reader = FrameReader(self.nonce, last_line(self.job.source))
        self._written: dict[Stream, int] = {"stdout": 0, "stderr": 0}
        self._decoders = {
            key: OutputDecoder() for key in ("stdout", "stderr", "raw stdout", "raw stderr")
        }
        self._early = b""
        self._pending: list[Message] = []
        self._deadline = 0.0
        self._began = 0.0
        self._delivered = 0.0

    # --- watching ----------------------------------------------------------------------------

    def watch(self, cancel: CancelToken, start_s: float) -> None:
        """Return when the box's program has ended or has to be ended."""
        box = self.box
        self._began = time.monotonic()
        self._deadline = self._began + start_s
        for descriptor in (box.control.fileno(), box.stdout, box.stderr):
            os.set_blocking(descriptor, False)
        next_sample = self._began + _SAMPLE_S
        with selectors.DefaultSelector() as selector:
            selector.register(cancel.fileno(), selectors.EVENT_READ, "cancel")
            selector.register(box.pidfd, selectors.EVENT_READ, "end")
            selector.register(box.status, selectors.EVENT_READ, "status")
            selector.register(box.control.fileno(), selectors.EVENT_READ, "control")
            selector.register(box.stdout, selectors.EVENT_READ, "stdout")
            selector.register(box.stderr, selectors.EVENT_READ, "stderr")
            while not self.stop:
                left = self._deadline - time.monotonic()
                if left <= 0:
                    self.stop = "wall" if self.started else "start"
                    break
                pause = _DELIVERY_S if self._pending else _SAMPLE_S
                for key, _ in selector.select(min(left, pause)):
                    if key.data == "cancel":
                        self.stop = "cancelled"
                    elif key.data == "end" or (key.data == "status" and box.exited()):
                        return
                    elif key.data == "status":
                        continue
                    elif not self._read(key.data):
                        selector.unregister(key.fd)
                if time.monotonic() - self._delivered >= _DELIVERY_S:
                    self._deliver()
                ended = self.observation.end is not None and box.tier != "A"
                if ended or time.monotonic() >= next_sample:
                    next_sample = time.monotonic() + _SAMPLE_S
                    box.sample()
                    self.stop = self.stop or self._exhausted()
                if ended:
                    box.let_go()
        self.observation.stop = self.stop

    def _exhausted(self) -> Stop:
        """What all processes of the box together have used up."""
        used = self.box.usage()
        if used.oom_kills:
            # Version 2 kills the whole group; version 1 one process, which others may outlive.
            return "memory"
        return "cpu" if used.cpu_time_s > self.job.limits.cpu_s + _CPU_SLACK_S else ""

    def drain(self) -> None:
        """Take in what the box sent before its end."""
        deadline = time.monotonic() + _DRAIN_S
        for name in ("control", "stdout", "stderr"):
            while time.monotonic() < deadline and self._read(name, at_end=True):
                pass
        for key, decoder in self._decoders.items():
            self._put_output(key.removeprefix("raw "), decoder.finish(), None)
        self._deliver()
        self.observation.stop = self.stop
        self.observation.started = self.started
        self.observation.wall_time_s = time.monotonic() - self._began

    def early_errors(self) -> str:
        """What was written to stderr before the program started: bwrap's and boot's errors."""
        return self._early.decode("utf-8", "replace")

    def _read(self, name: str, *, at_end: bool = False) -> bool:
        """Read one piece of a channel; False when it has ended (or, `at_end`, has nothing)."""
        descriptor = {
            "control": self.box.control.fileno(),
            "stdout": self.box.stdout,
            "stderr": self.box.stderr,
        }[name]
        try:
            data = os.read(descriptor, _READ_BYTES)
        except BlockingIOError:
            return not at_end
        except ConnectionResetError:  # the box ended with our job unread
            return False
        if not data:
            return False
        if name == "control":
            return self._take_records(data)
        self._take_raw("stdout" if name == "stdout" else "stderr", data)
        return True

    # --- taking in ---------------------------------------------------------------------------

    def _take_records(self, data: bytes) -> bool:
        if self.stop == "violation":
            return False
        try:
            for record in self._reader.feed(data):
                self._take(record)
        except ProtocolViolation as violation:
            self.observation.violation = str(violation)
            self.stop = "violation"
            return False
        return True

    def _take(self, record: Record) -> None:
        if isinstance(record, EventRecord):
            self._take_event(record)
        elif isinstance(record, OutputRecord):
            data = self._count(record.stream, record.text.encode("latin-1"))
            self._put_output(record.stream, self._decoders[record.stream].decode(data), record.step)
        elif isinstance(record, InputRecord):
            text = clean_output(record.text.encode("latin-1").decode("utf-8", "replace"))
            self._pending.append(Input(self._bounded(record.step), text))
        elif isinstance(record, PhaseRecord):
            if record.name == "module" and not self.started:
                self.started = True
                self._began = time.monotonic()
                self._deadline = self._began + self.job.limits.wall_s
            self.observation.phase = record.name
        elif isinstance(record, NoteRecord):
            self.observation.missing = (record.name,)
        elif isinstance(record, EndRecord):
            self.observation.end = record

    def _take_event(self, record: EventRecord) -> None:
        if self.observation.steps >= self.job.limits.steps:
            raise ProtocolViolation("more events than allowed")
        event = TraceEvent(
            kind=_KINDS[record.kind],
            line=record.line,
            depth=record.depth,
            func_name=clean_value(record.func_name),
            changed={clean_value(k): clean_value(v) for k, v in record.changed.items()},
            removed=tuple(clean_value(name) for name in record.removed),
            value=None if record.value is None else clean_value(record.value),
            truncated=tuple(clean_value(name) for name in record.truncated),
        )
        self._pending.append(Frames(self.observation.steps, (event,)))
        self.observation.steps += 1

    def _take_raw(self, stream: Stream, data: bytes) -> None:
        if not self.started:
            # bwrap and boot.py report here why they failed; the program has not begun.
            self._early = (self._early + data)[:4096]
            return
        kept = self._count(stream, data)
        self._put_output(stream, self._decoders[f"raw {stream}"].decode(kept), None)

    def _count(self, stream: Stream, data: bytes) -> bytes:
        """The part of some output that is within the limit; beyond it the run is stopped."""
        left = self.job.limits.output_bytes - self._written[stream]
        self._written[stream] += len(data)
        if len(data) > left:
            self.observation.output_truncated = True
            self.stop = self.stop or "output"
        return data[: max(0, left)]

    def _put_output(self, stream: str, text: str, step: int | None) -> None:
        if text:
            known: Stream = "stdout" if stream == "stdout" else "stderr"
            self._pending.append(Output(self._bounded(step), known, text))

    def _bounded(self, step: int | None) -> int:
        """A step that exists: the last one known, or what the box says if that is earlier."""
        newest = self.observation.steps - 1
        return newest if step is None else max(-1, min(step, newest))

    # --- passing on --------------------------------------------------------------------------

    def _deliver(self) -> None:
        self._delivered = time.monotonic()
        pending, self._pending = self._pending, []
        for message in merge(pending):
            self.on_message(message)


def merge(messages: list[Message]) -> list[Message]:
    """Join neighbours that belong together, within the size limit of one message."""
    merged: list[Message] = []
    size = 0
    for message in messages:
        last = merged[-1] if merged else None
        if isinstance(message, Frames):
            weight = sum(len(msgspec.json.encode(event)) + 1 for event in message.events)
            if weight > MAX_FRAMES_BYTES:
                message, weight = _shortened(message), 1024
            fits = isinstance(last, Frames) and len(last.events) < MAX_FRAMES_EVENTS
            if isinstance(last, Frames) and fits and size + weight <= MAX_FRAMES_BYTES:
                merged[-1] = Frames(last.first, last.events + message.events)
                size += weight
                continue
            size = weight
        elif isinstance(message, Output) and _continues(last, message):
            merged[-1] = Output(message.step, message.stream, last.text + message.text)
            continue
        merged.append(message)
    return merged


def _continues(last: Message | None, message: Output) -> TypeGuard[Output]:
    """Whether `last` is output of the same step and stream."""
    return isinstance(last, Output) and (last.step, last.stream) == (message.step, message.stream)


def _shortened(message: Frames) -> Frames:
    """An event too large for one message, without its texts; a real tracer sends none."""
    (event,) = message.events
    names = tuple(name for name in event.changed if len(name) <= 100)[:100]
    slim = msgspec.structs.replace(
        event,
        changed=dict.fromkeys(names, "..."),
        removed=event.removed[:0],
        value=None if event.value is None else "...",
        truncated=names if event.value is None else ("return",),
    )
    return Frames(message.first, (slim,))
