"""A step runs again exactly when its inputs changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local import stamps


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "a.ts").write_text("1")
    return folder


def test_the_same_contents_give_the_same_fingerprint_whatever_their_times(
    tmp_path: Path, inputs: Path
) -> None:
    before = stamps.fingerprint(tmp_path, [inputs], "fact")
    (inputs / "a.ts").write_text("1")
    assert stamps.fingerprint(tmp_path, [inputs], "fact") == before


def test_contents_names_and_facts_each_change_it(tmp_path: Path, inputs: Path) -> None:
    seen = {stamps.fingerprint(tmp_path, [inputs], "fact")}
    seen.add(stamps.fingerprint(tmp_path, [inputs], "other fact"))
    (inputs / "b.ts").write_text("1")
    seen.add(stamps.fingerprint(tmp_path, [inputs], "fact"))
    (inputs / "b.ts").rename(inputs / "c.ts")
    seen.add(stamps.fingerprint(tmp_path, [inputs], "fact"))
    (inputs / "a.ts").write_text("2")
    seen.add(stamps.fingerprint(tmp_path, [inputs], "fact"))
    assert len(seen) == 5


def test_byte_code_does_not_count(tmp_path: Path, inputs: Path) -> None:
    before = stamps.fingerprint(tmp_path, [inputs])
    (inputs / "__pycache__").mkdir()
    (inputs / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert stamps.fingerprint(tmp_path, [inputs]) == before


def test_a_missing_input_is_empty_rather_than_an_error(tmp_path: Path) -> None:
    assert stamps.fingerprint(tmp_path, [tmp_path / "no"]) == stamps.fingerprint(tmp_path, [])


def test_a_stamp_is_current_only_for_its_own_value(tmp_path: Path) -> None:
    stamp = tmp_path / "deep" / "stamp"
    assert not stamps.is_current(stamp, "a")
    stamps.write(stamp, "a")
    assert stamps.is_current(stamp, "a")
    assert not stamps.is_current(stamp, "b")
