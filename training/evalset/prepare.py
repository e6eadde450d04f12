"""Prepare an evaluation file: trace the programs here, write their tokens for the GPU machine.

    PYTHONHASHSEED=0 python -m training.evalset.prepare --tokenizer models/pocket --out eval.npz

The programs are the development halves of two suites (`benchmarks/suites`): CRUXEval and the
students' programs. Neither is ever trained on. Prompts and frames come
from the same codec and the same tracer as everywhere; a trace is cut after the last whole frame
that the model's context holds.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from traces.codecs.cwm import CWMCodec, choose_context, write_frames
from traces.codecs.tokenizer import END_OF_TEXT, Tokenizer
from training.corpus.trace import Bounds, Tracer
from training.evalset.file import Case, EvalSet, save
from workers.evaluation.suites import SuiteName, load_suite
from workers.runtime.tokenizers import load_tokenizer

ROOT = Path(__file__).parents[2]
BOUNDS = Bounds(steps=2000, value_bytes=1 << 16, trace_bytes=8 << 20, seconds=10)


@dataclass(frozen=True, slots=True)
class Program:
    """A program to predict, and the call to trace."""

    name: str
    group: str
    source: str
    entry: str


def suite_programs(suite: SuiteName, group: str) -> Iterator[Program]:
    """The development half of a suite."""
    for item in load_suite(suite, "dev", ROOT).items:
        yield Program(item.name, group, item.source, item.entry)


def make_case(program: Program, codec: CWMCodec, tracer: Tracer, context: int) -> Case | None:
    """The case, or None for a program whose trace cannot be recorded or whose prompt is too long.

    A wrapped entry is traced through its wrapper, as the model is asked to predict it.
    """
    place = choose_context(program.source, program.entry)
    if place.is_wrapped:
        recorded = tracer.record(place.source, f"{place.entry_name}()")
    else:
        recorded = tracer.record(program.source, program.entry)
    if recorded is None:
        return None
    prompts = codec.prompts
    ids = prompts.context_ids(place)
    ends: list[int] = []
    for frame in write_frames(place.lines, recorded.events):
        ids += prompts.frame_ids(frame)
        ends.append(len(ids))
    given = list(prompts.full_trace(place).ids)
    if ids[: len(given)] != given:
        raise ValueError(f"{program.name}: the trace does not begin with the prompt's frames.")
    is_complete = recorded.status != "steps" and len(ids) < context
    if is_complete:
        ids.append(codec.specials.end_of_text)
    ends = [end for end in ends if len(given) < end <= context]
    if not ends:
        return None
    tokens = np.array(ids if is_complete else ids[: ends[-1]], np.uint16)
    return Case(program.name, program.group, tokens, len(given), tuple(ends), is_complete)


def token_bytes(tokenizer: Tokenizer) -> list[bytes]:
    """Every id's bytes; empty for special and unused ids."""
    found: list[bytes] = []
    for token in range(tokenizer.vocab_size):
        try:
            found.append(tokenizer.decode_bytes(token))
        except (KeyError, IndexError, ValueError):
            found.append(b"")
    return found


def main() -> None:
    """Write the file and say what is in it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tokenizer", type=Path, required=True, help="model folder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--limit", type=int, help="only so many programs of each group")
    options = parser.parse_args()
    tokenizer = load_tokenizer(options.tokenizer)
    codec, tracer = CWMCodec(tokenizer), Tracer(BOUNDS)
    cases: list[Case] = []
    for programs in (
        suite_programs("cruxeval", "cruxeval"),
        suite_programs("selfmade", "students"),
    ):
        chosen = list(programs)[: options.limit]
        made = (make_case(program, codec, tracer, options.context) for program in chosen)
        cases += [case for case in made if case is not None]
    special = dict(tokenizer.special_ids)
    if END_OF_TEXT not in special:
        raise ValueError("The tokenizer has no end of text.")
    save(options.out, EvalSet(cases, special, token_bytes(tokenizer)))
    counts = Counter(case.group for case in cases)
    complete = sum(case.is_complete for case in cases)
    tokens = sum(len(case.tokens) for case in cases)
    print(f"{dict(counts)}, {complete} complete, {tokens} tokens, {options.out}")  # noqa: T201


if __name__ == "__main__":
    main()
