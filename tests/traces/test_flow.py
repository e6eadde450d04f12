"""Tests of the line graphs: which lines can follow which."""

from __future__ import annotations

import pytest

from traces.flow import (
    ANYWHERE,
    CodeFlow,
    Steps,
    compiled_size,
    parse_program,
    program_flows,
)

SOURCE = """\
def f(n):
    try:
        n = g(n)
    except ValueError:
        n = 0
    for i in n:
        yield i
    return n
"""


def flow_of(source: str, name: str = "f") -> CodeFlow:
    return next(f for f in program_flows(parse_program(source)) if f.name == name)


def lines(steps: list[Steps]) -> set[int]:
    return {line for by_line in steps for line in by_line}


def at(flow: CodeFlow, line: int) -> int:
    """The one position of a line that has one."""
    (position,) = flow.starts[line]
    return position


def test_a_function_begins_at_its_def_line_and_goes_on_with_its_first_line() -> None:
    flow = flow_of(SOURCE)
    assert flow.first_line == flow.line_of(flow.entry) == 1
    assert lines(flow.steps(flow.entry, raised=False)) == {2}
    assert (flow.name, flow.arguments, flow.is_resumable) == ("f", ("n",), True)


def test_handlers_follow_only_after_an_exception() -> None:
    flow = flow_of(SOURCE)
    body = at(flow, 3)
    assert lines(flow.steps(body, raised=False)) == {6}
    assert lines(flow.steps(body, raised=True)) == {4}


def test_the_end_of_an_iterator_may_show_as_an_exception_and_the_loop_just_ends() -> None:
    flow = flow_of(SOURCE)
    for position in flow.starts[6]:
        assert 8 in lines(flow.steps(position, raised=True))


def test_a_generator_rests_at_its_yield_and_goes_on_after_it() -> None:
    flow = flow_of(SOURCE)
    rests = flow.yields(at(flow, 7))
    assert {flow.line_of(y) for y in rests} == {7}
    assert {line for y in rests for line in lines(flow.steps(y, raised=False))} == {6}
    assert flow.yields(at(flow, 8)) == frozenset()


def test_a_line_that_only_raises_cannot_return() -> None:
    flow = flow_of("def f(n):\n    if n:\n        raise ValueError\n    return n\n")
    assert not flow.can_return(at(flow, 3))
    assert flow.can_return(at(flow, 4))


def test_names_are_those_that_the_line_loads() -> None:
    flow = flow_of(SOURCE)
    assert flow.names(at(flow, 3)) == {"g", "n"}


def test_a_loop_on_one_line_follows_itself() -> None:
    flow = flow_of("def f(n):\n    while n: n -= 1\n    return n\n")
    positions = flow.starts[2]
    assert any(2 in lines(flow.steps(p, raised=False)) for p in positions)


def test_nowhere_in_particular_everything_can_follow() -> None:
    flow = flow_of(SOURCE)
    assert lines(flow.steps(ANYWHERE, raised=False)) == {2, 3, 4, 5, 6, 7, 8}
    assert flow.line_of(ANYWHERE) == 0
    assert flow.names(ANYWHERE) == frozenset()
    assert flow.yields(ANYWHERE) == frozenset()
    assert flow.can_return(ANYWHERE)


def test_inner_functions_know_where_they_stand() -> None:
    flows = program_flows(
        parse_program("class A:\n    def m(self):\n        return [x for x in self]\n")
    )
    by_name = {f.name: f for f in flows}
    assert by_name["m"].parent is by_name["A"]
    assert by_name["A"].is_class_body
    assert by_name["A"].runs_at_once
    assert by_name["m"].qualname == "A.m"
    assert not by_name["m"].runs_at_once


@pytest.mark.parametrize("source", ["def f(:", "\0", "(" * 3000, "x = '\ud800'"])
def test_what_cannot_be_compiled_has_no_flows(source: str) -> None:
    assert program_flows(parse_program(source)) == []


def test_a_program_beyond_the_size_limit_is_left_alone() -> None:
    assert program_flows(parse_program("x = 1\n" * 150_000)) == []


def test_warnings_of_the_compiler_stay_inside() -> None:
    assert program_flows(parse_program("x = 1 is 1\ny = '\\d'\nassert (x, y)\n"))


def test_nested_finally_bodies_are_not_compiled_into_gigabytes() -> None:
    lines = ["def f():"]
    for depth in range(1, 19):
        lines += [f"{'    ' * depth}try: a()", f"{'    ' * depth}finally:"]
    lines.append("    " * 19 + "b()")
    tree = parse_program("\n".join(lines))
    assert tree is not None
    assert compiled_size(tree.body)[0] > 1_000_000
    assert program_flows(tree) == []


def test_many_exits_through_one_long_finally_are_not_compiled_either() -> None:
    exits = "".join(f"        if n == {k}: return {k}\n" for k in range(1000))
    final = "        b()\n" * 2000
    tree = parse_program(f"def f(n):\n    try:\n{exits}    finally:\n{final}")
    assert program_flows(tree) == []


def test_a_very_long_sum_is_an_ordinary_program() -> None:
    assert program_flows(parse_program("x = " + " + ".join("1" * 900)))
    program_flows(parse_program("x = " + " + ".join("1" * 5000)))
    chain = "if x == 0: pass\n" + "".join(f"elif x == {n}: pass\n" for n in range(3000))
    program_flows(parse_program(chain))


def test_the_size_of_an_ordinary_program_is_about_its_instructions() -> None:
    tree = parse_program(SOURCE)
    assert tree is not None
    size, exits = compiled_size(tree.body)
    assert 20 < size < 60
    assert exits == 1
