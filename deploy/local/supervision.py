"""supervisord: its configuration, and the few questions asked of it.

Theory of operation. `run` starts supervisord in a session of its own and stays its parent, so the
terminal's Ctrl+C reaches `run` alone, which then stops everything in order:

    make run ── run ── supervisord ── redis            (stopped last)
                                   └─ group "site": web, worker-model, worker-sandbox, …

* An orderly stop is SIGTERM to supervisord: the group at once, Redis after it. What does not end
  in its time is killed with its process group.
* `run` dies, by whatever means: the kernel sends supervisord SIGTERM (`tether`).
* supervisord dies: the kernel signals each process; `run`, which adopts orphans (`family`), ends
  the rest and then itself.

Paths of the clone never enter the configuration, whose syntax gives meaning to `%`, `;`, `#` and
spaces: it names files in a private folder under /tmp, and the commands come from a JSON file.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.local.processes import Process

#: Viewers hold one socket each. 4,096 is what most systems grant without asking.
WANTED_OPEN_FILES = 4096

_PROGRAM = """
[program:{name}]
command={folder}/python -I -S {folder}/tether.py {name}
priority={priority}
autostart=false
autorestart=true
startsecs={started_after_s}
startretries=3
stopsignal=TERM
stopwaitsecs={stop_within_s}
killasgroup=true
redirect_stderr=true
stdout_logfile={folder}/log/{name}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=3
"""


def configuration(
    folder: Path, redis: Process | None, site: Sequence[Process], *, open_files: int
) -> str:
    """The text of supervisord.conf. Nothing starts by itself: the order is `run`'s business."""
    text = f"""[supervisord]
nodaemon=true
silent=true
logfile={folder}/log/supervisor.log
logfile_maxbytes=5MB
logfile_backups=2
pidfile={folder}/supervisord.pid
childlogdir={folder}/log
minfds={open_files}
{"user=root" if os.geteuid() == 0 else ""}

[unix_http_server]
file={folder}/control
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[group:site]
programs={",".join(process.name for process in site)}
priority=20
"""
    if redis:
        text += _program(redis, folder, priority=10)
    for process in site:
        text += _program(process, folder, priority=20)
    return text


def _program(process: Process, folder: Path, *, priority: int) -> str:
    return _PROGRAM.format(
        name=process.name,
        priority=priority,
        stop_within_s=process.stop_within_s,
        started_after_s=process.started_after_s,
        folder=folder,
    )


def commands(processes: Sequence[Process]) -> str:
    """The JSON that `tether` reads."""
    return json.dumps(
        {
            process.name: {"argv": process.argv, "on_orphaned": process.on_orphaned}
            for process in processes
        }
    )


def open_files_limit() -> int:
    """As many as wanted, or as the hard limit grants."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return WANTED_OPEN_FILES if hard == resource.RLIM_INFINITY else min(WANTED_OPEN_FILES, hard)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=5)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:  # noqa: ARG002 - fixed peer
        return _UnixConnection(self._path)


class Supervisor:
    """A running supervisord and the questions asked of it."""

    def __init__(
        self,
        *,
        folder: Path,
        redis: Process | None,
        site: Sequence[Process],
        env: Mapping[str, str],
        root: Path,
        keep_open: int,
    ) -> None:
        """Start it. `keep_open` is a lock's descriptor that it holds for as long as it lives."""
        self._folder = folder
        everything = [*([redis] if redis else []), *site]
        self.essential = {process.name for process in everything if process.essential}
        spec = folder / "processes.json"
        own = Process(
            "supervisor",
            (sys.executable, "-m", "supervisor.supervisord", "-c", f"{folder}/supervisord.conf"),
            on_orphaned="SIGTERM",
            stop_within_s=0,
        )
        spec.write_text(commands([own, *everything]), encoding="utf-8")
        text = configuration(folder, redis, site, open_files=open_files_limit())
        (folder / "supervisord.conf").write_text(text, encoding="utf-8")
        (folder / "python").symlink_to(sys.executable)
        (folder / "tether.py").symlink_to(root / "deploy" / "local" / "tether.py")
        with (folder / "log" / "supervisor.out").open("wb") as output:
            self.process = subprocess.Popen(
                [f"{folder}/python", "-I", "-S", f"{folder}/tether.py", own.name],
                cwd=root,
                env={**env, "PLAYGROUND_PROCESSES": str(spec)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(keep_open,),
            )

    def _call(self, method: str, *arguments: Any) -> Any:
        proxy = xmlrpc.client.ServerProxy(
            "http://localhost", transport=_UnixTransport(str(self._folder / "control"))
        )
        with proxy:
            return getattr(proxy.supervisor, method)(*arguments)

    def start_redis(self, *, timeout_s: float = 15) -> bool:
        """Start Redis as soon as supervisord listens; False if it does not within the time."""
        deadline = time.monotonic() + timeout_s
        while self.is_alive() and time.monotonic() < deadline:
            try:
                self._call("startProcess", "redis", False)  # noqa: FBT003 - as below
            except OSError:
                time.sleep(0.05)
            else:
                return True
        return False

    def start_site(self) -> None:
        """Start the web server and the workers; returns without waiting for them."""
        self._call("startProcessGroup", "site", False)  # noqa: FBT003 - positional in XML-RPC

    def start_again(self, name: str) -> None:
        """Give a process of the site that was left for dead another chance."""
        with contextlib.suppress(OSError, http.client.HTTPException, xmlrpc.client.Error):
            self._call("startProcess", f"site:{name}", False)  # noqa: FBT003 - as above

    def states(self) -> dict[str, dict[str, Any]] | None:
        """Per process `statename`, `pid`, `start`, `exitstatus`; None while it cannot answer."""
        try:
            return {info["name"]: info for info in self._call("getAllProcessInfo")}
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return None

    def is_alive(self) -> bool:
        """Whether supervisord itself still runs."""
        return self.process.poll() is None

    def stop(self, *, timeout_s: float) -> bool:
        """Stop everything in order; False if it took too long."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True
