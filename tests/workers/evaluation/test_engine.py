"""The engine that an evaluation starts for itself."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path

import psutil
import pytest

from traces.codecs.cwm import choose_context
from traces.codecs.tokenizer import TokenizerError
from workers.evaluation.engine import embedded, release
from workers.evaluation.predictions import Predictor
from workers.runtime.base import RuntimeUnavailable

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "tests" / "golden" / "tiny_model"


def test_an_engine_serves_and_ends_with_the_evaluation(tmp_path: Path) -> None:
    with embedded(MODEL, tmp_path, slots=2, root=ROOT) as served:

        async def ask() -> int:
            info = await served.runtime.info()
            predictor = Predictor(served.runtime, served.codec, info.context_tokens)
            run = await predictor.free_run(choose_context("def f(x):\n    return x\n", "f(1)"))
            await release(served)
            return len(run.ids)

        assert asyncio.run(ask()) > 0
        assert _engines()
    assert not _engines()


def test_a_broken_model_is_said_in_the_engines_words(tmp_path: Path) -> None:
    broken = tmp_path / "model"
    shutil.copytree(MODEL, broken)
    (broken / "pocket.gguf.part-00").write_bytes(b"no")
    with (
        pytest.raises(RuntimeUnavailable) as caught,
        embedded(broken, tmp_path / "cache", slots=1, root=ROOT),
    ):
        pass
    assert "pocket.gguf.part-00" in caught.value.fix
    assert not _engines()


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(TokenizerError, match="no tokenizer"),
        embedded(tmp_path, tmp_path, slots=1, root=ROOT),
    ):
        pass


def _engines() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it may end while this looks
            if "workers.runtime.embedded" in child.cmdline():
                found.append(child)
    return found
