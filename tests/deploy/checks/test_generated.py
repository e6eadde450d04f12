"""The committed TypeScript types are compared without touching them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.checks import generated

#: A generator that copies; the real one is the front end's and needs Node and its packages.
COPY = "cp playground/runs/schema/events.schema.json static/src/protocol.gen.ts\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose `node` is a shell."""
    for name in (generated.GENERATOR, generated.SCHEMA, generated.TYPES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / generated.GENERATOR).write_text(COPY)
    (tmp_path / generated.SCHEMA).write_text("contract\n")
    (tmp_path / generated.TYPES).write_text("contract\n")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "node_modules").mkdir()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "node").symlink_to(str(shutil.which("sh")))
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    return tmp_path


def test_types_that_follow_from_the_contract_are_no_problem(project: Path) -> None:
    assert generated.types_problem(project) == ""


def test_a_changed_contract_is_told_with_the_command_and_nothing_is_written(project: Path) -> None:
    (project / generated.SCHEMA).write_text("changed\n")
    assert "make schema" in generated.types_problem(project)
    assert (project / generated.TYPES).read_text() == "contract\n"


def test_missing_types_are_told(project: Path) -> None:
    (project / generated.TYPES).unlink()
    assert "make schema" in generated.types_problem(project)
