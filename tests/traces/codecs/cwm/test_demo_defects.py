"""Known defects of the demo debugger published with CWM, as acceptance tests for this codec.

They were found in `demos/cwmdbg.py` and its notebook (github.com/facebookresearch/cwm).
"""

from __future__ import annotations

from tests.traces.codecs.tokenizers import ByteTokenizer, spelled
from tests.traces.settrace_reference import record
from traces.codecs.cwm import (
    CWMCodec,
    DecodedFrame,
    EditRefused,
    Truncated,
    choose_context,
    edit_locals,
    edit_value,
)
from traces.events import StateFolder

CODEC = CWMCodec(ByteTokenizer())
SOURCE = (
    "def double(x):\n    x = x + x\n    return x\n\n"
    "def f(n):\n    m = 10\n    k = double(n)\n    m += k\n    m += k\n    return m\n"
)
CONTEXT = choose_context(SOURCE, "f(3)")
EVENTS = record(SOURCE, "f(3)")


def frames_of(text: str, prompt_events: int) -> list[DecodedFrame]:
    decoder = CODEC.decoder(CODEC.prompts.resume(CONTEXT, EVENTS[:prompt_events]))
    return [i for i in decoder.feed_text(text) if isinstance(i, DecodedFrame)]


def test_1_a_reply_cut_by_the_token_budget_is_a_state_and_the_session_goes_on() -> None:
    prompt = CODEC.prompts.resume(CONTEXT, EVENTS[:2])
    decoder = CODEC.decoder(prompt)
    reply = '<|line_sep|>{"n": "..", "m": "1'
    assert decoder.feed_text(reply) == []
    cut = decoder.finish("length")
    assert isinstance(cut, Truncated)
    assert cut.raw == reply
    # Asking again from the same place needs nothing but the same prompt.
    again = CODEC.decoder(CODEC.prompts.resume(CONTEXT, EVENTS[:2]))
    assert [f.event for f in again.given] == EVENTS[:2]


def test_2_stepping_over_a_call_keeps_every_variable_of_the_caller() -> None:
    call = next(n for n, e in enumerate(EVENTS) if e.func_name == "double")
    prompt = CODEC.prompts.resume(CONTEXT, EVENTS[: call + 1], force="return")
    decoder = CODEC.decoder(prompt)
    stepped = decoder.feed_text('<|action_sep|>    return x\n<|arg_sep|>"6"<|frame_sep|>')
    after = decoder.feed_text(
        '<|line_sep|>{"n": "..", "m": "..", "k": "6"}<|action_sep|>    m += k\n<|frame_sep|>'
    )
    folder = StateFolder()
    for frame in (*decoder.given, *stepped, *after):
        assert isinstance(frame, DecodedFrame)
        assert frame.unresolved == ()
        stack = folder.push(frame.event)
    assert [a.locals for a in stack] == [{"n": "3", "m": "10", "k": "6"}]


def test_3_two_identical_lines_are_told_apart() -> None:
    decoder = CODEC.decoder(CODEC.prompts.resume(CONTEXT, EVENTS))
    twins = [f.event.line for f in decoder.given if f.raw.find("    m += k") > 0]
    assert twins == [8, 9]


def test_4_an_edited_variable_reaches_the_model_and_replaces_the_old_frames() -> None:
    """The demo kept prompting with cached tokens, so an edit after stepping back did nothing."""
    back_at = 3
    edited = edit_locals(EVENTS, back_at - 1, {"m": "99"})
    ids = CODEC.prompts.resume(CONTEXT, edited).ids
    text = spelled(CODEC.tokenizer, ids)
    assert '{"n": "..", "m": "99"}' in text
    assert ids != CODEC.prompts.resume(CONTEXT, EVENTS[:back_at]).ids
    decoder = CODEC.decoder(CODEC.prompts.resume(CONTEXT, edited))
    assert decoder.given[-1].event.changed == {"m": "99"}


def test_5_removing_the_marker_never_eats_letters_of_the_source() -> None:
    source = "def f(n):\n    COST = 7\n    n = COST\n    n =\\\n    COST\n    return n\n"
    events = record(source, "f(1)")
    decoder = CODEC.decoder(CODEC.prompts.resume(choose_context(source, "f(1)"), events))
    assert [f.event for f in decoder.given] == events
    assert "<|action_sep|>    n = COST\n" in decoder.given[2].raw


def test_6_a_finished_trace_can_be_reopened_and_its_return_value_edited() -> None:
    """The demo could not step back from the end, dropped a whole edit for one bad value, and
    could not edit return values."""
    decoder = CODEC.decoder(CODEC.prompts.resume(CONTEXT, EVENTS))
    decoder.feed_text("<|end_of_text|>")
    assert decoder.ended
    back = CODEC.decoder(CODEC.prompts.resume(CONTEXT, EVENTS[:-2]))
    assert back.depth == 1
    returned = max(n for n, e in enumerate(EVENTS) if e.func_name == "double")
    changed = edit_value(EVENTS, returned, "-6")
    assert CODEC.decoder(CODEC.prompts.resume(CONTEXT, changed)).given[-1].event.value == "-6"
    try:
        edit_locals(EVENTS, 2, {"m": "1", "n": ""})
    except EditRefused as refusal:
        problems = refusal.problems
    assert problems == {"n": "The value is empty."}
