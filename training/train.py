"""The training loop, one command per phase:

    python -m training.train midtrain --config training/configs/pocket.toml \\
        --data /dev/shm/corpus --tokenizer models/pocket --out /tmp/run

pretrain reads source and text, midtrain traces, posttrain what solving needs; they differ in
their data and their table of the configuration file. A run goes on from its newest checkpoint
in `--out`; a phase begins with the weights of `--init` (a checkpoint, the folder that
`training.quantise` wrote, or `models/pocket`). It ends after `steps`, when
`budget_seconds` (counted from the program's start, compilation included) are used up, or early
when a file `decay-now` holding a number of seconds appears in `--out`. SIGTERM saves and ends.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import torch

from training import checkpoint as checkpoints
from training import compile_cache
from training.config import (
    CLASS_NAMES,
    PHASES,
    ConfigError,
    ModelConfig,
    Phase,
    TrainConfig,
    parse_overrides,
    read_recipe,
    with_overrides,
)
from training.data import DataError, Interrupted, Loader
from training.engine import Engine
from training.heldout import heldout_losses
from training.optim import Optimisers, lr_fraction, progress
from training.vocabulary import Vocabulary

STARTED = time.monotonic()
log = logging.getLogger("training")


class Run:
    """One phase from its first or last checkpoint to its end."""

    def __init__(
        self, options: argparse.Namespace, config: TrainConfig, model: ModelConfig
    ) -> None:
        self.config, self.phase = config, cast("Phase", options.phase)
        self.out: Path = options.out
        self.out.mkdir(parents=True, exist_ok=True)
        self.vocabulary = Vocabulary.read(options.tokenizer)
        self.step, self.tokens, self.elapsed_before = 0, 0, 0.0
        resumed = self._checkpoint(options.init)
        shape = resumed.config if resumed else self.vocabulary.fit(model)
        if shape.vocab_size != self.vocabulary.size:
            raise ConfigError("The checkpoint was trained with another tokenizer.")
        # Weights first, so that the loader's threads do not compete with compilation for long.
        self.engine = Engine(shape, config, log.info)
        self.optimisers = Optimisers(self.engine.model, config)
        used: frozenset[str] = frozenset()
        if resumed:
            self.engine.model.load_state_dict(resumed.weights)
            if resumed.phase == self.phase and resumed.optimisers and not self._is_init:
                self.optimisers.load_state_dict(resumed.optimisers)
                self.step, self.tokens = resumed.step, resumed.tokens
                self.elapsed_before = resumed.elapsed_seconds
                used = frozenset(resumed.shards)
            log.info("weights from step %d of %s", resumed.step, resumed.phase)
        self.loader = Loader(
            options.data,
            self.vocabulary,
            length=config.row_tokens,
            rows=config.batch_tokens // config.row_tokens,
            heldout=config.heldout_documents,
            seed=config.seed + self.step,
            pin=self.engine.on_gpu,
            wait_seconds=config.shard_wait_seconds,
            used_shards=used,
        )
        self.stopping = False
        self._compile_cache: Path | None = options.compile_cache
        self._decay_asked: tuple[float, float] | None = None
        self._sums = torch.zeros(2, len(CLASS_NAMES), device=self.engine.device)

    def _checkpoint(self, init: Path | None) -> checkpoints.Checkpoint | None:
        own = checkpoints.latest(self.out)
        self._is_init = own is None
        path = own or init
        return checkpoints.load_any(path) if path else None

    @property
    def elapsed(self) -> float:
        """Seconds of this run, earlier starts included."""
        return self.elapsed_before + time.monotonic() - STARTED

    def train(self) -> None:
        """Step until the end, logging, evaluating and saving on the way."""
        self._prepare()
        log.info("ready after %.0f s", self.elapsed)
        last_log = last_save = last_evaluation = time.monotonic()
        logged_at, waited_before = self.step, 0.0
        while not self._is_over():
            self._step()
            now = time.monotonic()
            if self.step % self.config.log_steps == 0:
                self._write_log(now - last_log, self.step - logged_at, waited_before)
                last_log, logged_at = now, self.step
                waited_before = self.loader.state.waited_seconds
                self._look_for_decay()
            if now - last_evaluation > self.config.evaluate_seconds:
                self.evaluate()
                last_evaluation = time.monotonic()
            if now - last_save > self.config.checkpoint_seconds:
                self.save()
                last_save = time.monotonic()
        if self.step:
            self.save()
            self.evaluate()
        self.loader.close()
        log.info("ended at step %d after %.0f s", self.step, self.elapsed)

    def _prepare(self) -> None:
        cache = self._compile_cache
        if cache is not None:
            compile_cache.load(cache, log.info)
        self.engine.prepare()
        if cache is not None and self.engine.on_gpu:
            compile_cache.save(cache, log.info)
        # What lives now lives to the end: the garbage collector need not look at it again.
        gc.freeze()

    def _is_over(self) -> bool:
        over = progress(self.config, self.step, self.elapsed) >= 1
        return self.stopping or over or self._decay_place() >= 1

    def _step(self) -> None:
        try:
            batch = self.loader.next()
        except Interrupted:
            return
        if self.step == 0:
            log.info("first batch after %.0f s", self.elapsed)
        self._sums += self.engine.gradients(batch)
        norm = torch.nn.utils.clip_grad_norm_(self.engine.model.parameters(), self.config.grad_clip)
        fraction = lr_fraction(
            self.config, step=self.step, elapsed=self.elapsed, decay_since=self._decay_place()
        )
        self.optimisers.step(fraction)
        self._norm, self._fraction = norm, fraction
        self.step += 1
        self.tokens += self.config.batch_tokens

    def _look_for_decay(self) -> None:
        """`decay-now` in the run's folder starts the decay, to last as long as it says."""
        path = self.out / "decay-now"
        if self._decay_asked is None and path.exists():
            self._decay_asked = (self.elapsed, float(path.read_text() or 60))

    def _decay_place(self) -> float:
        if self._decay_asked is None:
            return -1.0
        since, seconds = self._decay_asked
        return (self.elapsed - since) / max(seconds, 1e-9)

    def _write_log(self, seconds: float, steps: int, waited_before: float) -> None:
        sums, counts = self._sums.tolist()
        self._sums.zero_()
        state = self.loader.state
        speed = steps * self.config.batch_tokens / seconds
        losses = {
            name: round(total / count, 5)
            for name, total, count in zip(CLASS_NAMES, sums, counts, strict=True)
            if count and name != "ignored"
        }
        self._record(
            "train",
            loss=losses,
            lr=round(self._fraction, 4),
            grad_norm=round(float(self._norm), 4),
            tokens_per_second=round(speed),
            mfu=round(self.engine.mfu(speed), 4),
            waiting=round((state.waited_seconds - waited_before) / seconds, 3),
            epochs=round(state.epochs, 3),
            data=asdict(state),
        )

    def evaluate(self) -> dict[str, Any]:
        """Held-out loss per kind of document and class of token, into the log."""
        result = heldout_losses(
            self.engine, self.loader.heldout, self.config, self.vocabulary.frame_sep
        )
        self._record("heldout", **result)
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
                shards=self.loader.shard_names,
            ),
        )

    def _record(self, kind: str, **values: Any) -> None:
        head = {"kind": kind, "phase": self.phase, "step": self.step, "tokens": self.tokens}
        line = json.dumps({**head, "elapsed": round(self.elapsed, 1), **values})
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        values.pop("data", None)
        log.info("%s %d %s", kind, self.step, json.dumps(values))


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("phase", choices=PHASES)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of shards, may grow")
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="checkpoints and log.jsonl")
    parser.add_argument("--init", type=Path, help="checkpoint, weights-* or artefact")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
    parser.add_argument("--compile-cache", type=Path, help="read if there, then written (GPU only)")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--budget-seconds", type=float)
    return parser.parse_args(arguments)


def start(options: argparse.Namespace) -> Run:
    """Build the run that the command line describes and train it."""
    recipe = read_recipe(options.config)
    ends = {"steps": options.steps, "budget_seconds": options.budget_seconds}
    config = with_overrides(
        recipe.phases[options.phase], **(ends | parse_overrides(options.settings))
    )
    if not config.steps and not config.budget_seconds:
        raise ConfigError("Say when to end: steps or budget_seconds.")
    run = Run(options, config, recipe.model)

    def stop(*_: Any) -> None:
        run.stopping = True
        run.loader.interrupt()

    signal.signal(signal.SIGTERM, stop)
    run.train()
    return run


def main() -> None:
    """Train; a sentence and exit code 1 for what the user can mend."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    try:
        start(read_options())
    except (ConfigError, DataError, OSError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
