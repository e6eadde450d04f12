"""deploy/sglang/compose.yml against what it starts (no engine needed)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deploy.sglang import launch

ROOT = Path(__file__).resolve().parents[3]
BASE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OVERLAY: dict[str, Any] = yaml.safe_load((ROOT / "deploy/sglang/compose.yml").read_text())
SERVER: dict[str, Any] = OVERLAY["services"]["sglang"]


def test_the_launcher_understands_its_command() -> None:
    words = [word for word in SERVER["command"] if "${" not in word]
    assert words[:3] == ["python3", "-m", "deploy.sglang.launch"]
    options = launch.parser().parse_args(words[3:])
    assert (options.model, options.port) == ("/models/cwm", 30000)
    named = {word.partition("=")[0] for word in SERVER["command"] if "${" in word}
    assert named == {"--preset", "--replicas", "--context"}


def test_defaults_are_ones_that_the_launcher_has() -> None:
    assert any(word == "--preset=${SGLANG_PRESET:-fp8}" for word in SERVER["command"])
    assert "fp8" in launch.PRESETS


def test_everything_mounted_is_there_and_read_only() -> None:
    mounts = [volume for volume in SERVER["volumes"] if volume.startswith("./")]
    assert len(mounts) == 2
    for mount in mounts:
        source, target, mode = mount.split(":")
        assert (ROOT / source).is_dir()
        assert f"/cwm/{source.removeprefix('./')}" == target
        assert mode == "ro"


def test_the_server_can_do_little_and_reaches_nothing_outside() -> None:
    assert SERVER["cap_drop"] == ["ALL"]
    assert SERVER["user"] == "1000:1000"
    assert SERVER["read_only"] is True
    assert SERVER["networks"] == ["stores"]
    assert BASE["networks"]["stores"] == {"internal": True}
    assert "ports" not in SERVER


def test_it_extends_a_service_that_exists_and_shares_its_network() -> None:
    others = OVERLAY["services"].keys() - {"sglang"}
    assert others <= BASE["services"].keys()
    assert "stores" in BASE["services"]["worker-model"]["networks"]


def test_weights_are_mounted_never_fetched() -> None:
    assert SERVER["environment"]["HF_HUB_OFFLINE"] == "1"
    assert sum("CWM_MODEL_DIR:?" in volume for volume in SERVER["volumes"]) == 1
