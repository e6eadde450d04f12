"""What came of one program, the journal of finished programs, and many of them summed up."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec

from traces.calibration import Outcome, calibration
from traces.divergence import Divergence
from traces.events import EndStatus

#: Digits of every share in a result.
_DIGITS = 4

Fate = Literal[
    "scored",
    "no_context",  # the program cannot be put into a prompt
    "no_recording",  # the real run was cut off, so there is nothing to compare with
    "over_context",  # the real trace does not fit into the model's context, and the suite says skip
]


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """A teacher-forced step that was wrong: its place, and both frames as text."""

    index: int
    kind: str
    expected: str
    predicted: str


class ItemResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One program. Everything below `message` is meant only where `fate` is "scored".

    `program` is the digest of program and entry: a result is of these and no others.
    `prefix` is the share of the real steps before the first that differs, or before the cut.
    `forced` maps an event kind to [right, asked]; `forced_wrong` holds the first few wrong ones.
    `outcomes` maps a field (`traces.calibration`) to (probability, right).
    """

    name: str
    program: str
    fate: Fate
    message: str = ""
    return_right: bool = False
    trace_exact: bool = False
    prefix: float = 0.0
    actual_frames: int = 0
    predicted_frames: int = 0
    status: EndStatus = "ok"
    is_unreadable: bool = False
    fits_context: bool = True
    first: Divergence | None = None
    expected: str = ""
    predicted: str = ""
    forced: dict[str, tuple[int, int]] = {}
    forced_wrong: tuple[Step, ...] = ()
    outcomes: dict[str, tuple[tuple[float, bool], ...]] = {}
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


# --- the journal ----------------------------------------------------------------------------------


class Named(Protocol):
    """Something to evaluate: unique by name, and of one content."""

    @property
    def name(self) -> str:
        """Unique among those of one journal."""
        ...

    @property
    def digest(self) -> str:
        """Changes with what is evaluated."""
        ...


class _Result(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def program(self) -> str: ...


R = TypeVar("R", bound=_Result)


class Journal(Generic[R]):
    """Results of finished programs, one JSON line each. Survives an interruption at any byte.

    Of what the file holds, only results of `items` as they are now count.
    """

    def __init__(self, path: Path, items: Iterable[Named], kind: type[R]) -> None:
        self.path = path
        current = {item.name: item.digest for item in items}
        self._lock = threading.Lock()
        self._finished = {r.name: r for r in _lines(path, kind) if current.get(r.name) == r.program}

    @property
    def finished(self) -> dict[str, R]:
        """By name."""
        return self._finished

    def add(self, result: R) -> None:
        """Keep a result at once. From any thread."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # A line that was cut short stays alone on its line.
        data = b"\n" + msgspec.json.encode(result) + b"\n"
        with self._lock:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, data)
            finally:
                os.close(descriptor)
            self._finished = {**self._finished, result.name: result}


def _lines(path: Path, kind: type[R]) -> Iterator[R]:
    with contextlib.suppress(FileNotFoundError):
        for line in path.read_bytes().split(b"\n"):
            with contextlib.suppress(msgspec.MsgspecError):
                yield msgspec.json.decode(line, type=kind)


# --- summing up -----------------------------------------------------------------------------------


def metrics(results: Sequence[ItemResult]) -> dict[str, float]:
    """The figures of `playground.runs.evaluations`, shares from 0 to 1; {} for no results."""
    scored = [result for result in results if result.fate == "scored"]
    if not scored:
        return {}
    found = {
        "return_right": fmean(result.return_right for result in scored),
        "trace_exact": fmean(result.trace_exact for result in scored),
        "prefix_frames": fmean(result.prefix for result in scored),
    }
    right, asked = _total(result.forced for result in scored)
    if asked:
        found["teacher_forced_frames"] = right / asked
    return {name: round(value, _DIGITS) for name, value in found.items()}


def details(results: Sequence[ItemResult]) -> dict[str, Any]:
    """What stands behind the figures, for whoever improves the model."""
    scored = [result for result in results if result.fate == "scored"]
    kinds = sorted({kind for result in scored for kind in result.forced})
    asked = {kind: _total([{kind: r.forced.get(kind, (0, 0))} for r in scored]) for kind in kinds}
    errors = [r.first.kind for r in scored if r.first is not None and r.first.is_error]
    short = [result for result in scored if result.actual_frames <= 40]
    fields = sorted({field for result in scored for field in result.outcomes})
    pooled = {f: [Outcome(*o) for r in scored for o in r.outcomes.get(f, ())] for f in fields}
    return {
        "fates": dict(Counter(result.fate for result in results)),
        "valid_format": _share(not result.is_unreadable for result in scored),
        "cut_off": sum(result.status == "length" for result in scored),
        "over_context": sum(not result.fits_context for result in scored),
        "ends": dict(Counter(result.status for result in scored)),
        "first_divergence": dict(Counter(errors).most_common()),
        "teacher_forced_by_kind": {
            kind: {"right": right, "asked": count, "share": round(right / count, _DIGITS)}
            for kind, (right, count) in asked.items()
            if count
        },
        "up_to_40_frames": {"count": len(short), **metrics(short)},
        "calibration": {field: _rounded(outcomes) for field, outcomes in pooled.items()},
        "actual_frames": sum(result.actual_frames for result in scored),
        "output_tokens": sum(result.output_tokens for result in scored),
        "stream_seconds": round(sum(result.seconds for result in scored), 1),
    }


def _total(counts: Iterable[dict[str, tuple[int, int]]]) -> tuple[int, int]:
    pairs = [pair for each in counts for pair in each.values()]
    return sum(right for right, _ in pairs), sum(asked for _, asked in pairs)


def _share(values: Iterable[bool]) -> float | None:
    known = list(values)
    return round(fmean(known), _DIGITS) if known else None


def _rounded(outcomes: Sequence[Outcome]) -> dict[str, float | int | None]:
    figures = msgspec.structs.asdict(calibration(outcomes))
    return {n: round(v, _DIGITS) if isinstance(v, float) else v for n, v in figures.items()}


# --- failures -------------------------------------------------------------------------------------


def failures(results: Sequence[ItemResult], count: int) -> Iterator[str]:
    """The first `count` programs that are not exact, each in a few lines for a terminal."""
    wrong = [r for r in results if r.fate == "scored" and not r.trace_exact]
    for result in wrong[:count]:
        yield "\n".join(_failure(result))


def _failure(result: ItemResult) -> Iterator[str]:
    first = result.first
    verdict = "result right" if result.return_right else "result wrong"
    yield f"--- {result.name}: {verdict}, ended as {result.status}"
    if first is not None:
        local = f" of {', '.join((first.name, *first.others))}" if first.name else ""
        yield f"    step {first.index + 1} of {result.actual_frames}: {first.kind}{local}"
    for title, text in (("expected", result.expected), ("predicted", result.predicted)):
        if text:
            yield f"    {title:<9} {text.strip()[:400]}"
    for step in result.forced_wrong:
        yield f"    given the real steps, step {step.index + 1} ({step.kind}):"
        yield f"      expected  {step.expected.strip()[:400]}"
        yield f"      predicted {step.predicted.strip()[:400]}"
