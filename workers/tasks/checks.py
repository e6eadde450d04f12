"""Which tests an attempt is checked with. Pure: the same problem and answer give the same tests.

Given tests come first and all of them count. Of the tests that the model wrote itself those are
left out that repeat a given one, call something that its code does not define, or cannot be read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from playground.runs.solve_events import Problem, TestOrigin, TestRow
from traces.answers import parse
from traces.cases import Call, Case, Form, InputOutput, Unread, read_row, read_tests
from traces.examples import class_in, is_name, named_in, read_examples, signature_in
from traces.prompts.solve import ProblemText

#: Tests of the model's own that are run.
MAX_OWN_TESTS: Final = 8

#: Names that a text mentions as one mentions functions: `add(a, b)`.
_CALLED: Final = re.compile(r"\b([A-Za-z_]\w{0,80})\(")

#: A line that imports something by Python's own names.
_IMPORT: Final = re.compile(
    r"^(?:import [\w., ]{1,80}|from [\w.]{1,40} import [\w, ]{1,80})$", re.M
)

#: Types that have to be imported.
_UNKNOWN: Final = re.compile(r"[:\[>] ?[A-Z](?!one\b)")

#: What a row shows before its test has run.
_ROW_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """One test. Calls have their function's name."""

    id: str
    origin: TestOrigin
    case: Case

    @property
    def input(self) -> str:
        """What is called, or read."""
        return self.case.stdin if isinstance(self.case, InputOutput) else self.case.text()

    @property
    def expected(self) -> str:
        """What should come of it."""
        case = self.case
        return case.expected if isinstance(case, InputOutput) else case.expected_text

    def row(self) -> TestRow:
        """The row that the page shows."""
        return TestRow(
            id=self.id,
            origin=self.origin,
            input=self.input[:_ROW_CHARS],
            expected=self.expected[:_ROW_CHARS],
            truncated=max(len(self.input), len(self.expected)) > _ROW_CHARS,
        )


@dataclass(frozen=True, slots=True)
class TestPlan:
    """All tests of an attempt. `function` is the one that calls begin with, empty for none."""

    function: str
    tests: tuple[PlannedTest, ...]
    notes: tuple[str, ...] = ()


def form_of(problem: Problem) -> Form:
    """What is to be written, as far as the problem says."""
    if problem.form != "free":
        return problem.form
    if problem.signature:
        return "function"
    given = _given(problem)
    if given and all(isinstance(case, InputOutput) for case in given):
        return "program"
    return "function" if given else "free"


def problem_text(problem: Problem) -> ProblemText:
    """The problem as a model gets it."""
    asked = asked_function(problem)
    shown = []
    for case in _given(problem):
        if isinstance(case, InputOutput):
            shown.append(f"Input:\n{case.stdin.rstrip()}\nOutput:\n{case.expected.rstrip()}")
        elif case.raises:
            shown.append(f"{case.text(asked or 'solution')} raises {case.raises}")
        else:
            shown.append(f"assert {case.text(asked or 'solution')} == {case.expected!r}")
    return ProblemText(problem.text, form_of(problem), problem.signature, tuple(shown))


def asked_function(problem: Problem) -> str:
    """The function's name that signature, tests or text prescribe, empty where it is free."""
    tree = parse(f"{problem.signature}: pass") if problem.signature else None
    if tree is not None and tree.body and isinstance(tree.body[0], ast.FunctionDef):
        return tree.body[0].name
    calls = [case.function for case in _given(problem) if isinstance(case, Call)]
    return next(filter(None, calls), "") or named_in(problem.text)


def opening_of(problem: Problem, function: str = "") -> str:
    """How an answer in code has to begin: a fence, imports that the text has, the function's line.

    `function` is what an earlier attempt called it where the problem does not say.

    For models that can be made to continue. It ends before a newline: tokenizers join that with the
    blanks that follow, and a model that finds it alone believes the function to be over.
    """
    asked, name = asked_function(problem), class_in(problem.text)
    asked = asked or ("" if name else function)
    if problem.form == "program" or not asked:
        return f"```python\nclass {name}:" if name and problem.form != "program" else "```python\n"
    if problem.signature:
        return f"```python\n{problem.signature}:"
    before, is_defined, _ = problem.text.partition(f"def {asked}(")
    imports = "".join(f"{line}\n" for line in _IMPORT.findall(before)) if is_defined else ""
    declared = signature_in(problem.text)
    if declared.startswith(f"{asked}(") and (imports or not _UNKNOWN.search(declared)):
        return f"```python\n{imports}def {declared}:"
    return f"```python\n{imports}def {asked}("


def plan_tests(problem: Problem, code: str, tests_source: str, *, function: str = "") -> TestPlan:
    """The tests of an attempt with this code and these tests of the model's own.

    `function` is the one that an earlier attempt was about, or that was found before.
    """
    defined = _defined(code)
    asked = asked_function(problem)
    named = [name for name in _CALLED.findall(problem.text) if name in defined]
    earlier = function if function in defined else ""
    function = asked or next(iter(named), "") or earlier or _entry(code)
    planned = [
        PlannedTest(f"given-{at}", "given", _named(case, function))
        for at, case in enumerate(_all_given(problem), 1)
    ]
    read = read_tests(tests_source, form=_own_form(tests_source))
    own: list[Case] = []
    known = [test.case for test in planned]
    readable = [_named(case, function) for case in read.cases]
    usable = [c for c in readable if not isinstance(c, Call) or c.function in defined]
    dropped = len(read.unread) + len(readable) - len(usable)
    contradictory = 0
    for case in usable:
        if case in known or case in own:
            continue
        if any(_contradicts(case, other) for other in (*known, *usable)):
            contradictory += 1
        else:
            own.append(case)
    planned += [
        PlannedTest(f"own-{at}", "own", case) for at, case in enumerate(own[:MAX_OWN_TESTS], 1)
    ]
    notes = []
    if in_text := len(_all_given(problem)) - len(_given(problem)):
        notes.append(f"Tests read from the problem's text: {in_text}.")
    if len(own) > MAX_OWN_TESTS:
        notes.append(
            f"{len(own) - MAX_OWN_TESTS} of the model's own tests are not run: at most "
            f"{MAX_OWN_TESTS} are."
        )
    if dropped:
        notes.append(f"{dropped} of the model's own tests cannot be read and are left out.")
    if contradictory:
        notes.append(f"{contradictory} of the model's own tests contradict others: left out.")
    return TestPlan(function if function in defined else "", tuple(planned), tuple(notes))


def _contradicts(case: Case, other: Case) -> bool:
    """Whether two tests expect different things of the same input."""
    if isinstance(case, InputOutput) and isinstance(other, InputOutput):
        return case.stdin == other.stdin and case.expected != other.expected
    if isinstance(case, InputOutput) or isinstance(other, InputOutput):
        return False
    if case.text() != other.text():
        return False
    return (case.expected_text, case.tolerance) != (other.expected_text, other.tolerance)


def _given(problem: Problem) -> list[Case]:
    form: Form = "function" if problem.signature and problem.form == "free" else problem.form
    rows = [read_row(row.input, row.expected, form=form) for row in problem.rows]
    read = read_tests(problem.tests, form=form).cases
    return [*read, *(case for case in rows if not isinstance(case, Unread))]


def _all_given(problem: Problem) -> list[Case]:
    """The given tests, and the examples of the problem's text that do not speak against them."""
    given = _given(problem)
    asked = asked_function(problem)
    form = "function" if problem.signature and problem.form == "free" else problem.form
    for case in read_examples(problem.text):
        if form != "free" and isinstance(case, InputOutput) != (form == "program"):
            continue
        if isinstance(case, Call) and case.function != asked:
            if is_name(case.function) and asked:
                continue  # about something else
            if not is_name(case.function):
                case = replace(case, function=asked)
        if not any(case == known or _contradicts(case, known) for known in given):
            given.append(case)
    return given


def has_given_tests(problem: Problem) -> bool:
    """Whether anything but the model's own tests says what is right."""
    return bool(_all_given(problem))


def _own_form(tests_source: str) -> Form:
    return "function" if parse(tests_source) is not None else "free"


def _named(case: Case, function: str) -> Case:
    if isinstance(case, Call) and not case.function:
        return replace(case, function=function or "solution")
    return case


def _defined(code: str) -> set[str]:
    tree = parse(code)
    return {node.name for node in _definitions(tree.body if tree else [])}


def _entry(code: str) -> str:
    """The function that a person would call: the last one that no other function calls."""
    tree = parse(code)
    functions = [n for n in _definitions(tree.body if tree else []) if isinstance(n, _FUNCTIONS)]
    called = {
        name.id
        for function in functions
        for name in ast.walk(function)
        if isinstance(name, ast.Name) and name.id != function.name
    }
    free = [f.name for f in functions if f.name not in called and f.name != "main"]
    return free[-1] if free else ""


_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def _definitions(
    body: Iterable[ast.stmt],
) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    return [node for node in body if isinstance(node, (*_FUNCTIONS, ast.ClassDef))]
