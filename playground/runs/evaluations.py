"""How good the models are: the committed results of evaluations, for the page that shows them.

A result is one JSON file, `models/<name>/scores/<anything>.json`, written by an evaluation and
committed with what made it, so that every number on the page names its date, commit, command and
machine. A file that is not one does not hide the others: the page names it and says what is wrong.

The page has one table per task, since a model that traces well may solve nothing. In a table the
results of one suite stand together, and of one model the newest version comes first with the ones
before it below: read upwards, its column is how the model got better. A result that was measured
again, by the same command with the same weights, gives way to the newer one.
"""

from __future__ import annotations

import datetime
import itertools
import math
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec

#: A result is a few hundred bytes; anything far larger is something else.
_MAX_BYTES: Final = 1_000_000

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Artefact(msgspec.Struct, frozen=True, kw_only=True):
    """Which weights were measured: the version of their manifest and the digest of their file."""

    version: Annotated[str, msgspec.Meta(max_length=100)] = ""
    sha256: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluation of one model on one suite of programs.

    `count` is the number of programs. `metrics` maps the names in `METRICS` to numbers: shares
    from 0 to 1, or means. `hardware` says what it ran on, `command` how to run it again at
    `commit`. `suite` names the programs, `notes` is one more sentence for the reader. `artefact`
    is absent for a model that a foreign server holds.
    """

    model: _Text
    suite: _Text
    date: datetime.date
    commit: _Text
    command: _Text
    hardware: _Text
    count: Annotated[int, msgspec.Meta(ge=1)]
    metrics: dict[str, float]
    notes: str = ""
    artefact: Artefact | None = None

    @property
    def version(self) -> str:
        """Of the weights; empty if the result does not say it."""
        return self.artefact.version if self.artefact else ""


@dataclass(frozen=True, slots=True)
class Task:
    """What models are asked to do: the heading of a table, one sentence, and what is counted."""

    title: str
    measured: str
    counted: str


TRACING: Final = Task(
    "Predicting what a program does",
    "The model gets a program and a call and writes down every step and the result without running "
    "anything; then Python runs it, and the two are compared.",
    "programs",
)
SOLVING: Final = Task(
    "Solving problems",
    "The model gets a problem in words and writes a program for it; tests that the model never saw "
    "decide whether the program is right.",
    "problems",
)
OTHER: Final = Task(
    "Other measurements",
    "What the figures mean is said by the notes and the command that made them.",
    "cases",
)
TASKS: Final = (TRACING, SOLVING, OTHER)


@dataclass(frozen=True, slots=True)
class Metric:
    """What a metric is called on the page, what it says, and of which task it is."""

    title: str
    meaning: str
    task: Task
    is_share: bool = True


METRICS: Final[Mapping[str, Metric]] = {
    "return_right": Metric(
        "Result right",
        "The predicted return value is the real one; the model ran on its own.",
        TRACING,
    ),
    "trace_exact": Metric(
        "Whole trace right",
        "Every predicted step is as it really was, the result included.",
        TRACING,
    ),
    "prefix_frames": Metric(
        "Right up to the first error",
        "Share of the real steps before the prediction first differs.",
        TRACING,
    ),
    "teacher_forced_frames": Metric(
        "Single steps right",
        "Share of steps predicted right when all steps before are given as they really were.",
        TRACING,
    ),
    "solved_first": Metric(
        "Solved at once",
        "The first answer passes tests that the model has never seen (pass@1).",
        SOLVING,
    ),
    "solved": Metric(
        "Solved in the end",
        "The same of what is left after repairs, which only its own tests ask for.",
        SOLVING,
    ),
    "no_code": Metric(
        "No code", "Share of first answers from which no program could be taken.", SOLVING
    ),
    "tokens_per_problem": Metric(
        "Tokens", "Written for one problem, mean; all attempts.", SOLVING, is_share=False
    ),
    "seconds_per_problem": Metric(
        "Seconds",
        "One problem from start to end on the machine named, mean.",
        SOLVING,
        is_share=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One number as the page shows it. `text` is n/a where it was not measured."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One evaluation with its numbers in the order of the columns.

    `is_earlier`: a newer version of the same model stands above it.
    """

    evaluation: Evaluation
    numbers: tuple[Shown, ...]
    is_earlier: bool = False


@dataclass(frozen=True, slots=True)
class Suite:
    """The results on one suite: by model, of each the newest version first."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """All results of one task. `replaced` are those that were measured again."""

    task: Task
    columns: tuple[Metric, ...]
    suites: tuple[Suite, ...]
    replaced: tuple[Row, ...]

    @property
    def rows(self) -> Iterator[Row]:
        """Those of all suites, in the order of the page."""
        for suite in self.suites:
            yield from suite.rows


@dataclass(frozen=True, slots=True)
class Scores:
    """What the folder holds. `problems` are sentences about files that could not be read."""

    tables: tuple[Table, ...]
    problems: tuple[str, ...]


def read_scores(folder: Path) -> Scores:
    """Every result below `folder` (the repository's `models`). A missing folder holds none."""
    found: list[Evaluation] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*/scores/*.json")):
        try:
            found.append(_read(path))
        except (OSError, ValueError) as problem:
            problems.append(f"{path.relative_to(folder)}: {problem}")
    of_tasks = ((task, [each for each in found if _task(each) is task]) for task in TASKS)
    tables = tuple(_table(task, those) for task, those in of_tasks if those)
    return Scores(tables=tables, problems=tuple(problems))


def _read(path: Path) -> Evaluation:
    if path.stat().st_size > _MAX_BYTES:
        message = f"larger than {_MAX_BYTES} bytes"
        raise ValueError(message)
    evaluation = msgspec.json.decode(path.read_bytes(), type=Evaluation)
    for name, value in evaluation.metrics.items():
        metric = METRICS.get(name)
        if not math.isfinite(value) or (metric and metric.is_share and not 0 <= value <= 1):
            message = f"{name} is {value}, not a share from 0 to 1"
            raise ValueError(message)
    return evaluation


def _task(evaluation: Evaluation) -> Task:
    known = (metric.task for name, metric in METRICS.items() if name in evaluation.metrics)
    return next(known, OTHER)


def _table(task: Task, evaluations: list[Evaluation]) -> Table:
    ordered = sorted(evaluations, key=_age, reverse=True)
    ordered.sort(key=lambda each: (each.suite, each.model))
    names = tuple(_columns(ordered))
    newest: dict[Hashable, Evaluation] = {}
    for each in ordered:
        newest.setdefault(_measurement(each), each)
    kept = [each for each in ordered if newest[_measurement(each)] is each]
    return Table(
        task=task,
        columns=tuple(_metric(name) for name in names),
        suites=tuple(
            Suite(title, tuple(_rows(group, names)))
            for title, group in itertools.groupby(kept, key=lambda each: each.suite)
        ),
        replaced=tuple(
            Row(each, _numbers(each, names))
            for each in ordered
            if newest[_measurement(each)] is not each
        ),
    )


def _measurement(evaluation: Evaluation) -> Hashable:
    """Equal for two results of which only the newer one counts."""
    return evaluation.suite, evaluation.model, evaluation.artefact, evaluation.command


def _age(evaluation: Evaluation) -> tuple[list[tuple[int, str]], datetime.date]:
    """Greater for newer versions (10 comes after 9), then for newer results."""
    pieces = re.findall(r"\d+|\D+", evaluation.version)
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in pieces], evaluation.date


def _rows(evaluations: Iterable[Evaluation], names: tuple[str, ...]) -> Iterator[Row]:
    """Of one suite, in order: by model, the newest version first."""
    for _, same in itertools.groupby(evaluations, key=lambda each: each.model):
        first: Evaluation | None = None
        for each in same:
            first = first or each
            yield Row(each, _numbers(each, names), is_earlier=each.artefact != first.artefact)


def _numbers(evaluation: Evaluation, names: tuple[str, ...]) -> tuple[Shown, ...]:
    return tuple(
        Shown(title=_metric(name).title, text=_number(name, evaluation.metrics.get(name)))
        for name in names
    )


def _columns(evaluations: Iterable[Evaluation]) -> Iterator[str]:
    """The known metrics that were measured, then those that only the files know."""
    measured = {name for each in evaluations for name in each.metrics}
    yield from (name for name in METRICS if name in measured)
    yield from sorted(measured - METRICS.keys())


def _metric(name: str) -> Metric:
    return METRICS.get(name) or Metric(name.replace("_", " "), "", OTHER, is_share=False)


def _number(name: str, value: float | None) -> str:
    if value is None:
        return "n/a"
    if not _metric(name).is_share:
        return f"{value:,.4g}"
    # Rounding must not turn 399 of 400 into all, nor one of 400 into none.
    percent = round(value * 100, 1)
    if percent == 100 and value < 1:
        return "> 99.9 %"
    if percent == 0 and value > 0:
        return "< 0.1 %"
    return f"{percent:.1f} %"
