"""Variants of seeds as drafts: mutated, with other arguments, wrapped, joined in pairs."""

from __future__ import annotations

import random
from typing import Any

from training.corpus.draft import Draft
from training.corpus.lines import Line, line_of
from training.corpus.marks import VARIABLE as V
from training.corpus.mutate import mutate
from training.corpus.seedfile import Seed

_MUTATION_COUNTS = (0, 1, 2, 3, 4, 6)
_MUTATION_WEIGHTS = (30, 26, 18, 12, 8, 6)


def variant(seeds: tuple[Seed, ...], rng: random.Random) -> Draft:
    """A draft made from one random seed, or from two."""
    seed = rng.choice(seeds)
    draft = _single(seed, rng)
    if rng.random() < 0.06:
        other = rng.choice(seeds)
        if other is not seed and _can_join(draft, other):
            return _joined(draft, other, rng)
    kind = rng.random()
    if kind < 0.12 and draft.arguments:
        _add_main(draft, rng)
    elif kind < 0.16 and draft.arguments:
        _add_layer(draft, rng)
    return draft


def _single(seed: Seed, rng: random.Random) -> Draft:
    lines = seed.copy_lines()
    count = rng.choices(_MUTATION_COUNTS, _MUTATION_WEIGHTS)[0]
    if count:
        mutate(lines, rng, count)
    arguments = rng.choice(seed.arguments)(rng)
    keep = rng.choices((0.0, 0.15, 0.6, 1.0), (50, 25, 10, 15))[0]
    return Draft("seed", lines, seed.entry, arguments, dict(seed.kinds), keep)


def _add_main(draft: Draft, rng: random.Random) -> None:
    """`def main():` that makes the arguments, calls the entry, and perhaps prints."""
    body: list[str] = []
    passed: list[str] = []
    for i, value in enumerate(draft.arguments):
        if rng.random() < 0.6:
            name = f"{V}q9given{i}"
            body.append(f"{name} = {value!r}")
            passed.append(name)
        else:
            passed.append(repr(value))
    call = f"{V}{draft.entry}({', '.join(passed)})"
    kind = rng.random()
    if kind < 0.35:
        body.append(f"return {call}")
    else:
        body.append(f"{V}q9outcome = {call}")
        if kind < 0.75:
            body.append(
                rng.choice(
                    (
                        f"print({V}q9outcome)",
                        f"print('result:', {V}q9outcome)",
                        f'print(f"got {{{V}q9outcome}}")',
                    )
                )
            )
        if kind > 0.5:
            body.append(f"return {V}q9outcome")
    _append_function(draft.lines, "main", "", body)
    draft.entry, draft.arguments = "main", ()


def _add_layer(draft: Draft, rng: random.Random) -> None:
    """A function with the same parameters that calls the entry."""
    names = [f"{V}q9arg{i}" for i in range(len(draft.arguments))]
    call = f"{V}{draft.entry}({', '.join(names)})"
    a = rng.choice(names)
    body = rng.choice(
        (
            [f"return {call}"],
            [f"{V}q9inner = {call}", f"return {V}q9inner"],
            [f"{V}q9inner = {call}", f"return [{V}q9inner, {a}]"],
            [f"if {a} is None:", "    return None", f"return {call}"],
            ["try:", f"    return {call}", "except Exception as e:", "    return str(e)"],
        )
    )
    name = f"q9outer{rng.randint(1, 99)}"
    draft.kinds[name] = "function"
    _append_function(draft.lines, V + name, ", ".join(names), body)
    draft.entry = name


def _append_function(lines: list[Line], name: str, parameters: str, body: list[str]) -> None:
    lines.append(line_of(0, f"def {name}({parameters}):"))
    for text in body:
        bare = text.lstrip()
        lines.append(line_of(1 + (len(text) - len(bare)) // 4, bare))


def _can_join(draft: Draft, other: Seed) -> bool:
    return len(draft.lines) + len(other.lines) < 40 and not set(other.kinds) & {draft.entry}


def _joined(draft: Draft, other: Seed, rng: random.Random) -> Draft:
    """Both seeds' functions, and a main that calls one after the other."""
    second = _single(other, rng)
    names = {}
    for name, kind in second.kinds.items():
        # Top-level names must not collide; shared local names are what people have too.
        names[name] = f"{name}_2" if kind in ("function", "class", "constant") else name
    lines = [_renamed(line, names) for line in second.lines]
    imports = [line for line in lines if line.toks[0] in ("import", "from") and not line.depth]
    lines = [line for line in lines if line not in imports]
    draft.lines = imports + draft.lines + lines
    draft.kinds.update({names[n]: k for n, k in second.kinds.items()})
    calls: list[tuple[str, tuple[Any, ...]]] = [
        (draft.entry, draft.arguments),
        (names.get(second.entry, second.entry), second.arguments),
    ]
    if rng.random() < 0.5:
        calls.reverse()
    body = []
    for i, (entry, arguments) in enumerate(calls):
        prefix = "" if entry == "main" else V
        body.append(f"{V}q9part{i} = {prefix}{entry}({', '.join(map(repr, arguments))})")
        if rng.random() < 0.2:
            body.append(f"print({V}q9part{i})")
    body.append(rng.choice((f"return {V}q9part0, {V}q9part1", f"return [{V}q9part0, {V}q9part1]")))
    if rng.random() < 0.1:
        body[-1] = f"return {V}q9part0 == {V}q9part1"
    name = "main" if "main" not in (draft.entry, second.entry) else "q9both"
    _append_function(draft.lines, name, "", body)
    draft.entry, draft.arguments, draft.kind = name, (), "pair"
    return draft


def _renamed(line: Line, names: dict[str, str]) -> Line:
    line.toks = [
        (t[0] + names.get(t[1:], t[1:])) if t[0] == V else _renamed_inside(t, names)
        for t in line.toks
    ]
    return line


def _renamed_inside(tok: str, names: dict[str, str]) -> str:
    if V not in tok:
        return tok
    for old, new in names.items():
        if old != new and V + old in tok:
            tok = tok.replace(V + old, V + new).replace(f"{V}{new}_2", V + new)
    return tok
