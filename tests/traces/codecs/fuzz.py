"""Fuzzing the decoder: mutated token sequences, by the million.

    python -m tests.traces.codecs.fuzz --sequences 10000000 --seconds 3600

Takes real traces as ids, damages them (tokens dropped, doubled, swapped, replaced, special tokens
and random bytes inserted, other traces spliced in, unknown ids) and feeds them in random pieces.
For every sequence it checks that nothing is raised, that every id ends up in exactly one item or in
the unfinished frame, and that what the decoder holds is bounded. Prints JSON: how many sequences
and tokens, what they decoded to, tokens per second, and the process's memory at begin and end.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass

from tests.traces.codecs.tokenizers import PairTokenizer
from tests.traces.programs import bare_prompt, own_programs, recorded, written_ids
from traces.codecs.cwm import CWMCodec, DecodedFrame, Item, Malformed, TracePrompt
from traces.lines import SourceLines

#: Small, so that the cap itself is fuzzed.
MAX_FRAME_BYTES = 2_000

#: Lengths of the sequences before mutation: mostly short ones, so that there can be many.
LENGTHS = (5, 20, 40, 60, 60, 60, 80, 400)


@dataclass(frozen=True, slots=True)
class Seed:
    """A real trace to damage: cut so that it begins with its first frame."""

    prompt: TracePrompt
    program: SourceLines
    ids: tuple[int, ...]


class Fuzzer:
    """Makes, feeds and checks sequences. Raises `AssertionError` on the first wrong one."""

    def __init__(self, seed: int) -> None:
        self.codec = CWMCodec(PairTokenizer())
        self.chance = random.Random(seed)  # noqa: S311 - repeatable test data
        self.seeds = self._load()
        self.special = tuple(self.codec.tokenizer.special_ids.values())
        self.sequences = 0
        self.tokens = 0
        self.outcomes: Counter[str] = Counter()

    def _load(self) -> list[Seed]:
        seeds = []
        for program in own_programs():
            trace = recorded(program)
            ids = tuple(written_ids(self.codec, trace))
            prompt = bare_prompt(self.codec, trace.context)
            seeds.append(Seed(prompt, SourceLines(trace.context.source), ids))
        return seeds

    def run_one(self) -> None:
        """One sequence through a fresh decoder."""
        seed = self.chance.choice(self.seeds)
        ids = self._mutated(list(seed.ids[: self.chance.randint(1, self.chance.choice(LENGTHS))]))
        decoder = self.codec.decoder(
            seed.prompt, program=seed.program, max_frame_bytes=MAX_FRAME_BYTES
        )
        items: list[Item] = []
        at = 0
        step = self.chance.choice((1, 7, 1000))
        while at < len(ids):
            items += decoder.feed(ids[at : at + step])
            at += step
        partial = decoder.partial()
        if partial is not None:
            assert len(partial.raw) <= MAX_FRAME_BYTES
        cut = decoder.finish("length")
        assert (cut is None) == decoder.ended
        self._check(ids, items, ended=decoder.ended)
        self.sequences += 1
        self.tokens += len(ids)

    def _check(self, ids: list[int], items: list[Item], *, ended: bool) -> None:
        at = 0
        for item in items:
            if not isinstance(item, DecodedFrame | Malformed):
                assert ended
                self.outcomes["ended"] += 1
                continue
            self.outcomes["frame" if isinstance(item, DecodedFrame) else item.fault.value] += 1
            assert len(item.raw) <= MAX_FRAME_BYTES
            if isinstance(item, Malformed) and item.is_cut:
                at = _after_cut(ids, at)
                continue
            # The ids of consecutive items are the stream itself.
            end = at + len(item.token_ids)
            if tuple(ids[at:end]) != item.token_ids:
                raise AssertionError(f"ids differ at {at} (sequence {self.sequences})")
            at = end

    def _mutated(self, ids: list[int]) -> list[int]:
        chance = self.chance
        for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
            if not ids:
                return ids
            at = chance.randrange(len(ids))
            match chance.randrange(9):
                case 0:
                    del ids[at : at + chance.choice((1, 2, 10))]
                case 1:
                    ids[at:at] = ids[at : at + chance.randint(1, 20)]
                case 2:
                    other = chance.randrange(len(ids))
                    ids[at], ids[other] = ids[other], ids[at]
                case 3:
                    ids[at] = chance.randrange(256)
                case 4:
                    ids.insert(at, chance.choice(self.special))
                case 5:
                    ids[at:at] = chance.choices(range(PairTokenizer.FIRST_PAIR + 65_536), k=5)
                case 6:
                    donor = chance.choice(self.seeds).ids
                    start = chance.randrange(len(donor))
                    ids[at:at] = donor[start : start + 30]
                case 7:
                    ids[at] = chance.choice((-1, 10**9, 500, 270))
                case _:
                    ids[at:at] = [chance.randrange(256)] * chance.choice((*[3] * 30, 2500))
        return ids


def _after_cut(ids: list[int], at: int) -> int:
    """The index after the frame that begins at `at` and was cut at the cap."""
    codec_names = PairTokenizer().special_ids
    begins = {codec_names[f"<|{k}_sep|>"] for k in ("call", "line", "return", "exception")}
    begins |= {codec_names["<|end_of_text|>"], codec_names["<|eot_id|>"]}
    end = codec_names["<|frame_sep|>"]
    for n in range(at, len(ids)):
        if ids[n] == end:
            return n + 1
        if n > at and ids[n] in begins:
            return n
    return len(ids)


def main(arguments: list[str]) -> int:
    """Run until one of the limits and print the figures."""
    parser = argparse.ArgumentParser(description="Fuzz the CWM decoder.")
    parser.add_argument("--sequences", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    fuzzer = Fuzzer(options.seed)
    fuzzer.run_one()
    begin_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, cpu = time.monotonic(), time.process_time()
    slowest = 0.0
    while fuzzer.sequences < options.sequences and time.monotonic() - begin < options.seconds:
        start = time.process_time()
        for _ in range(1000):
            fuzzer.run_one()
        slowest = max(slowest, time.process_time() - start)
    figures = {
        "seed": options.seed,
        "sequences": fuzzer.sequences,
        "tokens": fuzzer.tokens,
        "wall_s": round(time.monotonic() - begin, 1),
        "cpu_s": round(time.process_time() - cpu, 1),
        "slowest_1000_sequences_cpu_s": round(slowest, 3),
        "max_rss_begin_kib": begin_kib,
        "max_rss_end_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "outcomes": dict(fuzzer.outcomes.most_common()),
    }
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
