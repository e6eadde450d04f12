"""The instructor's own checker: code that decides about an output, in a box of its own.

The box holds the checker and no student's code. The student's output enters it as a string.
"""

from __future__ import annotations

from workers.sandbox.checkers import Outcome
from workers.sandbox.config import Limits
from workers.sandbox.display import clean_output
from workers.sandbox.judge_bench import MAX_MESSAGE_CHARS, LoadError, Student, describe
from workers.sandbox.judge_box import Lost
from workers.sandbox.judge_wire import Raised
from workers.sandbox.result import ExecutionStatus
from workers.sandbox.values import Tree, tree_of


class CheckerError(Exception):
    """The checker itself failed; the message is for the instructor."""


def ask_checker(
    checker: Student, limits: Limits, stdin: str, expected: str, output: str
) -> Outcome:
    """What `check(stdin, expected, output)` says. Raises `CheckerError`, or `Lost` on a stop."""
    question = {
        "do": "call",
        "on": 0,
        "name": "check",
        "args": [tree_of(text) for text in (stdin, expected, output)],
        "kwargs": {},
    }
    try:
        checker.ready()
        answer = checker.ask(question, limits.wall_s)
    except LoadError as problem:
        raise CheckerError(f"the checker cannot be used: {problem.lost.message}") from problem
    except Lost as lost:
        if lost.status == ExecutionStatus.CANCELLED:
            raise
        raise CheckerError(f"the checker failed: {lost.message}") from lost
    checker.lap()
    if isinstance(answer, Raised):
        raise CheckerError(f"the checker raised {describe(answer)}")
    return _outcome(answer.value)


def _outcome(tree: Tree) -> Outcome:
    if isinstance(tree, bool):
        return Outcome(tree)
    if isinstance(tree, dict) and "t" in tree:
        items = tree["t"]
        if len(items) == 2 and isinstance(items[0], bool) and isinstance(items[1], str):
            return Outcome(items[0], clean_output(items[1])[:MAX_MESSAGE_CHARS])
    raise CheckerError("the checker must return True, False, or a pair of that and a message")
