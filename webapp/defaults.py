"""Defaults that depend on what is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

#: What SOLVE_MODEL may be. With a plus: the second goes on where the first does not solve it.
SOLVE_MODELS: Final = ("none", "model", "smollm2", "model+smollm2", "openai", "fake")


def solve_model(runtime: str, model: Path, solver: Path) -> str:
    """SOLVE_MODEL where nobody set it.

    `runtime` is MODEL_RUNTIME, `model` the folder of the model that predicts traces, `solver` that
    of a model that only solves. Both solve together where the first was taught to and is in the
    embedded engine, and the second is there.
    """
    has_solver = (solver / "manifest.json").is_file()
    if runtime == "embedded" and _solves(model):
        return "model+smollm2" if has_solver else "model"
    if has_solver:
        return "smollm2"
    return runtime if runtime in ("fake", "none") else "model"


def _solves(folder: Path) -> bool:
    """Whether the model's manifest says that it was taught to solve problems."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # whoever uses the model says what is wrong with it
    return isinstance(manifest, dict) and manifest.get("solves") is True
