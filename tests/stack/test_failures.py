"""Whatever dies, nothing that the page shows is lost or doubled.

Each test runs the real site (Redis, web, workers, boxes as processes) and kills a part of it while
a program runs. The program's trace is known, so "nothing lost" is checked step by step.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.stack.harness import ENDLESS, QUICK, SLOW, Browser, Site, site, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.sandbox, pytest.mark.timeout(240)]

#: call, `total = 0`, then per turn the `for` line, the sleep and the addition, the last `for`,
#: `return`, and the return event.
SLOW_STEPS = 1 + 1 + 60 * 3 + 1 + 1 + 1
SLOW_VALUE = str(sum(range(60)))


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for the module: starting one takes longer than most tests."""
    with site(tmp_path_factory.mktemp("site")) as made:
        made.add_default_workers()
        yield made


@pytest.fixture
def running(shared_site: Site) -> Site:
    """The site with everything alive."""
    shared_site.heal()
    return shared_site


OpenBrowser = Callable[[Site], Browser]


@pytest.fixture
def open_browser() -> Iterator[OpenBrowser]:
    """Browsers of people who are new to the site."""
    with ExitStack() as stack:

        def make(where: Site) -> Browser:
            made = Browser(where)
            stack.callback(made.close)
            made.visit()
            made.open()
            return made

        yield make


@pytest.fixture
def browser(running: Site, open_browser: OpenBrowser) -> Browser:
    return open_browser(running)


@pytest.fixture
def second_tab(running: Site) -> Iterator[Browser]:
    """A tab that is not connected yet; `become` gives it a person."""
    made = Browser(running)
    yield made
    made.close()


def check_slow_run(browser: Browser) -> None:
    """The page shows the whole trace once, and the run succeeded."""
    assert browser.steps() == list(range(SLOW_STEPS))
    assert browser.returned() == SLOW_VALUE
    assert browser.trace_end()["status"] == "ok"
    assert browser.status() == "succeeded"
    assert browser.repeated == []


def start_slow_run(browser: Browser, *, steps: int = 20) -> None:
    """Start the slow program and read until it is well under way."""
    browser.start(SLOW)
    browser.read(until=lambda: len(browser.steps()) >= steps)


def pools_with_boxes(running: Site) -> set[int]:
    """Process ids of the sandbox worker's pool processes that have a box now."""
    worker = psutil.Process(running.workers["sandbox"].pid)
    boxes = {box.pid for box in running.boxes()}
    return {
        pool.pid
        for pool in worker.children()
        if boxes & {child.pid for child in pool.children(recursive=True)}
    }


def test_frames_arrive_while_the_program_runs(browser: Browser) -> None:
    start_slow_run(browser)
    assert browser.status() == ""
    browser.read_to_the_end()
    check_slow_run(browser)


def test_a_reconnect_storm_loses_and_doubles_nothing(browser: Browser) -> None:
    browser.start(SLOW)
    for _ in range(25):
        browser.reconnect()
        browser.read_more()
    browser.read_to_the_end()
    check_slow_run(browser)


def test_a_late_viewer_sees_the_whole_run(browser: Browser, second_tab: Browser) -> None:
    start_slow_run(browser)
    second_tab.become(browser)
    second_tab.open()
    second_tab.resume()
    second_tab.read_to_the_end()
    check_slow_run(second_tab)


def test_a_finished_run_is_read_from_the_database(
    running: Site, browser: Browser, second_tab: Browser
) -> None:
    browser.start(QUICK)
    browser.read_to_the_end()
    running.redis.flush()
    second_tab.become(browser)
    second_tab.open()
    second_tab.resume()
    second_tab.read_to_the_end()
    assert second_tab.lanes == browser.lanes


def test_a_killed_web_process_costs_a_pause_only(running: Site, browser: Browser) -> None:
    start_slow_run(browser)
    running.web.send(signal.SIGKILL)
    running.web.wait()
    running.start_web()
    browser.read_to_the_end()
    check_slow_run(browser)


def test_a_stopping_web_process_tells_its_viewers_to_come_back(
    running: Site, browser: Browser
) -> None:
    start_slow_run(browser)
    running.web.signal_main(signal.SIGTERM)
    running.web.wait()
    running.start_web()
    browser.read_to_the_end()
    assert browser.closed_with == 1012
    check_slow_run(browser)


@pytest.mark.parametrize("persistent", [True, False], ids=["aof", "no-persistence"])
def test_a_killed_redis_costs_a_pause_only(
    tmp_path: Path, open_browser: OpenBrowser, persistent: bool
) -> None:
    with site(tmp_path, persistent_redis=persistent) as made:
        made.add_default_workers()
        browser = open_browser(made)
        start_slow_run(browser)
        made.redis.kill()
        time.sleep(0.5)
        made.redis.start()
        browser.read_to_the_end()
        check_slow_run(browser)


def test_a_queued_run_survives_the_loss_of_the_queue(
    tmp_path: Path, open_browser: OpenBrowser
) -> None:
    with site(tmp_path, persistent_redis=False) as made:
        browser = open_browser(made)
        browser.start(QUICK)
        made.redis.kill()
        made.redis.start()
        made.add_default_workers()
        browser.reconnect()
        browser.read_to_the_end()
        assert browser.status() == "succeeded"
        assert browser.returned() == "2"


def test_a_killed_worker_is_replaced_and_its_box_dies_with_it(
    running: Site, browser: Browser
) -> None:
    start_slow_run(browser)
    boxes = running.boxes()
    assert boxes
    running.workers["sandbox"].send(signal.SIGKILL)
    running.workers["sandbox"].wait()
    wait_until(lambda: not any(box.is_running() for box in boxes), what="the box is gone")
    running.add_worker("sandbox-2", "sandbox", "-P", "prefork", "-c", "2")
    browser.read_to_the_end()
    assert browser.resets == 1
    check_slow_run(browser)


def test_a_killed_pool_process_is_replaced_by_the_next_attempt(
    running: Site, browser: Browser
) -> None:
    start_slow_run(browser, steps=5)
    # The other pool process tries a box of its own when it starts.
    wait_until(lambda: len(pools_with_boxes(running)) == 1, what="the run's box is the only one")
    (pool_process,) = pools_with_boxes(running)
    os.kill(pool_process, signal.SIGKILL)
    browser.read_to_the_end()
    assert browser.resets == 1
    check_slow_run(browser)


def test_a_stopped_worker_that_wakes_up_is_fenced(running: Site, browser: Browser) -> None:
    start_slow_run(browser)
    running.workers["sandbox"].send(signal.SIGSTOP)
    running.add_worker("sandbox-2", "sandbox", "-P", "prefork", "-c", "2")
    browser.read(until=lambda: browser.resets == 1, seconds=60)
    running.workers["sandbox"].send(signal.SIGCONT)
    browser.read_to_the_end()
    assert browser.resets == 1
    check_slow_run(browser)


def test_a_worker_that_is_told_to_stop_hands_its_runs_over(running: Site, browser: Browser) -> None:
    browser.start(ENDLESS)
    browser.read(until=lambda: len(browser.steps()) >= 5)
    running.workers["sandbox"].signal_main(signal.SIGTERM)
    running.add_worker("sandbox-2", "sandbox", "-P", "prefork", "-c", "2")
    browser.read(until=lambda: browser.resets == 1, seconds=60)
    assert running.workers["sandbox"].wait(timeout_s=30) == 0
    browser.send(type="run.cancel", run_id=browser.run_id)
    browser.read_to_the_end()
    assert browser.status() == "cancelled"


def test_stop_kills_the_box_and_ends_the_log(running: Site, browser: Browser) -> None:
    browser.start(ENDLESS)
    browser.read(until=lambda: len(browser.steps()) >= 5)
    boxes = running.boxes()
    assert boxes
    browser.send(type="run.cancel", run_id=browser.run_id)
    browser.read(until=lambda: browser.status() == "cancelled", seconds=10)
    wait_until(lambda: not any(box.is_running() for box in boxes), what="the box is gone")
    browser.read_to_the_end()
    assert browser.lanes["main"][-1]["type"] == "run.finished"
    assert browser.trace_end()["status"] == "cancelled"
    steps = browser.steps()
    assert steps == list(range(len(steps)))


def test_stop_works_on_a_run_that_waits(running: Site, browser: Browser) -> None:
    running.workers["sandbox"].send(signal.SIGSTOP)
    browser.start(QUICK)
    browser.send(type="run.cancel", run_id=browser.run_id)
    browser.read_to_the_end()
    assert browser.status() == "cancelled"
    running.workers["sandbox"].send(signal.SIGCONT)
    time.sleep(1)
    assert browser.steps() == []


def test_a_viewer_that_does_not_read_slows_nobody(browser: Browser, second_tab: Browser) -> None:
    browser.start(SLOW)
    second_tab.become(browser)
    second_tab.open()
    second_tab.resume()  # and does not read
    browser.read_to_the_end()
    check_slow_run(browser)
    second_tab.read_to_the_end()
    check_slow_run(second_tab)


def test_armed_boxes_serve_runs_and_die_with_their_worker(
    tmp_path: Path, open_browser: OpenBrowser
) -> None:
    with site(tmp_path, SANDBOX_POOL_SIZE="2") as made:
        made.add_default_workers()
        wait_until(made.boxes, what="armed boxes")
        browser = open_browser(made)
        start_slow_run(browser)
        boxes = made.boxes()
        made.workers["sandbox"].send(signal.SIGKILL)
        made.workers["sandbox"].wait()
        wait_until(lambda: not any(box.is_running() for box in boxes), what="the boxes are gone")
        made.heal()
        browser.read_to_the_end()
        assert browser.resets == 1
        check_slow_run(browser)
