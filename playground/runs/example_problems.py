"""The problems of the menu on the solve page, read from `example_problems.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from playground.runs.solve_events import ProblemForm

_FILE = Path(__file__).with_name("example_problems.toml")


class ExampleProblem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One problem of the menu. `slug` names it in links (`/solve/?example=fibonacci`)."""

    slug: str
    title: str
    text: str
    form: ProblemForm
    signature: str
    tests: str


class _Menu(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    problem: tuple[ExampleProblem, ...]


@lru_cache(maxsize=1)
def list_example_problems() -> tuple[ExampleProblem, ...]:
    """All problems in the order of the menu."""
    return msgspec.toml.decode(_FILE.read_bytes(), type=_Menu).problem
