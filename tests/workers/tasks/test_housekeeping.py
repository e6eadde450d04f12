"""What a worker does beside its tasks."""

from __future__ import annotations

import logging
import os
import time
from types import SimpleNamespace

import pytest
from pytest_django.fixtures import Settings

from playground.runs import services
from tests.people import Person, Queue
from tests.redis_server import free_port
from workers.tasks import housekeeping
from workers.tasks.housekeeping import Housekeeping, worker_name

pytestmark = [pytest.mark.redis, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a round of housekeeping did, without its effects."""
    done: list[str] = []
    monkeypatch.setattr(housekeeping, "take_over_expired", lambda: done.append("take over"))
    monkeypatch.setattr(housekeeping, "reconcile_runs", lambda: done.append("reconcile"))
    return done


def test_every_round_takes_over_and_some_reconcile(done: list[str]) -> None:
    work = Housekeeping(reconciles=True)
    for _ in range(3):
        assert 0 < work.step() < 1
    assert done == ["take over", "reconcile", "take over", "take over"]


def test_only_a_default_worker_reconciles(done: list[str]) -> None:
    work = Housekeeping(reconciles=False)
    for _ in range(3):
        work.step()
    assert done == ["take over"] * 3


def test_a_worker_keeps_house_as_soon_as_it_is_ready(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Housekeeping] = []
    monkeypatch.setattr(Housekeeping, "run", lambda self: started.append(self))
    for names in (["sandbox"], ["model", "default"]):
        queues = [SimpleNamespace(name=name) for name in names]
        housekeeping.start_housekeeping(
            SimpleNamespace(task_consumer=SimpleNamespace(queues=queues))
        )
    deadline = time.monotonic() + 20
    while len(started) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    for work in started:
        work.step()
    assert sorted(done) == ["reconcile", "take over", "take over"]


def test_a_redis_that_is_away_is_waited_for(
    queue: Queue, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    work = Housekeeping(reconciles=True)
    assert work.step() < 1
    here = settings.REDIS_URL
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    services.event_log.cache_clear()
    assert work.step() >= 1
    assert "housekeeping waits" in caplog.text
    settings.REDIS_URL = here
    services.event_log.cache_clear()
    assert work.step() < 1


def test_leases_that_ran_out_while_redis_was_away_are_not_taken_over_at_once(
    done: list[str], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Their workers live, and renew them as soon as they can."""

    def fails() -> None:
        raise ConnectionError

    work = Housekeeping(reconciles=True)
    with monkeypatch.context() as patch:
        patch.setattr(housekeeping, "take_over_expired", fails)
        assert work.step() >= 1
    work.step()
    assert done == ["reconcile"]
    work._takes_over_from -= settings.LEASE_SECONDS
    work.step()
    assert done == ["reconcile", "take over"]


def test_a_mistake_is_logged_and_does_not_end_the_rounds(
    done: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        message = "a mistake"
        raise KeyError(message)

    work = Housekeeping(reconciles=True)
    with monkeypatch.context() as patch:
        patch.setattr(housekeeping, "take_over_expired", fails)
        assert work.step() > 1
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    work.step()
    assert done == ["take over", "reconcile"]


def test_lost_runs_are_found_by_a_round(queue: Queue, alice: Person) -> None:
    run = alice.starts()
    services.cancel_run(run=run)
    queue.clear()
    run.created_at = run.created_at.replace(year=2020)
    run.save(update_fields=["created_at"])
    Housekeeping(reconciles=True).step()
    assert queue.messages("default") == [("runs.seal_run", {"run_id": run.public_id})]


def test_a_stopping_worker_that_cannot_tell_leaves_it_to_the_leases(
    queue: Queue, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    services.event_log.cache_clear()
    housekeeping._hand_over()
    assert "their leases will expire" in caplog.text


def test_a_worker_is_known_by_its_host_and_process() -> None:
    host, _, pid = worker_name().rpartition(":")
    assert host
    assert int(pid) == os.getpid()
