"""Which state machine a run follows."""

from __future__ import annotations

import msgspec

from playground.runs.models import Run
from playground.runs.pipeline import Plan, TracePlan
from playground.runs.solve_events import Problem
from playground.runs.solving import SolvePlan


def plan_of(run: Run) -> Plan:
    """The run's state machine."""
    return solve_plan(run) if run.kind == Run.Kind.SOLVE else TracePlan(tuple(run.stages))


def solve_plan(run: Run) -> SolvePlan:
    """What a solve run may use."""
    return msgspec.convert(run.plan, SolvePlan)


def problem_of(run: Run) -> Problem:
    """What a solve run is to solve."""
    return msgspec.convert(run.problem, Problem)
