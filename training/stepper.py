"""Steps of training and what surrounds them, the same in every phase.

A stepper holds the weights of one phase from a checkpoint to the next: it goes on from the newest
checkpoint in `--out` (or begins with the weights of `--init`, or with fresh ones), prepares the
engine, takes steps on batches from wherever they come, and writes checkpoints and `log.jsonl`.
When to step, to evaluate and to end is for its subclasses to say: `training.train` steps and
nothing else, `training.posttrain.run` also samples. The clock of a run is the caller's: `began` is
the moment on the monotonic clock from which its seconds count. SIGTERM asks it to save and end.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch

from training import checkpoint as checkpoints
from training import compile_cache
from training.config import CLASS_NAMES, ConfigError, ModelConfig, Phase, TrainConfig
from training.data import Batch, DataError, Interrupted
from training.engine import Engine
from training.heldout import heldout_losses
from training.optim import Optimisers, lr_fraction
from training.packing import Document
from training.vocabulary import Vocabulary

log = logging.getLogger("training")


class Batches(Protocol):
    """Where batches come from: `data.Loader`, or a mixture of several."""

    def next(self) -> Batch:
        """The next batch. Raises `DataError` and `Interrupted`."""

    def interrupt(self) -> None:
        """End a wait of `next`; safe in a signal handler."""

    def close(self) -> None:
        """End all threads."""

    @property
    def heldout(self) -> Sequence[Document]:
        """Documents that are kept out of training."""

    @property
    def shard_names(self) -> list[str]:
        """Every shard that was read, for a checkpoint."""


class Stepper:
    """A phase from its first or last checkpoint on. Subclasses set `data`.

    `options` are those of `add_options`. `fresh` is the shape of a model that begins with no
    weights at all; without it `--init` is needed. Raises `ConfigError`.
    """

    data: Batches

    def __init__(
        self,
        options: argparse.Namespace,
        config: TrainConfig,
        phase: Phase,
        began: float,
        *,
        fresh: ModelConfig | None = None,
    ) -> None:
        self.config, self.phase, self._began = config, phase, began
        self.out: Path = options.out
        self.out.mkdir(parents=True, exist_ok=True)
        self.vocabulary = Vocabulary.read(options.tokenizer)
        self.step, self.tokens, self.elapsed_before = 0, 0, 0.0
        self.used_shards: frozenset[str] = frozenset()
        self.stopping = False
        own = checkpoints.latest(self.out)
        path: Path | None = own or options.init
        loaded = checkpoints.load_any(path) if path else None
        shape = self._shape(loaded, fresh)
        self.engine = Engine(shape, config, log.info)
        self.optimisers = Optimisers(self.engine.model, config)
        if loaded is not None:
            self._restore(loaded, is_own=own is not None)
        self._compile_cache: Path | None = options.compile_cache
        self._sums = torch.zeros(2, len(CLASS_NAMES), device=self.engine.device)

    def _shape(
        self, loaded: checkpoints.Checkpoint | None, fresh: ModelConfig | None
    ) -> ModelConfig:
        if loaded is not None:
            shape = loaded.config
        elif fresh is not None:
            shape = self.vocabulary.fit(fresh)
        else:
            raise ConfigError("Say whose weights to begin with: --init.")
        if shape.vocab_size != self.vocabulary.size:
            raise ConfigError("The checkpoint was trained with another tokenizer.")
        return shape

    def _restore(self, loaded: checkpoints.Checkpoint, *, is_own: bool) -> None:
        """Weights from anywhere; the place in the run only from a checkpoint of its own."""
        self.engine.model.load_state_dict(loaded.weights)
        if is_own and loaded.phase == self.phase and loaded.optimisers:
            self.optimisers.load_state_dict(loaded.optimisers)
            self.step, self.tokens = loaded.step, loaded.tokens
            self.elapsed_before = loaded.elapsed_seconds
            self.used_shards = frozenset(loaded.shards)
        log.info("weights from step %d of %s", loaded.step, loaded.phase)

    @property
    def elapsed(self) -> float:
        """Seconds of this run, earlier starts included."""
        return self.elapsed_before + time.monotonic() - self._began

    def prepare(self) -> None:
        """Make the engine ready, with what was compiled before if there is such a file."""
        cache = self._compile_cache
        if cache is not None:
            compile_cache.load(cache, log.info)
        self.engine.prepare()
        if cache is not None and self.engine.on_gpu:
            compile_cache.save(cache, log.info)
        # What lives now lives to the end: the garbage collector need not look at it again.
        gc.freeze()
        log.info("ready after %.0f s", self.elapsed)

    def take_step(self, decay_since: float = -1) -> None:
        """Learn from one batch; nothing if the wait for it was interrupted.

        `decay_since` is as in `optim.lr_fraction`.
        """
        try:
            batch = self.data.next()
        except Interrupted:
            return
        if self.step == 0:
            log.info("first batch after %.0f s", self.elapsed)
        self._sums += self.engine.gradients(batch)
        parameters = self.engine.model.parameters()
        self._norm = torch.nn.utils.clip_grad_norm_(parameters, self.config.grad_clip)
        self._fraction = lr_fraction(
            self.config, step=self.step, elapsed=self.elapsed, decay_since=decay_since
        )
        self.optimisers.step(self._fraction)
        self.step += 1
        self.tokens += self.config.batch_tokens

    def record_steps(
        self, speed: float, *, unsaid: dict[str, Any] | None = None, **more: Any
    ) -> None:
        """Losses since the last record, and `speed` in tokens per second, into the log."""
        self.record(
            "train",
            unsaid=unsaid,
            loss=self._losses(),
            lr=round(self._fraction, 4),
            grad_norm=round(float(self._norm), 4),
            tokens_per_second=round(speed),
            **more,
        )

    def _losses(self) -> dict[str, float]:
        sums, counts = self._sums.tolist()
        self._sums.zero_()
        return {
            name: round(total / count, 5)
            for name, total, count in zip(CLASS_NAMES, sums, counts, strict=True)
            if count and name != CLASS_NAMES[0]
        }

    def evaluate(self) -> dict[str, Any]:
        """Held-out loss per kind of document and class of token, into the log."""
        result = heldout_losses(
            self.engine, self.data.heldout, self.config, self.vocabulary.frame_sep
        )
        self.record("heldout", **result)
        return result

    def save(self) -> Path:
        """A checkpoint of this moment."""
        return checkpoints.save(
            self.out,
            checkpoints.Checkpoint(
                config=self.engine.config,
                phase=self.phase,
                step=self.step,
                tokens=self.tokens,
                elapsed_seconds=self.elapsed,
                weights=self.engine.model.state_dict(),
                optimisers=self.optimisers.state_dict(),
                shards=self.data.shard_names,
            ),
        )

    def end_steps(self) -> None:
        """Keep and measure what was learned; no step can be taken after it."""
        if self.step:
            self.save()
            self.evaluate()
        self.data.close()
        log.info("ended at step %d after %.0f s", self.step, self.elapsed)

    def record(self, kind: str, *, unsaid: dict[str, Any] | None = None, **values: Any) -> None:
        """A line of `log.jsonl`. Without `unsaid` it is also shown to who watches."""
        head = {"kind": kind, "phase": self.phase, "step": self.step, "tokens": self.tokens}
        elapsed = round(self.elapsed, 1)
        line = json.dumps({**head, "elapsed": elapsed, **values, **(unsaid or {})})
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        log.info("%s %d %s", kind, self.step, json.dumps(values))

    @contextlib.contextmanager
    def stopped_by_sigterm(self) -> Iterator[None]:
        """Within it, SIGTERM sets `stopping` and ends a wait for data."""

        def stop(*_: Any) -> None:
            self.stopping = True
            self.data.interrupt()

        before: Callable[..., Any] | int | None = signal.signal(signal.SIGTERM, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of every program that steps."""
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="checkpoints and log.jsonl")
    parser.add_argument("--init", type=Path, help="checkpoint, weights-* or artefact")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
    parser.add_argument("--compile-cache", type=Path, help="read if there, then written (GPU only)")


def run_command(start: Callable[[float], object]) -> None:
    """Call `start` with the moment the command began; a sentence and exit code 1 for what the
    user can mend."""
    began = time.monotonic()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    try:
        start(began)
    except (ConfigError, DataError, OSError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
