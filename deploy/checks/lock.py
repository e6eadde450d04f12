"""`make lock`: compile each requirements/*.in to a hashed requirements/*.txt without addresses.

    python -m deploy.checks.lock [--upgrade]

`base` comes first, since the others are constrained by it (`-c base.txt`).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GROUPS = ("base", "local", "dev", "node", "train")


def command(group: str, *, upgrade: bool) -> list[str]:
    """The compiler's command line for one group, run inside requirements/."""
    argv = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet"]
    argv += ["--generate-hashes", "--python-version", "3.11", "--no-annotate"]
    argv += ["--custom-compile-command", "make lock"]
    if upgrade:
        argv.append("--upgrade")
    return [*argv, f"{group}.in", "-o", f"{group}.txt"]


def main() -> None:
    """Compile every group; stop at the first that cannot be resolved."""
    folder = Path("requirements")
    for group in GROUPS:
        print(f"  requirements/{group}.txt", flush=True)
        code = subprocess.run(
            command(group, upgrade="--upgrade" in sys.argv), cwd=folder, check=False
        )
        if code.returncode:
            sys.exit(f"requirements/{group}.in could not be resolved (see above).")


if __name__ == "__main__":
    main()
