"""The training loop, one command per phase:

    python -m training.train midtrain --config training/configs/pocket.toml \\
        --data /dev/shm/corpus --tokenizer models/pocket --out /tmp/run

pretrain reads source and text, midtrain traces, posttrain what solving needs; they differ in
their data and their table of the configuration file. A run goes on from its newest checkpoint
in `--out`; a phase begins with the weights of `--init` (a checkpoint, the folder that
`training.quantise` wrote, or `models/pocket`). It ends after `steps`, when
`budget_seconds` (counted from the command's start, compilation included) are used up, or early
when a file `decay-now` holding a number of seconds appears in `--out`. SIGTERM saves and ends.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from pathlib import Path

from training.config import (
    PHASES,
    ConfigError,
    ModelConfig,
    TrainConfig,
    parse_overrides,
    read_recipe,
    with_overrides,
)
from training.data import Loader
from training.optim import progress
from training.stepper import Stepper, add_options, run_command


class Run(Stepper):
    """One phase from its first or last checkpoint to its end."""

    def __init__(
        self, options: argparse.Namespace, config: TrainConfig, model: ModelConfig, began: float
    ) -> None:
        # Weights first, so that the loader's threads do not compete with compilation for long.
        super().__init__(options, config, options.phase, began, fresh=model)
        self.data: Loader = Loader(
            options.data,
            self.vocabulary,
            length=config.row_tokens,
            rows=config.batch_tokens // config.row_tokens,
            heldout=config.heldout_documents,
            seed=config.seed + self.step,
            pin=self.engine.on_gpu,
            wait_seconds=config.shard_wait_seconds,
            used_shards=self.used_shards,
        )
        self._decay_asked: tuple[float, float] | None = None

    def train(self) -> None:
        """Step until the end, logging, evaluating and saving on the way."""
        self.prepare()
        last_log = last_save = last_evaluation = time.monotonic()
        logged_at, waited_before = self.step, 0.0
        while not self._is_over():
            self.take_step(self._decay_place())
            now = time.monotonic()
            if self.step % self.config.log_steps == 0:
                self._write_log(now - last_log, self.step - logged_at, waited_before)
                last_log, logged_at = now, self.step
                waited_before = self.data.state.waited_seconds
                self._look_for_decay()
            if now - last_evaluation > self.config.evaluate_seconds:
                self.evaluate()
                last_evaluation = time.monotonic()
            if now - last_save > self.config.checkpoint_seconds:
                self.save()
                last_save = time.monotonic()
        self.end_steps()

    def _is_over(self) -> bool:
        over = progress(self.config, self.step, self.elapsed) >= 1
        return self.stopping or over or self._decay_place() >= 1

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
        state = self.data.state
        speed = steps * self.config.batch_tokens / seconds
        self.record_steps(
            speed,
            mfu=round(self.engine.mfu(speed), 4),
            waiting=round((state.waited_seconds - waited_before) / seconds, 3),
            epochs=round(state.epochs, 3),
            unsaid={"data": asdict(state)},
        )


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("phase", choices=PHASES)
    add_options(parser)
    parser.add_argument("--data", type=Path, required=True, help="folder of shards, may grow")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--budget-seconds", type=float)
    return parser.parse_args(arguments)


def start(options: argparse.Namespace, began: float) -> Run:
    """Build the run that the command line describes and train it.

    `began` is when its seconds began to count, on the monotonic clock.
    """
    recipe = read_recipe(options.config)
    ends = {"steps": options.steps, "budget_seconds": options.budget_seconds}
    config = with_overrides(
        recipe.phases[options.phase], **(ends | parse_overrides(options.settings))
    )
    if not config.steps and not config.budget_seconds:
        raise ConfigError("Say when to end: steps or budget_seconds.")
    run = Run(options, config, recipe.model, began)
    with run.stopped_by_sigterm():
        run.train()
    return run


def main() -> None:
    """Train."""
    run_command(lambda began: start(read_options(), began))


if __name__ == "__main__":
    main()
