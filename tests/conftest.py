"""Fixtures that most tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from playground.runs import services
from tests.redis_server import RedisServer
from webapp.celery import app as celery_app

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytest_plugins = ["tests.tiers"]


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One real server for the whole session."""
    server = RedisServer(tmp_path_factory.mktemp("redis"), persistent=False)
    server.start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def no_model(settings: Settings) -> None:
    """Tests decide themselves whether there is a model; by default there is none."""
    settings.MODEL_RUNTIME = "none"
    settings.SOLVE_MODEL = "none"


@pytest.fixture
def redis_url(redis_server: RedisServer, settings: Settings) -> Iterator[str]:
    """The server, emptied, and set as the site's REDIS_URL."""
    redis_server.flush()
    settings.REDIS_URL = redis_server.url
    services.event_log.cache_clear()
    celery_app.conf.update(broker_url=redis_server.url)
    yield redis_server.url
    services.event_log.cache_clear()
