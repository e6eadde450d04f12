"""Trace and comparison files: what is written is read back, and bad files are named."""

from __future__ import annotations

import contextlib
import gzip
import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.example_programs import PROGRAMS, status_of, traced
from tests.traces.settrace_reference import record
from traces import comparison_file, file
from traces import schema as schema_package
from traces.align import compare
from traces.comparison_file import content_id, read_comparison, write_comparison
from traces.events import EndStatus, Kind, TraceEvent
from traces.file import read_trace, write_trace
from traces.packing import TraceFileError, pack, unpack
from traces.schema.__main__ import SCHEMAS
from traces.trace import Environment, FrameLogprobs, ModelInfo, Output, Program, Trace

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


def example(name: str = "caught_exception", **fields: Any) -> Trace:
    given: dict[str, Any] = {
        "origin": "actual",
        "program": Program(PROGRAMS[name], "main()", PROGRAMS[name].count("\n")),
        "events": traced(name),
        "status": status_of(name),
        "environment": Environment("3.11.7", caps={"steps": 4096}),
    }
    return Trace(**(given | fields))


def document(trace: Trace | None = None) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(write_trace(trace or example()))
    return written


def read(changed: dict[str, Any]) -> Trace:
    return read_trace(json.dumps(changed).encode())


# --- round trip -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_real_trace_is_read_back_as_it_was(name: str) -> None:
    trace = example(name)
    assert read_trace(write_trace(trace)) == trace
    assert read_trace(pack(write_trace(trace))) == trace


def test_everything_about_a_prediction_is_kept() -> None:
    events = traced("fib")
    trace = example(
        "fib",
        origin="predicted",
        status="parse",
        message="frame 9 is unreadable",
        events=events,
        model=ModelInfo("pocket", "r3", "bytes", temp=0.5, constrained=True),
        raw={2: "<|line_sep|>odd", len(events): "<|line_sep|>{"},
        logprobs=tuple(FrameLogprobs(-n / 4, -0.25, None, None) for n in range(len(events))),
        tokens=tuple(range(len(events))),
        outputs=(Output(-1, "stdout", "é\n"), Output(3, "stderr", "x"), Output(4, "stdin", "7")),
    )
    assert read_trace(write_trace(trace)) == trace


@st.composite
def events(draw: st.DrawFn) -> TraceEvent:
    kind: Kind = draw(st.sampled_from(get_args(Kind)))
    has_state = kind in ("call", "line")
    changed = draw(st.dictionaries(NAMES, TEXT, max_size=4)) if has_state else {}
    removed = draw(st.lists(NAMES, max_size=3, unique=True)) if has_state else []
    return TraceEvent(
        kind=kind,
        line=draw(st.integers(-50, 50)),
        depth=draw(st.integers(0, 6)),
        func_name=draw(st.sampled_from(["", "f", "main", "<listcomp>"])),
        changed=changed,
        removed=tuple(name for name in removed if name not in changed),
        value=None if has_state else draw(st.none() | TEXT),
        source=draw(st.just("") | TEXT),
        truncated=tuple(draw(st.lists(NAMES, max_size=2))),
    )


@given(
    st.lists(events(), max_size=30),
    TEXT,
    st.sampled_from(["ok", "exception", "steps", "length", "parse"]),
)
def test_any_trace_is_read_back_as_it_was(
    made: list[TraceEvent], source: str, status: EndStatus
) -> None:
    trace = Trace(origin="predicted", program=Program(source), events=tuple(made), status=status)
    assert read_trace(write_trace(trace)) == trace


def test_a_nested_trace_needs_no_depth_and_one_name_per_call() -> None:
    written = document(example("fib"))
    assert "dp" not in written
    assert len(written["fn"]) == written["ev"].count("c")


def test_each_text_is_stored_once() -> None:
    texts = document(example("bubble_sort"))["str"]
    assert len(texts) == len(set(texts))


# --- schema -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_repository_is_the_one_of_the_types(name: str) -> None:
    path = Path(schema_package.__file__).parent / name
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(SCHEMAS[name]())), "run `python -m traces.schema`"


@pytest.mark.parametrize("name", PROGRAMS)
def test_written_files_fit_the_schema(name: str) -> None:
    jsonschema.validate(document(example(name)), file.json_schema())


def test_a_written_comparison_fits_the_schema() -> None:
    data, _, _ = comparison()
    jsonschema.validate(json.loads(data), comparison_file.json_schema())


def test_the_example_in_the_documentation_is_a_trace_file() -> None:
    docs = Path(__file__).parents[2] / "docs" / "trace-format.md"
    example = docs.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0]
    trace = read_trace(example.encode())
    assert list(trace.events) == record(trace.program.text, trace.program.entry)


def test_every_key_of_the_files_is_in_the_documentation() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "trace-format.md").read_text(encoding="utf-8")
    for schema, name in (
        (file.json_schema(), "TraceFile"),
        (comparison_file.json_schema(), "ComparisonFile"),
    ):
        for key in schema["$defs"][name]["properties"]:
            assert f"`{key}`" in docs, key


# --- compatibility ----------------------------------------------------------------------------


def test_keys_of_a_later_writer_are_ignored() -> None:
    changed = document() | {"heap": {"obj": [[0, 1, "x"]]}, "note": "new"}
    changed["env"]["cpu"] = "riscv"
    changed["end"]["reason"] = {"code": 9}
    assert read(changed) == example()


def test_an_end_status_of_a_later_writer_reads_as_incomplete() -> None:
    changed = document()
    changed["end"]["status"] = "suspended"
    assert read(changed).status == "error"


def test_another_version_is_refused_by_its_number() -> None:
    with pytest.raises(TraceFileError, match=r"version 2 .* this reader knows 1"):
        read(document() | {"v": 2})
    with pytest.raises(TraceFileError, match="version 2"):
        read_trace(b'{"v": 2, "columns": []}')


# --- bad files --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"ln": [1, 2]}, "`ln` has 2 entries"),
        ({"st": []}, "`st` has 0 entries"),
        ({"tk": [1]}, "`tk` has 1 entries"),
        ({"dp": [1]}, "`dp` has 1 entries"),
        ({"fn": [0, 0]}, "`fn` needs one entry per call"),
        ({"ev": "cz"}, "ev"),
        ({"str": []}, "points at string 1 of 0"),
        ({"sx": [[99999, 0]]}, "`sx` names a frame"),
        ({"sx": [[0, 99999]]}, "`sx` points past"),
        ({"tr": [[99999, ["x"]]]}, "`tr` names a frame"),
        ({"raw": [[99999, "x"]]}, "`raw` names a frame"),
        ({"kind": "imagined"}, "imagined"),
        ({"id": "0" * 64}, "`id` does not belong"),
        ({"src": {"text": "pass", "entry": "main()"}}, "`id` does not belong"),
        ({"out": [[0, "z", "text"]]}, "out"),
        ({"ln": "none"}, "ln"),
        ({"end": {"status": "ok", "frames": -1}}, "frames"),
        ({"v": "one"}, "v"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(TraceFileError, match=problem):
        read(document() | change)


@pytest.mark.parametrize("cell", [5, "x", None, {"n": 99999}, {"n": -2}, {"n": 1.5}])
def test_a_bad_state_cell_is_named(cell: object) -> None:
    changed = document()
    changed["st"][1] = cell
    with pytest.raises(TraceFileError, match=r"st(\[1\]|\[\.\.\.\])"):
        read(changed)


@pytest.mark.parametrize("cell", [{}, -2, 99999])
def test_a_return_needs_a_value_of_the_table(cell: object) -> None:
    changed = document()
    changed["st"][changed["ev"].index("r")] = cell
    with pytest.raises(TraceFileError, match="st"):
        read(changed)


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"\xff\xfe", b"null", b"[" * 100_000])
def test_anything_that_is_no_trace_file_is_refused(data: bytes) -> None:
    with pytest.raises(TraceFileError):
        read_trace(data)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(place: int, byte: int) -> None:
    data = bytearray(write_trace(example()))
    data[place % len(data)] = byte
    with contextlib.suppress(TraceFileError):
        read_trace(bytes(data))


@pytest.mark.parametrize(
    "event",
    [
        TraceEvent(kind="return", line=1, depth=1, changed={"x": "1"}),
        TraceEvent(kind="exception", line=1, depth=1, removed=("x",)),
        TraceEvent(kind="line", line=1, depth=1, value="1"),
    ],
)
def test_an_impossible_event_is_not_written(event: TraceEvent) -> None:
    with pytest.raises(TraceFileError, match="event 0 is a"):
        write_trace(example(events=(event,)))


def test_text_that_is_no_unicode_is_not_written() -> None:
    with pytest.raises(TraceFileError, match="UTF-8"):
        write_trace(example(outputs=(Output(0, "stdout", "\ud800"),)))


def test_a_logprob_that_is_no_number_is_not_written() -> None:
    events = traced("aliasing")[:1]
    with pytest.raises(TraceFileError, match="finite"):
        write_trace(example(events=events, logprobs=(FrameLogprobs(float("nan")),)))


# --- packing ----------------------------------------------------------------------------------


def test_packing_the_same_twice_gives_the_same_bytes() -> None:
    data = write_trace(example())
    assert pack(data) == pack(data)
    assert unpack(pack(data)) == data
    assert len(pack(data)) < len(data)


def test_a_file_that_unpacks_to_too_much_is_refused_without_unpacking_it() -> None:
    with pytest.raises(TraceFileError, match="more than 1000 bytes"):
        read_trace(gzip.compress(b" " * 50_000_000), max_bytes=1000)
    with pytest.raises(TraceFileError, match="at most 1000"):
        read_trace(b" " * 2000, max_bytes=1000)


def test_damaged_gzip_is_refused() -> None:
    packed = pack(write_trace(example()))
    with pytest.raises(TraceFileError, match="cut short"):
        read_trace(packed[:-9])
    with pytest.raises(TraceFileError, match="follows"):
        read_trace(packed + b"more")
    with pytest.raises(TraceFileError, match="damaged"):
        read_trace(packed[:10] + b"\xff" * 20)


# --- identity ---------------------------------------------------------------------------------


def test_the_id_names_the_program_and_not_who_traced_it() -> None:
    actual = example()
    predicted = example(origin="predicted", model=ModelInfo("pocket"), status="length")
    assert actual.program_id == predicted.program_id
    other_stdin = example(program=Program(PROGRAMS["fib"], "main()", stdin="5"))
    assert other_stdin.program_id != example("fib").program_id
    assert example(environment=Environment("3.12.1")).program_id != actual.program_id
    assert example(environment=Environment("3.11.7")).program_id == actual.program_id


def test_the_id_does_not_depend_on_line_ends() -> None:
    unix, windows = Program("x = 1\ny = 2\n"), Program("x = 1\r\ny = 2\r\n")
    assert example(program=unix).program_id == example(program=windows).program_id


# --- comparison file --------------------------------------------------------------------------


def comparison() -> tuple[bytes, bytes, bytes]:
    actual, predicted = example("fib"), example("fib", origin="predicted", status="length")
    events = list(predicted.events)
    events[3] = TraceEvent(kind="line", line=9, depth=2, func_name="fib")
    files = (
        write_trace(example("fib", origin="predicted", events=tuple(events))),
        write_trace(actual),
    )
    compared = compare(events, "length", actual.events, "ok", actual.program.text)
    data = write_comparison(
        compared,
        program=actual.program_id,
        predicted=files[0],
        actual=pack(files[1]),
        metrics={"frame_em": 0.9, "output_match": None},
    )
    return data, *files


def test_a_comparison_is_read_back() -> None:
    data, predicted, actual = comparison()
    found = read_comparison(pack(data))
    assert (found.a, found.b) == (content_id(predicted), content_id(actual))
    assert found.first == 3
    assert found.divergence is not None
    assert found.divergence.kind == "line"
    assert found.pairs[:5] == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]
    assert found.changed == [3]
    assert found.metrics == {"frame_em": 0.9, "output_match": None}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"v": 2}, "version 2"),
        ({"pairs": [[1, 1], [0, 2]]}, "out of order"),
        ({"pairs": [[1, 1], [2, 1]]}, "out of order"),
        ({"pairs": [[-1, 0]]}, "pairs"),
        ({"changed": [99999]}, "`changed` names"),
        ({"a": None}, r"\$\.a"),
    ],
)
def test_what_is_wrong_with_a_comparison_is_named(change: dict[str, Any], problem: str) -> None:
    data, _, _ = comparison()
    with pytest.raises(TraceFileError, match=problem):
        read_comparison(json.dumps(json.loads(data) | change).encode())
