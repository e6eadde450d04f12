"""The stages of a run as Celery tasks: fetch, call an engine, append events.

Every stage acknowledges its message at once (`acks_late=False`): its lease, not the broker,
recovers it. `time_limit` is a backstop far above what the engines' own limits allow. Celery has
none for a pool of threads, which the `model` queue needs: a prediction limits itself.
"""

from __future__ import annotations

from celery import shared_task

from workers.tasks.answering import answer
from workers.tasks.predicting import predict
from workers.tasks.recording import record
from workers.tasks.results import predict_results as predict_rows
from workers.tasks.stage import run_stage
from workers.tasks.testing import run_tests as judge_tests


@shared_task(name="runs.record_trace", acks_late=False, time_limit=120)
def record_trace(run_id: str, attempt: int, number: int = 0) -> None:
    """Run the program in a box and stream its actual trace into lane `actual`."""
    run_stage(run_id=run_id, stage="record_trace", attempt=attempt, number=number, body=record)


@shared_task(name="runs.predict_trace", acks_late=False)
def predict_trace(run_id: str, attempt: int, number: int = 0) -> None:
    """Let the model predict the trace into lane `predicted`."""
    run_stage(run_id=run_id, stage="predict_trace", attempt=attempt, number=number, body=predict)


@shared_task(name="runs.generate_answer", acks_late=False)
def generate_answer(run_id: str, attempt: int, number: int) -> None:
    """Let a model solve the problem, or repair an attempt, into lane `answer.n`."""
    run_stage(run_id=run_id, stage="generate_answer", attempt=attempt, number=number, body=answer)


@shared_task(name="runs.predict_results", acks_late=False)
def predict_results(run_id: str, attempt: int, number: int) -> None:
    """Let a model predict what an attempt's tests will give, into lane `results.n`."""
    run_stage(
        run_id=run_id, stage="predict_results", attempt=attempt, number=number, body=predict_rows
    )


@shared_task(name="runs.run_tests", acks_late=False, time_limit=240)
def run_tests(run_id: str, attempt: int, number: int) -> None:
    """Run an attempt's tests in the judge, into lane `tests.n`."""
    run_stage(run_id=run_id, stage="run_tests", attempt=attempt, number=number, body=judge_tests)
