"""Build the documents for Solve: shards of conversations, made by several processes.

    python -m training.posttrain.build --out DIR [--seed 1] [--workers 2] [--shards 4 | --forever]

The shards are those of `training.corpus.pack`; half-made ones are never seen. This process starts
the workers (itself, with `--worker N`) and starts anew those that a wrong program brought down:
attempts that never end are traced, too. Needs CPython 3.11, as all that traces.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from training.corpus.encode import Document as TokenDocument
from training.corpus.pack import ShardWriter
from training.corpus.trace import Bounds, Tracer, check_version
from training.posttrain.render import Renderer
from training.problems.stream import training_documents
from workers.runtime.tokenizers import load_tokenizer

#: Steps of a trace that is looked at for where it diverges, as on the site while it solves.
TRACE_STEPS = 160
#: A worker ends itself with status 1 for a fault of ours, and in other ways for an attempt's.
_FAULT = 1
_MAX_STARTS = 200
_WAIT_S = 0.2


def token_documents(
    renderer: Renderer, seed: object, *, max_tokens: int, tracer: Tracer | None = None
) -> Iterator[TokenDocument]:
    """Rendered documents without end, those that are too long left out."""
    for document in training_documents(seed, tracer):
        made = renderer.document(document)
        if len(made.ids) <= max_tokens:
            yield made


def work(options: argparse.Namespace, worker: int, start: int) -> None:
    """Make shards number `worker`, `worker + workers`, ..."""
    renderer = Renderer(load_tokenizer(options.tokenizer))
    seed = f"{options.seed}-{worker}-{start}"
    tracer = Tracer(Bounds(steps=TRACE_STEPS, seconds=0.2))
    made = token_documents(renderer, seed, max_tokens=options.max_tokens, tracer=tracer)
    writer = ShardWriter(options.out, options.seed, options.shard_tokens)
    for index in count(worker, options.workers):
        if options.shards and index >= options.shards:
            return
        if _path(options, index).exists():
            continue
        began = time.process_time()
        documents = 0
        while not writer.is_full:
            writer.add(next(made))
            documents += 1
        size = writer.size
        path = writer.write(index)
        speed = size / max(1e-9, time.process_time() - began)
        _say(f"{path.name}: {documents} documents, {size} tokens, {speed:,.0f} a CPU second")


def _path(options: argparse.Namespace, index: int) -> Path:
    path: Path = options.out / f"shard-{options.seed}-{index:05d}.npz"
    return path


def supervise(arguments: list[str], options: argparse.Namespace) -> None:
    """Run the workers to their end. Raises `RuntimeError` for one that gets nothing done."""
    starts = [0] * options.workers
    running = {n: _start(arguments, n, 0) for n in range(options.workers)}
    try:
        while running:
            time.sleep(_WAIT_S)
            for n, process in list(running.items()):
                status = process.poll()
                if status is None:
                    continue
                del running[n]
                starts[n] += 1
                if status == _FAULT or starts[n] > _MAX_STARTS:
                    raise RuntimeError(f"Worker {n} failed (status {status}).")
                if status:  # an attempt that could not be stopped in another way
                    running[n] = _start(arguments, n, starts[n])
    finally:
        for process in running.values():
            process.kill()
            process.wait()


def _start(arguments: list[str], worker: int, start: int) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "training.posttrain.build", *arguments]
    argv += ["--worker", str(worker), "--start", str(start)]
    # The order of sets in traces depends on the hash seed.
    environment = os.environ | {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(argv, env=environment)  # noqa: S603  # this very program


def _say(text: str) -> None:
    sys.stdout.write(f"[{time.strftime('%H:%M:%S')}] {text}\n")
    sys.stdout.flush()


def parse(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the documents for Solve.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, default=Path("models/pocket"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--shards", type=int, default=0, help="so many in all (default: no end)")
    amount.add_argument("--forever", action="store_true")
    parser.add_argument("--shard-tokens", type=int, default=1_000_000)
    parser.add_argument("--max-tokens", type=int, default=4096, help="of one document")
    parser.add_argument("--worker", type=int, default=-1, help=argparse.SUPPRESS)
    parser.add_argument("--start", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def main() -> None:
    """The command; see the module's docstring."""
    check_version()
    arguments = sys.argv[1:]
    options = parse(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.worker < 0:
        supervise(arguments, options)
        return
    # Programs under trace may print.
    reports = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 0)
    sys.stdout = reports
    work(options, options.worker, options.start)


if __name__ == "__main__":
    main()
