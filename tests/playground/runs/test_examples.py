"""The examples menu: every file is an example, and every example does what it says."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from playground.runs.events import MAX_ENTRY_CHARS, MAX_SOURCE_BYTES
from playground.runs.examples import Example, ExampleError, list_examples, parse_example

EXAMPLES = list_examples()

GOOD = (
    "# title: Sum\n# description: Adds.\n# entry: add(1, 2)\n\ndef add(a, b):\n    return a + b\n"
)

#: What the examples say about themselves, as (value of the entry or None, what is printed).
OUTCOMES = {
    "letters-in-strawberry": "3",
    "factorial": "120",
    "off-by-one": "4.75",
    "binary-search": "5",
    "fibonacci-with-memory": "8",
    "generator": "[1, 4, 9, 16]",
    "hanoi": "7",
    "string-building": "'Dwwdfn dw gdzq'",
}


def run(example: Example) -> subprocess.CompletedProcess[str]:
    """Run an example as the page would: its source, then its entry call, if it has one."""
    call = example.entry or ("main()" if "def main(" in example.source else "None")
    program = f"{example.source}\n_result = {call}\nprint('=>', repr(_result))\n"
    return subprocess.run(  # the fixed programs of this repository
        [sys.executable, "-I", "-c", program],
        input=example.stdin,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_there_are_enough_examples_and_no_two_share_a_name() -> None:
    assert len(EXAMPLES) >= 14
    assert len({example.slug for example in EXAMPLES}) == len(EXAMPLES)
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES)


def test_the_first_example_is_the_one_a_first_visit_shows() -> None:
    assert EXAMPLES[0].slug == "letters-in-strawberry"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)
def test_an_example_can_be_submitted_as_it_is(example: Example) -> None:
    assert len(example.source.encode()) < MAX_SOURCE_BYTES
    assert len(example.entry) <= MAX_ENTRY_CHARS
    tree = ast.parse(example.source)
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if names:
        call = ast.parse(example.entry or "main()", mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Name)
        assert call.func.id in names
    else:
        assert example.entry == ""
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)
def test_an_example_does_what_it_says(example: Example) -> None:
    finished = run(example)
    if example.slug == "exception":
        assert "ValueError" in finished.stderr
        return
    assert finished.returncode == 0, finished.stderr
    if example.slug in OUTCOMES:
        assert f"=> {OUTCOMES[example.slug]}" in finished.stdout


def test_a_file_becomes_an_example_without_its_header() -> None:
    example = parse_example("07-a-sum.py", GOOD)
    assert example == Example(
        slug="a-sum",
        title="Sum",
        description="Adds.",
        source="def add(a, b):\n    return a + b\n",
        entry="add(1, 2)",
        stdin="",
    )


def test_lines_of_input_are_joined_and_may_be_empty() -> None:
    text = GOOD.replace("# entry: add(1, 2)\n", "# stdin: 4\n# stdin:\n# stdin: x y\n")
    example = parse_example("07-a-sum.py", text)
    assert (example.entry, example.stdin) == ("", "4\n\nx y\n")


@pytest.mark.parametrize(
    ("file_name", "text", "words"),
    [
        ("sum.py", GOOD, "the name is not like"),
        ("07-Sum.py", GOOD, "the name is not like"),
        ("07-sum.py", GOOD.replace("# title: Sum\n", ""), "no title"),
        ("07-sum.py", GOOD.replace("Adds.", ""), "no description"),
        ("07-sum.py", GOOD.replace("# entry", "# entyr"), "not a header line"),
        ("07-sum.py", "# title: Again\n" + GOOD, "title is given twice"),
        ("07-sum.py", GOOD.partition("\n\n")[0], "no empty line"),
        ("07-sum.py", GOOD.partition("\n\n")[0] + "\n\n\n", "no empty line"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(file_name: str, text: str, words: str) -> None:
    with pytest.raises(ExampleError, match=words) as caught:
        parse_example(file_name, text)
    assert file_name in str(caught.value)
