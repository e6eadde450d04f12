"""Tests of confidence: which tokens' logprobs a value gets, and what people are shown of them."""

from __future__ import annotations

import itertools
import json
import math
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.traces.codecs.tokenizers import ByteTokenizer
from traces.codecs.cwm import CWMCodec, DecodedFrame, FieldLogprobs, choose_context
from traces.trace import FrameConfidence

SOURCE = "def f(x):\n    y = 42\n    return y\n"


class PieceByPiece(ByteTokenizer):
    """Has a token of its own for each piece that it is told of, repeated ones included."""

    def __init__(self, pieces: list[str]) -> None:
        super().__init__()
        self._pieces = [piece.encode() for piece in pieces]

    @property
    def vocab_size(self) -> int:
        return 1000 + len(self._pieces)

    def decode_bytes(self, token_id: int) -> bytes:
        return super().decode_bytes(token_id) if token_id < 1000 else self._pieces[token_id - 1000]


def decode(codec: CWMCodec, ids: list[int], scores: list[float]) -> DecodedFrame:
    """The one frame that these ids are, after the given call `f(3)`."""
    decoder = codec.decoder(codec.prompts.full_trace(choose_context(SOURCE, "f(3)")))
    (frame,) = decoder.feed(ids, scores)
    assert isinstance(frame, DecodedFrame)
    return frame


def scored_line(locals_text: str, pieces: list[str]) -> DecodedFrame:
    """A line frame whose locals came in these tokens, each with the logprob -1, -2, -4, …"""
    assert "".join(pieces) == locals_text
    tokenizer = PieceByPiece(pieces)
    codec = CWMCodec(tokenizer)
    special = tokenizer.special_ids
    own = [1000 + n for n in range(len(pieces))]
    ids = [special["<|line_sep|>"], *own, special["<|action_sep|>"]]
    ids += [*tokenizer.encode_ordinary("    y = g(x)\n"), special["<|frame_sep|>"]]
    scores = [0.0, *(-(2.0**n) for n in range(len(own)))]
    return decode(codec, ids, scores + [0.0] * (len(ids) - len(scores)))


def value_logprobs(locals_text: str, pieces: list[str]) -> dict[str, float]:
    """The same frame's logprob of each value."""
    frame = scored_line(locals_text, pieces)
    assert frame.logprobs is not None
    return dict(frame.logprobs.locals)


def test_each_value_has_the_logprobs_of_its_own_tokens() -> None:
    pieces = ['{"', "x", '": ', '"', "..", '"', ", ", '"y', '": ', '"4', '2"', "}"]
    found = value_logprobs('{"x": "..", "y": "42"}', pieces)
    assert found == {"x": -(8 + 16 + 32), "y": -(512 + 1024)}


def test_a_token_that_reaches_into_two_values_counts_to_both() -> None:
    assert value_logprobs('{"x": "1", "y": "2"}', ['{"x": "1', '", "y": "', '2"}']) == {
        "x": -(1 + 2),
        "y": -(2 + 4),
    }
    assert value_logprobs('{"x": "1", "y": "2"}', ['{"x": "1", "y": "2"}']) == {"x": -1, "y": -1}


def test_values_are_found_by_bytes_and_not_by_characters() -> None:
    pieces = ['{"é', '": ', '"', "€ü", '", "z": ', '"', "0", '"', "}"]
    found = value_logprobs('{"é": "€ü", "z": "0"}', pieces)
    assert found == {"é": -(4 + 8 + 16), "z": -(32 + 64 + 128)}


def test_a_quote_inside_a_value_does_not_end_it() -> None:
    pieces = ["{", r'"s": "', "'" + r"\"x\": ", r"\"1\"" + "'", '"', "}"]
    assert value_logprobs("".join(pieces), pieces) == {"s": -(2 + 4 + 8 + 16)}


@given(st.dictionaries(st.text(max_size=4), st.text(max_size=6), max_size=4), st.randoms())
def test_every_value_is_scored_however_the_text_is_cut(
    values: dict[str, str], chance: random.Random
) -> None:
    text = json.dumps(values)
    cuts = sorted(chance.sample(range(1, len(text)), chance.randrange(min(8, len(text)))))
    pieces = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
    found = value_logprobs(text, pieces)
    assert list(found) == list(values)
    at = 0
    for name, value in values.items():
        # By search and per character, where the codec counts tokens and bytes.
        first = text.index(": ", at + len(json.dumps(name))) + 2
        last = first + len(json.dumps(value))
        touched = {sum(cut <= place for cut in cuts) for place in range(first, last)}
        assert found[name] == -sum(2.0**token for token in touched)
        at = last + 2


def test_confidence_is_a_probability_per_field() -> None:
    frame = scored_line('{"x": ".."}', ['{"x": ', '".."', "}"])
    assert frame.confidence == FrameConfidence(event=1.0, line=1.0, locals={"x": 0.135})
    assert replace(frame, logprobs=None).confidence == FrameConfidence()
    unknown = FieldLogprobs(math.nan, 0.0, 0.25, 0.0, 0.0, {"x": math.nan, "y": -math.inf})
    assert replace(frame, logprobs=unknown).confidence == FrameConfidence(
        line=1.0, locals={"y": 0.0}
    )


def test_only_a_frame_with_a_value_is_confident_of_it() -> None:
    codec = CWMCodec(ByteTokenizer())
    special = codec.tokenizer.special_ids
    ids = [special["<|return_sep|>"], special["<|action_sep|>"], *b"x\n", special["<|arg_sep|>"]]
    ids += [*b'"7"', special["<|frame_sep|>"]]
    frame = decode(codec, ids, [-0.5] * len(ids))
    assert frame.confidence == FrameConfidence(event=0.607, line=0.223, value=0.135)
