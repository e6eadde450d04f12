"""What a prompt of a session is about: a problem of the bank, how it was asked, and what failed.

A `Spec` travels as a line of JSON and is enough to make the problem, its tests and the
conversation again, token for token.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

from traces.codecs.chat import ChatMessage
from traces.prompts.solve import Failure, first_messages, repair_messages
from training.posttrain.checks import Test
from training.posttrain.execution import CallQuestion, ObjectQuestion, ProgramQuestion
from training.problems.asking import TRAINING, Asked, Manner, ask
from training.problems.family import Kind, load_families
from training.problems.heldout import SEED, Part
from training.problems.instance import Case, Instance, draw
from training.problems.split import held_out_wordings, is_held_out
from training.problems.stream import (
    TaskName,
    assert_trainable,
    family_named,
    training_tasks,
)
from training.problems.task import Task

#: `train` is learned from; the others are held out and only measured.
Role = Literal["train", "wordings", "families"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One prompt. `given` tests are shown in held-out problems (-1: as training draws them).

    From the second `attempt` on, `answer`, `call`, `expected` and `got` tell what failed before,
    and `tests` are those of the model's own that have to pass as well.
    """

    role: Role
    family: str
    wording: int
    seed: str
    given: int = -1
    reasoning: bool = True
    attempt: int = 1
    answer: str = ""
    call: str = ""
    expected: str = ""
    got: str = ""
    problem: str = ""
    tests: str = ""
    function: str = ""

    @property
    def task(self) -> str:
        """The problem's name: the same for all attempts at it."""
        return f"{self.family}/{self.wording}/{self.seed}/{self.given}"

    def as_row(self) -> dict[str, Any]:
        """The spec as plain data."""
        return asdict(self)


def problem_of(spec: Spec) -> Asked:
    """The problem. Raises `HeldOutError` for one to be learned from that is held out."""
    if spec.role == "train":
        assert_trainable(family_named(spec.family), [spec.wording])
    return _problem(spec.family, spec.wording, spec.seed, spec.given)


@lru_cache(maxsize=4096)
def _problem(family: str, wording: int, seed: str, given: int) -> Asked:
    manner = TRAINING if given < 0 else Manner(plain=True, given=given)
    return ask(draw(family_named(family), seed), wording, seed, manner)


def messages_of(spec: Spec, asked: Asked) -> list[ChatMessage]:
    """The conversation that the site would hold."""
    if spec.attempt == 1:
        return first_messages(asked.problem)
    failure = Failure(spec.answer, spec.problem, spec.call, spec.expected, spec.got)
    return repair_messages(asked.problem, failure)


def task_of(spec: Spec, asked: Asked) -> Task:
    """The problem with its hidden tests."""
    instance = asked.instance
    is_named = asked.statement.is_named or bool(asked.given or asked.problem.signature)
    return Task(
        name=spec.task,
        family=instance.family.name,
        theme=instance.family.theme,
        kind=instance.family.kind,
        prompt=asked.problem.text,
        is_named=is_named,
        entry=instance.entry,
        reference=instance.solutions[0],
        instance=instance,
    )


def hidden_tests(instance: Instance, entry: str) -> list[Test]:
    """All tests of the problem, for an answer that calls its function or class `entry`."""
    return [Test(question_of(instance, case, entry), case.expected) for case in instance.cases]


def question_of(
    instance: Instance, case: Case, entry: str
) -> CallQuestion | ObjectQuestion | ProgramQuestion:
    """A test's question."""
    match instance.family.kind:
        case Kind.FUNCTION:
            return CallQuestion(entry, case.arguments)
        case Kind.CLASS:
            *made, calls = case.arguments
            return ObjectQuestion(entry, tuple(made), tuple(map(tuple, calls)))
    return ProgramQuestion(case.arguments[0])


def training_specs(seed: object, count: int, *, reasoning_share: float = 0.8) -> list[Spec]:
    """Problems to learn from."""
    rng = random.Random(f"specs:{seed}")  # noqa: S311  # no secret
    return [
        Spec("train", *name, reasoning=rng.random() < reasoning_share)
        for name in islice(training_tasks(seed), count)
    ]


def heldout_specs(given: int = 0) -> Iterator[Spec]:
    """The development set (`training.problems.heldout`), with some of its tests given."""
    for family in load_families():
        part = Part.FAMILIES if is_held_out(family) else Part.WORDINGS
        for wording in held_out_wordings(family):
            name = TaskName(family.name, wording, f"{SEED}-{wording}")
            yield Spec("families" if part is Part.FAMILIES else "wordings", *name, given=given)


def watched_specs(each: int) -> list[Spec]:
    """A sample of the development set, the same every time: how the run is doing."""
    rng = random.Random("watched")  # noqa: S311  # no secret
    specs = list(heldout_specs())
    parts = [[s for s in specs if s.role == role] for role in ("wordings", "families")]
    return [spec for part in parts for spec in rng.sample(part, min(each, len(part)))]
