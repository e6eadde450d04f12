import ast
import random

import pytest

from traces.answers import Answer, read_answer
from traces.cases import Call, InputOutput, read_tests
from traces.hints import HintFilter
from training.problems.asking import Manner, ask
from training.problems.document import Document, documents
from training.problems.execute import run_case
from training.problems.family import Family, Kind, load_families
from training.problems.instance import Case, draw
from training.problems.mistakes import slip
from training.problems.outcome import expected_text, got_text
from training.problems.phrasing import dressed
from training.problems.wording import statement

BY_NAME = {family.name: family for family in load_families()}
SAMPLE = [BY_NAME[name] for name in ("fibonacci", "two_sum", "bank_account", "sum_counted")]


def _answer(document: Document) -> Answer:
    return read_answer(document.answer, begins_in_reasoning=document.reasoning)


def _of_kind(family: Family, kind: str, seeds: int = 8) -> list[Document]:
    made = (d for seed in range(seeds) for d in documents(draw(family, seed), seed))
    return [document for document in made if document.kind == kind]


@pytest.mark.parametrize("family", SAMPLE, ids=lambda family: family.name)
def test_every_answer_passes_the_tests_it_carries(family: Family) -> None:
    for document in _of_kind(family, "answer") + _of_kind(family, "repair"):
        answer = _answer(document)
        ast.parse(answer.code)
        assert answer.tests
        if family.kind is Kind.CLASS:
            exec(f"{answer.code}\n{answer.tests}", {})  # noqa: S102  # the bank's own code
            continue
        found = read_tests(answer.tests)
        assert found.cases
        assert not found.unread
        for case in found.cases:
            if isinstance(case, InputOutput):
                printed = run_case(answer.code, family.kind, "", (case.stdin,))
                assert printed == case.expected.rstrip("\n")
            else:
                got = run_case(answer.code, family.kind, case.function, case.args)
                assert got == case.expected


@pytest.mark.parametrize("family", SAMPLE, ids=lambda family: family.name)
def test_an_answer_is_read_back_as_it_was_meant(family: Family) -> None:
    for document in _of_kind(family, "answer"):
        answer = _answer(document)
        assert bool(answer.reasoning) is document.reasoning
        assert not answer.text
        # Class tests bind a name, which a block of tests may do.
        assert not answer.notes


@pytest.mark.parametrize("family", [SAMPLE[0], SAMPLE[1], SAMPLE[3]], ids=lambda f: f.name)
def test_repairs_show_a_failing_test_which_the_repair_passes(family: Family) -> None:
    repairs = [d for d in _of_kind(family, "repair") if "(no code)" not in d.messages[2].content]
    assert repairs
    for document in repairs:
        roles = [message.role for message in document.messages]
        assert roles == ["system", "user", "assistant", "user"]
        told = document.messages[3].content
        assert told.startswith("This code is not right yet. This test fails first:")
        before, after = read_answer(document.messages[2].content), _answer(document)
        assert before.code != after.code
        call, _, rest = told.split("\n\n", 1)[1].partition("\n\nIt should give ")
        wanted, got = rest.split("\n\n")[0].split("\nIt gives ")
        assert wanted != got
        if family.kind is not Kind.FUNCTION:
            continue
        (case,) = read_tests(f"assert {call} == {wanted.removeprefix('about ')}").cases
        assert isinstance(case, Call)
        assert run_case(after.code, family.kind, case.function, case.args) == case.expected
        assert run_case(before.code, family.kind, case.function, case.args) != case.expected


def test_a_wrong_test_is_corrected_and_the_code_stays() -> None:
    found = _of_kind(BY_NAME["two_sum"], "retest", 20)
    assert found
    for document in found:
        before, after = read_answer(document.messages[2].content), _answer(document)
        assert before.code == after.code
        assert before.tests != after.tests


@pytest.mark.parametrize("family", SAMPLE, ids=lambda family: family.name)
def test_hints_hold_no_line_of_code(family: Family) -> None:
    hints = _of_kind(family, "hint", 12)
    assert hints
    for document in hints:
        answer = _answer(document)
        assert not answer.code
        kept = HintFilter()
        assert kept.feed(answer.text) + kept.finish() == answer.text
        assert answer.text.count("\n") == 2


def test_some_answers_have_reasoning_and_some_have_none() -> None:
    assert {d.reasoning for d in _of_kind(BY_NAME["digit_sum"], "answer")} == {True, False}


def test_only_allowed_wordings_are_used() -> None:
    family = BY_NAME["digit_sum"]
    for seed in range(10):
        for document in documents(draw(family, seed), seed, [4]):
            text = document.messages[1].content
            assert "cross sum" not in text
            assert "lottery" in text or "write func" in text


def test_the_same_seed_asks_the_same_problem_and_given_tests_are_not_repeated() -> None:
    instance = draw(BY_NAME["two_sum"], 1)
    manner = Manner(plain=True, given=3)
    asked = ask(instance, 0, "dev", manner)
    assert asked == ask(instance, 0, "dev", manner)
    assert len(asked.given) == len(asked.problem.tests) == 3
    assert asked.problem.form == "function"
    assert asked.problem.text == statement(instance, 0, "dev").text


def test_a_dressed_problem_keeps_its_code_and_what_it_demands() -> None:
    instance = draw(BY_NAME["two_sum"], 2)
    said = statement(instance, 0, 2).text
    rng = random.Random(1)  # noqa: S311  # no secret
    seen = {dressed(said, rng) for _ in range(60)}
    assert len(seen) > 10
    assert all("If several pairs fit" in text for text in seen)


def test_a_slip_changes_one_line() -> None:
    code = "def f(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total\n"
    rng = random.Random(1)  # noqa: S311  # no secret
    slips = [made for _ in range(80) if (made := slip(code, rng))]
    assert len({made.code for made in slips}) >= 5
    for made in slips:
        lines = list(zip(made.code.split("\n"), code.split("\n"), strict=True))
        assert [n for n, (a, b) in enumerate(lines, 1) if a != b] == [made.line]


def test_what_came_of_a_test_is_said_in_the_judges_words() -> None:
    instance = draw(BY_NAME["two_sum"], 0)
    endless = "def f():\n    while True:\n        pass\n"
    assert got_text(instance, endless, run_case(endless, Kind.FUNCTION, "f", ())) == (
        "stopped after 2 seconds"
    )
    broken = "def f() return 1\n"
    got = got_text(instance, broken, run_case(broken, Kind.FUNCTION, "f", ()))
    assert got.startswith("the program cannot be loaded: SyntaxError: ")
    failing = "def f():\n    return {}['a']\n"
    raised = run_case(failing, Kind.FUNCTION, "f", ())
    assert got_text(instance, failing, raised) == "raised KeyError: a"
    assert expected_text(instance, Case((), [0.5])) == "about [0.5]"


def test_statements_come_in_many_forms_and_always_hold_the_note() -> None:
    family = BY_NAME["two_sum"]
    texts = set()
    for seed in range(30):
        instance = draw(family, seed)
        problem = statement(instance, 0, seed)
        texts.add(problem.text)
        assert "If several pairs fit" in problem.text
        assert "$" not in problem.text
        if problem.is_typed:
            assert "list[int]" in problem.text
    assert len(texts) > 15


def test_a_problem_that_does_not_name_its_arguments_in_order_gives_a_signature() -> None:
    family = BY_NAME["count_substring"]
    for wording in range(len(family.wordings)):
        for seed in range(15):
            instance = draw(family, seed)
            problem = statement(instance, wording, seed)
            names = [name for name, _ in instance.arguments]
            places = [problem.text.find(f"`{name}`") for name in names]
            ordered = -1 not in places and places == sorted(places)
            assert ordered or problem.is_named or "Input: " in problem.text
