"""Suites are read as they are written; what is wrong with a file is said."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from traces.codecs.cwm import choose_context
from workers.evaluation.suites import (
    Item,
    SuiteError,
    literal_calls,
    load_suite,
    read_cruxeval,
    read_humaneval,
    read_markdown,
)

ROOT = Path(__file__).resolve().parents[3]

SECTION = """\
# A title

Words.

## one

`f(1)`

```python
def f(x):
    return x  # `## not a title`
```
"""

PROBLEM = {
    "task_id": "Test/0",
    "prompt": "def twice(x, y=0):\n",
    "canonical_solution": "    return 2 * x + y\n",
    "entry_point": "twice",
    "test": (
        "def check(candidate):\n"
        "    assert candidate(-2) == -4\n"
        "    assert abs(candidate([1, 'a'], y=3) - 1) < 0.1\n"
        "    for k in range(3):\n"
        "        assert candidate(k) == 2 * k\n"
        "    assert candidate(-2) == -4, 'again'\n"
        "    assert not candidate({1: None})\n"
    ),
}


def test_a_section_is_a_program() -> None:
    [item] = read_markdown(SECTION)
    assert item == Item("one", "def f(x):\n    return x  # `## not a title`\n", "f(1)")


def test_a_section_without_a_call_is_named(tmp_path: Path) -> None:
    path = tmp_path / "suite.md"
    path.write_text(SECTION + "\n## two\n\n```python\npass\n```\n")
    with pytest.raises(SuiteError, match="'two' lacks an entry call"):
        load_suite("selfmade", "dev", ROOT, file=path)


def test_two_programs_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "suite.md"
    path.write_text(SECTION + "\n" + SECTION)
    with pytest.raises(SuiteError, match="two programs named one"):
        load_suite("selfmade", "dev", ROOT, file=path)


def test_an_empty_suite_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "suite.md"
    path.write_text("# Nothing\n")
    with pytest.raises(SuiteError, match="holds no programs"):
        load_suite("selfmade", "dev", ROOT, file=path)


def test_a_line_of_cruxeval_is_a_call_of_f() -> None:
    line = json.dumps({"code": "def f(a, b):\n    return a", "input": "1, 'x'", "id": "s1"})
    assert list(read_cruxeval(line + "\n\n")) == [
        Item("s1", "def f(a, b):\n    return a", "f(1, 'x')")
    ]


def test_a_file_that_is_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "suite.jsonl"
    path.write_text('{"code": 1}')
    with pytest.raises(SuiteError, match=r"suite\.jsonl is not a suite of this kind"):
        load_suite("cruxeval", "dev", ROOT, file=path)


def test_the_held_out_half_must_be_given() -> None:
    with pytest.raises(SuiteError, match="--file"):
        load_suite("cruxeval", "held-out", ROOT)


def test_only_calls_with_literal_arguments_are_taken_in_order() -> None:
    assert list(literal_calls(PROBLEM["test"], "candidate", "twice")) == [
        "twice(-2)",
        "twice([1, 'a'], y=3)",
        "twice(-2)",
        "twice({1: None})",
    ]


def test_a_problem_gives_its_first_different_calls(tmp_path: Path) -> None:
    path = tmp_path / "HumanEval.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(PROBLEM).encode()))
    suite = load_suite("humaneval", "dev", ROOT, file=path, calls_per_problem=2)
    assert [item.entry for item in suite.items] == ["twice(-2)", "twice([1, 'a'], y=3)"]
    assert [item.name for item in suite.items] == ["Test/0#0", "Test/0#1"]
    assert suite.items[0].source == "def twice(x, y=0):\n    return 2 * x + y\n"
    assert suite.only_within_context
    assert len(list(read_humaneval(json.dumps(PROBLEM), 9))) == 3


def test_humaneval_has_no_held_out_half() -> None:
    with pytest.raises(SuiteError, match="no held-out half"):
        load_suite("humaneval", "held-out", ROOT)


def test_the_committed_suites_are_whole_and_do_not_overlap() -> None:
    dev = load_suite("selfmade", "dev", ROOT)
    held_out = load_suite("selfmade", "held-out", ROOT)
    cruxeval = load_suite("cruxeval", "dev", ROOT)
    assert (len(dev.items), len(held_out.items), len(cruxeval.items)) == (64, 64, 400)
    assert {item.name for item in dev.items}.isdisjoint(item.name for item in held_out.items)
    assert {item.source for item in dev.items}.isdisjoint(item.source for item in held_out.items)
    for item in (*dev.items, *held_out.items, *cruxeval.items):
        choose_context(item.source, item.entry)
