"""The people, the queue, and a worker process without Celery around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.runs.services import event_log
from tests.people import Queue, alice, charlie, queue
from workers.tasks import stage
from workers.tasks.process import WorkerProcess

__all__ = ["alice", "charlie", "queue", "worker"]


@pytest.fixture
def worker(
    queue: Queue, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WorkerProcess]:
    """This process as a worker: tasks that are called here run in it."""
    process = WorkerProcess(redis_url, event_log(), lease_s=5)
    monkeypatch.setattr(stage, "worker_process", lambda: process)
    yield process
    process.stop()
