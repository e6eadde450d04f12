"""Solve runs through real stages, boxes and logs; only the model is a script, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from playground.runs import services
from playground.runs.events import (
    LogEvent,
    RunFinished,
    StageFinished,
    TraceFinished,
    TraceStarted,
)
from playground.runs.models import Run
from playground.runs.solve_events import (
    AnswerDelta,
    AnswerFinished,
    AttemptFinished,
    AttemptStarted,
    GivenTest,
    Problem,
    SolveFinished,
    SolveOptions,
    TestFinished,
)
from tests.people import Person, Queue
from traces.codecs.chat import chat_codec
from webapp.celery import app
from workers.runtime.chat import TokenChat
from workers.runtime.fake import FakeRuntime, answer_after_one_mistake
from workers.tasks import answering
from workers.tasks.process import WorkerProcess
from workers.tasks.recording import availability
from workers.tasks.traced import lane_events

pytestmark = [pytest.mark.redis, pytest.mark.sandbox]

Script = Callable[[str], str]
ADD = Problem(text="Write a function add(a, b) that adds two numbers.")
RIGHT = "def add(a, b):\n    return a + b\n"
END = "<|eot_id|>"


def says(code: str, tests: str = "assert add(1, 2) == 3", *, fence: str = "python tests") -> str:
    """A well-formed answer."""
    return f"</think>```python\n{code}```\n```{fence}\n{tests}\n```\n{END}"


@pytest.fixture(autouse=True)
def boxes() -> None:
    found = availability()
    if not found.ok:
        pytest.skip(f"no boxes here: {found.cause}")


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Callable[[Script], None]]:
    """Sets what the stand-in for a model answers."""
    settings.SOLVE_MODEL = "fake"

    def use(script: Script, **options: Any) -> FakeRuntime:
        fake = FakeRuntime(script, **options)
        chat = TokenChat(fake, fake.tokenizer, chat_codec(fake.tokenizer))
        monkeypatch.setattr(answering, "configured_solver", lambda: chat)
        return fake

    yield use  # type: ignore[misc]  # the result is looked at by few


def works(queue: Queue, *, limit: int = 40) -> list[str]:
    """Do what waits in the queues until nothing does; the stages' names in order."""
    done = []
    app.loader.import_default_modules()
    for _ in range(limit):
        waiting = [m for name in ("model", "sandbox") for m in queue.messages(name)]
        queue.clear()
        if not waiting:
            return done
        for name, arguments in waiting:
            done.append(f"{name.removeprefix('runs.')}.{arguments['number']}")
            app.tasks[name].run(**arguments)
    pytest.fail("the run goes on and on")


def solve(person: Person, problem: Problem = ADD, **options: Any) -> Run:
    changed = Problem(
        text=problem.text,
        form=problem.form,
        signature=problem.signature,
        tests=problem.tests,
        rows=problem.rows,
        options=SolveOptions(**options),
    )
    return services.start_run(kind="solve", problem=changed, visitor=person.visitor)


def main(run: Run) -> list[LogEvent]:
    return services.event_log().main_events(run.public_id)


def lane(run: Run, name: str) -> list[Any]:
    return list(lane_events(services.event_log(), run.public_id, name))


def ends(run: Run) -> tuple[SolveFinished, RunFinished]:
    *_, solved, end = main(run)
    assert isinstance(solved, SolveFinished)
    assert isinstance(end, RunFinished)
    return solved, end


def verdicts(run: Run) -> dict[int, str]:
    return {e.number: e.verdict for e in main(run) if isinstance(e, AttemptFinished)}


def test_a_wrong_answer_is_judged_traced_and_repaired(
    worker: WorkerProcess, queue: Queue, alice: Person, solver: Any
) -> None:
    solver(answer_after_one_mistake)
    run = solve(alice)
    stages = works(queue)
    assert stages == [
        "generate_answer.1", "run_tests.1", "record_trace.1",
        "generate_answer.2", "run_tests.2", "record_trace.2",
    ]  # fmt: skip
    assert verdicts(run) == {1: "red", 2: "green"}
    solved, end = ends(run)
    assert (solved.outcome, solved.best, end.status) == ("solved", 2, "succeeded")
    started = lane(run, "answer.2")[0]
    assert isinstance(started, AttemptStarted)
    assert (started.parent, started.candidate) == (1, 1)
    assert "add(1, 2) gave -1, not 3" in started.reason
    tests = [e for e in lane(run, "tests.1") if isinstance(e, TestFinished)]
    assert [(t.id, t.verdict, t.got, t.expected) for t in tests] == [
        ("own-1", "failed", "-1", "3"),
        ("own-2", "passed", "5", "5"),
    ]
    trace = lane(run, "actual.1")
    assert isinstance(trace[0], TraceStarted)
    assert (trace[0].entry, trace[0].test) == ("add(1, 2)", "own-1")
    assert isinstance(trace[-1], TraceFinished)
    assert trace[-1].status == "ok"
