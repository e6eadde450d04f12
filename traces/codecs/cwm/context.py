"""The source context of a trace prompt: the program, the marked entry, and how arguments get in.

The trace language has no notion of "call this with these arguments". There are two honest ways:

* **direct** - the first frame is given to the model: the call of the entry function with its
  arguments as locals. Frames are then those of the user's program and nothing else.
* **wrapper** - a function without parameters is appended that makes the call
  (`def main():  # << START_OF_TRACE` / `    return f(...)`), and its own call is the given frame.
  It adds one activation around the trace, which the decoder takes off again.

`choose_context` takes the direct way only where it cannot be wrong: the entry is a plain call of
a plain top-level function that nothing else rebinds, every argument is a literal whose repr does
not depend on the process (no sets of several elements: their order follows the hash seed), and
the arguments bind to the signature. In every other case (methods, nested calls, variables,
decorated, async and generator functions, mutable defaults) it takes the wrapper.

The tracer evaluates the entry's arguments before it begins to trace. In a wrapper, therefore, an
argument that may itself run code gets a line of its own before the call (`arg_1 = g(2)`); what
runs on those lines is set-up and no part of the trace.

Newlines are normalised to `\\n` as Python's own tokenizer does, so line numbers agree with the
tracer's; a program's line is whatever ends in a newline, never what `str.splitlines` would cut.
"""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

from traces.canonical import START_MARKER, canonical_source
from traces.codecs.cwm.literals import NotLiteral, bind_literals
from traces.events import TraceEvent


class ContextError(ValueError):
    """The program or the entry cannot be put into a prompt; the message says how to fix it."""


class NoEntryCall(ContextError):
    """The program runs from top to bottom, and a trace needs a function call to begin with."""


@dataclass(frozen=True, slots=True)
class Context:
    """A program as the model sees it, and the call that opens its trace.

    `text` is the whole context with the marker. `lines` are its physical lines without marker and
    newline; those up to `program_lines` are the user's and keep their numbers. `entry_line` is
    the line that the first call frame shows, `seed_locals` that frame's locals in order, or None
    where the model is to invent the arguments. In a wrapped context the last line makes the call
    and `setup_lines` lines before it compute its arguments.
    """

    text: str
    lines: tuple[str, ...]
    program_lines: int
    entry_name: str
    entry_line: int
    seed_locals: dict[str, str] | None
    is_wrapped: bool
    setup_lines: int = 0

    @property
    def source(self) -> str:
        """The context without the marker: what the line mapping reads."""
        return "\n".join(self.lines) + "\n"


def normalise(source: str) -> str:
    """The source with `\\n` newlines and one at its end."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source if source.endswith("\n") else source + "\n"


def choose_context(source: str, entry: str) -> Context:
    """The context for tracing the call `entry` (empty for `main()`) in `source`.

    Raises `ContextError` for a program or an entry that Python cannot parse, or that is no call.
    """
    text = normalise(source)
    tree = _parse(text)
    call = parse_entry(entry, tree)
    function = _plain_function(tree, call)
    if function is not None:
        try:
            seed = bind_literals(function, call)
            return _marked(text, function, seed)
        except (NotLiteral, _CannotMark):
            pass
    try:
        return _wrapped(text, entry.strip() or "main()", call)
    except RecursionError as error:
        raise ContextError("The entry is nested too deeply.") from error


def wrapper_context(source: str, entry: str) -> Context:
    """The wrapper's context even where the direct one would do. Raises like `choose_context`."""
    text = normalise(source)
    return _wrapped(text, entry.strip() or "main()", parse_entry(entry, _parse(text)))


def context_at(source: str, first: TraceEvent) -> Context:
    """The direct context of a trace whose first event is known: its function, with its locals.

    For going on from a real trace (resync): no wrapper is needed, since the arguments are known.
    Raises `ContextError` if the event is no call of a function that can carry the marker.
    """
    text = normalise(source)
    for node in ast.walk(_parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            begin = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first.kind == "call" and begin == abs(first.line):
                return replace(
                    _marked_or_refused(text, node, dict(first.changed)), entry_line=begin
                )
    raise ContextError("The trace does not begin with the call of one of the program's functions.")


def invented_context(source: str, function_name: str) -> Context:
    """The context for a call whose arguments the model itself shall make up."""
    text = normalise(source)
    for node in reversed(_parse(text).body):
        if isinstance(node, ast.FunctionDef) and node.name == function_name:
            return _marked_or_refused(text, node, None)
    raise ContextError(f"The program has no top-level function {function_name}.")


def _parse(text: str) -> ast.Module:
    if "\0" in text:  # Python says so itself only from 3.11.4 on
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ContextError(f"The program has null bytes (line {line}): delete them.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        where = f" (line {error.lineno})" if error.lineno else ""
        raise ContextError(f"The program has a syntax error{where}: {error.msg}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ContextError(
            "Python cannot parse the program: it has characters that are no text, or is nested too "
            "deeply."
        ) from error


def parse_entry(entry: str, tree: ast.Module) -> ast.Call:
    """The entry as a call. Raises `ContextError` with what to write instead."""
    entry = entry.strip()
    if not entry:
        if not _defines_main(tree.body) or _runs_main(tree.body):
            raise NoEntryCall(
                "The model predicts the run of one function call. Name the call as the entry, "
                "for example f(3), or define a function main()."
            )
        entry = "main()"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call = ast.parse(entry, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ContextError(
            f"The entry {entry[:80]!r} is no Python expression. "
            "Write the call to trace, for example f(3)."
        ) from error
    if isinstance(call, ast.Name):
        raise ContextError(f"The entry names a function without calling it: write {call.id}().")
    if not isinstance(call, ast.Call):
        raise ContextError(f"The entry {entry[:80]!r} is not a call such as f(3).")
    for node in ast.walk(call):
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            raise ContextError(
                "The entry cannot await or yield. For a coroutine write asyncio.run(f(...))."
            )
    return call


def _defines_main(body: Sequence[ast.stmt]) -> bool:
    """Whether module-level code, also inside `if`, `try` and `with`, defines `main`."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == "main":
            return True
        if isinstance(node, ast.If | ast.Try | ast.With) and _defines_main(
            [n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt)]
        ):
            return True
    return False


def _runs_main(body: Sequence[ast.stmt]) -> bool:
    """Whether module-level code uses the name `main`, so that calling it would run it twice.

    `if __name__ == "__main__": main()` alone does not count. The tracer keeps the same rule
    (`workers/tracer/program.py`).
    """
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Name("main", ast.Load()):
                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                continue
            case ast.If(
                test=ast.Compare(ast.Name("__name__"), _, [ast.Constant("__main__")]),
                body=[ast.Expr(ast.Call(ast.Name("main"), [], []))],
                orelse=[],
            ):
                continue
        waiting.extend(ast.iter_child_nodes(node))
    return False


def _plain_function(tree: ast.Module, call: ast.Call) -> ast.FunctionDef | None:
    """The function that `call` surely calls, if it is one that the direct way can serve."""
    if not isinstance(call.func, ast.Name):
        return None
    name = call.func.id
    last = next(
        (n for n in reversed(tree.body) if isinstance(n, ast.FunctionDef) and n.name == name), None
    )
    if last is None or last.decorator_list or _is_generator(last):
        return None
    if any(n is not last and _binds(n, name) for n in tree.body if n.lineno > last.lineno):
        return None
    if any(isinstance(n, ast.Global) and name in n.names for n in ast.walk(tree)):
        return None
    return last


def _is_generator(function: ast.FunctionDef) -> bool:
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))
    return False


def _binds(statement: ast.stmt, name: str) -> bool:
    """Whether a top-level statement could rebind `name` (more often yes than strictly so)."""
    for node in ast.walk(statement):
        match node:
            case ast.FunctionDef(found) | ast.AsyncFunctionDef(found) | ast.ClassDef(found):
                if found == name:
                    return True
            case ast.Name(found, ast.Store() | ast.Del()) if found == name:
                return True
            case ast.alias(found, renamed):
                if found == "*" or (renamed or found).partition(".")[0] == name:
                    return True
            case ast.ExceptHandler(name=found) | ast.MatchAs(name=found) if found == name:
                return True
            case ast.Call(ast.Name("exec" | "eval" | "globals" | "vars" | "setattr")):
                return True
    return False


class _CannotMark(Exception):
    """No physical line of the header can carry the marker comment."""


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _marked_or_refused(text: str, function: _Function, seed: dict[str, str] | None) -> Context:
    try:
        return _marked(text, function, seed)
    except _CannotMark as error:
        raise ContextError(
            f"The definition of {function.name} has no line that can take a comment. "
            "Put its header on a line of its own."
        ) from error


def _marked(text: str, function: _Function, seed: dict[str, str] | None) -> Context:
    lines = text.split("\n")[:-1]
    at = _markable_line(text, function)
    marked = list(lines)
    # A program that already carries the marker on this line is not marked twice.
    if canonical_source(lines[at - 1]) == lines[at - 1].rstrip():
        marked[at - 1] = f"{lines[at - 1].rstrip()}  {START_MARKER}"
    lines[at - 1] = canonical_source(lines[at - 1])
    return Context(
        text="\n".join(marked) + "\n",
        lines=tuple(lines),
        program_lines=len(lines),
        entry_name=function.name,
        entry_line=function.lineno,
        seed_locals=seed,
        is_wrapped=False,
    )


def _markable_line(text: str, function: _Function) -> int:
    """The first physical line of the definition where a comment may follow.

    That is the `def` line itself unless it ends inside a string or in a backslash.
    """
    last = function.body[0].lineno
    ends: set[int] = set()
    starts = {function.lineno}
    broken: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            first_row, last_row = token.start[0], token.end[0]
            if first_row > last:
                break
            if token.type == tokenize.STRING:
                broken.update(range(first_row, last_row))
            elif token.type in (tokenize.NEWLINE, tokenize.NL):
                ends.add(first_row)
    except (tokenize.TokenError, SyntaxError) as error:
        raise _CannotMark from error
    for row in range(min(starts), last + 1):
        if row in ends and row not in broken:
            return row
    raise _CannotMark


def _wrapped(text: str, entry: str, call: ast.Call) -> Context:
    words = set(re.findall(r"\w+", text + entry)) | set(keyword.kwlist)
    name = _free_name("main", words)
    setup, shown_call = _hoisted(entry, call, words)
    head = f"def {name}():"
    body = [f"    {line}" for line in (*setup, f"return {shown_call}")]
    program = text.split("\n")[:-1]
    gap = [""] if program and program[-1].strip() else []
    lines = [*program, *gap, head, *body]
    if any("\n" in line for line in body):
        raise ContextError("Write the entry call on one line.")
    try:
        ast.parse("\n".join(lines) + "\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ContextError(
            "The entry cannot be called at the end of this program: does the program's last "
            "line end in a backslash?"
        ) from error
    shown = [*program, *gap, f"{head}  {START_MARKER}", *body]
    return Context(
        text="\n".join(shown) + "\n",
        lines=tuple(lines),
        program_lines=len(program),
        entry_name=name,
        entry_line=len(lines) - len(body),
        seed_locals={},
        is_wrapped=True,
        setup_lines=len(setup),
    )


def _hoisted(entry: str, call: ast.Call, words: set[str]) -> tuple[list[str], str]:
    """Lines for the parts of the call that may run code, and the call that is left."""
    setup: list[str] = []

    def simple(node: ast.expr, name: str) -> ast.expr:
        if isinstance(node, ast.Starred):
            return ast.Starred(simple(node.value, name), ast.Load())
        if _runs_nothing(node):
            return node
        variable = _free_name(f"{name}_{len(setup) + 1}" if name == "arg" else name, words)
        setup.append(f"{variable} = {ast.unparse(node)}")
        return ast.Name(variable, ast.Load())

    left = ast.Call(
        simple(call.func, "target"),
        [simple(a, "arg") for a in call.args],
        [ast.keyword(k.arg, simple(k.value, "arg")) for k in call.keywords],
    )
    if setup or "\n" in entry or "\r" in entry or "#" in entry:
        return setup, ast.unparse(left)
    return setup, entry


def _runs_nothing(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        return True
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _free_name(name: str, taken: set[str]) -> str:
    """`name`, or the first of `name_2`, `name_3`, ... that occurs nowhere; then it is taken."""
    if name in taken:
        name = next(n for k in range(2, len(taken) + 3) if (n := f"{name}_{k}") not in taken)
    taken.add(name)
    return name
