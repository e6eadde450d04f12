"""Alice, Bob and Charlie, the queue they fill, and what they look at: fixtures of several folders.

Alice has no account and owns her runs through her session; Bob is signed in; Charlie is a
stranger with a session of his own. A conftest imports the fixtures that its folder uses.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as site_settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import AsyncClient, Client
from kombu import pools
from pytest_django.fixtures import Settings

from playground.accounts.models import User
from playground.accounts.visitors import Visitor, ensure_visitor
from playground.runs import following, services
from playground.runs.events import RunStatus, TraceOutput
from playground.runs.models import ArchivedLog, Run
from playground.runs.services import Program
from tests.sockets import Headers, Socket
from webapp.celery import app
from workers.tasks.upkeep import seal_run

SOURCE = "def main():\n    return 1\n"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a session. `client` and `cookie` belong to that session."""

    visitor: Visitor
    cookie: str

    @property
    def client(self) -> Client:
        """A browser of this person for pages and REST."""
        client = Client()
        client.cookies["sessionid"] = self.cookie
        return client

    @property
    def async_client(self) -> AsyncClient:
        """As `client`, for streamed answers."""
        client = AsyncClient()
        client.cookies["sessionid"] = self.cookie
        return client

    @property
    def headers(self) -> Headers:
        """What this person's browser sends when it opens a WebSocket."""
        return [
            (b"cookie", f"sessionid={self.cookie}".encode()),
            (b"origin", b"http://localhost"),
            (b"host", b"localhost"),
        ]

    async def connects(self, query: str = "protocol=1", path: str = "/ws/") -> Socket:
        """This person's page on the WebSocket, greeted."""
        socket = await self.opens(query, path)
        assert await socket.hears() == {
            "type": "socket.ready",
            "protocol": 1,
            "version": site_settings.VERSION,
        }
        return socket

    async def opens(self, query: str = "protocol=1", path: str = "/ws/") -> Socket:
        """This person's page on the WebSocket, not greeted yet."""
        socket = Socket(f"{path}?{query}", self.headers)
        assert await socket.opens()
        return socket

    def starts(self, source: str = SOURCE, **changes: Any) -> Run:
        """A run of this person, through the service."""
        visibility = changes.pop("visibility", "private")
        return services.start_run(
            kind="trace",
            program=Program(source, **changes),
            visitor=self.visitor,
            visibility=visibility,
        )


def finishes(run: Run, *lines: str, status: RunStatus = "succeeded") -> None:
    """What workers do to a run, in one go: lines of output in lane `actual`, the end, a seal."""
    log = services.event_log()
    if lines:
        log.append_once(run.public_id, "actual", [output(line) for line in lines])
    services.close_run(run=run, status=status, reason="")
    seal_run(run.public_id)


def loses_its_log(run: Run, queue: Queue) -> None:
    """What an operator does who throws logs away: a finished run of which only the row is left."""
    finishes(run)
    ArchivedLog.objects.all().delete()
    queue.lose_everything()


def output(text: str) -> TraceOutput:
    """An event of a trace that is told apart by its text."""
    return TraceOutput(step=0, stream="stdout", text=text)


def _visits() -> Person:
    session = SessionStore()
    visitor = ensure_visitor(session=session, user=None)
    session.save()
    return Person(visitor, session.session_key or "")


@pytest.fixture
def alice(transactional_db: None) -> Person:
    """An anonymous visitor: the owner of what she starts."""
    return _visits()


@pytest.fixture
def bob(transactional_db: None, settings: Settings) -> Person:
    """A signed-in user."""
    # The real hashers are slow on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("bob", password="bob's password")
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    session = SessionStore(cookie)
    visitor = ensure_visitor(session=session, user=user)
    session.save()
    return Person(visitor, cookie)


@pytest.fixture
def charlie(transactional_db: None) -> Person:
    """A stranger with a session of his own."""
    return _visits()


class Queue:
    """What was enqueued: real messages in the real broker, that no worker takes."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, decode_responses=True)

    def messages(self, queue: str) -> list[tuple[str, dict[str, Any]]]:
        """Task name and keyword arguments of every waiting message, oldest first."""
        waiting: Any = self._redis.lrange(queue, 0, -1)
        return [_task(json.loads(message)) for message in reversed(waiting)]

    def clear(self) -> None:
        """Lose every waiting message, and nothing else."""
        self._redis.delete("sandbox", "model", "default")

    def lose_everything(self) -> None:
        """What a Redis without persistence does when it is started again."""
        self._redis.flushall()

    def expire_leases(self) -> None:
        """Let every worker look as if it had vanished long ago."""
        leases: Any = self._redis.zrange("leases", 0, -1)
        for member in leases:
            self._redis.zadd("leases", {member: 0})

    def keys_of(self, run_id: str) -> set[str]:
        """Everything that Redis holds of a run."""
        keys: Any = self._redis.keys(f"*{run_id}*")
        return set(keys)

    def ttl_of(self, key: str) -> int:
        """Seconds that a key has left; -1: for ever."""
        seconds: Any = self._redis.ttl(key)
        return int(seconds)

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()


def _task(message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    assert message["properties"]["body_encoding"] == "base64"
    _, kwargs, _ = json.loads(base64.b64decode(message["body"]))
    return message["headers"]["task"], kwargs


def point_celery_at(url: str) -> None:
    """Make the process's Celery application publish to `url`, forgetting its connections."""
    celery: Any = app  # its stubs know neither a changed address nor the private method
    celery.conf.broker_url = url
    pools.reset()
    celery._after_fork()  # the application keeps references to its pools; a forked child drops them


@pytest.fixture
def queue(redis_url: str) -> Iterator[Queue]:
    """The broker of the test's own server."""
    before = app.conf.broker_url
    point_celery_at(redis_url)
    queue = Queue(redis_url)
    yield queue
    queue.close()
    point_celery_at(before)


@pytest.fixture
async def hub(redis_url: str) -> AsyncIterator[None]:
    """Closes what the test's loop opened for following runs."""
    yield
    await following.get_hub().close()


@pytest.fixture
def front_end(tmp_path: Path, settings: Settings) -> None:
    """Lets pages render where the front end is not built: they name files that nobody loads."""
    entries = ("playground", "site", "solve")
    manifest = {f"static/src/{name}.ts": {"file": f"assets/{name}.js"} for name in entries}
    settings.VITE_MANIFEST = tmp_path / "manifest.json"
    settings.VITE_MANIFEST.write_text(json.dumps(manifest), encoding="utf-8")
