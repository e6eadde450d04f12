"""Remembers what a set-up step was made from, so that it runs again only when that changes.

A stamp is a small file inside the thing it describes (deleting the thing deletes the stamp) that
holds a hash of the step's inputs. Comparing contents rather than times survives git checkouts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(root: Path, paths: Iterable[Path], *facts: str) -> str:
    """Hash of `facts` and of the files under `paths`; a missing path counts as empty."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(fact.encode() + b"\0")
    for path in paths:
        for file in sorted(_files(path)):
            digest.update(str(file.relative_to(root)).encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    if path.is_dir():
        return [
            file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts
        ]
    return []


def is_current(stamp: Path, value: str) -> bool:
    """True if the step that wrote `stamp` had the same inputs."""
    try:
        return stamp.read_text() == value
    except OSError:
        return False


def write(stamp: Path, value: str) -> None:
    """Record that the step finished with these inputs."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)
