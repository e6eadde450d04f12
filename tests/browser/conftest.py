"""The real site in real Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.stack.harness import Site, site

#: Chromium as a test machine needs it: no calls of its own to the network.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site with all workers for the whole session; predictions come from a test script."""
    directory = tmp_path_factory.mktemp("site")
    with site(directory, MODEL_RUNTIME="fake", SANDBOX_POOL_SIZE="1") as made:
        made.add_default_workers()
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser process.

    Per module, not per session: while Playwright runs, the thread has a running event loop, and
    no asynchronous test of another module could start one.
    """
    path = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, live_site: Site) -> Iterator[BrowserContext]:
    """A person with a fresh browser profile and a desktop window."""
    made = chromium.new_context(
        base_url=live_site.base_url, viewport={"width": 1280, "height": 850}
    )
    made.grant_permissions(["clipboard-read", "clipboard-write"])
    made.set_default_timeout(30_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """A tab. An error in its console fails the test: a page that logs errors is not well."""
    made = context.new_page()
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            problems.append(message.text)

    made.on("console", note)
    made.on("pageerror", lambda error: problems.append(str(error)))
    yield made
    made.screenshot(path=tmp_path / f"{request.node.name[:80]}.png", full_page=True)
    allowed = request.node.get_closest_marker("console_may_say")
    words = allowed.args if allowed else ()
    assert [text for text in problems if not any(word in text for word in words)] == []
