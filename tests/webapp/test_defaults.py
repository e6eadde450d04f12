"""What solves problems where nobody said so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from webapp.defaults import SOLVE_MODELS, solve_model


def folder(path: Path, manifest: str | None) -> Path:
    path.mkdir()
    if manifest is not None:
        (path / "manifest.json").write_text(manifest)
    return path


SOLVES = json.dumps({"solves": True})


@pytest.mark.parametrize(
    ("runtime", "model", "solver", "expected"),
    [
        ("embedded", SOLVES, "{}", "model+smollm2"),
        ("embedded", SOLVES, None, "model"),
        ("embedded", "{}", "{}", "smollm2"),
        ("embedded", "{}", None, "model"),
        ("embedded", "not JSON", "{}", "smollm2"),
        ("embedded", "[]", "{}", "smollm2"),
        ("sglang", SOLVES, "{}", "smollm2"),
        ("sglang", None, None, "model"),
        ("none", None, "{}", "smollm2"),
        ("none", SOLVES, None, "none"),
        ("fake", None, None, "fake"),
    ],
)
def test_the_default_is_what_is_there_and_can_solve(
    runtime: str, model: str | None, solver: str | None, expected: str, tmp_path: Path
) -> None:
    folders = folder(tmp_path / "model", model), folder(tmp_path / "solver", solver)
    found = solve_model(runtime, *folders)
    assert found == expected
    assert found in SOLVE_MODELS
