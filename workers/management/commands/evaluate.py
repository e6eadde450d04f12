"""`manage.py evaluate`: how good a model is, on programs whose real run is known."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from traces.codecs.tokenizer import TokenizerError
from workers.evaluation import engine, provenance, results, suites
from workers.evaluation.predictions import Predictor
from workers.evaluation.problems import SOLVE_SPLITS
from workers.evaluation.progress import Progress
from workers.evaluation.reality import BoxRecorder, RealityUnavailable, code_digest
from workers.evaluation.running import Plan, evaluate, unusable
from workers.management.evaluate_solve import DEFAULT_ATTEMPTS, evaluate_solve, scores_folder
from workers.runtime.artefact import ArtefactError
from workers.runtime.base import RuntimeInfo, RuntimeUnavailable
from workers.tasks.recording import sandbox_config

_DEFAULT_MODEL = Path("models/pocket")

_PROBLEMS = (
    suites.SuiteError,
    ArtefactError,
    RealityUnavailable,
    RuntimeUnavailable,
    TokenizerError,
)


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return value


class Command(BaseCommand):
    """Needs no Redis, no database and no site. docs/evaluation.md says what the figures mean."""

    help = "Measure how well a model predicts programs whose real run is known."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Suite, model, and what to do with the result."""
        parser.add_argument("suite", choices=("cruxeval", "humaneval", "selfmade", "solve"))
        splits = ("dev", "held-out", *SOLVE_SPLITS)
        parser.add_argument("--split", choices=splits, default="dev")
        parser.add_argument("--file", type=Path, help="the suite's file, if not the committed one")
        parser.add_argument("--limit", type=_count, help="only the first so many programs")
        parser.add_argument("--calls-per-problem", type=_count, default=2, help="HumanEval only")
        parser.add_argument("--teacher-forced-frames", type=_count, default=20, metavar="N")
        parser.add_argument("--no-teacher-forced", action="store_true")
        parser.add_argument("--concurrency", type=_count, default=4, help="programs at once")
        solve = parser.add_argument_group("solve only")
        solve.add_argument("--attempts", type=_count, default=DEFAULT_ATTEMPTS)
        solve.add_argument("--given-tests", type=_count, default=0, help="shown with each problem")
        solve.add_argument("--no-reasoning", action="store_true")
        solve.add_argument(
            "--then", type=Path, help="folder of a second model, for what the first does not solve"
        )
        kinds = ("embedded", "sglang", "openai", "fake")
        parser.add_argument("--model-runtime", choices=kinds, default="embedded")
        parser.add_argument("--model", type=Path, help="the model's folder")
        parser.add_argument("--url", default="", help="sglang: address of the model server")
        parser.add_argument("--threads", type=_count, default=0, help="embedded: 0 is its default")
        parser.add_argument("--hardware", default="", help="the model's machine, if not this one")
        parser.add_argument("--notes", default="", help="a sentence for the readers of the result")
        parser.add_argument("--fresh", action="store_true", help="forget what was finished before")
        parser.add_argument(
            "--failures", type=_count, default=0, metavar="N", help="list N of them"
        )
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--out", type=Path, help="write the JSON here instead of to stdout")
        where.add_argument("--save", action="store_true", help="write it to the model's scores/")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Evaluate; exit status 130 when stopped with Ctrl+C."""
        if options["failures"] and options["split"] == "held-out":
            raise CommandError("The held-out half is for measuring: its failures are not listed.")
        try:
            self._evaluate(argparse.Namespace(**options))
        except _PROBLEMS as problem:
            fix = getattr(problem, "fix", "")
            raise CommandError(f"{problem} {fix}".strip()) from problem
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. The same command goes on from here.")
            raise SystemExit(130) from None

    def _evaluate(self, options: argparse.Namespace) -> None:
        root = Path(settings.BASE_DIR)
        if options.suite == "solve":
            document = evaluate_solve(options, root)
            self._write(options, scores_folder(options, root, document["model"]), document)
            return
        if options.split in SOLVE_SPLITS or options.model_runtime == "openai":
            raise CommandError("This is for `evaluate solve` only: docs/evaluation.md.")
        options.model = root / (options.model or _DEFAULT_MODEL)
        cache = root / ".local" / "cache"
        plan = _plan(options, root)
        recorder = BoxRecorder(sandbox_config(), cache / "evaluate" / "traces")
        python = recorder.check()
        with _served(options, root, cache) as served:
            work = _measure(options, plan, served, recorder, cache / "evaluate")
            info, journal, found = asyncio.run(work)
        for line in unusable(found):
            self.stderr.write(line)
        for text in results.failures(found, options.failures):
            self.stderr.write(text)
        if options.split == "dev":
            self.stderr.write(f"Program by program: {journal.path.relative_to(root)}")
        document = _document(options, plan, info, found, python)
        self._write(options, options.model / "scores", document)

    def _write(self, options: argparse.Namespace, scores: Path, document: dict[str, Any]) -> None:
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        out: Path | None = options.out
        if options.save:
            given = f"-given-{options.given_tests}" if options.given_tests else ""
            then = f"-then-{options.then.name}" if options.then else ""
            name = f"{document['date']}-{options.suite}-{options.split}{given}{then}.json"
            out = scores / name
        if out is None:
            self.stdout.write(text, ending="")
            return
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        self.stderr.write(f"{out}: {document['metrics']}")


def _plan(options: argparse.Namespace, root: Path) -> Plan:
    suite = suites.load_suite(
        options.suite,
        options.split,
        root,
        file=options.file,
        calls_per_problem=max(1, options.calls_per_problem),
    )
    forced = None if options.no_teacher_forced else options.teacher_forced_frames
    return Plan(suite.first(options.limit), forced, max(1, options.concurrency))


@contextlib.contextmanager
def _served(options: argparse.Namespace, root: Path, cache: Path) -> Iterator[engine.Served]:
    match options.model_runtime:
        case "fake":
            yield engine.fake()
        case "sglang":
            if not options.url:
                raise CommandError("Name the model server with --url http://host:port.")
            key = os.environ.get("MODEL_API_KEY", "")
            streams = max(1, options.concurrency)
            yield engine.running(options.url, options.model, api_key=key, streams=streams)
        case _:
            slots = max(1, options.concurrency)
            with engine.embedded(
                options.model, cache / "model", slots=slots, threads=options.threads, root=root
            ) as served:
                yield served


async def _measure(
    options: argparse.Namespace,
    plan: Plan,
    served: engine.Served,
    recorder: BoxRecorder,
    folder: Path,
) -> tuple[RuntimeInfo, results.Journal[results.ItemResult], list[results.ItemResult]]:
    """All programs; connections belong to the event loop that made them, so they end with it."""
    try:
        info = await served.runtime.info()
        sha = (provenance.model_artefact(options.model) or {}).get("sha256", "")
        journal = _journal(options, plan, info, sha, folder)
        progress = Progress(len(plan.suite.items), journal, sys.stderr, results.metrics)
        predictor = Predictor(served.runtime, served.codec, info.context_tokens)
        try:
            found = await evaluate(plan, predictor, recorder, journal, on_result=progress.add)
        finally:
            progress.close()
    finally:
        await engine.release(served)
    return info, journal, found


def _journal(
    options: argparse.Namespace, plan: Plan, info: RuntimeInfo, sha256: str, folder: Path
) -> results.Journal[results.ItemResult]:
    """The journal of this model, suite and code: nothing that changes a figure is mixed."""
    here = Path(suites.__file__).resolve().parent
    code = code_digest(here, here.parent / "tracer", here.parents[1] / "traces")
    tokenizer = options.model / "tokenizer.json"
    names = [info.engine, info.model, str(info.context_tokens), sha256]
    if tokenizer.is_file():
        names.append(tokenizer.read_text(encoding="utf-8"))
    digest = plan.digest("\0".join(names), code)
    name = "".join(c if c.isalnum() or c in "-." else "-" for c in info.model)[:40]
    path = folder / f"{name}-{options.suite}-{options.split}-{digest}.jsonl"
    if options.fresh:
        path.unlink(missing_ok=True)
    return results.Journal(path, plan.suite.items, results.ItemResult)


def _document(
    options: argparse.Namespace,
    plan: Plan,
    info: RuntimeInfo,
    found: Sequence[results.ItemResult],
    python: str,
) -> dict[str, Any]:
    """The result file: what the page reads, then what explains it."""
    counted = [result for result in found if result.fate == "scored"]
    if not counted:
        raise CommandError("No program of the suite could be evaluated: see the lines above.")
    return {
        "model": info.model,
        "suite": plan.suite.title,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": provenance.commit(Path(settings.BASE_DIR)),
        "command": _command(options, Path(settings.BASE_DIR)),
        "hardware": options.hardware or provenance.hardware(),
        "count": len(counted),
        "metrics": results.metrics(found),
        "notes": _notes(options, plan, found, len(counted)),
        "artefact": provenance.model_artefact(options.model),
        "engine": info.engine,
        "context_tokens": info.context_tokens,
        "split": plan.suite.split,
        "suite_sha256": plan.suite.digest,
        "teacher_forced_frames_per_program": plan.forced_steps,
        "python": python,
        "details": results.details(found),
    }


def _notes(
    options: argparse.Namespace, plan: Plan, found: Sequence[results.ItemResult], counted: int
) -> str:
    parts = ["Greedy."]
    if plan.forced_steps:
        parts.append(f"Single steps: up to {plan.forced_steps} of each program.")
    if options.limit:
        parts.append(f"Only the first {len(found)} programs.")
    if counted < len(found):
        parts.append(f"{len(found) - counted} programs do not count.")
    return " ".join([*parts, options.notes]).strip()


def _command(options: argparse.Namespace, root: Path) -> str:
    """The command as anyone can repeat it: no paths outside the repository."""
    words = ["python", "manage.py", "evaluate", options.suite]
    if options.split != "dev":
        words += ["--split", options.split]
    if options.file:
        words += ["--file", options.file.name]
    if options.limit:
        words += ["--limit", str(options.limit)]
    if options.suite == "humaneval":
        words += ["--calls-per-problem", str(options.calls_per_problem)]
    if options.no_teacher_forced:
        words.append("--no-teacher-forced")
    elif options.teacher_forced_frames != 20:
        words += ["--teacher-forced-frames", str(options.teacher_forced_frames)]
    if options.model_runtime != "embedded":
        words += ["--model-runtime", options.model_runtime]
    model = options.model.relative_to(root) if options.model.is_relative_to(root) else None
    if model != _DEFAULT_MODEL:
        words += ["--model", str(model or options.model.name)]
    return shlex.join(words)
