"""The model's benchmark runs end to end on the tiny model. No timing is asserted."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.pocket import PROGRAMS, run
from tests.workers.runtime.tiny import MODEL
from traces.codecs.cwm import choose_context

pytestmark = pytest.mark.slow


def test_every_figure_is_measured_also_with_speculation() -> None:
    result = asyncio.run(run(MODEL, 1, "NGRAM_SIMPLE"))
    for figures in (result["plain"], result["speculation"]):
        assert set(figures["decode_tokens_per_s"]) == {"1 stream", "4 streams"}
        assert all(rate > 0 for rate in figures["decode_tokens_per_s"].values())
        assert figures["prefix"]["cached_tokens"] > 0
        assert len(figures["programs"]["rows"]) == len(PROGRAMS)
        assert figures["rss_mb"] > 1
    assert result["speculation"]["identical"].endswith(f"of {len(PROGRAMS)}")


def test_its_programs_are_what_it_says() -> None:
    assert len(PROGRAMS) == 10
    for source, entry in PROGRAMS:
        assert not choose_context(source, entry).is_wrapped
        assert eval(entry, _defined(source)) is not None  # noqa: S307 - the benchmark's own


def _defined(source: str) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(source, names)  # noqa: S102 - the benchmark's own
    return names
