import pytest

from traces.answers import read_answer
from training.corpus.overlap import OverlapCheck
from training.problems.execute import run_case
from training.problems.family import Family, Kind, load_families
from training.problems.heldout import Part, as_row, heldout_tasks
from training.problems.overlap import word_runs
from training.problems.split import held_out_wordings, is_held_out, training_wordings
from training.problems.stream import (
    HeldOutError,
    assert_trainable,
    training_documents,
    training_tasks,
)
from training.problems.task import Task, make_task

FAMILIES = load_families()
BY_NAME = {family.name: family for family in FAMILIES}


def _passes(task: Task, answer: str, entry: str) -> bool:
    if task.kind is Kind.PROGRAM:
        return all(run_case(answer, task.kind, "", (i,)) == out for i, out in task.io_pairs())
    scope: dict[str, object] = {}
    try:
        exec(answer, scope)  # noqa: S102  # the bank's own code
        for test in task.asserts(entry):
            exec(test, scope)  # noqa: S102  # the bank's own code
    except Exception:
        return False
    return True


@pytest.mark.parametrize("name", ["two_sum", "bank_account", "sum_counted", "is_prime"])
def test_hidden_tests_accept_the_reference_and_refuse_wrong_solutions(name: str) -> None:
    task = make_task(BY_NAME[name], 0, 5)
    assert _passes(task, task.reference, task.entry)
    assert not all(_passes(task, wrong.code, task.entry) for wrong in task.instance.wrong)


def test_an_answer_may_choose_the_name_where_the_problem_gives_none() -> None:
    task = next(
        task
        for task in (make_task(BY_NAME["is_prime"], 3, seed) for seed in range(50))
        if not task.is_named
    )
    answer = "def helper(a, b):\n    return a % b\n\n" + task.reference.replace(task.entry, "prim")
    assert task.entry_of(answer + "\ndef other(a, b):\n    pass\n") == "prim"
    assert _passes(task, answer, "prim")
    assert task.entry_of("x = 1") is None
    assert task.entry_of("def (") is None


def test_a_named_problem_is_tested_by_its_name() -> None:
    task = next(
        task
        for task in (make_task(BY_NAME["is_prime"], 0, seed) for seed in range(50))
        if task.is_named
    )
    assert task.entry_of("def other(n):\n    return n") == task.entry
    assert task.entry in task.prompt


def test_the_development_set_is_large_enough_and_stays_the_same() -> None:
    words = list(heldout_tasks(Part.WORDINGS))
    families = list(heldout_tasks(Part.FAMILIES))
    assert len(words) >= 100
    assert len({task.family for task in families}) >= 40
    assert {task.theme for task in families} == {family.theme for family in FAMILIES}
    assert len({task.name for task in [*words, *families]}) == len(words) + len(families)
    again = next(heldout_tasks(Part.FAMILIES))
    assert as_row(again, Part.FAMILIES) == as_row(families[0], Part.FAMILIES)
    assert all(len(task.instance.cases) >= 4 for task in words)


def test_training_never_sees_what_is_held_out() -> None:
    for family in FAMILIES:
        kept = training_wordings(family)
        assert not set(kept) & set(held_out_wordings(family))
        assert bool(kept) is not is_held_out(family)
    documents = training_documents(1)
    seen = {next(documents).name for _ in range(120)}
    assert not {family.name for family in FAMILIES if is_held_out(family)} & seen


def test_training_on_what_is_held_out_is_refused() -> None:
    trained = BY_NAME["is_prime"]
    assert_trainable(trained, training_wordings(trained))
    with pytest.raises(HeldOutError, match="Wordings"):
        assert_trainable(trained, held_out_wordings(trained)[:1])
    with pytest.raises(HeldOutError, match="family"):
        assert_trainable(next(family for family in FAMILIES if is_held_out(family)), [0])


def test_training_material_depends_on_the_seed_alone() -> None:
    one, same, other = training_documents(1), training_documents(1), training_documents(2)
    first = [next(one) for _ in range(3)]
    assert first == [next(same) for _ in range(3)]
    assert first != [next(other) for _ in range(3)]
    assert next(training_tasks(1)) == next(training_tasks(1))


def test_runs_of_words_ignore_case_and_signs() -> None:
    text = "Count the WORDS, in a text: quick and right!"
    assert word_runs(text) == {
        ("count", "the", "words", "in", "a", "text", "quick", "and"),
        ("the", "words", "in", "a", "text", "quick", "and", "right"),
    }


def _sample(every: int) -> list[Family]:
    return [family for i, family in enumerate(FAMILIES) if i % every == 0]


@pytest.mark.parametrize("family", _sample(9), ids=lambda family: family.name)
def test_a_sample_of_the_bank_verifies(family: Family) -> None:
    from training.problems.verify import verify_family

    assert verify_family(family, draws=1).faults == []


def test_answers_too_much_like_an_evaluation_program_are_not_trained_on() -> None:
    check = OverlapCheck.load()
    stream = training_documents(4)
    for document in (next(stream) for _ in range(300)):
        code = read_answer(document.answer, begins_in_reasoning=document.reasoning).code
        assert document.kind == "hint" or code
        assert not check.overlaps(code)
