"""What in a program is hard for a model that predicts traces, and where.

Read from the syntax tree alone, before anything runs. Each finding names the line, what it is, and
why it is hard in words for the person who wrote the program. The reasons come from published
studies of CWM's failures (arXiv 2602.07672: string state, nested calls, long runs that lose the
next line) and from the format itself (object state that a default repr hides, threads and native
code that a trace does not show).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

import msgspec

Construct = Literal[
    "threads",
    "native_code",
    "unpredictable",
    "opaque_object",
    "recursion",
    "endless_loop",
    "list_growth",
    "nested_string_calls",
    "long_string",
    "modular_arithmetic",
    "floats",
    "long_loop",
    "long_value",
    "long_trace",
    "incomplete",
]

#: `hard`: expect the prediction to go wrong here. `note`: it may.
Severity = Literal["note", "hard"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that is hard, on 1-based `line` (0: the program as a whole)."""

    construct: Construct
    line: int
    severity: Severity
    message: str


#: A word of this length is several tokens, so its characters are hidden from the model.
LONG_STRING_CHARS = 24

#: With more functions than this only direct recursion is looked for: the rest costs their square.
MAX_FUNCTIONS = 300

_THREADS = {"threading", "multiprocessing", "concurrent", "subprocess", "_thread"}
_NATIVE = {"numpy", "pandas", "torch", "scipy", "sklearn", "ctypes", "cv2", "PIL"}
_UNPREDICTABLE = {"random", "time", "datetime", "uuid", "secrets", "os", "socket", "urllib"}
_UNPREDICTABLE_CALLS = {"id", "hash", "input", "open"}

_STRING_METHODS = frozenset(name for name in dir(str) if not name.startswith("_"))
_VISIBLE_BASES = {"NamedTuple", "Enum", "IntEnum", "StrEnum", "Flag", "TypedDict", "Exception"}


def find_constructs(tree: ast.Module) -> list[Finding]:
    """All findings, in the order of their lines; at most one of a kind per line."""
    found: dict[tuple[Construct, int], Finding] = {}
    for finding in _all_findings(tree):
        found.setdefault((finding.construct, finding.line), finding)
    return sorted(found.values(), key=lambda finding: (finding.line, finding.construct))


def _all_findings(tree: ast.Module) -> Iterator[Finding]:
    yield from _recursions(tree)
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom():
                yield from _imports(node)
            case ast.ClassDef():
                yield from _classes(node)
            case ast.For() | ast.While() | ast.AsyncFor():
                yield from _loops(node)
            case ast.Call():
                yield from _calls(node)
            case ast.Constant(value=str() as text) if len(text) >= LONG_STRING_CHARS:
                if id(node) not in docstrings:
                    yield Finding(
                        "long_string",
                        node.lineno,
                        "note",
                        f"A string of {len(text)} characters. The model sees words, not letters, "
                        "so what is done to single characters is easily wrong.",
                    )
            case ast.BinOp() | ast.AugAssign():
                yield from _arithmetic(node)
            case ast.AsyncFunctionDef():
                yield Finding(
                    "threads",
                    node.lineno,
                    "note",
                    "Asynchronous code. The order of steps is decided by an event loop that the "
                    "trace does not show.",
                )
            case _:
                pass


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[Finding]:
    names = (
        [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
    )
    for name in names:
        root = name.partition(".")[0]
        if root in _THREADS:
            yield Finding(
                "threads",
                node.lineno,
                "hard",
                f"`{root}` runs code side by side. A trace is one line of steps and the model has "
                "no notion of a second one.",
            )
        elif root in _NATIVE:
            yield Finding(
                "native_code",
                node.lineno,
                "hard",
                f"`{root}` computes in compiled code: many operations in one step that the model "
                "must do in its head.",
            )
        elif root in _UNPREDICTABLE:
            yield Finding(
                "unpredictable",
                node.lineno,
                "hard",
                f"`{root}` gives values that differ from run to run. No model can predict them, "
                "and the comparison counts them as wrong.",
            )


def _classes(node: ast.ClassDef) -> Iterator[Finding]:
    decorated = {_name(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
    bases = {_name(base) for base in node.bases}
    methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    has_state = any(
        isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store)
        for inner in ast.walk(node)
    )
    shows = "dataclass" in decorated or "__repr__" in methods or bases & _VISIBLE_BASES
    if has_state and not shows:
        yield Finding(
            "opaque_object",
            node.lineno,
            "hard",
            f"Objects of `{node.name}` print as `<{node.name} object>`, which hides what is in "
            "them: the model must remember it. A `__repr__` or `@dataclass` makes it visible.",
        )


def _loops(node: ast.For | ast.While | ast.AsyncFor) -> Iterator[Finding]:
    if isinstance(node, ast.While) and _is_true(node.test) and not _can_leave(node):
        yield Finding(
            "endless_loop",
            node.lineno,
            "hard",
            "Nothing ends this loop: the prediction will run until its budget is used up.",
        )
    for inner in _own_nodes(node):
        if (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr in ("append", "extend", "insert", "appendleft")
        ):
            yield Finding(
                "list_growth",
                inner.lineno,
                "note",
                "A list that grows in a loop is written out whole after every change: the cost "
                "grows with the square of its length.",
            )


def _calls(node: ast.Call) -> Iterator[Finding]:
    chained = 0
    inner: ast.expr = node
    while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
        chained += inner.func.attr in _STRING_METHODS
        inner = inner.func.value
    nested = sum(
        isinstance(n, ast.Call)
        and isinstance(n.func, ast.Attribute)
        and n.func.attr in _STRING_METHODS
        for argument in node.args
        for n in ast.walk(argument)
    )
    if chained and chained + nested >= 2:
        yield Finding(
            "nested_string_calls",
            node.lineno,
            "hard",
            f"{chained + nested} string operations in one step. The model must do all but the last "
            "in its head; a variable for each result makes them visible.",
        )
    if isinstance(node.func, ast.Name) and node.func.id in _UNPREDICTABLE_CALLS:
        yield Finding(
            "unpredictable",
            node.lineno,
            "note",
            f"What `{node.func.id}()` gives does not follow from the program alone.",
        )
    if isinstance(node.func, ast.Name) and node.func.id == "pow" and len(node.args) == 3:
        yield _modular(node.lineno)


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[Finding]:
    is_format = isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant | ast.JoinedStr)
    if isinstance(node.op, ast.Mod) and not (is_format and _is_text(node)):
        yield _modular(node.lineno)
    elif isinstance(node.op, ast.Div):
        yield Finding(
            "floats",
            node.lineno,
            "note",
            "Division gives decimal fractions. The model writes all their digits from memory, and "
            "one wrong digit is a wrong value.",
        )


def _modular(line: int) -> Finding:
    return Finding(
        "modular_arithmetic",
        line,
        "note",
        "Remainders of large numbers are long calculations in one step; over many rounds one slip "
        "spoils all that follows.",
    )


def _is_text(node: ast.BinOp | ast.AugAssign) -> bool:
    left = node.left if isinstance(node, ast.BinOp) else node.target
    return isinstance(left, ast.JoinedStr) or (
        isinstance(left, ast.Constant) and isinstance(left.value, str)
    )


def _recursions(tree: ast.Module) -> Iterator[Finding]:
    """Functions that reach themselves through calls by name."""
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    calls = {
        name: {
            called
            for inner in ast.walk(node)
            if isinstance(inner, ast.Call) and (called := _name(inner.func)) in functions
        }
        for name, node in functions.items()
    }
    is_small = len(functions) <= MAX_FUNCTIONS
    for name, node in functions.items():
        seen: set[str] = set()
        todo = list(calls[name] if is_small else calls[name] & {name})
        while todo:
            called = todo.pop()
            if called not in seen:
                seen.add(called)
                todo += calls[called]
        if name in seen:
            yield Finding(
                "recursion",
                node.lineno,
                "note",
                f"`{name}` calls itself. After every return the model must recall the caller's "
                "variables from far above.",
            )


def _own_nodes(loop: ast.AST) -> Iterator[ast.AST]:
    """Everything in a loop except what is inside functions and inner loops."""
    todo = list(ast.iter_child_nodes(loop))
    while todo:
        node = todo.pop()
        yield node
        skipped = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.For, ast.While)
        if not isinstance(node, skipped):
            todo += ast.iter_child_nodes(node)


def _can_leave(loop: ast.While) -> bool:
    leaving = (ast.Break, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await)
    return any(isinstance(node, leaving) for node in ast.walk(loop))


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _docstrings(tree: ast.Module) -> set[int]:
    """The ids of the constants that document a module, a class or a function."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr):
                found.add(id(first.value))
    return found


def _name(node: ast.expr) -> str:
    """The last part of a dotted name; "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
