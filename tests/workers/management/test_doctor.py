"""`manage.py doctor` says what works, what does not, and what to do."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from playground.runs import services
from tests.redis_server import free_port
from workers.tasks.recording import sandbox_config

pytestmark = [pytest.mark.redis, pytest.mark.sandbox, pytest.mark.django_db]


def examine() -> dict[str, Any]:
    out = StringIO()
    try:
        call_command("doctor", json=True, stdout=out)
        exit_status = 0
    except SystemExit as stop:
        exit_status = int(str(stop.code))
    report: dict[str, Any] = json.loads(out.getvalue())
    assert exit_status == (0 if report["ok"] else 1)
    return report


@pytest.mark.usefixtures("redis_url", "front_end")
def test_a_healthy_site_is_healthy() -> None:
    report = examine()
    assert report["ok"], report
    assert "CPython 3.11" in report["parts"]["sandbox"]["seen"]


@pytest.mark.usefixtures("redis_url", "front_end")
def test_a_missing_bwrap_is_named_with_its_remedy(settings: Settings) -> None:
    settings.SANDBOX_BWRAP = "/nowhere/bwrap"
    sandbox_config.cache_clear()
    try:
        sandbox = examine()["parts"]["sandbox"]
    finally:
        sandbox_config.cache_clear()
    assert not sandbox["ok"]
    assert "bubblewrap" in sandbox["remedy"]


@pytest.mark.usefixtures("front_end")
def test_a_silent_redis_is_named_with_its_remedy(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    services.event_log.cache_clear()
    log = examine()["parts"]["event log"]
    services.event_log.cache_clear()
    assert not log["ok"]
    assert "REDIS_URL" in log["remedy"]


@pytest.mark.usefixtures("redis_url", "front_end")
def test_people_get_lines_with_words(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("doctor")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ok"] * 6


@pytest.mark.usefixtures("redis_url", "front_end")
def test_each_of_two_solvers_is_looked_at(settings: Settings) -> None:
    settings.SOLVE_MODEL = "model+smollm2"
    settings.SOLVE_MODEL_PATH = settings.BASE_DIR / "nowhere"
    parts = examine()["parts"]
    assert not parts["solver 1"]["ok"]
    assert parts["solver 1"]["seen"] == "No model is configured on this server."
    assert "manifest" in parts["solver 2"]["remedy"]
