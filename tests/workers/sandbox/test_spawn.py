"""The command line of a box, word by word."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
from pathlib import Path

from workers.sandbox.config import Limits
from workers.sandbox.pyruntime import Runtime
from workers.sandbox.spawn import (
    VARIANTS,
    Descriptors,
    Launcher,
    bwrap_argv,
    python_command,
    rlimits,
)

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "tracer" / "bwrap_argv.txt"
RUNTIME = Runtime(
    "3.11.2",
    "/opt/python/bin/python3.11",
    (("/usr/bin/python3.11", "/opt/python/bin/python3.11"), ("/usr/lib/p", "/opt/python/lib/p")),
    ("/opt/python/lib/p/site-packages",),
)
LAUNCHER = Launcher("/usr/bin/bwrap", RUNTIME, (65533, 65533), VARIANTS[0], "x86_64")
DESCRIPTORS = Descriptors(seccomp=10, status=11, files=((12, "/etc/passwd"), (13, "/box/boot.py")))


def argv(launcher: Launcher = LAUNCHER) -> list[str]:
    command = python_command(RUNTIME, "/box/boot.py", "9")
    return bwrap_argv(launcher, DESCRIPTORS, Limits(), command)


def test_the_command_line_is_the_one_written_down() -> None:
    text = "\n".join(argv()).replace("\n--", "\n\n--") + "\n"
    if os.environ.get("GOLDEN_WRITE") == "1":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_a_runtime_in_one_folder_is_the_boxes_read_only_root() -> None:
    runtime = dataclasses.replace(RUNTIME, root="/var/lib/runtime/image-1")
    words = argv(dataclasses.replace(LAUNCHER, runtime=runtime))
    at = words.index("--ro-bind")
    assert words[at : at + 3] == ["--ro-bind", "/var/lib/runtime/image-1", "/"]
    assert words.count("--ro-bind") == 1
    mounts = {"--ro-bind-data", "--dev-bind", "--tmpfs"}
    assert [word for word in words if word in mounts] == [
        *["--ro-bind-data"] * 2,
        *["--dev-bind"] * 3,
        "--tmpfs",
    ]
    end = words.index("--")
    assert words[end - 2 : end] == ["--remount-ro", "/"]


def test_no_variant_mounts_proc_or_the_hosts_root_or_shares_the_network() -> None:
    for variant in VARIANTS:
        words = argv(dataclasses.replace(LAUNCHER, variant=variant))
        assert "--proc" not in words
        assert "--share-net" not in words
        assert "--bind" not in words
        for flag, source in itertools.pairwise(words):
            if flag in ("--ro-bind", "--dev-bind"):
                assert source not in ("/", "/usr", "/etc", "/dev", "/home")


def test_every_variant_keeps_what_is_not_negotiable() -> None:
    for variant in VARIANTS:
        words = argv(dataclasses.replace(LAUNCHER, variant=variant))
        for flag in ("--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"):
            assert flag in words
        assert words[words.index("--cap-drop") + 1] == "ALL"
        assert words[words.index("--seccomp") + 1] == "10"
        end = words.index("--")
        assert words[end - 2 : end] == ["--remount-ro", "/"]


def test_a_box_without_its_own_mount_keeps_no_capability() -> None:
    assert "--cap-add" not in argv(dataclasses.replace(LAUNCHER, variant=VARIANTS[2]))


def test_hard_limits_equal_soft_ones_but_for_cpu_time() -> None:
    for name, (soft, hard) in rlimits(Limits()).items():
        assert hard == soft + (1 if name == "RLIMIT_CPU" else 0)


def test_the_flags_of_python_are_fixed() -> None:
    assert json.dumps(python_command(RUNTIME, "x")[1:]) == (
        '["-s", "-P", "-S", "-B", "-u", "-X", "utf8", "x"]'
    )
