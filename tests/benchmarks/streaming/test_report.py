"""From repeats to a report: nothing that was lost may disappear in a median."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.stream import parse_arguments
from benchmarks.streaming.cells import Cell, parse_cell
from benchmarks.streaming.report import BASELINE, LOG, combine, compare, disturbance, goals, table


def repeat(*, p50: float = 1.0, lost: int = 0, other: float = 0.0) -> dict[str, Any]:
    return {
        "delay_ms": {"p50": p50, "p95": 2 * p50, "p99": 3 * p50, "max": 4 * p50, "count": 100},
        "delivered_per_s": 100.0,
        "frames_per_s": 50.0,
        "published": 100,
        "expected": 100,
        "lost": lost,
        "doubled": 0,
        "corrupt": 0,
        "disconnected": 0,
        "cpu_percent": {
            "web": 10.0,
            "redis": 2.0,
            "publisher": 4.0,
            "viewers": 1.0,
            "other": other,
        },
        "web_kb_per_viewer": None,
    }


def result(*, cell: str = "50x1x50", **figures: Any) -> dict[str, Any]:
    row = {"cell": cell, LOG: combine([repeat(**figures)]), BASELINE: combine([repeat(p50=100.0)])}
    report: dict[str, Any] = {"transport": [row]}
    report["goals"] = goals(report)
    return report


def test_lost_events_are_summed_and_delays_are_medians() -> None:
    combined = combine([repeat(lost=0), repeat(lost=7, p50=5.0), repeat(lost=0, p50=3.0)])
    assert combined["lost"] == 7
    assert combined["delay_ms"]["p50"] == 3.0
    assert len(combined["repeats"]) == 3


def test_one_lost_event_misses_its_goal() -> None:
    missed = [goal["goal"] for goal in result(lost=1)["goals"] if not goal["met"]]
    assert missed == ["lost events, all cells"]


def test_the_ratio_is_the_baseline_over_the_event_log() -> None:
    ratios = compare(repeat(p50=2.0), repeat(p50=100.0))
    assert ratios["delay_p50"] == 50
    assert ratios["web_cpu_per_delivery"] == 1


def test_a_baseline_that_delivered_nothing_has_no_ratio() -> None:
    silent = repeat()
    silent["delay_ms"] = {"p50": None, "p95": None, "p99": None}
    silent["delivered_per_s"] = 0.0
    ratios = compare(repeat(), silent)
    assert set(ratios.values()) == {None}


def test_a_busy_machine_is_named_in_the_report() -> None:
    assert disturbance(result()) == ""
    assert "120 % of a core" in disturbance(result(other=120.0))


def test_the_table_shows_every_transport_and_every_goal() -> None:
    text = table(result(p50=2.0))
    assert LOG in text
    assert BASELINE in text
    assert "MISSED 50 runs x 1 viewer x 50 events/s: p50 ms: 2" in text


def test_a_cell_is_written_as_runs_viewers_and_rate() -> None:
    assert parse_cell("50x20x10") == Cell(runs=50, viewers_per_run=20, rate=10)
    assert parse_cell("1x1x0.5").name == "1x1x0.5"


@pytest.mark.parametrize("text", ["", "50x20", "0x1x1", "1x1x0", "axbxc", "1x1x1x1", "-1x1x1"])
def test_a_malformed_cell_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="50x20x10"):
        parse_cell(text)


def test_quick_lowers_only_what_was_not_given() -> None:
    options = parse_arguments(["--quick", "--repeats", "2"])
    assert (options.repeats, options.seconds, options.out) == (2, 2.0, None)
    assert options.only == ["transport", "stop"]
    assert parse_arguments(["--stack"]).only == ["transport", "stop", "stack"]


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(["--only", "transport,nonsense"])
    assert "nonsense" in capsys.readouterr().err
