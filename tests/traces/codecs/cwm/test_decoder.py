"""Tests of the streaming decoder: what a model can write, right and wrong."""

from __future__ import annotations

import pytest

from tests.traces.codecs.tokenizers import ByteTokenizer, PairTokenizer
from tests.traces.settrace_reference import record
from traces.codecs.cwm import (
    CWMCodec,
    CWMDecoder,
    DecodedFrame,
    Ended,
    Fault,
    Item,
    Malformed,
    Note,
    Truncated,
    choose_context,
)
from traces.events import TraceEvent

CODEC = CWMCodec(ByteTokenizer())
SPECIAL = CODEC.tokenizer.special_ids
SOURCE = (
    "def g(x):\n    y = x + 1\n    return y\n\ndef f(n):\n    m = g(n)\n    m += n\n    return m\n"
)

G_CALL = '<|call_sep|>{"x": "3"}<|action_sep|>def g(x):\n<|frame_sep|>'
G_LINE = '<|line_sep|>{"x": ".."}<|action_sep|>    y = x + 1\n<|frame_sep|>'
G_RETURN = '<|return_sep|><|action_sep|>    return y\n<|arg_sep|>"4"<|frame_sep|>'
F_LINE = '<|line_sep|>{"n": ".."}<|action_sep|>    m = g(n)\n<|frame_sep|>'
F_NEXT = '<|line_sep|>{"n": "3", "m": "4"}<|action_sep|>    m += n\n<|frame_sep|>'


def started() -> CWMDecoder:
    """A decoder after the given call `f(3)`."""
    return CODEC.decoder(CODEC.prompts.full_trace(choose_context(SOURCE, "f(3)")))


def ids_of(text: str) -> list[int]:
    """Ids of text in which special tokens are spelled out."""
    ids: list[int] = []
    while text:
        name = next((n for n in SPECIAL if text.startswith(n)), None)
        ids += [SPECIAL[name]] if name else list(text[0].encode())
        text = text[len(name) if name else 1 :]
    return ids


def read(text: str) -> list[Item]:
    return started().feed(ids_of(text))


def frames(items: list[Item]) -> list[DecodedFrame]:
    return [item for item in items if isinstance(item, DecodedFrame)]


def faults(items: list[Item]) -> list[Fault]:
    return [item.fault for item in items if isinstance(item, Malformed)]


def test_the_given_frames_are_known_and_not_returned() -> None:
    decoder = started()
    assert [f.event for f in decoder.given] == record(SOURCE, "f(3)")[:1]
    assert decoder.given[0].given
    assert decoder.feed([]) == []
    assert decoder.depth == 1


def test_a_forced_event_s_frame_is_read_from_the_rest_that_the_model_writes() -> None:
    prompt = CODEC.prompts.return_only(choose_context(SOURCE, "f(3)"))
    decoder = CODEC.decoder(prompt)
    items = decoder.feed(ids_of('<|action_sep|>    return m\n<|arg_sep|>"7"<|frame_sep|>'))
    (frame,) = frames(items)
    assert (frame.event.kind, frame.event.value, frame.event.line) == ("return", "7", 8)
    assert not frame.given
    assert decoder.depth == 0


def test_stepping_over_a_call_leaves_the_caller_s_variables_known() -> None:
    items = read(F_LINE + G_CALL + G_RETURN + F_NEXT)
    assert frames(items)[-1].event.changed == {"m": "4"}


def test_unchanged_after_a_callee_is_read_as_the_last_value_and_noted() -> None:
    text = '<|line_sep|>{"n": "..", "m": "4"}<|action_sep|>    m += n\n<|frame_sep|>'
    frame = frames(read(F_LINE + G_CALL + G_RETURN + text))[-1]
    assert frame.event.changed == {"m": "4"}
    assert frame.notes == {Note.UNCHANGED_AFTER_SWITCH}
    assert frame.unresolved == ()


def test_a_value_written_in_full_although_it_did_not_change_is_only_notation() -> None:
    frame = frames(read('<|line_sep|>{"n": "3"}<|action_sep|>    m = g(n)\n<|frame_sep|>'))[0]
    assert frame.event.changed == {}
    assert frame.notes == {Note.REPEATED}


def test_an_unchanged_value_that_was_never_told_is_unresolved_not_guessed() -> None:
    call = '<|call_sep|>{"x": ".."}<|action_sep|>def g(x):\n<|frame_sep|>'
    line = '<|line_sep|>{"x": "..", "z": ".."}<|action_sep|>    y = x + 1\n<|frame_sep|>'
    told = '<|line_sep|>{"x": "3", "z": ".."}<|action_sep|>    return y\n<|frame_sep|>'
    found = frames(read(F_LINE + call + line + told))[1:]
    assert [f.unresolved for f in found] == [("x",), ("x", "z"), ("z",)]
    assert [f.event.changed for f in found] == [{"x": ".."}, {"z": ".."}, {"x": "3"}]
    assert all(Note.UNRESOLVED in f.notes for f in found)


def test_removed_variables_are_reported_once() -> None:
    first = '<|line_sep|>{"n": "..", "k": "1"}<|action_sep|>    m = g(n)\n<|frame_sep|>'
    second = '<|line_sep|>{"n": ".."}<|action_sep|>    m += n\n<|frame_sep|>'
    third = '<|line_sep|>{"n": ".."}<|action_sep|>    return m\n<|frame_sep|>'
    assert [f.event.removed for f in frames(read(first + second + third))] == [(), ("k",), ()]


def test_an_exception_changes_nothing_about_what_is_unchanged() -> None:
    source = (
        "def f(n):\n    try:\n        n = n / 0\n"
        "    except ZeroDivisionError:\n        n = 0\n    return n\n"
    )
    context = choose_context(source, "f(1)")
    prompt = CODEC.prompts.resume(context, record(source, "f(1)"))
    given = CODEC.decoder(prompt).given
    assert '<|line_sep|>{"n": ".."}<|action_sep|>    except ZeroDivisionError:' in given[4].raw
    assert [f.event for f in given] == record(source, "f(1)")


def test_a_callee_s_mutation_seen_after_its_exception_is_spelled_out() -> None:
    source = (
        "def g(xs):\n    xs.append(1)\n    raise ValueError\n"
        "def f(xs):\n    try:\n        g(xs)\n    except ValueError:\n        return xs\n"
    )
    events = record(source, "f([])")
    given = CODEC.decoder(CODEC.prompts.resume(choose_context(source, "f([])"), events)).given
    after = next(f for f in given if f.event.line == 7)
    assert after.event.changed == {"xs": "[1]"}
    assert [f.event for f in given] == events


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("hello", None),
        ("hello<|frame_sep|>", Fault.TEXT_BETWEEN_FRAMES),
        ("\n" + F_LINE, Fault.TEXT_BETWEEN_FRAMES),
        ("<|frame_sep|>", Fault.NO_EVENT),
        ("<|action_sep|>x\n<|frame_sep|>", Fault.NO_EVENT),
        ("<|line_sep|><|frame_sep|>", Fault.SEPARATOR_ORDER),
        ('<|line_sep|>{"n": ".."}<|frame_sep|>', Fault.SEPARATOR_ORDER),
        ('<|line_sep|>{"n": ".."}<|arg_sep|>x<|frame_sep|>', Fault.SEPARATOR_ORDER),
        ("<|line_sep|>{}<|action_sep|>x\n<|action_sep|>x\n<|frame_sep|>", Fault.SEPARATOR_ORDER),
        ('<|line_sep|>{}<|action_sep|>x\n<|arg_sep|>"1"<|frame_sep|>', Fault.SEPARATOR_ORDER),
        ("<|line_sep|>{}<|action_sep|>    m = g(n)\n" + F_LINE, Fault.MISSING_FRAME_SEP),
        ("<|line_sep|>{}<|eot_id|>", Fault.ENDED_INSIDE_FRAME),
        ("<|line_sep|>{}<|trace_context_start|>x<|frame_sep|>", Fault.FOREIGN_SPECIAL),
        ("<|line_sep|>{<|begin_of_text|>}<|frame_sep|>", Fault.FOREIGN_SPECIAL),
        ("<|reserved_special_token_9|><|frame_sep|>", Fault.NO_EVENT),
        ("<|line_sep|>{<|action_sep|>    m = g(n)\n<|frame_sep|>", Fault.LOCALS_JSON),
        ("<|line_sep|><|action_sep|>    m = g(n)\n<|frame_sep|>", Fault.LOCALS_JSON),
        ("<|line_sep|>{'n': 1}<|action_sep|>    m = g(n)\n<|frame_sep|>", Fault.LOCALS_JSON),
        ("<|line_sep|>" + "[" * 9999 + "<|action_sep|>x\n<|frame_sep|>", Fault.LOCALS_JSON),
        ("<|line_sep|>" + "9" * 9999 + "<|action_sep|>x\n<|frame_sep|>", Fault.LOCALS_JSON),
        ("<|line_sep|>[]<|action_sep|>    m = g(n)\n<|frame_sep|>", Fault.LOCALS_TYPE),
        ('<|line_sep|>{"n": 3}<|action_sep|>    m = g(n)\n<|frame_sep|>', Fault.LOCALS_TYPE),
        ('<|line_sep|>{"n": null}<|action_sep|>    m = g(n)\n<|frame_sep|>', Fault.LOCALS_TYPE),
        ('<|line_sep|>{"n": "\\ud800"}<|action_sep|>x\n<|frame_sep|>', Fault.NOT_UTF8),
        ('<|line_sep|>{"n": "1", "n": "2"}<|action_sep|>x\n<|frame_sep|>', Fault.DUPLICATE_NAME),
        ("<|return_sep|>{}<|action_sep|>x\n<|arg_sep|>1<|frame_sep|>", Fault.LOCALS_ON_RETURN),
        ("<|return_sep|><|action_sep|>    return m\n<|frame_sep|>", Fault.MISSING_VALUE),
        ("<|return_sep|><|action_sep|>x\n<|arg_sep|><|frame_sep|>", Fault.VALUE_JSON),
        ("<|return_sep|><|action_sep|>x\n<|arg_sep|>1<|frame_sep|>", Fault.VALUE_JSON),
        ('<|return_sep|><|action_sep|>x\n<|arg_sep|>"\\udc00"<|frame_sep|>', Fault.NOT_UTF8),
        ('<|line_sep|>{"n": ".."}<|action_sep|><|frame_sep|>', Fault.SOURCE_SHAPE),
        ('<|line_sep|>{"n": ".."}<|action_sep|>a\nb\n<|frame_sep|>', Fault.SOURCE_SHAPE),
        ('<|line_sep|>{"n": ".."}<|action_sep|>  \n<|frame_sep|>', Fault.SOURCE_SHAPE),
    ],
)
def test_output_that_is_no_frame_is_named_and_kept(text: str, fault: Fault | None) -> None:
    items = read(text)
    assert faults(items) == ([fault] if fault else [])
    for item in items:
        if isinstance(item, Malformed):
            assert item.raw in text
            assert item.raw
            assert list(item.token_ids) == ids_of(item.raw)
    # Reading goes on: the next frame is understood again.
    decoder = started()
    decoder.feed(ids_of(text))
    if not decoder.ended:
        decoder.feed(ids_of("<|frame_sep|>"))
        assert len(frames(decoder.feed(ids_of(F_LINE)))) == (1 if decoder.depth else 0)


def test_an_unknown_id_breaks_only_its_frame() -> None:
    decoder = started()
    items = decoder.feed([*ids_of("<|line_sep|>{"), 99_999, -5, *ids_of("<|frame_sep|>" + F_LINE)])
    assert faults(items) == [Fault.UNKNOWN_ID]
    assert len(frames(items)) == 1


def test_bytes_that_are_no_utf8_break_only_their_frame() -> None:
    decoder = started()
    items = decoder.feed([*ids_of('<|line_sep|>{"n": "'), 0xC3, *ids_of('"}<|action_sep|>x\n')])
    items += decoder.feed(ids_of("<|frame_sep|>" + F_LINE))
    assert faults(items) == [Fault.NOT_UTF8]
    assert len(frames(items)) == 1


def test_after_an_unreadable_frame_unchanged_values_are_unresolved() -> None:
    broken = "<|line_sep|>{<|action_sep|>    m = g(n)\n<|frame_sep|>"
    line = '<|line_sep|>{"n": ".."}<|action_sep|>    m += n\n<|frame_sep|>'
    (frame,) = frames(read(broken + line))
    assert frame.unresolved == ("n",)
    assert frame.event.changed == {"n": ".."}


def test_unreadable_calls_and_returns_keep_the_depth_right() -> None:
    bad_call = "<|call_sep|>{<|action_sep|>def g(x):\n<|frame_sep|>"
    bad_return = "<|return_sep|><|action_sep|>    return y\n<|arg_sep|>4<|frame_sep|>"
    items = read(F_LINE + bad_call + G_LINE + bad_return + F_NEXT)
    assert [f.event.depth for f in frames(items)] == [1, 2, 1]
    assert [f.event.line for f in frames(items)] == [6, 2, 7]


def test_events_without_a_running_function_are_impossible() -> None:
    ret = '<|return_sep|><|action_sep|>    return m\n<|arg_sep|>"7"<|frame_sep|>'
    exc = '<|exception_sep|><|action_sep|>    return m\n<|arg_sep|>"7"<|frame_sep|>'
    items = read(ret + F_LINE + exc + ret)
    assert faults(items) == [Fault.NO_ACTIVATION] * 3


def test_the_end_of_the_trace_is_told_with_its_depth_and_everything_after_is_ignored() -> None:
    decoder = started()
    assert decoder.feed(ids_of("<|end_of_text|>" + F_LINE)) == [Ended(depth=1)]
    assert decoder.ended
    assert decoder.feed(ids_of(F_LINE)) == []
    assert decoder.partial() is None
    assert decoder.finish() is None


def test_a_cut_off_output_is_a_state_of_its_own_that_keeps_what_was_written() -> None:
    decoder = started()
    decoder.feed(ids_of(F_LINE + '<|call_sep|>{"x": "3", "y": "unfin'))
    cut = decoder.finish("length")
    assert isinstance(cut, Truncated)
    assert cut.reason == "length"
    assert cut.raw == '<|call_sep|>{"x": "3", "y": "unfin'
    assert cut.partial is not None
    assert (cut.partial.kind, cut.partial.locals) == ("call", {"x": "3"})


def test_an_output_cut_between_frames_is_cut_off_too() -> None:
    decoder = started()
    decoder.feed(ids_of(F_LINE))
    assert decoder.finish("cancelled") == Truncated("cancelled", None, "")


def test_the_frame_under_way_is_visible_while_it_grows() -> None:
    decoder = started()
    assert decoder.partial() is None
    seen = []
    for token in ids_of(
        '<|line_sep|>{"n": "..", "m": "\'é\'", "k": "1"}<|action_sep|>    m = g(n)'
    ):
        decoder.feed([token])
        partial = decoder.partial()
        assert partial is not None
        assert partial.kind == "line"
        seen.append((len(partial.locals), partial.source))
    assert seen == sorted(seen)
    assert seen[-1] == (3, "    m = g(n)")
    partial = decoder.partial()
    assert partial is not None
    assert partial.locals == {"n": "3", "m": "'é'", "k": "1"}
    decoder.feed(ids_of("\n<|frame_sep|>"))
    assert decoder.partial() is None


def test_a_frame_beyond_the_cap_is_dropped_with_bounded_memory() -> None:
    context = choose_context(SOURCE, "f(3)")
    prompt = CODEC.prompts.full_trace(context)
    decoder = CODEC.decoder(prompt, max_frame_bytes=200)
    text = '<|line_sep|>{"n": "' + "x" * 5000 + '"}<|action_sep|>    m = g(n)\n<|frame_sep|>'
    items = [i for t in ids_of(text + F_LINE) for i in decoder.feed([t])]
    assert faults(items) == [Fault.TOO_LONG]
    assert isinstance(items[0], Malformed)
    assert len(items[0].raw) <= 200
    assert len(items[0].token_ids) <= 200
    assert len(frames(items)) == 1


def test_runaway_recursion_is_stopped_at_a_depth() -> None:
    decoder = started()
    call = ids_of('<|call_sep|>{"x": "3"}<|action_sep|>def g(x):\n<|frame_sep|>')
    items = decoder.feed(call * 10_050)
    assert set(faults(items)) == {Fault.TOO_DEEP}
    assert decoder.depth == 10_000


def test_logprobs_are_summed_per_field() -> None:
    decoder = started()
    text = '<|return_sep|><|action_sep|>x\n<|arg_sep|>"7"<|frame_sep|>'
    ids = ids_of(text)
    scores = [-1.0, -2.0, -4.0, -8.0, -16.0, -0.5, -0.5, -0.5, -32.0]
    assert len(ids) == len(scores)
    (frame,) = frames(decoder.feed(ids, scores))
    assert frame.logprobs is not None
    scored = frame.logprobs
    assert (scored.event, scored.state, scored.action, scored.value) == (-1, -2, -28, -33.5)
    assert scored.lowest == -32
    assert frame.token_count == 9


def test_logprobs_are_absent_where_a_token_had_none() -> None:
    decoder = started()
    ids = ids_of(F_LINE)
    items = decoder.feed(ids[:5], [-1.0] * 5) + decoder.feed(ids[5:])
    assert frames(items)[0].logprobs is None


def test_a_forced_token_needs_no_logprob() -> None:
    decoder = CODEC.decoder(CODEC.prompts.return_only(choose_context(SOURCE, "f(3)")))
    ids = ids_of('<|action_sep|>x\n<|arg_sep|>"7"<|frame_sep|>')
    (frame,) = frames(decoder.feed(ids, [-1.0] * len(ids)))
    assert frame.logprobs is not None
    assert frame.logprobs.event == 0


def test_text_can_be_fed_in_any_pieces() -> None:
    text = F_LINE + G_CALL + G_LINE + "<|frame<|" + F_NEXT + '<|line_sep|>{"<'
    whole = started()
    expected = whole.feed_text(text)
    for size in (1, 2, 3, 7):
        decoder = started()
        items = [
            i for n in range(0, len(text), size) for i in decoder.feed_text(text[n : n + size])
        ]
        assert items == expected
        cut = decoder.finish()
        assert cut is not None
        assert cut.raw == '<|line_sep|>{"<'


def test_frames_of_the_wrapper_are_marked_and_do_not_count_in_the_depth() -> None:
    source = "def f(s):\n    return len(s)\n"
    context = choose_context(source, "f(set('ab') | f([1]))")
    decoder = CODEC.decoder(CODEC.prompts.full_trace(context))
    items = decoder.feed_text(
        "<|line_sep|>{}<|action_sep|>    arg_1 = set('ab') | f([1])\n<|frame_sep|>"
        '<|call_sep|>{"s": "[1]"}<|action_sep|>def f(s):\n<|frame_sep|>'
        '<|line_sep|>{"s": ".."}<|action_sep|>    return len(s)\n<|frame_sep|>'
        '<|return_sep|><|action_sep|>    return len(s)\n<|arg_sep|>"1"<|frame_sep|>'
        '<|line_sep|>{"arg_1": "{1}"}<|action_sep|>    return f(arg_1)\n<|frame_sep|>'
        '<|call_sep|>{"s": "{1}"}<|action_sep|>def f(s):\n<|frame_sep|>'
        '<|line_sep|>{"s": ".."}<|action_sep|>    return len(s)\n<|frame_sep|>'
        '<|return_sep|><|action_sep|>    return len(s)\n<|arg_sep|>"1"<|frame_sep|>'
        '<|return_sep|><|action_sep|>    return f(arg_1)\n<|arg_sep|>"1"<|frame_sep|>'
        "<|end_of_text|>"
    )
    own = [f.event for f in frames(items) if not f.in_wrapper]
    assert [(e.kind, e.line, e.depth) for e in own] == [
        ("call", 1, 1),
        ("line", 2, 1),
        ("return", 2, 1),
    ]
    assert {(f.event.line, f.event.depth) for f in frames(items) if f.in_wrapper} == {(0, 0)}
    assert items[-1] == Ended(depth=0)


def test_function_names_come_from_the_program() -> None:
    source = (
        "def f(n):\n    xs = [i for i in range(n)]\n    g = lambda v: v\n"
        "    class K:\n        pass\n    return g(xs)\n"
    )
    events = record(source, "f(1)")
    given = CODEC.decoder(CODEC.prompts.resume(choose_context(source, "f(1)"), events)).given
    names = [f.event.func_name for f in given if f.event.kind == "call"]
    assert names == ["f", "<listcomp>", "K", "<lambda>"]


def test_a_source_line_the_program_does_not_have_is_kept_as_text() -> None:
    (frame,) = frames(read('<|line_sep|>{"n": ".."}<|action_sep|>    n = n(n)\n<|frame_sep|>'))
    assert (frame.event.line, frame.event.source) == (0, "    n = n(n)")
    assert Note.UNKNOWN_LINE in frame.notes


def test_a_step_that_control_flow_rules_out_is_noted() -> None:
    (frame,) = frames(read('<|line_sep|>{"n": ".."}<|action_sep|>    return m\n<|frame_sep|>'))
    assert frame.event.line == 8
    assert frame.notes == {Note.IMPOSSIBLE_STEP}


def test_the_marker_in_a_source_line_is_read_away_and_noted() -> None:
    source = "def f(n):\n    return n if n == 0 else f(n - 1)\n"
    decoder = CODEC.decoder(CODEC.prompts.full_trace(choose_context(source, "f(1)")))
    (frame,) = frames(
        decoder.feed_text(
            '<|call_sep|>{"n": "0"}<|action_sep|>def f(n):  # << START_OF_TRACE<|frame_sep|>'
        )
    )
    expected = TraceEvent(kind="call", line=1, depth=2, func_name="f", changed={"n": "0"})
    assert frame.event == expected
    assert frame.notes == {Note.SOURCE_SPELLING}


def test_decoding_with_split_characters_gives_whole_ones() -> None:
    codec = CWMCodec(PairTokenizer())
    source = "def f(s):\n    s = '→' + s  # 🎉\n    return s\n"
    context = choose_context(source, "f('日本')")
    prompt = codec.prompts.resume(context, record(source, "f('日本')"))
    assert [f.event for f in codec.decoder(prompt).given] == record(source, "f('日本')")
