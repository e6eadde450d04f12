"""How many events a program will make, estimated from its syntax tree without running it.

Theory of operation. The estimator walks the statements that the entry call would run and counts
one event per line, two per call. Loops count as often as their iterable says, where that can be
read off (`range(10)`, a literal, a name bound to one); branches count the longer side. Where
nothing can be read off it guesses, and says so with `is_certain=False`. The walk itself is
bounded: a program that would take longer to estimate than to run ends in a guess as well.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

#: Rounds of a loop whose length is unknown.
GUESSED_ROUNDS = 8

#: Calls that a recursive function makes to itself before it ends.
GUESSED_RECURSION = 8

#: Syntax nodes visited before the estimator gives up counting exactly.
MAX_VISITS = 50_000

#: No estimate is larger.
MAX_EVENTS = 10**9

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
#: What is known about names: the length of a value, or the value of an int.
Known = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cost:
    """Events, and whether they were counted rather than guessed."""

    events: int
    is_certain: bool


def estimate_events(tree: ast.Module, entry: str) -> Cost:
    """Events of evaluating `entry` in the program; of `main()` or the module for an empty entry.

    Raises `SyntaxError` when `entry` is no expression, `RecursionError` when the program is nested
    too deeply.
    """
    estimator = _Estimator(tree)
    if not entry and "main" not in estimator.functions:
        return estimator.result(2 + estimator.block(tree.body, {}))
    call = ast.parse(entry or "main()", mode="eval").body
    return estimator.result(estimator.expression(call, {}))


class _Estimator:
    def __init__(self, tree: ast.Module) -> None:
        self.functions: dict[str, Function] = {}
        self._classes: dict[str, ast.ClassDef] = {}
        self._running: dict[str, int] = {}
        self._known: dict[tuple[str, tuple[tuple[str, int], ...]], int] = {}
        self._visits = 0
        self._is_certain = True
        for node in ast.walk(tree):
            if isinstance(node, Function):
                self.functions.setdefault(node.name, node)
            elif isinstance(node, ast.ClassDef):
                self._classes.setdefault(node.name, node)

    def result(self, events: int) -> Cost:
        return Cost(min(events, MAX_EVENTS), self._is_certain)

    def block(self, statements: list[ast.stmt], known: Known) -> int:
        """Events of statements run one after the other."""
        names = dict(known)
        total = 0
        for statement in statements:
            total += self._statement(statement, names)
            _learn(statement, names)
            if isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue):
                break
        return min(total, MAX_EVENTS)

    def expression(self, node: ast.AST, known: Known) -> int:
        """Events inside an expression: calls of the program's own functions, comprehensions."""
        self._visits += 1
        if self._visits > MAX_VISITS:
            self._is_certain = False
            return 0
        if isinstance(node, ast.Lambda):
            return 0
        if isinstance(node, Comprehension):
            return self._comprehension(node, known)
        total = sum(self.expression(child, known) for child in ast.iter_child_nodes(node))
        if isinstance(node, ast.Call):
            total += self._call(node, known)
        return min(total, MAX_EVENTS)

    def _statement(self, node: ast.stmt, known: Known) -> int:
        match node:
            case ast.For() | ast.AsyncFor():
                rounds = self._rounds(node.iter, known)
                body = self.block(node.body, known)
                return self.expression(node.iter, known) + 1 + rounds * (body + 1)
            case ast.While():
                self._is_certain = False
                body = self.block(node.body, known)
                test = 1 + self.expression(node.test, known)
                return test + GUESSED_ROUNDS * (body + test)
            case ast.If():
                self._is_certain = False
                longer = max(self.block(node.body, known), self.block(node.orelse, known))
                return 1 + self.expression(node.test, known) + longer
            case ast.With() | ast.AsyncWith():
                items = sum(self.expression(item, known) for item in node.items)
                return 2 + items + self.block(node.body, known)
            case ast.Try():
                body = self.block(node.body, known) + self.block(node.orelse, known)
                return 1 + body + self.block(node.finalbody, known)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return 1 + len(node.decorator_list)
            case ast.ClassDef():
                return 3 + len(node.body)
            case ast.Match():
                self._is_certain = False
                longest = max((self.block(case.body, known) for case in node.cases), default=0)
                return 1 + len(node.cases) + longest
            case _:
                return _lines(node) + self.expression(node, known)

    def _comprehension(self, node: Comprehension, known: Known) -> int:
        rounds = 1
        for generator in node.generators:
            rounds *= self._rounds(generator.iter, known)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        inside = sum(self.expression(part, known) for part in parts)
        source = self.expression(node.generators[0].iter, known)
        per_round = 3 if isinstance(node, ast.GeneratorExp) else 1
        return min(source + 3 + rounds * (inside + per_round), MAX_EVENTS)

    def _call(self, node: ast.Call, known: Known) -> int:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
        made = self._classes.get(name)
        if made is not None:
            methods = {item.name: item for item in made.body if isinstance(item, Function)}
            init = methods.get("__init__")
            return self._enter(f"{name}.__init__", init, node, known, bound=1) if init else 0
        bound = int(isinstance(node.func, ast.Attribute))
        return self._enter(name, self.functions.get(name), node, known, bound=bound)

    def _enter(
        self, name: str, function: Function | None, call: ast.Call, known: Known, *, bound: int
    ) -> int:
        """Events of one call of a function of the program."""
        if function is None:
            return 0
        if self._running.get(name):
            self._is_certain = False
            return 0
        names = [argument.arg for argument in function.args.args][bound:]
        given = {
            parameter: size
            for parameter, argument in zip(names, call.args, strict=False)
            if (size := _size(argument, known)) is not None
        }
        key = (name, tuple(sorted(given.items())))
        if key not in self._known:
            was_certain, self._is_certain = self._is_certain, True
            self._running[name] = 1
            events = 2 + self.block(function.body, given)
            self._running[name] = 0
            if _calls_itself(function):
                events *= GUESSED_RECURSION
                self._is_certain = False
            self._known[key] = min(events, MAX_EVENTS)
            self._is_certain = self._is_certain and was_certain
        return self._known[key]

    def _rounds(self, iterable: ast.expr, known: Known) -> int:
        rounds = _length(iterable, known)
        if rounds is None:
            self._is_certain = False
            return GUESSED_ROUNDS
        return min(rounds, MAX_EVENTS)


def _lines(node: ast.stmt) -> int:
    """Line events of a simple statement: one, or about one per line if it spans several."""
    extra = (node.end_lineno or node.lineno) - node.lineno
    return 1 + extra


def _learn(statement: ast.stmt, names: dict[str, int]) -> None:
    """Remember what an assignment says about a name; forget what it no longer says."""
    targets: list[ast.expr] = []
    value: ast.expr | None = None
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign):
        targets = [statement.target]
        value = statement.value if isinstance(statement, ast.AnnAssign) else None
    for target in targets:
        if isinstance(target, ast.Name):
            size = _size(value, names) if value is not None else None
            if size is None:
                names.pop(target.id, None)
            else:
                names[target.id] = size


def _size(node: ast.expr, known: Known) -> int | None:
    """The value of an int expression or the length of a container, where it can be read off."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() as number):
            return number
        case ast.Name(id=name):
            return known.get(name)
        case ast.BinOp(left=left, op=op, right=right):
            return _combine(_size(left, known), op, _size(right, known))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            number_or_none = _size(operand, known)
            return None if number_or_none is None else -number_or_none
        case ast.Call(func=ast.Name(id="len"), args=[argument]):
            return _size(argument, known)
        case _:
            return _length(node, known)


def _combine(left: int | None, op: ast.operator, right: int | None) -> int | None:
    if left is None or right is None or max(abs(left), abs(right)) > MAX_EVENTS:
        return None
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.FloorDiv() if right:
            return left // right
        case _:
            return None


def _length(node: ast.expr, known: Known) -> int | None:
    """How many items an iterable expression gives, where it can be read off."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            starred = any(isinstance(item, ast.Starred) for item in items)
            return None if starred else len(items)
        case ast.Dict(keys=keys):
            return len(keys)
        case ast.Constant(value=str() | bytes() as text):
            return len(text)
        case ast.Name(id=name):
            return known.get(name)
        case ast.Call(func=ast.Name(id="range"), args=args) if 1 <= len(args) <= 3:
            numbers = [_size(argument, known) for argument in args]
            if any(number is None for number in numbers) or (len(args) == 3 and not numbers[2]):
                return None
            return _range_length([n for n in numbers if n is not None])
        case ast.Call(
            func=ast.Name(id="enumerate" | "reversed" | "sorted" | "list" | "tuple" | "iter"),
            args=[first, *_],
        ):
            return _length(first, known)
        case ast.Call(func=ast.Name(id="zip"), args=args) if args:
            lengths = [_length(argument, known) for argument in args]
            numbers_known = [length for length in lengths if length is not None]
            return min(numbers_known) if len(numbers_known) == len(lengths) else None
        case ast.Call(
            func=ast.Attribute(value=inner, attr="items" | "keys" | "values" | "copy"), args=[]
        ):
            return _length(inner, known)
        case _:
            return None


def _range_length(numbers: list[int]) -> int:
    try:
        return len(range(*numbers))
    except OverflowError:
        return MAX_EVENTS


def _calls_itself(function: Function) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == function.name)
            or (isinstance(node.func, ast.Attribute) and node.func.attr == function.name)
        )
        for node in ast.walk(function)
    )
