"""Which Redis is started, and that its configuration holds on a real server."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import redis

from deploy.local import redis_server
from deploy.local.redis_server import Server


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc", Server("x", "redis", (7, 0))),
        ("Valkey server v=9.1.2 sha=00000000:0", Server("x", "valkey", (9, 1))),
        ("Redis server v=6.0.16 sha=0", Server("x", "redis", (6, 0))),
        ("something else 7.0", None),
        ("", None),
    ],
)
def test_the_version_line_is_read(text: str, server: Server | None) -> None:
    assert redis_server.parse_version("x", text) == server


def _program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def test_an_installed_server_comes_before_the_packaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "redis-server", "Redis server v=7.2.4 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = redis_server.find_server()
    assert found is not None
    assert found.version == (7, 2)


def test_a_server_that_is_too_old_or_broken_gives_way_to_the_packaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "redis-server", "Redis server v=6.0.16 sha=0")
    _program(tmp_path, "valkey-server", "cannot start")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = redis_server.find_server()
    assert found is not None
    assert found.name == "valkey"
    assert found.path != str(tmp_path / "valkey-server")


def test_each_program_version_has_its_own_data_folder() -> None:
    assert Server("x", "redis", (7, 0)).folder_name != Server("y", "valkey", (9, 1)).folder_name


@pytest.mark.redis
def test_the_configuration_is_accepted_and_holds(tmp_path: Path) -> None:
    server = redis_server.find_server()
    assert server is not None
    store = tmp_path / 'a "quoted" folder'
    store.mkdir()
    port, password = redis_server.free_port(), redis_server.new_password()
    path = tmp_path / "redis.conf"
    path.write_text(redis_server.configuration(port=port, password=password, folder=store))
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    process = subprocess.Popen([server.path, str(path)], stdout=subprocess.DEVNULL)
    try:
        assert redis_server.wait_until_it_answers(url, timeout_s=20)
        client = redis.Redis.from_url(url, decode_responses=True)
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("save") == {"save": ""}
        client.close()
        assert any(store.rglob("*.aof"))
        assert redis_server.answers(f"redis://127.0.0.1:{port}/0") is not None  # no password
    finally:
        process.terminate()
        process.wait(20)


def test_a_silent_address_does_not_answer() -> None:
    assert redis_server.answers(f"redis://127.0.0.1:{redis_server.free_port()}/0") is not None


def test_passwords_differ_and_need_no_quoting() -> None:
    first, second = redis_server.new_password(), redis_server.new_password()
    assert first != second
    assert first.isalnum()
    assert os.fsencode(first).isascii()
