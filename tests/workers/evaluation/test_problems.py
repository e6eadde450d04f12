"""Reference tests judge answers: every reference passes, and nothing else gains anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.problems.heldout import Part, as_row, heldout_tasks
from workers.evaluation.problems import (
    SOLVE_SPLITS,
    SolveSplit,
    Task,
    TaskSet,
    judge_answer,
    load_tasks,
)
from workers.evaluation.suites import FOLDER, SuiteError
from workers.sandbox.config import SandboxConfig
from workers.sandbox.judge_box import BoxSource, cold_boxes

ROOT = Path(__file__).resolve().parents[3]

ADD = Task(
    "add/0", "function", "Add.", "add", tests=("assert add(1, 2) == 3", "assert add(0, 0) == 0")
)
PILE = Task(
    "pile/0",
    "class",
    "A pile.",
    "Pile",
    is_named=False,
    tests=("pile = Pile()\npile.add(3)\nassert pile.take() == 3\n",),
)
DOUBLE = Task("double/0", "program", "Double.", tests=(("4\n", "8\n"), ("0\n", "0\n")))
CHECKED = Task(
    "checked/0",
    "checked",
    "Add.",
    "add",
    tests=("def check(candidate):\n    assert candidate(1, 2) == 3\n    assert add(1, 1) == 2\n",),
    prelude="from typing import List",
)


@pytest.fixture(scope="module")
def boxes() -> BoxSource:
    return cold_boxes(SandboxConfig())


def humaneval_or_skip(split: SolveSplit) -> TaskSet:
    try:
        return load_tasks(split, ROOT)
    except SuiteError as missing:
        if split != "humaneval":
            raise
        pytest.skip(str(missing))


@pytest.mark.sandbox
@pytest.mark.parametrize("split", SOLVE_SPLITS)
def test_reference_solutions_pass_their_hidden_tests(split: SolveSplit, boxes: BoxSource) -> None:
    tasks = humaneval_or_skip(split)
    for task in tasks.tasks[:12]:
        judged = judge_answer(task, task.reference, boxes)
        assert judged.fate == "passed", (task.name, judged.message)


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("task", "code", "fate"),
    [
        (ADD, "def add(a, b):\n    return a + b\n", "passed"),
        (ADD, "def add(a, b):\n    return 3\n", "failed"),
        (ADD, "def plus(a, b):\n    return a + b\n", "failed"),
        (ADD, "print('all tests passed')\nimport os\nos._exit(0)\n", "failed"),
        (ADD, "class Yes:\n    def __eq__(s, o):\n        return True\nadd = Yes\n", "failed"),
        (ADD, "def add(a, b):\n    while True:\n        pass\n", "failed"),
        (ADD, "this is no Python", "failed"),
        (ADD, "  \n", "no_code"),
        (PILE, "class Heap(list):\n    add = list.append\n    take = list.pop\n", "passed"),
        (PILE, "class Heap(list):\n    add = list.append\n    take = list.copy\n", "failed"),
        (PILE, "import unittest\nunittest.TestCase.run = print\n", "failed"),
        (DOUBLE, "print(int(input()) * 2)\n", "passed"),
        (DOUBLE, "print(8)\n", "failed"),
        (CHECKED, "def add(a: List, b):\n    return a + b\n", "passed"),
        (CHECKED, "def add(a, b):\n    return 3\n", "failed"),
        (CHECKED, "import sys\ndef add(a, b):\n    sys.exit(0)\n", "failed"),
    ],
)
def test_only_right_answers_pass(task: Task, code: str, fate: str, boxes: BoxSource) -> None:
    judged = judge_answer(task, code, boxes)
    assert judged.fate == fate, judged.message
    assert bool(judged.message) is (fate == "failed")


@pytest.mark.sandbox
def test_an_unnamed_function_is_the_last_that_takes_the_arguments(boxes: BoxSource) -> None:
    free = Task("add/1", "function", "Add.", "add", is_named=False, tests=ADD.tests)
    code = "def mine(a, b):\n    return a + b\n\ndef main():\n    pass\n"
    assert judge_answer(free, code, boxes).fate == "passed"


def test_the_first_tasks_are_of_as_many_families_as_there_are() -> None:
    tasks = load_tasks("held-out-families", ROOT).first(41).tasks
    assert len({task.family for task in tasks}) == 41
    assert len({t.family for t in load_tasks("held-out-phrasings", ROOT).first(100).tasks}) == 100


def test_no_prompt_holds_a_whole_hidden_test_of_a_program() -> None:
    for split in ("held-out-phrasings", "held-out-families"):
        for task in load_tasks(split, ROOT).tasks:
            shown = [test for test in task.tests if isinstance(test, str) and test in task.prompt]
            assert len(shown) < len(task.tests)


def test_the_committed_file_is_what_the_bank_gives() -> None:
    text = (ROOT / FOLDER / "problems-held-out.jsonl").read_text(encoding="utf-8")
    rows = [as_row(task, part) for part in Part for task in heldout_tasks(part)]
    fix = "python -m training.problems.heldout --out benchmarks/suites/problems-held-out.jsonl"
    assert text == "".join(json.dumps(row) + "\n" for row in rows), fix


def test_a_file_that_holds_no_tasks_is_named(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="cannot be read"):
        load_tasks("held-out-families", tmp_path)
    broken = tmp_path / "tasks.jsonl"
    broken.write_text('{"name": 1}\n')
    with pytest.raises(SuiteError, match="not a file of tasks"):
        load_tasks("held-out-families", tmp_path, file=broken)
    broken.write_text("\n")
    with pytest.raises(SuiteError, match="no tasks"):
        load_tasks("held-out-families", tmp_path, file=broken)
