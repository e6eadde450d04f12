"""Real boxes for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.probe import probe
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import Frames, Input, Message, Output, TraceResult


@dataclass
class Recorded:
    """The messages and the result of one run."""

    messages: list[Message] = field(default_factory=list)
    result: TraceResult = field(init=False)

    def written(self, stream: str = "stdout") -> str:
        parts = [m.text for m in self.messages if isinstance(m, Output) and m.stream == stream]
        return "".join(parts)

    @property
    def frames(self) -> list[Frames]:
        return [message for message in self.messages if isinstance(message, Frames)]

    @property
    def read(self) -> list[Input]:
        return [message for message in self.messages if isinstance(message, Input)]


Record = Callable[..., Recorded]


@pytest.fixture(scope="session")
def boxes() -> SandboxConfig:
    """The default configuration, where boxes can be started; else the test is skipped."""
    config = SandboxConfig()
    available = probe(config)
    if not available.ok:
        pytest.skip(f"no boxes here: {available.cause} {available.remedy}")
    return config


@pytest.fixture
def cancel() -> Iterator[CancelToken]:
    token = CancelToken()
    yield token
    token.close()


@pytest.fixture
def record(boxes: SandboxConfig, cancel: CancelToken) -> Record:
    def run(source: str, entry: str = "", stdin: str = "", **limits: float) -> Recorded:
        recorded = Recorded()
        job = TraceJob(source, entry, stdin, Limits(**limits))  # type: ignore[arg-type]
        recorded.result = record_trace(
            job, on_message=recorded.messages.append, cancel=cancel, config=boxes
        )
        return recorded

    return run
