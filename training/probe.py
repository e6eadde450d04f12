"""Which settings train fastest on this GPU, measured within a minute or two of a lease.

    python -m training.probe --init models/pocket --seconds 150 [--cases eval.npz] [SETTINGS ...]

Each SETTINGS is a variant: `KEY=VALUE` pairs of the recipe joined by commas, an empty one the
recipe as it is. Variants run one after another, each compiled and then timed on batches of made-up
documents of the corpus's sizes; what is compiled stays in Inductor's cache, so the run that follows
starts sooner. The first variant is also profiled: how the GPU's time divides into kinds of kernels,
and for how much of the time it had nothing to do. With `--cases` the decoder is tried first, with
CUDA graphs and without: the same tokens must come out. Prints one line each, and the fastest.
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training import checkpoint as checkpoints
from training import generate as decoding
from training.config import ConfigError, TrainConfig, parse_overrides, read_recipe, with_overrides
from training.data import Batch, make_batch
from training.engine import Engine
from training.evalset.file import load
from training.model import PocketModel
from training.optim import Optimisers
from training.packing import Document, pack

VARIANTS = ("", "flex_block=64", "row_tokens=2048", "micro_tokens=65536")
#: Seconds of one variant's timing, after compilation.
TIMED_SECONDS = 10.0
BATCHES = 4
PROFILED_STEPS = 3
#: Kinds of kernels by what their names contain, the first that fits.
KINDS = (
    ("attention", ("flex", "flash", "fmha")),
    ("matrix products", ("gemm", "nvjet", "cutlass", "xmma", "sm90", "triton_tem", "triton_mm")),
    ("copies", ("memcpy", "memset")),
    ("rest of the compiled code", ("triton",)),
    ("optimiser and rest", ("",)),
)
log = logging.getLogger("probe")


def made_up_batches(config: TrainConfig, vocabulary: int, count: int) -> list[Batch]:
    """Batches of random documents: sizes mostly 100 to 400 tokens, some up to 1,400."""
    rng = np.random.default_rng(1)
    wanted = count * config.batch_tokens
    sizes = np.clip(rng.lognormal(np.log(230), 0.6, wanted // 150), 40, 1400).astype(int)
    documents = [
        Document(rng.integers(32, vocabulary, size).astype(np.uint16), np.full(size, 2, np.uint8))
        for size in sizes
    ]
    rows = pack(documents, config.row_tokens, frame_sep=0)
    size = config.batch_tokens // config.row_tokens
    order = rng.permutation(len(rows))
    batches = []
    for number in range(count):
        chosen = order[number * size : (number + 1) * size]
        part = replace(
            rows,
            tokens=rows.tokens[chosen],
            classes=rows.classes[chosen],
            documents=rows.documents[chosen],
        )
        batches.append(make_batch(part, pin=torch.cuda.is_available()))
    return batches


class Trial:
    """One variant, compiled and ready to step."""

    def __init__(self, config: TrainConfig, start: checkpoints.Checkpoint) -> None:
        self.config = config
        self.engine = Engine(start.config, config, log.info)
        self.engine.model.load_state_dict(start.weights)
        self.optimisers = Optimisers(self.engine.model, config)
        self.batches = made_up_batches(config, start.config.vocab_size, BATCHES)
        self.engine.prepare()

    def step(self, number: int) -> None:
        """What the training loop does for one batch, except logging."""
        self.engine.gradients(self.batches[number % BATCHES])
        parameters = self.engine.model.parameters()
        torch.nn.utils.clip_grad_norm_(parameters, self.config.grad_clip)
        self.optimisers.step(1e-3)

    def tokens_per_second(self, seconds: float) -> float:
        """Measured for about so long, after two steps that do not count."""
        for number in range(2):
            self.step(number)
        self.engine.wait()
        started, steps = time.monotonic(), 0
        while time.monotonic() - started < seconds:
            for _ in range(5):
                self.step(steps)
                steps += 1
            self.engine.wait()
        return steps * self.config.batch_tokens / (time.monotonic() - started)

    def profile(self) -> str:
        """How the time of a step divides into kinds of kernels."""
        from torch.profiler import ProfilerActivity, profile

        self.engine.wait()
        started = time.monotonic()
        with profile(activities=[ProfilerActivity.CUDA]) as found:
            for number in range(PROFILED_STEPS):
                self.step(number)
            self.engine.wait()
        wall = 1e3 * (time.monotonic() - started) / PROFILED_STEPS
        milliseconds: Counter[str] = Counter()
        kernels: Counter[str] = Counter()
        for event in found.key_averages():
            took = event.self_device_time_total / 1e3 / PROFILED_STEPS
            name = event.key.lower()
            kind = next(kind for kind, words in KINDS if any(word in name for word in words))
            milliseconds[kind] += took
            kernels[event.key[:70]] += took
        lines = [f"  {took:7.2f} ms  {kind}" for kind, took in milliseconds.most_common()]
        lines += [f"  {took:7.2f} ms  {name}" for name, took in kernels.most_common(8)]
        busy = sum(milliseconds.values())
        return "\n".join([f"a step: GPU busy {busy:.1f} of {wall:.1f} ms", *lines])


def time_variants(
    base: TrainConfig, start: checkpoints.Checkpoint, variants: Sequence[str], deadline: float
) -> dict[str, float]:
    """Tokens per second of each variant that was reached; a failing one has none."""
    speeds: dict[str, float] = {}
    for number, variant in enumerate(variants):
        left = deadline - time.monotonic()
        if left < TIMED_SECONDS + 5:
            log.info("no time is left for %s", ", ".join(variants[number:]))
            break
        began = time.monotonic()
        try:
            config = with_overrides(base, **parse_overrides(filter(None, variant.split(","))))
            trial = Trial(config, start)
            ready = time.monotonic()
            speed = trial.tokens_per_second(min(TIMED_SECONDS, left / 3))
            if number == 0 and trial.engine.on_gpu:
                log.info("%s", trial.profile())
            used = trial.engine.mfu(speed)
            log.info(
                "%-40s %9.0f tokens/s, %.1f %% of the peak, %s, ready in %.0f s",
                *(variant or "as in the file", speed, 100 * used),
                *(trial.engine.attention, ready - began),
            )
            speeds[variant] = speed
        except (RuntimeError, ConfigError) as error:  # out of memory, or a kernel that fails
            log.info("%-40s failed: %.300s", variant, error)
        trial = None  # type: ignore[assignment]  # its memory, before the next one needs it
        gc.collect()
        torch.cuda.empty_cache()
    return speeds


def try_decoding(start: checkpoints.Checkpoint, cases: Path) -> None:
    """Decode the evaluation's prompts with and without CUDA graphs, and compare."""
    model = PocketModel(start.config)
    model.load_state_dict(start.weights)
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    model = decoding.evaluation_copy(model)
    prompts = [case.prompt for case in load(cases).cases]
    found = []
    for are_broken in (False, True):
        decoding.Graphs.are_broken = are_broken
        decoding.generate(model, prompts[:4], 4, ())  # loads the libraries
        started = time.monotonic()
        written = decoding.generate(model, prompts, 200, ())
        seconds = time.monotonic() - started
        count = sum(len(done.ids) for done in written)
        way = "without CUDA graphs" if decoding.Graphs.are_broken else "with CUDA graphs"
        log.info("decoding %s: %.0f tokens/s, %.1f s", way, count / seconds, seconds)
        found.append(written)
    decoding.Graphs.are_broken = False
    same = sum(one == other for one, other in zip(*found, strict=True))
    log.info("the same tokens in %d of %d", same, len(prompts))


def main() -> None:
    """Measure what the command line names."""
    started = time.monotonic()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("variants", nargs="*", metavar="SETTINGS")
    parser.add_argument("--config", type=Path, default=Path("training/configs/pocket.toml"))
    parser.add_argument("--phase", default="midtrain")
    parser.add_argument("--init", type=Path, default=Path("models/pocket"))
    parser.add_argument("--cases", type=Path, help="evaluation file: also try decoding")
    parser.add_argument("--seconds", type=float, default=150.0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    start = checkpoints.load_any(options.init)
    base: Any = read_recipe(options.config).phases[options.phase]
    if options.cases is not None:
        try_decoding(start, options.cases)
    deadline = started + options.seconds
    speeds = time_variants(base, start, options.variants or VARIANTS, deadline)
    if speeds:
        best = max(speeds, key=lambda variant: speeds[variant])
        log.info("fastest: %s", " ".join(f"--set {s}" for s in best.split(",") if s) or "as it is")


if __name__ == "__main__":
    main()
