"""The programs for the GPU host, against the embedded engine, which speaks the same protocol."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.sglang import capacity, mix, pocket, record
from benchmarks.sglang.report import Report, fail
from benchmarks.sglang.server import (
    LocalServer,
    Pool,
    ServerFailed,
    pool_in_log,
    serving,
    serving_some,
)
from benchmarks.sglang.streams import client, close, together
from benchmarks.sglang.workload import class_mix
from tests.workers.runtime.tiny import MODEL, engine_process


@pytest.fixture
def url(tmp_path: Path) -> Any:
    with engine_process(tmp_path) as address:
        yield address


def test_a_class_is_played_through_the_client_and_its_cache_counted(url: str) -> None:
    runs = class_mix(8, vocabulary=200, scale=0.05)

    async def play() -> mix.Tally:
        runtime = client(url)
        try:
            return await mix.play(runtime, runs, at_once=2)
        finally:
            await close(runtime)

    found = asyncio.run(play()).as_dict()
    assert found["all"]["requests"] == sum(len(run.requests) for run in runs)
    assert found["debug"]["shareable_tokens"] > 0
    assert 0 < found["debug"]["cached_share_of_shareable"] <= 1


def test_those_who_leave_are_counted_apart(url: str) -> None:
    runs = class_mix(10, vocabulary=200, scale=0.05)[9:]

    async def play() -> mix.Tally:
        runtime = client(url)
        try:
            return await mix.play(runtime, runs)
        finally:
            await close(runtime)

    assert asyncio.run(play()).aborted == 1


def test_streams_together_have_a_rate(url: str) -> None:
    async def both() -> tuple[list[Any], float]:
        runtime = client(url)
        try:
            return await together(runtime, [range(40, 60), range(60, 80)], new_tokens=24)
        finally:
            await close(runtime)

    done, rate = asyncio.run(both())
    assert len(done) == 2
    assert rate >= 0
    assert all(0 < stream.first_s <= stream.last_s for stream in done)


def test_traces_are_the_same_from_one_engine_twice(url: str) -> None:
    cases: list[dict[str, Any]] = [
        {"prompt": list(range(40 + n, 60 + n)), "stop": []} for n in range(3)
    ]

    async def ask() -> list[list[int]]:
        return await pocket.answers(url, cases, 16, at_once=2)

    assert asyncio.run(ask()) == asyncio.run(ask())


@pytest.mark.parametrize(
    ("expected", "got", "after"),
    [([1, 2], [1, 2], None), ([1, 2, 3], [1, 9, 3], 1), ([1, 2], [1], 1), ([1], [1, 2], 1)],
)
def test_where_two_traces_part(expected: list[int], got: list[int], after: int | None) -> None:
    assert pocket.parting(expected, got) == after


def test_recorded_streams_keep_every_byte(tmp_path: Path) -> None:
    engine = [sys.executable, "-m", "workers.runtime.embedded", "--cache", str(tmp_path)]
    port = free_port()
    process = subprocess.Popen([*engine, "--model", str(MODEL), "--port", str(port)])
    try:
        wait_for(port)
        found, facts = record.streams(port), record.facts(port)
    finally:
        process.terminate()
        process.wait(30)
    assert {"length", "stop", "logprobs", "too long", "hang-up", "not json"} <= found.keys()
    assert len(record.output_ids(found["length"])) == 12
    assert found["length"]["status"] == 200
    assert found["too long"]["request"]["body"]["rid"] == "too-long"
    assert json.loads(json.dumps(found)) == found
    assert facts["/health"]["status"] == 200


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            if record.exchange(port, "GET", "/health")["status"] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the engine did not start")


def test_a_server_that_dies_says_the_end_of_its_log_at_once(tmp_path: Path) -> None:
    words = "raise SystemExit('no such card')"
    command = [sys.executable, "-c", words]
    server = LocalServer("dead", tmp_path, tmp_path / "log", command=command)
    began = time.monotonic()
    with pytest.raises(ServerFailed, match="no such card"), serving([server], 60):
        pass
    assert time.monotonic() - began < 30


def test_of_servers_started_together_one_that_dies_costs_only_itself(tmp_path: Path) -> None:
    engine = [sys.executable, "-m", "workers.runtime.embedded", "--cache", str(tmp_path)]
    good = LocalServer("good", tmp_path, tmp_path / "good.log", port=free_port())
    good.command = [*engine, "--model", str(MODEL), "--port", str(good.port)]
    words = "raise SystemExit('no such card')"
    dead = LocalServer("dead", tmp_path, tmp_path / "log", command=[sys.executable, "-c", words])
    with serving_some([dead, good], 60) as failures:
        assert [str(failure).split(":")[0] for failure in failures] == ["dead"]
        assert good.alive
        assert not dead.alive
    assert not good.alive


def test_a_servers_own_variables_reach_it(tmp_path: Path) -> None:
    words = "import os; raise SystemExit(os.environ['TRITON_F32_DEFAULT'])"
    server = LocalServer("one", tmp_path, tmp_path / "log", command=[sys.executable, "-c", words])
    server.variables = {"TRITON_F32_DEFAULT": "ieee"}
    with pytest.raises(ServerFailed, match="ieee"), serving([server], 60):
        pass


def test_every_failure_is_kept_with_the_end_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    report = Report(tmp_path, "of-a-test")
    fail(report, ServerFailed("bf16: not ready.\n" + "settings " * 2000 + "\nout of memory"))
    fail(report, ServerFailed("one-pool: no pool"))
    first, second = json.loads(report.path.read_text())["failed"]
    assert first.startswith("ServerFailed: bf16: not ready.")
    assert first.endswith("out of memory")
    assert len(first) < 8000
    assert second == "ServerFailed: one-pool: no pool"


def test_a_plugin_that_does_not_load_ends_the_wait(tmp_path: Path) -> None:
    words = "Ignore import error when loading workers.runtime.sglang_models.cwm: no torch"
    command = [sys.executable, "-c", f"import time; print({words!r}, flush=True); time.sleep(60)"]
    server = LocalServer("bad", tmp_path, tmp_path / "log", command=command)
    with pytest.raises(ServerFailed, match="Ignore import error"), serving([server], 60):
        pass
    assert not server.alive


@pytest.mark.parametrize(
    ("log", "pool"),
    [
        ("x\nKV Cache is allocated. dtype: torch.bfloat16, #tokens: 50189, K size: 6.13 GB", 50189),
        ("full_layer_tokens=127000, swa_layer_tokens=24130\n#tokens: 24130", (127000, 24130)),
        ("full_max_total_num_tokens=9, swa_max_total_num_tokens=8", (9, 8)),
        ("Load weight begin", None),
    ],
)
def test_the_size_of_the_pool_is_read_from_the_log(log: str, pool: Any) -> None:
    expected = Pool(pool, None) if isinstance(pool, int) else Pool(*pool) if pool else None
    assert pool_in_log(log) == expected


def test_a_server_that_is_measured_leaves_time_for_those_that_count() -> None:
    cases = ["bf16", "one-pool", "unified", "fp8"]
    assert [capacity._counts_after(cases, name) for name in cases] == [2, 1, 0, 0]


def test_cwm_reads_65_gigabytes_for_a_token_in_bf16() -> None:
    config = json.loads(capacity.CONFIG.read_text(encoding="utf-8"))
    embedding = 2 * config["vocab_size"] * config["hidden_size"]
    # All of the checkpoint's 32,581,097,472 weights but the embedding's other rows.
    assert capacity.weight_bytes(config, 2.0) == 2 * 32_581_097_472 - embedding
    assert capacity.weight_bytes(config, 1.0) < 0.55 * capacity.weight_bytes(config, 2.0)
