"""The ways to get a box that the attacks are tried on."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator

from tests.attacks.harness import Backend
from workers.sandbox.box import Box
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig, TraceJob
from workers.sandbox.launch import find_launcher
from workers.sandbox.pool import BoxPool
from workers.sandbox.recorder import record_trace
from workers.sandbox.result import Message, TraceResult

#: Parameters of the `backend` fixture: where the box comes from, the tier, and whether the program
#: may start processes (tier A only, where a control group bounds them together).
NAMES = ("cold A", "cold B", "armed A", "armed B", "cold A fork")
ARMED = 4
ARMING_S = 60.0


class PatientPool(BoxPool):
    """Never a cold box in an armed one's place: each verdict is about what its column says."""

    def take(self, limits: Limits) -> Box | None:
        deadline = time.monotonic() + ARMING_S
        while time.monotonic() < deadline:
            box = super().take(limits)
            if box is not None:
                return box
            time.sleep(0.005)
        raise AssertionError("no box was armed in time")


@contextlib.contextmanager
def open_backend(name: str, config: SandboxConfig) -> Iterator[Backend]:
    """Raises `SandboxUnavailable` where the machine does not offer the tier."""
    source, tier, *fork = name.split()
    config = dataclasses.replace(config, tier=tier)
    find_launcher(config)
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(PatientPool(config, size=ARMED)) if source == "armed" else None

        def run(job: TraceJob, on_message: Callable[[Message], None]) -> TraceResult:
            cancel = CancelToken()
            try:
                return record_trace(
                    dataclasses.replace(job, fork=bool(fork)),
                    on_message=on_message,
                    cancel=cancel,
                    config=config,
                    pool=pool,
                )
            finally:
                cancel.close()

        yield Backend(name, run, bool(fork))
