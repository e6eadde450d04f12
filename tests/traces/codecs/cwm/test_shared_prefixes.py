"""Prompts that begin alike begin with the same ids, to the token.

A model server computes a prompt's beginning only once, if it is exactly the same ids. One id that
differs near the front (a name, a date, a different way to cut the same text) makes every first
token slow for everybody, and nothing else would show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from tests.traces.codecs.tokenizers import ByteTokenizer
from tests.traces.settrace_reference import record
from traces.codecs.cwm import CWMCodec, choose_context, edit_locals
from workers.runtime.tokenizers import load_tokenizer

POCKET = Path(__file__).resolve().parents[4] / "models" / "pocket"

STARTER = '''"""Count the words that are longer than a limit."""

LIMIT = 3


def is_long(word):
    return len(word) > LIMIT


def count_long(words):
    total = 0
    for word in words:
'''
ANN = STARTER + "        if is_long(word):\n            total += 1\n    return total\n"
BOB = STARTER + "        total = total + int(is_long(word))\n    return total\n"
ENTRY = "count_long(['a', 'word', 'is', 'longer'])"


@pytest.fixture(params=["bytes", "pocket"])
def codec(request: pytest.FixtureRequest) -> CWMCodec:
    if request.param == "bytes":
        return CWMCodec(ByteTokenizer())
    return CWMCodec(load_tokenizer(POCKET))


def shared(a: Sequence[int], b: Sequence[int]) -> int:
    """How many first ids are equal."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((at for at, (x, y) in pairs if x != y), min(len(a), len(b)))


def test_two_students_with_one_starter_share_all_of_it(codec: CWMCodec) -> None:
    contexts = [choose_context(source, ENTRY) for source in (ANN, BOB)]
    ann, bob = (codec.prompts.full_trace(context).ids for context in contexts)
    text = contexts[0].text
    common = text[: text.index("        if is_long")]
    assert contexts[1].text.startswith(common)
    # Both go on with the same indentation, which the tokenizer may cut after either.
    assert shared(ann, bob) >= 2 + len(codec.prompts.plain(common))


def test_two_students_with_one_program_send_the_same_ids(codec: CWMCodec) -> None:
    first, second = (codec.prompts.full_trace(choose_context(ANN, ENTRY)) for _ in range(2))
    assert first.ids == second.ids


def test_another_call_of_the_same_program_shares_the_whole_context(codec: CWMCodec) -> None:
    one = codec.prompts.full_trace(choose_context(ANN, ENTRY))
    other = codec.prompts.full_trace(choose_context(ANN, "count_long(['b'])"))
    assert shared(one.ids, other.ids) >= one.context_len


def test_every_step_of_a_debugger_begins_with_the_one_before(codec: CWMCodec) -> None:
    context = choose_context(ANN, ENTRY)
    events = record(ANN, ENTRY)
    steps = [codec.prompts.resume(context, events[: k + 1]).ids for k in range(len(events))]
    assert len(steps) > 10
    assert all(later[: len(before)] == before for before, later in pairwise(steps))


def test_an_edited_value_costs_only_its_own_frame(codec: CWMCodec) -> None:
    context = choose_context(ANN, ENTRY)
    events = record(ANN, ENTRY)
    at = next(k for k, e in enumerate(events) if e.kind == "line" and "total" in e.changed)
    before = codec.prompts.resume(context, events[:at]).ids
    edited = edit_locals(events, at, {"total": "41"})
    branch = codec.prompts.resume(context, edited).ids
    assert branch[: len(before)] == before


def test_forcing_an_event_changes_the_last_id_only(codec: CWMCodec) -> None:
    context = choose_context(ANN, ENTRY)
    whole = codec.prompts.full_trace(context).ids
    assert codec.prompts.return_only(context).ids[:-1] == whole
