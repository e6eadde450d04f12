"""The processes of a benchmark, and how the program talks to them.

A child that takes part in the measurement writes one JSON object per line to standard output and
reads the same from standard input; what it logs goes to a file. Every child is tied to this
program (`deploy/local/tether.py`), so that none survives it, however it ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from benchmarks.common import ROOT, BenchmarkFailed

_END: Final = object()


def write_tethers(folder: Path, name: str, argv: Sequence[str]) -> Path:
    """The file that `tether.py` reads its command line from."""
    path = folder / f"{name}.tether.json"
    path.write_text(json.dumps({name: {"argv": list(argv), "on_orphaned": "SIGKILL"}}))
    return path


class Child:
    """One tied process. Use as a context manager: leaving it kills the process."""

    def __init__(
        self, name: str, argv: Sequence[str], *, env: Mapping[str, str], folder: Path
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        tethers = write_tethers(folder, name, argv)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(ROOT / "deploy/local/tether.py"), name],
                cwd=ROOT,
                env={**os.environ, **env, "PLAYGROUND_PROCESSES": str(tethers)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self._lines: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), daemon=True
        )
        self._reader.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def _read(self, stream: IO[bytes] | None) -> None:
        for line in stream or ():
            self._lines.put(line)
        self._lines.put(_END)

    def tell(self, **message: Any) -> None:
        """Send one message to the child."""
        stream = self._process.stdin
        if stream is None or not self.is_running:
            raise BenchmarkFailed(self.obituary())
        try:
            stream.write(json.dumps(message).encode() + b"\n")
            stream.flush()
        except OSError as error:
            raise BenchmarkFailed(self.obituary()) from error

    def expect(self, event: str, *, timeout_s: float) -> dict[str, Any]:
        """The child's next message, which must be `event`."""
        try:
            line = self._lines.get(timeout=timeout_s)
        except queue.Empty:
            message = f"{self.name} did not say {event!r} within {timeout_s:.0f} s.\n{self.tail()}"
            raise BenchmarkFailed(message) from None
        if not isinstance(line, bytes):
            raise BenchmarkFailed(self.obituary())
        said: dict[str, Any] = json.loads(line)
        if said.get("event") != event:
            message = f"{self.name} said {said.get('event')!r} where {event!r} was due."
            raise BenchmarkFailed(message)
        return said

    def obituary(self) -> str:
        """Why a child that ended did."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        return f"{self.name} ended with status {self._process.returncode}.\n{self.tail()}"

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def kill(self) -> None:
        """End it and its children now: what they hold is this benchmark's own and goes with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(5)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


# --- the child's side ----------------------------------------------------------------------


def say(event: str, **fields: Any) -> None:
    """Send one message to the benchmark."""
    sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
    sys.stdout.flush()


def hear() -> dict[str, Any]:
    """Wait for the benchmark's next message. Ends the process where there is none to come."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    message: dict[str, Any] = json.loads(line)
    return message


def sleep_until(at_ns: int) -> None:
    """Wait for an instant of CLOCK_MONOTONIC, which all processes of a machine share."""
    time.sleep(max(0.0, (at_ns - time.monotonic_ns()) / 1e9))
