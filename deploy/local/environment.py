"""The environment of the site's processes on one machine: what `make run` decides by itself.

Whatever the person has set stays as it is; only what is missing is filled in.
"""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

import psutil

from deploy.local import preflight

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def data_dir(root: Path, environ: Mapping[str, str]) -> Path:
    """Where the database and the event log live: `DATA_DIR`, else `.local/data`."""
    return Path(environ.get("DATA_DIR") or root / ".local" / "data").absolute()


def log_dir(root: Path, environ: Mapping[str, str]) -> Path:
    """Where the processes write: `.local/log`, or beside the data if that was put elsewhere."""
    own = environ.get("DATA_DIR")
    return Path(own).absolute() / "log" if own else root / ".local" / "log"


def is_everywhere(host: str) -> bool:
    """Whether `host` means every address of the machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_addresses() -> list[str]:
    """IP addresses of this machine that others may reach it by; link-local ones left out."""
    found = []
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family not in (socket.AF_INET, socket.AF_INET6):
                continue
            parsed = ipaddress.ip_address(address.address.split("%")[0])
            if not (parsed.is_loopback or parsed.is_link_local):
                found.append(str(parsed))
    return found


def in_url(host: str) -> str:
    """IPv6 addresses stand in brackets."""
    return f"[{host}]" if ":" in host else host


def allowed_hosts(host: str) -> list[str]:
    """The names the site answers to. Never `*`: it would let any web page reach a private site."""
    names = list(_LOOPBACK)
    if is_everywhere(host):
        hostname = socket.gethostname()
        names += [hostname, f"{hostname}.local", *(in_url(item) for item in own_addresses())]
    elif not is_loopback(host):
        names.append(in_url(host))
    return list(dict.fromkeys(names))


def reachable_host(host: str) -> str:
    """The address by which this machine itself reaches a server that listens on `host`."""
    if is_everywhere(host):
        return "[::1]" if ":" in host else "127.0.0.1"
    return in_url(host)


def secret_key(folder: Path) -> str:
    """The installation's own key, made at the first start; sessions survive a restart by it."""
    path = folder / "secret_key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        key = secrets.token_urlsafe(50)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
        return key


def site_environment(
    root: Path,
    environ: Mapping[str, str],
    *,
    host: str,
    redis_url: str,
    embedded_url: str | None = None,
    solve_url: str | None = None,
) -> dict[str, str]:
    """The full environment for web, workers and management commands."""
    data = data_dir(root, environ)
    env = dict(environ)
    env["PYTHONUNBUFFERED"] = "1"
    env["DJANGO_SETTINGS_MODULE"] = "webapp.settings"
    env["DATA_DIR"] = str(data)
    env["REDIS_URL"] = redis_url
    if embedded_url:
        env["EMBEDDED_URL"] = embedded_url
    if solve_url:
        env["SOLVE_URL"] = solve_url
    if not (env.get("SECRET_KEY") or env.get("SECRET_KEY_FILE")):
        env["SECRET_KEY"] = secret_key(data)
    if not env.get("ALLOWED_HOSTS"):
        env["ALLOWED_HOSTS"] = ",".join(allowed_hosts(host))
    return env


def embedded_model(root: Path, environ: Mapping[str, str]) -> Path | None:
    """The model's folder if this site runs the embedded engine itself: unless another runtime or
    another engine is asked for, and where there is a model."""
    folder = Path(environ.get("MODEL_PATH") or root / "models" / "pocket").absolute()
    wanted = environ.get("MODEL_RUNTIME") or "embedded"
    if wanted != "embedded" or environ.get("EMBEDDED_URL"):
        return None
    return folder if (folder / "manifest.json").is_file() else None


def solver_model(root: Path, environ: Mapping[str, str]) -> Path | None:
    """The folder of the model that only solves problems, if this site runs an engine for it."""
    home = root / ".local" / "models" / "smollm2"
    folder = Path(environ.get("SOLVE_MODEL_PATH") or home).absolute()
    if not preflight.wants_solver(environ) or environ.get("SOLVE_URL"):
        return None
    return folder if (folder / "manifest.json").is_file() else None


# --- what a running site tells other commands ---------------------------------------------------


def write_running(data: Path, facts: Mapping[str, str]) -> None:
    """Leave word of the running site for `make manage`; readable by its owner only."""
    path = data / "running.json"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(facts), file)


def read_running(data: Path) -> dict[str, str]:
    """What the running site (or one that was killed) left; empty if there is none."""
    try:
        facts = json.loads((data / "running.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in facts.items()}
