"""Which Node is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local import frontend


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.1", "v22.12.0", "v24.1.0", "v26.0.0"])
def test_supported_nodes_fit(version: str) -> None:
    assert frontend.is_fitting(version)


@pytest.mark.parametrize(
    "version", ["v18.20.4", "v20.18.9", "v21.7.0", "v22.11.0", "", "nonsense", "20.20.0"]
)
def test_others_do_not(version: str) -> None:
    assert not frontend.is_fitting(version)


def _program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def test_a_node_without_npm_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "node", "v22.13.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert frontend.system_node() is None
    _program(tmp_path, "npm", "10.0.0")
    assert frontend.system_node() == "v22.13.0"


def test_an_old_node_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "node", "v18.19.0")
    _program(tmp_path, "npm", "9.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert frontend.system_node() is None
