"""Which runtime an installation has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.redis_server import free_port
from tests.workers.runtime.tiny import MODEL
from workers.runtime import artefact
from workers.runtime.base import RuntimeUnavailable
from workers.runtime.fake import FakeRuntime
from workers.runtime.sglang import SGLangRuntime
from workers.tasks import models


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
