import ast
import re

import pytest

from training.problems.document import documents
from training.problems.execute import run_case
from training.problems.family import Family, Kind, load_families
from training.problems.instance import draw
from training.problems.wording import statement

BY_NAME = {family.name: family for family in load_families()}
SAMPLE = [BY_NAME[name] for name in ("fibonacci", "two_sum", "bank_account", "sum_counted")]


def _code(content: str) -> str:
    (block,) = re.findall(r"```python\n(.*?)```", content, re.DOTALL)
    return str(block)


@pytest.mark.parametrize("family", SAMPLE, ids=lambda family: family.name)
def test_every_answer_passes_the_tests_it_carries(family: Family) -> None:
    for seed in range(6):
        for document in documents(draw(family, seed), seed):
            code = _code(document.messages[-1].content)
            ast.parse(code)
            if family.kind is not Kind.PROGRAM:
                assert "\nassert " in code
                exec(code, {})  # noqa: S102  # the bank's own code
                continue
            content = document.messages[-1].content
            for stdin, out in re.findall(
                r"```input\n(.*?)```\n```output\n(.*?)\n```", content, re.DOTALL
            ):
                assert run_case(code, family.kind, "", (stdin,)) == out


@pytest.mark.parametrize("family", SAMPLE, ids=lambda family: family.name)
def test_repairs_show_a_failing_case_and_test_it_afterwards(family: Family) -> None:
    repairs = [
        document
        for seed in range(4)
        for document in documents(draw(family, seed), seed)
        if len(document.messages) == 4
    ]
    assert repairs
    for document in repairs:
        assert document.given == {1}
        assert [m.role for m in document.messages] == ["user", "assistant"] * 2
        assert document.messages[2].content.startswith("A test fails.")
        assert document.messages[3].reasoning
        assert _code(document.messages[1].content) != _code(document.messages[3].content)


def test_some_answers_have_reasoning_and_some_have_none() -> None:
    family = BY_NAME["digit_sum"]
    reasoned = {
        bool(next(documents(draw(family, seed), seed)).messages[1].reasoning) for seed in range(12)
    }
    assert reasoned == {True, False}


def test_only_allowed_wordings_are_used() -> None:
    family = BY_NAME["digit_sum"]
    for seed in range(10):
        for document in documents(draw(family, seed), seed, [4]):
            assert "cross sum" not in document.messages[0].content
            assert "lottery" in document.messages[0].content or "write func" in (
                document.messages[0].content
            )


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
