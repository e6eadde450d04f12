"""`manage.py evaluate solve` from the command line to the file that the page reads."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from playground.runs.evaluations import read_scores
from traces.codecs.chat import chat_codec
from workers.evaluation.progress import Progress
from workers.evaluation.solving import SolveResult
from workers.management import evaluate_solve
from workers.runtime.chat import ChatRuntime, TokenChat
from workers.runtime.fake import FakeRuntime, answer_after_one_mistake

#: The scripted stand-in subtracts first, and adds once it is told so; that is all it can do.
TASKS = [
    {
        "name": "add/0/x", "part": "families", "theme": "t", "kind": "function",
        "prompt": "Add two numbers.", "entry": "plus", "is_named": False,
        "tests": ["assert plus(1, 2) == 3", "assert plus(2, 2) == 4"], "reference": "",
    },
    {
        "name": "product/0/x", "part": "families", "theme": "t", "kind": "function",
        "prompt": "Multiply two numbers.", "entry": "times", "is_named": True,
        "tests": ["assert times(2, 2) == 4"], "reference": "",
    },
]  # fmt: skip

Evaluate = Callable[..., dict[str, Any]]


@pytest.fixture
def evaluate(tmp_path: Path, settings: Settings) -> Evaluate:
    """The command in an empty folder, over two problems and the scripted stand-in."""
    settings.BASE_DIR = tmp_path
    file = tmp_path / "tasks.jsonl"
    file.write_text("".join(json.dumps(task) + "\n" for task in TASKS))

    def run(*arguments: str, **options: Any) -> dict[str, Any]:
        out = StringIO()
        options = {"model_runtime": "fake", "file": file, "stdout": out, **options}
        options.setdefault("split", "held-out-families")
        call_command("evaluate", "solve", *arguments, **options)
        found: dict[str, Any] = json.loads(out.getvalue() or "{}")
        return found

    return run


@pytest.mark.sandbox
def test_first_and_final_answers_are_judged_by_hidden_tests(evaluate: Evaluate) -> None:
    result = evaluate("--notes", "A test.")
    assert result["count"] == 2
    assert result["metrics"]["solved_first"] == 0.0
    assert result["metrics"]["solved"] == 0.5
    assert result["metrics"]["no_code"] == 0.0
    # The stand-in's own tests are green on the second problem as well: they decide nothing.
    assert result["details"]["own_tests"] == {"green, failed": 1, "green, passed": 1}
    assert result["details"]["repaired"] == 1
    assert result["command"] == (
        "python manage.py evaluate solve --split held-out-families --model-runtime fake "
        "--model smollm2"
    )
    assert result["prompts"].startswith("solve_v1@")
    assert result["notes"].endswith("A test.")


@pytest.mark.sandbox
def test_a_saved_result_can_be_read_by_the_page(evaluate: Evaluate, tmp_path: Path) -> None:
    assert evaluate("--save", "--attempts", "1") == {}
    scores = read_scores(tmp_path / "models")
    assert scores.problems == ()
    [row] = scores.tables[0].rows
    assert row.evaluation.suite == "Problems, kinds held out"
    shown = {number.title: number.text for number in row.numbers}
    assert shown["Solved at once"] == "0.0 %"
    assert "--attempts 1" in row.evaluation.command


@pytest.mark.sandbox
def test_given_tests_are_shown_to_the_model_and_said(evaluate: Evaluate) -> None:
    result = evaluate("--given-tests", "1", "--limit", "1")
    assert result["suite"].endswith("1 of its tests given")
    assert "--given-tests 1" in result["command"]
    assert "by given and own tests" in result["notes"]
    assert "1 of the problems" in result["notes"]


@pytest.mark.sandbox
def test_results_that_differ_in_given_tests_are_kept_beside_each_other(
    evaluate: Evaluate, tmp_path: Path
) -> None:
    evaluate("--save", "--limit", "1", "--attempts", "1")
    evaluate("--save", "--limit", "1", "--attempts", "1", "--given-tests", "1")
    names = sorted(path.stem[11:] for path in (tmp_path / "models").glob("*/scores/*.json"))
    assert names == ["solve-held-out-families", "solve-held-out-families-given-1"]


@pytest.mark.sandbox
def test_a_stopped_evaluation_goes_on_where_it_was(
    evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    added: list[str] = []

    def stop(_progress: Progress[SolveResult], result: SolveResult) -> None:
        added.append(result.name)
        if len(added) == 1:
            os.kill(os.getpid(), signal.SIGINT)  # Ctrl+C
            time.sleep(5)  # until the run that this thread would begin is called off

    monkeypatch.setattr(Progress, "add", stop)
    with pytest.raises(SystemExit) as stopped:
        evaluate("--concurrency", "1")
    assert stopped.value.code == 130
    [journal] = (tmp_path / ".local" / "cache" / "evaluate").glob("*.jsonl")
    assert journal.read_text().count('"first"') == 1
    assert evaluate()["count"] == 2


def test_what_is_missing_is_named(evaluate: Evaluate, settings: Settings) -> None:
    settings.SOLVE_MODEL = "smollm2"
    with pytest.raises(CommandError, match="Name a split"):
        evaluate(split="dev")
    with pytest.raises(CommandError, match="--url"):
        evaluate(model_runtime="sglang")
    with pytest.raises(CommandError, match="SOLVE_MODEL=openai"):
        evaluate(model_runtime="openai")
    with pytest.raises(CommandError, match="--then"):
        evaluate(then=Path("nowhere"))
    with pytest.raises(CommandError, match="manifest"):
        evaluate(model_runtime="embedded", model=Path("nowhere"))
    with pytest.raises(CommandError, match="evaluate solve"):
        call_command("evaluate", "selfmade", split="humaneval", model_runtime="fake")


@pytest.mark.sandbox
def test_two_models_are_evaluated_as_one(
    evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both engines are replaced by the stand-in: this is about who is asked and what is said."""
    began: list[str] = []

    @contextlib.contextmanager
    def engine(_: object, folder: Path, *__: object) -> Iterator[ChatRuntime]:
        began.append(folder.name)
        fake = FakeRuntime(answer_after_one_mistake)
        yield TokenChat(fake, fake.tokenizer, chat_codec(fake.tokenizer))

    monkeypatch.setattr(evaluate_solve, "_embedded", engine)
    first, second = tmp_path / "models" / "a", tmp_path / "models" / "b"
    for folder in (first, second):
        folder.mkdir(parents=True)
    result = evaluate(model_runtime="embedded", model=first, then=second)
    assert began == ["a", "b"]
    assert ", then " in result["model"]
    assert result["command"].endswith("--model models/a --then models/b")
    assert "second model" in result["notes"]
    assert result["metrics"]["solved"] == 0.5
