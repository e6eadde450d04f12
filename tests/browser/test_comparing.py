"""Prediction beside reality, with differences planted at known steps."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.scripted import COUNT_LETTER, ENTRY, ScriptedRun, count_letter
from tests.browser.test_access import check_accessibility
from tests.stack.harness import Site
from traces.events import TraceEvent
from traces.trace import FrameConfidence

pytestmark = [
    pytest.mark.browser,
    pytest.mark.stack,
    pytest.mark.sandbox,
    pytest.mark.timeout(180),
]

ACTUAL = count_letter("berry", "r")


def wrong_count() -> list[TraceEvent]:
    """The second r is not counted; the count stays wrong, and so is the result."""
    events = list(ACTUAL)
    at = next(at for at, event in enumerate(events) if event.changed.get("count") == "2")
    events[at] = msgspec.structs.replace(events[at], changed={"count": "1"})
    events[-1] = msgspec.structs.replace(events[-1], value="1")
    return events


WRONG_AT = next(at for at, event in enumerate(ACTUAL) if event.changed.get("count") == "2")


def begin(page: Page, fill: Callable[[ScriptedRun], None]) -> ScriptedRun:
    """Open the page and start the run whose events `fill` has written."""
    run = ScriptedRun(page)
    run.start()
    fill(run)
    page.goto("/")
    page.evaluate(
        "([source, entry]) => document.querySelector('run-bar').dispatchEvent("
        "new CustomEvent('program-change', {detail: {source, entry}, bubbles: true}))",
        [COUNT_LETTER, ENTRY],
    )
    page.get_by_role("button", name="Predict and run", exact=True).click()
    return run


def whole(run: ScriptedRun, predicted: list[TraceEvent]) -> None:
    """Both lanes to their ends."""
    sure = [
        FrameConfidence(event=1.0, line=0.99, locals=dict.fromkeys(event.changed, 0.5))
        for event in predicted
    ]
    run.frames("actual", ACTUAL)
    run.end("actual")
    run.frames("predicted", predicted, sure)
    run.end("predicted", output_tokens=812, tokens_per_s=412.3, first_token_ms=93.0)
    run.finish()


def test_the_first_difference_is_pinned_and_can_be_jumped_to(page: Page) -> None:
    begin(page, lambda run: whole(run, wrong_count()))
    verdict = page.get_by_role("region", name="Prediction and reality")
    expect(verdict).to_contain_text(f"Differs at step {WRONG_AT + 1}")
    expect(verdict).to_contain_text("Wrong value")
    expect(verdict.locator(".verdict-side-predicted")).to_contain_text("count = 1")
    expect(verdict.locator(".verdict-side-actual")).to_contain_text("count = 2")
    expect(verdict).to_contain_text(f"of {len(ACTUAL)} steps as predicted")
    page.keyboard.press("Home")
    verdict.get_by_role("button", name="Jump there").click()
    expect(page.locator(".step-count")).to_contain_text(f"Step {WRONG_AT + 1} of")
    row = page.get_by_role("row", name="count")
    expect(row).to_contain_text("differs")
    expect(row).to_contain_text("unsure")
    expect(page.get_by_role("option", selected=True)).to_contain_text("differs")


def test_both_lanes_are_stepped_through_together_by_keyboard(page: Page) -> None:
    begin(page, lambda run: whole(run, wrong_count()))
    page.locator("trace-player").focus()
    page.keyboard.press("Home")
    page.keyboard.press("d")
    expect(page.locator(".step-count")).to_contain_text(f"Step {WRONG_AT + 1} of")
    page.keyboard.press("b")
    for lane in ("predicted", "actual"):
        expect(page.locator(f".now-of-{lane}")).to_contain_text("count += 1")
    steps = page.get_by_role("listbox", name="Steps, predicted and actual")
    steps.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".step-count")).to_contain_text(f"Step {WRONG_AT + 1} of")


def test_a_prediction_that_is_right_is_said_to_be(page: Page) -> None:
    begin(page, lambda run: whole(run, ACTUAL))
    expect(page.locator(".verdict")).to_contain_text(f"All {len(ACTUAL)} steps as predicted")
    expect(page.locator(".lane-facts")).to_contain_text("812 tokens")
    expect(page.locator(".lane-facts")).to_contain_text("412 tokens/s")
    page.get_by_role("link", name="Scores").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How good the models are")


def test_a_prediction_that_was_cut_off_is_not_called_wrong(page: Page) -> None:
    def cut(run: ScriptedRun) -> None:
        run.frames("actual", ACTUAL)
        run.end("actual")
        run.frames("predicted", ACTUAL[:6])
        run.end("predicted", "length")
        run.finish()

    begin(page, cut)
    expect(page.locator(".verdict-warn")).to_contain_text("The prediction stops before step 7")
    expect(page.locator(".row-differs")).to_have_count(0)


def test_the_verdict_grows_with_both_lanes(page: Page) -> None:
    run = begin(page, lambda run: run.frames("actual", ACTUAL[:8]))
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text("Waiting for the prediction")
    run.frames("predicted", ACTUAL[:5])
    expect(verdict).to_contain_text("5 steps as predicted so far")
    expect(verdict).to_contain_text("The real run is 3 steps ahead")
    run.frames("predicted", ACTUAL[5:10])
    expect(verdict).to_contain_text("The prediction is 2 steps ahead")
    run.frames("actual", ACTUAL[8:])
    run.end("actual")
    run.frames("predicted", ACTUAL[10:])
    run.end("predicted")
    run.finish()
    expect(verdict).to_contain_text(f"All {len(ACTUAL)} steps as predicted")


def test_two_thousand_steps_stay_quick(page: Page) -> None:
    def line(at: int, value: int) -> TraceEvent:
        number = 3 + at % 3
        return TraceEvent(kind="line", line=number, depth=1, changed={"i": str(value)})

    def stream(run: ScriptedRun) -> None:
        for first in range(0, 2000, 20):
            run.frames("actual", [line(at, at) for at in range(first, first + 20)])
            run.frames("predicted", [line(at, at + at // 900) for at in range(first, first + 20)])

    begin(page, stream)
    expect(page.locator(".step-count")).to_contain_text("of 2000")
    expect(page.locator(".verdict")).to_contain_text("Differs at step 901")
    assert page.get_by_role("option").count() < 60
    page.locator("trace-player").focus()
    page.keyboard.press("Home")
    slowest = page.evaluate(
        """async () => {
          const player = document.querySelector("trace-player");
          let slowest = 0;
          for (let step = 0; step < 30; step++) {
            const start = performance.now();
            player.dispatchEvent(new KeyboardEvent(
              "keydown", {key: "ArrowRight", bubbles: true, cancelable: true}));
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            slowest = Math.max(slowest, performance.now() - start);
          }
          return slowest;
        }"""
    )
    expect(page.locator(".step-count")).to_have_text("Step 31 of 2000")
    assert slowest < 2000  # a step that a person would call hanging, on a busy machine too


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_comparison_has_no_accessibility_violations(
    chromium: Browser, live_site: Site, width: int, scheme: str
) -> None:
    with chromium.new_context(
        base_url=live_site.base_url,
        viewport={"width": width, "height": 740},
        color_scheme=scheme,  # type: ignore[arg-type]  # parametrised
        bypass_csp=True,
    ) as context:
        page = context.new_page()
        begin(page, lambda run: whole(run, wrong_count()))
        page.get_by_role("button", name="Jump there").first.click()
        expect(page.locator(".step-count")).to_contain_text(f"Step {WRONG_AT + 1} of")
        check_accessibility(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_shows_one_lane_and_always_the_verdict(chromium: Browser, live_site: Site) -> None:
    with chromium.new_context(
        base_url=live_site.base_url, viewport={"width": 360, "height": 740}, has_touch=True
    ) as phone:
        page = phone.new_page()
        begin(page, lambda run: whole(run, wrong_count()))
        verdict = page.locator(".strip-verdict")
        expect(verdict).to_contain_text("Differs at step")
        for position in ("0", "document.body.scrollHeight"):
            page.evaluate(f"scrollTo(0, {position})")
            expect(verdict).to_be_in_viewport(ratio=1)
        verdict.get_by_role("button", name="Jump there").tap()
        chips = page.get_by_role("group", name="Variables at this step")
        expect(chips).to_contain_text("predicted 1")
        expect(chips).to_contain_text("actual 2")
        expect(page.locator(".now-of-actual")).to_be_visible()
        expect(page.locator(".now-of-predicted")).to_be_hidden()
        page.get_by_role("radio", name="Predicted, not executed").check(force=True)
        expect(page.locator(".now-of-predicted")).to_be_visible()
        expect(page.locator(".now-of-actual")).to_be_hidden()
