"""A site of the benchmark's own: Redis, a migrated SQLite database, and web servers on loopback.

Redis and uvicorn get the configuration and the command line of the real site
(`deploy/local/redis_server.py`, `deploy/local/processes.py`). Every web server is a fresh process,
so that no cell inherits another's memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis

from benchmarks.common import ROOT, BenchmarkFailed
from benchmarks.streaming.children import Child
from deploy.local import environment, redis_server
from deploy.local.processes import web_arguments
from playground.runs.eventlog import EventLog
from playground.runs.events import RunQueued

_START_WITHIN_S: Final = 60.0

#: The ASGI applications under test, and the settings module of each.
APPLICATIONS: Final[dict[str, tuple[str, str]]] = {
    "event_log": ("webapp.asgi:application", "webapp.settings"),
    "channels_redis": (
        "benchmarks.streaming.baseline:application",
        "benchmarks.streaming.baseline_settings",
    ),
}


@dataclass(frozen=True, slots=True)
class Web:
    """A running web server."""

    port: int
    child: Child


class BenchSite:
    """Where everything of one benchmark run lives. Use through `open_site`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        server = redis_server.find_server()
        if server is None:
            raise BenchmarkFailed("No Redis 6.2+ or Valkey: sudo apt-get install -y redis-server")
        self.redis_name = f"{server.name} {server.version[0]}.{server.version[1]}"
        port, password = redis_server.free_port(), redis_server.new_password()
        self.redis_url = f"redis://:{password}@127.0.0.1:{port}/0"
        configuration = folder / "redis.conf"
        configuration.write_text(
            redis_server.configuration(port=port, password=password, folder=folder)
        )
        self.env = {
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'playground.sqlite3'}",
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": secrets.token_hex(32),
            "DJANGO_SETTINGS_MODULE": "webapp.settings",
            "ALLOWED_HOSTS": ",".join(environment.allowed_hosts("127.0.0.1")),
            "MODEL_RUNTIME": "none",
            "LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }
        self.redis = Child("redis", [server.path, str(configuration)], env={}, folder=folder)

    def prepare(self) -> None:
        """Wait for Redis and create the database."""
        if not redis_server.wait_until_it_answers(self.redis_url, timeout_s=_START_WITHIN_S):
            raise BenchmarkFailed(f"Redis did not start.\n{self.redis.tail()}")
        self._python("manage.py", "migrate", "--no-input", "--verbosity", "0")

    def create_runs(self, *, shared: int = 0, owned: int = 0) -> dict[str, Any]:
        """Runs in the database: `shared` open to every viewer, `owned` each with a session."""
        arguments = ["-m", "benchmarks.streaming.site_data", str(shared), str(owned)]
        created: dict[str, Any] = json.loads(self._python(*arguments))
        return created

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            message = f"{arguments[0]} failed:\n{done.stderr[-2000:]}"
            raise BenchmarkFailed(message)
        return done.stdout

    def open_logs(self, run_ids: list[str]) -> None:
        """Empty Redis and create the main lanes, so that the runs can be followed."""
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()
        log = EventLog(self.redis_url)
        for run_id in run_ids:
            log.open_run(run_id, [RunQueued(ahead=0, at_ms=0)])

    @contextlib.contextmanager
    def web(self, application: str, *, env: Mapping[str, str] | None = None) -> Iterator[Web]:
        """A fresh web server that accepts connections."""
        target, settings = APPLICATIONS[application]
        port = redis_server.free_port()
        arguments = (target, *web_arguments("127.0.0.1", port)[1:])
        env = {**self.env, "DJANGO_SETTINGS_MODULE": settings, **(env or {})}
        argv = [sys.executable, "-m", "uvicorn", *arguments]
        with Child("web", argv, env=env, folder=self.folder) as child:
            _wait_for_port(port, child)
            yield Web(port, child)


@contextlib.contextmanager
def open_site() -> Iterator[BenchSite]:
    """A site in a temporary folder; nothing of it remains."""
    _raise_file_limit()
    folder = Path(tempfile.mkdtemp(prefix="stream-benchmark-"))
    site: BenchSite | None = None
    try:
        site = BenchSite(folder)
        site.prepare()
        yield site
    finally:
        if site is not None:
            site.redis.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_port(port: int, child: Child) -> None:
    deadline = time.monotonic() + _START_WITHIN_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if not child.is_running or time.monotonic() > deadline:
                raise BenchmarkFailed(child.obituary()) from None
            time.sleep(0.05)
        else:
            return


def _raise_file_limit() -> None:
    """A thousand viewers are a thousand sockets, here and in the server: children inherit this."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
