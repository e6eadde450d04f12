"""Round trips and line mapping over random programs and values."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.traces.codecs.tokenizers import PairTokenizer
from tests.traces.generated import programs
from tests.traces.programs import Program, Recorded, decoded
from tests.traces.settrace_reference import traced
from traces.codecs.cwm import CWMCodec, Note, choose_context

CODEC = CWMCodec(PairTokenizer())
MAX_EVENTS = 400


def check(program: Program) -> int:
    """Every event comes back, on a certain and right line or a marked one. Returns the number
    of marked ones."""
    events, raised = traced(program.source, program.entry, max_events=MAX_EVENTS)
    context = choose_context(program.source, program.entry)
    if len(events) == MAX_EVENTS:  # stopped by the recorder
        raised = False
    trace = Recorded(context, events, events, raised)
    doubtful = 0
    for frame, actual in zip(decoded(CODEC, trace), events, strict=True):
        event = frame.event
        assert not frame.unresolved
        assert frame.notes <= {Note.SPELLING}
        assert (event.kind, event.depth, event.value) == (actual.kind, actual.depth, actual.value)
        assert (event.changed, event.removed) == (actual.changed, actual.removed)
        if event.line > 0:
            assert (event.line, event.func_name) == (actual.line, actual.func_name)
        else:
            assert actual.line in frame.candidates
            doubtful += 1
    return doubtful


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(program=programs())
def test_traces_of_random_programs_survive_the_round_trip_on_their_true_lines(
    program: Program,
) -> None:
    check(program)


_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.complex_numbers(),
        st.text(),
        st.binary(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner),
        st.dictionaries(st.text(max_size=4), inner, max_size=4),
        st.frozensets(st.text(max_size=4), max_size=4),
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(first=_VALUES, second=_VALUES)
def test_any_values_survive_the_round_trip(first: object, second: object) -> None:
    source = (
        f"from math import inf, nan\nA = {first!r}\nB = {second!r}\n"
        "def f():\n    x = A\n    y = [x]\n    x = B\n    y.append(x)\n    return x\n"
    )
    check(Program("values", source.replace("nanj", "0j").replace("infj", "1j"), "f()"))
