"""Results of evaluations: read as they were written, and never hidden by one bad file."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from playground.runs.evaluations import read_scores

RESULT: dict[str, Any] = {
    "model": "pocket",
    "suite": "CruxEval, half for development",
    "date": "2026-11-23",
    "commit": "0123abc",
    "command": "python manage.py evaluate cruxeval",
    "hardware": "2 cores",
    "count": 400,
    "metrics": {"return_right": 0.6525, "teacher_forced_frames": 0.951},
}


def write(folder: Path, name: str = "a.json", *, model: str = "pocket", **change: Any) -> Path:
    path = folder / model / "scores" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**RESULT, "model": model, **change}))
    return path


def test_a_result_is_read_with_all_that_says_where_it_comes_from(tmp_path: Path) -> None:
    write(tmp_path)
    [scores] = read_scores(tmp_path).models
    [row] = scores.rows
    assert scores.model == "pocket"
    assert row.evaluation.date == datetime.date(2026, 11, 23)
    assert row.evaluation.command == "python manage.py evaluate cruxeval"
    assert [(shown.title, shown.text) for shown in row.numbers] == [
        ("Result right", "65.2 %"),
        ("Single steps right", "95.1 %"),
    ]


def test_there_may_be_no_results_and_no_folder(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        scores = read_scores(folder)
        assert scores.models == ()
        assert scores.problems == ()


def test_models_stand_apart_and_the_newest_result_of_a_suite_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "old.json", date="2026-11-01")
    write(tmp_path, "new.json", date="2026-11-20")
    write(tmp_path, model="another")
    scores = read_scores(tmp_path)
    assert [each.model for each in scores.models] == ["another", "pocket"]
    days = [row.evaluation.date.day for row in scores.models[1].rows]
    assert days == [20, 1]


def test_what_was_not_measured_says_so_and_an_unknown_metric_keeps_its_name(
    tmp_path: Path,
) -> None:
    write(tmp_path, "a.json", metrics={"return_right": 1.0})
    write(tmp_path, "b.json", suite="more", metrics={"mean_frames": 12.25})
    [scores] = read_scores(tmp_path).models
    assert [column.title for column in scores.columns] == ["Result right", "mean frames"]
    texts = [[shown.text for shown in row.numbers] for row in scores.rows]
    assert texts == [["100.0 %", "n/a"], ["n/a", "12.25"]]


@pytest.mark.parametrize(
    ("value", "text"), [(1, "100.0 %"), (0.99999, "> 99.9 %"), (0.00001, "< 0.1 %"), (0, "0.0 %")]
)
def test_rounding_makes_nothing_perfect(tmp_path: Path, value: float, text: str) -> None:
    write(tmp_path, metrics={"trace_exact": value})
    assert read_scores(tmp_path).models[0].rows[0].numbers[0].text == text


@pytest.mark.parametrize(
    "change",
    [
        {"metrics": {"return_right": 65.25}},
        {"metrics": {"return_right": "high"}},
        {"count": 0},
        {"date": "yesterday"},
        {"commit": ""},
    ],
)
def test_a_bad_file_is_named_and_hides_no_other(tmp_path: Path, change: dict[str, Any]) -> None:
    write(tmp_path, "good.json")
    write(tmp_path, "bad.json", **change)
    scores = read_scores(tmp_path)
    assert len(scores.models[0].rows) == 1
    [problem] = scores.problems
    assert problem.startswith("pocket/scores/bad.json: ")
    assert len(problem) > len("pocket/scores/bad.json: ")


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    write(tmp_path, "broken.json").write_text("{")
    [problem] = read_scores(tmp_path).problems
    assert "broken.json" in problem


def test_the_results_in_the_repository_can_all_be_read() -> None:
    assert read_scores(Path(settings.BASE_DIR) / "models").problems == ()


@pytest.mark.usefixtures("front_end")
def test_the_page_shows_results_as_text(
    client: Client, db: None, tmp_path: Path, settings: Any
) -> None:
    settings.BASE_DIR = tmp_path
    write(tmp_path / "models", suite="<b>bold</b>")
    text = client.get("/models/").content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in text
    assert "65.2 %" in text
    assert "2026-11-23" in text


@pytest.mark.usefixtures("front_end")
def test_the_page_says_that_there_is_nothing_yet(
    client: Client, db: None, tmp_path: Path, settings: Any
) -> None:
    settings.BASE_DIR = tmp_path
    assert "No model has been evaluated" in client.get("/models/").content.decode()
