"""Prompts as token ids. Nothing here ever joins user text with the spelling of a special token.

    <|begin_of_text|><|trace_context_start|>CONTEXT<|frame_sep|> FRAMES [event token]

Every prompt of one program begins with the same ids (the context) and goes on with whole frames,
so that a server's prefix cache serves all of them; `context_len` says how long the shared part is.
Forcing an event means ending the prompt with that event's token: forcing `return` after a call
frame steps over the call, forcing `line` steps into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from traces.codecs.cwm.context import Context
from traces.codecs.cwm.encoder import FrameWriter
from traces.codecs.cwm.grammar import UNCHANGED, DecodedFrame, FrameText
from traces.codecs.tokenizer import CWMSpecials, Tokenizer, encode_plain
from traces.events import Kind, StateFolder, TraceEvent

#: An edited value longer than this is refused rather than sent to the model.
MAX_EDIT_CHARS = 64 * 1024


@dataclass(frozen=True, slots=True)
class TracePrompt:
    """A prompt and what its decoder must know.

    `ids` go to the model; the first `context_len` of them are the context, the rest frames.
    `forced` is the kind of the event token that the prompt ends with. `stop_ids` end a whole
    trace, `step_stop_ids` one frame.
    """

    context: Context
    ids: tuple[int, ...]
    context_len: int
    forced: Kind | None
    stop_ids: tuple[int, ...]
    step_stop_ids: tuple[int, ...]

    @property
    def given_ids(self) -> tuple[int, ...]:
        """The ids after the context: whole frames, then the forced event's token if any."""
        return self.ids[self.context_len :]


class EditRefused(ValueError):
    """An edit that cannot be made. Nothing was changed; `problems` maps name to a sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{name}: {text}" for name, text in problems.items()))
        self.problems = dict(problems)


class CWMPrompts:
    """Builds the prompts of one tokenizer."""

    def __init__(self, tokenizer: Tokenizer, specials: CWMSpecials) -> None:
        self._tokenizer = tokenizer
        self._specials = specials
        s = specials
        self._sep: dict[Kind, int] = {
            "call": s.call_sep,
            "line": s.line_sep,
            "return": s.return_sep,
            "exception": s.exception_sep,
        }

    def full_trace(self, context: Context) -> TracePrompt:
        """The whole trace from the entry's call, which is given if its arguments are known."""
        return self.resume(context, ())

    def return_only(self, context: Context) -> TracePrompt:
        """Asks for the entry's return value at once, without the steps between."""
        if context.seed_locals is None:
            raise ValueError("Asking for the return value needs the call's arguments.")
        return self.resume(context, (), force="return")

    def resume(
        self, context: Context, events: Iterable[TraceEvent], *, force: Kind | None = None
    ) -> TracePrompt:
        """Goes on after real or edited `events` (from the trace's first event, no gaps).

        Without events the entry's call is seeded from the context. In a wrapped context the
        wrapper's call and line come before the events; where it computes arguments first, their
        values are not known here: use `context_at` to go on without the wrapper (`ValueError`).
        This serves resync (the actual events up to k), a single step (stop at `step_stop_ids`),
        a forced event, and stepping over a call (events up to the call, `force="return"`).
        """
        writer = FrameWriter(context.lines)
        frames = [writer.write(e) for e in opening_events(context)] if context.is_wrapped else []
        given = list(events)
        if given:
            if context.setup_lines:
                raise ValueError("The entry's arguments are computed: use context_at(source, e).")
            if context.is_wrapped:
                frames += [writer.write(wrapper_line(context))]
            frames += [writer.write(e) for e in given]
        elif not context.is_wrapped:
            frames = [writer.write(e) for e in opening_events(context)]
        return self._build(context, [self.frame_ids(f) for f in frames], force)

    def extend(
        self,
        prompt: TracePrompt,
        frames: Sequence[DecodedFrame],
        *,
        force: Kind | None = None,
    ) -> TracePrompt:
        """Goes on after the model's own frames, reusing exactly the ids it produced."""
        body = prompt.given_ids
        if prompt.forced is not None:  # the first frame's ids include the forced token
            body = body[:-1]
        own = [f.token_ids for f in frames if not f.given]
        if any(not ids for ids in own):
            raise ValueError("These frames were decoded from text and have no token ids.")
        return self._build(prompt.context, [body, *own], force)

    def frame_ids(self, frame: FrameText) -> list[int]:
        """One frame as ids."""
        s = self._specials
        ids = [self._sep[frame.kind], *self.plain(frame.locals), s.action_sep]
        ids += self.plain(frame.source)
        if frame.value is not None:
            ids += [s.arg_sep, *self.plain(frame.value)]
        return [*ids, s.frame_sep]

    def context_ids(self, context: Context) -> list[int]:
        """The shared beginning of every prompt of this context."""
        s = self._specials
        return [s.begin_of_text, s.trace_context_start, *self.plain(context.text), s.frame_sep]

    def plain(self, text: str) -> list[int]:
        """Ids of user text; never a special one."""
        return encode_plain(self._tokenizer, text) if text else []

    def _build(
        self, context: Context, parts: Iterable[Sequence[int]], force: Kind | None
    ) -> TracePrompt:
        head = self.context_ids(context)
        ids = [*head, *(i for part in parts for i in part)]
        if force is not None:
            ids.append(self._sep[force])
        ends = tuple(sorted(self._specials.ends))
        return TracePrompt(
            context=context,
            ids=tuple(ids),
            context_len=len(head),
            forced=force,
            stop_ids=ends,
            step_stop_ids=(self._specials.frame_sep, *ends),
        )


def opening_events(context: Context) -> list[TraceEvent]:
    """The call that opens the trace, or nothing where the model shall invent the arguments."""
    if context.seed_locals is None:
        return []
    return [
        TraceEvent(
            kind="call",
            line=context.entry_line,
            depth=1,
            func_name=context.entry_name,
            changed=context.seed_locals,
        )
    ]


def wrapper_line(context: Context) -> TraceEvent:
    """The wrapper's last line, about to make the entry call."""
    line = len(context.lines)
    return TraceEvent(kind="line", line=line, depth=1, func_name=context.entry_name)


def edit_locals(
    events: Sequence[TraceEvent], at: int, values: Mapping[str, str], removed: Sequence[str] = ()
) -> list[TraceEvent]:
    """The events up to and including `at`, with locals there set to new reprs or removed.

    All or nothing: raises `EditRefused` naming every value that cannot be used, so that no part
    of an edit is ever dropped without a word.
    """
    event = events[at]
    problems = {name: p for name, value in values.items() if (p := _value_problem(value))}
    problems |= {name: "Not a variable name." for name in values if not _is_name(name)}
    if event.kind in ("return", "exception"):
        problems |= dict.fromkeys((*values, *removed), f"A {event.kind} has no variables.")
    if problems:
        raise EditRefused(problems)
    changed = {n: v for n, v in event.changed.items() if n not in removed} | dict(values)
    known = _locals_before(events, at)
    gone = {*event.removed, *(n for n in removed if n in known)} - changed.keys()
    edited = _with(event, changed=changed, removed=tuple(sorted(gone)))
    return [*events[:at], edited]


def edit_value(events: Sequence[TraceEvent], at: int, value: str) -> list[TraceEvent]:
    """The events up to and including `at`, with another return value or exception there."""
    event = events[at]
    problem = _value_problem(value)
    if event.kind not in ("return", "exception"):
        problem = f"A {event.kind} event has no value."
    if problem:
        raise EditRefused({event.kind: problem})
    return [*events[:at], _with(event, value=value)]


def _with(
    event: TraceEvent,
    *,
    changed: dict[str, str] | None = None,
    removed: tuple[str, ...] | None = None,
    value: str | None = None,
) -> TraceEvent:
    return TraceEvent(
        kind=event.kind,
        line=event.line,
        depth=event.depth,
        func_name=event.func_name,
        changed=event.changed if changed is None else changed,
        removed=event.removed if removed is None else removed,
        value=event.value if value is None else value,
        source=event.source,
    )


def _locals_before(events: Sequence[TraceEvent], at: int) -> dict[str, str]:
    if events[at].kind == "call":
        return {}
    folder = StateFolder()
    state: dict[str, str] = {}
    for event in events[: at + 1]:
        stack = folder.push(event)
        state = stack[-1].locals
    return dict(state)


def _value_problem(value: str) -> str:
    if not value.strip():
        return "The value is empty."
    if value == UNCHANGED:
        return f"Write the value itself, not {UNCHANGED!r}."
    if len(value) > MAX_EDIT_CHARS:
        return f"The value is longer than {MAX_EDIT_CHARS} characters."
    return ""


def _is_name(name: str) -> bool:
    return name.isidentifier() or (name[:1] == "." and name[1:].isdigit())
