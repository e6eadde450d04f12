"""Round trips: real traces, written as CWM writes them, decode to themselves."""

from __future__ import annotations

import random

import msgspec
import pytest

from tests.traces.codecs.tokenizers import ByteTokenizer, PairTokenizer, spelled
from tests.traces.programs import (
    GOLDEN,
    Program,
    bare_prompt,
    cruxeval_programs,
    decoded,
    own_programs,
    recorded,
    written_ids,
)
from tests.traces.settrace_reference import record
from traces.codecs.cwm import CWMCodec, DecodedFrame, Ended, Note, choose_context
from traces.events import TraceEvent

PROGRAMS = [*own_programs(), *cruxeval_programs()]
CODECS = [CWMCodec(ByteTokenizer()), CWMCodec(PairTokenizer())]

STRAWBERRY = (GOLDEN / "programs" / "strawberry_trace.txt").read_text(encoding="utf-8")


def identified(frame: DecodedFrame, actual: TraceEvent) -> TraceEvent:
    """The decoded event; where its line is marked as doubtful, with the actual line and name."""
    if frame.event.line >= 0:
        return frame.event
    assert actual.line in frame.candidates
    return msgspec.structs.replace(frame.event, line=actual.line, func_name=actual.func_name)


def test_the_program_sets_are_as_large_as_promised() -> None:
    assert len(list(own_programs())) >= 150
    assert len(list(cruxeval_programs())) == 400
    names = [p.name for p in PROGRAMS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("codec", CODECS, ids=lambda c: type(c.tokenizer).__name__)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.name)
def test_a_real_trace_survives_text_ids_and_decoding(program: Program, codec: CWMCodec) -> None:
    trace = recorded(program)
    frames = decoded(codec, trace)
    assert len(frames) == len(trace.events)
    for frame, actual in zip(frames, trace.events, strict=True):
        assert identified(frame, actual) == actual
        assert frame.notes == frozenset()
        assert frame.unresolved == ()


@pytest.mark.parametrize("program", list(own_programs())[::4], ids=lambda p: p.name)
def test_it_does_not_matter_how_the_stream_is_cut(program: Program) -> None:
    codec = CODECS[1]
    trace = recorded(program)
    ids = written_ids(codec, trace)
    whole = codec.decoder(bare_prompt(codec, trace.context)).feed(ids)
    chance = random.Random(program.name)  # noqa: S311 - repeatable test data
    decoder = codec.decoder(bare_prompt(codec, trace.context))
    pieces = []
    while ids:
        size = chance.choice((1, 2, 3, 10, 100))
        pieces += decoder.feed(ids[:size])
        decoder.partial()
        ids = ids[size:]
    assert pieces == whole


def test_the_published_example_is_written_byte_for_byte() -> None:
    codec = CODECS[0]
    marked = STRAWBERRY.split("<|trace_context_start|>")[1].split("<|frame_sep|>")[0]
    source = marked.replace("  # << START_OF_TRACE", "")
    context = choose_context(source, "f('r')")
    prompt = codec.prompts.resume(context, record(source, "f('r')"))
    assert spelled(codec.tokenizer, prompt.ids) + "<|end_of_text|>" == STRAWBERRY


def test_the_published_example_is_read_from_its_text() -> None:
    codec = CODECS[0]
    marked = STRAWBERRY.split("<|trace_context_start|>")[1].split("<|frame_sep|>")[0]
    context = choose_context(marked, "f('r')")
    prompt = codec.prompts.full_trace(context)
    start = len(spelled(codec.tokenizer, prompt.ids))
    decoder = codec.decoder(prompt)
    items = [i for c in STRAWBERRY[start:] for i in decoder.feed_text(c)]
    frames = [i for i in items if isinstance(i, DecodedFrame)]
    assert items[-1] == Ended(depth=0)
    assert [f.event for f in (*decoder.given, *frames)] == record(marked, "f('r')")
    assert all(not f.notes for f in frames)
    assert "".join(f.raw for f in frames) + "<|end_of_text|>" == STRAWBERRY[start:]


def test_a_trace_in_utf8_as_some_models_write_it_reads_the_same_but_is_noted() -> None:
    codec = CODECS[0]
    source = "def f(s):\n    t = s + 'é'\n    return t\n"
    context = choose_context(source, "f('日')")
    decoder = codec.decoder(codec.prompts.full_trace(context))
    items = decoder.feed_text(
        '<|line_sep|>{"s": ".."}<|action_sep|>    t = s + \'é\'\n<|frame_sep|>'
        '<|line_sep|>{"s": "..","t":"\'日é\'"}<|action_sep|>    return t\n<|frame_sep|>'
    )
    assert [i.event for i in items if isinstance(i, DecodedFrame)] == record(source, "f('日')")[1:3]
    assert [i.notes for i in items if isinstance(i, DecodedFrame)] == [set(), {Note.SPELLING}]
