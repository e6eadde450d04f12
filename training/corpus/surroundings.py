"""What stands around the traced function: hints, prints, spare helpers, constants, main guards."""

from __future__ import annotations

import random
from typing import Any

from training.corpus import words as w
from training.corpus.draft import Draft
from training.corpus.lines import Line, line_of
from training.corpus.marks import VARIABLE as V

_IMPORTS = (
    "import math", "import sys", "import string", "from collections import Counter",
    "from collections import defaultdict", "from typing import List", "import re",
    "from typing import List, Dict, Optional", "import itertools", "from functools import reduce",
)  # fmt: skip
_HELPERS: tuple[tuple[str, ...], ...] = (
    ("def {n}({a}):", "    return {a} * 2"),
    ("def {n}({a}, {b}):", "    return {a} + {b}"),
    ("def {n}({a}):", "    return sorted({a})[0]"),
    ("def {n}({a}):", "    return str({a}).strip().lower()"),
    ("def {n}({a}):", "    for {b} in {a}:", "        print({b})"),
    ("def {n}({a}, {b}=1):", "    if {a} > {b}:", "        return {a}", "    return {b}"),
    ("def {n}():", "    pass"),
    ("def {n}({a}):", "    return {a} % 2 == 0"),
    ("def {n}({a}):", "    if {a} <= 1:", "        return 1", "    return {a} * {n}({a} - 1)"),
    ("def {n}({a}):", "    return [{b} for {b} in {a} if {b}]"),
    ("class {n}:", "    def __init__(self, {a}):", "        self.{a} = {a}"),
    ("{n} = lambda {a}: {a} ** 2",),
)


def surround(draft: Draft, rng: random.Random) -> None:
    """Add what the run of the entry does not need, in a share of programs."""
    if rng.random() < 0.14:
        _hint(draft, rng)
    if rng.random() < 0.05:
        _add_helper(draft, rng, before=True)
    if rng.random() < 0.04:
        _add_helper(draft, rng, before=False)
    if rng.random() < 0.05:
        _add_constants(draft, rng)
    if rng.random() < 0.04:
        draft.lines.insert(0, line_of(0, rng.choice(_IMPORTS)))
    if rng.random() < 0.07:
        _add_tail(draft, rng)


def _code(lines: tuple[str, ...], rng: random.Random) -> list[Line]:
    n = rng.randint(1, 999)
    fill = {"n": f"{V}q9spare{n}", "a": f"{V}q9s{n}a", "b": f"{V}q9s{n}b"}
    out = []
    for text in lines:
        bare = text.lstrip()
        out.append(line_of((len(text) - len(bare)) // 4, bare.format(**fill)))
    return out


def _after_imports(lines: list[Line]) -> int:
    at = 0
    while at < len(lines) and lines[at].toks[0] in ("import", "from"):
        at += 1
    return at


def _add_helper(draft: Draft, rng: random.Random, *, before: bool) -> None:
    at = _after_imports(draft.lines) if before else len(draft.lines)
    helper = _code(rng.choice(_HELPERS), rng)
    for name in {t[1:] for t in helper[0].toks if t.startswith(f"{V}q9spare")}:
        draft.kinds[name] = "class" if helper[0].toks[0] == "class" else "function"
    draft.lines[at:at] = helper


def _add_constants(draft: Draft, rng: random.Random) -> None:
    at = _after_imports(draft.lines)
    for i in range(rng.choice((1, 1, 2, 3))):
        name = f"q9constant{i}"
        draft.kinds[name] = "constant"
        value = rng.choice((rng.randint(0, 100), rng.choice(w.WORDS), [1, 2, 3], 3.14, True, None))
        draft.lines.insert(at, line_of(0, f"{V}{name} = {value!r}"))


def _add_tail(draft: Draft, rng: random.Random) -> None:
    mark = "" if draft.entry == "main" else V
    call = f"{mark}{draft.entry}({', '.join(map(repr, draft.arguments))})"
    if rng.random() < 0.7:
        body = rng.choice((f"print({call})", call, f"result = {call}", f"print('Result:', {call})"))
        draft.lines += [line_of(0, 'if __name__ == "__main__":'), line_of(1, body)]
    elif draft.entry != "main":
        draft.lines.append(line_of(0, rng.choice((call, f"print({call})"))))


def hint_of(value: Any, rng: random.Random, *, old: bool) -> str:
    """A type hint for a value; `old` writes `List[int]` where new code has `list[int]`."""
    name = type(value).__name__
    if value is None:
        return "object"
    if isinstance(value, list | tuple | dict) and value and rng.random() < 0.7:
        outer = name.capitalize() if old else name
        first = next(iter(value))
        inner = hint_of(first, rng, old=old)
        if isinstance(value, dict):
            return f"{outer}[{inner}, {hint_of(value[first], rng, old=old)}]"
        return f"{outer}[{inner}{', ...' if isinstance(value, tuple) else ''}]"
    return name


def _hint(draft: Draft, rng: random.Random) -> None:
    """Annotate the entry's parameters by the types of its arguments."""
    if not draft.arguments:
        return
    head = ["def", V + draft.entry, "("]
    line = next((x for x in draft.lines if x.toks[:3] == head and not x.depth), None)
    if line is None or ":" in line.toks[:-1] or "*" in line.toks or "=" in line.toks:
        return
    old = rng.random() < 0.4
    names = [t for t in line.toks[3:-2] if t != ","]
    if len(names) != len(draft.arguments) or any(t[0] != V for t in names):
        return
    hinted = [
        f"{n}: {hint_of(a, rng, old=old)}" for n, a in zip(names, draft.arguments, strict=True)
    ]
    text = f"def {V}{draft.entry}({', '.join(hinted)}):"
    new = line_of(0, text)
    line.toks, line.gaps = new.toks, new.gaps
    typed = [t for t in ("List", "Dict", "Tuple") if t in new.toks]
    if typed:
        draft.lines.insert(0, line_of(0, f"from typing import {', '.join(typed)}"))
