"""An SGLang server for the length of a measurement: start, wait, read its numbers, end.

GPU time is dear, so everything ends early: a server that dies, loads the wrong class or is not
ready in time raises `ServerFailed` with the end of its log. Ending kills the whole process group,
and waits until the card's memory is free for the next server.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from benchmarks.sglang import rehearsal
from deploy.sglang.launch import environment
from workers.runtime.sglang_models import vocabulary

#: Flags for a host without FlashAttention-3 and FlashInfer's kernels (gpu.sh says why).
HOST_FLAGS: Final = (
    "--attention-backend",
    "triton",
    "--sampling-backend",
    "pytorch",
)

#: For servers of which several run at once and none is timed: an idle one otherwise takes a whole
#: core from those that still start.
SHARING_FLAGS: Final = ("--sleep-on-idle",)

#: Log lines after which waiting is of no use.
_FATAL: Final = (
    "Ignore import error when loading workers.",
    "Ignore import error when loading benchmarks.",
    "TransformersForCausalLM",
)
_TAIL_LINES: Final = 60

#: The log repeats all of several hundred settings in one line, which would hide what followed.
_LONGEST_LINE: Final = 300

#: How much of a program's time may go by before a server must be ready: the rest is for measuring.
START_SHARE: Final = 0.65

#: For servers in float32: Triton would otherwise round the products of its kernels to TF32.
EXACT_PRODUCTS: Final = {"TRITON_F32_DEFAULT": "ieee"}


class ServerFailed(Exception):
    """The server is not there. The text has the end of its log."""


@dataclass(slots=True)
class LocalServer:
    """One server process. `flags` come after the ones every server has, `variables` are added to
    its environment; `command` is run as it is in place of SGLang."""

    name: str
    model: Path
    log: Path
    flags: Sequence[str] = ()
    port: int = 0
    package: str = "workers.runtime.sglang_models"
    command: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    started_s: float = 0.0
    ready_s: float = 0.0
    _process: subprocess.Popen[bytes] | None = None
    _file: IO[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether its main process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process; return at once."""
        self.port = self.port or free_port()
        line = [*self.command] or self._sglang()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.log.open("wb")
        variables = environment() | {"SGLANG_EXTERNAL_MODEL_PACKAGE": self.package}
        variables = rehearsal.environment(variables) | dict(self.variables)
        self.started_s = time.monotonic()
        self._process = subprocess.Popen(
            line,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            env=variables,
            start_new_session=True,
        )
        # For gpu.sh, should this process be killed before it can end what it started.
        if pids := os.environ.get("SGLANG_PIDS"):
            with Path(pids).open("a") as file:
                file.write(f"{self._process.pid}\n")

    def _sglang(self) -> list[str]:
        """SGLang's command line."""
        # fmt: off
        line = [
            sys.executable, "-m", "sglang.launch_server",
            "--model-path", str(self.model), "--model-impl", "sglang", "--skip-tokenizer-init",
            "--host", "127.0.0.1", "--port", str(self.port), *rehearsal.flags(self.flags),
        ]
        # fmt: on
        if found := vocabulary.of_folder(self.model):
            line += ["--weight-version", found.label]
        return line

    def wait(self, limit_s: float) -> None:
        """Return when it generates. Raises `ServerFailed`."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if not self.alive:
                raise ServerFailed(f"{self.name}: ended before it was ready.\n{self.tail()}")
            text = self.text()
            for words in _FATAL:
                if words in text:
                    raise ServerFailed(f"{self.name}: {words!r} in its log.\n{self.tail()}")
            with contextlib.suppress(OSError, ValueError):
                get_json(self.url, "/model_info", timeout_s=5)
                with _opener.open(f"{self.url}/health", timeout=20):
                    self.ready_s = round(time.monotonic() - self.started_s, 1)
                    return
            time.sleep(0.5)
        raise ServerFailed(f"{self.name}: not ready after {limit_s:.0f} s.\n{self.tail()}")

    def stop(self) -> None:
        """End it and everything it started; return when they are gone."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            _wait_for_group(process.pid)
        if self._file is not None:
            self._file.close()
            self._file = None

    def text(self) -> str:
        """Its log so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def tail(self) -> str:
        """The end of its log."""
        return "\n".join(line[:_LONGEST_LINE] for line in self.text().splitlines()[-_TAIL_LINES:])


@contextlib.contextmanager
def serving(servers: Sequence[LocalServer], limit_s: float) -> Iterator[None]:
    """All of them, started together. Raises `ServerFailed` if one does not come up."""
    end = time.monotonic() + limit_s
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.wait(max(1.0, end - time.monotonic()))
        yield
    finally:
        for server in servers:
            server.stop()


@contextlib.contextmanager
def serving_some(servers: Sequence[LocalServer], limit_s: float) -> Iterator[list[ServerFailed]]:
    """Those that come up, of all started together; yields why the others did not."""
    end = time.monotonic() + limit_s
    failures = []
    try:
        for server in servers:
            server.start()
        for server in servers:
            try:
                server.wait(max(1.0, end - time.monotonic()))
            except ServerFailed as error:
                server.stop()
                failures.append(error)
        yield failures
    finally:
        for server in servers:
            server.stop()


def get_json(url: str, path: str, *, timeout_s: float = 30.0) -> Any:
    """`GET` an address of this machine."""
    with _opener.open(f"{url}{path}", timeout=timeout_s) as response:
        return json.load(response)


def post_json(url: str, path: str, body: Any, *, timeout_s: float = 300.0) -> Any:
    """`POST` to an address of this machine. An error status raises `ServerFailed` with its text."""
    request = urllib.request.Request(  # noqa: S310 - as above
        f"{url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with _opener.open(request, timeout=timeout_s) as response:
            data = response.read()
    except urllib.error.HTTPError as error:
        text = error.read()[:1000].decode("utf-8", "replace")
        raise ServerFailed(f"{path} answered {error.code}: {text}") from None
    try:
        return json.loads(data) if data else None
    except ValueError:  # `/flush_cache` answers in words
        return data.decode("utf-8", "replace")


# The environment's proxies are not for addresses of this machine.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Pool:
    """How many tokens' keys and values a server holds: for layers that see everything, and for
    layers with a window where these have a pool of their own."""

    tokens: int
    window_tokens: int | None


def pool_of(server: LocalServer) -> Pool:
    """As the server reports it, else as its log says. Raises `ServerFailed`."""
    info = get_json(server.url, "/server_info")
    tokens = info.get("max_total_num_tokens")
    log = pool_in_log(server.text())
    if isinstance(tokens, int):
        return Pool(tokens, log.window_tokens if log else None)
    if log is None:
        raise ServerFailed(f"{server.name} does not say how many tokens it holds.")
    return log


def pool_in_log(text: str) -> Pool | None:
    """The pool as the start log tells it, before the server is ready; None if not yet there."""
    both = re.search(r"full_layer_tokens=(\d+), swa_layer_tokens=(\d+)", text)
    if both:
        return Pool(int(both[1]), int(both[2]))
    unified = re.search(r"full_max_total_num_tokens=(\d+), swa_max_total_num_tokens=(\d+)", text)
    if unified:
        return Pool(int(unified[1]), int(unified[2]))
    one = re.search(r"#tokens: (\d+)", text)
    return Pool(int(one[1]), None) if one else None


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_group(group: int, limit_s: float = 30.0) -> None:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        except PermissionError:  # only zombies of another user are left
            return
        time.sleep(0.1)
