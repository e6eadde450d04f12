"""How hard a program is for a model that predicts its trace, said before any GPU time is spent.

Two ways to know. If the program has been run, its actual trace gives the number of frames exactly,
and the tokens they cost as text to within a few percent (`traces.tokens`). If not, both are
estimated from the syntax tree (`traces.cost`), which is good for "tens, hundreds or thousands" and
no more. Either way the constructs that models stumble over are listed with their lines and reasons
(`traces.constructs`).

The three levels are a rule of thumb, not a measurement: 64 frames cover 97 % of the CRUXEval
programs, on which published accuracy is in the high eighties; beyond some 250 frames a rollout
that never slips is rare.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from traces.constructs import Finding, find_constructs
from traces.cost import estimate_events
from traces.divergence import COMPLETE
from traces.events import EndStatus, TraceEvent
from traces.tokens import TokenCounter, estimate_tokens, trace_tokens

Level = Literal["easy", "fair", "hard"]

EASY_FRAMES, HARD_FRAMES = 64, 256
EASY_TOKENS, HARD_TOKENS = 2_048, 16_384

#: A repr of this length is dozens of tokens that must all be right.
LONG_VALUE_CHARS = 200

#: A line that runs this often is a loop in which one slip is likely.
LONG_LOOP_ROUNDS = 50

#: Tokens per frame beside its source line: separators, and names with `..` per local.
_FRAME_BASE_TOKENS = 6
_TOKENS_PER_LOCAL = 5


class ForecastError(ValueError):
    """The program or the entry cannot be read; `line` is 1-based, 0 where there is none."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What to expect. `frames` is exact if `is_exact`; `is_certain` is false where it had to guess.

    `findings` say what is hard and where, worst first; `level` sums it up.
    """

    frames: int
    tokens: int
    is_exact: bool
    is_certain: bool
    level: Level
    findings: tuple[Finding, ...]


def forecast_source(
    source: str, entry: str = "", count: TokenCounter = estimate_tokens
) -> Forecast:
    """An estimate from the program's text. Raises `ForecastError` where it cannot be read."""
    tree = _parse(source)
    try:
        cost = estimate_events(tree, entry)
    except SyntaxError as error:
        raise ForecastError(f"the entry is not an expression: {error.msg}") from error
    except ValueError as error:
        raise ForecastError(f"the entry is not an expression: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise ForecastError("the program is nested too deeply to be read") from error
    tokens = cost.events * _tokens_per_frame(tree, source, count)
    return _forecast(
        frames=cost.events,
        tokens=tokens,
        is_exact=False,
        is_certain=cost.is_certain,
        findings=[*find_constructs(tree), *_size_findings(cost.events, tokens)],
    )


def forecast_trace(
    events: Sequence[TraceEvent],
    status: EndStatus,
    source: str,
    count: TokenCounter = estimate_tokens,
) -> Forecast:
    """What the actual trace says. Raises `ForecastError` if it does not belong to `source`."""
    try:
        tokens = sum(trace_tokens(events, source.split("\n"), count))
    except ValueError as error:
        raise ForecastError(f"the trace does not fit the program: {error}") from error
    try:
        findings = find_constructs(_parse(source))
    except ForecastError:  # It ran, so another Python wrote it; the trace still counts.
        findings = []
    findings += _trace_findings(events)
    findings += _size_findings(len(events), tokens)
    if status not in COMPLETE:
        findings.append(
            Finding(
                "incomplete",
                0,
                "hard",
                f"The real run was stopped after {len(events)} frames ({status}): the whole trace "
                "is longer than this.",
            )
        )
    return _forecast(
        frames=len(events),
        tokens=tokens,
        is_exact=status in COMPLETE,
        is_certain=status in COMPLETE,
        findings=findings,
    )


def _forecast(
    *, frames: int, tokens: int, is_exact: bool, is_certain: bool, findings: list[Finding]
) -> Forecast:
    hard = [finding for finding in findings if finding.severity == "hard"]
    level: Level = "fair"
    if frames > HARD_FRAMES or tokens > HARD_TOKENS or hard:
        level = "hard"
    elif frames <= EASY_FRAMES and tokens <= EASY_TOKENS:
        level = "easy"
    ordered = sorted(findings, key=lambda f: (f.severity != "hard", f.line, f.construct))
    return Forecast(
        frames=frames,
        tokens=tokens,
        is_exact=is_exact,
        is_certain=is_certain,
        level=level,
        findings=tuple(ordered),
    )


def _parse(source: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Odd escapes in a student's strings are not news here.
            return ast.parse(source)
    except SyntaxError as error:
        raise ForecastError(f"not valid Python: {error.msg}", error.lineno or 0) from error
    except ValueError as error:
        raise ForecastError(f"not valid Python: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise ForecastError("the program is nested too deeply to be read") from error


def _tokens_per_frame(tree: ast.Module, source: str, count: TokenCounter) -> int:
    """Mean tokens of a frame: a line of code, and a short entry for every local."""
    lines = [line for line in source.split("\n") if line.strip()]
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    names = [
        len({n.id for n in ast.walk(f) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)})
        + len(f.args.args)
        for f in functions
    ]
    per_line = sum(count(line) for line in lines) / max(1, len(lines))
    local_count = sum(names) / max(1, len(names))
    return round(per_line + _FRAME_BASE_TOKENS + _TOKENS_PER_LOCAL * local_count)


def _size_findings(frames: int, tokens: int) -> Iterator[Finding]:
    if frames > HARD_FRAMES or tokens > HARD_TOKENS:
        yield Finding(
            "long_trace",
            0,
            "hard",
            f"About {frames} frames and {tokens} tokens. One slip anywhere spoils the rest; "
            "a smaller input shows the same idea.",
        )


def _trace_findings(events: Sequence[TraceEvent]) -> Iterator[Finding]:
    """What only the real run shows: long values, lines that run very often, hidden objects."""
    runs: Counter[int] = Counter()
    longest: dict[int, int] = {}
    hidden: dict[str, int] = {}
    for event in events:
        line = abs(event.line)
        runs[line] += event.kind == "line"
        for text in (*event.changed.values(), event.value or ""):
            if len(text) > LONG_VALUE_CHARS:
                longest[line] = max(longest.get(line, 0), len(text))
            if text.startswith("<") and text.endswith(" object>"):
                hidden.setdefault(text, line)
    for line, size in sorted(longest.items()):
        message = f"A value of {size} characters is written here, every one of which must be right."
        yield Finding("long_value", line, "note", message)
    for line, times in sorted(runs.items()):
        if times > LONG_LOOP_ROUNDS:
            message = (
                f"This line runs {times} times. The longer a loop, the likelier one slip in it."
            )
            yield Finding("long_loop", line, "note", message)
    for text, line in hidden.items():
        if "iterator" not in text:
            message = f"A value shows only as `{text}`: what is in it stays hidden from the model."
            yield Finding("opaque_object", line, "note", message)
