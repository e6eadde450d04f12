"""A solve run through everything: page, queue, workers, boxes, event log.

The model is the scripted stand-in: it answers wrongly once, then right.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack.harness import Browser, Site, site

pytestmark = [pytest.mark.stack, pytest.mark.sandbox, pytest.mark.timeout(300)]

PROBLEM = {"text": "Write a function add(a, b).", "tests": "assert add(40, 2) == 42"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("solve")
    with site(folder, SOLVE_MODEL="fake", DEBUG="1") as running:
        running.add_worker("sandbox", "sandbox", "-P", "prefork", "-c", "1")
        running.add_worker("model", "model,default", "-P", "threads", "-c", "4")
        yield running


@pytest.fixture
def browser(made: Site) -> Iterator[Browser]:
    found = Browser(made)
    found.visit()
    found.open()
    yield found
    found.close()


def start(browser: Browser, **options: Any) -> None:
    problem = {**PROBLEM, "options": options}
    browser.send(type="run.start", ref="1", kind="solve", problem=problem)
    answer = browser._next(timeout_s=10)
    assert answer["type"] == "run.accepted", answer
    browser.run_id = answer["run_id"]


def of(browser: Browser, lane: str, kind: str) -> list[dict[str, Any]]:
    return [event for event in browser.lanes.get(lane, []) if event["type"] == kind]


def test_a_problem_is_solved_with_one_repair(browser: Browser) -> None:
    start(browser)
    browser.read_to_the_end()
    assert browser.status() == "succeeded"
    [solved] = of(browser, "main", "solve.finished")
    assert (solved["outcome"], solved["best"]) == ("solved", 2)
    assert next(t["got"] for t in of(browser, "tests.1", "test.finished")) == "38"
    assert [t["verdict"] for t in of(browser, "tests.2", "test.finished")] == ["passed"] * 3
    assert of(browser, "actual.2", "trace.finished")[0]["status"] == "ok"
    assert browser.repeated == []


def test_a_worker_that_dies_while_tests_run_is_replaced(made: Site, browser: Browser) -> None:
    start(browser)
    browser.read(until=lambda: of(browser, "answer.1", "answer.finished"))
    worker = made.workers["sandbox"]
    worker.send(signal.SIGKILL)
    worker.wait()
    worker.start()
    browser.read_to_the_end(seconds=120)
    assert browser.status() == "succeeded"
    assert len(of(browser, "tests.1", "tests.finished")) == 1
    assert browser.repeated == []


def test_a_stop_reaches_a_solve_run(browser: Browser) -> None:
    start(browser)
    browser.read(until=lambda: of(browser, "main", "stage.started"))
    browser.send(type="run.cancel", run_id=browser.run_id)
    browser.read_to_the_end()
    assert browser.status() in {"cancelled", "succeeded"}
