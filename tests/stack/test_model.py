"""A prediction through everything: page, queue, worker, client, engine process, event log.

The tiny model's weights are random, so what it predicts is not looked at.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.stack.harness import Browser, Site, site
from tests.workers.runtime.tiny import CONTEXT_TOKENS, MODEL, engine_process

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

SOURCE = "def double(n):\n    m = n * 2\n    return m\n"


def predicted(where: Site) -> list[dict[str, Any]]:
    """The predicted lane of a run by somebody new."""
    browser = Browser(where)
    try:
        browser.visit()
        browser.open()
        browser.start(SOURCE, "double(21)")
        finished = "trace.finished"
        browser.read(
            until=lambda: any(e["type"] == finished for e in browser.lanes.get("predicted", []))
        )
        return browser.lanes["predicted"]
    finally:
        browser.close()


def test_the_page_is_told_what_predicts_and_a_lost_engine_costs_a_run_only(tmp_path: Path) -> None:
    model = {"MODEL_RUNTIME": "embedded", "MODEL_PATH": str(MODEL)}
    address = f"unix://{tmp_path / 'engine.sock'}"
    with ExitStack() as stack:
        made = stack.enter_context(site(tmp_path, EMBEDDED_URL=address, **model))
        made.add_worker("model", "model,default", "-P", "threads", "-c", "8")
        with engine_process(tmp_path):
            started, *frames, end = predicted(made)
        assert started["model"].startswith("Tiny test model")
        assert started["limits"]["context_tokens"] == CONTEXT_TOKENS
        assert frames[0]["frames"][0]["changed"] == {"n": "21"}
        assert end["usage"]["output_tokens"] > 0
        assert end["usage"]["first_token_ms"] > 0
        lost = predicted(made)[-1]
        assert lost["status"] == "error"
        assert "answer" in lost["message"]
        with engine_process(tmp_path):
            assert predicted(made)[-1]["usage"]["output_tokens"] > 0
