"""Whether a program's output is right. Pure functions over text, run on the host.

`Custom` is the exception: the instructor's own checker is code, so it runs in a box of its own
(`workers.sandbox.judge_custom`), which no student's code ever enters.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

_SHOWN_CHARS = 80


@dataclass(frozen=True, slots=True)
class Exact:
    """Line by line. Line ends are normalised; by default blanks at ends of lines and the
    newlines at the end of the text do not count."""

    ignore_trailing_space: bool = True


@dataclass(frozen=True, slots=True)
class Tokens:
    """The same words in the same order, however they are spaced."""

    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Floats:
    """As `Tokens`; words that are numbers on both sides may differ as `math.isclose` allows."""

    relative: float = 1e-6
    absolute: float = 1e-9


@dataclass(frozen=True, slots=True)
class UnorderedLines:
    """The same lines, each as often, in any order. Blanks at ends of lines do not count."""


@dataclass(frozen=True, slots=True)
class Custom:
    """Python code that defines `check(stdin, expected, output)`.

    It returns True, False, or a pair of that and a message. It gets the student's output as text,
    and should treat it as such: a checker that evaluates it hands the verdict to the student.
    """

    source: str


Checker = Exact | Tokens | Floats | UnorderedLines | Custom


@dataclass(frozen=True, slots=True)
class Outcome:
    """`message` says where the first difference is, empty when there is none."""

    passed: bool
    message: str = ""


def compare(checker: Exact | Tokens | Floats | UnorderedLines, expected: str, got: str) -> Outcome:
    """The outcome for an output."""
    match checker:
        case Exact(ignore):
            return _sequence("line", _lines(expected, ignore), _lines(got, ignore))
        case Tokens(ignore_case):
            if ignore_case:
                expected, got = expected.casefold(), got.casefold()
            return _sequence("word", _words(expected), _words(got))
        case Floats():
            return _sequence("word", _words(expected), _words(got), checker)
        case UnorderedLines():
            return _unordered(_lines(expected, trim=True), _lines(got, trim=True))


_RIGHT = Outcome(passed=True)


def _wrong(message: str) -> Outcome:
    return Outcome(passed=False, message=message)


def _words(text: str) -> list[str]:
    # ASCII whitespace: a no-break space in an output is a difference one should be told about.
    return re.findall(r"[^ \t\n\r\f\v]+", text)


def _lines(text: str, trim: bool) -> list[str]:  # noqa: FBT001  # one meaning, private
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not trim:
        return lines
    lines = [line.rstrip(" \t\f\v") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _sequence(
    unit: str, expected: list[str], got: list[str], tolerance: Floats | None = None
) -> Outcome:
    for number, (wanted, found) in enumerate(zip(expected, got, strict=False), 1):
        if wanted != found and not (tolerance and _near(wanted, found, tolerance)):
            return _wrong(f"{unit} {number} should be {_show(wanted)}, but is {_show(found)}")
    if len(got) < len(expected):
        missing = _show(expected[len(got)])
        return _wrong(f"the output ends early: {unit} {len(got) + 1} should be {missing}")
    if len(got) > len(expected):
        extra = _show(got[len(expected)])
        return _wrong(f"the output goes on: {unit} {len(expected) + 1} is {extra}")
    return _RIGHT


def _near(wanted: str, found: str, tolerance: Floats) -> bool:
    a, b = _number(wanted), _number(found)
    if a is None or b is None:
        return False
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=tolerance.relative, abs_tol=tolerance.absolute)


_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:e[+-]?[0-9]{1,5})?"
    r"|[+-]?(?:inf|infinity|nan)",
    re.ASCII | re.IGNORECASE,
)


def _number(word: str) -> float | None:
    return float(word) if _NUMBER.fullmatch(word) else None


def _unordered(expected: list[str], got: list[str]) -> Outcome:
    wanted, found = Counter(expected), Counter(got)
    missing, extra = wanted - found, found - wanted
    if missing:
        return _wrong(f"the line {_show(next(iter(missing)))} is missing")
    if extra:
        return _wrong(f"the line {_show(next(iter(extra)))} is too much")
    return _RIGHT


def _show(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 3] + "...")
