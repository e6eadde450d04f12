"""What the judge is asked, and what it answers.

An exercise is one of four kinds. `io`, `calls` and `unittest` are judged where the student's code
never runs; in `inprocess` tests and student share a process, so its result is the student's own
word and is marked so. `expected` and the messages of a result may reveal hidden tests: who shows
a result to a student decides what of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from workers.sandbox.checkers import Checker, Exact
from workers.sandbox.config import Limits
from workers.sandbox.result import ExecutionStatus

#: `separate`: the verdict was computed in processes that never ran the student's code.
Integrity = Literal["separate", "self_reported"]

MAX_CASES = 200
#: All cases together; a page waits for no longer, and no submission holds a worker for longer.
TOTAL_WALL_S = 120.0


# --- exercises ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IoCase:
    """Standard input for a program, and the output that it should have."""

    id: str
    stdin: str
    expected: str


@dataclass(frozen=True, slots=True)
class IoExercise:
    """Programs from input to output, one box per case."""

    cases: tuple[IoCase, ...]
    checker: Checker = field(default_factory=Exact)
    limits: Limits = field(default_factory=lambda: Limits(wall_s=5.0, cpu_s=5))
    total_wall_s: float = TOTAL_WALL_S


@dataclass(frozen=True, slots=True)
class Returns:
    """The call returns this value (`workers.sandbox.values.equal` says what counts as equal)."""

    value: object
    nan_equal: bool = False


@dataclass(frozen=True, slots=True)
class Approx:
    """The call returns this value with numbers that may differ a little, as `math.isclose`."""

    value: object
    relative: float = 1e-9
    absolute: float = 0.0


@dataclass(frozen=True, slots=True)
class Raises:
    """The call raises an exception of this type or one derived from it, named by its name.

    `match` must occur in its text.
    """

    type_name: str
    match: str = ""


@dataclass(frozen=True, slots=True)
class CallCase:
    """A call of one function. Arguments and expected values are plain built-in values.

    `arguments_after`, where given, is what the list, dict, set and bytearray arguments should be
    after the call, in order.
    """

    id: str
    function: str
    args: tuple[object, ...]
    expects: Returns | Approx | Raises
    kwargs: Mapping[str, object] = field(default_factory=dict)
    arguments_after: tuple[object, ...] | None = None


@dataclass(frozen=True, slots=True)
class CallExercise:
    """Calls of the functions of one module, one after another in the same box.

    `fresh` gives each case a box of its own, so that none sees what another left behind.
    """

    cases: tuple[CallCase, ...]
    fresh: bool = False
    limits: Limits = field(default_factory=lambda: Limits(wall_s=2.0, cpu_s=2))
    total_wall_s: float = TOTAL_WALL_S


@dataclass(frozen=True, slots=True)
class UnittestExercise:
    """The instructor's `unittest` code, which imports `solution`."""

    tests: str
    limits: Limits = field(default_factory=lambda: Limits(wall_s=5.0, cpu_s=5))
    total_wall_s: float = TOTAL_WALL_S


@dataclass(frozen=True, slots=True)
class InProcessExercise:
    """`unittest` code in the student's own process: for tests that need rich objects.

    Any student who cares can forge the result.
    """

    tests: str
    limits: Limits = field(default_factory=lambda: Limits(wall_s=5.0, cpu_s=5))
    total_wall_s: float = TOTAL_WALL_S


Exercise = IoExercise | CallExercise | UnittestExercise | InProcessExercise


# --- results --------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """`failed`: the program answered, and wrongly. `error`: there was no answer to judge."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case. Texts are bounded and clean for display.

    `status` is how the process fared during the case; a wrong answer has status `ok`. CPU time is
    the case's own, `max_rss_bytes` is the peak of the box so far.
    """

    id: str
    verdict: Verdict
    status: ExecutionStatus
    message: str = ""
    expected: str = ""
    got: str = ""
    stdout: str = ""
    stderr: str = ""
    truncated: bool = False
    wall_time_s: float = 0.0
    cpu_time_s: float = 0.0
    max_rss_bytes: int = 0

    @property
    def passed(self) -> bool:
        return self.verdict == Verdict.PASSED


@dataclass(frozen=True, slots=True)
class JudgeResult:
    """All cases of a submission, in the order of the plan.

    `message` is a sentence about the submission or the exercise as a whole, empty where none is
    due. `violation` says how a box broke the protocol. `unplanned` are tests that reported without
    having been announced; their reports are ignored.
    """

    cases: tuple[CaseResult, ...]
    integrity: Integrity
    tier: str
    message: str = ""
    violation: str = ""
    unplanned: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether there was something to judge and every case of the plan has passed."""
        return bool(self.cases) and all(case.passed for case in self.cases) and not self.violation


@dataclass(frozen=True, slots=True)
class Planned:
    """All case ids, before any of them runs."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseStarted:
    """A case begins."""

    id: str


@dataclass(frozen=True, slots=True)
class CaseFinished:
    """A case has its result. Each planned case gets exactly one."""

    result: CaseResult


JudgeEvent = Planned | CaseStarted | CaseFinished
OnEvent = Callable[[JudgeEvent], None]


class ExerciseError(Exception):
    """The exercise itself cannot be judged; the message says what its author should change."""


def check_ids(ids: list[str]) -> None:
    """Raise `ExerciseError` where case ids cannot tell the cases apart."""
    if len(ids) > MAX_CASES:
        raise ExerciseError(f"{len(ids)} cases; at most {MAX_CASES} can be judged at once.")
    doubled = {name for name in ids if ids.count(name) > 1}
    if doubled:
        raise ExerciseError(f"two cases share the id {min(doubled)!r}; give each its own.")


def describe_kind(exercise: Any) -> str:
    """The kind's name."""
    names = {
        IoExercise: "io",
        CallExercise: "calls",
        UnittestExercise: "unittest",
        InProcessExercise: "inprocess",
    }
    return names[type(exercise)]
