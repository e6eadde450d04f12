"""Runs with a second solver for what the first leaves red; both models are scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from playground.runs.solve_events import AnswerFinished, AttemptStarted, Problem
from tests.people import Person, Queue
from tests.workers.tasks.test_solving import ends, lane, says, solve, verdicts, works
from traces.codecs.chat import chat_codec
from workers.runtime.base import RuntimeInfo, RuntimeUnavailable
from workers.runtime.chat import TokenChat
from workers.runtime.fake import FakeRuntime
from workers.tasks import answering, solve_models
from workers.tasks.process import WorkerProcess
from workers.tasks.recording import availability

pytestmark = [pytest.mark.redis, pytest.mark.sandbox]

PLAIN = Problem(text="Add two numbers.")
WRONG = "def add(a, b):\n    return a - b\n"
END = "<|eot_id|>"


def direct(code: str) -> str:
    return says(code).removeprefix("</think>")


class Named(TokenChat):
    """A stand-in with a name."""

    def __init__(self, name: str, script: Callable[[str], str], *, small: bool = False) -> None:
        fake = FakeRuntime(script)
        super().__init__(fake, fake.tokenizer, chat_codec(fake.tokenizer))
        self._name, self._small = name, small

    @property
    def is_small(self) -> bool:
        return self._small

    async def info(self) -> RuntimeInfo:
        return RuntimeInfo(engine="script", model=self._name, context_tokens=100_000)


@pytest.fixture(autouse=True)
def boxes() -> None:
    found = availability()
    if not found.ok:
        pytest.skip(f"no boxes here: {found.cause}")


@pytest.fixture
def solvers(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[..., None]:
    """Sets the two models; an exception is one that cannot be had."""
    settings.SOLVE_MODEL = "model+smollm2"

    def use(*both: TokenChat | RuntimeUnavailable) -> None:
        def find(turn: int) -> TokenChat:
            found = both[turn]
            if isinstance(found, RuntimeUnavailable):
                raise found
            return found

        monkeypatch.setattr(answering, "configured_solver", find)

    return use


def asked_models(run: Any, count: int) -> list[str]:
    started = [lane(run, f"answer.{number}")[0] for number in range(1, count + 1)]
    return [e.model if isinstance(e, AttemptStarted) else "" for e in started]


def continues(prompt: str) -> str:
    """A small model that adds: the first words of its answer and of its tests are given."""
    if prompt.endswith("assert add("):
        return f"2, 3) == 5\n```\n{END}"
    assert prompt.endswith("```python\ndef add(")
    return f"x, y):\n    return x + y\n```\n{END}"


def test_the_second_begins_anew_where_the_first_stays_red(
    worker: WorkerProcess, queue: Queue, alice: Person, solvers: Any
) -> None:
    solvers(Named("one", lambda _: direct(WRONG)), Named("two", continues, small=True))
    run = solve(alice, PLAIN, reasoning=False, attempts=4)
    works(queue)
    assert verdicts(run) == {1: "red", 2: "red", 3: "red", 4: "green"}
    assert asked_models(run, 4) == ["one", "one", "one", "two"]
    parents = [lane(run, f"answer.{number}")[0].parent for number in range(1, 5)]
    assert parents == [0, 1, 0, 0]
    assert lane(run, "answer.3")[0].reason == (
        "Begins anew, because attempt 2 repeated code that is wrong."
    )
    assert lane(run, "answer.4")[0].reason == (
        "Another model begins anew after attempt 3: add(1, 2) gave -1, not 3."
    )
    # It stands for itself: what the first one took for tests may be what was wrong.
    answer = lane(run, "answer.4")[-1]
    assert isinstance(answer, AnswerFinished)
    assert [(test.origin, test.input) for test in answer.tests] == [("own", "add(2, 3)")]
    solved, _ = ends(run)
    assert (solved.outcome, solved.best, solved.usage["attempts"]) == ("solved", 4, 4)


def test_the_second_goes_on_where_the_first_cannot_be_had_and_the_page_is_told(
    worker: WorkerProcess, queue: Queue, alice: Person, solvers: Any
) -> None:
    lost = RuntimeUnavailable("The engine does not answer.", fix="Start it.")
    solvers(lost, Named("two", lambda _: says("def add(a, b):\n    return a + b\n")))
    run = solve(alice, PLAIN)
    works(queue)
    assert verdicts(run) == {1: "error", 2: "green"}
    [failed] = lane(run, "answer.1")
    assert (failed.status, failed.message) == ("error", "The engine does not answer. Start it.")
    started = lane(run, "answer.2")[0]
    assert started.model == "two"
    assert started.reason == (
        "Another model goes on, because attempt 1 has no answer: "
        "The engine does not answer. Start it."
    )


def test_the_first_goes_on_where_the_second_cannot_be_had(
    worker: WorkerProcess, queue: Queue, alice: Person, solvers: Any
) -> None:
    one = Named("one", lambda _: says(WRONG))
    solvers(one, RuntimeUnavailable("No second one."))
    run = solve(alice, PLAIN, attempts=8)
    works(queue)
    assert verdicts(run) == {**dict.fromkeys(range(1, 9), "red"), 7: "error"}
    started = lane(run, "answer.8")[0]
    assert (started.model, started.parent) == ("one", 0)
    solved, end = ends(run)
    assert (solved.outcome, solved.best) == ("unsolved", 1)
    assert "All 8 attempts" in end.reason


def test_where_none_can_be_had_the_run_says_so(
    worker: WorkerProcess, queue: Queue, alice: Person, solvers: Any
) -> None:
    solvers(RuntimeUnavailable("Not the first."), RuntimeUnavailable("Nor the second."))
    run = solve(alice, PLAIN)
    works(queue)
    assert verdicts(run) == {1: "error", 2: "error"}
    assert ends(run)[1].reason == "Not the first."


def test_a_run_of_two_goes_on_after_the_site_was_set_to_one(settings: Any) -> None:
    settings.SOLVE_MODEL = "fake"
    solve_models._loaded.clear()
    try:
        assert solve_models.configured_solver(1) is solve_models.configured_solver(0)
        assert len(solve_models.loaded_solvers()) == 1
    finally:
        solve_models._loaded.clear()
