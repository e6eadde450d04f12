"""The site's processes: what runs, with which command line, and how each is stopped.

The same command lines, one per container, are in docker-compose.yml; `tests/deploy` compares them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Process:
    """One supervised process.

    `on_orphaned` is the signal the kernel sends it if the supervisor dies: Redis and the web
    server end at once and orderly on SIGTERM; a worker would first finish its running tasks.
    """

    name: str
    argv: tuple[str, ...]
    on_orphaned: Literal["SIGTERM", "SIGKILL"]
    stop_within_s: int
    #: One that ends sooner after its start has failed to start: three in a row, and it is left.
    started_after_s: int = 1
    #: Without it there is no site; the others are missed by one feature each.
    essential: bool = False


def web_arguments(host: str, port: int) -> tuple[str, ...]:
    """The ASGI server. Compression off: it costs 40 % more CPU and memory for 60-byte frames."""
    return (
        *("webapp.asgi:application", "--host", host, "--port", str(port)),
        *("--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio"),
        *("--ws-per-message-deflate", "false", "--ws-max-size", str(2 * 1024 * 1024)),
        *("--ws-ping-interval", "20", "--ws-ping-timeout", "30"),
        *("--timeout-graceful-shutdown", "5", "--backlog", "2048"),
        *("--no-access-log", "--no-server-header", "--log-level", "warning"),
    )


def worker_arguments(queue: str) -> tuple[str, ...]:
    """A Celery worker for one queue.

    `model` only waits for model streams, which run on one event loop: many slots, threads.
    `sandbox` computes: few slots, processes. `default` is housekeeping.
    """
    pool, slots = {"model": ("threads", 64), "sandbox": ("prefork", 2), "default": ("threads", 4)}[
        queue
    ]
    return (
        *("-A", "webapp.celery:app", "worker", "-Q", queue, "-n", f"{queue}@%h"),
        *("-P", pool, "-c", str(slots), "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )


QUEUES = ("model", "sandbox", "default")


def site_processes(*, host: str, port: int) -> list[Process]:
    """The web server and the workers, in the order of starting."""
    python = sys.executable
    web = Process(
        "web",
        (python, "-m", "uvicorn", *web_arguments(host, port)),
        on_orphaned="SIGTERM",
        stop_within_s=7,
        started_after_s=3,
        essential=True,
    )
    workers = [
        Process(
            f"worker-{queue}",
            (python, "-m", "celery", *worker_arguments(queue)),
            on_orphaned="SIGKILL",
            stop_within_s=6,
            started_after_s=10,
        )
        for queue in QUEUES
    ]
    return [web, *workers]


def engine_process(*, model: Path, socket: Path, cache: Path) -> Process:
    """The embedded model's engine. Who may use it is who may enter the socket's folder."""
    argv = (
        *(sys.executable, "-m", "workers.runtime.embedded", "--model", str(model)),
        *("--socket", str(socket), "--cache", str(cache)),
    )
    return Process("engine", argv, on_orphaned="SIGKILL", stop_within_s=4, started_after_s=3)


def solver_process(*, model: Path, socket: Path, cache: Path) -> Process:
    """The engine of the model that solves problems. Fewer streams: it is several times larger."""
    argv = (
        *(sys.executable, "-m", "workers.runtime.embedded", "--model", str(model)),
        *("--socket", str(socket), "--cache", str(cache), "--slots", "2", "--cache-mb", "64"),
    )
    return Process("solver", argv, on_orphaned="SIGKILL", stop_within_s=4, started_after_s=3)


def redis_process(server: str, configuration: Path) -> Process:
    """The site's own Redis."""
    argv = (server, str(configuration))
    return Process("redis", argv, on_orphaned="SIGTERM", stop_within_s=5, essential=True)
