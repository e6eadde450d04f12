"""The stages of a run as Celery tasks: fetch, call an engine, append events.

Every stage acknowledges its message at once (`acks_late=False`): its lease, not the broker,
recovers it. `time_limit` is a backstop far above what the engines' own limits allow. Celery has
none for a pool of threads, which the `model` queue needs: a prediction limits itself.
"""

from __future__ import annotations

from celery import shared_task

from workers.tasks.predicting import predict
from workers.tasks.recording import record
from workers.tasks.stage import run_stage


@shared_task(name="runs.record_trace", acks_late=False, time_limit=120)
def record_trace(run_id: str, attempt: int) -> None:
    """Run the program in a box and stream its actual trace into lane `actual`."""
    run_stage(run_id=run_id, stage="record_trace", attempt=attempt, body=record)


@shared_task(name="runs.predict_trace", acks_late=False)
def predict_trace(run_id: str, attempt: int) -> None:
    """Let the model predict the trace into lane `predicted`."""
    run_stage(run_id=run_id, stage="predict_trace", attempt=attempt, body=predict)
