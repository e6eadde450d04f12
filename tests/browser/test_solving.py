"""The page for problems, from the form to the permalink. The model is the scripted stand-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_access import check_accessibility
from tests.stack.harness import Site, site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.stack,
    pytest.mark.sandbox,
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with stand-ins for both models: one predicts, one answers wrongly, then right."""
    folder = tmp_path_factory.mktemp("solve-page")
    models = {"MODEL_RUNTIME": "fake", "SOLVE_MODEL": "fake", "DEBUG": "1"}
    with site(folder, SANDBOX_POOL_SIZE="1", **models) as made:
        made.add_default_workers()
        yield made


def solve(page: Page, *, tests: str = "assert add(40, 2) == 42") -> None:
    page.goto("/solve/")
    page.get_by_label("Problem in words").fill("Write a function add(a, b).")
    page.get_by_label("Tests (optional").fill(tests)
    page.get_by_role("button", name="Solve", exact=False).click()


def test_a_problem_is_solved_and_its_link_shows_the_same(page: Page, tmp_path: Path) -> None:
    solve(page)
    solution = page.get_by_role("region", name="Solution")
    expect(solution.get_by_text("Every test passes")).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile(r"/r/[a-z0-9]+$"))
    attempts = page.get_by_role("list", name="Attempts").get_by_role("button")
    expect(attempts).to_have_count(2)
    expect(page.get_by_text("Two numbers, one result.")).to_have_count(0)
    expect(page.get_by_text("Subtracting was wrong.")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="add(40, 2)")
    expect(row).to_contain_text("Passed")
    expect(row).to_contain_text("42")
    expect(page.get_by_role("region", name="Trace", exact=True)).to_be_visible()
    page.get_by_role("button", name="Changes since attempt 1").click()
    expect(page.get_by_role("list", name="Changes")).to_contain_text("return a + b")
    attempts.first.click()
    wrong = page.get_by_role("row").filter(has_text="add(40, 2)")
    expect(wrong).to_contain_text("Wrong result")
    expect(wrong).to_contain_text("38")
    page.reload()
    expect(solution.get_by_text("Every test passes")).to_be_visible()
    expect(page.get_by_label("Problem in words")).to_have_value("Write a function add(a, b).")
    check_accessibility(page)
    page.screenshot(path=tmp_path / "desktop.png", full_page=True)


def test_reasoning_stays_folded_once_it_was_folded(page: Page) -> None:
    solve(page)
    reasoning = page.get_by_role("region", name="Reasoning of the model")
    expect(reasoning).to_be_visible(timeout=60_000)
    page.locator(".reasoning summary").click()
    expect(reasoning).to_be_hidden()
    page.reload()
    expect(page.locator(".reasoning summary")).to_be_visible()
    expect(reasoning).to_be_hidden()


def test_a_test_that_cannot_be_read_is_named_beside_its_box(page: Page) -> None:
    solve(page, tests="assert add(1, 2) == 3\nassert add(")
    expect(page.locator("#tests-problem")).to_contain_text("Line 2")
    expect(page.get_by_label("Tests (optional")).to_have_attribute("aria-invalid", "true")


def test_the_code_opens_in_the_trace_page_with_its_call(page: Page) -> None:
    solve(page)
    expect(page.get_by_text("Every test passes", exact=True)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Open in trace").click()
    expect(page.get_by_label("Entry call")).to_have_value(re.compile(r"^add\("))
    expect(page.locator(".main-editor")).to_contain_text("return a + b")


def test_everything_fits_on_a_phone(chromium: Browser, live_site: Site, tmp_path: Path) -> None:
    context = chromium.new_context(
        base_url=live_site.base_url, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    solve(page)
    expect(page.get_by_text("Every test passes", exact=True)).to_be_visible(timeout=60_000)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    context.close()
    assert width <= 360
