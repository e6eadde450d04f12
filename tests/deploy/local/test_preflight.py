"""What is seen before anything starts, told in a sentence."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from deploy.local import preflight


def test_a_free_port_is_no_problem() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert preflight.port_problem("127.0.0.1", port) is None


def test_a_taken_port_is_told_with_the_command_for_another() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        sentence = preflight.port_problem("127.0.0.1", port)
    assert sentence is not None
    assert f"Port {port} is already in use" in sentence
    assert "make run" in sentence


@pytest.mark.parametrize("host", ["192.0.2.7", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_told(host: str) -> None:
    assert "is not an address of this machine" in str(preflight.port_problem(host, 8000))


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "8000.5", "²"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    assert "PORT must be a number" in str(preflight.startup_problem({"PORT": port}))


def test_defaults_are_loopback_and_8000() -> None:
    assert preflight.host_and_port({}) == ("127.0.0.1", 8000)
    assert preflight.host_and_port({"HOST": "", "PORT": ""}) == ("127.0.0.1", 8000)


def test_a_privileged_port_is_told_to_an_ordinary_user() -> None:
    error = PermissionError(13, "Permission denied")
    assert "from 1024 up" in preflight._bind_sentence(error, "127.0.0.1", 80)


def test_too_little_disk_names_the_place_and_both_amounts(tmp_path: Path) -> None:
    sentence = preflight.disk_problem(tmp_path / "not" / "yet", needed_bytes=2**62)
    assert sentence is not None
    assert str(tmp_path) in sentence
    assert f"{2**42} MB are needed" in sentence
    assert preflight.disk_problem(tmp_path, needed_bytes=1) is None


def test_a_folder_is_made_and_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    assert preflight.folder_problem(tmp_path / "a" / "b") is None
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    assert "Cannot create" in str(preflight.folder_problem(tmp_path / "file" / "x"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "No permission to write" in str(preflight.folder_problem(tmp_path))
    tmp_path.chmod(0o700)
