"""Programs and their traces as documents: token ids with the loss class of each as a target.

Every id comes from the codec that the site's prompts come from (`traces.codecs.cwm`), so that what
the model sees here is what it will be asked. Kinds of documents, after the debugger's prompts:

* full: the whole trace from the entry's call, with the arguments given (direct) or through the
  wrapper; both ways occur in the site, so programs that could have either get either;
* resume: the trace of a call inside the trace, opened by that call's frame (`context_at`);
* return: the call, then the forced return with its value (`CWMPrompts.return_only`);
* over: some calls are stepped over, or left half-way, by forcing their return; the trace goes on;
* edited: a local was changed at some step, and the trace continues from there. The continuation is
  real: the program is run again and the value is put into its frame at that step;
* source: program text alone.

A forced token is given, so nothing is learned from it. A trace beyond the step limit or beyond
`max_tokens` ends after a whole frame, without the token that ends a trace.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from traces.codecs.cwm import (
    Context,
    ContextError,
    CWMCodec,
    EncodeError,
    FrameWriter,
    choose_context,
    context_at,
    wrapper_context,
)
from traces.events import StateFolder, TraceEvent
from training.corpus.trace import Edit, Recorded, Tracer

#: Shares of programs per kind of trace document.
Shares = dict[str, float]
TRACE_SHARES: Shares = {"full": 0.78, "resume": 0.08, "return": 0.05, "over": 0.05, "edited": 0.04}
#: Programs that get the wrapper although the direct way would do.
WRAPPER_SHARE = 0.15
_SKIPPED_CALLS = 0.6
_LEFT_HALF_WAY = 0.25


class LossClass(IntEnum):
    """What a token is as a target."""

    IGNORED = 0
    GIVEN = 1
    FRAME = 2
    TEXT = 3


@dataclass(frozen=True, slots=True)
class Document:
    """`classes[i]` is the loss class of `ids[i]` as a target."""

    kind: str
    ids: list[int]
    classes: bytes
    frames: int
    is_whole: bool


class _Builder:
    """Puts one document together, frame by frame, up to `max_tokens`."""

    def __init__(self, codec: CWMCodec, context: Context, max_tokens: int) -> None:
        self._codec = codec
        self._writer = FrameWriter(context.lines)
        self.ids = codec.prompts.context_ids(context)
        self._classes = bytearray([LossClass.GIVEN]) * len(self.ids)
        self._classes[0] = LossClass.IGNORED
        self._max_tokens = max_tokens
        self.frames = 0
        self.is_full = len(self.ids) >= max_tokens

    def add(self, events: Iterable[TraceEvent], loss: LossClass, *, forced: bool = False) -> None:
        """More frames. The event token of a `forced` one is given."""
        for event in events:
            if self.is_full:
                return
            ids = self._codec.prompts.frame_ids(self._writer.write(event))
            if len(self.ids) + len(ids) >= self._max_tokens:
                self.is_full = True
                return
            self.ids += ids
            self._classes += bytes((loss,)) * len(ids)
            if forced:
                self._classes[-len(ids)] = LossClass.GIVEN
            self.frames += 1

    def finish(self, kind: str, *, ended: bool) -> Document | None:
        """The document, or None if it holds nothing to learn."""
        ended = ended and not self.is_full
        if ended:
            self.ids.append(self._codec.specials.end_of_text)
            self._classes.append(LossClass.FRAME)
        if LossClass.FRAME not in self._classes:
            return None
        return Document(kind, self.ids, bytes(self._classes), self.frames, ended)


class Encoder:
    """Turns programs into documents. Not for several threads at once."""

    def __init__(
        self,
        codec: CWMCodec,
        tracer: Tracer,
        *,
        max_tokens: int = 4096,
        shares: Shares | None = None,
        wrapper_share: float = WRAPPER_SHARE,
    ) -> None:
        self._codec = codec
        self._tracer = tracer
        self._max_tokens = max_tokens
        self._kinds = list(shares or TRACE_SHARES)
        self._weights = list((shares or TRACE_SHARES).values())
        self._wrapper_share = wrapper_share

    def document(self, source: str, entry: str, rng: random.Random) -> Document | None:
        """A document about one program, of a kind that `rng` chooses and the trace allows.

        None for a program that cannot serve.
        """
        kind = rng.choices(self._kinds, self._weights)[0]
        try:
            choose = wrapper_context if rng.random() < self._wrapper_share else choose_context
            context = choose(source, entry)
            recorded = self._record(context, source, entry)
            if recorded is None or not _opens_with(recorded.events, context):
                return None
            made = self._variant(kind, context, recorded, source, entry, rng)
            return made or self._full(context, recorded)
        except (ContextError, EncodeError):
            return None

    def text(self, text: str) -> Document:
        """Plain text to pre-train on."""
        prompts, specials = self._codec.prompts, self._codec.specials
        ids = [specials.begin_of_text, *prompts.plain(text)]
        whole = len(ids) < self._max_tokens
        ids = [*ids, specials.end_of_text] if whole else ids[: self._max_tokens]
        classes = bytes([LossClass.IGNORED]) + bytes([LossClass.TEXT]) * (len(ids) - 1)
        return Document("source", ids, classes, 0, whole)

    def _record(
        self, context: Context, source: str, entry: str, edit: Edit | None = None
    ) -> Recorded | None:
        # The wrapper is traced as what it is: the function that the model sees.
        if context.is_wrapped:
            return self._tracer.record(context.source, f"{context.entry_name}()", edit)
        return self._tracer.record(source, entry, edit)

    def _variant(
        self,
        kind: str,
        context: Context,
        recorded: Recorded,
        source: str,
        entry: str,
        rng: random.Random,
    ) -> Document | None:
        if kind == "return":
            return self._return(context, recorded)
        if kind == "over":
            return self._over(context, recorded, rng)
        if kind == "resume":
            return self._resume(source, context, recorded, rng)
        if kind == "edited":
            found = draw_edit(recorded.events, rng)
            if found is None:
                return None
            again = self._record(context, source, entry, found)
            return self._edited(context, recorded, again, found)
        return None

    def _full(self, context: Context, recorded: Recorded) -> Document | None:
        builder = _Builder(self._codec, context, self._max_tokens)
        builder.add(recorded.events[:1], LossClass.GIVEN)
        builder.add(recorded.events[1:], LossClass.FRAME)
        kind = "wrapped" if context.is_wrapped else "direct"
        return builder.finish(kind, ended=recorded.status != "steps")

    def _return(self, context: Context, recorded: Recorded) -> Document | None:
        if recorded.status != "ok":
            return None
        builder = _Builder(self._codec, context, self._max_tokens)
        builder.add(recorded.events[:1], LossClass.GIVEN)
        builder.add(recorded.events[-1:], LossClass.FRAME, forced=True)
        return builder.finish("return", ended=True)

    def _over(self, context: Context, recorded: Recorded, rng: random.Random) -> Document | None:
        events = recorded.events
        skips: dict[int, int] = {}  # first left-out event -> the return that is forced
        for call, end in calls_inside(events):
            if rng.random() < _SKIPPED_CALLS:
                first = call + 1
                if rng.random() < _LEFT_HALF_WAY:
                    first = _half_way(events, call, end, rng)
                skips[first] = end
        if not skips:
            return None
        builder = _Builder(self._codec, context, self._max_tokens)
        builder.add(events[:1], LossClass.GIVEN)
        at = 1
        while at < len(events):
            is_forced = at in skips
            at = skips.get(at, at)
            builder.add(events[at : at + 1], LossClass.FRAME, forced=is_forced)
            at += 1
        return builder.finish("over", ended=recorded.status != "steps")

    def _resume(
        self, source: str, context: Context, recorded: Recorded, rng: random.Random
    ) -> Document | None:
        if "yield" in context.text or "async " in context.text:
            return None  # a call event may be a resumption, which opens no trace
        inside = [c for c in calls_inside(recorded.events) if c[1] - c[0] > 1]
        if not inside:
            return None
        call, end = rng.choice(inside)
        events = recorded.events[call : end + 1]
        if events[0].line > context.program_lines:
            return None  # the wrapper is no part of the program that is gone on with
        try:
            inner = context_at(source, events[0])
        except ContextError:
            return None
        if inner.seed_locals != events[0].changed:
            return None
        builder = _Builder(self._codec, inner, self._max_tokens)
        builder.add(events[:1], LossClass.GIVEN)
        builder.add(events[1:], LossClass.FRAME)
        return builder.finish("resume", ended=True)

    def _edited(
        self, context: Context, before: Recorded, after: Recorded | None, edit: Edit
    ) -> Document | None:
        if after is None or len(after.events) <= edit.step + 1:
            return None
        at = edit.step
        # The same run up to the edit, and the edit itself shows the value that was chosen.
        if (
            after.events[:at] != before.events[:at]
            or after.events[at].line != before.events[at].line
        ):
            return None
        if after.events[at].changed.get(edit.name) != repr(edit.value):
            return None
        builder = _Builder(self._codec, context, self._max_tokens)
        builder.add(after.events[: at + 1], LossClass.GIVEN)
        builder.add(after.events[at + 1 :], LossClass.FRAME)
        return builder.finish("edited", ended=after.status != "steps")


def _opens_with(events: Sequence[TraceEvent], context: Context) -> bool:
    """Whether the recording begins with the call that the prompt gives."""
    first = events[0]
    if first.kind != "call" or first.line != context.entry_line:
        return False
    seed = context.seed_locals
    return seed is not None and list(first.changed.items()) == list(seed.items())


def calls_inside(events: Sequence[TraceEvent]) -> list[tuple[int, int]]:
    """Indexes of the calls within the trace and of their returns, where nothing was raised."""
    found: list[tuple[int, int]] = []
    open_: list[int] = []
    for at, event in enumerate(events):
        if event.kind == "call":
            open_.append(at)
        elif event.kind == "return" and open_:
            call = open_.pop()
            left_by_exception = events[at - 1].kind == "exception"
            if open_ and not left_by_exception:
                found.append((call, at))
    return found


def _half_way(events: Sequence[TraceEvent], call: int, end: int, rng: random.Random) -> int:
    """An event of the activation itself after which the rest is left out."""
    depth = events[call].depth
    own = [at for at in range(call, end) if events[at].depth == depth and events[at].kind == "line"]
    return rng.choice(own) + 1 if own else call + 1


def draw_edit(events: Sequence[TraceEvent], rng: random.Random) -> Edit | None:
    """A local of some `line` event and another value of the same type for it."""
    steps = [at for at, e in enumerate(events[:-1]) if e.kind == "line"]
    if not steps:
        return None
    step = rng.choice(steps)
    folder = StateFolder()
    state: dict[str, str] = {}
    for event in events[: step + 1]:
        state = folder.push(event)[-1].locals
    names = [name for name in state if name.isidentifier()]
    rng.shuffle(names)
    for name in names:
        try:
            value = ast.literal_eval(state[name])
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        other = another_value(value, rng)
        if other is not None and repr(other) != state[name]:
            return Edit(step, name, other)
    return None


def another_value(value: object, rng: random.Random) -> object | None:
    """A value that a person might put in place of this one; None if none comes to mind."""
    match value:
        case bool():
            return not value
        case int():
            return rng.choice([value + 1, value - 1, 0, -value, value * 2, rng.randint(-20, 99)])
        case float():
            return rng.choice([value + 1.0, value * 2, 0.0, -value, round(value / 2, 2)])
        case str():
            return _another_text(value, rng)
        case list():
            return list(_another_sequence(value, rng))
        case tuple() if value:
            return tuple(_another_sequence(value, rng))
        case dict() if value:
            return _another_dict(value, rng)
    return None


def _another_text(text: str, rng: random.Random) -> str:
    extra = rng.choice(["a", "x", "Z", "7", " ", "-", "abc", text[:1]])
    at = rng.randint(0, len(text))
    choices = [text[:at] + extra + text[at:], text[:at], text[::-1], text.upper(), text + extra, ""]
    return rng.choice(choices)


def _another_sequence(items: list[object] | tuple[object, ...], rng: random.Random) -> list[object]:
    changed = list(items)
    match rng.randrange(4):
        case 0 if changed:
            changed.pop(rng.randrange(len(changed)))
        case 1 if changed:
            changed.insert(rng.randint(0, len(changed)), rng.choice(changed))
        case 2 if len(changed) > 1:
            changed.reverse()
        case _ if changed:
            at = rng.randrange(len(changed))
            other = another_value(changed[at], rng)
            changed[at] = changed[at] if other is None else other
        case _:
            changed = [rng.randint(0, 9)]
    return changed


def _another_dict(items: dict[object, object], rng: random.Random) -> dict[object, object]:
    key = rng.choice(list(items))
    other = another_value(items[key], rng)
    if other is None or rng.random() < 0.3:
        return {k: v for k, v in items.items() if k != key}
    return items | {key: other}
