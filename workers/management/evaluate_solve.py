"""The part of `manage.py evaluate` that has problems solved."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from django.conf import settings
from django.core.management.base import CommandError

from playground.runs.problem_input import granted_plan
from playground.runs.solve_events import Problem, SolveOptions
from traces.codecs.chat import chat_codec
from traces.prompts.solve import prompts_id
from workers.evaluation import provenance, results, solving
from workers.evaluation.engine import embedded_runtime, running_runtime
from workers.evaluation.problems import (
    SOLVE_SPLITS,
    Judgement,
    Task,
    TaskSet,
    judge_answer,
    load_tasks,
)
from workers.evaluation.progress import Progress
from workers.evaluation.reality import RealityUnavailable, code_digest
from workers.evaluation.solving import SolveResult
from workers.runtime import artefact
from workers.runtime.base import RuntimeInfo
from workers.runtime.chat import ChatRuntime, TokenChat
from workers.runtime.fake import FakeRuntime, answer_after_one_mistake
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.tokenizers import load_tokenizer
from workers.sandbox.judge_box import BoxSource, cold_boxes
from workers.sandbox.probe import probe
from workers.tasks.offline import Attempted, OfflineHost, Solved, offline_host, solve_offline
from workers.tasks.recording import sandbox_config
from workers.tasks.solve_models import new_solver

#: As the page asks for by default.
DEFAULT_ATTEMPTS: Final = SolveOptions().attempts


@dataclass(frozen=True, slots=True)
class _Setup:
    """All that decides a result but the task and the model."""

    options: SolveOptions
    given_tests: int

    def problem(self, task: Task) -> Problem:
        """The task as a person would ask for it."""
        given = "\n".join(task.tests[: self.given_tests]) if task.kind == "function" else ""
        return Problem(text=task.prompt, tests=given, options=self.options)


def evaluate_solve(options: argparse.Namespace, root: Path) -> dict[str, Any]:
    """Have the problems solved and judged; the result as a document for the page."""
    if options.split not in SOLVE_SPLITS:
        raise CommandError(f"Name a split of problems: --split {' | '.join(SOLVE_SPLITS)}.")
    tasks = load_tasks(options.split, root, file=options.file).first(options.limit)
    asked = SolveOptions(reasoning=not options.no_reasoning, attempts=max(1, options.attempts))
    setup = _Setup(asked, options.given_tests)
    found = probe(sandbox_config())
    if not found.ok:
        raise RealityUnavailable(f"Programs cannot be run here: {found.cause} {found.remedy}")
    cache = root / ".local" / "cache"
    with offline_host() as host, _solvers(options, root, cache, host) as solvers:
        info = _together([host.submit(solver.info()).result() for solver in solvers])
        journal = _journal(options, tasks, setup, info, cache / "evaluate")
        progress = Progress(len(tasks.tasks), journal, sys.stderr, solving.shares)
        try:
            _solve_all(tasks, setup, host, solvers, journal, progress, max(1, options.concurrency))
        finally:
            progress.close()
    done = [journal.finished[task.name] for task in tasks.tasks]
    for text in solving.failures(done, options.failures):
        sys.stderr.write(text + "\n")
    sys.stderr.write(f"Problem by problem: {journal.path.relative_to(root)}\n")
    return _document(options, root, tasks, setup, info, done, found.engine)


# --- the model ------------------------------------------------------------------------------------


def model_folder(options: argparse.Namespace) -> Path:
    """The folder of the model that answers: `--model`, or this installation's."""
    if options.model is not None:
        return Path(settings.BASE_DIR, options.model)
    own = settings.SOLVE_MODEL.startswith("model")
    return Path(settings.MODEL_PATH if own else settings.SOLVE_MODEL_PATH)


def scores_folder(options: argparse.Namespace, root: Path, model: str) -> Path:
    """Where a result is kept: beside the model, or under its name where it is not in `models`."""
    folder = model_folder(options)
    if options.model_runtime in ("openai", "fake"):
        return root / "models" / _slug(model) / "scores"
    return root / "models" / folder.name / "scores"


def _slug(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-." else "-" for c in text)[:40]


@contextlib.contextmanager
def _solvers(
    options: argparse.Namespace, root: Path, cache: Path, host: OfflineHost
) -> Iterator[Sequence[ChatRuntime]]:
    """One model, or with `--then` two."""
    if options.then is None:
        with _solver(options, root, cache, host) as solver:
            yield [solver]
        return
    if options.model_runtime != "embedded":
        raise CommandError("--then is for --model-runtime embedded.")
    with (
        _solver(options, root, cache, host) as first,
        _embedded(options, _second_folder(options), root, cache, host) as second,
    ):
        yield [first, second]


def _second_folder(options: argparse.Namespace) -> Path:
    return Path(settings.BASE_DIR, options.then)


def _together(infos: Sequence[RuntimeInfo]) -> RuntimeInfo:
    """What the result calls the models."""
    model = ", then ".join(info.model for info in infos)
    return msgspec.structs.replace(infos[0], model=model)


@contextlib.contextmanager
def _solver(
    options: argparse.Namespace, root: Path, cache: Path, host: OfflineHost
) -> Iterator[ChatRuntime]:
    folder = model_folder(options)
    match options.model_runtime:
        case "fake":
            fake = FakeRuntime(answer_after_one_mistake)
            yield TokenChat(fake, fake.tokenizer, chat_codec(fake.tokenizer))
        case "openai":
            if settings.SOLVE_MODEL != "openai":
                raise CommandError("Set SOLVE_MODEL=openai, SOLVE_URL and SOLVE_MODEL_NAME.")
            yield new_solver("openai")
        case "sglang":
            if not options.url:
                raise CommandError("Name the model server with --url http://host:port.")
            key = os.environ.get("MODEL_API_KEY", "")
            streams = max(1, options.concurrency)
            runtime = running_runtime(options.url, api_key=key, streams=streams)
            yield from _chat(runtime, folder, host)
        case _:
            with _embedded(options, folder, root, cache, host) as solver:
                yield solver


@contextlib.contextmanager
def _embedded(
    options: argparse.Namespace, folder: Path, root: Path, cache: Path, host: OfflineHost
) -> Iterator[ChatRuntime]:
    """A model in an engine of its own."""
    manifest = artefact.read_manifest(folder)
    with embedded_runtime(
        folder,
        cache / ("model" if folder.parent == root / "models" else "solver"),
        slots=max(1, options.concurrency),
        threads=options.threads,
        root=root,
        name=f"{manifest.name} {manifest.version}".strip(),
    ) as runtime:
        yield from _chat(runtime, folder, host, tests_count=False)


def _chat(
    runtime: SGLangRuntime, folder: Path, host: OfflineHost, *, tests_count: bool = True
) -> Iterator[ChatRuntime]:
    tokenizer = load_tokenizer(folder)
    try:
        yield TokenChat(runtime, tokenizer, chat_codec(tokenizer), tests_count=tests_count)
    finally:
        host.submit(runtime.close()).result()  # connections belong to the host's loop


# --- solving --------------------------------------------------------------------------------------


def _solve_all(
    tasks: TaskSet,
    setup: _Setup,
    host: OfflineHost,
    solvers: Sequence[ChatRuntime],
    journal: results.Journal[SolveResult],
    progress: Progress[SolveResult],
    concurrency: int,
) -> None:
    """Whatever the journal lacks. The first failure of the machine ends all and comes out."""
    boxes = cold_boxes(sandbox_config())

    def one(task: Task) -> None:
        result = _solve(task, setup, host, solvers, boxes)
        journal.add(result)
        progress.add(result)

    left = [task for task in tasks.tasks if task.name not in journal.finished]
    with ThreadPoolExecutor(concurrency, thread_name_prefix="solve") as executor:
        futures = [executor.submit(one, task) for task in left]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            host.cancel()
            raise


def _solve(
    task: Task,
    setup: _Setup,
    host: OfflineHost,
    solvers: Sequence[ChatRuntime],
    boxes: BoxSource,
) -> SolveResult:
    problem = setup.problem(task)
    began = time.monotonic()
    plan = granted_plan(problem.options, predicts=False, solvers=len(solvers))
    solved = solve_offline(problem, plan, host, solvers.__getitem__)
    seconds = time.monotonic() - began
    first = judge_answer(task, solved.first_code, boxes)
    same = solved.final_code == solved.first_code
    final = first if same else judge_answer(task, solved.final_code, boxes)
    return _result(task, solved, first, final, seconds)


def _result(
    task: Task, solved: Solved, first: Judgement, final: Judgement, seconds: float
) -> SolveResult:
    number = solved.finished.best
    best: Attempted | None = next((a for a in solved.attempts if a.number == number), None)
    one = solved.attempts[0]
    usage = solved.finished.usage
    return SolveResult(
        name=task.name,
        program=task.digest,
        kind=task.kind,
        first=first.fate,
        final=final.fate,
        first_own=one.finished.verdict,
        final_own=best.finished.verdict if best else "",
        attempts=len(solved.attempts),
        prompt_tokens=int(usage.get("prompt_tokens", 0)),
        tokens=int(usage.get("output_tokens", 0)),
        first_tokens=int(one.answer.usage.get("output_tokens", 0)),
        seconds=round(seconds, 2),
        model_seconds=round(
            sum(a.answer.usage.get("wall_ms", 0) for a in solved.attempts) / 1e3, 2
        ),
        first_code=solved.first_code,
        final_code="" if solved.final_code == solved.first_code else solved.final_code,
        first_message=first.message,
        final_message=final.message,
        first_status=one.answer.status,
        notes=one.answer.notes,
    )


# --- the result -----------------------------------------------------------------------------------


def _journal(
    options: argparse.Namespace, tasks: TaskSet, setup: _Setup, info: RuntimeInfo, folder: Path
) -> results.Journal[SolveResult]:
    """The journal of this model, set-up and code: nothing that changes a figure is mixed."""
    workers = Path(results.__file__).resolve().parents[1]
    code = code_digest(workers / "evaluation", workers / "tasks", workers.parent / "traces")
    names = [info.engine, info.model, str(info.context_tokens), prompts_id(), code, repr(setup)]
    artefact_of = provenance.model_artefact(model_folder(options))
    names.append((artefact_of or {}).get("sha256", ""))
    if options.then is not None:
        names.append((provenance.model_artefact(_second_folder(options)) or {}).get("sha256", ""))
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()[:16]
    path = folder / f"{_slug(info.model)}-solve-{options.split}-{digest}.jsonl"
    if options.fresh:
        path.unlink(missing_ok=True)
    return results.Journal(path, tasks.tasks, SolveResult)


def _document(
    options: argparse.Namespace,
    root: Path,
    tasks: TaskSet,
    setup: _Setup,
    info: RuntimeInfo,
    found: Sequence[SolveResult],
    python: str,
) -> dict[str, Any]:
    """The result file: what the page reads, then what explains it."""
    given = f", {setup.given_tests} of its tests given" if setup.given_tests else ""
    return {
        "model": info.model,
        "suite": f"{tasks.title}{given}",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": provenance.commit(root),
        "command": _command(options, root),
        "hardware": options.hardware or provenance.hardware(),
        "count": len(found),
        "metrics": solving.metrics(found),
        "notes": _notes(options, setup, len(found)),
        "artefact": provenance.model_artefact(model_folder(options)),
        "second_artefact": (
            provenance.model_artefact(_second_folder(options)) if options.then else None
        ),
        "engine": info.engine,
        "context_tokens": info.context_tokens,
        "prompts": prompts_id(),
        "split": tasks.split,
        "suite_sha256": tasks.digest,
        "solve_options": {
            "attempts": setup.options.attempts,
            "tokens": setup.options.tokens,
            "seconds": setup.options.seconds,
            "reasoning": setup.options.reasoning,
            "given_tests": setup.given_tests,
        },
        "python": python,
        "details": solving.details(found),
    }


def _notes(options: argparse.Namespace, setup: _Setup, count: int) -> str:
    parts = ["First answer greedy; judged by tests that no model saw."]
    if setup.options.attempts > 1:
        guide = "given and own tests" if setup.given_tests else "the model's own tests"
        parts.append(f"Up to {setup.options.attempts} attempts, by {guide}.")
    if options.then is not None:
        parts.append("The second model has the last quarter of the attempts.")
    if options.limit:
        parts.append(f"{count} of the problems.")
    return " ".join([*parts, options.notes]).strip()


def _command(options: argparse.Namespace, root: Path) -> str:
    """The command as anyone can repeat it: no paths outside the repository."""
    words = ["python", "manage.py", "evaluate", "solve", "--split", options.split]
    if options.limit:
        words += ["--limit", str(options.limit)]
    if options.attempts != DEFAULT_ATTEMPTS:
        words += ["--attempts", str(options.attempts)]
    if options.given_tests:
        words += ["--given-tests", str(options.given_tests)]
    if options.no_reasoning:
        words.append("--no-reasoning")
    if options.model_runtime != "embedded":
        words += ["--model-runtime", options.model_runtime]
    words += ["--model", _shown(model_folder(options), root)]
    if options.then is not None:
        words += ["--then", _shown(_second_folder(options), root)]
    return shlex.join(words)


def _shown(folder: Path, root: Path) -> str:
    return str(folder.relative_to(root) if folder.is_relative_to(root) else folder.name)
