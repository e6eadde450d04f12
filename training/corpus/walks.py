"""Loops that decide or compute something for each element: the core of beginners' programs.

Like drills (`training.corpus.drills`) they are short and have little in them but what must be done
exactly: a comparison that goes either way, a sum carried along, the best element so far.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

from training.corpus import literals
from training.corpus import texts as t
from training.corpus import values as v
from training.corpus.compose import Code, Composer, indented
from training.corpus.drills import Drill
from training.corpus.operations import FAMILIES

#: Container type -> values to walk over, type of an element, families of operations on it.
_WALKED: dict[str, tuple[Callable[[random.Random, list[Any]], Any], str, tuple[str, ...]]] = {
    "li": (
        v.one_of(v.list_(v.int_(-9, 30), 2, 6), v.list_(v.int_(0, 150), 2, 5),
                 v.list_(v.int_(-99, 999), 2, 4), v.list_(v.int_(0, 9), 2, 8)),
        "i", ("arithmetic",),
    ),
    "lf": (v.list_(v.float_(0, 40), 2, 4), "f", ("fractions",)),
    "s": (
        v.one_of(t.word(), t.mixed(2, 7), t.letters(2, 8), t.text(2, 9), t.words(1, 2)),
        "s", ("letters", "letters", "compare texts"),
    ),
    "ls": (
        v.one_of(v.list_(t.word(), 1, 4), v.list_(t.text(1, 8), 1, 4), v.list_(t.char(), 2, 6)),
        "s", ("compare texts", "search texts", "change texts"),
    ),
}  # fmt: skip
#: How a collector of a type begins, and what adds `{e}`, an expression of the type in front.
_STARTS = {"i": "0", "f": "0.0", "s": "''", "li": "[]", "ls": "[]", "lf": "[]", "dsi": "{}"}
_UPDATES: dict[str, tuple[tuple[str, str], ...]] = {
    "i": (
        ("", "{a} += 1"), ("", "{a} += 1"), ("i", "{a} += {e}"), ("i", "{a} += {e}"),
        ("i", "{a} = max({a}, {e})"), ("i", "{a} -= {e}"), ("i", "{a} = {a} * 2 + {e}"),
        ("i", "{a} = {e}"),
    ),
    "f": (("f", "{a} += {e}"), ("f", "{a} = {e}"), ("f", "{a} = max({a}, {e})")),
    "s": (("s", "{a} += {e}"), ("s", "{a} += {e}"), ("s", "{a} = {e} + {a}"), ("s", "{a} = {e}")),
    "li": (("i", "{a}.append({e})"), ("i", "{a}.append({e})"), ("i", "{a}.insert(0, {e})")),
    "lf": (("f", "{a}.append({e})"),),
    "ls": (("s", "{a}.append({e})"), ("s", "{a}.append({e})"), ("s", "{a} += [{e}]")),
    "dsi": (("s", "{a}[{e}] = {a}.get({e}, 0) + 1"), ("s", "{a}[{e}] = len({a})")),
}  # fmt: skip
_FITTING = {"i": ("i", "i", "li", "s"), "f": ("f", "f", "lf"), "s": ("s", "i", "ls", "dsi", "s")}
_BY_NAME = {family.name: family for family in FAMILIES}


def walk(composer: Composer) -> tuple[list[str], tuple[Any, ...], Code, str] | None:
    """A function with one such loop: parameters, arguments, body, what is returned.

    None if it did not work out.
    """
    rng = composer.rng
    kind = rng.choices(list(_WALKED), (45, 10, 25, 20))[0]
    make, element, families = _WALKED[kind]
    values = make(rng, [])
    if not values:
        return None
    xs, other, x = composer.fresh(kind), composer.fresh(element), composer.fresh(element)
    composer.declare(xs, kind, values)
    composer.declare(other, element, _other(rng, values, element))
    arguments = (copy.deepcopy(values), composer.namespace[other])
    head, header = _head(composer, xs, x, values, element)
    composer.lock(xs)
    drill = Drill(composer, _BY_NAME[rng.choice(families)], [x, other])
    before: Code = []
    body: Code = []
    collectors = []
    for _ in range(rng.choice((1, 1, 1, 2))):
        collector = rng.choice(_FITTING[element])
        name = composer.fresh(collector)
        before.append(f"{name} = {_STARTS[collector]}")
        composer.run(before[-1:])
        composer.kinds[name] = collector
        collectors.append(name)
        body += _step(drill, name, collector)
    if rng.random() < 0.12 and (condition := drill.condition()):
        body = [f"if {condition}:", f"    {rng.choice(('break', 'continue'))}", *body]
    code = [*before, header, *indented([*head, *body])]
    if not composer.run(code):
        return None
    used = [xs, other] if _mentions(code, other) or rng.random() < 0.1 else [xs]
    ending = ", ".join(collectors) if rng.random() < 0.7 else collectors[0]
    return used, arguments[: len(used)], code, ending


def _other(rng: random.Random, values: Any, element: str) -> Any:
    """A second argument to hold the elements against."""
    if rng.random() < 0.4:
        return rng.choice(list(values))
    if element == "i":
        return literals.number(rng)
    return literals.VALUES[element](rng, [])


def _head(composer: Composer, xs: str, x: str, values: Any, element: str) -> tuple[Code, str]:
    """Statements that come first in the loop, and its header; declares its variables."""
    rng = composer.rng
    composer.declare(x, element, next(iter(values)))
    if rng.random() < 0.7:
        return [], f"for {x} in {xs}:"
    i = composer.fresh("i")
    composer.declare(i, "i", 0)
    if rng.random() < 0.5:
        return [], f"for {i}, {x} in enumerate({xs}):"
    return [f"{x} = {xs}[{i}]"], f"for {i} in range(len({xs})):"


def _step(drill: Drill, name: str, collector: str) -> Code:
    """An update of a collector, mostly under a condition, perhaps with another one instead."""
    rng = drill.composer.rng
    update = _update(drill, name, collector)
    if rng.random() < 0.3 or (condition := drill.condition()) is None:
        return [update]
    code = [f"if {condition}:", f"    {update}"]
    if rng.random() < 0.25 and (second := drill.condition()):
        code += [f"elif {second}:", f"    {_update(drill, name, collector)}"]
    if rng.random() < 0.35:
        code += ["else:", f"    {_update(drill, name, collector)}"]
    return code


def _update(drill: Drill, name: str, collector: str) -> str:
    rng = drill.composer.rng
    kind, form = rng.choice(_UPDATES[collector])
    text = ""
    if kind:
        plain = rng.random() < 0.4 and drill.composer.kinds[drill.names[0]] == kind
        text = (None if plain else drill.expression(kind)) or drill.names[0]
    return form.format(a=name, e=text)


def _mentions(code: Code, name: str) -> bool:
    return any(name in line for line in code)
