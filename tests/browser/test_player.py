"""A person at the page: run, watch, step, reload, share."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stack.harness import ENDLESS, SLOW, Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.stack,
    pytest.mark.sandbox,
    pytest.mark.timeout(180),
]

PROGRAM = "def double(n):\n    m = n * 2\n    return m\n"


def paste(page: Page, source: str, entry: str = "") -> None:
    """Replace the program and the call, as a person does."""
    editor = page.locator("code-editor.main-editor .cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(source)
    page.get_by_label("Call").fill(entry)


def run(page: Page) -> None:
    page.get_by_role("button", name="Predict and run", exact=True).click()


def count(page: Page) -> int:
    """How many steps the page shows at the moment."""
    text = page.locator(".step-count").inner_text()
    found = re.search(r"of ([\d,]+)", text)
    return int(found.group(1).replace(",", "")) if found else 0


def wait_for_end(page: Page) -> int:
    """Until the run is over and its last step is shown. How many steps both lanes have together."""
    expect(page.get_by_role("button", name="Predict and run", exact=True)).to_be_visible()
    expect(page.locator(".step-count")).to_have_text(re.compile(r"^\s*Step ([1-9]\d*) of \1\s*$"))
    return count(page)


def choose_actual(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("Actual")).check(force=True)


def focus_trace(page: Page) -> None:
    page.locator("trace-player").focus()


def test_a_program_is_run_and_stepped_through_with_keys(page: Page) -> None:
    page.goto("/")
    paste(page, PROGRAM, "double(21)")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/r/[a-z0-9]{12}"))
    choose_actual(page)
    steps = wait_for_end(page)
    focus_trace(page)
    page.keyboard.press("Home")
    expect(page.locator(".step-count")).to_have_text(f"Step 1 of {steps}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    expect(page.locator(".step-count")).to_have_text(f"Step 3 of {steps}")
    page.keyboard.press("b")
    expect(page.locator(".step-count")).to_have_text(f"Step 2 of {steps}")
    expect(page.locator("compared-table tbody tr").first).to_contain_text("21")
    page.keyboard.press("End")
    expect(page.locator(".step-count")).to_have_text(f"Step {steps} of {steps}")
    expect(page.get_by_role("row", name="return value")).to_contain_text("42")


def test_a_newcomer_is_led_from_the_first_page_to_the_first_step(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Predict and run this program").click()
    choose_actual(page)
    expect(page.locator(".lane-columns")).to_contain_text("End of the run")
    page.get_by_role("button", name="From the start").click()
    expect(page.locator(".step-count")).to_contain_text("Step 1 of")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".step-count")).to_contain_text("Step 2 of")


def test_arrow_keys_step_after_run_was_clicked(page: Page) -> None:
    page.goto("/")
    paste(page, PROGRAM, "double(21)")
    run(page)
    steps = wait_for_end(page)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".step-count")).to_have_text(f"Step {steps - 1} of {steps}")


def test_a_program_that_lacks_input_opens_the_input_box(page: Page) -> None:
    page.goto("/")
    paste(page, "name = input('Name? ')\n")
    run(page)
    expect(page.get_by_label("Input, one line for each input()")).to_be_visible()
    expect(page.locator("#stdin-problem")).to_contain_text("more input")


def test_frames_appear_while_the_program_runs(page: Page) -> None:
    page.goto("/")
    paste(page, SLOW, "main()")
    run(page)
    choose_actual(page)
    expect(page.locator(".step-count")).to_contain_text(re.compile("of [1-9]"))
    early = count(page)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    # 185 real steps, and those that only the prediction has.
    expect(page.locator(".step-count")).to_contain_text(re.compile("of 18[5-8]"), timeout=20_000)
    assert 0 < early < 185
    expect(page.get_by_role("button", name="Predict and run", exact=True)).to_be_visible()


def test_reload_keeps_everything(page: Page) -> None:
    page.goto("/")
    paste(page, PROGRAM, "double(21)")
    run(page)
    choose_actual(page)
    steps = wait_for_end(page)
    focus_trace(page)
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("step="))
    page.reload()
    expect(page.locator(".step-count")).to_have_text(f"Step {steps - 1} of {steps}")
    expect(page.locator("code-editor.main-editor")).to_contain_text("def double(n):")
    expect(page.get_by_label("Call")).to_have_value("double(21)")


def test_a_shared_link_opens_at_its_step_for_somebody_else(
    page: Page, context: BrowserContext, chromium: Browser, live_site: Site
) -> None:
    page.goto("/")
    paste(page, PROGRAM, "double(4)")
    run(page)
    choose_actual(page)
    steps = wait_for_end(page)
    focus_trace(page)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    with chromium.new_context(base_url=live_site.base_url) as stranger:
        other = stranger.new_page()
        answer = other.goto(page.url)
        assert answer is not None
        assert answer.status == 404
        expect(other.locator("main")).to_contain_text("private")
        page.get_by_role("button", name="Share").click()
        expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Link copied")
        link = page.evaluate("navigator.clipboard.readText()")
        assert "step=" in link
        other.goto(link)
        expect(other.locator(".step-count")).to_have_text(f"Step 2 of {steps}")
        expect(other.locator("code-editor.main-editor")).to_contain_text("def double(n):")


def test_stop_ends_an_endless_program(page: Page) -> None:
    page.goto("/")
    paste(page, ENDLESS, "main()")
    run(page)
    choose_actual(page)
    expect(page.locator(".step-count")).to_contain_text(re.compile("of [1-9]"))
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Predict and run", exact=True)).to_be_visible()
    expect(page.locator("trace-player")).to_contain_text("Stopped")


def test_a_syntax_error_is_shown_where_it_is(page: Page) -> None:
    page.goto("/")
    paste(page, "def main():\n    return (1 +\n")
    run(page)
    expect(page.locator("body")).to_contain_text(re.compile("line 2"))
    expect(page.locator("code-editor.main-editor")).to_contain_text("return (1 +")


def test_the_predicted_lane_is_labelled_and_says_who_made_it(page: Page) -> None:
    page.goto("/")
    paste(page, PROGRAM, "double(1)")
    run(page)
    expect(page.locator("trace-player")).to_contain_text("Predicted, not executed")
    expect(page.locator("trace-player")).to_contain_text("stand-in")


def test_what_was_typed_survives_leaving_the_page(page: Page) -> None:
    page.goto("/")
    paste(page, "kept = 'yes'\n")
    page.goto("/about/")
    page.goto("/")
    expect(page.locator("code-editor.main-editor")).to_contain_text("kept = 'yes'")


def test_the_program_text_can_not_become_markup(page: Page) -> None:
    page.goto("/")
    paste(page, "def main():\n    x = '<img src=x onerror=alert(1)>'\n    return x\n")
    run(page)
    choose_actual(page)
    wait_for_end(page)
    shown = page.locator("compared-table").filter(has_text="<img src=x onerror=alert(1)>")
    expect(shown).to_be_visible()
    assert page.locator("trace-player img").count() == 0
