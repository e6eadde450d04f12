"""Python Tutor's format: what can be carried is carried, what is lost is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.example_programs import PROGRAMS, status_of, traced
from tests.traces.settrace_reference import plain_repr
from traces.events import EndStatus, TraceEvent
from traces.opt import MAX_POINTS, export_opt, import_opt
from traces.opt_values import HeapReader, HeapWriter
from traces.packing import TraceFileError
from traces.trace import ModelInfo, Output, Program, Trace

LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.integers() | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=10,
)

#: Programs whose values are all literals and whose exceptions do not matter.
LITERAL_PROGRAMS = (
    "count_letters",
    "fizzbuzz",
    "fib",
    "bubble_sort",
    "gcd",
    "floats",
    "idle_loop",
    "hanoi",
    "same_lines",
    "multi_line",
)


def example(name: str, status: EndStatus | None = None, **fields: Any) -> Trace:
    return Trace(
        origin="actual",
        program=Program(PROGRAMS[name], "main()"),
        events=traced(name),
        status=status or status_of(name),
        **fields,
    )


def back(document: dict[str, Any]) -> Trace:
    return import_opt(json.dumps(document).encode()).trace


def through_heap(text: str) -> str:
    writer = HeapWriter({})
    encoded = json.loads(json.dumps(writer.encode(text, ("x",))))
    return HeapReader(json.loads(json.dumps(writer.heap))).text(encoded)[0]


# --- values -----------------------------------------------------------------------------------


@given(LITERALS)
def test_a_literal_comes_back_as_it_was(value: object) -> None:
    assert through_heap(repr(value)) == repr(value)


@pytest.mark.parametrize(
    "text",
    [
        "set()",
        "{1, 2}",
        "(1+2j)",
        "b'x'",
        "<bank.Account object>",
        "Point(x=1, y=[2])",
        "frozenset({1})",
        "[1, 2, ...",
        "?",
        "[" * 3000,
        "[" * 60 + "]" * 60,
    ],
)
def test_other_reprs_come_back_as_their_text(text: str) -> None:
    assert through_heap(text) == text


def test_the_same_place_keeps_its_number_from_step_to_step() -> None:
    ids: dict[tuple[object, ...], int] = {}
    first, second = HeapWriter(ids), HeapWriter(ids)
    assert first.encode("[1]", (0, "x")) == second.encode("[1, 2]", (0, "x")) == ["REF", 1]
    assert second.encode("[1]", (0, "y")) == ["REF", 2]


def test_whole_floats_keep_their_point() -> None:
    writer = HeapWriter({})
    assert writer.encode("3.0", ("x",)) == ["SPECIAL_FLOAT", "3.0"]
    assert writer.encode("inf", ("y",)) == ["REF", 1]  # A name, not a literal: shown as text.


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (["INSTANCE", "Point", ["x", 1]], "<Point object>"),
        (["CLASS", "Point", [], ["x", 1]], "<class 'Point'>"),
        (["FUNCTION", "add(a, b)", None], "<function add>"),
        (["module", "math"], "<module 'math'>"),
        (["HEAP_PRIMITIVE", "int", 5], "5"),
        (["IMPORTED_FAUX_PRIMITIVE", "imported object"], "<imported object>"),
        (["range", "range(0, 3)"], "range(0, 3)"),
        ([], "<unknown object>"),
        (None, "<unknown object>"),
        ({"a": 1}, "<unknown object>"),
        (["DICT", 5], "{<unknown pair>}"),
    ],
)
def test_objects_of_the_heap_are_named(entry: object, text: str) -> None:
    assert HeapReader({"1": entry}).text(["REF", 1]) == (text, False)


def test_an_object_that_contains_itself_is_cut_like_python_does() -> None:
    heap = {"1": ["LIST", 1, ["REF", 1]], "2": ["DICT", ["me", ["REF", 2]]]}
    assert HeapReader(heap).text(["REF", 1])[0] == "[1, [...]]"
    assert HeapReader(heap).text(["REF", 2])[0] == "{'me': {...}}"


def test_a_heap_that_would_explode_is_cut() -> None:
    heap = {str(n): ["LIST", ["REF", n + 1], ["REF", n + 1]] for n in range(60)}
    assert HeapReader(heap).text(["REF", 0]) == ("...", True)


def test_a_missing_object_is_no_error() -> None:
    assert HeapReader({}).text(["REF", 7]) == ("<unknown object>", False)
    assert HeapReader({}).text({"odd": 1}) == ("<unknown value>", False)


# --- whole traces -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", LITERAL_PROGRAMS)
def test_a_trace_of_literals_comes_back_as_it_was(name: str) -> None:
    trace = example(name)
    exported = export_opt(trace)
    assert exported.losses == ()
    assert back(exported.document) == Trace(
        origin="actual", program=Program(PROGRAMS[name]), events=trace.events, status="ok"
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_keeps_its_events_lines_and_locals(name: str) -> None:
    trace = example(name)
    found = back(export_opt(trace).document)
    keys = [(e.kind, e.line, e.depth, e.func_name, e.changed, e.removed) for e in trace.events]
    if name not in ("sets", "unicode"):  # Sets are sorted; the rest must be the same.
        assert keys == [
            (e.kind, e.line, e.depth, e.func_name, e.changed, e.removed) for e in found.events
        ]
    assert len(found.events) == len(trace.events)
    assert found.status == trace.status


def test_an_exported_point_has_the_shape_that_python_tutor_draws() -> None:
    points = export_opt(example("fib")).document["trace"]
    call = points[2]
    assert (call["event"], call["line"], call["func_name"]) == ("call", 1, "fib")
    assert [frame["func_name"] for frame in call["stack_to_render"]] == ["main", "fib"]
    assert [frame["is_highlighted"] for frame in call["stack_to_render"]] == [False, True]
    assert call["stack_to_render"][1]["encoded_locals"] == {"n": 4}
    assert len({frame["unique_hash"] for p in points for frame in p["stack_to_render"]}) == 10
    last = points[-1]["stack_to_render"][0]
    assert last["encoded_locals"]["__return__"] == 3
    assert last["ordered_varnames"][-1] == "__return__"


def test_output_appears_after_the_line_that_wrote_it() -> None:
    outputs = (Output(1, "stdout", "a\n"), Output(3, "stdout", "b\n"))
    exported = export_opt(example("gcd", outputs=outputs))
    shown = [point["stdout"] for point in exported.document["trace"][:5]]
    assert shown == ["", "", "a\n", "a\n", "a\nb\n"]
    assert back(exported.document).outputs == outputs


def test_an_exception_keeps_its_message() -> None:
    exported = export_opt(example("uncaught_exception"))
    messages = [p["exception_msg"] for p in exported.document["trace"] if "exception_msg" in p]
    assert messages == ["KeyError: 'b'", "KeyError: 'b'"]
    assert "2 exceptions keep their message only" in exported.losses
    found = back(exported.document)
    assert found.status == "exception"
    assert [e.value for e in found.events if e.kind == "exception"] == messages


def test_a_long_trace_is_cut_and_says_so() -> None:
    loop = [TraceEvent(kind="line", line=2, depth=1, func_name="main")] * (MAX_POINTS + 50)
    events = (TraceEvent(kind="call", line=1, depth=1, func_name="main"), *loop)
    trace = Trace(origin="actual", program=Program("x"), events=events, status="steps")
    exported = export_opt(trace)
    assert len(exported.document["trace"]) == MAX_POINTS + 1
    assert exported.document["trace"][-1]["event"] == "instruction_limit_reached"
    assert "only the first 1000 of 1051 steps are exported" in exported.losses
    assert back(exported.document).status == "steps"


def test_a_prediction_says_that_it_was_never_executed() -> None:
    trace = Trace(
        origin="predicted",
        program=Program("def f():\n    pass\n"),
        events=(TraceEvent(kind="call", line=-1, depth=1, func_name="f"),),
        status="length",
        model=ModelInfo("pocket"),
    )
    exported = export_opt(trace)
    assert exported.document["origin"] == {
        "kind": "predicted",
        "model": "pocket",
        "status": "length",
        "notice": "Predicted by a model, not executed.",
    }
    assert exported.losses == ("1 steps are on a line that is not known for sure",)


# --- traces of Python Tutor -------------------------------------------------------------------


def point(event: str, line: int, heap: dict[str, Any] | None = None, **fields: Any) -> Any:
    given = {"event": event, "line": line, "heap": heap or {}, "func_name": "<module>"}
    return given | {"globals": {}, "ordered_globals": [], "stack_to_render": []} | fields


def frame(name: str, **values: Any) -> dict[str, Any]:
    return {"func_name": name, "encoded_locals": values, "ordered_varnames": list(values)}


#: What the documentation of the format shows for a short program, in its shape.
MODULE_TRACE = {
    "code": "x = [1]\ny = x\ny.append(2)\nprint(y)\n",
    "trace": [
        point("step_line", 1),
        point("step_line", 2, {"1": ["LIST", 1]}, globals={"x": ["REF", 1]}, ordered_globals=["x"]),
        point(
            "step_line",
            3,
            {"1": ["LIST", 1]},
            globals={"y": ["REF", 1], "x": ["REF", 1]},
            ordered_globals=["x", "y"],
        ),
        point(
            "step_line",
            4,
            {"1": ["LIST", 1, 2]},
            globals={"y": ["REF", 1], "x": ["REF", 1]},
            ordered_globals=["x", "y"],
        ),
        point(
            "return",
            4,
            {"1": ["LIST", 1, 2]},
            globals={"y": ["REF", 1], "x": ["REF", 1]},
            ordered_globals=["x", "y"],
            stdout="[1, 2]\n",
        ),
    ],
}


def test_module_level_code_is_read_as_one_activation() -> None:
    found = import_opt(json.dumps(MODULE_TRACE).encode())
    events = found.trace.events
    assert [(e.kind, e.line, e.depth) for e in events] == [
        ("call", 1, 1),
        ("line", 1, 1),
        ("line", 2, 1),
        ("line", 3, 1),
        ("line", 4, 1),
        ("return", 4, 1),
    ]
    assert [e.changed for e in events] == [
        {},
        {},
        {"x": "[1]"},
        {"y": "[1]"},
        {"x": "[1, 2]", "y": "[1, 2]"},
        {},
    ]
    assert (events[-1].value, found.trace.status) == ("None", "ok")
    assert found.trace.outputs == (Output(4, "stdout", "[1, 2]\n"),)
    assert found.losses == (
        "3 points share objects between variables; that they are the same object is dropped",
        "1 call events were added that the trace does not show",
    )


def test_a_module_trace_goes_out_as_globals_and_comes_back() -> None:
    trace = back(MODULE_TRACE)
    document = export_opt(trace).document
    assert document["trace"][1]["ordered_globals"] == ["x"]
    assert document["trace"][1]["stack_to_render"] == []
    assert back(document) == trace


def test_frames_that_have_left_the_stack_are_not_running() -> None:
    gone = frame("f", a=1) | {"is_zombie": True}
    steps = [
        point("call", 1, func_name="f", stack_to_render=[frame("f", a=1)], globals={"f": 0}),
        point("return", 2, func_name="f", stack_to_render=[frame("f", a=1, __return__=7)]),
        point("step_line", 5, stack_to_render=[gone]),
    ]
    events = back({"code": "", "trace": steps}).events
    assert [(e.kind, e.depth, e.value) for e in events] == [
        ("call", 1, None),
        ("call", 2, None),
        ("return", 2, "7"),
        ("line", 1, None),
    ]


def test_a_recording_that_was_stopped_is_incomplete() -> None:
    stopped = {"event": "instruction_limit_reached", "exception_msg": "Stopped after 1000 steps."}
    found = back({"code": "", "trace": [point("step_line", 1), stopped]})
    assert (found.status, found.message) == ("steps", "Stopped after 1000 steps.")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not a Python Tutor trace"),
        (b"[]", "not a Python Tutor trace"),
        (b"{}", "code"),
        (b'{"code": "", "trace": [{"line": 1}]}', "event"),
        (b'{"code": "", "trace": [{"event": "step_line", "heap": []}]}', "heap"),
        (b'{"code": "", "trace": [{"event": "step_line"}]}', "neither globals nor a frame"),
        (b"\xff", "not a Python Tutor trace"),
        (b" " * 5000, "at most 4096"),
    ],
)
def test_what_is_wrong_with_a_document_is_named(data: bytes, problem: str) -> None:
    with pytest.raises(TraceFileError, match=problem):
        import_opt(data, max_bytes=4096)


@given(st.data())
def test_any_order_of_points_is_read_or_refused(data: st.DataObject) -> None:
    frames = st.lists(
        st.builds(frame, st.sampled_from(["f", "g"]), a=st.integers(0, 3)), max_size=4
    )
    kinds = st.sampled_from(["call", "step_line", "return", "exception"])
    made = data.draw(
        st.lists(
            st.builds(
                lambda k, s: point(k, 1, stack_to_render=s, func_name="f", globals={}),
                kinds,
                frames.filter(bool),
            ),
            max_size=12,
        )
    )
    assert len(back({"code": "", "trace": made}).events) >= len(made)


def test_reprs_of_the_reference_tracer_are_what_these_tests_assume() -> None:
    assert plain_repr([1, "a"]) == "[1, 'a']"
