"""The whole site as processes: it starts, says where it is, and leaves nothing behind.

Every process of a site carries a unique mark in its environment, inherited from the test; "nothing
is left" means that no process of this machine carries it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from deploy.local.redis_server import free_port

ROOT = Path(__file__).resolve().parents[3]
MARK = "PLAYGROUND_TEST_MARK"

#: Generous: a busy two-core machine starts four Python processes.
STARTS_WITHIN_S = 90
ENDS_WITHIN_S = 30

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def _heard_signals() -> None:
    """Children hear SIGINT and SIGHUP even where these tests run in the background of a script.

    A shell starts background commands with SIGINT ignored, `nohup` does so with SIGHUP, and that
    is inherited; a handled signal is not, it becomes the default again in the child.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


@dataclass
class Started:
    """A site started for a test."""

    data: Path
    output: Path
    port: int = field(default_factory=free_port)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    process: subprocess.Popen[bytes] | None = None

    def start(self, argv: list[str] | None = None, **settings: str) -> subprocess.Popen[bytes]:
        """Start it as its own session, like a terminal would."""
        env = {
            key: value
            for key, value in os.environ.items()
            if key not in {"REDIS_URL", "DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "MAKELEVEL"}
        }
        env |= {"PORT": str(self.port), "DATA_DIR": str(self.data), MARK: self.mark} | settings
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                argv or [sys.executable, "-m", "deploy.local.run"],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        assert self.process is not None
        wait_for(
            lambda: "Ready:" in self.said() or self.process.poll() is not None,  # type: ignore[union-attr]  # set above
            STARTS_WITHIN_S,
        )
        assert "Ready:" in self.said(), self.said()

    def wait_until_complete(self) -> None:
        """Ready, and the worker that starts processes of its own has done so."""
        self.wait_until_ready()
        assert wait_for(lambda: self._count("sandbox@") >= 3, STARTS_WITHIN_S)

    def _count(self, text: str) -> int:
        return sum(text in " ".join(_command_line(item)) for item in self.members())

    def members(self) -> list[psutil.Process]:
        """Every living process of this machine that carries the mark, by whatever parent."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(MARK) == self.mark:
                    found.append(process)
        return found

    def member(self, text: str) -> psutil.Process:
        """The oldest process whose command line contains `text`."""
        matching = [item for item in self.members() if text in " ".join(_command_line(item))]
        assert matching, f"no process with {text!r} among {self.members()}"
        return min(matching, key=lambda item: item.create_time())

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=10
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def nothing_is_left(self) -> bool:
        return not self.members()


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    """Poll until `condition` holds or the time is over; whether it held.

    Counting processes once more may miss one, so what held is not asked for again.
    """
    deadline = time.monotonic() + seconds
    while not (held := bool(condition())) and time.monotonic() < deadline:
        time.sleep(0.2)
    return held


#: Before that, an end counts as a failed start, and the pause before the next one grows.
ENGINE_STARTED_AFTER_S = 3


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Started]:
    started = Started(data=tmp_path / "data", output=tmp_path / "output.txt")
    yield started
    for process in started.members():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    if started.process is not None:  # a failed test must not leave a zombie to the next ones
        started.process.wait(timeout=30)


def test_it_serves_restarts_what_crashes_refuses_a_second_start_and_ends_on_ctrl_c(
    site: Started, tmp_path: Path
) -> None:
    process = site.start()
    site.wait_until_ready()
    assert f"http://127.0.0.1:{site.port}/" in site.said()
    assert site.get("/healthz")[0] == 200
    assert site.get("/readyz")[0] == 200

    # The same port, from other data: the sentence names the port and the fix.
    second = Started(data=tmp_path / "other", output=tmp_path / "second.txt", port=site.port)
    assert second.start().wait(ENDS_WITHIN_S) == 1
    assert f"Port {site.port} is already in use" in second.said()

    # The same data, on another port: the sentence names the running one.
    third = Started(data=site.data, output=tmp_path / "third.txt")
    assert third.start().wait(ENDS_WITHIN_S) == 1
    assert f"already runs at http://127.0.0.1:{site.port}/" in third.said()
    assert site.get("/healthz")[0] == 200

    # A crashed web process is back without anybody's doing.
    web = site.member("uvicorn")
    web.kill()
    wait_for(lambda: "web ended unexpectedly and was restarted" in site.said(), STARTS_WITHIN_S)
    wait_for(lambda: _answers(site.port), STARTS_WITHIN_S)
    assert site.get("/readyz")[0] == 200

    os.killpg(process.pid, signal.SIGINT)  # What a terminal does on Ctrl+C.
    assert process.wait(ENDS_WITHIN_S) == 0
    assert site.nothing_is_left()
    assert site.said().rstrip().endswith("Stopped.")


def test_a_model_is_served_by_an_engine_that_comes_back_when_it_dies(site: Started) -> None:
    model = ROOT / "tests" / "golden" / "tiny_model"
    process = site.start(MODEL_PATH=str(model), MODEL_RUNTIME="embedded")
    site.wait_until_ready()
    log = site.data / "log" / "engine.log"
    wait_for(lambda: log.exists() and "loaded" in log.read_text(), STARTS_WITHIN_S)
    time.sleep(ENGINE_STARTED_AFTER_S)
    site.member("workers.runtime.embedded").kill()
    wait_for(lambda: log.read_text().count("loaded") == 2, STARTS_WITHIN_S)
    assert log.read_text().count("loaded") == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(ENDS_WITHIN_S) == 0
    assert site.nothing_is_left()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_termination_and_a_closed_terminal_end_everything(
    site: Started, number: signal.Signals
) -> None:
    process = site.start()
    site.wait_until_ready()
    process.send_signal(number)
    assert process.wait(ENDS_WITHIN_S) == 0
    assert site.nothing_is_left()


def test_ctrl_c_while_starting_ends_everything(site: Started) -> None:
    process = site.start()
    wait_for(lambda: len(site.members()) >= 3, STARTS_WITHIN_S)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(ENDS_WITHIN_S)
    assert site.nothing_is_left()


def test_nothing_outlives_a_killed_supervisor(site: Started) -> None:
    process = site.start()
    site.wait_until_complete()
    site.member("supervisord").kill()
    assert process.wait(ENDS_WITHIN_S) == 1
    assert site.nothing_is_left()
    assert "supervisor" in site.said()


def test_nothing_outlives_a_killed_main_process(site: Started) -> None:
    process = site.start()
    site.wait_until_complete()
    process.kill()
    process.wait()
    wait_for(site.nothing_is_left, ENDS_WITHIN_S)
    assert site.nothing_is_left(), [_command_line(item) for item in site.members()]


def test_nothing_outlives_main_process_and_supervisor_killed_together(site: Started) -> None:
    process = site.start()
    site.wait_until_complete()
    supervisor = site.member("supervisord")
    supervisor.suspend()  # So that it cannot act on its parent's end.
    process.kill()
    process.wait()
    supervisor.kill()
    wait_for(site.nothing_is_left, ENDS_WITHIN_S)
    assert site.nothing_is_left(), [_command_line(item) for item in site.members()]


def test_a_killed_make_takes_the_site_with_it(site: Started) -> None:
    make = shutil.which("make")
    assert make is not None
    makefile = site.output.with_name("Makefile")
    makefile.write_text(f"run:\n\t@{sys.executable} -m deploy.local.run\n")
    process = site.start([make, "-f", str(makefile), "run"])
    site.wait_until_ready()
    process.kill()
    process.wait()
    wait_for(site.nothing_is_left, ENDS_WITHIN_S)
    assert site.nothing_is_left(), [_command_line(item) for item in site.members()]


def test_a_redis_url_that_nobody_answers_is_told_with_the_fix(site: Started) -> None:
    process = site.start(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert process.wait(ENDS_WITHIN_S) == 1
    assert "unset REDIS_URL" in site.said()
    assert site.nothing_is_left()


def test_a_wrong_setting_is_told_before_anything_serves(site: Started) -> None:
    process = site.start(LEASE_SECONDS="soon")
    assert process.wait(STARTS_WITHIN_S) == 1
    assert "LEASE_SECONDS='soon' is not a whole number" in site.said()
    assert site.nothing_is_left()
