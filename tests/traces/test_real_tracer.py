"""The codec and the line mapping over traces of the product's own tracer (`workers/tracer`).

The other tests record with a small reference tracer in this process; these run the real one, each
program in a process of its own (without a box: the trace is the same).
"""

from __future__ import annotations

import pytest

from tests.traces.codecs.tokenizers import PairTokenizer
from tests.traces.programs import Program, bare_prompt, cruxeval_programs, own_programs
from tests.workers.tracer.conftest import run_tracer
from traces.codecs.cwm import CWMCodec, DecodedFrame, choose_context, context_at
from traces.events import Kind, TraceEvent

CODEC = CWMCodec(PairTokenizer())
OWN = list(own_programs())
CRUXEVAL = list(cruxeval_programs())

_KINDS: dict[str, Kind] = {"c": "call", "l": "line", "r": "return", "x": "exception"}


def real_events(program: Program) -> list[TraceEvent]:
    """What the product records for this program."""
    traced = run_tracer(program.source, program.entry)
    assert traced.end is not None
    assert traced.end.status in ("ok", "exception"), traced.end
    return [
        TraceEvent(
            kind=_KINDS[r.kind],
            line=r.line,
            depth=r.depth,
            func_name=r.func_name,
            changed=r.changed,
            removed=tuple(r.removed),
            value=r.value,
            truncated=tuple(r.truncated),
        )
        for r in traced.events
    ]


def check(program: Program) -> None:
    """The real trace, written as the continuation of a prompt, reads as itself."""
    events = real_events(program)
    context = choose_context(program.source, program.entry)
    if context.setup_lines:  # what the wrapper computes first is not in the trace
        context = context_at(program.source, events[0])
    prompt = CODEC.prompts.resume(context, events)
    decoder = CODEC.decoder(prompt)
    given = [frame for frame in decoder.given if not frame.in_wrapper]
    assert len(given) == len(events)
    for frame, actual in zip(given, events, strict=True):
        event = frame.event
        assert frame.notes == frozenset(), actual
        assert frame.unresolved == ()
        assert (event.kind, event.depth, event.value) == (actual.kind, actual.depth, actual.value)
        assert (event.changed, event.removed) == (actual.changed, actual.removed)
        if event.line > 0:
            assert (event.line, event.func_name) == (actual.line, actual.func_name)
        else:
            assert actual.line in frame.candidates
    if not context.is_wrapped and context.seed_locals is not None:
        assert context.seed_locals == events[0].changed


def test_a_prompt_s_given_call_is_the_one_that_is_really_recorded() -> None:
    program = Program("direct", "def f(a, *b, c='x', **d):\n    return a\n", "f(1, [2], e=3.5)")
    context = choose_context(program.source, program.entry)
    given = CODEC.decoder(CODEC.prompts.full_trace(context)).given
    assert [frame.event for frame in given] == real_events(program)[:1]
    assert all(isinstance(frame, DecodedFrame) for frame in given)
    assert CODEC.decoder(bare_prompt(CODEC, context)).given == ()


@pytest.mark.parametrize("program", [*OWN[::12], *CRUXEVAL[::40]], ids=lambda p: p.name)
def test_some_real_traces_read_as_themselves(program: Program) -> None:
    check(program)


@pytest.mark.slow
@pytest.mark.parametrize("program", [*OWN, *CRUXEVAL], ids=lambda p: p.name)
def test_all_real_traces_read_as_themselves(program: Program) -> None:
    check(program)
