"""`manage.py evaluate` from the command line to the file that the page reads."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from playground.runs.evaluations import METRICS, read_scores
from workers.evaluation.progress import Progress
from workers.evaluation.results import ItemResult

PROGRAMS = """\
## nothing

`nothing()`

```python
def nothing():
    x = 3
```

## something

`something()`

```python
def something():
    return 3
```
"""

Evaluate = Callable[..., dict[str, Any]]


@pytest.fixture
def evaluate(tmp_path: Path, settings: Settings) -> Evaluate:
    """The command in an empty folder, over two programs and the scripted stand-in.

    Its script is that the first line is reached and `None` returned: right for the first program.
    """
    settings.BASE_DIR = tmp_path
    suite = tmp_path / "programs.md"
    suite.write_text(PROGRAMS)

    def run(*arguments: str, **options: Any) -> dict[str, Any]:
        out = StringIO()
        options = {"model_runtime": "fake", "file": suite, "stdout": out, **options}
        call_command("evaluate", "selfmade", *arguments, **options)
        found: dict[str, Any] = json.loads(out.getvalue() or "{}")
        return found

    return run


@pytest.mark.sandbox
def test_the_result_says_how_good_and_where_it_comes_from(evaluate: Evaluate) -> None:
    result = evaluate("--notes", "A test.")
    assert result["count"] == 2
    assert result["metrics"]["return_right"] == 0.5
    assert result["metrics"]["trace_exact"] == 0.5
    assert result["metrics"].keys() < METRICS.keys()
    assert "teacher_forced_frames" in result["metrics"]
    assert result["model"] == "Scripted stand-in, not a model"
    assert result["command"].startswith("python manage.py evaluate selfmade --file programs.md")
    assert result["notes"] == "Greedy. Single steps: up to 20 of each program. A test."
    assert "cores" in result["hardware"]
    assert result["python"].startswith("CPython 3.11")


@pytest.mark.sandbox
def test_a_saved_result_can_be_read_by_the_page(evaluate: Evaluate, tmp_path: Path) -> None:
    assert evaluate("--save", "--split", "held-out") == {}
    [path] = (tmp_path / "models" / "pocket" / "scores").iterdir()
    assert path.name.endswith("-selfmade-held-out.json")
    scores = read_scores(tmp_path / "models")
    assert scores.problems == ()
    [row] = scores.tables[0].rows
    assert row.evaluation.suite == "Student programs, held-out half"
    assert row.numbers[0].text == "50.0 %"


@pytest.mark.sandbox
def test_a_stopped_evaluation_goes_on_and_a_fresh_one_does_not(
    evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:

        def stop(_progress: Progress[ItemResult], _result: object) -> None:
            signal.raise_signal(signal.SIGINT)  # Ctrl+C

        patch.setattr(Progress, "add", stop)
        with pytest.raises(SystemExit) as stopped:
            evaluate("--concurrency", "1")
    assert stopped.value.code == 130
    [journal] = (tmp_path / ".local" / "cache" / "evaluate").glob("*.jsonl")
    assert journal.read_text().count('"fate"') == 1
    assert evaluate()["count"] == 2
    assert journal.read_text().count('"fate"') == 2
    assert evaluate("--fresh")["count"] == 2
    assert journal.read_text().count('"fate"') == 2


@pytest.mark.sandbox
def test_a_limit_is_part_of_what_is_said(evaluate: Evaluate) -> None:
    result = evaluate("--limit", "1", "--no-teacher-forced")
    assert result["count"] == 1
    assert "first 1 programs" in result["notes"]
    assert "--limit 1 --no-teacher-forced" in result["command"]
    assert "teacher_forced_frames" not in result["metrics"]


@pytest.mark.sandbox
def test_failures_are_listed_on_request(
    evaluate: Evaluate, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate("--failures", "3")
    assert "--- something: result wrong" in capsys.readouterr().err


def test_nobody_looks_at_failures_of_the_held_out_half(evaluate: Evaluate) -> None:
    with pytest.raises(CommandError, match="for measuring"):
        evaluate("--failures", "3", "--split", "held-out")


@pytest.mark.sandbox
def test_what_is_missing_is_named(evaluate: Evaluate, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--url"):
        evaluate(model_runtime="sglang")
    with pytest.raises(CommandError, match="no tokenizer"):
        evaluate(model_runtime="embedded")
    with pytest.raises(CommandError, match="cannot be read"):
        evaluate(file=tmp_path / "missing.md")
