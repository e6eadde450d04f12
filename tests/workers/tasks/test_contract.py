"""What the web process enqueues by name exists on the worker side, with those parameters."""

from __future__ import annotations

import inspect
from typing import get_args

import pytest

from playground.runs import queue as queues
from playground.runs.events import StageName
from playground.runs.queue import ROUTES, SEAL_QUEUE, SEAL_TASK, STAGES
from tests.people import Queue
from webapp.celery import app

RUN = "bcdfghjkmnpq"


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """Import what a worker imports."""
    app.loader.import_default_modules()


def test_every_stage_has_a_route() -> None:
    assert set(STAGES) == set(get_args(StageName))


def test_every_stage_writes_a_lane_of_its_own() -> None:
    lanes = [route.lane for route in STAGES.values()]
    assert len(set(lanes)) == len(lanes)
    assert "main" not in lanes


@pytest.mark.redis
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_sent_to_a_task_that_takes_it(stage: StageName, queue: Queue) -> None:
    queues.enqueue_stage(run_id=RUN, stage=f"{stage}.3", attempt=2)
    route = STAGES[stage]
    [(name, arguments)] = queue.messages(route.queue)
    assert (name, arguments) == (route.task, {"run_id": RUN, "attempt": 2, "number": 3})
    inspect.signature(app.tasks[name].run).bind(**arguments)


@pytest.mark.redis
@pytest.mark.parametrize("stage", ["record_trace", "predict_trace"])
def test_a_stage_of_a_trace_run_has_no_number(stage: StageName, queue: Queue) -> None:
    queues.enqueue_stage(run_id=RUN, stage=stage, attempt=2)
    [(name, arguments)] = queue.messages(STAGES[stage].queue)
    assert arguments == {"run_id": RUN, "attempt": 2}
    inspect.signature(app.tasks[name].run).bind(**arguments)


@pytest.mark.parametrize("key", ["", "solve", "run_tests.x", "main", "run_tests.-1"])
def test_a_key_that_names_no_stage_is_refused(key: str) -> None:
    with pytest.raises(KeyError):
        queues.route_of(key)


def test_each_attempt_of_the_solver_has_lanes_of_its_own() -> None:
    assert queues.route_of("run_tests.12").lane == "tests.12"
    assert queues.route_of("record_trace").lane == "actual"


@pytest.mark.redis
def test_sealing_is_sent_to_a_task_that_takes_it(queue: Queue) -> None:
    queues.enqueue_seal(run_id=RUN)
    [(name, arguments)] = queue.messages(SEAL_QUEUE)
    assert (name, arguments) == (SEAL_TASK, {"run_id": RUN})
    inspect.signature(app.tasks[name].run).bind(**arguments)


def test_celery_routes_every_task_of_the_project_to_its_queue() -> None:
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == set(ROUTES)
    for name in ours:
        assert app.amqp.router.route({}, name)["queue"].name == ROUTES[name]["queue"]


def test_a_task_that_occupies_a_process_has_a_time_limit() -> None:
    """Celery ends a process that exceeds it; pools of threads, the other queues' kind, cannot."""
    assert app.tasks[STAGES["record_trace"].task].time_limit


def test_every_task_says_when_it_acknowledges() -> None:
    for name in ROUTES:
        task = app.tasks[name]
        # A stage is recovered by its lease; sealing, which is safe to repeat, by the broker.
        assert task.acks_late is (name == SEAL_TASK)
        assert task.ignore_result


def test_the_web_process_knows_tasks_by_name_only() -> None:
    source = inspect.getsource(queues)
    assert "import workers" not in source
    assert "from workers" not in source
