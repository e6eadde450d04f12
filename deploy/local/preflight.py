"""What can be known to be wrong before anything starts: the port, the disk, the folder.

Standard library only and free of side effects: each function answers with the sentence to show,
or None. The set-up asks first, so that a taken port is not found out after a long download.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000

#: SQLite, the event log's append-only file and the rotated logs of an evening's use fit in this.
MIN_FREE_BYTES = 200 * 1024 * 1024

#: Python packages 190 MB, packaged Node 210 MB, front-end tools 190 MB, test tools 360 MB
#: (du, x86-64, 2026-11-23); the packages' caches come on top.
MIN_FREE_SETUP_BYTES = 1024 * 1024 * 1024


def host_and_port(environ: Mapping[str, str]) -> tuple[str, int]:
    """`HOST` and `PORT`, or raise ValueError with the sentence."""
    host = environ.get("HOST", "").strip() or DEFAULT_HOST
    text = environ.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(f"PORT must be a number from 1 to 65535, not {text!r}: PORT=8001 make run")
    return host, int(text)


def startup_problem(environ: Mapping[str, str]) -> str | None:
    """Why the site could not listen on `HOST` and `PORT`, as a sentence; None if it can."""
    try:
        host, port = host_and_port(environ)
    except ValueError as error:
        return str(error)
    return port_problem(host, port)


def port_problem(host: str, port: int) -> str | None:
    """Try to listen the way the server will."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return f"HOST={host} is not an address of this machine: use HOST=127.0.0.1 or HOST=0.0.0.0."
    family, kind, protocol, _, address = addresses[0]
    try:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return _bind_sentence(error, host, port)
    return None


def _bind_sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return (
            f"Port {port} is already in use, by this site or by another program: "
            f"stop that, or take another port with PORT={other} make run"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"Port {port} may only be used by the system administrator: "
            "take one from 1024 up, for example PORT=8000 make run"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST={host} is not an address of this machine: use HOST=127.0.0.1 or HOST=0.0.0.0."
    return f"The site cannot listen on {host} port {port}: {error.strerror or error}."


def disk_problem(folder: Path, *, needed_bytes: int = MIN_FREE_BYTES) -> str | None:
    """Too little room on the disk that holds `folder` (or its nearest existing parent)."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    if free >= needed_bytes:
        return None
    return (
        f"Only {free // 2**20} MB are free on the disk that holds {existing}; "
        f"{needed_bytes // 2**20} MB are needed: free some space, then run this again."
    )


def folder_problem(folder: Path) -> str | None:
    """A folder that cannot be made or written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"Cannot create {folder}: {error.strerror}. Choose another place with DATA_DIR=… ."
    if not os.access(folder, os.W_OK | os.X_OK):
        return (
            f"No permission to write {folder}: it belongs to another user. "
            "Use a clone of your own, or DATA_DIR=… for the data."
        )
    return None


def wants_solver(environ: Mapping[str, str]) -> bool:
    """Whether SmolLM2 solves problems here, alone or after the model that predicts traces."""
    return "smollm2" in (environ.get("SOLVE_MODEL") or "smollm2").split("+")
