"""Tests as people and models write them, read into cases that a judge can run.

    assert add(1, 2) == 3                      an assertion about one call
    add(1, 2) == 3      add(1, 2) -> 3         the same without the word
    >>> add(1, 2)                              a doctest example
    3
    Input:                                     what a program reads and prints
    1 2
    Output:
    3

A case is a call of one function with constant arguments and what should come of it, or an input
and an output. Whatever is not of these forms is reported with its line and left out; nothing is
guessed, and nothing of the text is ever run here.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from traces.answers import parse
from traces.constants import NotConstantError, evaluate

Form = Literal["function", "program", "free"]


@dataclass(frozen=True, slots=True)
class Call:
    """A call and what should come of it.

    `function` is empty where only arguments were given. `raises` names an exception type, else
    `expected` is the value; `tolerance` is an absolute one, None for the usual rules.
    """

    function: str
    args: tuple[object, ...]
    kwargs: dict[str, object] = field(default_factory=dict)
    expected: object = None
    raises: str = ""
    tolerance: float | None = None

    def text(self, function: str = "") -> str:
        """The call as Python writes it."""
        parts = [repr(value) for value in self.args]
        parts += [f"{name}={value!r}" for name, value in self.kwargs.items()]
        return f"{self.function or function}({', '.join(parts)})"

    @property
    def expected_text(self) -> str:
        """What should come of it, in words of Python."""
        if self.raises:
            return f"raises {self.raises}"
        about = f" ± {self.tolerance:g}" if self.tolerance else ""
        return f"{self.expected!r}{about}"


@dataclass(frozen=True, slots=True)
class InputOutput:
    """What a program reads, and what it should print."""

    stdin: str
    expected: str


Case = Call | InputOutput


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that is no test. `line` is 1-based; `message` says what to write instead."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Tests:
    """What was read, in order, and what was not."""

    __test__ = False

    cases: tuple[Case, ...] = ()
    unread: tuple[Unread, ...] = ()


_HOW: Final = "Write one call and one value, for example: assert add(1, 2) == 3"
#: A line that says that an input or an output follows.
LABEL: Final = re.compile(
    r"[ \t#*>-]*(?:example|sample|test)?[ \t]*"
    r"(?P<what>input|stdin|expected(?: output)?|output|stdout)"
    r"[ \t]*\d{0,3}\**[ \t]*:\**[ \t]*(?P<rest>.*)",
    re.IGNORECASE,
)
_ARROW: Final = re.compile(r"(.+?)[ \t]*(?:->|=>|→|returns|should return)[ \t]*(.+)")
_RAISES: Final = re.compile(r"raises?[ \t]+([A-Za-z_][A-Za-z_0-9.]{0,80})\(?.*")


def read_tests(text: str, *, form: Form = "free") -> Tests:
    """Every test in `text`, of whatever kind it is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if form != "function" and any(LABEL.fullmatch(line) for line in text.split("\n")):
        return _read_pairs(text)
    if form == "program":
        if not text.strip():
            return Tests()
        message = 'Write "Input:" and "Output:" on lines of their own, each followed by its text.'
        return Tests((), (Unread(1, message),))
    tree = parse(text)
    if tree is not None:
        return _collect(_of_statement(node) for node in tree.body)
    return _collect(_of_lines(text.split("\n")))


def read_row(given: str, expected: str, *, form: Form = "free") -> Case | Unread:
    """One row of a form: a call or its arguments, or what a program reads."""
    call = _expression(given)
    is_call = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    if form == "program" or (form == "free" and not is_call):
        return InputOutput(given, expected)
    if not is_call:
        call = _expression(f"_({given})")
        if not isinstance(call, ast.Call):
            return Unread(1, f"{given[:80]!r} is neither a call nor its arguments. {_HOW}")
        read = _case(call, expected)
        return (
            Call("", read.args, read.kwargs, read.expected, read.raises)
            if (isinstance(read, Call))
            else read
        )
    assert isinstance(call, ast.Call)  # noqa: S101  # for the type checker
    return _case(call, expected)


def _case(call: ast.Call, expected: str) -> Call | Unread:
    try:
        function, args, kwargs = _call(call)
        found = _RAISES.fullmatch(expected.strip())
        if found:
            return Call(function, args, kwargs, raises=found[1].rpartition(".")[2])
        node = _expression(expected)
        if node is None:
            return Unread(
                1,
                f"{expected[:80]!r} is no value as Python writes it: text needs quotes, "
                "for example 'abc'.",
            )
        return Call(function, args, kwargs, evaluate(node))
    except NotConstantError as problem:
        return Unread(1, f"{problem} {_HOW}")


def _collect(found: Iterable[Case | Unread | None]) -> Tests:
    items = [item for item in found if item is not None]
    return Tests(
        tuple(item for item in items if not isinstance(item, Unread)),
        tuple(item for item in items if isinstance(item, Unread)),
    )


# --- calls --------------------------------------------------------------------------------------


def _of_statement(node: ast.stmt) -> Case | Unread | None:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return None
        case ast.Expr(ast.Constant(str())):
            return None
        case ast.Assert(test):
            return _of_condition(test, node.lineno)
        case ast.Expr(ast.Compare() as test):
            return _of_condition(test, node.lineno)
        case ast.Expr(ast.Call(ast.Name("print"), [argument], [])):
            return _of_condition(argument, node.lineno)
        case ast.With() | ast.Try():
            return _of_raising(node)
    return Unread(node.lineno, f"This is no test. {_HOW}")


def _of_condition(test: ast.expr, line: int) -> Case | Unread:
    try:
        return _condition(test)
    except NotConstantError as problem:
        return Unread(line, f"{problem} {_HOW}")


def _condition(test: ast.expr) -> Call:
    match test:
        case ast.Compare(left, [ast.Eq() | ast.Is()], [right]):
            if _is_plain_call(left):
                return _returning(left, evaluate(right))
            if _is_plain_call(right):
                return _returning(right, evaluate(left))
        case ast.Compare(
            ast.Call(ast.Name("abs"), [ast.BinOp(left, ast.Sub(), right)], []),
            [ast.Lt() | ast.LtE()],
            [limit],
        ):
            call, value = (left, right) if _is_plain_call(left) else (right, left)
            return _returning(call, evaluate(value), _number(evaluate(limit)))
        case ast.Call(func, [left, right], keywords) if ast.unparse(func).endswith("isclose"):
            call, value = (left, right) if _is_plain_call(left) else (right, left)
            wanted = evaluate(value)
            named = {k.arg: _number(evaluate(k.value)) for k in keywords}
            relative = named.get("rel_tol", 1e-9) * abs(_number(wanted))
            return _returning(call, wanted, max(relative, named.get("abs_tol", 0.0)))
        case ast.UnaryOp(ast.Not(), call) if _is_plain_call(call):
            return _returning(call, expected=False)
        case ast.Call() if _is_plain_call(test):
            return _returning(test, expected=True)
    raise NotConstantError(f"{ast.unparse(test)[:80]} does not compare one call with one value.")


def _number(value: object) -> float:
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    raise NotConstantError(f"{value!r:.80} is no number.")


#: Calls around the call of interest, which a judge cannot make.
_BUILTIN: Final = frozenset({
    "abs", "all", "any", "bool", "dict", "float", "frozenset", "int", "isinstance", "len", "list",
    "max", "min", "print", "repr", "round", "set", "sorted", "str", "sum", "tuple", "type",
})  # fmt: skip


def _is_plain_call(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id not in _BUILTIN
    )


def _returning(node: ast.expr, expected: object, tolerance: float | None = None) -> Call:
    if not isinstance(node, ast.Call):
        raise NotConstantError(f"{ast.unparse(node)[:80]} is no call.")
    function, args, kwargs = _call(node)
    return Call(function, args, kwargs, expected, tolerance=tolerance)


def _call(node: ast.Call) -> tuple[str, tuple[object, ...], dict[str, object]]:
    if not isinstance(node.func, ast.Name):
        raise NotConstantError(f"{ast.unparse(node.func)[:80]} is not a function's name.")
    if any(isinstance(arg, ast.Starred) for arg in node.args):
        raise NotConstantError("Arguments with * are not read.")
    kwargs: dict[str, object] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise NotConstantError("Arguments with ** are not read.")
        kwargs[keyword.arg] = evaluate(keyword.value)
    return node.func.id, tuple(evaluate(arg) for arg in node.args), kwargs


def _of_raising(node: ast.With | ast.Try) -> Case | Unread:
    """`with pytest.raises(E): f(1)` and `try: f(1) … except E: …`."""
    match node:
        case ast.With(
            [ast.withitem(ast.Call(func, [kind, *_]))], [ast.Expr(ast.Call() as call)]
        ) if ast.unparse(func).rpartition(".")[2] in ("raises", "assertRaises"):
            pass
        case ast.Try([ast.Expr(ast.Call() as call), *_], [ast.ExceptHandler(ast.expr() as kind)]):
            pass
        case _:
            return Unread(node.lineno, f"This is no test. {_HOW}")
    try:
        function, args, kwargs = _call(call)
    except NotConstantError as problem:
        return Unread(node.lineno, f"{problem} {_HOW}")
    return Call(function, args, kwargs, raises=ast.unparse(kind).rpartition(".")[2])


def _of_lines(lines: list[str]) -> Iterator[Case | Unread | None]:
    """Doctest examples, arrows and single assertions, line by line."""
    at = 0
    while at < len(lines):
        line, number = lines[at].strip(), at + 1
        at += 1
        if not line or line.startswith("#"):
            continue
        if line.startswith(">>>"):
            expected = []
            while at < len(lines) and lines[at].strip() and not lines[at].strip().startswith(">>>"):
                expected.append(lines[at].strip())
                at += 1
            if expected or _is_plain_call(_expression(line[3:]) or ast.Constant(0)):
                yield _at(number, _example(line[3:].strip(), "\n".join(expected)))
            continue
        arrow = _ARROW.fullmatch(line.lstrip("-*• "))
        tree = parse(line)
        if tree is not None and tree.body:
            yield _at(number, _of_statement(tree.body[0]))
        elif arrow:
            yield _at(number, _example(arrow[1].strip("` "), arrow[2].strip("` ")))
        else:
            yield Unread(number, f"{line[:80]!r} is no test. {_HOW}")


def _example(call: str, expected: str) -> Case | Unread:
    node = _expression(call)
    if not isinstance(node, ast.Call):
        return Unread(1, f"{call[:80]!r} is no call. {_HOW}")
    if expected.startswith("Traceback"):
        return _case(node, f"raises {expected.rsplit(chr(10), 1)[-1].partition(':')[0]}")
    return _case(node, expected or "None")


def _at(line: int, found: Case | Unread | None) -> Case | Unread | None:
    return Unread(line, found.message) if isinstance(found, Unread) else found


def _expression(text: str) -> ast.expr | None:
    tree = parse(text.strip())
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return tree.body[0].value


# --- input and output -----------------------------------------------------------------------------


def _read_pairs(text: str) -> Tests:
    """`Input:` and `Output:`, each with its text behind it or on the lines below."""
    cases: list[Case] = []
    unread: list[Unread] = []
    given: str | None = None
    for number, what, body in _sections(text):
        is_input = what in ("input", "stdin")
        if is_input and given is not None:
            unread.append(Unread(number, "An input follows an input: its output is missing."))
        if is_input:
            given = body
        elif given is None:
            unread.append(Unread(number, "An output has no input before it."))
        else:
            cases.append(InputOutput(given, body))
            given = None
    if given is not None:
        unread.append(Unread(text.count("\n") + 1, "The last input has no output."))
    return Tests(tuple(cases), tuple(unread))


def _sections(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, label and text of each section."""
    label, start, body = "", 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        found = LABEL.fullmatch(line)
        if found is None:
            body.append(line)
            continue
        if label:
            yield start, label, _section_text(body)
        label, start, body = found["what"].lower(), number, [found["rest"]]
    if label:
        yield start, label, _section_text(body)


def _section_text(lines: list[str]) -> str:
    """The text under a label: fences and surrounding blank lines do not belong to it."""
    kept = [line for line in lines if not re.fullmatch(r"\s*(?:```|~~~)\w*\s*", line)]
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    return "\n".join(kept) + "\n" if kept else ""
