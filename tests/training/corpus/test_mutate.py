"""Mutations and styles keep programs parseable."""

import ast
import random
import warnings

from training.corpus.lines import render, split
from training.corpus.mutate import mutate
from training.corpus.seedfile import load_seeds
from training.corpus.style import draw_style, write


def _rng(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # no secret


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError:
            return False
    return True


def test_text_survives_splitting_into_lines_and_rendering() -> None:
    text = (
        "def f(a, b=[1, 2]):\n    # above\n    if a:  # beside\n        return {\n"
        "            'x': 1,  # inside\n        }\n\n    return b[1:] + \\\n        [a]\n"
    )
    assert render(split(text)) == text


def test_seeds_survive_splitting_into_lines_and_rendering() -> None:
    for seed in load_seeds():
        text = render(list(seed.lines))
        assert ast.dump(ast.parse(render(split(text)))) == ast.dump(ast.parse(text))


def test_nearly_all_mutants_parse() -> None:
    seeds = load_seeds()
    good = 0
    for number in range(600):
        rng = _rng(number)
        lines = rng.choice(seeds).copy_lines()
        mutate(lines, rng, rng.randint(1, 6))
        good += _parses(render(lines))
    assert good >= 590


def test_mutation_leaves_the_seed_itself_unchanged() -> None:
    seed = load_seeds()[0]
    before = render(list(seed.lines))
    for number in range(50):
        mutate(seed.copy_lines(), _rng(number), 5)
    assert render(list(seed.lines)) == before


def test_a_style_changes_layout_and_comments_but_not_the_program() -> None:
    seeds = load_seeds()
    for number in range(300):
        rng = _rng(number)
        seed = rng.choice(seeds)
        plain = ast.parse(render(list(seed.lines)))
        text = write(seed.copy_lines(), draw_style(rng), rng, "f(1)")
        styled = ast.parse(text)
        for tree in (plain, styled):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
                    node.body = node.body[1:] or [ast.Pass()]
        assert _shape(plain) == _shape(styled), text


def _shape(tree: ast.Module) -> str:
    # Layout inside f-strings and multi-line strings follows indentation and quotes.
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" in node.value:
            node.value = " ".join(node.value.split())
    return ast.dump(tree)
