"""Solve runs without Redis, database or site: the same stages, the same machine, the same ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from playground.runs.problem_input import granted_plan
from playground.runs.solve_events import Problem, SolveOptions
from traces.codecs.chat import chat_codec
from workers.runtime.base import RuntimeUnavailable
from workers.runtime.chat import ChatRuntime, TokenChat
from workers.runtime.fake import FakeRuntime, answer_after_one_mistake
from workers.tasks.offline import Cancelled, OfflineHost, Solved, offline_host, solve_offline
from workers.tasks.recording import availability

pytestmark = pytest.mark.sandbox


@pytest.fixture(autouse=True)
def boxes() -> None:
    found = availability()
    if not found.ok:
        pytest.skip(f"no boxes here: {found.cause}")


@pytest.fixture
def host() -> Iterator[OfflineHost]:
    with offline_host() as made:
        yield made


def scripted(fake: FakeRuntime) -> Callable[[int], ChatRuntime]:
    chat = TokenChat(fake, fake.tokenizer, chat_codec(fake.tokenizer))
    return lambda _: chat


def solve(host: OfflineHost, fake: FakeRuntime, problem: Problem) -> Solved:
    plan = granted_plan(problem.options, predicts=False)
    return solve_offline(problem, plan, host, scripted(fake))


def test_a_wrong_answer_is_repaired_and_both_are_kept(host: OfflineHost) -> None:
    solved = solve(host, FakeRuntime(answer_after_one_mistake), Problem(text="Add."))
    assert [a.finished.verdict for a in solved.attempts] == ["red", "green"]
    assert (solved.finished.outcome, solved.finished.best) == ("solved", 2)
    assert "a - b" in solved.first_code
    assert "a + b" in solved.final_code
    assert solved.finished.usage["attempts"] == 2


def test_nothing_of_a_run_stays_in_memory(host: OfflineHost) -> None:
    solve(host, FakeRuntime(answer_after_one_mistake), Problem(text="Add."))
    assert host.log._lanes == {}


def test_no_code_at_all_leaves_nothing_behind(host: OfflineHost) -> None:
    fake = FakeRuntime(lambda _: "</think>I would rather not.<|eot_id|>")
    solved = solve(host, fake, Problem(text="Add.", options=SolveOptions(attempts=2)))
    assert [a.finished.verdict for a in solved.attempts] == ["no_code", "no_code"]
    assert (solved.first_code, solved.final_code) == ("", "")


def test_a_model_server_that_is_lost_is_no_failure_of_the_model(host: OfflineHost) -> None:
    fake = FakeRuntime(answer_after_one_mistake, dies_after=5)
    with pytest.raises(RuntimeUnavailable, match="stopped answering"):
        solve(host, fake, Problem(text="Add."))


def test_a_host_that_is_cancelled_ends_runs_whose_model_still_writes(host: OfflineHost) -> None:
    fake = FakeRuntime(lambda _: "word " * 100_000, delay_s=0.01)
    ends: list[BaseException] = []

    def run() -> None:
        try:
            solve(host, fake, Problem(text="Add."))
        except Cancelled as cancelled:
            ends.append(cancelled)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 30
    while not fake.running and time.monotonic() < deadline:
        time.sleep(0.01)
    host.cancel()
    thread.join(60)
    assert [type(end) for end in ends] == [Cancelled]
