"""The real run of a program: recorded in a box, and kept for the next evaluation."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from traces.events import EndStatus, TraceEvent
from workers.evaluation.suites import Item
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig, TraceJob
from workers.sandbox.probe import probe
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import Frames, Message
from workers.sandbox.unavailable import SandboxUnavailable


class Recording(msgspec.Struct, frozen=True):
    """What a program really did."""

    events: tuple[TraceEvent, ...]
    status: EndStatus
    message: str = ""


class RealityUnavailable(Exception):
    """Programs cannot be run here. The text says why and what to do."""


class Recorder(Protocol):
    """Runs programs. Called from several threads."""

    def record(self, item: Item) -> Recording:
        """The program's real trace. Raises `RealityUnavailable`."""
        ...


class BoxRecorder:
    """Records in single-use boxes and keeps recordings in `cache`.

    A recording is kept under the hash of the program, its entry and the code that records, so a
    change of the tracer records anew.
    """

    def __init__(self, config: SandboxConfig, cache: Path) -> None:
        self._config = config
        self._cache = cache
        self._tracer = code_digest(Path(__file__).resolve().parents[1] / "tracer")

    def check(self) -> str:
        """The interpreter that runs the programs. Raises `RealityUnavailable`."""
        found = probe(self._config)
        if not found.ok:
            raise RealityUnavailable(f"Programs cannot be run here: {found.cause} {found.remedy}")
        return found.engine

    def record(self, item: Item) -> Recording:
        """From the cache, else from a box. Ends that are the machine's fault are not kept."""
        key = hashlib.sha256(f"{self._tracer}\0{item.digest}".encode()).hexdigest()
        path = self._cache / f"{key}.json"
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode(path.read_bytes(), type=Recording)
        recording = self._run(item)
        if recording.status not in ("error", "time", "cancelled"):
            write_whole(path, msgspec.json.encode(recording))
        return recording

    def _run(self, item: Item) -> Recording:
        events: list[TraceEvent] = []

        def keep(message: Message) -> None:
            if isinstance(message, Frames):
                events.extend(message.events)

        cancel = CancelToken()
        try:
            job = TraceJob(source=item.source, entry=item.entry)
            result = record_trace(job, on_message=keep, cancel=cancel, config=self._config)
        except SandboxUnavailable as problem:
            raise RealityUnavailable(f"{problem.cause} {problem.remedy}") from problem
        finally:
            cancel.close()
        return Recording(tuple(events), result.status, result.message)


def code_digest(*folders: Path) -> str:
    """SHA-256 (hex) of all Python files below the folders: changes with what they compute."""
    digest = hashlib.sha256()
    for path in sorted(_python_files(folders)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _python_files(folders: Iterable[Path]) -> Iterable[Path]:
    return (path for folder in folders for path in folder.rglob("*.py"))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    Path(unfinished).replace(path)
