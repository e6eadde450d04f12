"""Deep recursion: the tracer must survive what would uninstall an ordinary trace function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

RUNAWAY = """
def down(n):
    return down(n + 1)

def main():
    try:
        down(0)
    except RecursionError:
        caught = True
    after = 1
    return after
"""


def test_runaway_recursion_is_recorded_to_its_end(trace: Callable[..., Any]) -> None:
    traced = trace(RUNAWAY)
    assert traced.end.status == "ok"
    assert (traced.events[-1].kind, traced.events[-1].value) == ("r", "1")
    assert max(event.depth for event in traced.events) == 1000


def test_every_call_of_a_runaway_recursion_has_its_return(trace: Callable[..., Any]) -> None:
    kinds = [event.kind for event in trace(RUNAWAY).events]
    assert kinds.count("c") == kinds.count("r") == 1000


def test_a_recursion_that_python_allows_is_recorded_whole(trace: Callable[..., Any]) -> None:
    traced = trace("def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n", "f(980)")
    assert (traced.end.status, traced.events[-1].value) == ("ok", "980")


def test_recursion_through_a_cache_is_recorded_whole(trace: Callable[..., Any]) -> None:
    source = (
        "import functools\n@functools.lru_cache(None)\ndef f(n):\n"
        "    return n if n < 2 else f(n - 1) + f(n - 2)\n"
    )
    traced = trace(source, "f(450)")
    assert traced.end.status == "ok"
    assert traced.events[-1].depth == 1


def test_a_raised_recursion_limit_is_honoured(trace: Callable[..., Any]) -> None:
    source = (
        "import sys\nsys.setrecursionlimit(1500)\n"
        "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\n"
    )
    traced = trace(source, "f(1300)")
    assert (traced.end.status, traced.events[-1].value) == ("ok", "1300")


def test_recursion_through_library_frames_ends_as_tracer_lost(trace: Callable[..., Any]) -> None:
    # Each level of the program's own costs several of the library's, so the interpreter's real
    # limit is reached while the program's is far away.
    source = """
import copy

class Node:
    depth = 0

    def __deepcopy__(self, memo):
        return [copy.deepcopy([[[[Node()]]]], {})]

def main():
    return copy.deepcopy(Node())
"""
    traced = trace(source)
    assert traced.end.status == "tracer_lost"
    assert "recursion" in traced.end.message
    assert traced.events[0].func_name == "main"


def test_an_uncaught_recursion_error_names_the_error(trace: Callable[..., Any]) -> None:
    traced = trace("def f(n):\n    return f(n + 1)\n", "f(0)")
    assert (traced.end.status, traced.end.error_type) == ("exception", "RecursionError")
    assert traced.end.line in (1, 2)


def test_a_recursion_error_met_by_the_tracer_shows_the_program_alone(
    trace: Callable[..., Any],
) -> None:
    # Calls alternate between two functions, so that none of the traceback's lines are folded;
    # the limit is tried at every depth, because only some of them end within the tracer.
    source = "import sys\ndef f(n):\n    return g(n + 1)\ndef g(n):\n    return f(n + 1)\n"
    for limit in range(60, 64):
        traced = trace(source + f"sys.setrecursionlimit({limit})\n", "f(0)")
        assert traced.end.error_type == "RecursionError"
        report = traced.written("stderr")
        files = {line.split('"')[1] for line in report.splitlines() if "File " in line}
        assert files == {"solution.py"}
        assert report.rstrip().splitlines()[-1].startswith("RecursionError")
