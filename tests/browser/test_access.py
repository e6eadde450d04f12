"""Phones, screen readers, and pages that are not there."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.stack.harness import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.stack,
    pytest.mark.sandbox,
    pytest.mark.timeout(180),
]


def open_example(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Predict and run", exact=True).click()
    expect(page.get_by_role("button", name="Predict and run", exact=True)).to_be_visible()
    page.get_by_role("radio", name=re.compile("Actual")).check(force=True)
    expect(page.locator(".step-count")).to_contain_text("Step")


def check_accessibility(page: Page) -> None:
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    found = [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert found == []


# The checker is put into the page past its content security policy by the browser itself.
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/solve/", "/about/", "/models/", "/r/zzzzzzzzzzzz"])
@pytest.mark.console_may_say("404")
def test_pages_have_no_accessibility_violations(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # parametrised
    page.goto(path)
    check_accessibility(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_run_has_no_accessibility_violations(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # parametrised
    open_example(page)
    check_accessibility(page)


def test_a_phone_shows_everything_without_scrolling_sideways(
    chromium: Browser, live_site: Site
) -> None:
    with chromium.new_context(
        base_url=live_site.base_url, viewport={"width": 360, "height": 740}, has_touch=True
    ) as phone:
        page = phone.new_page()
        open_example(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360
        page.get_by_role("button", name="First step").tap()
        expect(page.locator(".step-count")).to_contain_text("Step 1 of")


def test_a_phone_shows_the_program_and_its_variables_together(
    chromium: Browser, live_site: Site
) -> None:
    with chromium.new_context(
        base_url=live_site.base_url, viewport={"width": 360, "height": 740}, has_touch=True
    ) as phone:
        page = phone.new_page()
        open_example(page)
        page.get_by_role("button", name="First step").tap()
        page.get_by_role("button", name="Step into").tap()
        page.evaluate("scrollTo(0, 0)")
        line = page.locator(".main-editor .line-next")
        variables = page.get_by_role("group", name="Variables at this step")
        expect(variables).to_contain_text("letter")
        for part in (line, variables):
            expect(part).to_be_in_viewport(ratio=1)
        dock = page.locator(".dock").bounding_box()
        shown = line.bounding_box()
        assert dock is not None
        assert shown is not None
        assert shown["y"] + shown["height"] <= dock["y"]


@pytest.mark.console_may_say("404")
def test_an_unknown_run_says_so(page: Page) -> None:
    answer = page.goto("/r/zzzzzzzzzzzz")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("private")


def test_everything_in_the_player_can_be_reached_by_keyboard(page: Page) -> None:
    open_example(page)
    page.locator("body").press("Tab")
    seen = set()
    for _ in range(40):
        seen.add(page.evaluate("document.activeElement.getAttribute('aria-label') || ''"))
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
    assert {"Step into", "Step back", "Step"} <= seen
