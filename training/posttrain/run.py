"""The GPU's side: supervised steps, rounds of sampling between them, and the held-out problems.

    python -m training.posttrain.run --folder /dev/shm/post --config training/configs/pocket.toml \\
        --tokenizer models/pocket --init WEIGHTS --out /dev/shm/post/run --seconds 480

Theory of operation. One process holds the model from compiling to the end, since compiling costs
more than a round. It steps through a mixture of `folder/sft` (conversations of the bank),
`folder/traces` (so that predicting is not forgotten) and `folder/learned`. At set times it stops,
samples answers to the prompts of the next session with the weights of that moment, writes them
down and steps on; the grader (`grader`, another process) runs them meanwhile and adds what passed
to `learned`, where the mixture finds it. Once the time for steps is over, the development set is
answered with the weights rounded as they are shipped, and repaired as long as attempts and time
last.

It goes on from the newest checkpoint in `--out`; sessions that have answers are not sampled again.
"""

from __future__ import annotations

import argparse
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from training import quantise
from training.config import Phase, TrainConfig, parse_overrides, read_recipe, with_overrides
from training.data import Loader
from training.generate import generate
from training.model import PocketModel
from training.optim import progress
from training.posttrain import files
from training.posttrain.mixture import Mixture
from training.stepper import Stepper, add_options, run_command

PHASE: Phase = "posttrain"
POLL_SECONDS = 0.1
log = logging.getLogger("posttrain")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When things happen, in seconds since the start.

    `seconds` is the end of everything, `final` what is kept for the held-out problems; `rounds`
    sessions of at most `session` seconds are spread over the second half of the training.
    """

    seconds: float
    final: float
    rounds: int
    session: float

    @property
    def training(self) -> float:
        """When the steps end."""
        return max(1.0, self.seconds - self.final)

    def due(self, number: int, begun: float) -> float:
        """When a session begins, if the first step was `begun` seconds after the start."""
        span = self.training - begun
        return begun + span * (0.4 + 0.45 * number / max(1, self.rounds))


class Posttrain(Stepper):
    """A run from its first or last checkpoint to its end."""

    def __init__(
        self, options: argparse.Namespace, config: TrainConfig, plan: Schedule, began: float
    ) -> None:
        super().__init__(options, config, PHASE, began)
        self.plan, self.session = plan, 0
        self.sessions: Path = options.folder / "sessions"
        shares = {
            options.folder / "sft": options.sft_share,
            options.folder / "traces": options.traces_share,
            options.folder / "learned": options.learned_share,
        }
        rows = config.batch_tokens // config.row_tokens
        self.data: Mixture = Mixture(shares, options.folder / "sft", rows, self._loader)

    def _loader(self, folder: Path, rows: int) -> Loader:
        return Loader(
            folder,
            self.vocabulary,
            length=self.config.row_tokens,
            rows=rows,
            heldout=0 if folder.name == "learned" else self.config.heldout_documents // 2,
            seed=self.config.seed + self.step,
            pin=self.engine.on_gpu,
            wait_seconds=self.config.shard_wait_seconds,
        )

    # --- steps --------------------------------------------------------------------------------

    def train(self) -> None:
        """Steps and sessions until the time for steps is over."""
        self.prepare()
        begun, first = self.elapsed, self.step + 1
        logged_at, last_log = self.step, time.monotonic()
        while not self.stopping and progress(self.config, self.step, self.elapsed) < 1:
            self.take_step()
            if self.step == first:
                begun = self.elapsed
                log.info("first step after %.0f s", begun)
                self.evaluate()
            self._look_for_session(begun)
            if self.step % self.config.log_steps == 0:
                self._write_log(time.monotonic() - last_log, self.step - logged_at)
                logged_at, last_log = self.step, time.monotonic()
        self.end_steps()

    def _write_log(self, seconds: float, steps: int) -> None:
        speed = steps * self.config.batch_tokens / max(seconds, 1e-9)
        self.record_steps(speed, data=self.data.state())

    def _look_for_session(self, begun: float) -> None:
        """Sample when it is time, as soon as the grader has the prompts."""
        is_due = self.session < self.plan.rounds and self.elapsed > self.plan.due(
            self.session, begun
        )
        name = f"train-{self.session}"
        if is_due and (self.sessions / name / files.PROMPTS).exists():
            self._session(name, self.plan.session)
            self.session += 1
            self.save()

    # --- sampling -----------------------------------------------------------------------------

    def _session(self, name: str, seconds: float, *, shipped: bool = False) -> None:
        """Answer a session's prompts, if they are there and have no answers yet."""
        folder, began = self.sessions / name, time.monotonic()
        if (folder / files.ANSWERS).exists():
            log.info("session %s was answered before", name)
            return
        prompts = files.read_prompts(folder)
        _free_memory()
        try:
            model = inference_copy(self.engine.model, shipped=shipped)
            answers = sampled(model, prompts, self.vocabulary.ends, seconds, seed=self.step)
        except RuntimeError as error:  # out of memory, most likely: the steps are worth more
            log.warning("session %s failed: %.500s", name, repr(error))
            return
        finally:
            _free_memory()
        files.write_answers(folder, answers)
        took = time.monotonic() - began
        count = sum(map(len, answers.ids))
        self.record(
            "session", name=name, answers=len(answers.ids), ids=count, seconds=round(took, 1)
        )

    def answer_heldout(self) -> None:
        """The development set, and repairs as the grader asks for them."""
        for folder in sorted(self.sessions.glob("heldout-*-1")):
            self._session(folder.name, self._left(), shipped=True)
        waiting = {f.name for f in self.sessions.glob("heldout-*-1")}
        while waiting and self._left() > 0 and not self.stopping:
            for name in sorted(waiting):
                if not (self.sessions / name / files.SUMMARY).exists():
                    continue
                waiting.discard(name)
                base, _, attempt = name.rpartition("-")
                following = f"{base}-{int(attempt) + 1}"
                if (self.sessions / following / files.PROMPTS).exists():
                    self._session(following, self._left(), shipped=True)
                    waiting.add(following)
            time.sleep(POLL_SECONDS)

    def _left(self) -> float:
        return max(0.0, self.plan.seconds - self.elapsed)


def _free_memory() -> None:
    """Give back what steps or sampling keep for their own shapes."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def inference_copy(model: PocketModel, *, shipped: bool) -> PocketModel:
    """The weights of this moment in a model of their own, which decodes.

    `shipped`: as the engine of the site computes, with weights rounded to what Q8_0 keeps of them
    and in float32; else on a GPU with matrices in bfloat16, which is faster.
    """
    weights = {name: weight.detach().float().cpu() for name, weight in model.state_dict().items()}
    if shipped:
        tensors = quantise.quantise_all(weights)
        weights = {n: torch.from_numpy(quantise.dequantised(t)) for n, t in tensors.items()}
    device = model.cos.device
    copy = PocketModel(model.config)
    copy.load_state_dict(weights)
    copy.to(device).eval().requires_grad_(requires_grad=False)
    if device.type == "cuda" and not shipped:
        for weight in copy.parameters():
            if weight.dim() == 2:
                weight.data = weight.data.bfloat16()
    return copy


def sampled(
    model: PocketModel, prompts: files.Prompts, ends: tuple[int, ...], seconds: float, *, seed: int
) -> files.Answers:
    """Answers to all prompts, those of one temperature together. What the clock cut short, or left
    out, is missing."""
    until = time.monotonic() + seconds
    numbers = [n for n, times in enumerate(prompts.samples) for _ in range(times)]
    ids: list[list[int]] = []
    asked: list[int] = []
    # Greedy ones first: they are the held-out sample, and few.
    for temperature in sorted(set(prompts.temperatures)):
        mine = [n for n in numbers if prompts.temperatures[n] == temperature]
        found = generate(
            model,
            [prompts.ids[n] for n in mine],
            prompts.max_new,
            ends,
            temperature,
            max(0.0, until - time.monotonic()),
            seed=seed,
        )
        for number, done in zip(mine, found, strict=True):
            if done.end != "budget":
                asked.append(number)
                ids.append(list(done.ids))
    return files.Answers(ids, asked)


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_options(parser)
    parser.add_argument("--folder", type=Path, required=True, help="sft, traces, learned, sessions")
    parser.add_argument("--seconds", type=float, required=True, help="of the whole program")
    parser.add_argument("--final-seconds", type=float, default=90.0, help="for held-out problems")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--session-seconds", type=float, default=30.0)
    parser.add_argument("--sft-share", type=float, default=0.6)
    parser.add_argument("--traces-share", type=float, default=0.2)
    parser.add_argument("--learned-share", type=float, default=0.2)
    parser.add_argument("--steps", type=int, default=0, help="end the steps after so many")
    return parser.parse_args(arguments)


def start(options: argparse.Namespace, began: float) -> Posttrain:
    """Build the run that the command line describes, and run it.

    `began` is when its seconds began to count, on the monotonic clock.
    """
    plan = Schedule(options.seconds, options.final_seconds, options.rounds, options.session_seconds)
    ends = {"budget_seconds": plan.training, "steps": options.steps}
    config = with_overrides(
        read_recipe(options.config).phases[PHASE], **(ends | parse_overrides(options.settings))
    )
    run = Posttrain(options, config, plan, began)
    with run.stopped_by_sigterm():
        run.train()
        run.answer_heldout()
    return run


def main() -> None:
    """Train."""
    run_command(lambda began: start(read_options(), began))


if __name__ == "__main__":
    main()
