"""Finding a Python and saying what is missing, on the oldest interpreter that may run it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import bootstrap

ROOT = Path(__file__).resolve().parents[3]


def test_python_311_is_preferred_over_newer_ones() -> None:
    found = [((3, 13), "/newer"), ((3, 11), "/wanted"), ((3, 12), "/other")]
    assert bootstrap.choose_python(found) == "/wanted"


def test_a_newer_python_is_used_where_there_is_no_311() -> None:
    assert bootstrap.choose_python([((3, 9), "/old"), ((3, 12), "/newer")]) == "/newer"


def test_only_old_pythons_are_no_choice() -> None:
    assert bootstrap.choose_python([((3, 9), "/old")]) is None


@pytest.mark.parametrize(
    ("manager", "command"),
    [("apt-get", "apt-get install -y python3.11"), ("brew", "brew install"), ("", "uv python")],
)
def test_the_sentence_names_what_was_found_and_the_command_that_helps(
    manager: str, command: str
) -> None:
    sentence = bootstrap.too_old_sentence([((3, 9), "/a"), ((3, 8), "/b")], manager)
    assert "found 3.8, 3.9" in sentence
    assert command in sentence


def test_a_machine_without_any_python_3_is_told_none() -> None:
    assert "found none" in bootstrap.too_old_sentence([], "apt-get")


def test_an_interpreter_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'not installed' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert bootstrap.probe(str(shim)) is None
    assert bootstrap.probe(str(tmp_path / "missing")) is None


def test_this_interpreter_is_recognised() -> None:
    assert bootstrap.probe(sys.executable) == (sys.version_info[:2], sys.executable)


def test_a_wrong_PYTHON_ends_with_the_sentence_and_no_traceback() -> None:
    code = "from deploy.local import bootstrap; bootstrap.find_python()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHON": "/does/not/exist", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed, found none")


@pytest.mark.parametrize("module", ["deploy/__init__.py", "deploy/local/__init__.py"])
def test_what_is_imported_before_the_version_check_parses_on_38(module: str) -> None:
    ast.parse((ROOT / module).read_text(), feature_version=(3, 8))


def test_the_entry_parses_on_38_and_imports_only_the_standard_library_at_its_top() -> None:
    tree = ast.parse((ROOT / "deploy/local/bootstrap.py").read_text(), feature_version=(3, 8))
    names = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)
