"""How requirement files are compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.checks import lock

FOLDER = Path(__file__).resolve().parents[3] / "requirements"


def test_hashes_are_always_asked_for_and_upgrades_only_on_request() -> None:
    assert "--generate-hashes" in lock.command("base", upgrade=False)
    assert "--upgrade" not in lock.command("base", upgrade=False)
    assert "--upgrade" in lock.command("base", upgrade=True)


def test_every_group_is_compiled() -> None:
    assert {path.stem for path in FOLDER.glob("*.in")} == set(lock.GROUPS)


@pytest.mark.parametrize("group", lock.GROUPS)
def test_each_compiled_file_pins_everything_by_hash_and_names_no_address(group: str) -> None:
    text = (FOLDER / f"{group}.txt").read_text()
    assert "://" not in text
    blocks = [block for block in text.replace("\\\n", " ").splitlines() if block[:1].isalnum()]
    assert blocks
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
