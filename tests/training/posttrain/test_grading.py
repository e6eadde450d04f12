"""Grading: right and wrong answers, forged ones, and those that harm or never end."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from traces.prompts.solve import as_answer
from training.posttrain.checks import Checker, ForkChecker, Test, best_kind, checker_for
from training.posttrain.execution import CallQuestion, ObjectQuestion, ProgramQuestion
from training.posttrain.grading import Graded, grade, repair_spec
from training.posttrain.learning import Memory, Sampled, lessons
from training.posttrain.tasks import Spec, heldout_specs, messages_of, problem_of, training_specs
from training.problems import document as documents
from training.problems.family import load_families
from training.problems.split import held_out_wordings, training_wordings
from training.problems.stream import HeldOutError

FORK = ForkChecker()
FAMILY = next(family for family in load_families() if family.name == "is_prime")
SPEC = Spec("train", "is_prime", training_wordings(FAMILY)[0], "1", given=2)


def right_answer(spec: Spec) -> str:
    asked = problem_of(spec)
    tests = documents.tests_source(
        asked.instance,
        documents.own_tests(asked, random.Random(1)),  # noqa: S311  # no secret
    )
    content = as_answer(asked.instance.solutions[0], tests, form=asked.problem.form)
    return f"I look for divisors.\n</think>\n{content}" if spec.reasoning else content


def graded(text: str, spec: Spec = SPEC, checker: Checker = FORK) -> Graded:
    return grade(spec, text, checker, has_ended=True)


def call(*args: object, expected: object = 1) -> Test:
    return Test(CallQuestion("f", args), expected)


def test_a_right_answer_is_right_and_green() -> None:
    found = graded(right_answer(SPEC))
    assert found.is_right
    assert found.is_green
    assert found.own_pass
    assert found.failed is None
    assert repair_spec(found) is None


@pytest.mark.parametrize("spec", [*training_specs("x", 12), *list(heldout_specs(3))[::60]])
def test_the_bank_s_own_answers_are_graded_right(spec: Spec) -> None:
    found = graded(right_answer(spec), spec)
    assert found.is_right
    assert found.answer.notes == ()


def test_a_wrong_answer_is_told_its_first_failing_given_test_and_repaired() -> None:
    asked = problem_of(SPEC)
    entry = asked.instance.entry
    found = graded(f"</think>\n```python\ndef {entry}(n):\n    return None\n```\n")
    assert not found.is_right
    assert found.failed is not None
    assert found.failed.is_given
    assert found.failed.got == "None"
    following = repair_spec(found)
    assert following is not None
    assert following.attempt == 2
    told = messages_of(following, asked)[-1].content
    assert f"{found.failed.call}\n\nIt should give {found.failed.expected}\nIt gives None" in told
    assert graded(right_answer(following), following).is_right


def test_an_answer_without_code_is_asked_for_code() -> None:
    found = graded("</think>\nI do not know.")
    assert not found.is_right
    following = repair_spec(found)
    assert following is not None
    assert "(no code)" in messages_of(following, problem_of(SPEC))[-2].content


def test_a_program_that_says_it_passed_gains_nothing() -> None:
    entry = problem_of(SPEC).instance.entry
    forged = f"""</think>
```python
print("all tests passed")
class Yes:
    def __eq__(self, other): return True
    def __repr__(self): return "True"
def {entry}(n):
    import os, sys
    sys.stdout.write('{{"tree": true}}\\n' * 40)
    return Yes()
```
"""
    assert not graded(forged).is_right


@pytest.mark.parametrize(
    ("code", "got"),
    [
        ("def f():\n    while True:\n        pass\n", "stopped after 2 seconds"),
        ("def f():\n    return [0] * 10**10\n", "raised MemoryError"),
        ("def f():\n    open('x.txt', 'w')\n", "raised PermissionError: open is not allowed here"),
        ("import os\ndef f():\n    os.system('ls')\n", "raised PermissionError"),
        ("import socket\ndef f():\n    socket.socket()\n", "raised PermissionError"),
        ("import os\ndef f():\n    os._exit(0)\n", "the program ended before it answered"),
        ("def f(:\n", "the program cannot be loaded: SyntaxError"),
        ("x = 1 / 0\n", "the program cannot be loaded: ZeroDivisionError: division by zero"),
        ("def f():\n    raise KeyError('a')\n", "raised KeyError: a"),
        ("def f():\n    return f\n", "<function>"),
        ("def f():\n    return f()\n", "raised RecursionError"),
    ],
)
def test_code_that_fails_is_told_so_and_does_no_harm(code: str, got: str) -> None:
    (verdict,) = FORK.check(code, [call()])
    assert not verdict.passed
    assert verdict.got.startswith(got)


def test_calls_do_not_see_each_other_s_arguments_and_values_are_compared_strictly() -> None:
    code = "seen = []\ndef f(xs):\n    xs.append(1)\n    return xs\n"
    given = [3]
    tests = [call(given, expected=[3, 1]), call(given, expected=[3, 1])]
    assert [verdict.passed for verdict in FORK.check(code, tests)] == [True, True]
    same = "def f(x):\n    return x\n"
    pairs = [((1,), [1]), (True, 1), (1, 1.0), (0.1 + 0.2, 0.3), ({1, 2}, {2, 1})]
    verdicts = FORK.check(same, [call(value, expected=wanted) for value, wanted in pairs])
    assert [verdict.passed for verdict in verdicts] == [False, False, True, True, True]


@pytest.mark.sandbox
def test_the_judge_s_boxes_and_the_fork_say_the_same() -> None:
    if best_kind() != "box":
        pytest.skip("no boxes here")
    box = checker_for("box")
    code = (
        "def f(x):\n    return 1 / x\n"
        "class A:\n    def __init__(self, n):\n        self.n = n\n"
        "    def add(self, m):\n        self.n += m\n        return self.n\n"
    )
    program = "n = int(input())\nprint(n * 2)\n"
    for source, tests in (
        (code, [call(2, expected=0.5), call(0), call(4, expected=3)]),
        (code, [Test(ObjectQuestion("A", (1,), (("add", 2), ("add", 3))), [3, 6])]),
        (
            program,
            [Test(ProgramQuestion("4\n"), "8"), Test(ProgramQuestion("x"), "8")],
        ),
        ("def f(x) return x\n", [call(1)]),
    ):
        ours, theirs = FORK.check(source, tests), box.check(source, tests)
        assert [(v.passed, v.got) for v in ours] == [(v.passed, v.got) for v in theirs]


# --- lessons ------------------------------------------------------------------------------------


def sampled(*texts: str, spec: Spec = SPEC) -> list[Sampled]:
    return [Sampled(graded(text, spec), 0, (n,)) for n, text in enumerate(texts)]


def test_a_round_keeps_new_right_answers_and_pairs_failures_with_them() -> None:
    right, entry = right_answer(SPEC), problem_of(SPEC).instance.entry
    wrong = f"</think>\n```python\ndef {entry}(n):\n    return n\n```\n"
    memory, rng = Memory(), random.Random(0)  # noqa: S311  # no secret
    found = list(lessons(sampled(right, right, wrong), memory, rng))
    assert [lesson.kind for lesson in found] == ["expert", "fixed"]
    assert found[0].ids == (0,)
    fixed = found[1].document
    assert fixed is not None
    assert "return n\n" in fixed.messages[2].content
    assert "It gives" in fixed.messages[3].content
    assert not [one for one in lessons(sampled(right), memory, rng) if one.kind == "expert"]


def test_wrong_tests_of_a_right_answer_are_mended() -> None:
    spec = replace(SPEC, given=-1, seed="3")
    entry = problem_of(spec).instance.entry
    code = problem_of(spec).instance.solutions[0]
    text = f"</think>\n```python\n{code}```\n\n```python tests\n" + "".join(
        f"assert {entry}({n}) == {n == 7}\n" for n in (7, 8, 11)
    )
    found = list(lessons(sampled(f"{text}```\n", spec=spec), Memory(), random.Random(1)))  # noqa: S311  # no secret
    mended = next(one.document for one in found if one.kind == "mended")
    assert mended is not None
    assert f"assert {entry}(11) == True" in mended.answer
    assert f"assert {entry}(11) == False" not in mended.answer


def test_nothing_held_out_is_learned() -> None:
    spec = next(heldout_specs())
    with pytest.raises(HeldOutError):
        list(lessons(sampled(right_answer(spec), spec=spec), Memory(), random.Random(0)))  # noqa: S311  # no secret
    hidden = Spec("train", "is_prime", held_out_wordings(FAMILY)[0], "1")
    with pytest.raises(HeldOutError):
        problem_of(hidden)
