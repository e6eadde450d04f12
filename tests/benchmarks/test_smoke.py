"""The streaming benchmark runs end to end on a tiny load. Counts only: timings are not tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.common import ROOT
from benchmarks.streaming.cells import Cell, run_cell
from benchmarks.streaming.site import BenchSite, open_site
from benchmarks.streaming.stack import measure_stack
from benchmarks.streaming.stops import measure_stops

pytestmark = [pytest.mark.redis, pytest.mark.slow]

TINY = Cell(runs=2, viewers_per_run=3, rate=20)


@pytest.fixture(scope="module")
def site() -> Iterator[BenchSite]:
    with open_site() as site:
        yield site


@pytest.fixture(scope="module")
def run_ids(site: BenchSite) -> list[str]:
    ids: list[str] = site.create_runs(shared=TINY.runs)["shared"]
    return ids


def test_the_event_log_delivers_every_event_once_to_every_viewer(
    site: BenchSite, run_ids: list[str]
) -> None:
    measured = run_cell(site, "event_log", TINY, run_ids, seconds=0.5)
    assert measured["published"] > 0
    assert measured["expected"] == measured["published"] * TINY.viewers_per_run
    assert [measured[name] for name in ("lost", "doubled", "corrupt", "disconnected")] == [0] * 4
    assert measured["delay_ms"]["count"] > 0
    assert set(measured["cpu_percent"]) == {"web", "redis", "publisher", "viewers", "other"}


def test_the_baseline_carries_the_same_load_through_the_channel_layer(
    site: BenchSite, run_ids: list[str]
) -> None:
    measured = run_cell(site, "channels_redis", TINY, run_ids, seconds=0.5)
    assert measured["expected"] > measured["lost"]
    assert [measured[name] for name in ("doubled", "corrupt", "disconnected")] == [0] * 3


def test_every_pressed_stop_reaches_its_stage(site: BenchSite) -> None:
    measured = measure_stops(site, rounds=1, at_once=3)
    assert measured["press_to_stage_ms"]["count"] == 3


@pytest.mark.stack
@pytest.mark.sandbox
def test_a_run_goes_through_the_whole_site_by_either_door(site: BenchSite) -> None:
    measured = measure_stack(site, runs=1, kills=0)
    for door in ("post", "socket"):
        assert measured[door]["first_frame_ms"]["count"] == 1


def test_no_process_outlives_a_killed_benchmark(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stream", "--quick", "--only", "transport"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    family: list[psutil.Process] = []
    try:
        deadline = time.monotonic() + 60
        while len(family) < 3 and time.monotonic() < deadline:  # Redis, web, viewers
            assert program.poll() is None
            family = psutil.Process(program.pid).children(recursive=True)
            time.sleep(0.05)
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()
    assert len(family) >= 3
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
