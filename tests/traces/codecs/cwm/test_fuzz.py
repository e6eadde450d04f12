"""A short run of the fuzzer; `python -m tests.traces.codecs.fuzz` is the long one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.traces.codecs.fuzz import Fuzzer
from tests.traces.codecs.tokenizers import SPECIAL_NAMES, ByteTokenizer
from traces.codecs.cwm import CWMCodec, choose_context

CODEC = CWMCodec(ByteTokenizer())
PROMPT = CODEC.prompts.full_trace(choose_context("def f(n):\n    return n\n", "f(1)"))


def test_damaged_traces_never_raise_and_lose_no_token() -> None:
    fuzzer = Fuzzer(seed=20261123)
    for _ in range(3000):
        fuzzer.run_one()
    # The run met what it is for: good frames and nearly every way in which a frame can be wrong.
    assert fuzzer.outcomes["frame"] > 2000
    assert len(fuzzer.outcomes) > 15


@settings(max_examples=200)
@given(st.lists(st.integers(-2, CODEC.tokenizer.vocab_size + 2), max_size=60))
def test_any_ids_are_accepted(ids: list[int]) -> None:
    decoder = CODEC.decoder(PROMPT)
    decoder.feed(ids)
    decoder.partial()
    decoder.finish()


@settings(max_examples=200)
@given(st.lists(st.sampled_from(SPECIAL_NAMES) | st.text(max_size=8), max_size=30))
def test_any_text_is_accepted(parts: list[str]) -> None:
    decoder = CODEC.decoder(PROMPT)
    for part in parts:
        decoder.feed_text(part)
        decoder.partial()
    decoder.finish()
