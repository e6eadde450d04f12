"""One process of the corpus build: makes programs, traces them, writes shards.

    python -m training.corpus.worker OPTIONS-AS-JSON

Started by `training.corpus.build`, which starts it anew if a program brings it down. After each
shard it prints a line of JSON: what it made since the last one.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TextIO

import msgspec

from traces.codecs.cwm import CWMCodec
from training.corpus.encode import TRACE_SHARES, Document, Encoder
from training.corpus.overlap import OverlapCheck, tokens
from training.corpus.pack import SHARD_TOKENS, ShardWriter
from training.corpus.programs import program
from training.corpus.seen import Seen
from training.corpus.sources import library_texts
from training.corpus.trace import Bounds, Tracer
from workers.runtime.tokenizers import load_tokenizer

#: A worker's programs are numbered from here on; each new start of it leaves a gap of its own.
_WORKER_STRIDE = 1 << 36
_START_STRIDE = 1 << 28
_WAIT_S = 0.5
#: Of the source text, how much comes from the standard library; the rest are generated programs.
_LIBRARY_SHARE = 0.6


class Job(msgspec.Struct, frozen=True):
    """What a worker is told. `start` counts its starts; `shards` are left to make, 0: no end."""

    out: str
    tokenizer: str
    seed: int
    worker: int
    workers: int
    start: int = 0
    first_index: int = 0
    shards: int = 0
    max_ahead: int = 0
    shard_tokens: int = SHARD_TOKENS
    max_tokens: int = 4096
    steps: int = 120
    source_share: float = 0.04
    shares: dict[str, float] = msgspec.field(default_factory=lambda: dict(TRACE_SHARES))


class Report(msgspec.Struct, frozen=True):
    """What was made for one shard. `seconds` leave out the time spent waiting for the training,
    `cpu_seconds` are this process's own."""

    worker: int
    shard: str
    seconds: float
    cpu_seconds: float
    programs: int
    dropped: dict[str, int]
    documents: dict[str, int]
    tokens: dict[str, int]
    frames: int
    whole: int


class _Maker:
    """Documents, one by one, with the counts of what was made and dropped."""

    def __init__(self, job: Job) -> None:
        self._job = job
        tracer = Tracer(Bounds(steps=job.steps))
        codec = CWMCodec(load_tokenizer(Path(job.tokenizer)))
        self._encoder = Encoder(codec, tracer, max_tokens=job.max_tokens, shares=job.shares)
        self._overlap = OverlapCheck.load()
        self._seen = Seen(Path(job.out) / "seen.bin")
        self._number = (job.seed * 1000 + job.worker) * _WORKER_STRIDE + job.start * _START_STRIDE
        self._rng = random.Random(self._number)  # noqa: S311  # reproducible, no secret
        self._library = library_texts(self._rng)
        self.reset()

    def reset(self) -> None:
        """Begin counting anew."""
        self.programs = self.frames = self.whole = 0
        self.dropped: Counter[str] = Counter()
        self.documents: Counter[str] = Counter()
        self.tokens: Counter[str] = Counter()

    def document(self) -> Document | None:
        """The next document, or None where a program was dropped."""
        rng = self._rng
        is_text = rng.random() < self._job.source_share
        if is_text and rng.random() < _LIBRARY_SHARE:
            return self._count(self._encoder.text(next(self._library)))
        self._number += 1
        self.programs += 1
        try:
            made = program(self._number)
        except Exception:  # a seed that the mutator cannot handle; the statistics show how many
            self.dropped["failure"] += 1
            return None
        if not self._seen.add("\0".join((*tokens(made.source), made.entry))):
            self.dropped["duplicate"] += 1
            return None
        if self._overlap.overlaps(made.source):
            self.dropped["overlap"] += 1
            return None
        if is_text:
            return self._count(self._encoder.text(made.source.rstrip("\n") + "\n"))
        found = self._encoder.document(made.source, made.entry, rng)
        if found is None:
            self.dropped["untraceable"] += 1
            return None
        return self._count(found)

    def _count(self, document: Document) -> Document:
        self.documents[document.kind] += 1
        self.tokens[document.kind] += len(document.ids)
        self.frames += document.frames
        self.whole += document.is_whole
        return document


def run(job: Job, reports: TextIO) -> None:
    """Make shards until the job's number is reached, or without end."""
    folder = Path(job.out)
    writer = ShardWriter(folder, job.seed, job.shard_tokens)
    maker = _Maker(job)
    index = job.first_index
    made = 0
    while not job.shards or made < job.shards:
        while job.max_ahead and sum(1 for _ in folder.glob("*.npz")) >= job.max_ahead:
            time.sleep(_WAIT_S)
        began, cpu_began = time.monotonic(), time.process_time()
        while not writer.is_full:
            document = maker.document()
            if document is not None:
                writer.add(document)
        path = writer.write(index)
        report = Report(
            worker=job.worker,
            shard=path.name,
            seconds=time.monotonic() - began,
            cpu_seconds=time.process_time() - cpu_began,
            programs=maker.programs,
            dropped=dict(maker.dropped),
            documents=dict(maker.documents),
            tokens=dict(maker.tokens),
            frames=maker.frames,
            whole=maker.whole,
        )
        reports.write(msgspec.json.encode(report).decode() + "\n")
        reports.flush()
        maker.reset()
        index += job.workers
        made += 1


def main() -> None:
    # Reports have a descriptor of their own: programs print, and may close what they print to.
    reports = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 0)
    run(msgspec.json.decode(sys.argv[1], type=Job), reports)


if __name__ == "__main__":
    main()
