"""The page for problems as `make run` starts it: the pocket model answers first, then SmolLM2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_access import check_accessibility
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


OWN_TESTS = "the model\N{RIGHT SINGLE QUOTATION MARK}s own tests"

#: Every word that may stand over a finished run, with what has to be true of its tests.
OUTCOMES = {
    "Every test passes": "all",
    f"Passes {OWN_TESTS}": "all",
    "All given tests pass": "some",
    f"Code, but {OWN_TESTS} disagree": "some",
    "Code, but nothing checked it": "none",
    "Not solved": "some",
}


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
            "SOLVE_MODEL": "model+smollm2",
            "SOLVE_MODEL_PATH": str(SMALL),
            "SOLVE_URL": small,
        }
        made = stack.enter_context(site(folder, SANDBOX_POOL_SIZE="1", **models))
        made.add_default_workers()
        yield made


@pytest.fixture
def solution(page: Page) -> Locator:
    return page.get_by_role("region", name="Solution")


def ask(page: Page, text: str, tests: str = "") -> None:
    page.goto("/solve/")
    page.get_by_label("Problem in words").fill(text)
    page.get_by_label("Tests (optional").fill(tests)
    page.get_by_role("button", name="Solve", exact=False).click()


def check_the_outcome_is_honest(page: Page) -> str:
    """The word over a finished run says no more than its tests do. Gives that word."""
    status = page.locator(".solve-head .status")
    expect(status).to_have_text(re.compile("|".join(OUTCOMES)), timeout=240_000)
    word = status.inner_text().strip()
    rows = page.locator("table.tests tbody tr:not(.test-details)")
    verdicts = [row.get_attribute("data-verdict") for row in rows.all()]
    origins = [row.locator(".test-origin").first.inner_text() for row in rows.all()]
    given = [
        verdict for verdict, origin in zip(verdicts, origins, strict=True) if "given" in origin
    ]
    if OUTCOMES[word] == "all":
        assert verdicts
        assert set(verdicts) == {"passed"}
    if OUTCOMES[word] == "some":
        assert set(verdicts) != {"passed"}
    if word == "Every test passes":
        assert given, "tests that the model made up itself prove no solution"
    if word == "All given tests pass":
        assert set(given) == {"passed"}
    if word in (f"Passes {OWN_TESTS}", f"Code, but {OWN_TESTS} disagree"):
        assert not given
    return word


@pytest.mark.parametrize("tests", ["", "assert fibonacci(10) == 55"], ids=["no test", "a test"])
def test_a_newcomers_problem_goes_from_words_to_tested_and_traced_code(
    page: Page, solution: Locator, tests: str
) -> None:
    """What small models write is not asserted, only that all of it is shown and nothing claimed."""
    ask(page, "Write a function that returns the n-th Fibonacci number", tests)
    expect(solution.get_by_text("Pocket world model").first).to_be_visible(timeout=60_000)
    reasoning = page.get_by_role("region", name="Reasoning of the model")
    expect(reasoning).to_have_text(re.compile(r"\w+ \w+"), timeout=60_000)
    code = page.get_by_role("region", name="Code of attempt", exact=False)
    expect(code.first).to_contain_text("def ", timeout=60_000)
    word = check_the_outcome_is_honest(page)
    if tests:
        assert word in ("Every test passes", "All given tests pass", "Not solved")
    row = page.locator("table.tests tbody tr").first
    expect(row).to_contain_text(re.compile("Passed|Wrong result|Error|Ran out of time"))
    expect(row).to_contain_text(re.compile("as predicted|predicted wrongly|no prediction"))
    expect(solution).to_contain_text("Budget left")
    trace = page.get_by_role("region", name="Trace", exact=True)
    expect(trace).to_contain_text("Pocket world model")
    expect(trace).to_contain_text("Predicted, not executed")
    expect(trace).to_contain_text(re.compile(r"CPython 3\.11"))
    expect(trace).to_contain_text("Step 1 of")
    check_accessibility(page)


def test_after_five_attempts_of_one_model_another_takes_the_last_and_each_is_named(
    page: Page, solution: Locator
) -> None:
    """No program passes both tests, so that all six attempts are made."""
    ask(
        page,
        "Write a function that returns the double of a number",
        "assert double(2) == 4\nassert double(3) == 7",
    )
    status = page.locator(".solve-head .status")
    expect(status).to_have_text("Not solved", timeout=240_000)
    expect(solution).to_contain_text(
        re.compile(r"Pocket world model \d+ \(attempts 1.5\), SmolLM2")
    )
    expect(solution).to_contain_text("All 6 attempts are used up.")
    attempts = page.get_by_role("list", name="Attempts").get_by_role("button")
    expect(attempts).to_have_count(6)
    for number, attempt in enumerate(attempts.all()):
        expect(attempt).to_contain_text("SmolLM2" if number == 5 else "Pocket world model")
        expect(attempt).to_be_in_viewport(ratio=1)
    attempts.first.focus()
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(attempts.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(attempts.last).to_have_attribute("aria-pressed", "true")
    expect(attempts.last).to_contain_text("begins anew")
    expect(solution).to_contain_text("Another model begins anew after attempt 5")
    assert check_the_outcome_is_honest(page) == "Not solved"
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    check_accessibility(page)
