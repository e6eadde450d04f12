"""No forgery passes where the judge separates processes; each works where it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.forging.forgeries import FORGERIES, SECRETS, Forgery
from tests.attacks.harness import busy
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits, SandboxConfig
from workers.sandbox.exercise import (
    CallCase,
    CallExercise,
    Exercise,
    InProcessExercise,
    IoCase,
    IoExercise,
    JudgeEvent,
    JudgeResult,
    Returns,
    UnittestExercise,
)
from workers.sandbox.judge import judge
from workers.sandbox.judge_box import BoxSource, cold_boxes
from workers.sandbox.probe import probe

pytestmark = pytest.mark.sandbox

LIMITS = Limits(wall_s=2.0, cpu_s=3)
TESTS = "import unittest\nimport solution\n\nclass TestSolve(unittest.TestCase):\n" + "\n".join(
    f"    def test_{name}(self):\n        self.assertEqual(solution.solve({n}), {SECRETS[n]})"
    for name, n in (("three", 3), ("four", 4))
)
KINDS: dict[str, Exercise] = {
    "io": IoExercise(
        tuple(IoCase(str(n), f"{n}\n", f"{secret}\n") for n, secret in SECRETS.items()),
        limits=LIMITS,
    ),
    "calls": CallExercise(
        tuple(CallCase(str(n), "solve", (n,), Returns(secret)) for n, secret in SECRETS.items()),
        limits=LIMITS,
    ),
    "unittest": UnittestExercise(TESTS, limits=LIMITS),
    "inprocess": InProcessExercise(TESTS, limits=LIMITS),
}
#: A program of kind `io` calls its own `solve`, so that the same forgery is made there.
MAIN = "\nif __name__ == '__main__':\n    print(solve(int(input())))\n"


@pytest.fixture(scope="module")
def source_of_boxes() -> Iterator[BoxSource]:
    available = probe(SandboxConfig())
    if not available.ok:
        pytest.skip(f"no boxes here: {available.cause} {available.remedy}")
    with busy():
        yield cold_boxes(SandboxConfig())


@pytest.fixture
def cancel() -> Iterator[CancelToken]:
    token = CancelToken()
    yield token
    token.close()


def run(kind: str, source: str, boxes: BoxSource, cancel: CancelToken) -> JudgeResult:
    events: list[JudgeEvent] = []
    return judge(KINDS[kind], source + MAIN, on_event=events.append, cancel=cancel, boxes=boxes)


@pytest.mark.parametrize("kind", ["io", "calls", "unittest"])
@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_a_forgery_passes_no_case(
    forgery: Forgery, kind: str, source_of_boxes: BoxSource, cancel: CancelToken
) -> None:
    result = run(kind, forgery.source, source_of_boxes, cancel)
    assert result.integrity == "separate"
    assert len(result.cases) == len(SECRETS)
    assert [case.verdict for case in result.cases if case.passed] == []
    assert not result.passed
    assert bool(result.violation) == (forgery.violates and kind != "io")


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_the_same_program_works_in_process(
    forgery: Forgery, source_of_boxes: BoxSource, cancel: CancelToken
) -> None:
    result = run("inprocess", forgery.source, source_of_boxes, cancel)
    assert result.integrity == "self_reported"
    if forgery.wins:
        assert result.passed, result
    elif forgery.verdict:
        assert {case.verdict.value for case in result.cases} == {forgery.verdict}
    else:
        written = result.message + "".join(case.stdout + case.message for case in result.cases)
        assert forgery.shows in written, result


def test_there_are_at_least_21_forgeries_and_none_knows_the_answers() -> None:
    assert len({forgery.name for forgery in FORGERIES}) == len(FORGERIES) >= 21
    assert sum(forgery.wins for forgery in FORGERIES) >= 10
    for forgery in FORGERIES:
        assert forgery.wins or forgery.shows or forgery.verdict
        for secret in SECRETS.values():
            assert str(secret) not in forgery.source


def test_the_right_values_pass_every_kind(source_of_boxes: BoxSource, cancel: CancelToken) -> None:
    honest = f"def solve(n):\n    return {SECRETS!r}[n]\n"
    for kind in KINDS:
        assert run(kind, honest, source_of_boxes, cancel).passed, kind
