"""The text of one CWM frame: how a trace event is spelled, and the words for what was decoded.

Grammar (github.com/facebookresearch/cwm, PROMPTING_GUIDE.md, and model outputs):

    trace  := frame* <|end_of_text|>
    frame  := (<|call_sep|> | <|line_sep|>) LOCALS <|action_sep|> SOURCE <|frame_sep|>
            | (<|return_sep|> | <|exception_sep|>) <|action_sep|> SOURCE <|arg_sep|> VALUE
              <|frame_sep|>
    LOCALS := JSON object, name -> repr or ".."
    SOURCE := the physical source line with its indentation and its newline
    VALUE  := JSON string holding a repr

A local is written `..` exactly when its repr equals the one in the immediately preceding event of
the same activation. A change of activation reveals everything again: a call (and the resumption of
a generator) writes all values, and so does the first line of the caller after a callee returned.
An exception frame carries no locals and changes nothing about this.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from traces.canonical import UNRESOLVED
from traces.codecs import tokenizer as names
from traces.events import EndStatus, Kind, TraceEvent
from traces.trace import FrameConfidence

#: What a frame writes for a value that did not change.
UNCHANGED = UNRESOLVED

SEP_OF_KIND: dict[Kind, str] = {
    "call": names.CALL_SEP,
    "line": names.LINE_SEP,
    "return": names.RETURN_SEP,
    "exception": names.EXCEPTION_SEP,
}


@dataclass(frozen=True, slots=True)
class FrameText:
    """The parts of one frame between its special tokens. `value` is None for call and line."""

    kind: Kind
    locals: str
    source: str
    value: str | None

    def text(self) -> str:
        """The whole frame with its special tokens spelled out (for people and golden files)."""
        head = f"{SEP_OF_KIND[self.kind]}{self.locals}{names.ACTION_SEP}{self.source}"
        tail = "" if self.value is None else f"{names.ARG_SEP}{self.value}"
        return f"{head}{tail}{names.FRAME_SEP}"


def locals_json(values: Mapping[str, str]) -> str:
    """LOCALS for the given values: `json.dumps` with its default separators, ASCII only."""
    return json.dumps(values)


class Note(StrEnum):
    """Something about a readable frame that a reader should know; none of them is an error."""

    #: A `..` has nothing to refer to; the value is unknown, not guessed.
    UNRESOLVED = "unresolved"
    #: A value is spelled out although it did not change: notation only.
    REPEATED = "repeated"
    #: `..` right after a change of activation, where the format spells every value out. It is
    #: read as "what this activation had last".
    UNCHANGED_AFTER_SWITCH = "unchanged_after_switch"
    #: JSON that means the same but is spelled differently (blanks, escapes).
    SPELLING = "spelling"
    #: The source line lacks its newline, or has the trace marker or other blanks at its end.
    SOURCE_SPELLING = "source_spelling"
    #: The source text is no line of the program (`line` is 0).
    UNKNOWN_LINE = "unknown_line"
    #: The line is in the program but control flow cannot get there from the line before.
    IMPOSSIBLE_STEP = "impossible_step"


class Fault(StrEnum):
    """Why a stretch of output is not a frame."""

    TEXT_BETWEEN_FRAMES = "text_between_frames"
    NO_EVENT = "no_event"  # a frame separator without a frame
    SEPARATOR_ORDER = "separator_order"
    MISSING_FRAME_SEP = "missing_frame_sep"  # the next frame began inside this one
    ENDED_INSIDE_FRAME = "ended_inside_frame"
    FOREIGN_SPECIAL = "foreign_special"  # a special token that has no place in a trace
    UNKNOWN_ID = "unknown_id"  # an id the tokenizer does not have
    NOT_UTF8 = "not_utf8"
    LOCALS_JSON = "locals_json"
    LOCALS_TYPE = "locals_type"  # JSON, but no object of strings
    DUPLICATE_NAME = "duplicate_name"
    LOCALS_ON_RETURN = "locals_on_return"
    SOURCE_SHAPE = "source_shape"  # empty, or more than one line
    MISSING_VALUE = "missing_value"
    VALUE_JSON = "value_json"
    NO_ACTIVATION = "no_activation"  # a line, return or exception while no function runs
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"


@dataclass(frozen=True, slots=True)
class FieldLogprobs:
    """Sums of token logprobs per field of a frame, and the lowest single one.

    Each field includes the special token that ends it, since ending there was a choice too.
    `locals` holds the sum of each written value's own tokens, from its opening to its closing
    quote; a token that reaches into two values counts to both. NaN: the runtime did not say.
    """

    event: float
    state: float
    action: float
    value: float
    lowest: float
    locals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """One complete, readable frame.

    `token_ids` are the model's own, so that continuing never re-encodes them (empty when text was
    fed). `given` frames come from the prompt, not from the model. `in_wrapper` frames belong to
    the function that the prompt put around the entry expression, not to the user's program:
    their `line` is 0 and their `depth` 0. `unresolved` names the locals whose value is unknown.
    """

    event: TraceEvent
    raw: str
    token_ids: tuple[int, ...] = ()
    notes: frozenset[Note] = frozenset()
    unresolved: tuple[str, ...] = ()
    candidates: tuple[int, ...] = ()
    logprobs: FieldLogprobs | None = None
    given: bool = False
    in_wrapper: bool = False

    @property
    def token_count(self) -> int:
        return len(self.token_ids)

    @property
    def confidence(self) -> FrameConfidence:
        """How sure the model was; empty where the runtime gave no logprobs."""
        scored = self.logprobs
        if scored is None:
            return FrameConfidence()
        has_value = self.event.kind in ("return", "exception")
        values = {name: _probability(logprob) for name, logprob in scored.locals.items()}
        return FrameConfidence(
            event=_probability(scored.event),
            line=_probability(scored.action),
            value=_probability(scored.value) if has_value else None,
            locals={name: value for name, value in values.items() if value is not None},
        )


def _probability(logprob: float) -> float | None:
    """Rounded to three digits; None for NaN. Rounding in an engine may put it above zero."""
    return None if math.isnan(logprob) else round(math.exp(min(0.0, logprob)), 3)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Output that is no frame: what it was (`raw`) and why (`fault`).

    `is_cut`: it was longer than a frame may be, and `raw` and `token_ids` hold only its beginning.
    """

    fault: Fault
    raw: str
    kind: Kind | None = None
    token_ids: tuple[int, ...] = ()
    detail: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The model ended the trace (`<|end_of_text|>`).

    `depth` is 0 when every call had returned; otherwise the model stopped too early.
    `left_by_exception`: the outermost call did not return but was left by an exception.
    """

    depth: int
    left_by_exception: bool = False


@dataclass(frozen=True, slots=True)
class Partial:
    """What is known of the frame under way. `locals` holds the complete pairs so far, resolved
    where a `..` can be resolved."""

    kind: Kind | None
    locals: dict[str, str]
    locals_text: str
    source: str
    value_text: str
    raw: str


@dataclass(frozen=True, slots=True)
class Truncated:
    """The output stopped before the model ended the trace. What came before remains valid."""

    reason: EndStatus
    partial: Partial | None
    raw: str


Item = DecodedFrame | Malformed | Ended
