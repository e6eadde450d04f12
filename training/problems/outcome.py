"""What the site's judge would say of a test: the texts that a model reads when it repairs.

`workers.sandbox.judge` is the judge; its texts for values, exceptions and endless loops are made
here from what `execute.run_case` gave, so that training shows what the site shows (a test holds
both together).
"""

from __future__ import annotations

from typing import Any

from traces.answers import parse
from training.problems.execute import OUT_OF_TIME, Raised, run_case
from training.problems.family import Kind
from training.problems.instance import Case, Instance
from training.problems.wording import call_text

#: The judge's words and limit; here less time is enough to know.
_ENDLESS = "stopped after 2 seconds"


def expected_text(instance: Instance, case: Case) -> str:
    """What should come of a test."""
    if instance.family.kind is Kind.PROGRAM:
        return str(case.expected)
    return f"about {case.expected!r}" if has_float(case.expected) else repr(case.expected)


def input_text(instance: Instance, case: Case) -> str:
    """What is called, or read."""
    if instance.family.kind is Kind.PROGRAM:
        return str(case.arguments[0])
    return call_text(instance, case)


def got_text(instance: Instance, code: str, got: Any) -> str:
    """What came of a test that failed; `got` is from `run_case`."""
    if isinstance(got, Raised):
        if got.text == OUT_OF_TIME:
            return _ENDLESS
        if instance.family.kind is Kind.PROGRAM:
            return "the program ended with exit status 1"
        if parse(code) is None:
            return f"the program cannot be loaded: {got.text}"
        return f"raised {got.text}"
    return str(got) if instance.family.kind is Kind.PROGRAM else repr(got)


def has_float(value: object) -> bool:
    """Whether the judge compares this value with a tolerance."""
    match value:
        case float():
            return True
        case list() | tuple() | set() | frozenset():
            return any(map(has_float, value))
        case dict():
            return any(map(has_float, value.values()))
    return False


def failing(instance: Instance, code: str, cases: list[Case] | tuple[Case, ...]) -> Failing | None:
    """The first of the cases that the code gets wrong."""
    for case in cases:
        got = run_case(code, instance.family.kind, instance.entry, case.arguments)
        if repr(got) != repr(case.expected):
            return case, got
    return None


Failing = tuple[Case, Any]
