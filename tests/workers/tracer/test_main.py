"""From the job to the last record: phases, limits, and a sentence for every mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Trace = Callable[..., Any]


@pytest.mark.parametrize(
    ("source", "entry", "words"),
    [
        ("def f(:\n    pass\n", "", ("SyntaxError", "line 1, column 7")),
        ("x = 1\n  y = 2\n", "", ("IndentationError", "line 2")),
        ("if x:\n\ty = 1\n        z = 2\n", "", ("TabError", "line 3")),
        ("print('a\n", "", ("SyntaxError", "unterminated string")),
        ("x = 1\nbad = '\0'\n", "", ("Line 2", "null byte")),
        ("(" * 300 + ")" * 300, "", ("SyntaxError",)),
        ("return 1\n", "", ("SyntaxError", "outside function")),
        ("def f(): pass\n", "f(", ("'f('", "not a Python expression", "Write a call")),
        ("def f(): pass\n", "f", ("without calling it", "write f()")),
        ("def f(): pass\n", "1 + 1", ("not a call",)),
        ("def f(): pass\ndef g(): pass\n", "h()", ("'h()'", "Functions in the program: f, g")),
        ("x = 5\n", "x()", ("not a function but int", "defines no functions")),
        ("def f(a, b): pass\n", "f()", ("f() needs 2 arguments (a, b)", "write e.g. f(1, 2)")),
        ("def main(a): pass\n", "", ("main() needs 1 argument (a)", "main(1)")),
        ("def f(): pass\n", "f(1)", ("f() needs no arguments", "write e.g. f()")),
        ("def f(a): pass\n", "f(y)", ("'f(y)'", "'y' is not defined")),
        ("def f(a): pass\n", "f(1/0)", ("could not be evaluated", "ZeroDivisionError")),
        ("import nosuchmodule\ndef f(): pass\n", "f()", ("Before the entry was called", "line 1")),
    ],
)
def test_a_mistake_is_explained(
    trace: Trace, source: str, entry: str, words: tuple[str, ...]
) -> None:
    end = trace(source, entry).end
    assert end.status == "exception"
    assert [word for word in words if word not in end.message] == []


def test_a_mistake_has_its_place(trace: Trace) -> None:
    end = trace("def main():\n    é = [1, 2][7]\n").end
    assert (end.error_type, end.line, end.column) == ("IndexError", 2, 9)


@pytest.mark.parametrize(
    ("source", "entry", "words"),
    [
        ("def f():\n    yield\n", "f()", "write list(f())"),
        ("async def f():\n    pass\n", "f()", "asyncio.run(f())"),
        ("def f():\n    pass\n", "print(1)", "without running a line"),
    ],
)
def test_an_empty_trace_is_explained(trace: Trace, source: str, entry: str, words: str) -> None:
    end = trace(source, entry).end
    assert end.status == "ok"
    assert words in end.message


def test_without_an_entry_main_is_traced(trace: Trace) -> None:
    traced = trace("def main(a=1):\n    return a\n")
    assert [event.func_name for event in traced.events] == ["main"] * 3


def test_a_main_inside_an_if_is_found(trace: Trace) -> None:
    traced = trace("if True:\n    def main():\n        return 1\n")
    assert traced.events[0].func_name == "main"


@pytest.mark.parametrize(
    "last_lines",
    [
        "main()",
        "print(main())",
        "if __name__ == '__main__':\n    setup = 1\n    main()",
        "class A:\n    run = main",
    ],
)
def test_a_program_that_runs_main_itself_is_traced_as_a_whole(
    trace: Trace, last_lines: str
) -> None:
    traced = trace(f"def main():\n    print('hi')\n{last_lines}\n")
    assert traced.events[0].func_name == "<module>"
    assert traced.end.status == "ok"


def test_the_usual_guard_around_main_leaves_main_as_the_entry(trace: Trace) -> None:
    traced = trace("def main():\n    return 1\nif __name__ == '__main__':\n    main()\n")
    assert [event.func_name for event in traced.events] == ["main"] * 3


def test_without_main_the_module_is_traced(trace: Trace) -> None:
    traced = trace("x = 1\nclass A:\n    def main(self): pass\n")
    assert traced.events[0].func_name == "<module>"
    assert traced.phases == ["module", "entry"]


def test_arguments_of_the_entry_are_not_part_of_the_trace(trace: Trace) -> None:
    traced = trace("def g(x):\n    return x + 1\ndef f(x):\n    return x\n", "f(g(1))")
    assert [event.func_name for event in traced.events] == ["f"] * 3
    assert traced.events[0].changed == {"x": "2"}


def test_an_empty_program_has_an_empty_trace(trace: Trace) -> None:
    assert trace("").end.status == "ok"


def test_the_step_limit_ends_a_program_that_catches_everything(trace: Trace) -> None:
    source = (
        "while True:\n  try:\n    while True:\n      x = 1\n  except BaseException:\n    pass\n"
    )
    traced = trace(source, steps=50)
    assert traced.end.status == "steps"
    assert len(traced.events) == 50


def test_the_size_limit_ends_the_trace(trace: Trace) -> None:
    traced = trace("s = ''\nfor i in range(4000):\n    s += 'abcdefgh'\n", trace_bytes=100_000)
    assert traced.end.status == "bytes"


def test_the_output_limit_cuts_and_ends(trace: Trace) -> None:
    traced = trace("print('ab' * 10)\nprint('c' * 10**6)\nx = 1\n", output_bytes=1000)
    assert traced.end.status == "output"
    assert len(traced.written("stdout")) == 1000


def test_a_large_event_names_what_was_cut(trace: Trace) -> None:
    source = "def f(a, b, c):\n    return a\n"
    traced = trace(source, "f('a' * 60000, 'b' * 60000, 'c' * 100000)")
    first = traced.events[0]
    assert len(first.changed["a"]) == 60002
    assert (first.changed["b"], first.truncated) == ("...", ["b", "c"])


def test_os_exit_loses_nothing_that_was_printed(trace: Trace) -> None:
    traced = trace("import os\nprint('seen')\nos._exit(5)\n")
    assert (traced.written("stdout"), traced.exit_code, traced.end) == ("seen\n", 5, None)


def test_output_belongs_to_the_step_that_wrote_it(trace: Trace) -> None:
    traced = trace("print('m')\ndef main():\n    print('a')\n    print('b')\n")
    steps = [(record.step, record.text) for record in traced.records if hasattr(record, "stream")]
    assert [pair for pair in steps if pair[1] != "\n"] == [(-1, "m"), (1, "a"), (2, "b")]


def test_descriptor_writes_and_the_standard_streams_coexist(trace: Trace) -> None:
    traced = trace(
        "import os, sys\nprint('x')\nos.write(1, b'raw')\nsys.stdout.buffer.write(b'b')\n"
    )
    assert traced.written("stdout") == "x\nb"
    assert traced.raw_stdout == b"raw"


def test_input_can_be_read_in_every_way(trace: Trace) -> None:
    source = "import os, sys\na = input()\nb = sys.stdin.readline()\nc = os.read(0, 2)\nd = a\n"
    traced = trace(source, stdin="1\n2\n34five\n")
    assert traced.events[-1].changed == {}
    texts = {k: v for event in traced.events for k, v in event.changed.items()}
    assert (texts["a"], texts["b"], texts["c"]) == ("'1'", "'2\\n'", "b'34'")


def test_threads_run_untraced_and_are_waited_for(trace: Trace) -> None:
    source = """
import threading, time

def work():
    time.sleep(0.05)
    print("from the thread")

def main():
    threading.Thread(target=work).start()
    return 1
"""
    traced = trace(source)
    assert traced.end.status == "ok"
    assert {event.func_name for event in traced.events} == {"main"}
    assert traced.written("stdout") == "from the thread\n"


def test_functions_registered_with_atexit_run(trace: Trace) -> None:
    assert trace("import atexit\natexit.register(print, 'bye')\n").written("stdout") == "bye\n"


def test_replaced_builtins_do_not_reach_the_tracer(trace: Trace) -> None:
    source = (
        "import builtins\nbuiltins.repr = builtins.len = builtins.type = lambda *a: 'LIES'\n"
        "x = [1]\ny = repr(x)\nz = 3\n"
    )
    texts = {k: v for event in trace(source).events for k, v in event.changed.items()}
    assert (texts["x"], texts["y"]) == ("[1]", "'LIES'")


def test_code_made_at_run_time_under_the_same_file_name_is_not_traced(trace: Trace) -> None:
    source = "exec(compile('\\n' * 500 + 'a = 1', 'solution.py', 'exec'))\nb = 2\n"
    assert {event.line for event in trace(source).events} == {1, 2}


def test_tracebacks_and_inspect_find_the_source(trace: Trace) -> None:
    source = (
        "import inspect\ndef f():\n    return 1\ndef main():\n    return inspect.getsource(f)\n"
    )
    assert trace(source).events[-1].value == repr("def f():\n    return 1\n")


def test_a_program_that_raises_in_str_is_still_reported(trace: Trace) -> None:
    source = "class E(Exception):\n    def __str__(self): raise ValueError\nraise E\n"
    end = trace(source).end
    assert (end.status, end.error_type, end.line) == ("exception", "E", 3)
