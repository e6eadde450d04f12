"""What `make run` decides by itself, and what it leaves as the person set it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deploy.local import environment


def _site(root: Path, environ: dict[str, str], host: str = "127.0.0.1") -> dict[str, str]:
    environment.data_dir(root, environ).mkdir(parents=True, exist_ok=True)
    return environment.site_environment(root, environ, host=host, redis_url="redis://r")


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = _site(tmp_path, {})["SECRET_KEY"]
    assert len(first) >= 50
    assert _site(tmp_path, {})["SECRET_KEY"] == first
    mode = (tmp_path / ".local" / "data" / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_what_the_person_set_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "elsewhere"
    environ = {"SECRET_KEY": "mine", "ALLOWED_HOSTS": "example.org", "DATA_DIR": str(data)}
    env = _site(tmp_path, environ)
    assert env["SECRET_KEY"] == "mine"
    assert env["ALLOWED_HOSTS"] == "example.org"
    assert env["DATA_DIR"] == str(data)
    assert not (data / "secret_key").exists()


def test_a_secret_from_a_file_is_kept(tmp_path: Path) -> None:
    env = _site(tmp_path, {"SECRET_KEY_FILE": "/run/secrets/key"})
    assert "SECRET_KEY" not in env


def test_loopback_answers_to_loopback_names_only() -> None:
    assert environment.allowed_hosts("127.0.0.1") == ["localhost", "127.0.0.1", "[::1]"]


def test_every_address_answers_to_the_machines_own_names_and_never_to_any(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(environment, "own_addresses", lambda: ["192.0.2.9", "2001:db8::9"])
    for host in ("0.0.0.0", "::"):  # noqa: S104 - the value under test
        names = environment.allowed_hosts(host)
        assert "192.0.2.9" in names
        assert "[2001:db8::9]" in names
        assert "*" not in names


def test_one_named_address_is_added() -> None:
    assert environment.allowed_hosts("192.0.2.9")[-1] == "192.0.2.9"


@pytest.mark.parametrize(
    ("host", "reachable"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - the value under test
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("192.0.2.9", "192.0.2.9"),
        ("localhost", "localhost"),
    ],
)
def test_the_address_to_open_on_this_machine(host: str, reachable: str) -> None:
    assert environment.reachable_host(host) == reachable


def test_own_addresses_are_never_loopback() -> None:
    assert not {"127.0.0.1", "::1"}.intersection(environment.own_addresses())


def test_word_of_the_running_site_is_private_and_survives_damage(tmp_path: Path) -> None:
    assert environment.read_running(tmp_path) == {}
    environment.write_running(tmp_path, {"redis_url": "redis://:secret@x"})
    environment.write_running(tmp_path, {"redis_url": "redis://:other@x"})
    assert environment.read_running(tmp_path) == {"redis_url": "redis://:other@x"}
    path = tmp_path / "running.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("{")
    assert environment.read_running(tmp_path) == {}


def test_the_engine_runs_where_there_is_a_model_and_nothing_else_is_asked_for(
    tmp_path: Path,
) -> None:
    model = tmp_path / "models" / "pocket"
    model.mkdir(parents=True)
    assert environment.embedded_model(tmp_path, {}) is None
    (model / "manifest.json").write_text("{}")
    assert environment.embedded_model(tmp_path, {}) == model
    assert environment.embedded_model(tmp_path, {"MODEL_RUNTIME": "embedded"}) == model
    assert environment.embedded_model(tmp_path, {"MODEL_RUNTIME": "none"}) is None
    assert environment.embedded_model(tmp_path, {"MODEL_RUNTIME": "sglang"}) is None
    assert environment.embedded_model(tmp_path, {"EMBEDDED_URL": "http://gpu:1"}) is None
    assert environment.embedded_model(tmp_path, {"MODEL_PATH": str(tmp_path)}) is None


def test_the_engines_addresses_reach_the_site_and_later_commands(tmp_path: Path) -> None:
    url, other = "unix:///tmp/x/engine.sock", "unix:///tmp/x/solver.sock"
    given = {"DATA_DIR": str(tmp_path)}
    env = environment.site_environment(
        tmp_path,
        given,
        host="127.0.0.1",
        redis_url="redis://r",
        embedded_url=url,
        solve_url=other,
    )
    assert (env["EMBEDDED_URL"], env["SOLVE_URL"]) == (url, other)
    without = environment.site_environment(
        tmp_path, given, host="127.0.0.1", redis_url="redis://r", embedded_url=""
    )
    assert "EMBEDDED_URL" not in without


def test_the_solver_has_an_engine_where_its_model_is_and_nothing_else_is_asked_for(
    tmp_path: Path,
) -> None:
    model = tmp_path / ".local" / "models" / "smollm2"
    model.mkdir(parents=True)
    assert environment.solver_model(tmp_path, {}) is None
    (model / "manifest.json").write_text("{}")
    assert environment.solver_model(tmp_path, {}) == model
    assert environment.solver_model(tmp_path, {"SOLVE_MODEL": "smollm2"}) == model
    assert environment.solver_model(tmp_path, {"SOLVE_MODEL": "model+smollm2"}) == model
    assert environment.solver_model(tmp_path, {"SOLVE_MODEL": "openai"}) is None
    assert environment.solver_model(tmp_path, {"SOLVE_MODEL": "model"}) is None
    assert environment.solver_model(tmp_path, {"SOLVE_MODEL": "none"}) is None
    assert environment.solver_model(tmp_path, {"SOLVE_URL": "http://gpu:1"}) is None
    assert environment.solver_model(tmp_path, {"SOLVE_MODEL_PATH": str(tmp_path)}) is None
