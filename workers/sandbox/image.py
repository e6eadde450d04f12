"""The runtime as one folder, which a box gets as its root: one mount instead of some twenty-five.

Each mount costs a box about 0.2 ms before its first instruction, because bubblewrap reads the
whole table of mounts after each. So the parts of the runtime are copied to their places below one
folder, once per version of them, together with the empty files and folders that other mounts go
over. The copy is of no use as a system: it holds what the binds would show and nothing else, it
is mounted read-only, without devices and setuid bits, and no box can write to it.

    python -m workers.sandbox.image FOLDER     # makes it ahead of time, e.g. in a container image
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Part of each image's name: another layout is another image.
_LAYOUT = 2
#: Files that exist so that something can be mounted over them.
_MOUNT_POINTS = ("box/boot.pyc", "dev/null", "dev/zero", "dev/urandom")
_FOLDERS = ("dev", "box", "etc", "tmp", "work")
#: Where the C library keeps named semaphores and shared memory: in the box's own work folder, so
#: that they count against its limits and need no mount.
SHARED_MEMORY = ("/work", "/dev/shm")  # noqa: S108  # names in the box


class ImageError(Exception):
    """No image can be made or used here. The text says why."""


def image_of(
    binds: Iterable[tuple[str, str]],
    left_out: tuple[str, ...],
    files: dict[str, bytes],
    folder: Path,
) -> Path:
    """The image below `folder` of these parts; made if it is not there. Raises `ImageError`.

    `binds` are (host path, box path) pairs, `left_out` the names of folders that are not copied,
    `files` the contents of further files by path in the box.
    """
    binds = tuple(binds)
    try:
        key = _fingerprint(binds, left_out, files)
        target = folder / f"image-{key[:16]}"
        if not target.exists():
            _make(binds, left_out, files, target)
    except OSError as error:
        raise ImageError(str(error)) from error
    # Root's boxes are started by a user who owns nothing, others' by the worker's own.
    closed = _closed_folder(target) if os.geteuid() == 0 else None
    if closed is not None:
        raise ImageError(f"{closed} is closed to other users")
    return target


def _fingerprint(
    binds: tuple[tuple[str, str], ...], left_out: tuple[str, ...], files: dict[str, bytes]
) -> str:
    """Of the names, sizes and dates of every part: an upgrade of Python makes a new image.

    Not of the caches of compiled modules, which any use of that Python may add to.
    """
    digest = hashlib.sha256(repr((_LAYOUT, binds, left_out, sorted(files.items()))).encode())
    for source, _ in binds:
        for path in _files(Path(source), (*left_out, "__pycache__")):
            facts = path.stat()
            # Whole seconds: layers of a container image keep no finer ones.
            digest.update(f"{path}:{facts.st_size}:{int(facts.st_mtime)}\n".encode())
    return digest.hexdigest()


def _files(source: Path, left_out: tuple[str, ...]) -> Iterator[Path]:
    if not source.is_dir():
        yield source
        return
    for parent, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in left_out)
        yield from (
            path for name in sorted(names) if (path := Path(parent, name)).exists()
        )  # a link may lead nowhere


def _make(
    binds: tuple[tuple[str, str], ...],
    left_out: tuple[str, ...],
    files: dict[str, bytes],
    target: Path,
) -> None:
    """Copy everything under another name, then put it in its place at once."""
    if not target.parent.exists():
        target.parent.mkdir(parents=True)
        target.parent.chmod(0o755)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        for name in _FOLDERS:
            (fresh / name).mkdir(parents=True)
        for source, path in binds:
            _copy(Path(source), fresh / path.lstrip("/"), left_out)
        for path, content in (*files.items(), *((name, b"") for name in _MOUNT_POINTS)):
            (fresh / path.lstrip("/")).write_bytes(content)
        target_of_link, link = SHARED_MEMORY
        for one in (fresh, *fresh.rglob("*")):
            # Programs and shared libraries keep their execute bit; nobody may write.
            runs = one.is_dir() or one.stat().st_mode & stat.S_IXUSR
            if one != fresh / "dev":
                one.chmod(0o555 if runs else 0o444)
        # Last, because what it names is not in here: nothing may follow it outside of a box.
        (fresh / link.lstrip("/")).symlink_to(target_of_link)
        (fresh / "dev").chmod(0o555)
        fresh.rename(target)
    except OSError:
        remove(fresh)
        if not target.exists():  # not merely another worker that was faster
            raise


def _copy(source: Path, target: Path, left_out: tuple[str, ...]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        ignore = shutil.ignore_patterns(*left_out)
        shutil.copytree(
            source, target, ignore=ignore, ignore_dangling_symlinks=True, dirs_exist_ok=True
        )
    else:
        shutil.copy2(source, target)


def remove(image: Path) -> None:
    """Delete an image, whose folders are read-only even for their owner."""
    for parent, _, _ in os.walk(image):
        Path(parent).chmod(0o755)
    shutil.rmtree(image, ignore_errors=True)


def _closed_folder(target: Path) -> Path | None:
    """The first folder on the way that a user who owns nothing cannot enter."""
    for folder in reversed((target, *target.resolve().parents)):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None


def main() -> None:
    from workers.sandbox.config import SandboxConfig
    from workers.sandbox.pyruntime import find_runtime

    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m workers.sandbox.image FOLDER")
    runtime = find_runtime(SandboxConfig(runtime_dir=Path(sys.argv[1])))
    if not runtime.root:
        raise SystemExit(f"no image could be made below {sys.argv[1]}")
    sys.stdout.write(f"{runtime.root}\n")


if __name__ == "__main__":
    main()
