"""What the commands for a lent GPU leave behind. Needs PyTorch (tier "training")."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make test installs it")

from tests.training import tiny  # noqa: E402 - only with PyTorch
from training import checkpoint, export  # noqa: E402
from training.model import PocketModel  # noqa: E402

pytestmark = [pytest.mark.training, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]


def finished(place: Path) -> Path:
    """What `run.sh finish` brings back from a run of one step."""
    model = PocketModel(tiny.SHAPE)
    model.initialise(0)
    checkpoint.save(
        place / "base" / "run",
        checkpoint.Checkpoint(tiny.SHAPE, "midtrain", 1, 64, 2.0, model.state_dict(), [], []),
    )
    environment = os.environ | {
        "PYTHON": sys.executable,
        "BASE_FOLDER": f"{place}/base",
        "OUT": f"{place}/out",
        "EVALUATE_SECONDS": "0",
        "CARRY": f"{place}/carry",
    }
    argv = ["bash", "training/gpu/run.sh", "finish"]
    subprocess.run(argv, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=300)
    return place / "out"


def test_what_a_visit_brings_back_is_all_that_a_model_is_made_of(tmp_path: Path) -> None:
    out = finished(tmp_path)
    names = {path.name for path in out.iterdir()}
    assert names == {"weights-00.safetensors", "config.json", "training.json", "records.tgz"}
    loaded = checkpoint.load_any(out)
    assert loaded.config == tiny.SHAPE
    export.write_hf(out, tmp_path / "hf")
    assert (tmp_path / "hf" / "model.safetensors").is_file()


def test_an_export_of_weights_alone_says_what_is_missing_and_where_it_is(tmp_path: Path) -> None:
    out = finished(tmp_path)
    (out / "config.json").unlink()
    for words in (
        ("training.export", "artefact", out, tmp_path, "--version", "1"),
        ("training.evaluate_tokens", "--checkpoint", out, "--cases", "x", "--out", "x"),
    ):
        argv = [sys.executable, "-m", *map(str, words)]
        done = subprocess.run(
            argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 1
        assert "no config.json" in done.stderr
        assert "records.tgz" in done.stderr
        assert "Traceback" not in done.stderr
