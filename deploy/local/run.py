"""`make run`: the whole site on one machine, in the foreground, until Ctrl+C.

Checks what can be known beforehand, starts Redis, the web server and the workers under supervisord
(`supervision` tells who starts and stops whom), says where the site is, reports processes that had
to be restarted, and leaves nothing behind when it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO, Any

from deploy.local import environment, family, preflight, redis_server, tether
from deploy.local.processes import (
    Process,
    engine_process,
    redis_process,
    site_processes,
    solver_process,
)
from deploy.local.supervision import Supervisor

ROOT = Path(__file__).resolve().parents[2]

#: On two busy cores the first start takes about ten seconds.
READY_WITHIN_S = 90
REDIS_WITHIN_S = 60

#: The slowest member of the group, then Redis, then a little.
STOP_WITHIN_S = 16
POLL_S = 0.5

#: In the site's private folder.
ENGINE_SOCKET = "engine.sock"
SOLVER_SOCKET = "solver.sock"

#: A process that did not start may do so once what it lacks has come back.
RETRY_AFTER_S = 60


class CannotStart(Exception):
    """The text names what is wrong and how to mend it."""


def say(text: str = "") -> None:
    """A line for the person; a closed terminal must not stop the stopping."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


class Site:
    """One start-to-stop of the site."""

    def __init__(self) -> None:
        self.host, self.port = preflight.host_and_port(os.environ)
        self.data = environment.data_dir(ROOT, os.environ)
        self.logs = environment.log_dir(ROOT, os.environ)
        self.stop_requests = 0
        self.supervisor: Supervisor | None = None
        self._starts: dict[str, int] = {}
        self._left: dict[str, float] = {}

    @property
    def url(self) -> str:
        """The address to open on this machine."""
        return f"http://{environment.reachable_host(self.host)}:{self.port}/"

    # --- before anything runs ---

    def check(self) -> None:
        """Raise `CannotStart` for what can be seen beforehand."""
        problem = (
            preflight.startup_problem(os.environ)
            or preflight.folder_problem(self.data)
            or preflight.folder_problem(self.logs)
            or preflight.disk_problem(self.data)
        )
        if problem:
            raise CannotStart(problem)

    def lock(self) -> IO[str]:
        """Two sites on the same data would corrupt the event log: the second does not start."""
        file = (self.data / "lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            running = environment.read_running(self.data)
            where = running.get("url") or "another terminal"
            message = (
                f"This site already runs at {where} with the data in {self.data}: stop it with "
                "Ctrl+C there, or start a second one with DATA_DIR=…/other PORT=8001 make run"
            )
            raise CannotStart(message) from error
        shutil.rmtree(environment.read_running(self.data).get("folder", ""), ignore_errors=True)
        return file

    def choose_redis(self, folder: Path) -> tuple[str, Process | None]:
        """`REDIS_URL` if set, else our own server: its URL and process."""
        url = os.environ.get("REDIS_URL")
        if url:
            trouble = redis_server.answers(url)
            if trouble:
                message = (
                    f"REDIS_URL is set, but no Redis answers there ({trouble}): start that one, "
                    "or unset REDIS_URL and this command brings its own."
                )
                raise CannotStart(message)
            return url, None
        server = redis_server.find_server()
        if server is None:
            message = (
                "No Redis 6.2 or newer, nor Valkey, was found for this machine: "
                "sudo apt-get install -y redis-server, then run this again."
            )
            raise CannotStart(message)
        store = self.data / "redis" / server.folder_name
        store.mkdir(parents=True, exist_ok=True)
        port, password = redis_server.free_port(), redis_server.new_password()
        text = redis_server.configuration(port=port, password=password, folder=store)
        path = folder / "redis.conf"
        path.write_text(text, encoding="utf-8")
        return f"redis://:{password}@127.0.0.1:{port}/0", redis_process(server.path, path)

    def choose_engine(self, folder: Path) -> list[Process]:
        """The embedded model's engine, where this site runs one."""
        model = environment.embedded_model(ROOT, os.environ)
        if model is None:
            return []
        cache = ROOT / ".local" / "cache" / "model"
        return [engine_process(model=model, socket=folder / ENGINE_SOCKET, cache=cache)]

    def choose_solver(self, folder: Path) -> list[Process]:
        """The engine of the model that solves problems, where this site runs one."""
        model = environment.solver_model(ROOT, os.environ)
        if model is None:
            return []
        cache = ROOT / ".local" / "cache" / "solver"
        return [solver_process(model=model, socket=folder / SOLVER_SOCKET, cache=cache)]

    # --- starting ---

    def start(self, folder: Path, lock: IO[str]) -> None:
        """Bring everything up; raise `CannotStart` with the reason if something essential fails."""
        redis_url, redis = self.choose_redis(folder)
        engine, solver = self.choose_engine(folder), self.choose_solver(folder)
        urls = {
            "embedded_url": f"unix://{folder / ENGINE_SOCKET}" if engine else "",
            "solve_url": f"unix://{folder / SOLVER_SOCKET}" if solver else "",
        }
        env = environment.site_environment(
            ROOT, os.environ, host=self.host, redis_url=redis_url, **urls
        )
        facts = {"url": self.url, "redis_url": redis_url, "folder": str(folder)}
        environment.write_running(self.data, facts | urls)
        self.supervisor = Supervisor(
            folder=folder,
            redis=redis,
            site=[*engine, *solver, *site_processes(host=self.host, port=self.port)],
            env=env,
            root=ROOT,
            keep_open=lock.fileno(),
        )
        if redis and not self.supervisor.start_redis():
            raise CannotStart(f"The supervisor did not start.\n{self.tail('supervisor')}")
        self.migrate(env)
        if redis and not self._wait_for_redis(redis_url):
            raise CannotStart(f"Redis did not start.\n{self.tail('redis')}")
        self.supervisor.start_site()
        self._wait_until_ready()

    def migrate(self, env: dict[str, str]) -> None:
        """Create the database or bring it up to date."""
        argv = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
        done = subprocess.run(
            argv,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if self.stop_requests:
            raise KeyboardInterrupt
        (self.logs / "migrate.log").write_text(done.stdout, encoding="utf-8")
        if done.returncode:
            lines = done.stdout.strip().splitlines() or ["no output"]
            message = (
                f"The database could not be brought up to date: {lines[-1]}\n"
                f"(full log: {self.logs / 'migrate.log'})"
            )
            raise CannotStart(message)

    def _wait_for_redis(self, url: str) -> bool:
        deadline = time.monotonic() + REDIS_WITHIN_S
        while not redis_server.wait_until_it_answers(url, timeout_s=0.2):
            self._raise_if_interrupted_or_dead()
            if time.monotonic() > deadline:
                return False
        return True

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        reason = "no answer"
        while time.monotonic() < deadline:
            self._raise_if_interrupted_or_dead()
            reason = self._why_not_ready()
            if not reason:
                return
            time.sleep(0.1)
        message = f"The site did not become ready within {READY_WITHIN_S} s ({reason})."
        raise CannotStart(f"{message}\n{self.tail('web')}")

    def _why_not_ready(self) -> str:
        # A proxy from the environment must not stand between two processes of one machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}readyz", timeout=5):
                return ""
        except urllib.error.HTTPError as error:
            return error.read(500).decode("utf-8", "replace").strip() or str(error)
        except (OSError, ValueError) as error:
            return str(error)

    def _raise_if_interrupted_or_dead(self) -> None:
        if self.stop_requests:
            raise KeyboardInterrupt
        supervisor = self.supervisor
        if supervisor is None or not supervisor.is_alive():
            raise CannotStart(f"The supervisor ended.\n{self.tail('supervisor')}")
        for name, info in (supervisor.states() or {}).items():
            if name in supervisor.essential and info["statename"] == "FATAL":
                raise CannotStart(f"{name} does not start.\n{self.tail(name)}")

    # --- running ---

    def watch(self) -> None:
        """Until asked to stop: report restarts, reap orphans, notice the supervisor's end."""
        assert self.supervisor is not None  # noqa: S101 - start() came before
        while not self.stop_requests:
            family.reap_adopted(keep=self.supervisor.process.pid)
            self._raise_if_interrupted_or_dead()
            self._report_restarts(self.supervisor.states() or {})
            time.sleep(POLL_S)

    def _report_restarts(self, states: dict[str, dict[str, Any]]) -> None:
        for name, info in states.items():
            if info["statename"] == "FATAL":
                self._leave_for_now(name)
            if info["statename"] != "RUNNING":
                continue
            before = self._starts.get(name)
            self._starts[name] = info["start"]
            if before is not None and before != info["start"]:
                say(f"  {name} ended unexpectedly and was restarted: {self.logs / name}.log")

    def _leave_for_now(self, name: str) -> None:
        """Tell once that a process does not start; try it again now and then."""
        now = time.monotonic()
        if name not in self._left:
            say(f"  {name} does not start; the rest of the site goes on without it.")
            say(self.tail(name))
        elif now - self._left[name] < RETRY_AFTER_S:
            return
        elif self.supervisor is not None:
            self.supervisor.start_again(name)
        self._left[name] = now

    def tail(self, name: str, lines: int = 8) -> str:
        """The last lines of a process's log, indented, with the log's path."""
        path = self.logs / f"{name}.log"
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        last = [f"    {line}" for line in text.strip().splitlines()[-lines:]]
        return "\n".join([*last, f"  (full log: {path})"])

    # --- stopping ---

    def request_stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - protocol
        """Signal handler. The first asks everything to end, the second does not wait for it."""
        self.stop_requests += 1

    def stop(self) -> None:
        """End everything this process started, by whatever name and in whatever state."""
        supervisor = self.supervisor
        if supervisor is not None and supervisor.is_alive():
            patience = time.monotonic() + STOP_WITHIN_S
            asked = self.stop_requests
            while not supervisor.stop(timeout_s=POLL_S) and time.monotonic() < patience:
                if self.stop_requests > max(asked, 1):
                    break
        family.stop_descendants(grace_s=0 if self.stop_requests > 1 else 1)
        (self.data / "running.json").unlink(missing_ok=True)


def introduce(site: Site) -> None:
    """What the person needs to know, once it is ready."""
    say(f"\n  Ready: {site.url}\n")
    if not environment.is_loopback(site.host):
        say("  Reachable from other machines, unencrypted and with guest access for everyone:")
        addresses = (
            environment.own_addresses() if environment.is_everywhere(site.host) else [site.host]
        )
        for address in addresses:
            say(f"    http://{environment.in_url(address)}:{site.port}/")
        say("  Behind a TLS proxy is the place for anything public: docs/operations.md\n")
    say(f"  Data: {site.data}")
    say(f"  Logs: {site.logs}")
    say("  Ctrl+C stops everything.")


def main() -> None:
    """Start, watch, stop; exit 0 after an orderly stop, 1 with a sentence otherwise."""
    try:
        site = Site()
    except ValueError as error:
        sys.exit(str(error))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP on purpose.
            signal.signal(number, site.request_stop)
    if os.environ.get("MAKELEVEL"):
        tether.die_with_parent(signal.SIGTERM)
    family.adopt_orphans()
    sys.exit(_run(site))


def _run(site: Site) -> str | int:
    folder = Path(tempfile.mkdtemp(prefix="playground-", dir="/tmp"))
    problem: str | int = 0
    try:
        site.check()
        with site.lock() as lock:
            (folder / "log").symlink_to(site.logs)
            try:
                say("  Starting …")
                site.start(folder, lock)
                introduce(site)
                site.watch()
            finally:
                say("\n  Stopping …")
                site.stop()
    except CannotStart as error:
        problem = f"\n{error}\n"
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say("  Stopped." if not problem else "")
    return problem


if __name__ == "__main__":
    main()
