"""How fast a model's tokens become trace events.

    python -m benchmarks.codec [--quick] [--repeats 7] [--out FILE]

* `decode`   tokens per second of one core, over the real traces of 400 CRUXEval programs and of
             the self-made programs, with a new decoder for each trace as in production; fed one
             token at a time, eight at a time, and all at once (goal: 200,000 per second)
* `growth`   one trace of 100, 1,000 and 10,000 events: microseconds per event stay level if the
             decoder is linear. `loop` repeats four lines, `calls` calls a function in every
             round, `recursion` only goes down, `states` carries 40 variables, `malformed` is all
             broken frames
* `encode`   events per second from events to token ids, as for a resync prompt
* `analyse`  milliseconds to read a program's control flow once, before its first trace

Token ids come from a tokenizer that cuts text about as finely as a BPE does; `tokens_per_event`
says how finely. Times are CPU time of the one thread that computes, medians over the repeats.
Results are JSON on standard output and in `--out`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.common import default_result_path, emit, provenance, tell
from tests.traces.codecs.tokenizers import PieceTokenizer
from tests.traces.programs import (
    Program,
    bare_prompt,
    cruxeval_programs,
    own_programs,
    recorded,
    written_ids,
)
from traces.codecs.cwm import CWMCodec, DecodedFrame, TracePrompt
from traces.lines import SourceLines

GOAL_TOKENS_PER_S: Final = 200_000
SIZES: Final = (100, 1_000, 10_000)

CODEC: Final = CWMCodec(PieceTokenizer())


@dataclass(frozen=True, slots=True)
class Work:
    """A generation to decode."""

    prompt: TracePrompt
    program: SourceLines
    ids: list[int]
    events: int


def work_of(program: Program) -> Work:
    """The real trace of a program, as the ids of a perfect prediction."""
    trace = recorded(program)
    ids = written_ids(CODEC, trace)
    prompt = bare_prompt(CODEC, trace.context)
    return Work(prompt, SourceLines(trace.context.source), ids, len(trace.shown))


def decode(work: Work, chunk: int) -> None:
    """Decode one generation in chunks of this many tokens."""
    decoder = CODEC.decoder(work.prompt, program=work.program)
    ids = work.ids
    for at in range(0, len(ids), chunk):
        decoder.feed(ids[at : at + chunk])


def cpu_seconds(run: Callable[[], object], repeats: int) -> float:
    """The median CPU time of `run`, after one run that is not counted."""
    run()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times)


# --- decode --------------------------------------------------------------------------------


def measure_decode(repeats: int, sets: dict[str, list[Work]]) -> list[dict[str, Any]]:
    """Tokens per second, per set of programs and chunk size."""
    rows = []
    for name, works in sets.items():
        tokens = sum(len(w.ids) for w in works)
        events = sum(w.events for w in works)
        for chunk in (1, 8, max(len(w.ids) for w in works)):
            seconds = cpu_seconds(lambda w=works, c=chunk: _all(w, c), repeats)  # type: ignore[misc]  # defaults bind the loop's values
            rows.append(
                {
                    "programs": name,
                    "traces": len(works),
                    "tokens_per_chunk": chunk,
                    "tokens": tokens,
                    "tokens_per_event": round(tokens / events, 1),
                    "tokens_per_s": round(tokens / seconds),
                    "events_per_s": round(events / seconds),
                }
            )
            tell(f"decode {name} by {chunk}: {rows[-1]['tokens_per_s']:,} tokens/s")
    return rows


def _all(works: Iterable[Work], chunk: int) -> None:
    for work in works:
        decode(work, chunk)


# --- growth --------------------------------------------------------------------------------


def growing_programs(size: int) -> Iterable[Program]:
    """Programs whose traces have about `size` events."""
    loop = "def f(n):\n    t = 0\n    for i in range(n):\n" + "        t += i\n" * 3
    yield Program("loop", loop + "    return t\n", f"f({size // 4})")
    calls = "def g(x):\n    return x + 1\ndef f(n):\n    for i in range(n):\n        y = g(i)\n"
    yield Program("calls", calls + "    return y\n", f"f({size // 5})")
    names = "".join(f"    v{k} = {k}\n" for k in range(40))
    states = f"def f(n):\n{names}    for i in range(n):\n        v0 += i\n    return v0\n"
    yield Program("states", states, f"f({max(1, size // 2 - 20)})")


def deep_work(size: int) -> Work:
    """Recursion without end: every frame is a call or the line that makes the next one."""
    source = "def f(n):\n    return f(n + 1)\n"
    template = work_of(Program("recursion", "def f(n):\n    return n\n", "f(0)"))
    plain = CODEC.prompts.plain
    s = CODEC.specials
    ids: list[int] = []
    for n in range(size // 2):
        ids += [
            s.call_sep,
            *plain(f'{{"n": "{n}"}}'),
            s.action_sep,
            *plain("def f(n):\n"),
            s.frame_sep,
        ]
        ids += [s.line_sep, *plain('{"n": ".."}'), s.action_sep, *plain("    return f(n + 1)\n")]
        ids.append(s.frame_sep)
    return Work(template.prompt, SourceLines(source), ids, size)


def broken_work(size: int) -> Work:
    """Nothing but frames that cannot be read."""
    template = work_of(Program("malformed", "def f(n):\n    return n\n", "f(0)"))
    s = CODEC.specials
    frame = [s.line_sep, *CODEC.prompts.plain('{"n": "'), s.action_sep, s.arg_sep, s.frame_sep]
    return Work(template.prompt, template.program, frame * size, size)


def measure_growth(repeats: int, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Microseconds per event at growing lengths."""
    rows = []
    for size in sizes:
        named = [(p.name, work_of(p)) for p in growing_programs(size)]
        named += [("recursion", deep_work(size)), ("malformed", broken_work(size))]
        for name, work in named:
            seconds = cpu_seconds(lambda w=work: decode(w, 8), repeats)  # type: ignore[misc]  # as above
            rows.append(
                {
                    "shape": name,
                    "events": work.events,
                    "tokens": len(work.ids),
                    "ms": round(seconds * 1e3, 3),
                    "us_per_event": round(seconds / work.events * 1e6, 2),
                    "tokens_per_s": round(len(work.ids) / seconds),
                }
            )
            tell(f"growth {name} {work.events}: {rows[-1]['us_per_event']} us/event")
    return rows


# --- the rest ------------------------------------------------------------------------------


def measure_encode(repeats: int, programs: Sequence[Program]) -> dict[str, Any]:
    """From events to the ids of a prompt."""
    traces = [recorded(p) for p in programs]
    traces = [t for t in traces if not t.context.is_wrapped]

    def run() -> None:
        for trace in traces:
            CODEC.prompts.resume(trace.context, trace.events)

    seconds = cpu_seconds(run, repeats)
    events = sum(len(t.events) for t in traces)
    return {"traces": len(traces), "events": events, "events_per_s": round(events / seconds)}


def measure_analyse(repeats: int, programs: Sequence[Program]) -> dict[str, Any]:
    """Reading control flow, which a run does once."""
    seconds = cpu_seconds(lambda: [SourceLines(p.source) for p in programs], repeats)
    largest = "\n".join(p.source for p in programs)[: 64 * 1024]
    whole = largest[: largest.rindex("\ndef ")]
    return {
        "programs": len(programs),
        "ms_per_program": round(seconds / len(programs) * 1e3, 3),
        "source_kib": round(len(whole) / 1024, 1),
        "ms_for_that_source": round(cpu_seconds(lambda: SourceLines(whole), repeats) * 1e3, 1),
    }


def check(works: Iterable[Work]) -> None:
    """Refuse to measure a decoder that does not decode."""
    for work in works:
        decoder = CODEC.decoder(work.prompt, program=work.program)
        items = decoder.feed(work.ids)
        if sum(isinstance(i, DecodedFrame) for i in items) != work.events:
            raise AssertionError("a trace was not decoded in full")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="few repeats, small sizes, no file")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    repeats = 2 if options.quick else options.repeats
    cruxeval, own = list(cruxeval_programs()), list(own_programs())
    sets = {"cruxeval": [work_of(p) for p in cruxeval], "own": [work_of(p) for p in own]}
    for works in sets.values():
        check(works)
    rows = measure_decode(repeats, sets)
    slowest = min(row["tokens_per_s"] for row in rows)
    result = {
        "benchmark": "codec",
        **provenance(packages=["msgspec"]),
        "repeats": repeats,
        "goals": {
            "tokens_per_s": GOAL_TOKENS_PER_S,
            "slowest": slowest,
            "is_met": slowest >= GOAL_TOKENS_PER_S,
        },
        "decode": rows,
        "growth": measure_growth(repeats, SIZES[:2] if options.quick else SIZES),
        "encode": measure_encode(repeats, cruxeval),
        "analyse": measure_analyse(repeats, cruxeval),
    }
    out = options.out or (None if options.quick else default_result_path("codec"))
    emit(result, out=out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
