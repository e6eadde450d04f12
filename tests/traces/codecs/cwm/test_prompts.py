"""Tests of prompts as ids: what a model is shown, and that it cannot be forged."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.codecs.tokenizers import SPECIAL_NAMES, ByteTokenizer, PairTokenizer, spelled
from tests.traces.settrace_reference import record
from traces.codecs.cwm import (
    CWMCodec,
    DecodedFrame,
    EditRefused,
    TracePrompt,
    choose_context,
    edit_locals,
    edit_value,
    invented_context,
)
from traces.events import StateFolder

CODEC = CWMCodec(ByteTokenizer())
SOURCE = "def g(x):\n    y = x + 1\n    return y\n\ndef f(n):\n    m = g(n)\n    return m\n"
CONTEXT = choose_context(SOURCE, "f(3)")
EVENTS = record(SOURCE, "f(3)")
HEAD = "<|begin_of_text|><|trace_context_start|>" + CONTEXT.text + "<|frame_sep|>"
CALL = '<|call_sep|>{"n": "3"}<|action_sep|>def f(n):\n<|frame_sep|>'


def shown(prompt: TracePrompt) -> str:
    return spelled(CODEC.tokenizer, prompt.ids)


def test_a_full_trace_gives_the_call_with_its_arguments() -> None:
    prompt = CODEC.prompts.full_trace(CONTEXT)
    assert shown(prompt) == HEAD + CALL
    assert prompt.forced is None
    assert set(prompt.stop_ids) == CODEC.specials.ends
    assert set(prompt.step_stop_ids) == {*CODEC.specials.ends, CODEC.specials.frame_sep}


def test_arguments_left_to_the_model_end_the_prompt_after_the_context() -> None:
    prompt = CODEC.prompts.full_trace(invented_context(SOURCE, "f"))
    assert shown(prompt) == HEAD


def test_a_wrapped_entry_gives_the_wrapper_s_call() -> None:
    prompt = CODEC.prompts.full_trace(choose_context(SOURCE, "f(len('abc'))"))
    assert shown(prompt).endswith(
        "def main():  # << START_OF_TRACE\n    arg_1 = len('abc')\n    return f(arg_1)\n"
        "<|frame_sep|><|call_sep|>{}<|action_sep|>def main():\n<|frame_sep|>"
    )


def test_the_return_value_alone_is_asked_for_by_forcing_the_return() -> None:
    prompt = CODEC.prompts.return_only(CONTEXT)
    assert shown(prompt) == HEAD + CALL + "<|return_sep|>"
    assert prompt.forced == "return"
    with pytest.raises(ValueError, match="needs the call's arguments"):
        CODEC.prompts.return_only(invented_context(SOURCE, "f"))


def test_going_on_from_reality_shows_the_real_frames() -> None:
    prompt = CODEC.prompts.resume(CONTEXT, EVENTS[:3])
    assert shown(prompt) == HEAD + CALL + (
        '<|line_sep|>{"n": ".."}<|action_sep|>    m = g(n)\n<|frame_sep|>'
        '<|call_sep|>{"x": "3"}<|action_sep|>def g(x):\n<|frame_sep|>'
    )


def test_stepping_over_a_call_forces_its_return() -> None:
    over = CODEC.prompts.resume(CONTEXT, EVENTS[:3], force="return")
    into = CODEC.prompts.resume(CONTEXT, EVENTS[:3], force="line")
    assert shown(over).endswith("def g(x):\n<|frame_sep|><|return_sep|>")
    assert shown(into).endswith("def g(x):\n<|frame_sep|><|line_sep|>")


def test_every_prompt_of_a_program_begins_with_the_same_ids() -> None:
    prompts = [
        CODEC.prompts.full_trace(CONTEXT),
        CODEC.prompts.return_only(CONTEXT),
        *(CODEC.prompts.resume(CONTEXT, EVENTS[:k]) for k in range(1, len(EVENTS))),
    ]
    heads = {(p.context_len, p.ids[: p.context_len]) for p in prompts}
    assert len(heads) == 1
    for shorter, longer in itertools.pairwise(prompts[2:]):
        assert longer.ids[: len(shorter.ids)] == shorter.ids


def test_going_on_in_a_wrapped_context_keeps_the_wrapper() -> None:
    source = "def f(s):\n    n = len(s)\n    return n\n"
    context = choose_context(source, "f({1, 2})")
    prompt = CODEC.prompts.resume(context, record(source, "f({1, 2})")[:2])
    assert shown(prompt).endswith(
        "<|call_sep|>{}<|action_sep|>def main():\n<|frame_sep|>"
        "<|line_sep|>{}<|action_sep|>    return f({1, 2})\n<|frame_sep|>"
        '<|call_sep|>{"s": "{1, 2}"}<|action_sep|>def f(s):\n<|frame_sep|>'
        '<|line_sep|>{"s": ".."}<|action_sep|>    n = len(s)\n<|frame_sep|>'
    )
    decoder = CODEC.decoder(prompt)
    assert [f.in_wrapper for f in decoder.given] == [True, True, False, False]
    assert [f.event.depth for f in decoder.given] == [0, 0, 1, 1]


def test_going_on_where_the_wrapper_computes_arguments_needs_another_context() -> None:
    context = choose_context(SOURCE, "f(len('abc'))")
    with pytest.raises(ValueError, match="context_at"):
        CODEC.prompts.resume(context, EVENTS[:2])


@given(
    source=st.lists(st.one_of(st.sampled_from(SPECIAL_NAMES), st.text()), max_size=5).map("".join),
    value=st.lists(st.one_of(st.sampled_from(SPECIAL_NAMES), st.text()), max_size=5).map("".join),
)
def test_no_program_and_no_value_can_forge_a_frame(source: str, value: str) -> None:
    codec = CWMCodec(PairTokenizer())
    program = "def f(s):\n    return s\n# " + "".join(source.replace("\0", "").split())
    context = choose_context(program, f"f({value!r})")
    prompt = codec.prompts.resume(context, record(program, f"f({value!r})")[:2])
    special = set(codec.tokenizer.special_ids.values())
    s = codec.specials
    frames = [s.call_sep, s.action_sep, s.frame_sep, s.line_sep, s.action_sep, s.frame_sep]
    head = [s.begin_of_text, s.trace_context_start, s.frame_sep]
    assert [i for i in prompt.ids if i in special] == head + frames
    assert codec.decoder(prompt).given[0].event.changed == {"s": repr(value)}


def test_continuing_the_model_s_own_frames_reuses_its_ids() -> None:
    codec = CWMCodec(PairTokenizer())
    prompt = codec.prompts.return_only(choose_context(SOURCE, "f(3)"))
    decoder = codec.decoder(prompt)
    # Deliberately cut differently from what the tokenizer would do.
    own = [
        codec.specials.action_sep,
        *b"    return m\n",
        codec.specials.arg_sep,
        *b'"4"',
        codec.specials.frame_sep,
    ]
    frames = [i for i in decoder.feed(own) if isinstance(i, DecodedFrame)]
    longer = codec.prompts.extend(prompt, [*decoder.given, *frames], force="line")
    assert longer.ids == (*prompt.ids, *own, codec.specials.line_sep)
    assert codec.decoder(longer).given[-1].event.value == "4"


def test_frames_decoded_from_text_cannot_be_continued_by_ids() -> None:
    prompt = CODEC.prompts.full_trace(CONTEXT)
    frames = CODEC.decoder(prompt).feed_text(
        '<|line_sep|>{"n": ".."}<|action_sep|>    m = g(n)\n<|frame_sep|>'
    )
    with pytest.raises(ValueError, match="have no token ids"):
        CODEC.prompts.extend(prompt, [f for f in frames if isinstance(f, DecodedFrame)])


def test_an_edited_variable_is_what_the_model_is_shown() -> None:
    edited = edit_locals(EVENTS, 4, {"y": "40"})
    assert len(edited) == 5
    prompt = CODEC.prompts.resume(CONTEXT, edited)
    assert shown(prompt).endswith(
        '<|line_sep|>{"x": "..", "y": "40"}<|action_sep|>    return y\n<|frame_sep|>'
    )


def test_an_edit_can_add_and_remove_variables() -> None:
    edited = edit_locals(EVENTS, 4, {"new": "'v'"}, removed=["x", "y", "never"])
    folder = StateFolder()
    states = [dict(folder.push(e)[-1].locals) for e in edited]
    assert states[-1] == {"new": "'v'"}


def test_an_edit_back_to_the_old_value_is_written_as_unchanged() -> None:
    edited = edit_locals(EVENTS, 4, {"x": "3"})
    assert shown(CODEC.prompts.resume(CONTEXT, edited)).endswith(
        '{"x": "..", "y": "4"}<|action_sep|>    return y\n<|frame_sep|>'
    )


def test_return_values_can_be_edited() -> None:
    edited = edit_value(EVENTS, 5, "-1")
    assert shown(CODEC.prompts.resume(CONTEXT, edited)).endswith('<|arg_sep|>"-1"<|frame_sep|>')
    with pytest.raises(EditRefused, match="has no value"):
        edit_value(EVENTS, 4, "1")


def test_an_edit_is_made_as_a_whole_or_refused_with_every_reason() -> None:
    with pytest.raises(EditRefused) as refusal:
        edit_locals(EVENTS, 4, {"y": "5", "x": " ", "not a name": "1", "z": ".."})
    assert set(refusal.value.problems) == {"x", "not a name", "z"}
    with pytest.raises(EditRefused, match="longer than"):
        edit_locals(EVENTS, 4, {"y": "'" + "a" * 70_000 + "'"})
    with pytest.raises(EditRefused, match="has no variables"):
        edit_locals(EVENTS, 5, {"y": "5"})
