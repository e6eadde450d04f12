"""Results of evaluations: read as they were written, and never hidden by one bad file."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from playground.runs.evaluations import OTHER, SOLVING, TRACING, read_scores

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
    [table] = read_scores(tmp_path).tables
    [row] = table.rows
    assert row.evaluation.model == "pocket"
    assert row.evaluation.date == datetime.date(2026, 11, 23)
    assert row.evaluation.command == "python manage.py evaluate cruxeval"
    assert [(shown.title, shown.text) for shown in row.numbers] == [
        ("Result right", "65.2 %"),
        ("Single steps right", "95.1 %"),
    ]


def test_there_may_be_no_results_and_no_folder(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        scores = read_scores(folder)
        assert scores.tables == ()
        assert scores.problems == ()


SOLVED = {"solved_first": 0.1, "tokens_per_problem": 400.0}


def test_tracing_and_solving_have_tables_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, "solve.json", suite="HumanEval", metrics=SOLVED)
    write(tmp_path, "odd.json", suite="odd", metrics={"mean_frames": 12.25})
    write(tmp_path, "trace.json")
    tables = read_scores(tmp_path).tables
    assert [table.task for table in tables] == [TRACING, SOLVING, OTHER]
    assert [len(list(table.rows)) for table in tables] == [1, 1, 1]
    assert [column.title for column in tables[1].columns] == ["Solved at once", "Tokens"]


def test_models_are_compared_by_suite_and_the_newest_version_comes_first(tmp_path: Path) -> None:
    for version, sha in (("9", "aa"), ("10", "bb"), ("1", "cc")):
        weights = {"version": version, "sha256": sha}
        write(tmp_path, f"{version}.json", artefact=weights, date=f"2026-11-{20 - int(version)}")
    write(tmp_path, model="another")
    write(tmp_path, suite="Another suite", name="b.json")
    [table] = read_scores(tmp_path).tables
    assert [suite.title for suite in table.suites] == ["Another suite", RESULT["suite"]]
    rows = [(row.evaluation.model, row.evaluation.version) for row in table.suites[1].rows]
    assert rows == [("another", ""), ("pocket", "10"), ("pocket", "9"), ("pocket", "1")]
    assert [row.is_earlier for row in table.suites[1].rows] == [False, False, True, True]


def test_a_result_gives_way_to_the_same_measured_again(tmp_path: Path) -> None:
    weights = {"version": "1", "sha256": "aa"}
    write(tmp_path, "old.json", artefact=weights, date="2026-11-01")
    write(tmp_path, "new.json", artefact=weights, date="2026-11-20")
    write(tmp_path, "else.json", artefact=weights, date="2026-11-02", command="another command")
    write(tmp_path, "next.json", artefact=weights | {"sha256": "bb"}, date="2026-11-21")
    [table] = read_scores(tmp_path).tables
    assert [row.evaluation.date.day for row in table.rows] == [21, 20, 2]
    assert [row.is_earlier for row in table.rows] == [False, True, True]
    assert [row.evaluation.date.day for row in table.replaced] == [1]


def test_what_was_not_measured_says_so_and_an_unknown_metric_keeps_its_name(
    tmp_path: Path,
) -> None:
    write(tmp_path, "a.json", metrics={"return_right": 1.0})
    write(tmp_path, "b.json", suite="more", metrics={"trace_exact": 0.5, "mean_frames": 12.25})
    [table] = read_scores(tmp_path).tables
    titles = ["Result right", "Whole trace right", "mean frames"]
    assert [column.title for column in table.columns] == titles
    texts = [[shown.text for shown in row.numbers] for row in table.rows]
    assert texts == [["100.0 %", "n/a", "n/a"], ["n/a", "50.0 %", "12.25"]]


@pytest.mark.parametrize(
    ("value", "text"), [(1, "100.0 %"), (0.99999, "> 99.9 %"), (0.00001, "< 0.1 %"), (0, "0.0 %")]
)
def test_rounding_makes_nothing_perfect(tmp_path: Path, value: float, text: str) -> None:
    write(tmp_path, metrics={"trace_exact": value})
    assert next(read_scores(tmp_path).tables[0].rows).numbers[0].text == text


@pytest.mark.parametrize(
    "change",
    [
        {"metrics": {"return_right": 65.25}},
        {"metrics": {"return_right": "high"}},
        {"count": 0},
        {"date": "yesterday"},
        {"commit": ""},
        {"artefact": {"version": 2}},
    ],
)
def test_a_bad_file_is_named_and_hides_no_other(tmp_path: Path, change: dict[str, Any]) -> None:
    write(tmp_path, "good.json")
    write(tmp_path, "bad.json", **change)
    scores = read_scores(tmp_path)
    assert len(list(scores.tables[0].rows)) == 1
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


@pytest.mark.usefixtures("front_end")
def test_the_page_names_every_version_and_what_was_measured_again(
    client: Client, db: None, tmp_path: Path, settings: Any
) -> None:
    settings.BASE_DIR = tmp_path
    for day, version, share in ((1, "1", 0.25), (2, "1", 0.35), (3, "2", 0.45)):
        weights, metrics = {"version": version, "sha256": version}, {"return_right": share}
        name, date = f"{day}.json", f"2026-11-0{day}"
        write(tmp_path / "models", name, artefact=weights, metrics=metrics, date=date)
    text = client.get("/models/").content.decode()
    table, rest = text[text.index("<table") :].split("</table>")
    assert "<caption" in table
    assert [share for share in ("45.0 %", "35.0 %", "25.0 %") if share in table] == [
        "45.0 %",
        "35.0 %",
    ]
    assert table.index("version 2") < table.index("version 1")
    assert "25.0 %" in rest[rest.index("Measured again since") :]
