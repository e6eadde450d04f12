"""The CPU's side of a run: makes prompts, grades what the model wrote, writes what to learn.

    python -m training.posttrain.grader --folder DIR --tokenizer models/pocket --workers 4

Runs beside the training (`training.posttrain.run`) in a Python 3.11 of its own, and talks to it
through the folders of `files`:

* `sessions/train-N`: problems to learn from, several samples each, some repairs of what failed in
  session N-1, and a sample of the held-out set, greedy, to see how things stand;
* `sessions/heldout-G-N`: the whole development set with G given tests, N-th attempt: at first all
  problems, then repairs of those whose tests were red, as on the site;
* `learned/`: shards of what was learned, read by the training like any other.

It writes the first prompts at once, then waits for answers. A session that has its summary is
over and is not graded again, so it can be started anew at any time. It ends when the file `stop`
appears.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.corpus.pack import ShardWriter
from training.posttrain import files
from training.posttrain.checks import Checker, CheckerKind, best_kind, checker_for
from training.posttrain.grading import Graded, grade, repair_spec
from training.posttrain.learning import Lesson, Memory, Sampled, lessons
from training.posttrain.render import END_OF_TURN, Renderer
from training.posttrain.tasks import (
    Spec,
    heldout_specs,
    messages_of,
    problem_of,
    training_specs,
    watched_specs,
)
from workers.runtime.tokenizers import load_tokenizer

_WAIT_S = 0.1
#: How the site varies later attempts (`workers.tasks.answering`).
REPAIR_TEMPERATURE = 0.7


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is sampled. `repairs` of the last session's failures are tried twice each."""

    tasks: int = 800
    samples: int = 6
    temperature: float = 0.9
    repairs: int = 400
    watched: int = 100
    attempts: int = 3
    given: tuple[int, ...] = (0, 3)
    max_new: int = 512
    context: int = 4096
    heldout: int = 0


class Grader:
    """Works through sessions in `folder`."""

    def __init__(self, folder: Path, renderer: Renderer, plan: Plan, pool: Any) -> None:
        self._sessions, self._learned = folder / "sessions", folder / "learned"
        self._stop = folder / "stop"
        self._renderer, self._plan, self._pool = renderer, plan, pool
        self._memory = Memory()
        self._end = renderer.tokenizer.special_ids[END_OF_TURN]
        self._learned.mkdir(parents=True, exist_ok=True)

    def prepare(self) -> None:
        """Write the prompts that need no answers."""
        self._write("train-0", self._train_specs(0, []))
        for given in self._plan.given:
            self._write(f"heldout-{given}-1", self._heldout(given))

    def run(self) -> None:
        """Grade until `stop` appears and nothing waits."""
        while True:
            waiting = self._waiting()
            for name in waiting:
                self._grade(name)
            if not waiting:
                if self._stop.exists():
                    return
                time.sleep(_WAIT_S)

    def _waiting(self) -> list[str]:
        folders = sorted(self._sessions.glob("*-*"))
        return [
            f.name
            for f in folders
            if (f / files.ANSWERS).exists() and not (f / files.SUMMARY).exists()
        ]

    # --- prompts ------------------------------------------------------------------------------

    def _heldout(self, given: int) -> list[Spec]:
        specs = list(heldout_specs(given))
        if self._plan.heldout:
            specs = random.Random("heldout").sample(specs, min(self._plan.heldout, len(specs)))  # noqa: S311  # no secret
        return specs

    def _train_specs(self, number: int, repairs: Sequence[Spec]) -> list[Spec]:
        fresh = training_specs(f"session-{number}", self._plan.tasks)
        return [*fresh, *repairs, *watched_specs(self._plan.watched)]

    def _write(self, name: str, specs: Sequence[Spec]) -> None:
        folder = self._sessions / name
        if (folder / files.PROMPTS).exists():
            return
        ids = [self._prompt(spec) for spec in specs]
        # An answer needs room behind its prompt.
        fitting = [
            (s, i)
            for s, i in zip(specs, ids, strict=True)
            if len(i) + self._plan.max_new // 2 <= self._plan.context
        ]
        kept = [spec for spec, _ in fitting]
        prompts = files.Prompts(
            ids=[i for _, i in fitting],
            samples=[self._samples(spec) for spec in kept],
            temperatures=[self._temperature(spec) for spec in kept],
            max_new=self._plan.max_new,
        )
        files.write_prompts(folder, prompts, [spec.as_row() for spec in kept])

    def _prompt(self, spec: Spec) -> list[int]:
        messages = messages_of(spec, problem_of(spec))
        return list(self._renderer.codec.prompt(messages, reasoning=spec.reasoning).ids)

    def _samples(self, spec: Spec) -> int:
        if spec.role != "train":
            return 1
        return self._plan.samples if spec.attempt == 1 else 2

    def _temperature(self, spec: Spec) -> float:
        if spec.role == "train":
            return self._plan.temperature
        return REPAIR_TEMPERATURE if spec.attempt > 1 else 0.0

    # --- answers ------------------------------------------------------------------------------

    def _grade(self, name: str) -> None:
        folder, began = self._sessions / name, time.monotonic()
        specs = [Spec(**row) for row in files.read_specs(folder)]
        prompts, answers = files.read_prompts(folder), files.read_answers(folder)
        jobs = [
            (specs[prompt], self._renderer.text(ids), self._end in ids)
            for prompt, ids in zip(answers.prompts, answers.ids, strict=True)
        ]
        graded = self._pool.map(_grade_one, jobs, chunksize=8)
        sampled = [
            Sampled(g, prompt, tuple(ids))
            for g, prompt, ids in zip(graded, answers.prompts, answers.ids, strict=True)
        ]
        figures: dict[str, Any] = {"session": name, "figures": figures_of(graded)}
        if name.startswith("train-"):
            number = int(name.split("-")[1])
            figures["learned"] = self._learn(number, sampled, prompts)
            self._write(f"train-{number + 1}", self._train_specs(number + 1, self._failed(graded)))
        else:
            _, given, attempt = name.split("-")
            self._next_attempt(int(given), int(attempt), graded)
        figures["seconds"] = round(time.monotonic() - began, 1)
        files.write_text(folder / "graded.jsonl", "".join(_rows(graded)))
        files.write_text(folder / files.SUMMARY, json.dumps(figures, indent=1) + "\n")
        _say(json.dumps(figures))

    def _learn(
        self, number: int, sampled: Sequence[Sampled], prompts: files.Prompts
    ) -> dict[str, int]:
        rng = random.Random(f"lessons:{number}")  # noqa: S311  # no secret
        own = [one for one in sampled if one.graded.spec.role == "train"]
        counts: defaultdict[str, int] = defaultdict(int)
        writer = ShardWriter(self._learned, 7, 1 << 62)
        for lesson in lessons(own, self._memory, rng):
            made = self._token_document(lesson, prompts)
            if len(made.ids) <= self._plan.context:
                counts[lesson.kind] += 1
                writer.add(made)
        if counts:
            writer.write(number)
        return dict(counts)

    def _token_document(self, lesson: Lesson, prompts: files.Prompts) -> Any:
        if lesson.document is not None:
            made = self._renderer.document(lesson.document)
            return replace(made, kind=lesson.kind)
        return self._renderer.learned(lesson.kind, prompts.ids[lesson.prompt], lesson.ids)

    def _failed(self, graded: Iterable[Graded]) -> list[Spec]:
        """Repairs to try next: one per problem, of first attempts."""
        found: dict[str, Spec] = {}
        for one in graded:
            if one.spec.role == "train" and one.spec.attempt == 1 and not one.is_green:
                spec = repair_spec(one)
                if spec is not None:
                    found.setdefault(one.spec.task, spec)
        return list(found.values())[: self._plan.repairs]

    def _next_attempt(self, given: int, attempt: int, graded: Sequence[Graded]) -> None:
        """Repairs as on the site: of what is not green, while attempts last."""
        if attempt >= self._plan.attempts:
            return
        specs = [spec for one in graded if not one.is_green and (spec := repair_spec(one))]
        self._write(f"heldout-{given}-{attempt + 1}", specs)


def figures_of(graded: Iterable[Graded]) -> dict[str, dict[str, float]]:
    """Shares by role and attempt."""
    groups: defaultdict[str, list[Graded]] = defaultdict(list)
    for one in graded:
        groups[f"{one.spec.role}-{one.spec.attempt}"].append(one)
    return {
        name: {
            "answers": len(same),
            "right": _share([one.is_right for one in same]),
            "green": _share([one.is_green for one in same]),
            "has_code": _share([bool(one.answer.code) for one in same]),
            "has_ended": _share([one.has_ended for one in same]),
            "own_tests_pass": _share([one.own_pass for one in same]),
        }
        for name, same in sorted(groups.items())
    }


def _share(found: Sequence[bool]) -> float:
    return round(sum(found) / len(found), 4) if found else 0.0


def _rows(graded: Iterable[Graded]) -> Iterable[str]:
    for one in graded:
        row = {
            "task": one.spec.task,
            "role": one.spec.role,
            "attempt": one.spec.attempt,
            "is_right": one.is_right,
            "is_green": one.is_green,
            "code": one.answer.code,
            "tests": one.answer.tests,
            "reasoning": one.answer.reasoning,
            "failed": one.failed.call if one.failed else "",
            "notes": one.answer.notes,
        }
        yield json.dumps(row) + "\n"


_checker: Checker | None = None


def _begin_worker(kind: CheckerKind) -> None:
    global _checker
    _checker = checker_for(kind)


def _grade_one(job: tuple[Spec, str, bool]) -> Graded:
    spec, text, has_ended = job
    if _checker is None:
        raise RuntimeError("The worker has no checker.")
    return grade(spec, text, _checker, has_ended=has_ended)


def _say(text: str) -> None:
    sys.stdout.write(f"[{time.strftime('%H:%M:%S')}] {text}\n")
    sys.stdout.flush()


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Grade what the model writes.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, default=Path("models/pocket"))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--checker", choices=("auto", "box", "fork"), default="auto")
    plan = Plan()
    for name in ("tasks", "samples", "repairs", "watched", "attempts", "max_new", "heldout"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(plan, name))
    parser.add_argument("--context", type=int, default=plan.context)
    parser.add_argument("--temperature", type=float, default=plan.temperature)
    parser.add_argument("--given", type=int, nargs="*", default=list(plan.given))
    return parser.parse_args(argv)


def main() -> None:
    """The command; see the module's docstring."""
    options = parse()
    names = [name for name in Plan.__dataclass_fields__ if name != "given"]
    plan = Plan(**{n: getattr(options, n) for n in names}, given=tuple(options.given))
    # Workers run strangers' code in children of their own; the pool itself forks no threads.
    context = multiprocessing.get_context("fork")
    kind = best_kind() if options.checker == "auto" else options.checker
    checker_for(kind)  # its fault is told here; in the pool it would be tried for ever
    _say(f"answers are run by {kind}, {options.workers} at a time")
    with context.Pool(options.workers, _begin_worker, (kind,)) as pool:
        grader = Grader(options.folder, Renderer(load_tokenizer(options.tokenizer)), plan, pool)
        grader.prepare()
        _say("prompts are ready")
        grader.run()


if __name__ == "__main__":
    main()
