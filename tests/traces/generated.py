"""Random programs: every kind of statement nested in every other, with many equal lines.

They are made to be hard for line mapping, not to compute anything: few variables, few different
simple statements (so that the same text occurs in many places), and statements that may raise.
Two module-level iterators are the fuel of all loops and calls, so that every program ends.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.traces.programs import Program

_PRELUDE = """\
LOOPS = iter([1] * 20)
CALLS = iter([1] * 8)
class CM:
    def __init__(self, quiet=False):
        self.quiet = quiet
    def __enter__(self):
        return 1
    def __exit__(self, *exc):
        return self.quiet
def deco(fn):
    def inner(*args):
        return fn(*args)
    return inner
"""

_SIMPLE = (
    "a += 1",
    "b = a",
    "a, b = b, a",
    "xs.append(a)",
    "b = len(xs)",
    "c = [i for i in range(a % 3)]",
    "c = {i: j for i in xs for j in range(2)}",
    "b = sum(i for i in xs if i)",
    "b = h(a % 3)",
    "b = h(h(1))",
    "xs = list(g(2))",
    "b = next(it, 0)",
    "it = g(2)",
    "s = {a, b}",
    "del c",
    "pass",
    "assert a < 4",
    "raise ValueError(a)",
    "raise KeyError",
    "xs[a]",
    "b = (lambda v: v + a)(b)",
    "x = 1; y = 2",
    "b = a if b else a",
    "b = (\n    a,\n    b,\n)",
    "b = h(\n    a % 2,\n)",
    "b = [\n    h(0),\n    a,\n]",
    "xs.append(\n    [i\n     for i in xs\n     if i]\n)",
    "if a: b = 1",
    "for i in xs[:2]: b = i",
    "while a < 2: a += 1",
    "with CM(): b = a",
    "class K: n = 1",
    "b = a and \\\n    b",
    "try: b = h(a)\nexcept ValueError: b = 0",
)

_HEADS = ("if a:", "if b == a:", "if a and b:", "if not xs:", "if (a\n        or b):")
_LOOPS = (
    "for i in range(2):",
    "for a in xs[:2]:",
    "for i in g(2):",
    "while next(LOOPS, 0):",
    "while a < 3 and next(LOOPS, 0):",
    "for i, a in enumerate([\n    1,\n    2,\n]):",
)
_HANDLERS = ("except ValueError:", "except KeyError as e:", "except (ValueError, KeyError):")
_WITHS = ("with CM():", "with CM(True) as a:", "with CM() as a, CM(True):")

Lines = list[str]


def _indented(lines: Lines) -> Lines:
    return ["    " + line for line in lines]


@st.composite
def _block(draw: st.DrawFn, depth: int, in_loop: bool, kind: str) -> Lines:
    lines: Lines = []
    for _ in range(draw(st.integers(1, 3))):
        if depth > 0 and draw(st.booleans()):
            lines += draw(_compound(depth - 1, in_loop, kind))
        else:
            lines += draw(_simple(in_loop, kind)).split("\n")
    return lines


@st.composite
def _simple(draw: st.DrawFn, in_loop: bool, kind: str) -> str:
    extra = ["return a", "return"]
    if in_loop:
        extra += ["break", "continue"]
    if kind == "generator":
        extra = [*extra[1:], "yield a", "b = yield a", "yield from xs", "yield"]
    return draw(st.sampled_from(_SIMPLE) | st.sampled_from(extra))


@st.composite
def _compound(draw: st.DrawFn, depth: int, in_loop: bool, kind: str) -> Lines:
    def block(loop: bool = in_loop) -> Lines:
        return _indented(draw(_block(depth, loop, kind)))

    shape = draw(st.sampled_from(("if", "loop", "try", "with", "def", "match")))
    if shape == "if":
        lines = [*draw(st.sampled_from(_HEADS)).split("\n"), *block()]
        if draw(st.booleans()):
            lines += ["elif b:", *block()]
        return [*lines, "else:", *block()] if draw(st.booleans()) else lines
    if shape == "loop":
        lines = [*draw(st.sampled_from(_LOOPS)).split("\n"), *block(True)]
        return [*lines, "else:", *block()] if draw(st.booleans()) else lines
    if shape == "with":
        return [draw(st.sampled_from(_WITHS)), *block()]
    if shape == "def":
        decorator = ["@deco"] if draw(st.booleans()) else []
        body = _indented(draw(_block(0, False, "function")))
        return [*decorator, "def k(a, b=1, xs=()):", *body, "b = k(a)"]
    if shape == "match":
        return ["match a:", "    case 0:", *_indented(block()), "    case _:", *_indented(block())]
    lines = ["try:", *block()]
    has_handler = draw(st.booleans())
    if has_handler:
        lines += [draw(st.sampled_from(_HANDLERS)), *block()]
        if draw(st.booleans()):
            lines += ["else:", *block()]
    if not has_handler or draw(st.booleans()):
        lines += ["finally:", *block()]
    return lines


@st.composite
def programs(draw: st.DrawFn, depth: int = 3) -> Program:
    """A program with an entry `f`, a helper `h` and a generator `g`."""
    lines = _PRELUDE.removesuffix("\n").split("\n")
    lines += ["def h(a, b=0, xs=()):", "    if not next(CALLS, 0): return 0", "    it = iter(xs)"]
    lines += _indented(draw(_block(1, False, "function")))
    if draw(st.booleans()):
        lines.append("@deco")
    lines += [
        "def g(n, a=1, b=2):",
        "    if not next(CALLS, 0): return",
        "    xs = [n]",
        *_indented(draw(_block(1, False, "generator"))),
        "    yield b",
    ]
    body = _indented(draw(_block(depth, False, "function")))
    lines += ["def f(a, b, xs):", "    it = iter(xs)", *body, "    return a"]
    entry = draw(st.sampled_from(("f(0, 1, [1, 2])", "f(2, 2, [])", "f(1, 0, [0])")))
    return Program("generated", "\n".join(lines), entry)
