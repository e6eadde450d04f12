"""Health of the process and of what it depends on."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django.fixtures import Settings

from playground.runs.services import event_log
from tests.redis_server import free_port


def test_a_process_that_answers_is_healthy(client: Client) -> None:
    answer = client.get("/healthz")  # no database, no Redis
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.redis
def test_a_site_whose_parts_answer_is_ready(client: Client, db: None, redis_url: str) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "event_log": "ok"}


@pytest.mark.redis
@pytest.mark.usefixtures("redis_url")
def test_a_site_without_its_event_log_is_not_ready(
    client: Client, db: None, settings: Settings
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    event_log.cache_clear()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "ok", "event_log": "does not answer"}


@pytest.mark.redis
@pytest.mark.usefixtures("redis_url")
def test_a_site_without_its_database_is_not_ready(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        message = "could not connect to server: secret-host"
        raise DatabaseError(message)

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", fails)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "does not answer", "event_log": "ok"}


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_can_only_be_asked_for(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
