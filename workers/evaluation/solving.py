"""What came of one problem that a model was to solve, and many of them summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import fmean, median
from typing import Any

import msgspec

from workers.evaluation.problems import Fate

_DIGITS = 4
_CODE_SHOWN = 1500


class SolveResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One problem. `program` is the task's digest: a result is of this task and no other.

    `first` and `final` are the verdicts of the reference tests on the first attempt and on what
    the run left behind; `first_own` and `final_own` what the tests that the solver knew said of
    the same (`AttemptVerdict`). `tokens` were written in all attempts; `seconds` is the whole run
    with its boxes, `model_seconds` the part in which the model wrote.
    """

    name: str
    program: str
    kind: str
    first: Fate
    final: Fate
    first_own: str = ""
    final_own: str = ""
    attempts: int = 1
    prompt_tokens: int = 0
    tokens: int = 0
    first_tokens: int = 0
    seconds: float = 0.0
    model_seconds: float = 0.0
    first_code: str = ""
    final_code: str = ""
    first_message: str = ""
    final_message: str = ""
    first_status: str = "ok"
    notes: tuple[str, ...] = ()


def metrics(results: Sequence[SolveResult]) -> dict[str, float]:
    """The figures of `playground.runs.evaluations`; {} for no results."""
    if not results:
        return {}
    return {
        **shares(results),
        "tokens_per_problem": round(fmean(r.tokens for r in results), 1),
        "seconds_per_problem": round(fmean(r.seconds for r in results), 2),
    }


def shares(results: Sequence[SolveResult]) -> dict[str, float]:
    """Those from 0 to 1."""
    if not results:
        return {}
    found = {
        "solved_first": fmean(r.first == "passed" for r in results),
        "solved": fmean(r.final == "passed" for r in results),
        "no_code": fmean(r.first == "no_code" for r in results),
    }
    return {name: round(value, _DIGITS) for name, value in found.items()}


def details(results: Sequence[SolveResult]) -> dict[str, Any]:
    """What stands behind the figures.

    `own_tests`: how the tests that the solver knew relate to the reference tests, counted over
    final codes. `repaired` and `spoilt` are problems that repairs won and lost.
    """
    finals = [r for r in results if r.final != "no_code"]
    own = Counter(f"{r.final_own or 'none'}, {r.final}" for r in finals)
    kinds = sorted({r.kind for r in results})
    return {
        "by_kind": {kind: _of_kind([r for r in results if r.kind == kind]) for kind in kinds},
        "own_tests": dict(sorted(own.items())),
        "attempts": dict(sorted(Counter(str(r.attempts) for r in results).items())),
        "first_status": dict(Counter(r.first_status for r in results).most_common()),
        "repaired": sum(r.first != "passed" and r.final == "passed" for r in results),
        "spoilt": sum(r.first == "passed" and r.final != "passed" for r in results),
        "notes": dict(Counter(_kind_of(n) for r in results for n in r.notes).most_common()),
        "output_tokens": sum(r.tokens for r in results),
        "first_answer_tokens_median": median(r.first_tokens for r in results),
        "tokens_per_s_in_a_stream": _rate(results),
        "seconds": round(sum(r.seconds for r in results), 1),
        "model_seconds": round(sum(r.model_seconds for r in results), 1),
    }


def _of_kind(results: Sequence[SolveResult]) -> dict[str, float]:
    return {"count": len(results), **shares(results)}


def _kind_of(note: str) -> str:
    """A note without its numbers."""
    return " ".join("N" if word.strip(".:,").isdigit() else word for word in note.split())


def _rate(results: Sequence[SolveResult]) -> float | None:
    seconds = sum(r.model_seconds for r in results)
    return round(sum(r.tokens for r in results) / seconds, 1) if seconds else None


def failures(results: Sequence[SolveResult], count: int) -> Iterator[str]:
    """The first `count` problems that were not solved at once, for a terminal."""
    wrong = [r for r in results if r.first != "passed"]
    for result in wrong[:count]:
        yield "\n".join(_failure(result))


def _failure(result: SolveResult) -> Iterator[str]:
    yield f"--- {result.name}: {result.first} (own tests {result.first_own}), then {result.final}"
    if result.first_message:
        yield f"    {result.first_message[:400]}"
    for note in result.notes:
        yield f"    note: {note}"
    yield "\n".join(f"    | {line}" for line in result.first_code[:_CODE_SHOWN].splitlines())
