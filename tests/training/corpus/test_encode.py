"""Tests of documents: the ids of the site's own prompts, and loss on what a model must predict."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.traces.codecs.tokenizers import ByteTokenizer, spelled
from traces.codecs.cwm import Context, CWMCodec, DecodedFrame, Ended, choose_context
from traces.events import EndStatus, TraceEvent
from training.corpus.encode import (
    Document,
    Encoder,
    LossClass,
    another_value,
    calls_inside,
    draw_edit,
)
from training.corpus.trace import Edit, Recorded

SOURCE = """def double(n):
    m = n * 2
    return m

def total(xs):
    s = 0
    for x in xs:
        s += double(x)
    return s
"""
TOKENIZER = ByteTokenizer()
CODEC = CWMCodec(TOKENIZER)


def call(line: int, depth: int, name: str, **values: str) -> TraceEvent:
    return TraceEvent(kind="call", line=line, depth=depth, func_name=name, changed=values)


def line(number: int, depth: int, name: str, **values: str) -> TraceEvent:
    return TraceEvent(kind="line", line=number, depth=depth, func_name=name, changed=values)


def back(number: int, depth: int, name: str, value: str) -> TraceEvent:
    return TraceEvent(kind="return", line=number, depth=depth, func_name=name, value=value)


def total_of(x: int) -> list[TraceEvent]:
    """The trace of `total([x])` by hand."""
    return [
        call(5, 1, "total", xs=f"[{x}]"),
        line(6, 1, "total"),
        line(7, 1, "total", s="0"),
        line(8, 1, "total", x=str(x)),
        call(1, 2, "double", n=str(x)),
        line(2, 2, "double"),
        line(3, 2, "double", m=str(2 * x)),
        back(3, 2, "double", str(2 * x)),
        line(7, 1, "total", s=str(2 * x)),
        line(9, 1, "total"),
        back(9, 1, "total", str(2 * x)),
    ]


class ScriptedTracer:
    """A fake: plays a given trace; with an edit of `x` at step 3 the one that follows from it."""

    def __init__(self, status: EndStatus = "ok") -> None:
        self.status: EndStatus = status
        self.asked: list[tuple[str, str]] = []

    def record(self, source: str, entry: str, edit: Edit | None = None) -> Recorded | None:
        self.asked.append((source, entry))
        events = total_of(7)
        if "main" in source:
            shift = [
                TraceEvent(
                    kind=e.kind,
                    line=e.line,
                    depth=e.depth + 1,
                    func_name=e.func_name,
                    changed=e.changed,
                    value=e.value,
                )
                for e in events
            ]
            events = [call(11, 1, "main"), line(12, 1, "main"), *shift, back(12, 1, "main", "14")]
        if edit is not None:
            other = total_of(int(str(edit.value)))
            events = [*events[:3], *other[3:]]
        return Recorded(tuple(events), self.status)


def make(kind: str, *, wrapped: bool = False, **options: object) -> Document:
    tracer = ScriptedTracer(options.pop("status", "ok"))  # type: ignore[arg-type]  # see above
    encoder = Encoder(
        CODEC,
        tracer,  # type: ignore[arg-type]  # the part of a Tracer that is used
        shares={kind: 1.0},
        wrapper_share=float(wrapped),
        **options,  # type: ignore[arg-type]  # max_tokens
    )
    for seed in range(50):
        document = encoder.document(SOURCE, "total([7])", random.Random(seed))  # noqa: S311  # reproducible
        if document and (document.kind == kind or kind == "full"):
            return document
    raise AssertionError(f"no {kind} document")


def learned(document: Document, loss: LossClass = LossClass.FRAME) -> str:
    """The text of the tokens of one class."""
    ids = [i for i, c in zip(document.ids, document.classes, strict=True) if c == loss]
    return spelled(TOKENIZER, ids)


def decoded(document: Document, context: Context) -> Sequence[object]:
    """What the site's decoder reads from the document's frames."""
    prompt = CODEC.prompts.full_trace(context)
    assert tuple(document.ids[: len(prompt.ids)]) == prompt.ids
    return CODEC.decoder(prompt).feed(document.ids[len(prompt.ids) :])


def test_a_full_trace_is_the_sites_prompt_and_what_its_decoder_reads_as_the_trace() -> None:
    document = make("full")
    items = decoded(document, choose_context(SOURCE, "total([7])"))
    frames = [item.event for item in items if isinstance(item, DecodedFrame)]
    assert [(e.kind, e.line, e.value) for e in frames] == [
        (e.kind, e.line, e.value) for e in total_of(7)[1:]
    ]
    assert isinstance(items[-1], Ended)
    assert document.kind == "direct"
    assert document.is_whole


def test_everything_that_a_prompt_gives_is_given_and_the_rest_is_learned() -> None:
    document = make("full")
    prompt = CODEC.prompts.full_trace(choose_context(SOURCE, "total([7])"))
    given = len(prompt.ids)
    assert document.classes[0] == LossClass.IGNORED
    assert set(document.classes[1:given]) == {LossClass.GIVEN}
    assert set(document.classes[given:]) == {LossClass.FRAME}
    assert len(document.classes) == len(document.ids)


def test_a_wrapped_program_is_traced_as_the_model_sees_it() -> None:
    document = make("full", wrapped=True)
    assert document.kind == "wrapped"
    text = spelled(TOKENIZER, document.ids)
    assert "def main():  # << START_OF_TRACE\n    return total([7])\n" in text
    assert text.endswith('    return total([7])\n<|arg_sep|>"14"<|frame_sep|><|end_of_text|>')


def test_a_trace_that_was_cut_off_does_not_end() -> None:
    document = make("full", status="steps")
    assert not document.is_whole
    assert document.ids[-1] == CODEC.specials.frame_sep
    short = make("full", max_tokens=len(document.ids) - 10)
    assert short.ids[-1] == CODEC.specials.frame_sep
    assert len(short.ids) < len(document.ids) - 10
    assert not short.is_whole


def test_return_only_asks_for_the_value_after_the_forced_token() -> None:
    document = make("return")
    prompt = CODEC.prompts.return_only(choose_context(SOURCE, "total([7])"))
    assert tuple(document.ids[: len(prompt.ids)]) == prompt.ids
    assert learned(document) == (
        '<|action_sep|>    return s\n<|arg_sep|>"14"<|frame_sep|><|end_of_text|>'
    )


def test_a_call_that_is_stepped_over_gives_its_return_token_and_goes_on() -> None:
    document = make("over")
    assert learned(document, LossClass.GIVEN).endswith("<|return_sep|>")
    assert '<|line_sep|>{"xs": "[7]", "s": "14", "x": "7"}' in learned(document)


def test_a_call_inside_the_trace_can_open_a_trace_of_its_own() -> None:
    document = make("resume")
    text = spelled(TOKENIZER, document.ids)
    assert text.startswith(
        "<|begin_of_text|><|trace_context_start|>def double(n):  # << START_OF_TRACE\n"
    )
    assert text.endswith('    return m\n<|arg_sep|>"14"<|frame_sep|><|end_of_text|>')


def test_an_edited_value_is_given_and_what_follows_from_it_is_learned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("training.corpus.encode.draw_edit", lambda *_: Edit(3, "x", 50))
    document = make("edited")
    assert '"x": "50"' in learned(document, LossClass.GIVEN)
    assert '"n": "50"' in learned(document)
    assert learned(document).endswith('"100"<|frame_sep|><|end_of_text|>')


def test_calls_left_by_an_exception_are_not_stepped_over() -> None:
    events = total_of(7)
    assert calls_inside(events) == [(4, 7)]
    raised = TraceEvent(kind="exception", line=3, depth=2, func_name="double", value="(...)")
    assert calls_inside([*events[:7], raised, *events[7:]]) == []


def test_edits_change_a_value_into_another_of_its_type() -> None:
    rng = random.Random(1)  # noqa: S311  # reproducible
    for value in (5, 2.5, True, "abc", [1, 2], (1, "a"), {"a": 1}, [], ""):
        for _ in range(30):
            other = another_value(value, rng)
            assert other is None or type(other) is type(value)
    assert another_value(None, rng) is None
    for _ in range(30):
        edit = draw_edit(total_of(7), rng)
        assert edit is not None
        assert total_of(7)[edit.step].kind == "line"


def test_source_text_is_learned_as_text() -> None:
    encoder = Encoder(CODEC, ScriptedTracer(), max_tokens=60)  # type: ignore[arg-type]  # as above
    document = encoder.text("x = 1\n")
    assert learned(document, LossClass.TEXT) == "x = 1\n<|end_of_text|>"
    long = encoder.text("x = 1\n" * 50)
    assert len(long.ids) == 60
    assert not long.is_whole
