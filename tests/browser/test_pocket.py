"""The shipped model on the page: what a newcomer sees after `make run`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_player import paste, run
from tests.stack.harness import ROOT, Site, site
from tests.workers.runtime.tiny import engine_process
from tests.workers.tracer.test_strawberry import PROGRAM as STRAWBERRY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.stack,
    pytest.mark.sandbox,
    pytest.mark.timeout(240),
]

MODEL = ROOT / "models" / "pocket"


@pytest.fixture(scope="module")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with the pocket model's engine beside it, as `make run` starts them."""
    folder = tmp_path_factory.mktemp("pocket")
    with ExitStack() as stack:
        address = stack.enter_context(engine_process(folder, model=MODEL))
        model = {"MODEL_RUNTIME": "embedded", "MODEL_PATH": str(MODEL), "EMBEDDED_URL": address}
        made = stack.enter_context(site(folder, SANDBOX_POOL_SIZE="1", **model))
        made.add_default_workers()
        yield made


def test_both_lanes_of_the_strawberry_program_stream_side_by_side(page: Page) -> None:
    page.goto("/")
    paste(page, STRAWBERRY, "f('r')")
    run(page)
    expect(page).to_have_url(re.compile(r"/r/[a-z0-9]{12}"))
    model = page.locator("main").get_by_text(re.compile("Pocket world model")).first
    expect(model).to_be_visible()
    expect(page.get_by_role("button", name="Predict and run", exact=True)).to_be_visible(
        timeout=120_000
    )
    verdict = page.locator("verdict-banner")
    expect(verdict).to_contain_text(re.compile(r"\d+ of \d+ steps as predicted|as predicted"))
    expect(page.locator("main")).to_contain_text("Predicted, not executed")
    expect(page.locator("main")).to_contain_text(re.compile(r"[\d.,]+ tokens"))
