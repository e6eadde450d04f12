"""How good the models are: the committed results of evaluations, for the page that shows them.

A result is one JSON file, `models/<name>/scores/<anything>.json`, written by an evaluation and
committed with what made it, so that every number on the page names its date, commit, command and
machine. A file that is not one does not hide the others: the page names it and says what is wrong.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec

#: A result is a few hundred bytes; anything far larger is something else.
_MAX_BYTES: Final = 1_000_000

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluation of one model on one suite of programs.

    `count` is the number of programs. `metrics` maps the names in `METRICS` to numbers: shares
    from 0 to 1, or means. `hardware` says what it ran on, `command` how to run it again at
    `commit`. `suite` names the programs, `notes` is one more sentence for the reader.
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


@dataclass(frozen=True, slots=True)
class Metric:
    """What a metric is called on the page, and what it says."""

    title: str
    meaning: str
    is_share: bool = True


METRICS: Final[Mapping[str, Metric]] = {
    "return_right": Metric(
        "Result right", "The predicted return value is the real one; the model ran on its own."
    ),
    "trace_exact": Metric(
        "Whole trace right", "Every predicted step is as it really was, the result included."
    ),
    "prefix_frames": Metric(
        "Right up to the first error",
        "Share of the real steps before the prediction first differs.",
    ),
    "teacher_forced_frames": Metric(
        "Single steps right",
        "Share of steps predicted right when all steps before are given as they really were.",
    ),
    "solved_first": Metric(
        "Solved at once", "The first answer passes tests that the model has never seen (pass@1)."
    ),
    "solved": Metric(
        "Solved in the end",
        "The same of what is left after repairs, which only its own tests ask for.",
    ),
    "no_code": Metric("No code", "Share of first answers from which no program could be taken."),
    "tokens_per_problem": Metric(
        "Tokens", "Written for one problem, mean; all attempts.", is_share=False
    ),
    "seconds_per_problem": Metric(
        "Seconds", "One problem from start to end on the machine named, mean.", is_share=False
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One number as the page shows it. `text` is n/a where it was not measured."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One evaluation with its numbers in the order of the columns."""

    evaluation: Evaluation
    numbers: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class ModelScores:
    """All evaluations of one model, the newest of each suite first."""

    model: str
    rows: tuple[Row, ...]
    columns: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the folder holds. `problems` are sentences about files that could not be read."""

    models: tuple[ModelScores, ...]
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
    found.sort(key=lambda each: (each.model, each.suite, -each.date.toordinal()))
    models = tuple(
        _model_scores(model, tuple(group))
        for model, group in itertools.groupby(found, key=lambda each: each.model)
    )
    return Scores(models=models, problems=tuple(problems))


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


def _model_scores(model: str, evaluations: tuple[Evaluation, ...]) -> ModelScores:
    names = tuple(_columns(evaluations))
    columns = tuple(_metric(name) for name in names)
    rows = tuple(
        Row(
            evaluation=each,
            numbers=tuple(
                Shown(title=_metric(name).title, text=_number(name, each.metrics.get(name)))
                for name in names
            ),
        )
        for each in evaluations
    )
    return ModelScores(model=model, rows=rows, columns=columns)


def _columns(evaluations: tuple[Evaluation, ...]) -> Iterator[str]:
    """The known metrics that were measured, then those that only the files know."""
    measured = {name for each in evaluations for name in each.metrics}
    yield from (name for name in METRICS if name in measured)
    yield from sorted(measured - METRICS.keys())


def _metric(name: str) -> Metric:
    return METRICS.get(name) or Metric(name.replace("_", " "), "", is_share=False)


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
