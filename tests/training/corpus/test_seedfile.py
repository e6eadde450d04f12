"""Reading of seed files and marking of names."""

import ast
from typing import Any

import pytest

from training.corpus.lines import render
from training.corpus.marks import marked_names, rename
from training.corpus.seedfile import SeedError, load_seeds, read_seeds

BLOCKS = '''\
"""A theme."""

#: word(), char()
#: 'abc', 'b'
def count_letter(text, letter=","):
    """Count letter in text."""
    n = 0
    for c in text:  # each one
        if c == letter:
            n += 1
    return f"{n} of {len(text)!r:>4} {{n}}"


#:
class Box:
    def __init__(self, size):
        self.size = size

    def grow(self, size=1):
        self.size += size
        return sorted([self.size], key=lambda x: -x)


def main():
    key = Box(size=2)
    return key.grow(size=3)
'''


def test_blocks_end_at_the_next_generator_lines_and_enter_by_their_last_function() -> None:
    first, second = read_seeds(BLOCKS, "theme.py")
    assert (first.entry, len(first.arguments)) == ("count_letter", 2)
    assert (second.entry, len(second.arguments)) == ("main", 1)
    assert second.where == "theme.py:14"


def test_own_names_are_renamed_everywhere_also_in_fstrings_and_keyword_arguments() -> None:
    first, second = read_seeds(BLOCKS, "theme.py")
    text = render(list(first.lines))
    renamed = rename(text, {n: f"x_{n}" for n in marked_names(text)})
    assert 'f"{x_n} of {len(x_text)!r:>4} {{n}}"' in renamed
    text = render(list(second.lines))
    renamed = rename(text, {n: f"x_{n}" for n in marked_names(text)})
    assert "x_Box(x_size=2)" in renamed
    assert "x_key.x_grow(x_size=3)" in renamed
    assert "sorted([self.x_size], key=lambda x_x: -x_x)" in renamed
    namespace: dict[str, Any] = {}
    exec(renamed, namespace)  # noqa: S102  # the test's own program
    assert namespace["main"]() == [5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#: int_()\ndef f(a:\n    pass\n", r"bad.py:2: not Python"),
        ("#: int_()\nx = 1\n", r"bad.py:1: .* no top-level function"),
        ("#: int_(), 2\ndef f(a):\n    return a\n", r"bad.py:1: .* gives 2 arguments, f takes 1"),
        ("\n#: oops()\ndef f(a):\n    return a\n", r"bad.py:2: cannot read 'oops\(\)'"),
    ],
)
def test_a_bad_block_is_refused_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(SeedError, match=message):
        read_seeds(text, "bad.py")


def test_all_seed_files_of_the_project_load_and_survive_renaming() -> None:
    seeds = load_seeds()
    assert len(seeds) > 100
    for seed in seeds:
        text = render(list(seed.lines))
        ast.parse(rename(text, {n: f"{n}_" for n in marked_names(text)}))
