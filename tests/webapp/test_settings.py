"""Settings in a process of their own, started with one environment or another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

SHOW = """
import json, django
from django.conf import settings
django.setup()
from webapp.celery import app
print(json.dumps({
    "debug": settings.DEBUG, "hosts": settings.ALLOWED_HOSTS,
    "secure": settings.SESSION_COOKIE_SECURE,
    "database": str(settings.DATABASES["default"]["NAME"]), "broker": app.conf.broker_url,
    "version": settings.VERSION, "limit": settings.MAX_LIVE_RUNS_PER_OWNER,
}))
"""


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Boot Django with nothing but these variables set."""
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), **environment}
    env["DJANGO_SETTINGS_MODULE"] = "webapp.settings"
    return subprocess.run(
        [sys.executable, "-c", SHOW], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def shown(tmp_path: Path, **environment: str) -> dict[str, Any]:
    done = start(tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    settings = json.loads(done.stdout)
    assert isinstance(settings, dict)
    return settings


def test_without_any_variable_the_site_is_a_closed_local_one(tmp_path: Path) -> None:
    settings = shown(tmp_path)
    assert settings["debug"] is False
    assert settings["hosts"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["database"] == str(tmp_path / "data" / "playground.sqlite3")
    assert (tmp_path / "data").is_dir()
    assert settings["version"].count(".") == 2


def test_variables_are_what_configures_it(tmp_path: Path) -> None:
    settings = shown(
        tmp_path,
        DEBUG="1",
        SECURE_SSL="yes",
        ALLOWED_HOSTS="a.example, b.example",
        REDIS_URL="redis://elsewhere:1/2",
        MAX_LIVE_RUNS_PER_OWNER="9",
    )
    assert settings["debug"] is True
    assert settings["secure"] is True
    assert settings["hosts"] == ["a.example", "b.example"]
    assert settings["broker"] == "redis://elsewhere:1/2"
    assert settings["limit"] == 9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("MODEL_RUNTIME", "magic"),
        ("LEASE_SECONDS", "0"),
        ("MAX_RUNS_PER_MINUTE", "many"),
        ("SECRET_KEY_FILE", "/no/such/file"),
    ],
)
def test_a_wrong_variable_stops_the_boot_and_is_named(
    tmp_path: Path, name: str, value: str
) -> None:
    done = start(tmp_path, **{name: value})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert f"{name}=" in last
