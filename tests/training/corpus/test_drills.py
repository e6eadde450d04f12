"""Drills and walks: short programs of single operations."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from training.corpus.composition import composed
from training.corpus.drills import Drill, PlainComposer, operations
from training.corpus.grammar import parse_lines
from training.corpus.marks import VARIABLE
from training.corpus.operations import CHANGE, FAMILIES, read_families
from training.corpus.programs import program
from training.corpus.walks import walk


def rng(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # reproducible, no secret


def function(names: list[str], body: list[str], ending: str) -> str:
    lines = [f"def f({', '.join(names)}):", *(f"    {line}" for line in body)]
    return "\n".join([*lines, f"    return {ending}"]).replace(VARIABLE, "")


def called(source: str, arguments: tuple[object, ...]) -> object:
    namespace: dict[str, object] = {}
    exec(source, namespace)  # noqa: S102  # made by our own grammar
    return namespace["f"](*arguments)  # type: ignore[operator]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_operation_of_a_family_works_out_for_some_arguments(
    family: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.corpus.drills.FAMILIES", (family,))
    made = 0
    for seed in range(60):
        composer = PlainComposer(rng(seed))
        names, arguments, body, ending = operations(composer)
        called(function(names, body, ending), arguments)
        made += bool(body) or ending not in names
    assert made > 40


def test_walks_run_with_the_arguments_that_they_come_with() -> None:
    found = [made for seed in range(200) if (made := walk(PlainComposer(rng(seed)))) is not None]
    assert len(found) > 120
    for names, arguments, body, ending in found:
        assert any(line.startswith("for ") for line in body)
        called(function(names, body, ending), arguments)


def test_conditions_are_true_about_as_often_as_not() -> None:
    outcomes: Counter[bool] = Counter()
    for seed in range(400):
        random_ = rng(seed)
        composer = PlainComposer(random_)
        family = next(f for f in FAMILIES if f.name == "compare texts")
        for name, value in (("a", "tomato soup"), ("b", random_.choice(("to", "soup", "x")))):
            composer.declare(VARIABLE + name, "s", value)
        drill = Drill(composer, family, [VARIABLE + "a", VARIABLE + "b"])
        condition = drill.condition()
        assert condition is not None
        outcomes[bool(composer.value(condition))] += 1
    assert 0.35 < outcomes[True] / 400 < 0.65


def test_plain_names_are_those_that_people_give_and_never_taken_twice() -> None:
    composer = PlainComposer(rng(3))
    names = [composer.fresh("s") for _ in range(60)]
    assert len(set(names)) == 60
    assert {"text", "s", "string"} & {name.removeprefix(VARIABLE) for name in names}
    assert all(name.removeprefix(VARIABLE).isidentifier() for name in names)


def test_arguments_are_those_from_before_the_function_changes_them() -> None:
    for seed in range(300):
        names, arguments, body, ending = operations(PlainComposer(rng(seed)))
        source = function(names, body, ending)
        if not any(".append(" in line for line in body):
            continue
        assert called(source, arguments) is not None
        return
    pytest.fail("no drill changes a list")


def test_short_programs_keep_their_plain_names_and_are_seldom_commented() -> None:
    lean = [p for n in range(300) if (p := program(n, seed_share=0.0)).kind == "operations"]
    named_f = [p for p in lean if p.entry.startswith("f(")]
    assert len(lean) > 100
    assert len(named_f) > len(lean) / 10
    assert sum('"""' in p.source for p in named_f) < len(named_f) / 3


def test_composed_programs_are_mostly_short() -> None:
    kinds = Counter(composed(rng(seed)).kind for seed in range(300))
    assert kinds["operations"] > 120
    assert kinds["walk"] > 20


def test_a_line_without_a_type_is_named() -> None:
    with pytest.raises(ValueError, match="no type in front"):
        read_families("\n## broken: i\nlen($0)\n")


def test_weights_stand_in_front_of_templates() -> None:
    assert parse_lines("4 a\nb") == (["a", "b"], [4, 5])


def test_families_have_operations_with_values_or_changes() -> None:
    for family in FAMILIES:
        assert set(family.weights) - {CHANGE}
        for templates, _ in family.templates.values():
            assert templates
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
