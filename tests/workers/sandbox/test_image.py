"""The folder that is a box's root: what is in it, when it is made again, and who may use it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workers.sandbox.image import ImageError, image_of, remove

FILES = {"/etc/passwd": b"student:x:1:1::/:/x\n"}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter, which pytest's own are not."""
    folder = Path("/var/tmp") / f"playground-image-{os.getpid()}"  # noqa: S108  # removed below
    folder.mkdir(mode=0o755)
    yield folder
    remove(folder)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "lib"
    (folder / "package").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "package/one.py").write_text("one = 1\n")
    (folder / "tests/two.py").write_text("two = 2\n")
    (folder / "dangling").symlink_to("/nowhere")
    (folder / "program").write_text("#!/bin/sh\n")
    (folder / "program").chmod(0o755)
    return folder


def make(library: Path, folder: Path) -> Path:
    return image_of(((str(library), "/opt/lib"),), ("tests",), FILES, folder)


def test_it_has_the_parts_at_their_places_and_nothing_that_was_left_out(
    library: Path, open_folder: Path
) -> None:
    image = make(library, open_folder)
    assert (image / "opt/lib/package/one.py").read_text() == "one = 1\n"
    assert (image / "etc/passwd").read_bytes() == FILES["/etc/passwd"]
    assert not (image / "opt/lib/tests").exists()
    assert not (image / "opt/lib/dangling").is_symlink()
    assert (image / "box/boot.pyc").read_bytes() == b""
    assert (image / "dev/shm").readlink() == Path("/work")
    assert {path.name for path in image.iterdir()} == {"box", "dev", "etc", "opt", "tmp", "work"}


def test_nobody_may_write_to_it_and_programs_stay_programs(
    library: Path, open_folder: Path
) -> None:
    image = make(library, open_folder)
    modes = {
        path.lstat().st_mode & 0o777 for path in (image, *image.rglob("*")) if not path.is_symlink()
    }
    assert modes == {0o555, 0o444}
    assert (image / "opt/lib/program").stat().st_mode & 0o777 == 0o555


def test_it_is_made_once_and_again_after_an_upgrade(library: Path, open_folder: Path) -> None:
    first = make(library, open_folder)
    assert make(library, open_folder) == first
    (library / "package/__pycache__").mkdir()
    (library / "package/__pycache__/one.pyc").write_bytes(b"x")
    assert make(library, open_folder) == first
    (library / "package/one.py").write_text("one = 10\n")
    second = make(library, open_folder)
    assert second != first
    assert sorted(open_folder.iterdir()) == sorted([first, second])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts boxes as somebody else")
def test_a_folder_that_others_cannot_enter_is_of_no_use_to_root(
    library: Path, open_folder: Path
) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(ImageError, match=f"{closed} is closed to other users"):
        make(library, closed / "runtime")


def test_what_cannot_be_made_leaves_nothing_behind(library: Path, open_folder: Path) -> None:
    parts = ((str(library), "/opt/lib"), (str(library / "gone"), "/opt/gone"))
    with pytest.raises(ImageError, match="gone"):
        image_of(parts, (), FILES, open_folder)
    assert list(open_folder.iterdir()) == []


@pytest.mark.sandbox
def test_the_program_makes_one_ahead_of_time(open_folder: Path) -> None:
    command = [sys.executable, "-m", "workers.sandbox.image", str(open_folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if "no CPython 3.11" in done.stderr:
        pytest.skip("there is no Python for boxes here")
    (made,) = open_folder.iterdir()
    assert done.stdout.strip() == str(made), done.stderr
    assert (made / "opt/python/bin/python3.11").exists()
