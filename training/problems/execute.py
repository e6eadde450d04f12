"""Running the bank's own solutions on test inputs, with a time limit.

The codes are the project's own, some of them wrong on purpose (also endless), so that a timer in
the process is enough; answers of models are run by the judge in its box, never here. Only the main
thread can set the timer.
"""

from __future__ import annotations

import contextlib
import copy
import io
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from training.problems.family import Kind

#: Of computing. A beginner's solution takes microseconds on these inputs; a wrong one may never
#: end.
TIME_LIMIT_S = 0.5
OUT_OF_TIME = "it did not end in time"


class OutOfTimeError(Exception):
    """The code did not end in time."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The outcome of a call that raised; equal to no value."""

    text: str


def run_case(code: str, kind: Kind, entry: str, arguments: tuple[Any, ...]) -> Any:
    """What the code gives for one test input, or `Raised`.

    A function's return value; the list of the return values of a class's method calls; a
    program's output without blanks at the ends of lines.
    """
    try:
        with _time_limit():
            return _run(code, kind, entry, copy.deepcopy(arguments))
    except OutOfTimeError:
        return Raised(OUT_OF_TIME)
    except (Exception, SystemExit) as error:
        return Raised(_described(error))


def _described(error: BaseException) -> str:
    """`ValueError: text`, as the site's judge says it."""
    single = isinstance(error, KeyError) and len(error.args) == 1
    return f"{type(error).__name__}: {error.args[0] if single else error}".rstrip(": ")


def _run(code: str, kind: Kind, entry: str, arguments: tuple[Any, ...]) -> Any:
    scope: dict[str, Any] = {"__name__": "__main__"}
    if kind is Kind.PROGRAM:
        return _output(code, arguments[0], scope)
    exec(compile(code, "solution.py", "exec"), scope)  # noqa: S102  # the bank's own code
    if kind is Kind.FUNCTION:
        return scope[entry](*arguments)
    made = scope[entry](*arguments[:-1])
    return [getattr(made, name)(*rest) for name, *rest in arguments[-1]]


def _output(code: str, stdin: str, scope: dict[str, Any]) -> str:
    out = io.StringIO()
    before, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, "solution.py", "exec"), scope)  # noqa: S102  # the bank's own code
    finally:
        sys.stdin = before
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip().split("\n"))


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, TIME_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
