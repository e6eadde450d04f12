"""Kind `unittest`, the instructor's side: runs real `unittest` code and reports each test.

The tests import `solution`. In the box of their own that is a stand-in, whose every use is a
question to the host, which asks the student's box and passes on a checked answer. In kind
`inprocess` it is the student's module itself; then all that is sent here can be forged.
"""

from __future__ import annotations

import sys
import traceback
import unittest

from .program import FILENAME, make_module
from .remote import Link, SolutionModule
from .wire import Wire, greet, plain

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it would cost every box a few milliseconds
    from types import ModuleType
    from typing import Any

TEST_FILENAME = "test_solution.py"
_TEST_MODULE = "test_solution"
_MAX_ID, _MAX_MESSAGE = 200, 3000


class Reporter(unittest.TestResult):
    """Sends the start and the end of each test as it happens."""

    def __init__(self, wire: Wire, names: dict[int, str]) -> None:
        super().__init__()
        self._wire = wire
        self._names = names
        self._outcome = ("passed", "")
        self._fixture_problem = ""
        self.reported: set[str] = set()

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._outcome = ("passed", "")
        self._send("start", self._names[id(test)])

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self._end(self._names[id(test)], *self._outcome)

    def addError(self, test: Any, err: Any) -> None:
        if id(test) in self._names:
            self._worsen("error", err)
        else:  # setUpClass or setUpModule: none of their tests will start
            self._fixture_problem = f"{test.id()}: {_describe(err)}"

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: ARG002  # unittest's signature
        self._worsen("failed", err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: ARG002  # as above
        if err is not None:
            self._worsen("failed" if issubclass(err[0], test.failureException) else "error", err)

    def addSkip(self, test: Any, reason: str) -> None:
        if id(test) in self._names:
            self._outcome = ("skipped", plain(reason, _MAX_MESSAGE))
        else:
            self._fixture_problem = f"skipped: {reason}"

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: ARG002  # unittest's signature
        self._outcome = ("failed", "This test was expected to fail, and did not.")

    def finish(self) -> None:
        """Report the tests that never started, then the end."""
        problem = self._fixture_problem or "This test did not run."
        for name in self._names.values():
            if name not in self.reported:
                self._send("start", name)
                self._end(name, "error", plain(problem, _MAX_MESSAGE))
        self._wire.send(self._wire.pack({"e": "done"}))

    def _worsen(self, outcome: str, err: Any) -> None:
        if self._outcome[0] == "passed":
            self._outcome = (outcome, _describe(err))

    def _send(self, event: str, name: str) -> None:
        self._wire.send(self._wire.pack({"e": event, "id": name}))

    def _end(self, name: str, outcome: str, message: str) -> None:
        self.reported.add(name)
        report = {"e": "end", "id": name, "outcome": outcome, "message": message}
        self._wire.send(self._wire.pack(report))


def _describe(err: Any) -> str:
    """What went wrong and in which line of the tests."""
    kind, error, trace = err
    text = "".join(traceback.format_exception_only(kind, error)).strip()
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == TEST_FILENAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return plain(f"{text} (line {line} of the tests)" if line else text, _MAX_MESSAGE)


def _flatten(suite: Any) -> list[Any]:
    if isinstance(suite, unittest.TestSuite):
        return [test for item in suite for test in _flatten(item)]
    return [suite]


def _name_tests(tests: list[Any]) -> dict[int, str]:
    """An id for each test: `Class.method`, numbered where two are the same."""
    names: dict[int, str] = {}
    taken: dict[str, int] = {}
    for test in tests:
        name = plain(test.id().removeprefix(_TEST_MODULE + "."), _MAX_ID - 8)
        taken[name] = taken.get(name, 0) + 1
        names[id(test)] = name if taken[name] == 1 else f"{name}#{taken[name]}"
    return names


def run(job: dict[str, Any], descriptor: int) -> None:  # noqa: ARG001  # every role's signature
    """Load the tests, announce them, run those that are wanted."""
    wire, message = greet(descriptor)
    link = Link(wire)
    try:
        if message["solution"] is None:
            sys.modules["solution"] = SolutionModule(link)
        else:
            make_module(message["solution"], "solution", FILENAME)
        module: ModuleType = make_module(message["source"], _TEST_MODULE, TEST_FILENAME)
        tests = _flatten(unittest.defaultTestLoader.loadTestsFromModule(module))
    except BaseException as error:
        problem = _describe((type(error), error, error.__traceback__))
        wire.send(wire.pack({"e": "broken", "message": problem}))
        return
    names = _name_tests(tests)
    wire.send(wire.pack({"e": "plan", "ids": list(names.values())}))
    link.open = True
    wanted = message["only"]
    chosen = [test for test in tests if wanted is None or names[id(test)] in wanted]
    reporter = Reporter(wire, {id(test): names[id(test)] for test in chosen})
    unittest.TestSuite(chosen).run(reporter)
    reporter.finish()
