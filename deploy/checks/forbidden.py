"""Fails when a file holds something that ties the project to one machine or one mirror.

    python -m deploy.checks.forbidden [FILE…]

Package lists must name packages and hashes only: which registry serves them is the business of
the machine that installs them. Absolute home paths work on one machine only.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.checks.tracked import tracked_files

MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Ban:
    """`pattern` may not occur in any text file; `why` is printed with the hit."""

    pattern: re.Pattern[str]
    why: str


# Each pattern is written so that it does not match its own source line.
_BANS = (
    Ban(
        re.compile(r"(?<![\w./~$}-])/(?:root|home/[a-z][\w-]*|Users/[A-Za-z]\w*)/[\w.-]+"),
        "a path of one machine: make it relative or configurable",
    ),
    Ban(
        re.compile(r"\bregistry\.[a-z0-9-]+\.[a-z]{2,}\b"),
        "a package registry's host name: leave it to the machine's configuration",
    ),
    Ban(
        re.compile(r"^\s*--(?:extra-)?index[-]url|^\s*--find[-]links", re.MULTILINE),
        "a package index address: leave it to the machine's configuration",
    ),
    Ban(
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KE[Y]-----"),
        "a private key",
    ),
)

#: Where a hostile or foreign path is the subject of the file itself.
_EXEMPT = ("tests/deploy/checks/test_forbidden.py",)


def text_problems(path: str, text: str) -> list[str]:
    """One sentence per banned string in `text`."""
    found = []
    for ban in _BANS:
        for match in ban.pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path}:{line}: {match.group().strip()!r} is {ban.why}.")
    return found


def lockfile_problems(path: str, text: str) -> list[str]:
    """A package-lock.json may not say where its packages were fetched from."""
    packages = json.loads(text).get("packages", {})
    sources = [name for name, entry in packages.items() if "resolved" in entry]
    if not sources:
        return []
    return [
        f"{path}: {len(sources)} packages name where they were fetched from (first: {sources[0]}): "
        "rewrite it with npm install --package-lock-only --omit-lockfile-registry-resolved."
    ]


def problems(root: Path, paths: list[str]) -> list[str]:
    """All problems in the repository-relative `paths`; binary and huge files are passed over."""
    found = []
    for path in paths:
        if path in _EXEMPT:
            continue
        data = (root / path).read_bytes()
        if len(data) > MAX_BYTES or b"\0" in data[:8192]:
            continue
        text = data.decode("utf-8", errors="replace")
        found += text_problems(path, text)
        if f"{root}/" in text:
            found.append(f"{path}: holds the path of this very clone: make it relative.")
        if Path(path).name == "package-lock.json":
            found += lockfile_problems(path, text)
    return found


def main() -> None:
    """Print the problems and exit 1 if there are any."""
    root = Path.cwd()
    found = problems(root, sys.argv[1:] or tracked_files(root))
    print("\n".join(found))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
