"""The page for problems as `make run` starts it: a small model answers, the pocket predicts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.stack.harness import ROOT, Site, site
from tests.workers.runtime.tiny import engine_process

POCKET = ROOT / "models" / "pocket"
SMALL = ROOT / ".local" / "models" / "smollm2"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.stack,
    pytest.mark.sandbox,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        not (SMALL / "manifest.json").is_file(), reason="SmolLM2 is not set up: make setup"
    ),
]


@pytest.fixture(scope="module")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with both engines beside it, as `make run` starts them."""
    folder = tmp_path_factory.mktemp("small")
    with ExitStack() as stack:
        pocket = stack.enter_context(engine_process(folder, model=POCKET))
        small = stack.enter_context(engine_process(folder, name="solver", model=SMALL))
        models = {
            "MODEL_RUNTIME": "embedded",
            "MODEL_PATH": str(POCKET),
            "EMBEDDED_URL": pocket,
            "SOLVE_MODEL": "smollm2",
            "SOLVE_MODEL_PATH": str(SMALL),
            "SOLVE_URL": small,
        }
        made = stack.enter_context(site(folder, SANDBOX_POOL_SIZE="1", **models))
        made.add_default_workers()
        yield made


def test_a_newcomers_problem_goes_from_words_to_tested_and_traced_code(page: Page) -> None:
    """What a 135M model writes is not asserted, only that everything that it leads to is shown."""
    page.goto("/solve/")
    page.get_by_label("Problem in words").fill(
        "Write a function that returns the n-th Fibonacci number"
    )
    page.get_by_label("Tests (optional").fill("assert fibonacci(10) == 55")
    page.get_by_role("button", name="Solve", exact=False).click()
    solution = page.get_by_role("region", name="Solution")
    expect(solution.get_by_text("SmolLM2").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("region", name="Code of attempt", exact=False)).to_be_visible(
        timeout=60_000
    )
    expect(page.locator(".solve-head .status")).to_have_text(
        re.compile("^(Solved: every test passes|All given tests pass|Not solved)$"), timeout=180_000
    )
    row = page.get_by_role("row").filter(has_text="fibonacci(10)").first
    expect(row).to_contain_text(re.compile("Passed|Wrong result|Error|Ran out of time"))
    expect(row).to_contain_text(re.compile("as predicted|predicted wrongly|no prediction"))
    expect(solution).to_contain_text("Budget left")
    trace = page.get_by_role("region", name="Trace", exact=True)
    expect(trace).to_contain_text("Pocket world model")
    expect(trace).to_contain_text("Step 1 of")
