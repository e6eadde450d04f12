"""Handing work to the workers, by task name: the web process never imports worker code.

`tests/workers/tasks/test_contract.py` checks that every name here exists on the worker side, on
the queue that is given here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    "generate_answer": StageRoute("runs.generate_answer", "model", "answer"),
    "predict_results": StageRoute("runs.predict_results", "model", "results"),
    "run_tests": StageRoute("runs.run_tests", "sandbox", "tests"),
}
SEAL_TASK: Final = "runs.seal_run"
SEAL_QUEUE: Final = "default"

#: The same for Celery's own routing, which holds for tasks that are sent in another way.
ROUTES: Final = {
    **{route.task: {"queue": route.queue} for route in STAGES.values()},
    SEAL_TASK: {"queue": SEAL_QUEUE},
}


def split_key(key: str) -> tuple[StageName, int]:
    """A stage's name and the solver's attempt that it belongs to, 0 for none.

    Raises `KeyError` for a key that names no stage.
    """
    name, _, number = key.partition(".")
    known = next((stage for stage in STAGES if stage == name), None)
    if known is None or (number and not number.isdigit()):
        raise KeyError(key)
    return known, int(number or 0)


def route_of(key: str) -> StageRoute:
    """Where the stage of this key runs; each attempt of the solver has lanes of its own."""
    stage, number = split_key(key)
    route = STAGES[stage]
    return replace(route, lane=f"{route.lane}.{number}") if number else route


def enqueue_stage(*, run_id: str, stage: str, attempt: int) -> None:
    """Ask for one attempt of a stage, given by its key. Sending twice is harmless: the claim
    admits one worker."""
    name, number = split_key(stage)
    route = STAGES[name]
    arguments: dict[str, object] = {"run_id": run_id, "attempt": attempt}
    if number:
        arguments["number"] = number
    current_app.send_task(route.task, kwargs=arguments, queue=route.queue)


def enqueue_seal(*, run_id: str) -> None:
    """Ask for the run's log to be written to the database. Safe to send twice."""
    current_app.send_task(SEAL_TASK, kwargs={"run_id": run_id}, queue=SEAL_QUEUE)
