"""Runs the tracer in a process of its own, without a box: the trace is the same."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from workers.sandbox.protocol import (
    EndRecord,
    EventRecord,
    FrameReader,
    InputRecord,
    OutputRecord,
    PhaseRecord,
    Record,
)
from workers.sandbox.spawn import box_environment

WORKERS = Path(__file__).resolve().parents[3] / "workers"
NONCE = b"testtest"
_START = """
import marshal, sys
job = marshal.loads(sys.stdin.buffer.read())
import os
os.dup2(job.pop("stdin_descriptor"), 0)
sys.path.insert(0, job.pop("workers"))
from tracer import main
sys.path.pop(0)
main.run(job, job.pop("descriptor"))
"""


@dataclass
class Traced:
    """Everything that one traced process sent and did."""

    records: list[Record]
    exit_code: int
    raw_stdout: bytes
    raw_stderr: bytes
    end: EndRecord | None = field(init=False)

    def __post_init__(self) -> None:
        self.end = next((r for r in self.records if isinstance(r, EndRecord)), None)

    @property
    def events(self) -> list[EventRecord]:
        return [record for record in self.records if isinstance(record, EventRecord)]

    @property
    def phases(self) -> list[str]:
        return [record.name for record in self.records if isinstance(record, PhaseRecord)]

    def written(self, stream: str) -> str:
        return "".join(
            record.text
            for record in self.records
            if isinstance(record, OutputRecord) and record.stream == stream
        )

    @property
    def read(self) -> list[tuple[int, str]]:
        return [(r.step, r.text) for r in self.records if isinstance(r, InputRecord)]


Trace = Callable[..., Traced]


def run_tracer(
    source: str,
    entry: str = "",
    stdin: str = "",
    *,
    steps: int = 4096,
    trace_bytes: int = 8 << 20,
    value_bytes: int = 64 << 10,
    output_bytes: int = 64 << 10,
) -> Traced:
    import marshal

    host, inside = socket.socketpair()
    descriptor = os.memfd_create("stdin", 0)
    os.write(descriptor, stdin.encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    job = {
        "source": source,
        "entry": entry,
        "nonce": NONCE,
        "steps": steps,
        "trace_bytes": trace_bytes,
        "value_bytes": value_bytes,
        "output_bytes": output_bytes,
        "descriptor": inside.fileno(),
        "stdin_descriptor": descriptor,
        "workers": str(WORKERS),
    }
    environment = box_environment() | {"LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")}
    words = ["-s", "-P", "-S", "-B", "-u", "-X", "utf8", "-W", "ignore", "-c", _START]
    with subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(inside.fileno(), descriptor),
        env=environment,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(marshal.dumps(job, 2))
        process.stdin.close()
        process.stdin = None
        inside.close()
        os.close(descriptor)
        reader = FrameReader(NONCE, len(re.split(r"\r\n|\r|\n", source)))
        records: list[Record] = []
        host.settimeout(60)
        while data := host.recv(1 << 16):
            records.extend(reader.feed(data))
            if any(isinstance(record, EndRecord) for record in records[-3:]):
                host.shutdown(socket.SHUT_WR)
        out, err = process.communicate(timeout=60)
        host.close()
    return Traced(records, process.returncode, out, err)


@pytest.fixture
def trace() -> Trace:
    return run_tracer
