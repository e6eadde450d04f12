"""What a person may ask a solver, checked before anything is stored."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from playground.runs.errors import Refused
from playground.runs.solve_events import (
    MAX_CANDIDATES,
    MAX_GIVEN_TESTS,
    MAX_PROBLEM_BYTES,
    MAX_SIGNATURE_CHARS,
    MAX_SOLVE_ATTEMPTS,
    MAX_SOLVE_SECONDS,
    MAX_SOLVE_TOKENS,
    MAX_TESTS_BYTES,
    Problem,
    SolveOptions,
)
from playground.runs.solving import SolvePlan
from traces.answers import parse
from traces.cases import Unread, read_row, read_tests

#: What no text may hold: neither Python source nor the database nor UTF-8 has a place for it.
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def check_text(field: str, text: str) -> None:
    """Refuse a null byte and half of a character, naming the place. Raises Refused."""
    found = _UNSTORABLE.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    code, name, fix = (
        ("null", "a null byte", "Delete it: a program and its input are text.")
        if found.group() == "\0"
        else (
            "surrogate",
            "half of a character (a lone surrogate)",
            "Delete it, or paste the text again from a UTF-8 source.",
        )
    )
    raise Refused(
        f"{field}.{code}",
        f"There is {name} in line {line}, column {column}.",
        fix,
        400,
        field,
        line,
        column,
    )


def check_problem(problem: Problem | None) -> Problem:
    """The problem with its texts trimmed. Raises Refused where nothing could be solved."""
    if problem is None or not problem.text.strip():
        raise Refused(
            "problem.empty",
            "There is no problem yet.",
            "Describe in a sentence what the program should do, or pick an example.",
            400,
            "problem",
        )
    size = _bytes(problem.text)
    if size > MAX_PROBLEM_BYTES:
        raise Refused(
            "problem.too_large",
            f"The problem has {size:,} bytes; at most {MAX_PROBLEM_BYTES:,} are accepted.",
            "Keep what a person would need to solve it.",
            413,
            "problem",
        )
    given = sum(_bytes(row.input) + _bytes(row.expected) for row in problem.rows)
    if _bytes(problem.tests) + given > MAX_TESTS_BYTES:
        raise Refused(
            "tests.too_large",
            f"The tests have more than {MAX_TESTS_BYTES // 1024} KiB.",
            "Keep the few that show what is meant; large inputs are not needed.",
            413,
            "tests",
        )
    texts = {"problem": problem.text, "signature": problem.signature, "tests": problem.tests}
    for field, text in texts.items():
        check_text(field, text)
    for row in problem.rows:
        check_text("tests", row.input)
        check_text("tests", row.expected)
    _check_signature(problem)
    _check_tests(problem)
    return msgspec.structs.replace(
        problem, text=problem.text.strip(), signature=problem.signature.strip().rstrip(":")
    )


def granted_plan(options: SolveOptions, *, predicts: bool, solvers: int = 1) -> SolvePlan:
    """What a run gets of what was asked for, where so many models solve problems."""
    attempts = _within(options.attempts, MAX_SOLVE_ATTEMPTS)
    if options.mode == "hint":
        attempts = 1
    return SolvePlan(
        candidates=min(_within(options.candidates, MAX_CANDIDATES), attempts),
        attempts=attempts,
        tokens=_within(options.tokens, MAX_SOLVE_TOKENS),
        seconds=float(_within(options.seconds, MAX_SOLVE_SECONDS)),
        predicts=predicts and options.mode == "solve",
        mode=options.mode,
        solvers=solvers,
    )


def _within(asked: int, most: int) -> int:
    return max(1, min(asked, most))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _check_signature(problem: Problem) -> None:
    signature = problem.signature.strip().rstrip(":")
    if not signature:
        return
    if len(signature) > MAX_SIGNATURE_CHARS or parse(f"{signature}: pass") is None:
        raise Refused(
            "signature.unreadable",
            "The signature cannot be read.",
            "Write the line that begins the function, for example: def add(a, b)",
            400,
            "signature",
        )


def _check_tests(problem: Problem) -> None:
    """Every given test has to be one: a test that is silently left out would be worse."""
    form = "function" if problem.signature and problem.form == "free" else problem.form
    found = read_tests(problem.tests, form=form)
    if found.unread:
        first = found.unread[0]
        raise _unreadable(f"Line {first.line}: {first.message}", first.line)
    for number, row in enumerate(problem.rows, 1):
        case = read_row(row.input, row.expected, form=form)
        if isinstance(case, Unread):
            raise _unreadable(f"Row {number}: {case.message}", 0)
    count = len(found.cases) + len(problem.rows)
    if count > MAX_GIVEN_TESTS:
        raise Refused(
            "tests.too_many",
            f"{count} tests are given; at most {MAX_GIVEN_TESTS} are run.",
            "Keep those that differ.",
            400,
            "tests",
        )


def _unreadable(message: str, line: int) -> Refused:
    fix = "Change this test, or remove it."
    return Refused("tests.unreadable", message, fix, 400, "tests", line)
