"""Tests of the mapping from source text to lines, against the tracer's true lines."""

from __future__ import annotations

import sys
import tracemalloc

import pytest

from tests.traces.programs import Program, cruxeval_programs, own_programs, recorded
from traces.events import TraceEvent
from traces.lines import LineMapper, Mapped, SourceLines

#: Programs in which the text of the trace does not tell the line: both branches of an `if` with
#: the same text, or several resting generators with the same text and variables.
AMBIGUOUS = {
    "basics: nested ifs",
    "control: pass everywhere",
    "duplicates: interleaved copies of one generator",
    "duplicates: twin generators",
    "duplicates: twin wrappers",
    "duplicates: unknown twin branch",
}

PROGRAMS = [*own_programs(), *cruxeval_programs()]


def mapped(source: str, events: list[TraceEvent]) -> list[Mapped]:
    """Map a real trace, of which only the text of the lines is shown to the mapper."""
    program = SourceLines(source)
    mapper = LineMapper(program, entry_line=events[0].line)
    states: list[dict[str, str]] = []
    found: list[Mapped] = []
    for event in events:
        if event.kind == "call":
            states.append({})
        state = states[-1]
        for name in event.removed:
            del state[name]
        state.update(event.changed)
        shows_state = event.kind in ("call", "line")
        text = program.lines[event.line - 1]
        found.append(mapper.push(event.kind, text, dict(state) if shows_state else None))
        if event.kind == "return":
            states.pop()
    return found


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)
def test_real_traces_map_to_the_lines_that_were_really_executed(program: Program) -> None:
    trace = recorded(program)
    results = mapped(trace.context.source, trace.shown)
    for event, result in zip(trace.shown, results, strict=True):
        assert result.is_possible, event
        if result.line > 0:
            assert (result.line, result.func_name) == (event.line, event.func_name), event
        else:
            assert event.line in result.candidates, event
            assert -result.line in result.candidates
    has_doubt = any(result.line < 0 for result in results)
    if sys.version_info[:2] == (3, 11):  # later compilers order branches differently
        assert has_doubt == (program.name in AMBIGUOUS)


def test_a_doubtful_line_leaves_the_lines_after_it_certain() -> None:
    source = "def f(n):\n    if n:\n        n = 1\n    else:\n        n = 1\n    return n\n"
    mapper = LineMapper(SourceLines(source))
    mapper.push("call", "def f(n):", {"n": "1"})
    assert mapper.push("line", "    if n:", {"n": "1"}).line == 2
    doubtful = mapper.push("line", "        n = 1", {"n": "1"})
    assert (doubtful.line, doubtful.candidates) == (-3, (3, 5))
    assert mapper.push("line", "    return n", {"n": "1"}).line == 6
    assert mapper.push("return", "    return n").line == 6


def test_a_later_line_settles_which_branch_it_was() -> None:
    source = (
        "def f(n):\n    if n:\n        n = 1\n        n += 2\n        n += 3\n"
        "    else:\n        n = 1\n        n += 4\n        n += 3\n    return n\n"
    )
    mapper = LineMapper(SourceLines(source))
    mapper.push("call", "def f(n):", {"n": "0"})
    mapper.push("line", "    if n:", {"n": "0"})
    assert mapper.push("line", "        n = 1", {"n": "0"}).line == -3
    assert mapper.push("line", "        n += 4", {"n": "1"}).line == 8
    assert mapper.push("line", "        n += 3", {"n": "5"}).line == 9


def test_a_jump_that_control_flow_does_not_allow_is_mapped_and_marked() -> None:
    mapper = LineMapper(SourceLines("def f(n):\n    n += 1\n    n += 2\n    return n\n"))
    mapper.push("call", "def f(n):", {"n": "0"})
    jump = mapper.push("line", "    return n", {"n": "0"})
    assert (jump.line, jump.is_possible) == (4, False)
    back = mapper.push("line", "    n += 2", {"n": "0"})
    assert (back.line, back.is_possible) == (3, False)


def test_text_that_is_no_line_of_the_program_is_not_mapped() -> None:
    mapper = LineMapper(SourceLines("def f(n):\n    return n\n"))
    mapper.push("call", "def f(n):", {"n": "0"})
    invented = mapper.push("line", "    return m", {"n": "0"})
    assert (invented.line, invented.is_possible) == (0, False)
    assert mapper.push("line", "    return n", {"n": "0"}).line == 2


def test_lines_without_code_are_mapped_by_their_text() -> None:
    mapper = LineMapper(SourceLines("def f(n):\n    # a comment\n    return n\n"))
    mapper.push("call", "def f(n):", {"n": "0"})
    comment = mapper.push("line", "    # a comment", {"n": "0"})
    assert (comment.line, comment.is_possible) == (2, False)


def test_newlines_of_every_kind_count_as_python_counts_them() -> None:
    program = SourceLines("a = 1\r\nb = '\x0c'\rc = 3\u2028\n")
    assert program.lines == ("a = 1", "b = '\x0c'", "c = 3\u2028")


@pytest.mark.parametrize(
    "source",
    ["def f(:", "\0", "(" * 5000, "x = " + "-" * 50_000 + "1", "", "\n\n", "lambda: " * 500 + "0"],
)
def test_a_program_that_cannot_be_compiled_is_mapped_by_its_text(source: str) -> None:
    program = SourceLines(source)
    mapper = LineMapper(program)
    text = program.lines[0]
    for kind in ("call", "line", "exception", "return", "return", "line"):
        mapper.push(kind, text, {})
    mapper.push("call", "unknown", {})


def test_an_unreadable_event_keeps_the_stack_and_loses_only_the_place() -> None:
    source = "def g(x):\n    x += 1\n    return x\ndef f(n):\n    n = g(n)\n    return n\n"
    mapper = LineMapper(SourceLines(source))
    mapper.push("call", "def f(n):", {"n": "0"})
    mapper.push("line", "    n = g(n)", {"n": "0"})
    mapper.lose("call")
    assert mapper.depth == 2
    assert mapper.push("line", "    x += 1", {"x": "0"}).line == 2
    mapper.lose("return")
    assert mapper.depth == 1
    mapper.lose("line")
    assert mapper.push("line", "    return n", {"n": "1"}).line == 6
    mapper.lose(None)
    assert mapper.push("return", "    return n").line == 6


def test_invented_lines_are_not_remembered() -> None:
    program = SourceLines("def f(n):\n    return n\n")
    mapper = LineMapper(program)
    mapper.push("call", "def f(n):", {"n": "0"})
    for n in range(100):
        mapper.push("line", f"    invented = {n}", {"n": "0"})
        mapper.push("line", "    return n", {"n": "0"})
    assert len(program.memo) < 10


def test_thousands_of_equal_functions_cost_no_memory_per_call() -> None:
    program = SourceLines("def f(n):\n" + "    g = lambda: 0\n" * 4000)
    mapper = LineMapper(program)
    tracemalloc.start()
    for _ in range(2000):
        mapped = mapper.push("call", "    g = lambda: 0", {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert mapped.line < 0
    assert len(mapped.candidates) <= 32
    assert peak < 20_000_000
