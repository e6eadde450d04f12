"""The problems of the menu: each of them can be started as it stands."""

from __future__ import annotations

import pytest

from playground.runs.example_problems import ExampleProblem, list_example_problems
from playground.runs.problem_input import check_problem
from playground.runs.solve_events import Problem
from traces.cases import read_tests


def test_the_menu_has_problems_with_names_of_their_own() -> None:
    problems = list_example_problems()
    assert len(problems) >= 15
    assert len({problem.slug for problem in problems}) == len(problems)
    assert len({problem.title for problem in problems}) == len(problems)


@pytest.mark.parametrize("example", list_example_problems(), ids=lambda example: example.slug)
def test_a_problem_of_the_menu_is_accepted_with_two_to_four_tests(example: ExampleProblem) -> None:
    problem = Problem(
        text=example.text, form=example.form, signature=example.signature, tests=example.tests
    )
    assert check_problem(problem).text == example.text
    assert 2 <= len(read_tests(example.tests, form=example.form).cases) <= 4
