"""The forecast: frames, tokens and reasons, before anything is predicted."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.example_programs import PROGRAMS, status_of, traced
from tests.traces.programs import CRUXEVAL
from tests.traces.settrace_reference import record
from traces.constructs import find_constructs
from traces.cost import MAX_EVENTS
from traces.events import TraceEvent
from traces.forecast import Forecast, ForecastError, forecast_source, forecast_trace
from traces.tokens import estimate_tokens


def findings(source: str) -> set[tuple[str, int]]:
    return {(f.construct, f.line) for f in forecast_source(source).findings}


def frames(source: str, entry: str = "") -> int:
    return forecast_source(source, entry).frames


# --- from the actual trace --------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_actual_trace_gives_the_exact_number_of_frames(name: str) -> None:
    forecast = forecast_trace(traced(name), status_of(name), PROGRAMS[name])
    assert forecast.frames == len(traced(name))
    assert forecast.is_exact
    assert forecast.tokens > 3 * forecast.frames


def test_a_given_token_counter_is_used() -> None:
    events, source = traced("aliasing"), PROGRAMS["aliasing"]
    by_letters = forecast_trace(events, "ok", source, count=len)
    by_nothing = forecast_trace(events, "ok", source, count=lambda _text: 0)
    assert by_nothing.tokens == 3 * len(events) + 1  # Special tokens only.
    assert by_letters.tokens > forecast_trace(events, "ok", source).tokens


def test_a_run_that_was_stopped_gives_a_lower_bound_and_says_so() -> None:
    forecast = forecast_trace(traced("fib"), "steps", PROGRAMS["fib"])
    assert not forecast.is_exact
    assert forecast.level == "hard"
    assert forecast.findings[0].construct == "incomplete"
    assert "stopped after 47 frames" in forecast.findings[0].message


def test_long_values_busy_lines_and_hidden_objects_are_found_in_the_trace() -> None:
    source = "def main():\n    for i in range(80):\n        x = i\n    return x\n"
    loop = [
        TraceEvent(kind="line", line=3, depth=1, changed={"i": str(n), "x": str([n] * 100)})
        for n in range(80)
    ]
    hidden = TraceEvent(kind="line", line=2, depth=1, changed={"a": "<Account object>"})
    found = forecast_trace([TraceEvent(kind="call", line=1, depth=1), hidden, *loop], "ok", source)
    assert {(f.construct, f.line) for f in found.findings} == {
        ("long_value", 3),
        ("long_loop", 3),
        ("long_trace", 0),
        ("opaque_object", 2),
    }


def test_a_trace_of_another_program_is_refused() -> None:
    with pytest.raises(ForecastError, match="does not fit"):
        forecast_trace(traced("fib"), "ok", "pass\n")


# --- from the text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["count_letters", "matrix", "same_lines", "floats", "aliasing", "idle_loop"]
)
def test_straight_programs_are_counted_right(name: str) -> None:
    assert frames(PROGRAMS[name]) == len(traced(name))


def test_most_estimates_are_right_within_a_factor_of_two() -> None:
    ratios: list[float] = []
    for text in CRUXEVAL.read_text(encoding="utf-8").splitlines()[:150]:
        program = json.loads(text)
        entry = f"f({program['input']})"
        events = record(program["code"], entry)
        ratios.append(frames(program["code"], entry) / len(events))
    assert sum(0.5 <= ratio <= 2 for ratio in ratios) / len(ratios) > 0.7


def test_a_guess_is_told_from_a_count() -> None:
    counted = "def main():\n    t = 0\n    for i in range(3):\n        t += i\n    return t\n"
    guessed = "def main(n):\n    while n:\n        n -= 1\n"
    assert forecast_source(counted).is_certain
    assert not forecast_source(guessed, "main(5)").is_certain
    assert not forecast_source(counted).is_exact


@pytest.mark.parametrize(
    ("loop", "rounds"),
    [
        ("range(5)", 5),
        ("range(2, 12, 3)", 4),
        ("range(n)", 7),
        ("range(len(word) - 1)", 4),
        ("word", 5),
        ("enumerate([1, 2, 3])", 3),
        ("zip(word, (1, 2))", 2),
        ("{'a': 1}.items()", 1),
        ("range(0)", 0),
    ],
)
def test_the_length_of_a_loop_is_read_off_its_iterable(loop: str, rounds: int) -> None:
    body = f"    n = 7\n    word = 'abcde'\n    for i in {loop}:\n        pass\n"
    assert frames(f"def main():\n{body}") == 2 + 2 + 1 + 2 * rounds


def test_an_argument_decides_the_length_of_a_loop() -> None:
    loops = "    for i in range(n):\n        pass\n    for i in items:\n        pass\n"
    source = f"def f(items, n):\n{loops}"
    assert frames(source, "f([1, 2, 3], 10)") == 2 + (1 + 20) + (1 + 6)
    assert frames(source, "f('ab', 1)") == 2 + (1 + 2) + (1 + 4)


def test_module_level_code_is_counted_where_there_is_no_main() -> None:
    assert frames("x = 1\nfor i in range(4):\n    x += i\n") == 2 + 1 + 1 + 8


def test_huge_loops_do_not_take_long_to_forecast() -> None:
    source = "def main():\n" + "".join(
        f"{'    ' * (n + 1)}for i{n} in range(10 ** 0 + 99999):\n" for n in range(15)
    )
    forecast = forecast_source(source + "    " * 16 + "pass\n")
    assert forecast.level == "hard"
    assert 0 < forecast.frames <= MAX_EVENTS


def test_a_range_beyond_all_machines_is_only_large() -> None:
    source = "def main():\n    for i in range(99999999999999999999999):\n        pass\n"
    assert frames(source) == MAX_EVENTS


# --- reasons ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "construct", "line"),
    [
        ("import threading\n", "threads", 1),
        ("from concurrent.futures import wait\n", "threads", 1),
        ("async def f():\n    pass\n", "threads", 1),
        ("x = 1\nimport numpy as np\n", "native_code", 2),
        ("import random\n", "unpredictable", 1),
        ("def main():\n    return id(main)\n", "unpredictable", 2),
        ("class A:\n    def __init__(self):\n        self.x = 1\n", "opaque_object", 1),
        ("def f(n):\n    return f(n - 1)\n", "recursion", 1),
        ("def f(n):\n    return g(n)\n\ndef g(n):\n    return f(n)\n", "recursion", 4),
        ("while True:\n    pass\n", "endless_loop", 1),
        ("a = []\nfor i in b:\n    a.append(i)\n", "list_growth", 3),
        ("x = s.strip().lower()\n", "nested_string_calls", 1),
        ("x = ' '.join(s.split(','))\n", "nested_string_calls", 1),
        ("x = 'abcdefghijklmnopqrstuvwxyz'\n", "long_string", 1),
        ("x = a % b\n", "modular_arithmetic", 1),
        ("x %= 7\n", "modular_arithmetic", 1),
        ("x = pow(a, b, c)\n", "modular_arithmetic", 1),
        ("x = a / b\n", "floats", 1),
        ("for i in range(1000):\n    pass\n", "long_trace", 0),
    ],
)
def test_hard_constructs_are_found_at_their_line(source: str, construct: str, line: int) -> None:
    assert (construct, line) in findings(source)


@pytest.mark.parametrize(
    "source",
    [
        "def main():\n    x = 1\n    return x\n",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\n",
        "class A:\n    def __init__(self):\n        self.x = 1\n    def __repr__(self):\n"
        "        return 'A'\n",
        "while True:\n    break\n",
        "x = '%s and %s' % (1, 2)\n",
        "x = s.strip()\n",
        '"""A module docstring that is long enough to count."""\n',
        "def f(n):\n    return g(n)\n\ndef g(n):\n    return n\n",
    ],
)
def test_harmless_programs_get_no_warning(source: str) -> None:
    assert findings(source) == set()


def test_the_worst_comes_first_and_each_has_a_sentence() -> None:
    found = forecast_source("x = 1 / 3\nimport threading\n").findings
    assert [f.construct for f in found] == ["threads", "floats"]
    assert all(f.message.endswith(".") for f in found)


@pytest.mark.parametrize(
    ("source", "level"),
    [
        ("def main():\n    return 1\n", "easy"),
        ("def main():\n    for i in range(50):\n        pass\n", "fair"),
        ("def main():\n    for i in range(500):\n        pass\n", "hard"),
        ("import threading\ndef main():\n    return 1\n", "hard"),
    ],
)
def test_the_level_sums_it_up(source: str, level: str) -> None:
    assert forecast_source(source).level == level


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "entry", "problem", "line"),
    [
        ("def main(:\n", "", "not valid Python", 1),
        ("x = 1\ny = (\n", "", "not valid Python", 2),
        ("x = 1\x00", "", "not valid Python", 0),
        ("x = 1\n", "f(", "entry is not an expression", 0),
        ("x = 1\n", "x = 2", "entry is not an expression", 0),
        ("x = 1\n", "f\x00()", "entry is not an expression", 0),
        ("x = " + "-" * 100_000 + "1\n", "", "nested too deeply|not valid Python", 0),
    ],
)
def test_what_cannot_be_read_is_named(source: str, entry: str, problem: str, line: int) -> None:
    with pytest.raises(ForecastError, match=problem) as caught:
        forecast_source(source, entry)
    assert caught.value.line == line


@given(st.text(alphabet="abf(): \n=[]'\".,0123%/*+-", max_size=120))
def test_any_text_gets_a_forecast_or_an_error(source: str) -> None:
    try:
        assert isinstance(forecast_source(source), Forecast)
    except ForecastError:
        return


def test_many_functions_are_looked_through_quickly() -> None:
    source = "".join(f"def f{n}():\n    return f{(n + 1) % 2000}()\n" for n in range(2000))
    assert find_constructs(ast.parse(source)) == []
    direct = source + "def g():\n    return g()\n"
    assert [f.construct for f in find_constructs(ast.parse(direct))] == ["recursion"]


@given(st.text(max_size=200))
def test_an_estimate_of_tokens_is_never_negative_and_grows_with_the_text(text: str) -> None:
    assert 0 <= estimate_tokens(text) <= estimate_tokens(text + " word")
