"""Which runtime an installation has, and what `doctor` finds out about it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.redis_server import free_port
from tests.workers.runtime.tiny import CONTEXT_TOKENS, MODEL, engine_process
from workers.runtime import artefact
from workers.runtime.base import RuntimeUnavailable
from workers.runtime.fake import FakeRuntime
from workers.runtime.sglang import SGLangRuntime
from workers.tasks import models
from workers.tasks.model_probe import examine_model


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    models._configured_model.cache_clear()
    yield
    models._configured_model.cache_clear()


@pytest.fixture
def embedded(settings: Settings) -> Settings:
    settings.MODEL_RUNTIME = "embedded"
    settings.MODEL_PATH = MODEL
    settings.EMBEDDED_URL = f"http://127.0.0.1:{free_port()}"
    return settings


def test_the_embedded_model_is_reached_where_its_engine_listens(embedded: Settings) -> None:
    model = models.configured_model()
    assert isinstance(model.runtime, SGLangRuntime)
    config = model.runtime.config
    assert config.urls == (embedded.EMBEDDED_URL,)
    assert "Tiny test model" in config.model
    assert "of this project's own" in config.notice
    assert models.configured_model() is model


def test_the_notice_says_how_large_the_model_is_and_its_licence() -> None:
    manifest = artefact.read_manifest(MODEL)
    notice = models.embedded_notice(manifest)
    assert "MIT" in notice
    assert "M parameters" not in notice  # the tiny model says none


def test_several_model_servers_can_be_named(settings: Settings) -> None:
    settings.MODEL_RUNTIME = "sglang"
    settings.MODEL_PATH = MODEL
    settings.SGLANG_URLS = ["http://a:1", "http://b:2"]
    settings.MODEL_NOTICE = "Ours."
    config = models.client_config()
    assert config.urls == ("http://a:1", "http://b:2")
    assert config.notice == "Ours."
    settings.MODEL_NOTICE = ""
    assert "non-commercial" in models.client_config().notice


def test_a_folder_without_a_model_is_said_with_the_fix(embedded: Settings, tmp_path: Path) -> None:
    embedded.MODEL_PATH = tmp_path
    with pytest.raises(RuntimeUnavailable, match="cannot be used") as missing:
        models.configured_model()
    assert str(tmp_path) in missing.value.fix


def test_no_model_is_said_with_the_fix(settings: Settings) -> None:
    with pytest.raises(RuntimeUnavailable) as none:
        models.configured_model()
    assert "MODEL_RUNTIME" in none.value.fix
    settings.MODEL_RUNTIME = "fake"
    assert isinstance(models.configured_model().runtime, FakeRuntime)


def test_the_doctor_generates_twice_and_sees_the_cache(embedded: Settings, tmp_path: Path) -> None:
    with engine_process(tmp_path) as address:
        embedded.EMBEDDED_URL = address
        seen = asyncio.run(examine_model())
    assert "Tiny test model" in seen
    assert f"{CONTEXT_TOKENS:,} tokens" in seen
    assert "0 of" not in seen


@pytest.mark.usefixtures("embedded")
def test_the_doctor_says_that_nothing_answers() -> None:
    with pytest.raises(RuntimeUnavailable, match="does not answer") as silent:
        asyncio.run(examine_model())
    assert "EMBEDDED_URL" in silent.value.fix


def test_the_doctor_notices_a_tokenizer_of_another_model(
    embedded: Settings, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(MODEL, other)
    text = (other / "tokenizer.json").read_text()
    more = '"special": true, "id": 999, "content": "<|new|>", "single_word": false, '
    more += '"lstrip": false, "rstrip": false, "normalized": false'
    (other / "tokenizer.json").write_text(
        text.replace('"added_tokens": [', f'"added_tokens": [{{{more}}},', 1)
    )
    with engine_process(tmp_path) as address:
        embedded.EMBEDDED_URL = address
        embedded.MODEL_PATH = other
        with pytest.raises(RuntimeUnavailable, match="do not belong together"):
            asyncio.run(examine_model())
