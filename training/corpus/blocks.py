"""Control flow for composed functions: conditions, loops, exceptions, match, early returns.

Each writer returns the code of one compound statement that has run on the composer's variables,
or None. Inner statements run on a saved copy first (see `training.corpus.compose`).
"""

from __future__ import annotations

from collections.abc import Callable

from training.corpus import literals
from training.corpus.compose import Code, Composer, indented
from training.corpus.loops import COLLECTORS, nested_for, sources, update

_KINDS = (
    "s",
    "i",
    "li",
    "ls",
    "b",
    "f",
    "dsi",
    "dss",
    "ti",
    "lt",
    "dis",
    "ll",
    "lf",
    "ts",
    "dsl",
    "si",
)
_WEIGHTS = (32, 14, 15, 18, 6, 4, 7, 3, 3, 2, 2, 2, 1, 2, 1, 4)


def simple(composer: Composer) -> Code | None:
    """One assignment or change."""
    if composer.rng.random() < 0.5:
        return composer.assignment(_KINDS, _WEIGHTS)
    return composer.change()


def some(composer: Composer, count: int, nesting: int = 0) -> Code:
    """Up to `count` statements, with blocks where `nesting` is positive."""
    out: Code = []
    made = 0
    for _ in range(count * 3):
        if made == count or composer.returned:
            break
        if nesting and composer.rng.random() < 0.4:
            code = compound(composer, nesting - 1)
        else:
            code = simple(composer)
        if code:
            out += code
            made += 1
    return out


def compound(composer: Composer, nesting: int) -> Code | None:
    """A random compound statement."""
    write = composer.rng.choices(_WRITERS, cum_weights=_RUNNING)[0]
    saved = composer.save()
    locked = set(composer.locked)
    code = write(composer, nesting)
    composer.locked = locked
    composer.restore(saved)
    if code is None:
        return None
    was_returned = composer.returned
    if not composer.run(code):
        composer.restore(saved)
        composer.returned = was_returned
        return None
    if composer.returned and composer.rng.random() < 0.5:
        composer.restore(saved)
        composer.returned = was_returned
        return None
    for name, value in list(composer.namespace.items()):
        if name.startswith("\u01c1") and name not in composer.kinds and composer.rng.random() < 0.3:
            kind = next((k for k, t in _BACK if type(value) is t and name in _flat(code)), None)
            if kind and _is_assigned(code, name):
                composer.kinds[name] = kind
    return code


_BACK = (("s", str), ("i", int), ("f", float), ("b", bool))


def _flat(code: Code) -> str:
    return "\n".join(code)


def _is_assigned(code: Code, name: str) -> bool:
    """Whether the block binds the name at its first levels on the path that has run."""
    return any(line.lstrip().startswith(name + " = ") for line in code)


def _inner(composer: Composer, count: int, nesting: int) -> Code:
    """Statements of a block, run on a copy; `pass` if there are none."""
    saved = composer.save()
    was_returned = composer.returned
    code = some(composer, count, nesting)
    composer.returned = was_returned
    composer.restore(saved)
    return indented(code or ["pass"])


def _few(composer: Composer) -> int:
    return composer.rng.choice((1, 1, 1, 2, 2, 3))


def result(composer: Composer) -> str:
    """An expression to return."""
    rng = composer.rng
    names = [n for n, k in composer.kinds.items() if k in literals.VALUES]
    kind = rng.random()
    if names and kind < 0.42:
        return rng.choice(names[-4:])
    if len(names) > 1 and kind < 0.62:
        picked = rng.sample(names, min(len(names), rng.choice((2, 2, 2, 3, 4))))
        text = ", ".join(picked)
        return rng.choice((text, text, f"({text})", f"[{text}]"))
    if names and kind < 0.68:
        picked = rng.sample(names, min(len(names), 2))
        return "f'" + rng.choice((":", " ", "", ", ")).join(f"{{{n}}}" for n in picked) + "'"
    return composer.expression(rng.choices(_KINDS, _WEIGHTS)[0], rng.choice((1, 1, 2, 2, 3)))


def _if(composer: Composer, nesting: int) -> Code:
    rng = composer.rng
    code = [f"if {composer.expression('b', rng.choice((1, 1, 2)))}:"]
    code += _inner(composer, _few(composer), nesting)
    kind = rng.random()
    while kind < 0.25:
        code += [f"elif {composer.expression('b', 1)}:", *_inner(composer, 1, nesting)]
        kind = rng.random() + 0.08
    if kind < 0.65:
        code += ["else:", *_inner(composer, _few(composer), nesting)]
    return code


def _early_return(composer: Composer, nesting: int) -> Code:  # noqa: ARG001  # a writer's signature
    condition = composer.expression("b", composer.rng.choice((1, 1, 2)))
    return [f"if {condition}:", f"    return {result(composer)}"]


def _for(composer: Composer, nesting: int) -> Code | None:
    rng = composer.rng
    header, variables, iterated = rng.choice(sources(composer))
    for name, kind, value in variables:
        composer.declare(name, kind, value)
    composer.lock(iterated)
    composer.locked.update(v[0] for v in variables if "[" in v[0])
    body: Code = []
    before: Code = []
    x, element, _ = rng.choice(variables)
    if rng.random() < 0.85:
        kind, start, by_element = rng.choice(COLLECTORS)
        known = [n for n, k in composer.kinds.items() if k == kind and n not in composer.locked]
        known = [n for n in known if n not in {v[0] for v in variables}]
        if known and rng.random() < 0.3:
            name = rng.choice(known)
        else:
            name = composer.fresh("acc")
            before = [f"{name} = {start.replace('{{}}', '{}')}"]
            composer.run(before)
            composer.kinds[name] = kind
        step = update(composer, by_element.get(element, ("pass",)), name, x)
        body = step
        if rng.random() < 0.25:
            _, start, by_element = rng.choice(COLLECTORS[:4])
            other = composer.fresh("acc")
            before.append(f"{other} = {start.replace('{{}}', '{}')}")
            composer.run(before[-1:])
            body = body + update(composer, by_element.get(element, ("pass",)), other, x)
    if not body or rng.random() < 0.3:
        extra = [line[4:] for line in _inner(composer, 1, min(nesting, 1))]
        body = extra + body if rng.random() < 0.5 else body + extra
    jump = rng.random()
    if jump < 0.1:
        body = [*body, f"if {composer.expression('b', 1)}:", "    break"]
    elif jump < 0.18:
        body = [f"if {composer.expression('b', 1)}:", "    continue", *body]
    elif jump < 0.23:
        body = [f"if {composer.expression('b', 1)}:", f"    return {result(composer)}", *body]
    elif jump < 0.27:
        body = [*body, f"print({x})"]
    code = [*before, header, *indented(body)]
    if jump < 0.1 and rng.random() < 0.3:
        code += ["else:", *_inner(composer, 1, 0)]
    return code


_GROWTH = ("{0} * 2", "{0} + 3", "{0} * {0} + 1", "3 * {0} - 1")


def _while(composer: Composer, nesting: int) -> Code | None:
    rng = composer.rng
    i = composer.fresh("i")
    kind = rng.randrange(7)
    if kind in (2, 3, 4):
        return _while_over(composer, kind)
    if kind == 0:
        composer.declare(i, "i", 0)
        composer.locked.add(i)
        body = _inner(composer, 1, min(nesting, 1))
        code = [f"{i} = 0", f"while {i} < {rng.randint(2, 4)}:", *body, f"    {i} += 1"]
    elif kind == 1:
        total = composer.fresh("acc")
        code = [f"{i} = {rng.randint(5, 400)}", f"{total} = 0", f"while {i} > 0:"]
        step = rng.choice(("10", "10", "2", "3"))
        code += [
            f"    {total} {rng.choice(('+=', '+=', '-='))} {i} % {step}",
            f"    {i} //= {step}",
        ]
    elif kind == 5:
        code = [f"{i} = {rng.randint(1, 6)}", "while True:"]
        code += [
            f"    {i} = {rng.choice(_GROWTH).format(i)}",
            f"    if {i} > {rng.randint(10, 60)}:",
            "        break",
        ]
    else:
        code = [f"{i} = {rng.randint(2, 5)}", f"while {i}:", f"    {i} -= 1"]
        if rng.random() < 0.5:
            code += [f"    if {composer.expression('b', 1)}:", "        break"]
        code += ["else:", *_inner(composer, 1, 0)]
    return code


def _while_over(composer: Composer, kind: int) -> Code | None:
    """Loops that use up a container, or walk it from both ends."""
    rng = composer.rng
    i = composer.fresh("i")
    if kind == 2:
        name = composer.variable("li") or composer.variable("ls")
        if not name:
            return None
        code = [f"while {rng.choice((name, f'len({name}) > {rng.randint(1, 2)}'))}:"]
        code.append(f"    {i} = {name}.pop({rng.choice(('', '0', '-1'))})")
        composer.declare(
            i, "i" if composer.kinds[name] == "li" else "s", composer.namespace[name][0]
        ) if composer.namespace[name] else None
        composer.lock(name)
        code += _inner(composer, 1, 0)
    elif kind == 3:
        text = composer.variable("s")
        if not text:
            return None
        code = [
            f"while len({text}) > {rng.randint(1, 5)}:",
            f"    {text} = {text}{rng.choice(('[1:]', '[:-1]', '[1:-1]', '[::2]', '[2:]'))}",
        ]
    elif kind == 4:
        a, b = composer.fresh("lo"), composer.fresh("hi")
        text = composer.variable("s") or composer.variable("li")
        if not text:
            return None
        code = [f"{a}, {b} = 0, len({text}) - 1", f"while {a} < {b}:"]
        code += [
            f"    if {text}[{a}] != {text}[{b}]:",
            f"        {rng.choice(('break', f'{a} += 1', f'{b} -= 1'))}",
            f"    {a} += 1",
            f"    {b} -= 1",
        ]
    return code


_RISKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("{n} = int({s})", ("ValueError", "ValueError", "(ValueError, TypeError)", "Exception")),
    ("{n} = {li}[{k}]", ("IndexError", "IndexError", "LookupError", "(IndexError, KeyError)")),
    ("{n} = {dsi}[{w}]", ("KeyError", "KeyError", "Exception", "LookupError")),
    ("{n} = {s}.index({w})", ("ValueError",)),
    ("{n} = {s} + {i}", ("TypeError",)),
    ("{n} = {i} // {z}", ("ZeroDivisionError", "ArithmeticError")),
    ("{n} = {i} / {z}", ("ZeroDivisionError",)),
    ("{li}.remove({k})", ("ValueError",)),
    ("{n} = float({s})", ("ValueError",)),
    ("{n}, {n}b = {s}.split(',')", ("ValueError",)),
    ("{n} = {s}.foo", ("AttributeError",)),
    ("{n} = {s}[{k}]", ("IndexError",)),
    ("raise ValueError({w})", ("ValueError",)),
    ("raise KeyError({w})", ("KeyError",)),
    ("assert {i} > {k}, {w}", ("AssertionError",)),
    ("if {i} > 3:\n    raise TypeError(f'bad {{{i}}}')", ("TypeError", "Exception")),
    ("{n} = next(iter({li}))", ("StopIteration",)),
    ("{n} = len({i})", ("TypeError",)),
    ("{ls}.pop({k})", ("IndexError",)),
)  # fmt: skip


def _try(composer: Composer, nesting: int) -> Code:
    rng = composer.rng
    risk, errors = rng.choice(_RISKS)
    n = composer.fresh("t")
    parts = {
        k: composer.variable(k) or literals.literal(k, rng) for k in ("s", "i", "li", "ls", "dsi")
    }
    risky = risk.format(
        n=n, k=rng.randint(0, 6), w=literals.literal("s", rng), z=rng.choice((0, 0, 2, 3)), **parts
    ).split("\n")
    code = ["try:", *indented(risky)]
    if rng.random() < 0.3:
        code += _inner(composer, 1, 0)
    e = composer.fresh("err")
    error = rng.choice(errors) if rng.random() < 0.96 else "MemoryError"
    if rng.random() < 0.4:
        code.append(f"except {error} as {e}:")
        code.append(
            rng.choice(
                (
                    f"    {n} = str({e})",
                    f"    print({e})",
                    f"    print('error:', {e})",
                    f"    {n} = type({e}).__name__",
                    f"    {n} = {e}.args",
                    f"    {n} = repr({e})",
                )
            )
        )
    else:
        code += [f"except {error}:", *_inner(composer, 1, 0)]
        if rng.random() < 0.5 and "=" in risk:
            code[-1:] = [f"    {n} = {rng.choice(('0', 'None', '-1', repr('none')))}"]
    if rng.random() < 0.15:
        code += ["else:", *_inner(composer, 1, min(nesting, 1))]
    if rng.random() < 0.15:
        code += ["finally:", *_inner(composer, 1, 0)]
    return code


def _match(composer: Composer, nesting: int) -> Code | None:  # noqa: ARG001  # a writer's signature
    rng = composer.rng

    def body() -> Code:
        return indented(_inner(composer, 1, 0))

    x, rest = composer.fresh("m"), composer.fresh("rest")
    name = composer.variable(rng.choice(("i", "s", "li")))
    if not name:
        return None
    kind = composer.kinds.get(name)
    if kind == "i":
        cases = ["case 0:", "case 1 | 2:", f"case {x} if {x} > 5:", "case _:"]
        subject = rng.choice((name, f"{name} % 3"))
    elif kind == "s":
        value = str(composer.namespace.get(name, ""))
        cases = [f"case {value!r}:", f"case {literals.literal('s', rng)}:", f"case str() as {x}:"]
        subject = name
    elif kind == "li":
        cases = ["case []:", f"case [{x}]:", f"case [{x}, *{rest}]:"]
        subject = name
    else:
        return None
    code = [f"match {subject}:"]
    for case in rng.sample(cases[:-1], rng.randint(1, len(cases) - 1)) + cases[-1:]:
        code += ["    " + case, *body()]
    return code


Writer = Callable[[Composer, int], Code | None]
_WRITERS: tuple[Writer, ...] = (_if, _early_return, _for, nested_for, _while, _try, _match)
_RUNNING = (26, 33, 74, 79, 89, 97, 100)
