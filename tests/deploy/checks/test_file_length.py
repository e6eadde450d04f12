"""Files that are too long are named; generated files and data are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.checks import file_length


def _write(root: Path, path: str, lines: int) -> str:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("x\n" * lines)
    return path


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("a.py", 601),
        ("static/src/a.ts", 601),
        ("static/css/a.css", 601),
        ("templates/a.html", 601),
        ("tests/test_a.py", 801),
        ("static/tests/a.test.ts", 801),
    ],
)
def test_a_long_file_is_named_with_its_length(tmp_path: Path, path: str, lines: int) -> None:
    found = file_length.problems(tmp_path, [_write(tmp_path, path, lines)])
    assert len(found) == 1
    assert path in found[0]
    assert str(lines) in found[0]


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("a.py", 600),
        ("tests/test_a.py", 800),
        ("static/src/protocol.gen.ts", 5000),
        ("playground/runs/migrations/0001_initial.py", 5000),
        ("tests/golden/trace.py", 5000),
        ("package-lock.json", 5000),
        ("docs/long.md", 5000),
    ],
)
def test_a_short_generated_or_data_file_is_not(tmp_path: Path, path: str, lines: int) -> None:
    assert file_length.problems(tmp_path, [_write(tmp_path, path, lines)]) == []
