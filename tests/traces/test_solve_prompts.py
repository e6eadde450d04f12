"""What a solver is asked: the shared part first, a person's text where it belongs."""

from __future__ import annotations

import pytest

from traces.answers import read_answer
from traces.cases import read_tests
from traces.prompts.solve import (
    Failure,
    Form,
    ProblemText,
    as_answer,
    first_messages,
    opening_with_tests,
    prompts_id,
    repair_messages,
)

ADD = ProblemText("Add {{what}} numbers.", "function", "def add(a, b)", ("assert add(1, 2) == 3",))


def test_the_prompt_files_have_a_name_and_a_hash() -> None:
    version, _, digest = prompts_id().partition("@")
    assert version == "solve_v1"
    assert len(digest) == 12


def test_a_problem_comes_last_and_is_not_searched_for_places() -> None:
    system, user = first_messages(ADD)
    assert (system.role, user.role) == ("system", "user")
    assert user.content.index("Add {{what}} numbers.") > user.content.index("```python")
    assert "def add(a, b)" in user.content
    assert "assert add(1, 2) == 3" in user.content


@pytest.mark.parametrize("small", [True, False])
def test_what_all_problems_share_comes_first(small: bool) -> None:
    *shared, one = first_messages(ADD, small=small)
    *again, other = first_messages(ProblemText("Another one.", "function"), small=small)
    assert shared == again
    instructions = one.content[: one.content.index("Add")]
    assert other.content.startswith(instructions)
    assert small or len(instructions) > 200


def test_a_hint_asks_for_no_code_and_shows_no_tests() -> None:
    for small in (True, False):
        text = first_messages(ADD, hint=True, small=small)[-1].content
        assert "Write no code." in text
        assert "assert add(1, 2)" not in text


def test_a_repair_names_the_first_failing_test_and_where_the_traces_part() -> None:
    failure = Failure("```python\nx\n```", "", "add(1, 2)", "3", "-1", "At line 2 {{what}}.")
    messages = repair_messages(ADD, failure)
    assert messages[:2] == first_messages(ADD)
    assert messages[2].content == "```python\nx\n```"
    text = messages[3].content
    for part in ("add(1, 2)", "It should give 3", "It gives -1", "At line 2 {{what}}."):
        assert part in text


def test_long_texts_are_shortened() -> None:
    failure = Failure("code", call=f"f({'9' * 5000})", expected="1", got="2")
    assert len(repair_messages(ADD, failure)[-1].content) < 1500


@pytest.mark.parametrize("form", ["function", "program"])
def test_the_examples_of_small_models_are_answers_as_they_should_be(form: Form) -> None:
    examples = [m.content for m in first_messages(ProblemText("x", form), small=True)[1:-1]]
    assert len(examples) == 4
    for content in examples[1::2]:
        answer = read_answer(content)
        assert answer.code
        assert answer.notes == ()
        assert len(read_tests(answer.tests).cases) >= 1
        assert as_answer(answer.code, answer.tests, form=form) == content


def test_an_answer_can_be_continued_with_tests() -> None:
    opening = opening_with_tests("def f(x):\n    return x\n", "f")
    answer = read_answer(f"{opening}1) == 1\n```")
    assert (answer.code, answer.tests) == ("def f(x):\n    return x\n", "assert f(1) == 1")
