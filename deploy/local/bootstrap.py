"""Entry of every make target: find a fitting Python, set up what is needed, start the command.

    python3 -m deploy.local.bootstrap --need site --then deploy.local.run

Runs on whatever `python3` the machine has and uses the standard library only. This one module
must stay readable to Python 3.8, so that an old interpreter can name what is missing instead of
failing with a syntax error; everything it imports later may use Python 3.11.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)

#: 3.11 first: recorded traces follow the semantics of the interpreter that runs them, and the
#: reference model was trained on 3.11. Newer ones differ in small ways (inlined comprehensions).
CANDIDATES = ("python3.11", "python3", "python3.12", "python3.13", "python3.14", "python")

_PROBE = (
    "import sys; print('%d.%d %s' % (sys.version_info[0], sys.version_info[1], sys.executable))"
)


def probe(command: str) -> tuple[tuple[int, int], str] | None:
    """The ((major, minor), executable) of an interpreter, or None if it does not start.

    A name on PATH proves nothing: version managers install shims that only print an error.
    """
    try:
        done = subprocess.run(
            [command, "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=True,
        )
        version, executable = done.stdout.decode().strip().split(" ", 1)
        major, minor = version.split(".")
        return (int(major), int(minor)), executable
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def choose_python(found: list[tuple[tuple[int, int], str]]) -> str | None:
    """The executable to use out of `found` ((version, executable) in order of preference)."""
    for version, executable in found:
        if version == OLDEST:
            return executable
    for version, executable in found:
        if version > OLDEST:
            return executable
    return None


def too_old_sentence(found: list[tuple[tuple[int, int], str]], package_manager: str) -> str:
    """What to tell somebody whose machine has no fitting Python."""
    versions = sorted({version for version, _ in found})
    have = ", ".join(f"{major}.{minor}" for major, minor in versions) or "none"
    if package_manager == "apt-get":
        fix = "sudo apt-get install -y python3.11 python3.11-venv"
    elif package_manager == "dnf":
        fix = "sudo dnf install -y python3.11"
    elif package_manager == "brew":
        fix = "brew install python@3.11"
    else:
        fix = "the package manager of this system, or uv (uv python install 3.11)"
    return f"Python 3.11 or newer is needed, found {have}: install it with {fix}, then retry."


def find_python() -> str:
    """A Python >= 3.11 of this machine, or exit with the sentence that names the fix."""
    wanted = os.environ.get("PYTHON")
    names = (wanted,) if wanted else CANDIDATES
    found = [result for result in (probe(name) for name in names if name) if result]
    chosen = choose_python(found)
    if chosen:
        return chosen
    managers = [name for name in ("apt-get", "dnf", "brew") if shutil.which(name)]
    sys.exit(too_old_sentence(found, managers[0] if managers else ""))


def main() -> None:
    """Set up what `--need` names, then become the `--then` module under the project's Python."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--need", default="site", help="comma-separated: site, dev, system, training"
    )
    parser.add_argument("--then", help="module to run afterwards")
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()
    os.chdir(str(ROOT))
    if sys.version_info[:2] < OLDEST:
        python = find_python()
        os.environ["PYTHON"] = python
        arguments = [python, "-m", "deploy.local.bootstrap", *sys.argv[1:]]
        os.execv(python, arguments)  # noqa: S606 - no shell is wanted

    from deploy.local import install, preflight

    if options.then == "deploy.local.run":
        problem = preflight.startup_problem(os.environ)
        if problem:
            sys.exit(problem)
    install.prepare(ROOT, needs=options.need.split(","), find_python=find_python)
    if options.then:
        install.become(ROOT, [options.then, *options.arguments])


if __name__ == "__main__":
    main()
