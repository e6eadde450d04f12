"""Handing work to the workers, by task name: the web process never imports worker code.

`tests/workers/tasks/test_contract.py` checks that every name here exists on the worker side, on
the queue that is given here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from celery import current_app

from playground.runs.events import StageName


@dataclass(frozen=True, slots=True)
class StageRoute:
    """Where a stage runs: its task, its queue, and the lane that it alone writes."""

    task: str
    queue: str
    lane: str


STAGES: Final[dict[StageName, StageRoute]] = {
    "record_trace": StageRoute("runs.record_trace", "sandbox", "actual"),
    "predict_trace": StageRoute("runs.predict_trace", "model", "predicted"),
}
SEAL_TASK: Final = "runs.seal_run"
SEAL_QUEUE: Final = "default"

#: The same for Celery's own routing, which holds for tasks that are sent in another way.
ROUTES: Final = {
    **{route.task: {"queue": route.queue} for route in STAGES.values()},
    SEAL_TASK: {"queue": SEAL_QUEUE},
}


def enqueue_stage(*, run_id: str, stage: StageName, attempt: int) -> None:
    """Ask for one attempt of a stage. Sending twice is harmless: the claim admits one worker."""
    route = STAGES[stage]
    current_app.send_task(
        route.task, kwargs={"run_id": run_id, "attempt": attempt}, queue=route.queue
    )


def enqueue_seal(*, run_id: str) -> None:
    """Ask for the run's log to be written to the database. Safe to send twice."""
    current_app.send_task(SEAL_TASK, kwargs={"run_id": run_id}, queue=SEAL_QUEUE)
