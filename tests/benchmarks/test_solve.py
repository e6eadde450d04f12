"""The solving benchmark runs end to end on few problems. Counts only: timings are not tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.common import ROOT
from benchmarks.solve import first_token_ns, measure, questions
from benchmarks.streaming.watching import Seen, Timeline

MODEL = ROOT / ".local" / "models" / "smollm2"


@pytest.fixture
def model() -> Path:
    if not (MODEL / "manifest.json").is_file():
        pytest.skip("SmolLM2 is not installed: make setup")
    return MODEL


@pytest.mark.redis
@pytest.mark.stack
@pytest.mark.sandbox
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_waits_and_overhead_are_measured_through_the_whole_site(model: Path) -> None:
    result = measure(model, count=2, repeats=1, attempts=1)
    latency = result["latency"]
    assert latency["problems"] == len(latency["rows"]) == 2
    for name in ("first_token_ms", "answer_ms", "first_test_result_ms", "end_ms"):
        assert latency[name]["count"] == 2
    for row in latency["rows"]:
        assert row["first_token_ms"] < row["answer_ms"] < row["first_test_result_ms"]
        assert row["outcome"] in {"solved", "unsolved"}
    for name in ("answers", "runs"):
        assert result["overhead"][name]["tokens"] > 0
        assert result["overhead"][name]["bare_s"] > 0


def test_it_asks_twenty_different_problems(model: Path) -> None:
    asked = questions(model, 20, 1)
    assert len({question.title for question in asked}) == 20
    assert len({question.prompt for question in asked}) == 20


def test_the_sites_own_opening_is_no_token_of_the_models() -> None:
    def said(at: int, text: str) -> Seen:
        event = {"type": "answer.delta", "part": "code", "block": 0, "text": text}
        return Seen(at, "answer.1", 1, at, event)

    opening = "```python\ndef add(a, b):"
    timeline = Timeline([said(1, "def add(a, b):"), said(2, "\n    return"), said(3, " a")])
    assert first_token_ns(timeline, opening) == 2
    assert first_token_ns(Timeline([said(1, "def add(a, b):")]), opening) is None
