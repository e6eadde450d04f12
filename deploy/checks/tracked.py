"""The files that belong to the project: what git tracks or would, else a walk of the folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

#: Made by set-up and tools; only consulted where git cannot answer (an unpacked archive).
_MADE = frozenset(
    {".git", ".venv", ".local", "node_modules", "dist", "staticfiles", "__pycache__"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"}
)


def tracked_files(root: Path) -> list[str]:
    """Repository-relative paths of existing files, sorted; new files count, ignored ones do not."""
    command = ["git", "-c", f"safe.directory={root}", "ls-files", "-z"]
    command += ["--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, check=True)
        names = done.stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(root)) for path in root.rglob("*")]
        names = [name for name in names if not _MADE.intersection(Path(name).parts)]
    return sorted({name for name in names if name and (root / name).is_file()})
