"""Judging real submissions in real boxes: the four kinds, limits, events, mistakes of authors."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from workers.sandbox.box import Box
from workers.sandbox.cancel import CancelToken
from workers.sandbox.checkers import Custom, Floats, Tokens, UnorderedLines
from workers.sandbox.config import Limits, SandboxConfig
from workers.sandbox.exercise import (
    Approx,
    CallCase,
    CallExercise,
    CaseFinished,
    CaseResult,
    CaseStarted,
    Exercise,
    InProcessExercise,
    IoCase,
    IoExercise,
    JudgeEvent,
    JudgeResult,
    Planned,
    Raises,
    Returns,
    UnittestExercise,
)
from workers.sandbox.judge import judge
from workers.sandbox.judge_box import BoxSource, boxes_for, cold_boxes
from workers.sandbox.launch import launch
from workers.sandbox.pool import BoxPool
from workers.sandbox.result import ExecutionStatus
from workers.sandbox.unavailable import SandboxUnavailable

pytestmark = pytest.mark.sandbox

QUICK = Limits(wall_s=2.0, cpu_s=4)
ROOMY = Limits(wall_s=20.0, cpu_s=20)


@dataclass
class Judged:
    """What a submission's judging told."""

    result: JudgeResult
    events: list[JudgeEvent] = field(default_factory=list)

    def __getitem__(self, case_id: str) -> CaseResult:
        return next(case for case in self.result.cases if case.id == case_id)

    @property
    def verdicts(self) -> list[str]:
        return [case.verdict.value for case in self.result.cases]

    @property
    def statuses(self) -> list[str]:
        return [case.status.value for case in self.result.cases]


Run = Callable[[Exercise, str], Judged]


@pytest.fixture(scope="module")
def source_of_boxes(boxes: SandboxConfig) -> BoxSource:
    return cold_boxes(boxes)


@pytest.fixture
def run(source_of_boxes: BoxSource, cancel: CancelToken) -> Run:
    def judged(exercise: Exercise, source: str) -> Judged:
        events: list[JudgeEvent] = []
        result = judge(
            exercise, source, on_event=events.append, cancel=cancel, boxes=source_of_boxes
        )
        check_events(result, events)
        return Judged(result, events)

    return judged


def check_events(result: JudgeResult, events: list[JudgeEvent]) -> None:
    """Each planned case gets exactly one result, and the events are the result."""
    finished = [event.result for event in events if isinstance(event, CaseFinished)]
    assert sorted(case.id for case in finished) == sorted(case.id for case in result.cases)
    if events:
        assert isinstance(events[0], Planned)
        assert events[0].ids == tuple(case.id for case in result.cases)
        assert not any(isinstance(event, Planned) for event in events[1:])


# --- io -------------------------------------------------------------------------------------------

ADD = "a, b = map(int, input().split())\nprint(a + b)\n"


def io(*cases: tuple[str, str], **options: object) -> IoExercise:
    numbered = tuple(IoCase(str(n), given, wanted) for n, (given, wanted) in enumerate(cases))
    return IoExercise(numbered, **options)  # type: ignore[arg-type]


def test_a_right_program_passes_every_case(run: Run) -> None:
    judged = run(io(("2 3\n", "5\n"), ("-1 1", "0")), ADD)
    assert judged.result.passed
    assert judged.result.integrity == "separate"
    assert judged.result.tier in ("A", "B")
    assert judged["0"].got == "5\n"
    assert judged["0"].max_rss_bytes > 1 << 20


def test_a_wrong_answer_is_told_from_no_answer(run: Run) -> None:
    source = "n = input()\nif n == '1': print('one')\nif n == '2': raise ValueError('no')\n"
    judged = run(io(("1", "two"), ("2", "x"), ("3", "")), source)
    assert judged.verdicts == ["failed", "error", "passed"]
    assert judged["0"].message == "line 1 should be 'two', but is 'one'"
    assert judged["1"].status == ExecutionStatus.NONZERO_EXIT
    assert 'File "solution.py", line 3' in judged["1"].stderr
    assert "ValueError: no" in judged["1"].stderr
    assert "judge" not in judged["1"].stderr


def test_a_case_that_hangs_costs_itself_and_keeps_what_it_printed(run: Run) -> None:
    source = "n = input()\nprint('before', end='')\nwhile n == '1':\n    pass\n"
    judged = run(io(("1", "before"), ("2", "before"), limits=QUICK), source)
    assert judged.verdicts == ["error", "passed"]
    assert judged.statuses == ["wall_limit", "ok"]
    assert judged["0"].got == "before"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("import os\nos.kill(os.getpid(), 11)", "signalled"),
        ("print('x' * 1_000_000)", "output_limit"),
        ("while True: pass", "cpu_limit"),
        ("import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)", "security_violation"),
        ("import os\nos._exit(3)", "nonzero_exit"),
        ("def", "nonzero_exit"),
        ("import sys\nsys.exit('bye')", "nonzero_exit"),
    ],
    ids=lambda value: value[-30:],
)
def test_the_ways_a_program_can_end_are_told_apart(run: Run, source: str, status: str) -> None:
    judged = run(io(("", ""), limits=Limits(wall_s=20, cpu_s=1)), source)
    assert judged.statuses == [status]
    assert judged.verdicts == ["error"]
    assert judged["0"].message


def test_printing_right_and_then_failing_is_an_error(run: Run) -> None:
    judged = run(io(("2 3", "5")), ADD + "import os\nos._exit(1)\n")
    assert judged.verdicts == ["error"]


def test_sys_exit_zero_is_an_ordinary_end(run: Run) -> None:
    assert run(io(("2 3", "5")), ADD + "import sys\nsys.exit(0)\n").result.passed


def test_a_program_is_main_with_its_own_modules(run: Run) -> None:
    source = (
        "import sys\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass P:\n    x: int\n"
        "print(__name__, sys.modules['__main__'].P(1), 'judge' in sys.modules, sys.argv)\n"
    )
    assert run(io(("", "__main__ P(x=1) False ['solution.py']")), source).result.passed


def test_checkers_decide_about_outputs(run: Run) -> None:
    assert run(io(("", "2 1"), checker=Tokens()), "print(2)\nprint(1)").result.passed
    assert run(io(("", "0.3"), checker=Floats()), "print(0.1 + 0.2)").result.passed
    assert run(io(("", "a\nb"), checker=UnorderedLines()), "print('b\\na')").result.passed


def test_a_custom_checker_decides_in_a_box_of_its_own(run: Run) -> None:
    checker = Custom(
        "def check(stdin, expected, output):\n"
        "    a, b = map(int, output.split())\n"
        "    return a * b == int(stdin), f'{a} times {b}'\n"
    )
    judged = run(io(("6", ""), ("7", ""), checker=checker), "print(2, 3)")
    assert judged.verdicts == ["passed", "failed"]
    assert judged["1"].message == "2 times 3"


@pytest.mark.parametrize(
    ("checker", "message"),
    [
        ("def check(*a): return 1", "the checker must return True, False, or"),
        ("def check(*a): return (True, 'a', 'b')", "the checker must return True, False, or"),
        ("def check(*a): 1 / 0", "the checker raised ZeroDivisionError"),
        ("def check(*a):\n    while True: pass", "the checker failed: stopped after 2 seconds"),
        ("def check(", "the checker cannot be used: "),
        ("", "the checker raised AttributeError"),
    ],
)
def test_a_broken_checker_passes_nobody_and_is_named(run: Run, checker: str, message: str) -> None:
    judged = run(io(("", ""), checker=Custom(checker), limits=QUICK), "")
    assert judged.verdicts == ["error"]
    assert judged.result.message.startswith(message)


# --- calls ----------------------------------------------------------------------------------------

MODULE = """
calls = 0
def add(a, b=1):
    print('adding')
    return a + b
def count():
    global calls
    calls += 1
    return calls
def hang():
    while True: pass
def die(): raise SystemExit(0)
def leave():
    import os
    os._exit(0)
def missing(): return {}['x']
def sort(items, log):
    items.sort()
    log['sorted'] = True
def gen(): yield 1
def flood(): print('x' * 1_000_000)
def eat(): return [bytes(1 << 20) for _ in range(2000)]
class Custom(ValueError): pass
def custom(): raise Custom('mine')
"""


def call(name: str, *args: object, gives: object = None, **options: object) -> CallCase:
    expects = gives if isinstance(gives, Returns | Approx | Raises) else Returns(gives)
    return CallCase(name, name.split("#")[0], args, expects, **options)  # type: ignore[arg-type]


def test_calls_are_judged_by_the_value_they_return(run: Run) -> None:
    judged = run(
        CallExercise(
            (
                call("add", 1, 2, gives=3),
                call("add#float", 0.1, 0.2, gives=Approx(0.3)),
                call("add#kw", 1, gives=2),
                call("add#wrong", 1, 2, gives=4),
                call("add#list", [1], [2], gives=[1, 2]),
                call("add#type", (1,), (2,), gives=[1, 2]),
                call("gen", gives=[1]),
                call("nothing", gives=1),
            )
        ),
        MODULE,
    )
    assert judged.verdicts == [
        "passed", "passed", "passed", "failed", "passed", "failed", "failed", "error",
    ]  # fmt: skip
    assert judged["add"].stdout == "adding\n"
    assert judged["add#wrong"].message == "returned 3"
    assert judged["add#wrong"].expected == "4"
    assert "a value of type tuple, where list is expected" in judged["add#type"].message
    assert "an object of type generator, which cannot be compared" in judged["gen"].message
    assert judged["nothing"].message == "the program defines no function 'nothing'"


def test_exceptions_can_be_expected_by_type_and_text(run: Run) -> None:
    judged = run(
        CallExercise(
            (
                call("missing", gives=Raises("KeyError")),
                call("missing#base", gives=Raises("LookupError", "x")),
                call("missing#other", gives=Raises("ValueError")),
                call("missing#text", gives=Raises("KeyError", "y")),
                call("custom", gives=Raises("ValueError", "mine")),
                call("add", 1, gives=Raises("TypeError")),
                call("missing#value", gives=1),
                call("die", gives=Raises("SystemExit")),
            )
        ),
        MODULE,
    )
    assert judged.verdicts == [
        "passed", "passed", "failed", "failed", "passed", "failed", "error", "passed",
    ]  # fmt: skip
    assert judged["missing#value"].message == "raised KeyError: x"


def test_changed_arguments_are_judged_when_the_exercise_asks(run: Run) -> None:
    right = call("sort", [2, 1], {}, arguments_after=([1, 2], {"sorted": True}))
    wrong = call("sort#2", [2, 1], {}, arguments_after=([1, 2], {}))
    judged = run(CallExercise((right, wrong)), MODULE)
    assert judged.verdicts == ["passed", "failed"]
    assert judged["sort#2"].message.startswith("changeable argument 2 should be {} afterwards")


@pytest.mark.parametrize(
    ("name", "status"),
    [("hang", "wall_limit"), ("leave", "ok"), ("flood", "output_limit"), ("eat", "memory_limit")],
)
def test_a_call_that_ends_its_box_does_not_sink_the_others(
    run: Run, name: str, status: str
) -> None:
    cases = (call("add", 1), call(name), call("add#after", 1, gives=2))
    judged = run(CallExercise(cases, limits=replace(QUICK, memory_bytes=256 << 20)), MODULE)
    assert judged.verdicts == ["failed", "error", "passed"]
    assert judged[name].status == status


def test_computing_too_long_in_one_case_is_a_cpu_limit(run: Run) -> None:
    cases = (call("hang"), call("add", 1, gives=2))
    judged = run(CallExercise(cases, limits=Limits(wall_s=20, cpu_s=1)), MODULE)
    assert judged.statuses == ["cpu_limit", "ok"]


def test_cases_share_a_box_unless_the_exercise_wants_fresh_ones(run: Run) -> None:
    cases = (call("count", gives=1), call("count#2", gives=2))
    assert run(CallExercise(cases), MODULE).result.passed
    assert run(CallExercise(cases, fresh=True), MODULE).verdicts == ["passed", "failed"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f(:\n", "the program cannot be loaded: SyntaxError: invalid syntax"),
        ("1 / 0", "the program cannot be loaded: ZeroDivisionError: division by zero"),
        ("while True: pass", "while it was loaded: stopped after 2 seconds"),
        ("import os\nos._exit(0)", "while it was loaded: the program ended before it answered"),
    ],
)
def test_a_program_that_cannot_be_loaded_fails_every_case_once(
    run: Run, source: str, message: str
) -> None:
    judged = run(CallExercise((call("f"), call("f#2")), limits=QUICK), source)
    assert judged.verdicts == ["error", "error"]
    assert all(case.message.startswith(message) for case in judged.result.cases)


def test_a_value_that_cannot_be_sent_is_the_authors_mistake(run: Run) -> None:
    for case in (call("f", object()), call("f", gives=range(3)), call("f", 1 << 20_000)):
        judged = run(CallExercise((case,)), MODULE)
        assert not judged.result.passed
        assert judged.result.cases == ()
        assert judged.result.message.startswith("case 'f': ")
    judged = run(CallExercise((call("sort", [], {}, arguments_after=([],)),)), MODULE)
    assert "has 2 arguments that a call can change" in judged.result.message


def test_two_cases_with_one_id_are_refused(run: Run) -> None:
    judged = run(CallExercise((call("f"), call("f"))), MODULE)
    assert judged.result.message.startswith("two cases share the id 'f'")


# --- all kinds ------------------------------------------------------------------------------------


def test_results_come_case_by_case_while_they_happen(
    source_of_boxes: BoxSource, cancel: CancelToken
) -> None:
    events: list[JudgeEvent] = []
    seen: list[int] = []

    def on_event(event: JudgeEvent) -> None:
        events.append(event)
        if isinstance(event, CaseStarted):
            seen.append(sum(isinstance(other, CaseFinished) for other in events))

    cases = tuple(call(f"count#{n}", gives=n) for n in (1, 2, 3))
    judge(CallExercise(cases), MODULE, on_event=on_event, cancel=cancel, boxes=source_of_boxes)
    assert seen == [0, 1, 2]


@pytest.mark.parametrize("kind", ["io", "calls", "unittest", "inprocess"])
def test_a_stop_ends_the_run_and_every_case_says_so(
    source_of_boxes: BoxSource, cancel: CancelToken, kind: str
) -> None:
    tests = "import unittest, solution\nclass T(unittest.TestCase):\n"
    tests += "    def test_a(self): solution.hang()\n    def test_b(self): pass\n"
    exercises: dict[str, Exercise] = {
        "io": io(("", ""), ("", ""), limits=ROOMY),
        "calls": CallExercise((call("hang"), call("add")), limits=ROOMY),
        "unittest": UnittestExercise(tests, limits=ROOMY),
        "inprocess": InProcessExercise(tests, limits=ROOMY),
    }
    events: list[JudgeEvent] = []

    def on_event(event: JudgeEvent) -> None:
        events.append(event)
        if isinstance(event, CaseStarted):
            threading.Timer(0.1, cancel.cancel).start()

    source = MODULE + "if __name__ == '__main__': hang()\n"
    result = judge(exercises[kind], source, on_event=on_event, cancel=cancel, boxes=source_of_boxes)
    check_events(result, events)
    assert {case.status for case in result.cases} == {ExecutionStatus.CANCELLED}
    assert len(result.cases) == 2


def test_all_cases_together_have_a_limit_too(run: Run) -> None:
    cases = tuple(call(f"hang#{n}") for n in range(20))
    judged = run(CallExercise(cases, limits=QUICK, total_wall_s=3.0), MODULE)
    assert set(judged.statuses) == {"wall_limit"}
    assert judged["hang#19"].message.startswith("not run, because all cases together took over")


def test_a_program_that_is_too_long_or_no_unicode_is_refused(run: Run) -> None:
    assert "at most 65,536 can be judged" in run(io(("", "")), "#" * 70_000).result.message
    assert "not valid Unicode" in run(io(("", "")), "'\ud800'").result.message
    assert "bytes of input" in run(io(("x" * 300_000, "")), "").result.message


def test_an_exercise_without_cases_passes_nobody(run: Run) -> None:
    for exercise in (IoExercise(()), CallExercise(()), UnittestExercise("import solution")):
        assert not run(exercise, MODULE).result.passed


def test_armed_boxes_judge_as_cold_ones_do(boxes: SandboxConfig, cancel: CancelToken) -> None:
    events: list[JudgeEvent] = []
    with BoxPool(boxes, size=1) as pool:
        assert pool.wait_until_full(60)
        for exercise in (
            CallExercise((call("add", 1, gives=2),)),
            io(("2 3", "5"), ("1 2", "3")),
            UnittestExercise(
                "import unittest, solution\nclass T(unittest.TestCase):\n"
                "    def test_a(self): self.assertEqual(solution.add(1), 2)\n"
            ),
        ):
            source = ADD if isinstance(exercise, IoExercise) else MODULE
            result = judge(
                exercise,
                source,
                on_event=events.append,
                cancel=cancel,
                boxes=boxes_for(boxes, pool),
            )
            assert result.passed, result


def test_no_box_is_left_after_any_of_it(source_of_boxes: BoxSource, cancel: CancelToken) -> None:
    started: list[Box] = []

    def start(limits: Limits) -> Box:
        started.append(launch(source_of_boxes.launcher, limits))
        return started[-1]

    counted = replace(source_of_boxes, start=start)
    for exercise in (
        CallExercise((call("hang"), call("leave"), call("add", 1)), limits=QUICK),
        io(("", ""), ("1 2", "3"), limits=QUICK),
    ):
        events: list[JudgeEvent] = []
        judge(exercise, MODULE, on_event=events.append, cancel=cancel, boxes=counted)
    assert len(started) == 3 + 2
    assert all(box.process.returncode is not None and box.pidfd == -1 for box in started)


def test_a_box_that_dies_before_its_job_is_replaced_once(
    boxes: SandboxConfig, cancel: CancelToken
) -> None:
    started: list[str] = []
    cold = cold_boxes(boxes)

    def dying(limits: Limits) -> Box:
        started.append("dying")
        box = cold.start(limits)
        assert box.await_ready(60)
        box.kill()
        return box

    def sound(limits: Limits) -> Box:
        started.append("sound")
        return cold.start(limits)

    exercise = CallExercise((CallCase("one", "f", (1,), Returns(2)),), limits=ROOMY)
    source = replace(cold, start=dying, again=sound)
    result = judge(
        exercise, "def f(x): return x + 1\n", on_event=lambda _: None, cancel=cancel, boxes=source
    )
    assert (result.passed, started) == (True, ["dying", "sound"])
    hopeless = replace(cold, start=dying, again=dying)
    with pytest.raises(SandboxUnavailable):
        judge(exercise, "", on_event=lambda _: None, cancel=cancel, boxes=hopeless)
    assert started == ["dying", "sound", "dying", "dying"]


def test_an_exception_of_the_listener_ends_the_boxes_and_comes_out(
    boxes: SandboxConfig, cancel: CancelToken
) -> None:
    started: list[Box] = []
    cold = boxes_for(boxes, None)

    def start(limits: Limits) -> Box:
        started.append(cold.start(limits))
        return started[-1]

    def listen(event: JudgeEvent) -> None:
        if isinstance(event, CaseFinished):
            raise ConnectionError("the log is gone")

    cases = tuple(CallCase(name, "f", (), Returns(1)) for name in ("one", "two"))
    with pytest.raises(ConnectionError, match="the log is gone"):
        judge(
            CallExercise(cases, limits=ROOMY),
            "def f(): return 1\n",
            on_event=listen,
            cancel=cancel,
            boxes=replace(cold, start=start),
        )
    assert [box.poll() is not None for box in started] == [True]
