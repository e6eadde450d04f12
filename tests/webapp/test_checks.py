"""System checks: what must not be deployed, and what is missing on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core import checks
from pytest_django.fixtures import Settings

from webapp.checks import check_production_safety


def found(only: str = "") -> set[str]:
    messages = check_production_safety(None)
    for message in messages:
        assert message.hint
        assert message.hint.endswith(".")
    return {str(message.id) for message in messages if only in str(message.id)}


@pytest.fixture(autouse=True)
def sound(settings: Settings, tmp_path: Path) -> Settings:
    """An installation with which nothing is wrong."""
    settings.DEBUG = False
    settings.SECRET_KEY = "x" * 50
    settings.MODEL_RUNTIME = "none"
    settings.REDIS_URL = "redis://127.0.0.1:6379/0"
    settings.VITE_MANIFEST = tmp_path / "manifest.json"
    settings.VITE_MANIFEST.write_text("{}", encoding="utf-8")
    return settings


def test_a_sound_installation_passes() -> None:
    assert found() == set()


def test_the_development_key_is_refused_in_production_only(sound: Settings) -> None:
    sound.SECRET_KEY = sound.INSECURE_SECRET_KEY
    assert found() == {"webapp.E001"}
    sound.DEBUG = True
    assert found() == set()


def test_made_up_predictions_are_refused_in_production_only(sound: Settings) -> None:
    sound.MODEL_RUNTIME = "fake"
    assert found() == {"webapp.E002"}
    sound.DEBUG = True
    assert found() == set()


@pytest.mark.parametrize("url", ["", "127.0.0.1:6379", "http://127.0.0.1:6379"])
def test_an_address_that_is_no_redis_is_refused(sound: Settings, url: str) -> None:
    sound.REDIS_URL = url
    assert found() == {"webapp.E003"}


@pytest.mark.parametrize("url", ["rediss://user:secret@host:6380/1", "unix:///run/redis.sock"])
def test_redis_may_be_reached_over_tls_or_a_socket(sound: Settings, url: str) -> None:
    sound.REDIS_URL = url
    assert found() == set()


def test_a_front_end_that_is_not_built_is_a_warning(sound: Settings) -> None:
    sound.VITE_MANIFEST.unlink()
    [message] = check_production_safety(None)
    assert message.id == "webapp.W001"
    assert message.level == checks.WARNING
    assert "make setup" in str(message.hint)


def test_the_checks_run_when_django_checks(sound: Settings) -> None:
    sound.SECRET_KEY = sound.INSECURE_SECRET_KEY
    assert "webapp.E001" in {message.id for message in checks.run_checks(tags=["security"])}
