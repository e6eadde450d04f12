"""Programs of the corpus."""

import ast
import builtins
import collections
import subprocess
import sys

import pytest

from training.corpus.programs import Program, program
from training.corpus.statistics import features, outcome

SAMPLE = 700


@pytest.fixture(scope="module")
def sample() -> list[Program]:
    return [program(seed) for seed in range(SAMPLE)]


def test_the_same_number_gives_the_same_program() -> None:
    assert [program(n) for n in range(40)] == [program(n) for n in range(40)]


def test_a_program_does_not_depend_on_the_hash_seed() -> None:
    code = "from training.corpus.programs import program; print([program(n) for n in range(30)])"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_every_program_parses_and_defines_its_entry(sample: list[Program]) -> None:
    for made in sample:
        tree = ast.parse(made.source)
        call = ast.parse(made.entry, mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Name)
        defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
        assert call.func.id in defined


def test_no_marks_are_left_in_a_program(sample: list[Program]) -> None:
    for made in sample:
        assert not set("\u01c1\u01c2") & set(made.source + made.entry)


def test_programs_hardly_ever_repeat(sample: list[Program]) -> None:
    assert len({made.source for made in sample}) > 0.98 * SAMPLE


def test_most_programs_run_and_some_raise(sample: list[Program]) -> None:
    ends = collections.Counter(outcome(made) for made in sample)
    assert ends["ok"] >= 0.85 * SAMPLE
    assert SAMPLE - ends["ok"] > 0.01 * SAMPLE


def test_composed_programs_use_every_common_method_and_kind_of_statement() -> None:
    found: set[str] = set()
    for seed in range(3000):
        found |= features(program(seed, seed_share=0.3).source)
    methods = {
        f".{name}" for kind in (str, list, dict) for name in dir(kind) if not name.startswith("_")
    }
    assert methods <= found
    statements = {
        node.__name__
        for node in vars(ast).values()
        if isinstance(node, type) and issubclass(node, ast.stmt) and node is not ast.stmt
    }
    unused = {"AsyncFor", "AsyncFunctionDef", "AsyncWith", "TryStar"}
    assert statements - unused <= found
    common = [
        "abs",
        "all",
        "any",
        "bool",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "int",
        "isinstance",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
    ]
    assert all(hasattr(builtins, name) for name in common)
    assert {f"{name}()" for name in common} <= found
    assert {"For/else", "While/else", "Lambda", "NamedExpr", "Starred", "JoinedStr"} <= found
