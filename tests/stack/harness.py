"""The real site as processes, each of which can be killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from playground.runs.events import PROTOCOL_VERSION
from tests.redis_server import RedisServer, free_port

ROOT = Path(__file__).resolve().parents[2]

#: Programs that the tests run. Each takes a known number of steps.
SLOW = """
import time

def main():
    total = 0
    for number in range(60):
        time.sleep(0.05)
        total += number
    return total
"""
QUICK = "def main():\n    x = 1\n    return x + 1\n"
ENDLESS = """
import time

def main():
    while True:
        time.sleep(0.05)
"""


DEFAULT_WORKERS = (
    ("sandbox", "sandbox", ("-P", "prefork", "-c", "2")),
    ("other", "default,model", ("-P", "threads", "-c", "4")),
)


class Process:
    """One process of the site, in its own group, with its output in a file."""

    def __init__(self, name: str, command: list[str], environ: dict[str, str], log: Path) -> None:
        self.name = name
        self._command = command
        self._environ = environ
        self._log = log
        self._log_start = 0
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as output:
            self._popen = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self._popen is not None
        return self._popen.pid

    def send(self, number: signal.Signals) -> None:
        """Signal the process and all its children, as a machine that vanishes would."""
        os.killpg(self.pid, number)

    def signal_main(self, number: signal.Signals) -> None:
        """Signal the main process only, as a supervisor does."""
        os.kill(self.pid, number)

    def wait(self, timeout_s: float = 30) -> int:
        assert self._popen is not None
        return self._popen.wait(timeout_s)

    def kill(self) -> None:
        if self._popen is None:
            return
        if self._popen.poll() is None:
            self.send(signal.SIGCONT)
            self.send(signal.SIGKILL)
        self._popen.wait(10)

    def log_text(self) -> str:
        """What it has printed since it was last started."""
        return self._log.read_bytes()[self._log_start :].decode(errors="replace")

    def is_alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None


class Site:
    """Redis, web and workers on free ports, with their data below one directory."""

    def __init__(self, directory: Path, *, persistent_redis: bool = True, **environ: str) -> None:
        self.directory = directory
        self.redis = RedisServer(directory, persistent=persistent_redis)
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            **os.environ,
            "MODEL_RUNTIME": "none",
            "DJANGO_SETTINGS_MODULE": "webapp.settings",
            "SECRET_KEY": "only-for-this-test",
            "DEBUG": "0",
            "DATA_DIR": str(directory / "data"),
            "DATABASE_URL": f"sqlite:///{directory / 'site.sqlite3'}",
            "REDIS_URL": self.redis.url,
            "LEASE_SECONDS": "2",
            "MAX_RUNS_PER_MINUTE": "1000",
            "MAX_LIVE_RUNS_PER_OWNER": "100",
            "LOG_LEVEL": "INFO",
            # Without armed boxes every box is one in use, and tests can tell whose it is.
            "SANDBOX_POOL_SIZE": "0",
            **environ,
        }
        self.web = self._process("web", self._web_command())
        self.workers: dict[str, Process] = {}

    def _process(self, name: str, arguments: list[str]) -> Process:
        command = [sys.executable, "-m", *arguments]
        return Process(name, command, self.environ, self.directory / f"{name}.log")

    def _web_command(self) -> list[str]:
        return [
            "uvicorn", "webapp.asgi:application", "--host", "127.0.0.1", "--port", str(self.port),
            "--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio",
            "--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", "5",
            "--no-access-log",
        ]  # fmt: skip

    def _worker(self, name: str, queues: str, *pool: str) -> Process:
        return self._process(
            name,
            ["celery", "-A", "webapp.celery:app", "worker", "-n", f"{name}@%h", "-Q", queues,
             *pool, "--without-gossip", "--without-mingle", "--without-heartbeat",
             "--loglevel", "INFO"],
        )  # fmt: skip

    def add_worker(self, name: str, queues: str, *pool: str) -> Process:
        """Start a worker process of its own."""
        worker = self._worker(name, queues, *pool)
        self.workers[name] = worker
        worker.start()
        self.wait_for_worker(name)
        return worker

    def wait_for_worker(self, name: str) -> None:
        worker = self.workers[name]
        wait_until(lambda: "ready." in worker.log_text(), what=f"worker {name}", seconds=60)

    def add_default_workers(self) -> None:
        """One worker for boxes and one for everything else, started side by side."""
        for name, queues, pool in DEFAULT_WORKERS:
            self.workers[name] = self._worker(name, queues, *pool)
            self.workers[name].start()
        for name, _, _ in DEFAULT_WORKERS:
            self.wait_for_worker(name)

    def heal(self) -> None:
        """Bring back what a test killed, and end what it added."""
        usual = {name for name, _, _ in DEFAULT_WORKERS}
        for name in self.workers.keys() - usual:
            self.workers.pop(name).kill()
        if not self.redis.is_alive():
            self.redis.start()
        if not self.web.is_alive():
            self.start_web()
        dead = [name for name in usual if not self.workers[name].is_alive()]
        for name in dead:
            self.workers[name].start()
        for name in dead:
            self.wait_for_worker(name)

    def start(self) -> None:
        self.redis.start()
        migrate = [sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"]
        subprocess.run(migrate, cwd=ROOT, env=self.environ, check=True)
        self.start_web()

    def start_web(self) -> None:
        self.web.start()
        wait_until(self._answers, what="the web process", seconds=60)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.base_url}/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        for process in (*self.workers.values(), self.web):
            process.kill()
        self.redis.kill()

    def boxes(self) -> list[psutil.Process]:
        """Processes of boxes that descend from this site's workers."""
        found = []
        for worker in self.workers.values():
            if worker.is_alive():
                children = psutil.Process(worker.pid).children(recursive=True)
                found += [child for child in children if "bwrap" in _name(child)]
        return found


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


@contextmanager
def site(directory: Path, **options: Any) -> Iterator[Site]:
    """A started site without workers; everything is killed at the end."""
    made = Site(directory, **options)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def wait_until(condition: Callable[[], object], *, what: str, seconds: float = 30) -> None:
    """Poll until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            message = f"{what}: not within {seconds} s"
            raise AssertionError(message)
        time.sleep(0.02)


class Browser:
    """What the page does, without drawing: a session, a socket, a fold with resume tokens."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._http = httpx.Client(base_url=site.base_url, timeout=10)
        self._socket: ClientConnection | None = None
        self._sockets = ExitStack()
        self.run_id = ""
        self.ids: dict[str, str] = {}
        self.lanes: dict[str, list[dict[str, Any]]] = {}
        self.repeated: list[str] = []
        self.resets = 0
        self.complete = False
        self.closed_with: int | None = None

    # --- the connection

    def visit(self) -> None:
        """Load the page, which gives a newcomer a session."""
        self._http.get("/").raise_for_status()

    def become(self, other: Browser) -> None:
        """Use the session of another browser: the same person in another tab."""
        self._http.cookies.update(other._http.cookies)
        self.run_id = other.run_id

    def open(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        url = self._site.base_url.replace("http", "ws")
        self._socket = self._sockets.enter_context(
            connect(
                f"{url}/ws/?protocol={PROTOCOL_VERSION}",
                additional_headers={"Cookie": cookies},
                origin=Origin(self._site.base_url),
                compression=None,
                max_size=None,
            )
        )
        assert self._next(timeout_s=10)["type"] == "socket.ready"

    def disconnect(self) -> None:
        self._sockets.close()
        self._socket = None

    def close(self) -> None:
        self.disconnect()
        self._http.close()

    def send(self, **message: Any) -> None:
        assert self._socket is not None
        self._socket.send(msgspec.json.encode(message).decode())

    def _next(self, timeout_s: float) -> dict[str, Any]:
        assert self._socket is not None
        answer: dict[str, Any] = msgspec.json.decode(self._socket.recv(timeout=timeout_s))
        return answer

    # --- runs

    def start(self, source: str, entry: str = "") -> str:
        self.send(type="run.start", ref="1", kind="trace", source=source, entry=entry)
        answer = self._next(timeout_s=10)
        assert answer["type"] == "run.accepted", answer
        self.run_id = answer["run_id"]
        return self.run_id

    def resume(self) -> None:
        self.send(type="run.resume", run_id=self.run_id, after=self.ids)

    def reconnect(self, *, seconds: float = 30) -> None:
        """Open a new socket and go on where the last one ended, as the page does."""
        self.disconnect()
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.open()
                break
            except (OSError, ConnectionClosed, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self.resume()

    def read(self, *, until: Callable[[], object], seconds: float = 60) -> None:
        """Fold messages until the condition holds, reconnecting whenever the socket ends."""
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                message = f"after {seconds} s: lanes {self.summary()}"
                raise AssertionError(message)
            try:
                self._take(self._next(timeout_s=0.2))
            except TimeoutError:
                continue
            except ConnectionClosed as closed:
                self.closed_with = closed.rcvd.code if closed.rcvd else 1006
                self.reconnect()

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "run.complete":
            self.complete = True
        if message["type"] != "lane.entries":
            return
        lane = message["lane"]
        if lane in self.ids and _order(message["id"]) <= _order(self.ids[lane]):
            self.repeated.append(message["id"])
        self.ids[lane] = message["id"]
        events = self.lanes.setdefault(lane, [])
        for event in message["events"]:
            if event["type"] == "lane.reset":
                self.resets += 1
                events.clear()
            else:
                events.append(event)

    def read_more(self) -> None:
        """Until at least one more frame has arrived, or the run is over."""
        seen = len(self.steps())
        self.read(until=lambda: len(self.steps()) > seen or self.complete)

    def read_to_the_end(self, *, seconds: float = 90) -> None:
        self.read(until=lambda: self.complete, seconds=seconds)

    # --- what the page would show

    def steps(self) -> list[int]:
        """The seqs of all frames of the actual lane, in the order in which they arrived."""
        return [
            event["first"] + offset
            for event in self.lanes.get("actual", [])
            if event["type"] == "trace.frames"
            for offset in range(len(event["frames"]))
        ]

    def status(self) -> str:
        ends = [event for event in self.lanes.get("main", []) if event["type"] == "run.finished"]
        assert len(ends) <= 1, ends
        return str(ends[0]["status"]) if ends else ""

    def trace_end(self) -> dict[str, Any]:
        ends = [event for event in self.lanes["actual"] if event["type"] == "trace.finished"]
        assert len(ends) == 1, ends
        return ends[0]

    def returned(self) -> str:
        frames = [
            frame
            for event in self.lanes["actual"]
            if event["type"] == "trace.frames"
            for frame in event["frames"]
        ]
        return str(frames[-1]["value"])

    def summary(self) -> dict[str, Any]:
        return {lane: (self.ids.get(lane), len(events)) for lane, events in self.lanes.items()}


def _order(entry_id: str) -> tuple[int, int]:
    attempt, seq = entry_id.split("-")
    return (int(attempt), int(seq))
