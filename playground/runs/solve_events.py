"""The part of the message contract that solve runs add (`playground.runs.events` has it all).

A solve run goes through attempts, numbered from 1. Each has lanes of its own: `answer.n` (what the
model writes), `results.n` (what a model predicts for the tests before they run), `tests.n` (what
the judge saw), `predicted.n` and `actual.n` (the two traces of one test's call).
"""

from __future__ import annotations

from typing import Literal

from playground.runs.message import Message, Value

#: A problem in words, its signature, and the tests that come with it, as text and as rows.
MAX_PROBLEM_BYTES = 32 * 1024
MAX_SIGNATURE_CHARS = 500
MAX_TESTS_BYTES = 64 * 1024
MAX_GIVEN_TESTS = 50

#: What a person may ask of one solve run; a server may grant less.
MAX_CANDIDATES = 4
MAX_SOLVE_ATTEMPTS = 12
MAX_SOLVE_TOKENS = 131072
MAX_SOLVE_SECONDS = 1800

ProblemForm = Literal["function", "program", "free"]
SolveMode = Literal["solve", "hint"]
AnswerPart = Literal["reasoning", "text", "code", "tests"]
AnswerStatus = Literal["ok", "no_code", "length", "time", "cancelled", "error"]
AttemptVerdict = Literal["green", "red", "no_tests", "no_code", "hint", "error"]
SolveOutcome = Literal["solved", "unsolved", "unchecked", "hinted", "failed"]
TestOrigin = Literal["given", "own"]
TestVerdict = Literal["passed", "failed", "error", "skipped"]


# --- what a person asks for ------------------------------------------------------------------


class GivenTest(Value, frozen=True):
    """One row of the form for examples and tests.

    For a function `input` is a call, `add(1, 2)`, or only its arguments, `1, 2`, and `expected`
    the value as Python writes it, or `raises ValueError`. For a program `input` is what it reads
    and `expected` what it prints.
    """

    input: str
    expected: str


class SolveOptions(Value, frozen=True):
    """How to solve. A server may grant less than what is asked; `attempt.finished` says so.

    `hint` mode explains and asks, and shows no solution. `candidates` paths are tried in
    parallel; `attempts` counts the answers of all of them, repairs included.
    """

    mode: SolveMode = "solve"
    reasoning: bool = True
    candidates: int = 1
    attempts: int = 6
    tokens: int = 16384
    seconds: int = 300


class Problem(Value, frozen=True):
    """What to solve.

    `form` is a function (with its `signature`, if there is one), a program that reads its input
    and prints, or whatever the tests suggest. `tests` are written as text: `assert` lines, lines
    like `add(1, 2) == 3`, doctest examples, or pairs of `Input:` and `Output:`; `rows` come from
    the form.
    """

    text: str
    form: ProblemForm = "free"
    signature: str = ""
    tests: str = ""
    rows: tuple[GivenTest, ...] = ()
    options: SolveOptions = SolveOptions()


# --- lane "main" ----------------------------------------------------------------------------


class AttemptFinished(Message, frozen=True, tag="attempt.finished"):
    """Lane `main`: an attempt of the solver has its verdict.

    `best` is the number of the best attempt so far. `usage` sums this attempt, `budget_left` is
    what remains for all (attempts, tokens, seconds). May come twice, with the same content.
    """

    number: int
    verdict: AttemptVerdict
    best: int
    at_ms: int
    message: str = ""
    given_passed: int = 0
    given_failed: int = 0
    own_passed: int = 0
    own_failed: int = 0
    usage: dict[str, float] = {}
    budget_left: dict[str, float] = {}


class SolveFinished(Message, frozen=True, tag="solve.finished"):
    """Lane `main`, just before `run.finished`: what the solver leaves behind.

    `best` is the attempt to show, 0 where none has code. `reason` is a sentence for the user.
    `usage` sums all attempts (attempts, prompt_tokens, cached_tokens, output_tokens, wall_ms).
    """

    outcome: SolveOutcome
    best: int
    at_ms: int
    reason: str = ""
    usage: dict[str, float] = {}
    budget_left: dict[str, float] = {}


# --- lanes of one attempt of the solver ------------------------------------------------------


class TestRow(Value, frozen=True):
    """One test of an attempt, before it runs.

    `input` is the call, or what the program reads; `expected` what should come back. Both are cut
    for display where `truncated` says so; `test.finished` has more of them.
    """

    __test__ = False  # pytest takes classes of this name for tests

    id: str
    origin: TestOrigin
    input: str
    expected: str
    truncated: bool = False


class AttemptStarted(Message, frozen=True, tag="attempt.started"):
    """First event of lane `answer.n`: attempt n of the solver begins.

    `candidate` counts the parallel paths from 1. `parent` is the attempt that this one repairs, 0
    for the first of a path; `reason` is a sentence that says why. `prompts` names the prompt files
    by version and hash. `engine`, `model` and `notice` say who answers. `limits` has
    context_tokens, max_output_tokens and max_seconds of this attempt.
    """

    number: int
    candidate: int
    parent: int
    reason: str
    mode: SolveMode
    reasoning: bool
    engine: str
    model: str
    notice: str = ""
    prompts: str = ""
    limits: dict[str, float] = {}


class AnswerDelta(Message, frozen=True, tag="answer.delta"):
    """Lane `answer.n`: the model wrote more. Append `text` to block `block` of `part`.

    Blocks of a part are numbered from 0. `code` and `tests` are what stood in code blocks, `text`
    what stood around them. Which block is the answer is known at the end (`answer.finished`).
    """

    part: AnswerPart
    text: str
    block: int = 0


class AnswerFinished(Message, frozen=True, tag="answer.finished"):
    """Last event of lane `answer.n`.

    `code` is the program that is tested, empty where there is none; `function` the function that
    calls and traces begin with. `tests` are all rows, given ones first. `notes` say in sentences
    what was odd about the answer and how it was read. `usage` as in `trace.finished`.
    """

    status: AnswerStatus
    message: str = ""
    code: str = ""
    code_block: int = -1
    function: str = ""
    tests: tuple[TestRow, ...] = ()
    tests_source: str = ""
    notes: tuple[str, ...] = ()
    usage: dict[str, float] = {}


class ResultsStarted(Message, frozen=True, tag="results.started"):
    """First event of lane `results.n`: the model predicts what the tests will give.

    They run only afterwards.
    """

    engine: str
    model: str
    notice: str = ""


class ResultPredicted(Message, frozen=True, tag="result.predicted"):
    """Lane `results.n`: what the model says that a test's call returns or raises.

    Compare `value` with `got` of `test.finished`. `probability` is the model's own, null where it
    is not known. Where `status` is not `ok`, `message` says why nothing is predicted.
    """

    id: str
    value: str = ""
    raises: bool = False
    probability: float | None = None
    status: Literal["ok", "unreadable", "length", "skipped"] = "ok"
    message: str = ""


class ResultsFinished(Message, frozen=True, tag="results.finished"):
    """Last event of lane `results.n`. `message` is a sentence where rows were left out."""

    message: str = ""
    usage: dict[str, float] = {}


class TestsStarted(Message, frozen=True, tag="tests.started"):
    """First event of lane `tests.n`: the judge begins. Names in `limits` carry their units."""

    __test__ = False

    tier: str
    python: str
    total: int
    limits: dict[str, float] = {}


class TestStarted(Message, frozen=True, tag="test.started"):
    """Lane `tests.n`: this test runs now."""

    __test__ = False

    id: str


class TestFinished(Message, frozen=True, tag="test.finished"):
    """Lane `tests.n`: the judge's verdict on one test.

    The comparison was made where the program never ran. `status` is how the program fared (`ok`,
    `wall_limit`, `memory_limit`, ...). Texts hold up to 8,000 characters; `truncated` names those
    that were cut. `predicted_right` says whether the predicted result was what came, null where
    nothing was predicted.
    """

    __test__ = False

    id: str
    verdict: TestVerdict
    status: str
    input: str = ""
    expected: str = ""
    got: str = ""
    message: str = ""
    stdout: str = ""
    stderr: str = ""
    truncated: tuple[str, ...] = ()
    wall_ms: float = 0.0
    cpu_ms: float = 0.0
    max_rss_bytes: int = 0
    predicted_right: bool | None = None


class TestsFinished(Message, frozen=True, tag="tests.finished"):
    """Last event of lane `tests.n`.

    `message` is about the submission as a whole, `violation` says how the program interfered with
    the judge; then nothing that it answered afterwards counts.
    """

    __test__ = False

    passed: int
    failed: int
    message: str = ""
    violation: str = ""


SolveEvent = (
    AttemptFinished
    | SolveFinished
    | AttemptStarted
    | AnswerDelta
    | AnswerFinished
    | ResultsStarted
    | ResultPredicted
    | ResultsFinished
    | TestsStarted
    | TestStarted
    | TestFinished
    | TestsFinished
)
