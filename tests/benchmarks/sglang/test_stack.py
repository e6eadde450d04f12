"""Runs through the whole site, here to the embedded engine, which speaks SGLang's protocol."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.sglang import pocket, stack
from benchmarks.sglang.server import ServerFailed
from tests.workers.runtime.tiny import CONTEXT_TOKENS, MODEL

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def test_two_runs_go_from_the_queue_to_the_server_and_into_the_log() -> None:
    with pocket.engine(MODEL) as url:
        found = stack.one_run(url, MODEL, limit_s=200)
    first, second = found["runs"]
    assert first["engine"].startswith("SGLang")
    assert first["frames"][0] == ["call", 1, None]
    assert 0 < first["usage"]["output_tokens"] <= CONTEXT_TOKENS
    assert second["usage"]["cached_tokens"] > 0.9 * second["usage"]["prompt_tokens"]
    assert second["usage"]["first_token_ms"] > 0


def test_a_site_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no such package' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("STACK_PYTHON", str(broken))
    with pytest.raises(ServerFailed, match="no such package"):
        stack.one_run("http://127.0.0.1:1", tmp_path)
