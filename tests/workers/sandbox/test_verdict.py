"""From what was seen to what the user is told."""

from __future__ import annotations

import signal

import pytest

from traces.events import EndStatus
from workers.sandbox.box import Ending
from workers.sandbox.config import Limits, TraceJob
from workers.sandbox.protocol import EndRecord
from workers.sandbox.result import ExecutionStatus
from workers.sandbox.verdict import Observation, judge, refuse

OK = EndRecord("ok", "", "", 0, 0)


def seen(
    *,
    stop: str = "",
    end: EndRecord | None = None,
    code: int | None = None,
    number: int | None = None,
    cpu: float = 0.0,
    rss: int = 0,
    oom: int = 0,
) -> Observation:
    return Observation(
        stop=stop,
        started=True,
        phase="entry",
        steps=3,
        end=end,
        ending=Ending(code, number, cpu, rss, oom),
    )


@pytest.mark.parametrize(
    ("observation", "status", "process"),
    [
        (seen(end=OK, code=0), "ok", ExecutionStatus.OK),
        (seen(stop="cancelled", end=OK, number=9), "cancelled", ExecutionStatus.CANCELLED),
        (seen(stop="wall", number=9), "time", ExecutionStatus.WALL_LIMIT),
        (seen(stop="output", number=9), "output", ExecutionStatus.OUTPUT_LIMIT),
        (seen(stop="violation", number=9), "tampered", ExecutionStatus.PROTOCOL_VIOLATION),
        (seen(number=signal.SIGXCPU), "time", ExecutionStatus.CPU_LIMIT),
        (seen(number=9, cpu=5.9), "time", ExecutionStatus.CPU_LIMIT),
        (seen(number=9, rss=500 << 20), "memory", ExecutionStatus.MEMORY_LIMIT),
        (seen(number=9), "crashed", ExecutionStatus.SIGNALLED),
        (seen(number=signal.SIGSYS), "crashed", ExecutionStatus.SECURITY_VIOLATION),
        (seen(number=signal.SIGSEGV), "crashed", ExecutionStatus.SIGNALLED),
        (seen(code=3), "crashed", ExecutionStatus.NONZERO_EXIT),
        (seen(code=0), "crashed", ExecutionStatus.OK),
        (seen(end=OK, number=signal.SIGSYS), "crashed", ExecutionStatus.SECURITY_VIOLATION),
        (seen(end=EndRecord("steps", "", "", 0, 0), code=0), "steps", ExecutionStatus.OK),
        (seen(end=EndRecord("bytes", "", "", 0, 0), code=0), "bytes", ExecutionStatus.OK),
        (seen(stop="cpu", number=9), "time", ExecutionStatus.CPU_LIMIT),
        (seen(stop="memory", number=9), "memory", ExecutionStatus.MEMORY_LIMIT),
        (seen(number=9, oom=1), "memory", ExecutionStatus.MEMORY_LIMIT),
        (seen(end=OK, code=0, oom=1), "memory", ExecutionStatus.MEMORY_LIMIT),
        (seen(stop="wall", number=9, oom=1), "memory", ExecutionStatus.MEMORY_LIMIT),
        (seen(stop="cancelled", number=9, oom=1), "cancelled", ExecutionStatus.CANCELLED),
    ],
    ids=range(22),
)
def test_facts_come_before_claims(
    observation: Observation, status: EndStatus, process: ExecutionStatus
) -> None:
    result = judge(observation, TraceJob("x"), "B")
    assert (result.status, result.execution.status) == (status, process)
    assert bool(result.message) == (status != "ok")
    assert result.steps == 3


def test_trouble_before_the_entry_says_so() -> None:
    observation = seen(stop="wall", number=9)
    observation.phase = "module"
    assert "had not reached the entry" in judge(observation, TraceJob("x"), "B").message


def test_messages_of_the_program_are_cleaned_and_bounded() -> None:
    end = EndRecord("exception", "\x1b[31m" + "x" * 9000, "E\u202e", 1, 1)
    result = judge(seen(end=end, code=0), TraceJob("x"), "B")
    assert "\x1b" not in result.message
    assert len(result.message) <= 2000
    assert result.error_type == "E"


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (TraceJob("#" * (1 << 20)), "1,048,576 bytes; at most 65,536"),
        (TraceJob("x", stdin="y" * 300_000), "The input has 300,000 bytes"),
        (TraceJob("a\nb = '\udc80'"), "Line 2"),
    ],
    ids=["source", "stdin", "surrogate"],
)
def test_jobs_that_cannot_work_are_refused_without_a_box(job: TraceJob, words: str) -> None:
    result = refuse(job)
    assert result is not None
    assert words in result.message
    assert (result.status, result.steps) == ("exception", 0)


def test_a_job_within_its_limits_is_not_refused() -> None:
    assert refuse(TraceJob("x = 1", limits=Limits(source_bytes=5))) is None
