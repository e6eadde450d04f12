"""Tests of tracing in the generator's process: the site's events, whatever a program does."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from typing import Any

import msgspec
import pytest

from traces.events import TraceEvent
from training.corpus import trace

PROGRAMS = """
def count(text, letter):
    n = 0
    for c in text:
        if c == letter:
            n += 1
    print(n)
    return n

def fail(d):
    try:
        return d["x"]
    except TypeError:
        return 1

def deep(n):
    return deep(n + 1)

def tags(words):
    return sorted({w for w in words}), {"a", "b", "c"}

def endless():
    while True:
        try:
            while True:
                pass
        except Exception:
            pass

def wide():
    return "x" * 100_000

def swap():
    import sys
    sys.setrecursionlimit(50)
    sys.stdout = None
    return sys.getrecursionlimit()
"""

_SCRIPT = """
import sys, msgspec
from training.corpus.trace import Bounds, Edit, Tracer
tracer = Tracer(Bounds(**{bounds!r}))
out = []
for entry, edit in {jobs!r}:
    found = tracer.record({source!r}, entry, Edit(*edit) if edit else None)
    out.append(found and [found.status, found.events])
assert sys.getrecursionlimit() == 1000
sys.__stdout__.write(msgspec.json.encode(out).decode())
"""

Job = tuple[str, tuple[int, str, object] | None]


def record(
    *jobs: Job, source: str = PROGRAMS, **bounds: float
) -> list[tuple[str, list[TraceEvent]] | None]:
    """Each job's status and events, from a process of its own, since the tracer keeps its hook."""
    script = _SCRIPT.format(bounds=bounds, jobs=list(jobs), source=source)
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
        env={"PYTHONHASHSEED": "0", "PYTHONPATH": "."},
    )
    return msgspec.json.decode(done.stdout, type=list[tuple[str, list[TraceEvent]] | None])


def shown(found: tuple[str, list[TraceEvent]] | None) -> tuple[str, list[Any]]:
    assert found is not None
    return found[0], [(e.kind, e.line, e.changed, e.value) for e in found[1]]


def test_a_trace_is_what_settrace_reports() -> None:
    (found,) = record(("count('ab', 'b')", None))
    status, events = shown(found)
    assert status == "ok"
    assert events[:3] == [
        ("call", 2, {"text": "'ab'", "letter": "'b'"}, None),
        ("line", 3, {}, None),
        ("line", 4, {"n": "0"}, None),
    ]
    assert events[-1] == ("return", 8, {}, "1")


def test_whatever_a_program_does_the_next_one_is_traced() -> None:
    (good,) = record(("count('ab', 'b')", None))
    results = record(
        ("deep(0)", None),
        ("fail({})", None),
        ("swap()", None),
        ("nothing()", None),
        ("count(1)", None),
        ("wide()", None),
        ("endless()", None),
        ("count('ab', 'b')", None),
        seconds=0.2,
        steps=60,
    )
    statuses = [found and found[0] for found in results]
    assert statuses == ["steps", "exception", "ok", None, None, None, "steps", "ok"]
    assert results[-1] == good
    assert results[0] is not None
    assert len(results[0][1]) == 60


def test_a_program_whose_own_code_fails_before_the_entry_is_no_trace() -> None:
    assert record(("f()", None), source="def f(): pass\n1 / 0\n") == [None]
    assert record(("f()", None), source="def f(:\n") == [None]


def test_an_edited_local_is_what_the_program_goes_on_with() -> None:
    plain, edited = record(("count('abba', 'b')", None), ("count('abba', 'b')", (5, "n", 40)))
    _, before = shown(plain)
    _, after = shown(edited)
    assert after[:5] == before[:5]
    assert after[5] == ("line", before[5][1], {**before[5][2], "n": "40"}, None)
    assert after[-1][3] == "42"


def test_sets_are_shown_in_the_order_that_the_sites_boxes_show() -> None:
    first, second = record(("tags(['x', 'y'])", None), ("tags(['x', 'y'])", None))
    assert first == second
    assert first is not None


@pytest.mark.slow
def test_a_program_that_cannot_be_stopped_ends_the_process_not_the_machine() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        record(("f()", None), source="def f():\n    return sum(range(10**12))\n", seconds=0.1)
    assert caught.value.returncode == -signal.SIGPROF


@pytest.mark.slow
def test_a_program_that_swallows_every_attempt_to_stop_it_does_not_run_for_ever() -> None:
    source = """def f():
    while True:
        try:
            try:
                sum(range(10**6))
            except BaseException:
                continue
        except BaseException:
            continue
"""
    status = 0
    try:
        record(("f()", None), source=source, seconds=0.1)
    except subprocess.CalledProcessError as error:
        status = error.returncode
    assert status in (0, trace.STUCK_STATUS)  # 0: it was met between two of its attempts


def test_another_interpreter_or_hash_seed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    with pytest.raises(trace.WrongInterpreter, match="PYTHONHASHSEED=0"):
        trace.check_interpreter()
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    with pytest.raises(trace.WrongInterpreter, match=r"python3\.11"):
        trace.check_interpreter()


def test_the_events_equal_those_of_the_sites_own_recording() -> None:
    """The tracer's protocol ends in the same event type; this holds the two readers together."""
    source = textwrap.dedent(
        """
        class Box:
            def __init__(self, x):
                self.x = x
        def f(n):
            b = Box(n)
            del n
            return [b, lambda: b, type(b)], "\\u00e9\\u200e"
        """
    )
    (found,) = record(("f(3)", None), source=source)
    assert found is not None
    values = [event.value for event in found[1] if event.value]
    assert values[-1] == (
        "([<solution.Box object>, <function f.<locals>.<lambda>>, <class 'solution.Box'>], "
        "'é\\u200e')"
    )
    assert [e.removed for e in found[1] if e.removed] == [("n",)]
