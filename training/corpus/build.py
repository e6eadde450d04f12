"""Build the corpus: shards of documents, made by several processes until it is enough.

    python -m training.corpus.build --out DIR [--seed 1] [--workers 2] [--shards 8 | --forever]
                                    [--max-ahead 40] [--stats]

Workers (`training.corpus.worker`) share nothing but the output folder and a table of programs
seen. This process starts them, starts anew those that a program brought down, and prints what
they report. With `--max-ahead` workers wait while so many shards lie in the folder; whoever
consumes them deletes or renames them. The same seed and number of workers give the same shards,
except where a process had to be started anew.
"""

from __future__ import annotations

import argparse
import os
import selectors
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from training.corpus.pack import SHARD_TOKENS
from training.corpus.trace import check_version
from training.corpus.worker import Job, Report

#: A worker that ends so often without having made a shard has another problem than a program.
_MAX_BARREN_STARTS = 20


@dataclass
class _Worker:
    """One worker's process and what it has made."""

    job: Job
    process: subprocess.Popen[bytes]
    made: int = 0
    barren: int = 0
    text: bytes = b""


@dataclass
class Totals:
    """Everything reported so far."""

    began: float = field(default_factory=time.monotonic)
    shards: int = 0
    restarts: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    programs: int = 0
    frames: int = 0
    whole: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)

    def add(self, report: Report) -> None:
        self.shards += 1
        self.seconds += report.seconds
        self.cpu_seconds += report.cpu_seconds
        self.programs += report.programs
        self.frames += report.frames
        self.whole += report.whole
        self.dropped.update(report.dropped)
        self.documents.update(report.documents)
        self.tokens.update(report.tokens)

    def line(self, report: Report) -> str:
        """One line per shard: the worker's speed and the sum."""
        own = sum(report.tokens.values())
        total = sum(self.tokens.values())
        elapsed = time.monotonic() - self.began
        return (
            f"{report.shard} worker {report.worker}: {own / report.seconds:,.0f} tokens/s; "
            f"all: {total / 1e6:.1f}M tokens, {total / elapsed:,.0f} tokens/s, "
            f"{self.shards} shards, {self.restarts} restarts"
        )

    def summary(self) -> str:
        """Shares by kind, what was dropped, and sizes."""
        total = sum(self.tokens.values()) or 1
        documents = sum(self.documents.values()) or 1
        traces = total - self.tokens["source"]
        lines = [
            f"{documents:,} documents of {self.programs:,} programs, {total:,} tokens, "
            f"{total / documents:.0f} tokens a document, "
            f"{traces / max(1, self.frames):.1f} tokens a frame (context included), "
            f"{self.whole / documents:.1%} whole",
            f"{total / max(self.seconds, 1e-9):,.0f} tokens/s a worker, "
            f"{total / max(self.cpu_seconds, 1e-9):,.0f} a second of CPU time",
        ]
        for kind, count in self.documents.most_common():
            share = self.tokens[kind] / total
            lines.append(f"  {kind:8} {count / documents:6.1%} documents {share:6.1%} tokens")
        for reason, count in self.dropped.most_common():
            lines.append(f"  dropped as {reason}: {count / max(1, self.programs):.2%} of programs")
        return "\n".join(lines)


def build(jobs: list[Job], totals: Totals) -> None:
    """Run the jobs to their end. Raises `RuntimeError` if a worker can't get anything done."""
    workers = [_Worker(job, _start(job)) for job in jobs]
    selector = selectors.DefaultSelector()
    try:
        for worker in workers:
            _watch(selector, worker)
        while selector.get_map():
            for key, _ in selector.select():
                _read(selector, key.data, totals)
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.wait()
        selector.close()


def _start(job: Job) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "training.corpus.worker", msgspec.json.encode(job).decode()]
    # The order of sets in traces depends on the hash seed.
    environment = os.environ | {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment)  # noqa: S603  # this package


def _watch(selector: selectors.BaseSelector, worker: _Worker) -> None:
    if worker.process.stdout is not None:
        selector.register(worker.process.stdout, selectors.EVENT_READ, worker)


def _read(selector: selectors.BaseSelector, worker: _Worker, totals: Totals) -> None:
    stream = worker.process.stdout
    if stream is None:
        return
    data = os.read(stream.fileno(), 65536)
    if not data:
        selector.unregister(stream)
        stream.close()
        _ended(selector, worker, totals)
        return
    *lines, worker.text = (worker.text + data).split(b"\n")
    for line in lines:
        report = msgspec.json.decode(line, type=Report)
        worker.made += 1
        worker.barren = 0
        totals.add(report)
        _say(totals.line(report))


def _ended(selector: selectors.BaseSelector, worker: _Worker, totals: Totals) -> None:
    job, status = worker.job, worker.process.wait()
    if job.shards and worker.made >= job.shards:
        return
    worker.barren += 1
    if worker.barren > _MAX_BARREN_STARTS:
        raise RuntimeError(
            f"Worker {job.worker} ended {worker.barren} times without a shard (status {status})."
        )
    totals.restarts += 1
    worker.text = b""
    left = job.shards - worker.made if job.shards else 0
    again = msgspec.structs.replace(
        job,
        start=job.start + totals.restarts,
        first_index=job.first_index + worker.made * job.workers,
        shards=left,
    )
    worker.process = _start(again)
    _watch(selector, worker)


def _say(text: str) -> None:
    sys.stdout.write(f"[{time.strftime('%H:%M:%S')}] {text}\n")
    sys.stdout.flush()


def make_jobs(options: argparse.Namespace) -> list[Job]:
    """One job per worker; the shards are dealt out evenly."""
    count = min(options.workers, options.shards) if options.shards else options.workers
    return [
        Job(
            out=str(options.out),
            tokenizer=str(options.tokenizer),
            seed=options.seed,
            worker=worker,
            workers=count,
            first_index=worker,
            shards=len(range(worker, options.shards, count)),
            max_ahead=options.max_ahead,
            shard_tokens=options.shard_tokens,
            max_tokens=options.max_tokens,
            steps=options.steps,
            source_share=options.source_share,
        )
        for worker in range(count)
    ]


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the corpus.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, default=Path("models/pocket"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", "--processes", type=int, default=os.cpu_count() or 1)
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--shards", type=int, default=0, help="so many in all (default: no end)")
    amount.add_argument("--forever", action="store_true")
    parser.add_argument("--max-ahead", type=int, default=0, help="wait while so many lie there")
    parser.add_argument("--shard-tokens", type=int, default=SHARD_TOKENS)
    parser.add_argument("--max-tokens", type=int, default=4096, help="of one document")
    parser.add_argument("--steps", type=int, default=120, help="events of one trace")
    parser.add_argument("--source-share", type=float, default=0.04, help="documents of plain text")
    parser.add_argument("--stats", action="store_true", help="print statistics at the end")
    return parser.parse_args(argv)


def main() -> None:
    check_version()
    options = parse()
    options.out.mkdir(parents=True, exist_ok=True)
    totals = Totals()
    try:
        build(make_jobs(options), totals)
    except KeyboardInterrupt:
        _say("stopped")
    if options.stats:
        sys.stdout.write(totals.summary() + "\n")


if __name__ == "__main__":
    main()
