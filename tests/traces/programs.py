"""The programs that codec and line tests run over, and their traces as a model sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.traces.settrace_reference import traced as record
from traces.codecs.cwm import Context, CWMCodec, DecodedFrame, Ended, choose_context, write_frames
from traces.codecs.cwm.prompts import TracePrompt
from traces.events import TraceEvent

GOLDEN = Path(__file__).parent.parent / "golden"
CRUXEVAL = GOLDEN.parents[1] / "benchmarks" / "suites" / "cruxeval-dev.jsonl"


@dataclass(frozen=True, slots=True)
class Program:
    """A program and the call to trace."""

    name: str
    source: str
    entry: str


def own_programs() -> Iterator[Program]:
    """The self-made set (tests/golden/programs)."""
    for path in sorted((GOLDEN / "programs").glob("*.py")):
        for part in path.read_text(encoding="utf-8").split("#%% ")[1:]:
            head, _, source = part.partition("\n")
            name, _, entry = head.partition(" | ")
            yield Program(f"{path.stem}: {name}", source.removesuffix("\n"), entry)


def cruxeval_programs() -> Iterator[Program]:
    """400 programs of CRUXEval (benchmarks/suites, MIT licence)."""
    text = CRUXEVAL.read_text(encoding="utf-8")
    for row in map(json.loads, text.removesuffix("\n").split("\n")):
        yield Program(row["id"], row["code"], f"f({row['input']})")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A real trace of a program in the form in which a model would write it.

    `shown` are all events, a wrapper's included; `events` are the user's program's own. `raised`
    tells whether the call was left by an exception.
    """

    context: Context
    shown: list[TraceEvent]
    events: list[TraceEvent]
    raised: bool


def recorded(program: Program) -> Recorded:
    """Run the program and record the entry's call."""
    context = choose_context(program.source, program.entry)
    events, raised = record(program.source, program.entry)
    if not context.is_wrapped:
        return Recorded(context, events, events, raised)
    shown, _ = record(context.source, f"{context.entry_name}()")
    # A lambda among the arguments is a function of the wrapper, and its repr says so.
    prefix = f"{context.entry_name}.<locals>."
    return Recorded(context, [_without(prefix, e) for e in shown], events, raised)


def _without(prefix: str, event: TraceEvent) -> TraceEvent:
    changed = {name: value.replace(prefix, "") for name, value in event.changed.items()}
    return msgspec.structs.replace(event, changed=changed)


def bare_prompt(codec: CWMCodec, context: Context) -> TracePrompt:
    """A prompt without given frames: the model writes the trace from the first call."""
    full = codec.prompts.full_trace(context)
    return TracePrompt(
        context=context,
        ids=full.ids[: full.context_len],
        context_len=full.context_len,
        forced=None,
        stop_ids=full.stop_ids,
        step_stop_ids=full.step_stop_ids,
    )


def written_ids(codec: CWMCodec, trace: Recorded) -> list[int]:
    """The ids a perfect model would write after `bare_prompt`."""
    frames = write_frames(trace.context.lines, trace.shown)
    ids = [i for frame in frames for i in codec.prompts.frame_ids(frame)]
    return [*ids, codec.specials.end_of_text]


def decoded(codec: CWMCodec, trace: Recorded) -> list[DecodedFrame]:
    """The user's own frames after a round trip through ids."""
    decoder = codec.decoder(bare_prompt(codec, trace.context))
    items = decoder.feed(written_ids(codec, trace))
    frames = [item for item in items if isinstance(item, DecodedFrame)]
    assert len(frames) == len(items) - 1, [i for i in items if not isinstance(i, DecodedFrame)]
    assert isinstance(items[-1], Ended)
    assert items[-1].left_by_exception == trace.raised
    return [frame for frame in frames if not frame.in_wrapper]
