import pytest

from training.problems import composed
from training.problems.composed import composed_family, is_composed
from training.problems.instance import Case, draw
from training.problems.split import is_held_out, training_wordings
from training.problems.stream import family_named, training_documents
from training.problems.verify import verify_family

NAMES = [f"composed_test-{number}" for number in range(40)]


def test_every_solution_of_a_composed_problem_gives_the_same() -> None:
    for name in NAMES:
        faults = verify_family(composed_family(name), draws=1).faults
        # Among few inputs chance may leave nothing for a condition to do.
        chance = ("passes:", "all tests expect the same")
        assert not [fault for fault in faults if not any(word in fault for word in chance)], faults


def test_a_name_gives_the_same_family_and_combinations_differ() -> None:
    first = composed_family(NAMES[0])
    composed_family.cache_clear()
    assert family_named(NAMES[0]) == first
    assert len({composed_family(name).solutions[0] for name in NAMES}) > 35


def test_composed_problems_are_asked_in_whole_sentences() -> None:
    for name in NAMES:
        family = composed_family(name)
        instance = draw(family, 1)
        for wording in (*family.wordings, family.why, family.note):
            text = instance.fill(wording)
            assert "$" not in text
            assert "{" not in text
            assert "  " not in text
            assert ",," not in text


def test_composed_problems_may_be_trained_on_whole() -> None:
    for name in NAMES:
        family = composed_family(name)
        assert not is_held_out(family)
        assert len(training_wordings(family)) == len(family.wordings)
    documents = training_documents(1)
    names = {next(documents).name for _ in range(200)}
    assert any(map(is_composed, names))
    assert not all(map(is_composed, names))


def test_parts_that_pass_a_held_out_family_s_tests_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    skeleton = (0, 1, 0, 0)  # the sum of the even numbers of a list
    assert not composed._is_held_out(skeleton)
    inputs: tuple[list[int], ...] = ([1, 2, 4], [], [3], [7, 7, 6])
    cases = tuple(Case((nums,), sum(n for n in nums if n % 2 == 0)) for nums in inputs)
    monkeypatch.setattr(composed, "_held_out_cases", lambda: {("list[int]",): [cases]})
    composed._is_held_out.cache_clear()
    try:
        assert composed._is_held_out(skeleton)
        assert not composed._is_held_out((0, 2, 0, 0))
    finally:
        composed._is_held_out.cache_clear()
