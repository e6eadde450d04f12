"""What ties the project to one machine or mirror is found; what only looks like it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.checks import forbidden

# Built at run time from parts, so that this file holds none of them.
BANNED = [
    "/".join(["", "home", "alice", "project"]),
    "/".join(["", "root", "thing"]),
    "see " + "/".join(["", "Users", "Alice", "x"]),
    ".".join(["https://registry", "example", "org/left-pad"]),
    "--" + "index-url https://mirror.example.org/simple",
    "--" + "extra-index-url https://mirror.example.org/simple",
    "-----BEGIN " + "RSA PRIVATE KEY-----",
]

ALLOWED = [
    "the path /homepage/x and https://example.org/home/alice/project",
    "$HOME/project ~/project {home}/x",
    "npm's registry setting",
    "pip reads the index-url from its configuration",
    "a/root/thing",
    "/rootless/x",
]


@pytest.mark.parametrize("text", BANNED)
def test_each_ban_is_found_with_its_line(text: str) -> None:
    found = forbidden.text_problems("some.py", f"first line\n{text}\n")
    assert len(found) == 1
    assert found[0].startswith("some.py:2:")


@pytest.mark.parametrize("text", ALLOWED)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert forbidden.text_problems("some.py", text) == []


def test_a_lock_file_that_names_its_sources_is_found(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    lock.write_text(json.dumps({"packages": {"": {}, "node_modules/a": {"resolved": "x"}}}))
    found = forbidden.problems(tmp_path, ["package-lock.json"])
    assert len(found) == 1
    assert "node_modules/a" in found[0]
    lock.write_text(json.dumps({"packages": {"": {}, "node_modules/a": {"version": "1"}}}))
    assert forbidden.problems(tmp_path, ["package-lock.json"]) == []


def test_the_path_of_the_clone_itself_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"see {tmp_path}/docs\n")
    (tmp_path / "b.md").write_text("see /work/x inside the box\n")
    found = forbidden.problems(tmp_path, ["a.md", "b.md"])
    assert found == ["a.md: holds the path of this very clone: make it relative."]


def test_binary_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0" + BANNED[0].encode())
    assert forbidden.problems(tmp_path, ["a.bin"]) == []
