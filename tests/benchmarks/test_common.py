"""What benchmarks share: figures that mean what they say, and where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.common import CpuMeter, emit, median_of, percentile, provenance, summarise


def test_a_percentile_is_a_sample_that_was_measured() -> None:
    samples = [1.0, 2.0, 3.0, 10.0]
    assert percentile(samples, 50) == 2.0
    assert percentile(samples, 75) == 3.0
    assert percentile(samples, 99) == 10.0
    assert percentile([7.0], 1) == 7.0


def test_a_summary_without_samples_has_no_figures() -> None:
    assert summarise([]) == {"p50": None, "p95": None, "p99": None, "max": None, "count": 0}


def test_a_summary_sorts_and_counts() -> None:
    assert summarise([3, 1, 2]) == {"p50": 2, "p95": 3, "p99": 3, "max": 3, "count": 3}


def test_medians_go_into_nested_figures_and_leave_words_out() -> None:
    rows = [
        {"delay": {"p50": 1.0}, "name": "x", "gone": None},
        {"delay": {"p50": 9.0}, "name": "x", "gone": None},
        {"delay": {"p50": 2.0}, "name": "x", "gone": None},
    ]
    assert median_of(rows) == {"delay": {"p50": 2.0}, "gone": None}


def test_a_median_ignores_repeats_without_a_figure() -> None:
    assert median_of([{"p50": None}, {"p50": 4.0}]) == {"p50": 4.0}


def test_a_result_names_its_commit_machine_date_and_packages() -> None:
    head = provenance(packages=["psutil", "no-such-package"])
    assert head["commit"]
    assert head["date"].startswith("20")
    assert head["hardware"]["cores"] >= 1
    assert head["hardware"]["memory_gb"] > 0
    assert head["packages"]["psutil"] != "not installed"
    assert head["packages"]["no-such-package"] == "not installed"


def test_the_result_is_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results" / "x.json"
    emit({"figure": 1}, out=path)
    assert json.loads(path.read_text()) == json.loads(capsys.readouterr().out) == {"figure": 1}


def test_the_meter_reports_every_process_and_the_rest_of_the_machine() -> None:
    meter = CpuMeter({})
    meter.start()
    sum(range(100_000))
    percent = meter.stop()
    assert set(percent) == {"other"}
    assert percent["other"] >= 0
