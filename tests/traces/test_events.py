"""Tests of the trace event and of folding deltas into states."""

from __future__ import annotations

import msgspec

from traces.events import StateFolder, TraceEvent


def event(kind: str, line: int, depth: int, **fields: object) -> TraceEvent:
    return msgspec.convert({"kind": kind, "line": line, "depth": depth, **fields}, TraceEvent)


def test_a_line_changes_and_removes_variables_of_the_running_function() -> None:
    folder = StateFolder()
    folder.push(event("call", 1, 1, changed={"a": "1", "b": "2"}))
    folder.push(event("line", 2, 1, changed={"c": "3"}, removed=["a"]))
    stack = folder.push(event("line", 3, 1, changed={"b": "4"}))
    assert [a.locals for a in stack] == [{"b": "4", "c": "3"}]
    assert stack[-1].line == 3


def test_a_callee_has_variables_of_its_own_and_the_caller_keeps_its() -> None:
    folder = StateFolder()
    folder.push(event("call", 1, 1, changed={"a": "1"}, func_name="f"))
    stack = folder.push(event("call", 5, 2, changed={"a": "9"}, func_name="g"))
    assert [(s.func_name, s.locals) for s in stack] == [("f", {"a": "1"}), ("g", {"a": "9"})]
    stack = folder.push(event("return", 6, 2, value="0"))
    assert [s.func_name for s in stack] == ["f", "g"]
    stack = folder.push(event("line", 2, 1))
    assert [(s.func_name, s.locals) for s in stack] == [("f", {"a": "1"})]


def test_a_resumed_generator_is_a_new_activation() -> None:
    folder = StateFolder()
    folder.push(event("call", 1, 1, changed={"g": "<generator object g>"}))
    folder.push(event("call", 5, 2, changed={"i": "0"}))
    folder.push(event("return", 6, 2, value="0"))
    stack = folder.push(event("call", 6, 2, changed={"i": "0", "k": "1"}))
    assert [s.locals for s in stack] == [{"g": "<generator object g>"}, {"i": "0", "k": "1"}]


def test_a_trace_that_starts_in_the_middle_still_folds() -> None:
    stack = StateFolder().push(event("line", 7, 3, changed={"x": "1"}))
    assert [(s.line, s.depth, s.locals) for s in stack] == [(7, 3, {"x": "1"})]


def test_an_event_survives_json() -> None:
    original = event("exception", -4, 2, value="'ü'", source="x = 1", truncated=["return"])
    assert msgspec.json.decode(msgspec.json.encode(original), type=TraceEvent) == original
