"""Variants of a seed: statements dropped, repeated, inserted, wrapped, outlined; tokens swapped.

A mutation works on marked lines in place and says whether it did anything. Mutants need not make
sense, they need to parse, and mostly to run: a world model has to know what *this* program does,
not what a sensible program would do.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from training.corpus.inserts import HANDLERS, INSERTS, LITERALS, RETURNS, WRAPS
from training.corpus.lines import CLAUSES, Line, block_end, line_of, statement_end
from training.corpus.marks import VARIABLE
from training.corpus.swaps import swap_token

V = VARIABLE
Mutation = Callable[[list[Line], random.Random], bool]


def mutate(lines: list[Line], rng: random.Random, count: int) -> None:
    """Apply `count` random mutations that do something."""
    for _ in range(count):
        for _ in range(6):
            if rng.choices(_MUTATIONS, cum_weights=_RUNNING)[0](lines, rng):
                break


def _body_spots(lines: list[Line]) -> list[int]:
    """Indexes of statements inside functions (not definitions, not clauses)."""
    out: list[int] = []
    def_depth = -1
    for i, line in enumerate(lines):
        if def_depth >= 0 and line.depth <= def_depth:
            def_depth = -1
        head = line.toks[0]
        if head == "def" and def_depth < 0:
            def_depth = line.depth
        elif def_depth >= 0 and head not in CLAUSES and head not in ("case", "nonlocal", "global"):
            out.append(i)
    return out


def _names_before(lines: list[Line], at: int) -> list[str]:
    """Marked variables bound before this line in its function: parameters and simple targets."""
    out: list[str] = []
    depth = lines[at].depth
    for i in range(at - 1, -1, -1):
        line = lines[i]
        head = line.toks[0]
        if line.depth > depth:
            continue
        if head == "def":
            is_default = False
            for before, tok in zip(line.toks[1:], line.toks[2:], strict=False):
                is_default = before == "=" or (is_default and before not in ("(", ","))
                if tok[0] == V and not is_default:
                    out.append(tok)
            if line.depth < depth:
                break
            continue
        if head == "for" and line.depth < depth:
            stop = line.toks.index("in")
            out.extend(t for t in line.toks[1:stop] if t[0] == V)
        elif head[0] == V and len(line.toks) > 2 and line.toks[1] in ("=", "+=", ","):
            out.append(head)
        depth = min(depth, line.depth)
    return out or ["0"]


def _filled(template: str, lines: list[Line], at: int, rng: random.Random) -> list[str]:
    names = _names_before(lines, at)
    a = rng.choice(names)
    return template.format(
        a=a,
        b=rng.choice(names) if rng.random() < 0.6 else rng.choice(LITERALS),
        n=f"{V}q9new{rng.randint(1, 999)}",
        w=rng.choice(("value", "x", "now", "result", "step", "here", "DEBUG", "got", "total")),
        old="{old}",
    ).split("\n")


def _insert(lines: list[Line], rng: random.Random) -> bool:
    spots = _body_spots(lines)
    if not spots:
        return False
    at = rng.choice(spots)
    if lines[at].toks[0][-1] in "'\"":
        return False
    depth = lines[at].depth
    new = [
        line_of(depth + (len(text) - len(text.lstrip())) // 4, text.lstrip())
        for text in _filled(rng.choice(INSERTS), lines, at, rng)
    ]
    lines[at:at] = new
    names = [line.toks[0] for line in new if line.toks[0][0] == V and line.toks[1:2] == ["="]]
    if names and rng.random() < 0.3:
        _return_also(lines, at, names[0])
    return True


def _return_also(lines: list[Line], at: int, name: str) -> None:
    for line in lines[at:]:
        if line.depth < lines[at].depth:
            return
        if line.depth == lines[at].depth and line.toks[0] == "return" and len(line.toks) > 1:
            line.toks.extend([",", name])
            line.gaps.extend(["", " "])
            return


def _drop(lines: list[Line], rng: random.Random) -> bool:
    spots = _body_spots(lines)
    if len(spots) < 3:
        return False
    at = rng.choice(spots)
    end = statement_end(lines, at)
    if lines[at].toks[0] in ("return", "def", "class") and rng.random() < 0.8:
        return False
    if _is_binding(lines, at, end) and rng.random() < 0.9:
        return False
    return _remove(lines, at, end)


def _remove(lines: list[Line], at: int, end: int) -> bool:
    is_only = lines[at - 1].depth < lines[at].depth and (
        end == len(lines) or lines[end].depth < lines[at].depth
    )
    lines[at:end] = [line_of(lines[at].depth, "pass")] if is_only else []
    return True


def _is_binding(lines: list[Line], at: int, end: int) -> bool:
    """Whether the statement binds a name for the first time, so that dropping it would raise."""
    earlier = set(_names_before(lines, at))
    return any(
        line.toks[0][0] == V and line.toks[1:2] == ["="] and line.toks[0] not in earlier
        for line in lines[at:end]
    )


def _repeat(lines: list[Line], rng: random.Random) -> bool:
    spots = _body_spots(lines)
    if not spots:
        return False
    at = rng.choice(spots)
    end = statement_end(lines, at)
    if end - at > 4 or lines[at].toks[0] in ("return", "def", "class", "raise", "break"):
        return False
    lines[end:end] = [line.copy() for line in lines[at:end]]
    return True


def _exchange(lines: list[Line], rng: random.Random) -> bool:
    """Swap two neighbouring statements."""
    spots = _body_spots(lines)
    if not spots:
        return False
    at = rng.choice(spots)
    mid = statement_end(lines, at)
    if mid >= len(lines) or lines[mid].depth != lines[at].depth:
        return False
    heads = {lines[at].toks[0], lines[mid].toks[0]}
    if heads & {"return", "def", "class", "case"} or _is_binding(lines, at, mid):
        return False
    end = statement_end(lines, mid)
    lines[at:end] = lines[mid:end] + lines[at:mid]
    return True


def _wrap(lines: list[Line], rng: random.Random) -> bool:
    spots = _body_spots(lines)
    if not spots:
        return False
    at = rng.choice(spots)
    end = statement_end(lines, at)
    depth = lines[at].depth
    head = lines[at].toks[0]
    template = rng.choice(WRAPS)
    text = _filled(template, lines, at, rng)[0]
    if head in ("def", "class") or head[-1] in "'\"" or (head == "return" and end == len(lines)):
        return False
    jumps = any(line.toks[0] in ("break", "continue") for line in lines[at:end])
    if text[0] in "fw" and jumps:
        return False
    if text[0] == "i" and _is_binding(lines, at, end) and rng.random() < 0.8:
        return False
    for line in lines[at:end]:
        line.depth += 1
    after: list[Line] = []
    if text == "try:":
        after = [
            line_of(depth + (part[0] == " "), part.lstrip())
            for handler in [rng.choice(HANDLERS)]
            for part in _filled("\n".join(handler), lines, at, rng)
        ]
    elif text == "while True:":
        after = [line_of(depth + 1, "break")]
    lines[end:end] = after
    lines.insert(at, line_of(depth, text))
    return True


def _unwrap(lines: list[Line], rng: random.Random) -> bool:
    """Take the body out of an `if` without else."""
    spots = [
        i
        for i in _body_spots(lines)
        if lines[i].toks[0] == "if" and lines[i].toks[-1] == ":"
        if statement_end(lines, i) == block_end(lines, i)
    ]
    if not spots:
        return False
    at = rng.choice(spots)
    body = lines[at + 1 : block_end(lines, at)]
    if body[-1].toks[0] in ("return", "break", "continue", "raise"):
        return False
    for line in body:
        line.depth -= 1
    del lines[at]
    return True


def _change_return(lines: list[Line], rng: random.Random) -> bool:
    spots = [
        i for i in _body_spots(lines) if lines[i].toks[0] == "return" and len(lines[i].toks) > 1
    ]
    if not spots:
        return False
    at = rng.choice(spots)
    old = lines[at].text[len("return") :].strip()
    if "," in lines[at].toks and not old.startswith(("(", "[", "{")):
        old = f"({old})"
    text = _filled(rng.choice(RETURNS), lines, at, rng)[0].replace("{old}", old)
    lines[at] = line_of(lines[at].depth, text)
    return True


def _change_loop(lines: list[Line], rng: random.Random) -> bool:
    """`for x in xs` -> enumerate, reversed, a slice; `range(n)` -> other bounds."""
    spots = [i for i in _body_spots(lines) if lines[i].toks[0] == "for"]
    if not spots:
        return False
    line = lines[rng.choice(spots)]
    stop = line.toks.index("in")
    source = "".join(
        g + t for g, t in zip(line.gaps[stop + 1 : -1], line.toks[stop + 1 : -1], strict=True)
    ).strip()
    target = line.text[3 : line.text.index(" in ")].strip()
    if line.toks[-1] != ":" or "\n" in source or "," in target or source.startswith("enumerate"):
        return False
    n = f"{V}q9idx{rng.randint(1, 99)}"
    if source.startswith("range(") and source.endswith(")"):
        inner = source[6:-1]
        options = [f"range({inner})[::-1]", f"reversed(range({inner}))", f"list(range({inner}))"]
        if "," not in inner:
            options += [f"range(1, {inner})", f"range(0, {inner}, 2)", f"range({inner} + 1)"]
            options += [f"range({inner} - 1, -1, -1)", f"range(1, {inner} + 1)"]
        new = f"for {target} in {rng.choice(options)}:"
    else:
        new = rng.choice(
            (
                f"for {n}, {target} in enumerate({source}):",
                f"for {n}, {target} in enumerate({source}, 1):",
                f"for {target} in list({source}):",
                f"for {target} in list({source})[::-1]:",
                f"for {target} in list({source})[1:]:",
                f"for {target} in reversed(list({source})):",
                f"for {target}, {n} in zip({source}, range(9)):",
            )
        )
    line.toks, line.gaps = line_of(0, new).toks, line_of(0, new).gaps
    return True


def _outline(lines: list[Line], rng: random.Random) -> bool:
    """Move a returned or assigned expression into a helper function."""
    spots = []
    for i in _body_spots(lines):
        toks = lines[i].toks
        if toks[0] == "return" or (toks[0][0] == V and toks[1:2] == ["="]):
            start = 1 if toks[0] == "return" else 2
            rest = toks[start:]
            if len(rest) > 3 and not {"for", "lambda", "yield", "=", ":=", "self", ","} & set(rest):
                spots.append((i, start))
    if not spots:
        return False
    at, start = rng.choice(spots)
    line = lines[at]
    known = set(_names_before(lines, at))
    used = list(dict.fromkeys(t for t in line.toks[start:] if t in known))
    inner = [t for t in line.toks[start:] if t[0] in "fF" and t[-1] in "'\""]
    if inner or not used:
        return False
    expression = "".join(
        g + t for g, t in zip(line.gaps[start:], line.toks[start:], strict=True)
    ).strip()
    name = f"{V}q9helper{rng.randint(1, 99)}"
    call = f"{name}({', '.join(used)})"
    text = f"return {call}" if start == 1 else f"{line.toks[0]} = {call}"
    lines[at] = line_of(line.depth, text)
    lines[at].above = line.above
    lines[0:0] = [line_of(0, f"def {name}({', '.join(used)}):"), line_of(1, f"return {expression}")]
    lines[2].above = ["", "", *[a for a in lines[2].above if a]]
    return True


_MUTATIONS: tuple[Mutation, ...] = (
    swap_token, _insert, _drop, _repeat, _exchange, _wrap, _unwrap, _change_return, _change_loop,
    _outline,
)  # fmt: skip
_RUNNING = (50, 64, 69, 73, 76, 82, 85, 90, 95, 100)
