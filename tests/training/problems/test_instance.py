import pytest

from tests.training.problems.test_family import FAMILY
from training.problems.execute import Raised, run_case
from training.problems.family import FamilyError, Kind, read_families
from training.problems.instance import draw, first_failure
from training.problems.naming import rename, rename_in_text


def test_the_same_seed_gives_the_same_problem() -> None:
    (family,) = read_families(FAMILY, "x.txt", "lists")
    assert draw(family, 1) == draw(family, 1)
    assert len({draw(family, seed).solutions for seed in range(20)}) > 1


def test_parameters_and_names_are_filled_in_and_edge_cases_come_first() -> None:
    (family,) = read_families(FAMILY, "x.txt", "lists")
    instance = draw(family, 3)
    (name, kind) = instance.arguments[0]
    assert kind == "list[int]"
    assert f"def {instance.entry}({name}):" in instance.solutions[0]
    assert instance.fill("$nums $k") == f"`{name}` {instance.parameters['k']}"
    assert [case.arguments for case in instance.cases[:2]] == [([],), ([9],)]
    assert [case.expected for case in instance.cases[:2]] == [0, 1]


def test_a_wrong_solution_fails_on_a_case_and_a_right_one_on_none() -> None:
    (family,) = read_families(FAMILY, "x.txt", "lists")
    instance = draw(family, 1)
    assert first_failure(instance, instance.solutions[0]) is None
    failure = first_failure(instance, instance.wrong[0].code)
    assert failure is not None
    case, got = failure
    assert got > case.expected


def test_an_unknown_placeholder_and_a_failing_reference_are_refused() -> None:
    (unknown,) = read_families(FAMILY.replace("x > $k)\n---", "x > $q)\n---"), "x.txt", "lists")
    with pytest.raises(FamilyError, match=r"\$q"):
        draw(unknown, 1)
    (failing,) = read_families(FAMILY.replace("edge [9]", "edge None"), "x.txt", "lists")
    with pytest.raises(FamilyError, match="the reference fails on"):
        draw(failing, 1)


def test_endless_code_and_errors_are_outcomes() -> None:
    endless = "def f():\n    while True:\n        pass\n"
    assert run_case(endless, Kind.FUNCTION, "f", ()) == Raised("it did not end in time")
    missing = run_case("def f(d):\n    return d['x']\n", Kind.FUNCTION, "f", ({},))
    assert missing == Raised("KeyError: x")


def test_arguments_are_not_changed_by_a_run_and_output_is_captured() -> None:
    values = [1, 2]
    assert run_case("def f(v):\n    v.pop()\n    return v\n", Kind.FUNCTION, "f", (values,)) == [1]
    assert values == [1, 2]
    assert run_case("print(input()[::-1], '')\n", Kind.PROGRAM, "", ("abc\n",)) == "cba"


def test_a_class_is_run_call_by_call() -> None:
    code = (
        "class C:\n    def __init__(self, n):\n        self.n = n\n"
        "    def add(self, k):\n        self.n += k\n    def get(self):\n        return self.n\n"
    )
    assert run_case(code, Kind.CLASS, "C", (2, [("add", 3), ("get",)])) == [None, 5]


def test_renaming_leaves_attributes_and_strings_alone() -> None:
    code = "def f(items):\n    d.items(items)\n    return 'items' + f'{items[0]} items'\n"
    renamed = rename(code, {"f": "g", "items": "xs"})
    assert renamed == "def g(xs):\n    d.items(xs)\n    return 'items' + f'{xs[0]} items'\n"


def test_in_english_only_pieces_of_code_are_renamed() -> None:
    text = "a number in a list a: a[0] and len(a), then a % 2"
    assert rename_in_text(text, {"a": "b", "b": "a"}) == (
        "a number in a list a: b[0] and len(b), then b % 2"
    )
