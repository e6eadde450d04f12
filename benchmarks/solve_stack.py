"""The whole site with an engine that solves, in processes of its own, ready to be measured.

Web server, Redis, workers and boxes are those of `streaming.site` and `streaming.stack`; here the
engine of the model that solves is added, each process with the site's own command line.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from pathlib import Path
from typing import Final

import httpx
import psutil

from benchmarks.common import BenchmarkFailed
from benchmarks.streaming.children import Child
from benchmarks.streaming.site import BenchSite
from benchmarks.streaming.stack import worker_argv
from deploy.local.processes import QUEUES

_START_WITHIN_S: Final = 90.0
_QUOTAS: Final = {"MAX_RUNS_PER_MINUTE": "1000", "MAX_LIVE_RUNS_PER_OWNER": "100"}


class Stack:
    """The site and its engine, as processes that the caller's stack ends.

    Where `first` names a model, that one predicts and is asked first, as in a default installation;
    its engine counts as part of the site.
    """

    def __init__(
        self,
        site: BenchSite,
        model: Path,
        stack: contextlib.ExitStack,
        *,
        slots: int,
        first: Path | None = None,
    ) -> None:
        self.socket = site.folder / "solver.sock"
        argv = _engine(model, self.socket, site.folder / "cache", slots)
        self.engine = stack.enter_context(Child("engine", argv, env=site.env, folder=site.folder))
        env = {
            **site.env,
            **_QUOTAS,
            "SOLVE_MODEL": "smollm2",
            "SOLVE_MODEL_PATH": str(model),
            "SOLVE_URL": f"unix://{self.socket}",
            "LOG_LEVEL": "INFO",
        }
        self.first: Child | None = None
        if first is not None:
            socket = site.folder / "first.sock"
            argv = _engine(first, socket, site.folder / "cache-first", slots)
            self.first = stack.enter_context(Child("first", argv, env=site.env, folder=site.folder))
            env |= {
                "SOLVE_MODEL": "model+smollm2",
                "MODEL_RUNTIME": "embedded",
                "MODEL_PATH": str(first),
                "EMBEDDED_URL": f"unix://{socket}",
            }
        self.web = stack.enter_context(site.web("event_log", env=env))
        self.workers = [
            stack.enter_context(Child(q, worker_argv(q, q), env=env, folder=site.folder))
            for q in QUEUES
        ]
        self._redis = site.redis

    async def wait(self) -> None:
        """Until everything takes work. Raises `BenchmarkFailed`."""
        deadline = time.monotonic() + _START_WITHIN_S
        for worker in self.workers:
            while " ready." not in worker.tail(200):
                _check(worker, deadline)
                await asyncio.sleep(0.1)
        await _healthy(self.engine, self.socket, deadline)
        if self.first is not None:
            await _healthy(self.first, self.socket.with_name("first.sock"), deadline)

    def cpu_seconds(self) -> dict[str, float]:
        """Of the engine, and of everything else, boxes that have ended included."""
        site = [self.web.child.pid, self._redis.pid, *(w.pid for w in self.workers)]
        if self.first is not None:
            site.append(self.first.pid)
        return {
            "engine": _family_seconds(self.engine.pid),
            "site": sum(map(_family_seconds, site)),
        }


def _engine(model: Path, socket: Path, cache: Path, slots: int) -> list[str]:
    argv = [sys.executable, "-m", "workers.runtime.embedded", "--model", str(model)]
    argv += ["--socket", str(socket), "--cache", str(cache)]
    return [*argv, "--slots", str(slots), "--cache-mb", "64"]


async def _healthy(engine: Child, socket: Path, deadline: float) -> None:
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    async with httpx.AsyncClient(base_url="http://engine", transport=transport) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get("/health")).is_success:
                    return
            _check(engine, deadline)
            await asyncio.sleep(0.1)


def _check(child: Child, deadline: float) -> None:
    if not child.is_running or time.monotonic() > deadline:
        raise BenchmarkFailed(f"{child.name} does not start.\n{child.tail()}")


def _family_seconds(pid: int) -> float:
    process = psutil.Process(pid)
    total = 0.0
    for member in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            t = member.cpu_times()
            total += t.user + t.system + t.children_user + t.children_system
    return total
