"""Which lines can follow which, inside one code object, as CPython 3.11's tracing sees it.

Theory of operation. A trace shows a source line when the interpreter starts to execute an
instruction of another line than the instruction before, or jumps backwards
(`maybe_call_line_trace` in CPython 3.11's Python/ceval.c). So the bytecode, read as a graph, tells
exactly which lines can follow: no model of statements is needed, and multi-line calls, `with`
exits, duplicated `finally` bodies and one-line loops come out as CPython does them. The program is
compiled, never run.

A *position* is the index of the instruction whose execution made the last line event (or the
function's entry, or the `yield` at which a generator rests). From a position the graph is searched
along edges that make no event until edges that do. Edges into exception handlers count only after
an exception event, except from instructions that re-raise, which make none.

Under another Python than 3.11 the compiler's graph differs a little (3.12 inlines comprehensions);
line mapping then finds fewer steps possible and marks more of them, but invents nothing.
"""

from __future__ import annotations

import ast
import dis
import warnings
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import CodeType

_JUMPS = frozenset(dis.hasjrel) | frozenset(dis.hasjabs)
_ALWAYS_JUMPS = frozenset(
    {"JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_ABSOLUTE"}
)
_LEAVES = frozenset({"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"})
_NAME_LOADS = frozenset(
    {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FAST", "LOAD_DEREF", "LOAD_CLASSDEREF"}
    | {"LOAD_METHOD", "LOAD_ATTR", "LOAD_SUPER_ATTR"}
)
#: Code objects that run at once where they stand, called by the function around them.
_INLINE_NAMES = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})

#: A larger program (in instructions, about) is mapped by its text alone.
MAX_INSTRUCTIONS = 200_000

#: The position of an activation that is somewhere in its code.
ANYWHERE = -1

Steps = dict[int, frozenset[int]]
_NO_STEPS: Steps = {}


@dataclass(frozen=True, slots=True)
class _Reach:
    """What can happen after a position: events along ordinary edges, and after an exception."""

    ordinary: Steps
    handled: Steps
    iterates: bool
    returns: bool
    yields: frozenset[int]
    names: frozenset[str]


class _Graph:
    """Instructions of one code object, and which can follow which."""

    def __init__(self, code: CodeType) -> None:
        instructions = list(dis.get_instructions(code))
        index = {ins.offset: n for n, ins in enumerate(instructions)}
        lines = {o: line for a, b, line in code.co_lines() for o in range(a, b, 2)}
        self.line = [lines.get(ins.offset) for ins in instructions]
        self.op = [ins.opname for ins in instructions]
        self.name = [
            ins.argval if ins.opname in _NAME_LOADS and isinstance(ins.argval, str) else ""
            for ins in instructions
        ]
        self.entry = self.op.index("RESUME") if "RESUME" in self.op else 0
        self.next: list[tuple[int, ...]] = []
        for n, ins in enumerate(instructions):
            targets = [index[ins.argval]] if ins.opcode in _JUMPS else []
            falls = ins.opname not in _ALWAYS_JUMPS and ins.opname not in _LEAVES
            if falls and n + 1 < len(instructions):
                targets.append(n + 1)
            self.next.append(tuple(targets))
        self.handler: list[int | None] = [None] * len(instructions)
        for start, end, target in _exception_table(code.co_exceptiontable):
            for offset in range(start, end, 2):
                if offset in index:
                    self.handler[index[offset]] = index[target]

    def fires(self, before: int, at: int) -> bool:
        """Whether going from one instruction to the other makes a line event."""
        line = self.line[at]
        if line is None or self.op[at] == "RESUME" or at <= self.entry:
            return False
        last = None if before <= self.entry else self.line[before]
        return line != last or (at < before and self.op[at] != "SEND")

    def event_targets(self) -> Steps:
        """Every instruction that can make a line event, by line."""
        found: dict[int, set[int]] = {}
        for before, targets in enumerate(self.next):
            handler = self.handler[before]
            for at in targets if handler is None else (*targets, handler):
                line = self.line[at]
                if line is not None and self.fires(before, at):
                    found.setdefault(line, set()).add(at)
        return {line: frozenset(positions) for line, positions in found.items()}

    def search(self, begin: list[int]) -> tuple[set[int], dict[int, set[int]]]:
        """Everything reachable without an event, and the events at its border."""
        segment = set(begin)
        events: dict[int, set[int]] = {}
        work = list(segment)
        while work:
            before = work.pop()
            targets = self.next[before]
            handler = self.handler[before]
            reraises = self.op[before] == "RERAISE" and handler is not None
            for at in (*targets, handler) if reraises and handler is not None else targets:
                line = self.line[at]
                fires = self.fires(before, at)
                if fires and line is not None:
                    events.setdefault(line, set()).add(at)
                # RERAISE restores the position of the original raise, which is not known here,
                # so its edge may or may not make an event.
                if (not fires or reraises) and at not in segment:
                    segment.add(at)
                    work.append(at)
        return segment, events


class CodeFlow:
    """The line graph of one code object. It is built when it is first asked for."""

    def __init__(self, code: CodeType, parent: CodeFlow | None) -> None:
        self.name = code.co_name
        self.qualname = code.co_qualname
        self.parent = parent
        count = code.co_argcount + code.co_kwonlyargcount
        count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)  # *args, **kwargs
        self.arguments = code.co_varnames[:count]
        self.free_names = frozenset(code.co_freevars)
        self.first_line = code.co_firstlineno
        self.is_resumable = bool(code.co_flags & 0x2A0)  # generator, coroutine, async generator
        self.is_class_body = not code.co_flags & 0x01
        self.runs_at_once = self.name in _INLINE_NAMES or self.is_class_body
        self._code = code
        self._reach: dict[int, _Reach] = {}

    @cached_property
    def _graph(self) -> _Graph:
        return _Graph(self._code)

    @property
    def entry(self) -> int:
        """The position at which the code begins."""
        return self._graph.entry

    @cached_property
    def starts(self) -> Steps:
        """Every position at which a line event can happen, by line."""
        return self._graph.event_targets()

    def line_of(self, position: int) -> int:
        """The line that a trace shows while execution is at `position`; 0 if not known."""
        return 0 if position == ANYWHERE else self._graph.line[position] or 0

    def steps(self, position: int, *, raised: bool) -> list[Steps]:
        """Line to positions for the next line event. `raised`: an exception event came between."""
        if position == ANYWHERE:
            return [self.starts]
        reach = self._reached(position)
        if not raised:
            return [reach.ordinary]
        # The end of an iterator shows as an exception too, and then execution just goes on.
        return [reach.handled, reach.ordinary] if reach.iterates else [reach.handled]

    def yields(self, position: int) -> frozenset[int]:
        """The positions at which a generator may rest if its activation is left now."""
        if position == ANYWHERE:
            return frozenset()  # not known well enough to recognise the resumption
        return self._reached(position).yields

    def can_return(self, position: int) -> bool:
        """Whether the activation can be left now other than by an exception."""
        return position == ANYWHERE or self._reached(position).returns

    def names(self, position: int) -> frozenset[str]:
        """Variables and attributes that the code loads between this event and the next."""
        return frozenset() if position == ANYWHERE else self._reached(position).names

    def _reached(self, position: int) -> _Reach:
        reach = self._reach.get(position)
        if reach is None:
            graph = self._graph
            segment, ordinary = graph.search([position])
            handled: dict[int, set[int]] = {}
            silent: list[int] = []
            for before in segment:
                handler = graph.handler[before]
                if handler is None:
                    continue
                line = graph.line[handler]
                if line is not None and graph.fires(before, handler):
                    handled.setdefault(line, set()).add(handler)
                else:
                    silent.append(handler)
            for line, positions in graph.search(silent)[1].items():
                handled.setdefault(line, set()).update(positions)
            ops = {graph.op[n] for n in segment}
            reach = _Reach(
                ordinary={line: frozenset(p) for line, p in ordinary.items()},
                handled={line: frozenset(p) for line, p in handled.items()},
                iterates=not ops.isdisjoint({"FOR_ITER", "SEND"}),
                returns=not ops.isdisjoint({"RETURN_VALUE", "RETURN_CONST", "YIELD_VALUE"}),
                yields=frozenset(n for n in segment if graph.op[n] == "YIELD_VALUE"),
                names=frozenset(graph.name[n] for n in segment if graph.name[n]),
            )
            self._reach[position] = reach
        return reach


def parse_program(source: str) -> ast.Module | None:
    """The program's syntax tree, or None if Python cannot parse it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def program_flows(tree: ast.Module | None) -> list[CodeFlow]:
    """The flows of every code object of a program, outer before inner; empty if it cannot be
    compiled or would become too large."""
    if tree is None:
        return []
    try:
        if compiled_size(tree.body)[0] > MAX_INSTRUCTIONS:
            return []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = compile(tree, "<program>", "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return []
    flows: list[CodeFlow] = []
    pending: deque[tuple[CodeType, CodeFlow | None]] = deque([(module, None)])
    while pending:
        code, parent = pending.popleft()
        flow = CodeFlow(code, parent)
        flows.append(flow)
        pending.extend((c, flow) for c in code.co_consts if isinstance(c, CodeType))
    return flows


def compiled_size(body: Sequence[ast.AST]) -> tuple[int, int]:
    """About how many instructions the statements become, and how many exits they contain.

    The compiler writes a `finally` body once for the normal end, once for exceptions and once for
    every `return`, `break` and `continue` that passes it. Nested `finally` bodies therefore grow
    exponentially: 2 KB of source can become a gigabyte, which must be known before compiling.
    """
    size = exits = 0
    for node in body:
        if isinstance(node, ast.expr):
            size += sum(1 for _ in ast.walk(node))
        elif isinstance(node, ast.Try | ast.TryStar):
            protected = [*node.body, *node.handlers, *node.orelse]
            inner_size, inner_exits = compiled_size(protected)
            final_size, final_exits = compiled_size(node.finalbody)
            copies = 2 + inner_exits
            size += 1 + inner_size + copies * final_size
            exits += inner_exits + copies * final_exits
        else:
            inner_size, inner_exits = compiled_size(list(ast.iter_child_nodes(node)))
            size += 1 + inner_size
            exits += inner_exits + isinstance(node, ast.Return | ast.Break | ast.Continue)
    return size, exits


def _exception_table(table: bytes) -> list[tuple[int, int, int]]:
    """(start, end, handler) byte offsets (CPython 3.11, Objects/exception_handling_notes.txt)."""
    entries: list[tuple[int, int, int]] = []
    data = iter(table)

    def number(first: int) -> int:
        value = first & 63
        while first & 64:
            first = next(data)
            value = value << 6 | first & 63
        return value

    for first in data:
        start = number(first) * 2
        length = number(next(data)) * 2
        target = number(next(data)) * 2
        number(next(data))  # stack depth and the flag for the raise position: not needed
        entries.append((start, start + length, target))
    return entries
