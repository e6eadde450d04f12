"""Generators of arguments."""

import ast
import random

import pytest

from training.corpus.values import VOCABULARY, ValueLineError, compile_line


def _rng(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # no secret


def test_a_line_gives_one_value_per_generator_and_literals_as_they_are() -> None:
    values = compile_line("int_(1, 3), 'x', list_(char(), 2, 2), []")
    first, second, third, fourth = values(_rng(1))
    assert 1 <= first <= 3
    assert second == "x"
    assert len(third) == 2
    assert fourth == []


def test_an_empty_line_means_no_arguments() -> None:
    assert compile_line("  ")(_rng(1)) == ()


def test_the_same_random_source_gives_the_same_values() -> None:
    values = compile_line("text(), anything(), dict_(word(), int_())")
    assert values(_rng(7)) == values(_rng(7))


def test_later_generators_can_refer_to_earlier_arguments() -> None:
    values = compile_line("distinct(word(), 3, 5), index_of(0), part_of(0), key_of(0)")
    for seed in range(50):
        items, index, _, _ = values(_rng(seed))
        assert items[index] in items


def test_every_generator_makes_literals_that_read_back() -> None:
    lines = {
        "list_": "list_(int_())", "distinct": "distinct(char())", "sorted_": "sorted_(int_())",
        "tuple_": "tuple_(int_(), word())", "dict_": "dict_(word(), int_())",
        "matrix": "matrix(int_(), 2, int_(1, 3))", "choice": "choice(1, 'a')",
        "one_of": "one_of(int_(), word())", "none_or": "none_or(int_())",
        "joined": "joined(int_(), '-', 1, 3)", "part_of": "'abc', part_of(0)",
        "index_of": "[1, 2], index_of(0)", "key_of": "{'a': 1}, key_of(0)",
    }  # fmt: skip
    for name in VOCABULARY:
        values = compile_line(lines.get(name, f"{name}()"))
        for seed in range(40):
            made = values(_rng(seed))
            assert ast.literal_eval(repr(made)) == made, name


@pytest.mark.parametrize("line", ["nothing()", "int_(", "__import__('os')"])
def test_a_line_that_cannot_be_read_is_refused_with_its_text(line: str) -> None:
    with pytest.raises(ValueLineError, match="cannot read"):
        compile_line(line)
