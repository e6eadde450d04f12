"""Kinds `unittest` and `inprocess`: test code against a program in another box, or beside it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.workers.sandbox.test_judge import QUICK, Run
from tests.workers.sandbox.test_judge import run as run
from tests.workers.sandbox.test_judge import source_of_boxes as source_of_boxes
from workers.sandbox.exercise import InProcessExercise, UnittestExercise

pytestmark = pytest.mark.sandbox

STUDENT = """
import os
PI = 3.14
NAMES = ['a']
def add(a, b): return a + b
def sort(items): items.sort()
def fail(text): raise ValueError(text)
def hang():
    while True: pass
def leave(): os._exit(0)
def numbers():
    yield 1
    yield 2
def apply(stack): return stack.pop()
class Empty(Exception): pass
class Stack:
    def __init__(self): self.items = []
    def push(self, item): self.items.append(item)
    def pop(self):
        if not self.items: raise Empty('nothing')
        return self.items.pop()
    def __len__(self): return len(self.items)
    def __getitem__(self, n): return self.items[n]
    def __contains__(self, item): return item in self.items
    def __str__(self): return 'a stack'
    def __eq__(self, other): return True
"""


def suite(body: str, head: str = "import solution") -> str:
    return f"import unittest\n{head}\nclass T(unittest.TestCase):\n" + "".join(
        f"    {line}\n" for line in dedent(body).strip().splitlines()
    )


@pytest.mark.parametrize(
    "body",
    [
        "self.assertEqual(solution.add(1, b=2), 3)",
        "self.assertIs(type(solution.add(True, True)), int)",
        "self.assertEqual(solution.PI, 3.14)",
        "self.assertEqual(solution.NAMES, ['a'])",
        "items = [3, 1]; solution.sort(items); self.assertEqual(items, [1, 3])",
        "self.assertRaises(ValueError, solution.fail, 'x')",
        "self.assertRaisesRegex(ValueError, '^x$', solution.fail, 'x')",
        "self.assertRaisesRegex(Exception, '^Empty: nothing$', solution.Stack().pop)",
        "s = solution.Stack(); s.push(1); self.assertEqual(s.pop(), 1)",
        "s = solution.Stack(); s.push('a'); self.assertEqual(len(s), 1)",
        "s = solution.Stack(); s.push('a'); self.assertEqual(s.items, ['a'])",
        "s = solution.Stack(); s.items = [5]; self.assertEqual(s[0], 5)",
        "s = solution.Stack(); s.push('a'); self.assertIn('a', s)",
        "self.assertEqual(str(solution.Stack()), 'a stack')",
        "self.assertEqual(list(solution.numbers()), [1, 2])",
        "s = solution.Stack(); s.push(4); self.assertEqual(solution.apply(s), 4)",
        "self.assertIsNotNone(solution.Stack())",
        "solution.NAMES = ['b']; self.assertEqual(solution.NAMES, ['b'])",
    ],
)
def test_tests_use_a_program_in_another_box_as_if_it_were_theirs(run: Run, body: str) -> None:
    judged = run(UnittestExercise(suite(f"def test_it(self): {body}")), STUDENT)
    assert judged.result.passed, judged.result
    assert judged.result.integrity == "separate"


def test_names_can_be_imported_one_by_one(run: Run) -> None:
    code = suite(
        """
        def test_it(self):
            s = Stack()
            s.push(add(1, 2))
            self.assertEqual(s.pop(), 3)
            self.assertEqual(PI, 3.14)
        """,
        "from solution import PI, Stack, add",
    )
    assert run(UnittestExercise(code), STUDENT).result.passed


@pytest.mark.parametrize(
    "body",
    [
        "self.assertEqual(solution.Stack(), solution.Stack())",
        "s = solution.Stack(); self.assertEqual(s, s)",
        "self.assertNotEqual(solution.Stack(), 1)",
        "self.assertIs(solution.add, solution.add)",
        "self.assertEqual(solution.missing, 1)",
        "self.assertRaises(Exception, solution.leave)",
        "self.assertRaises(BaseException, solution.hang)",
        "self.assertEqual(solution.add(object(), 1), 1)",
    ],
)
def test_what_the_program_would_have_to_be_believed_does_not_pass(run: Run, body: str) -> None:
    code = suite(f"def test_it(self): {body}")
    assert not run(UnittestExercise(code, limits=QUICK), STUDENT).result.passed


def test_each_outcome_of_unittest_has_its_verdict(run: Run) -> None:
    code = suite(
        """
        def test_a(self): self.assertEqual(solution.add(1, 1), 3)
        def test_b(self): raise KeyError('mine')
        @unittest.skip('later')
        def test_c(self): pass
        @unittest.expectedFailure
        def test_d(self): self.fail()
        @unittest.expectedFailure
        def test_e(self): pass
        def test_f(self):
            for n in (1, 2):
                with self.subTest(n=n): self.assertEqual(solution.add(n, 0), 1)
        def test_g(self): solution.fail('oh')
        """
    )
    judged = run(UnittestExercise(code), STUDENT)
    assert judged.verdicts == ["failed", "error", "skipped", "passed", "failed", "failed", "error"]
    assert judged["T.test_a"].message == "AssertionError: 2 != 3 (line 4 of the tests)"
    assert judged["T.test_g"].message == "ValueError: oh (line 15 of the tests)"
    assert not judged.result.passed


def test_a_skipped_test_is_not_passed(run: Run) -> None:
    judged = run(UnittestExercise(suite("def test_a(self): self.skipTest('no')")), STUDENT)
    assert judged.verdicts == ["skipped"]
    assert not judged.result.passed


def test_a_hang_of_the_program_costs_one_test(run: Run) -> None:
    code = suite(
        """
        def test_a(self): solution.hang()
        def test_b(self): self.assertEqual(solution.add(1, 1), 2)
        def test_c(self): solution.leave()
        def test_d(self): self.assertEqual(solution.add(1, 1), 2)
        """
    )
    judged = run(UnittestExercise(code, limits=QUICK), STUDENT)
    assert judged.verdicts == ["error", "passed", "error", "passed"]
    assert judged.statuses == ["wall_limit", "ok", "ok", "ok"]
    assert judged["T.test_c"].message == "the program ended before it answered"


def test_a_hang_or_crash_of_the_tests_costs_one_test(run: Run) -> None:
    code = suite(
        """
        def test_a(self): self.assertEqual(solution.add(1, 1), 2)
        def test_b(self):
            while True: pass
        def test_c(self):
            import os
            os._exit(0)
        def test_d(self): self.assertEqual(solution.add(1, 1), 2)
        """
    )
    judged = run(UnittestExercise(code, limits=QUICK), STUDENT)
    assert judged.verdicts == ["passed", "error", "error", "passed"]
    assert judged["T.test_b"].message.startswith("the test itself: stopped")


def test_objects_of_a_box_that_was_lost_are_gone(run: Run) -> None:
    code = suite(
        """
        @classmethod
        def setUpClass(cls): cls.stack = solution.Stack()
        def test_a(self): self.stack.push(1)
        def test_b(self): solution.leave()
        def test_c(self): self.stack.push(1)
        """
    )
    judged = run(UnittestExercise(code), STUDENT)
    assert judged.verdicts == ["passed", "error", "error"]
    assert "this object is gone" in judged["T.test_c"].message


def test_a_fixture_that_fails_fails_its_tests(run: Run) -> None:
    code = suite(
        """
        @classmethod
        def setUpClass(cls): solution.fail('early')
        def test_a(self): pass
        """
    )
    judged = run(UnittestExercise(code), STUDENT)
    assert judged.verdicts == ["error"]
    assert "ValueError: early" in judged["T.test_a"].message


def test_a_program_that_cannot_be_loaded_fails_every_test(run: Run) -> None:
    code = suite("def test_a(self): pass\ndef test_b(self): solution.add(1, 1)")
    judged = run(UnittestExercise(code), "def add(:\n")
    assert judged.verdicts == ["error", "error"]
    assert "SyntaxError" in judged["T.test_a"].message


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import unittest\nx = (", "SyntaxError"),
        ("import nothing_like_it", "No module named 'nothing_like_it'"),
        ("import solution\nsolution.add(1, 1)", "use the solution while they are being loaded"),
        ("from solution import add\nadd(1, 1)", "use the solution while they are being loaded"),
        ("while True: pass", "stopped"),
    ],
)
def test_tests_that_cannot_be_loaded_are_the_authors_mistake(
    run: Run, code: str, message: str
) -> None:
    judged = run(UnittestExercise(code, limits=QUICK), STUDENT)
    assert judged.result.cases == ()
    assert not judged.result.passed
    assert judged.result.message.startswith("the tests cannot be loaded: ")
    assert message in judged.result.message


def test_what_the_program_prints_belongs_to_its_test(run: Run) -> None:
    source = "def say(x): print('said', x)"
    code = suite("def test_a(self): solution.say(1)\ndef test_b(self): solution.say(2)")
    judged = run(UnittestExercise(code), source)
    assert [case.stdout for case in judged.result.cases] == ["said 1\n", "said 2\n"]


def test_in_process_tests_may_use_rich_objects_and_say_that_they_can_be_forged(run: Run) -> None:
    code = suite(
        """
        def test_a(self):
            from unittest import mock
            with mock.patch('solution.add', return_value=7):
                self.assertEqual(solution.add(1, 1), 7)
            self.assertIsInstance(solution.Stack(), solution.Stack)
            self.assertRaises(solution.Empty, solution.Stack().pop)
        def test_b(self): solution.hang()
        def test_c(self): self.assertEqual(solution.add(1, 1), 2)
        """
    )
    judged = run(InProcessExercise(code, limits=QUICK), STUDENT)
    assert judged.verdicts == ["passed", "error", "passed"]
    assert judged.result.integrity == "self_reported"


def test_reports_of_unplanned_tests_are_ignored_and_named(run: Run) -> None:
    source = (
        "import json, os\n"
        "def forge():\n"
        "    body = json.dumps({'e': 'start', 'id': 'T.more'}).encode()\n"
        "    for fd in range(3, 20):\n"
        "        try: os.write(fd, len(body).to_bytes(4, 'little') + body)\n"
        "        except OSError: pass\n"
    )
    judged = run(InProcessExercise(suite("def test_a(self): solution.forge()")), source)
    assert judged.result.unplanned == ("T.more",)
    assert [case.id for case in judged.result.cases] == ["T.test_a"]
