"""From a student's text to a call that can be traced, with a sentence for everything in between.

Every mistake that a person can make here (a typo in the program, an entry that is not a call, a
function that does not exist or needs arguments) becomes a `ProgramError` that says what to do.
"""

from __future__ import annotations

import _ast
import _sitebuiltins
import builtins
import sys
from types import CodeType, FunctionType, ModuleType

from .errors import FILENAME, ProgramError, describe, position_in, syntax_problem

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box several milliseconds
    from typing import Any

    Target = tuple[Any, tuple[Any, ...], dict[str, Any]]

#: The module's name when a function is the entry. It is not "__main__", so that a program's
#: `if __name__ == "__main__":` block does not run the function a second time, untraced.
MODULE_NAME = "solution"
_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST
_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200  # inspect.CO_*
_CAPTURE = ".capture"  # not an identifier, so it can hide no name of the program
_SHOWN_FUNCTIONS = 8


class Program:
    """One compiled program and its namespace. `entry` is empty when the module is traced."""

    def __init__(self, source: str, entry: str) -> None:
        self.source = source
        tree = _compile_tree(source)
        self.code = _compile_code(tree)
        self.codes = _all_codes(self.code)
        self.entry = entry.strip()
        if not self.entry and _defines_main(tree.body) and not _runs_main(tree.body):
            self.entry = "main()"
        self.entry_tree = _parse_entry(self.entry) if self.entry else None
        self.module = _make_module(source, MODULE_NAME if self.entry else "__main__")

    @property
    def namespace(self) -> dict[str, Any]:
        return self.module.__dict__

    def run_module(self) -> None:
        """Execute the module's top-level code. Whatever it raises comes out as it is."""
        exec(self.code, self.namespace)

    def resolve_entry(self) -> Target:
        """Evaluate the entry's function and arguments, without calling the function."""
        call: Any = self.entry_tree.body if self.entry_tree is not None else None
        capture = _ast.Name(id=_CAPTURE, ctx=_ast.Load(), lineno=1, col_offset=0)
        call = _ast.Call(
            func=capture,
            args=[call.func, *call.args],
            keywords=call.keywords,
            lineno=1,
            col_offset=0,
        )
        code = compile(_ast.Expression(body=call), "<entry>", "eval", dont_inherit=True)
        try:
            target: Target = eval(code, self.namespace, {_CAPTURE: _capture})  # noqa: S307  # the program's own namespace, in the box
        except BaseException as error:
            raise self._entry_problem(error) from None
        if not callable(target[0]):
            kind = type(target[0]).__name__
            raise ProgramError(
                f"The entry {self.entry!r} calls something that is not a function but {kind}. "
                f"{self._known_functions()}",
                "EntryError",
            )
        return target

    def argument_problem(self, target: Target, error: BaseException) -> ProgramError | None:
        """The explanation where the entry's arguments do not fit its function, else None."""
        function = target[0]
        if type(error) is not TypeError or error.__traceback__ is None:
            return None
        if position_in(error, self.codes, self.source)[0] or type(function) is not FunctionType:
            return None
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        missing = len(names) - len(function.__defaults__ or ())
        call = f"{function.__name__}({', '.join(str(n + 1) for n in range(missing))})"
        count = f"{missing} argument{'s' if missing != 1 else ''}" if missing else "no arguments"
        listed = f" ({', '.join(names[:missing])})" if missing else ""
        return ProgramError(
            f"{function.__name__}() needs {count}{listed}: write e.g. {call} as the entry. "
            f"Python says: {error}",
            "EntryError",
            code.co_firstlineno,
        )

    def empty_trace_note(self, target: Target) -> str:
        """Why a call that returned ran no line of the program."""
        function, entry = target[0], self.entry
        flags = function.__code__.co_flags if type(function) is FunctionType else 0
        if flags & _GENERATOR:
            return f"{entry} only makes a generator. To run it, write list({entry}) as the entry."
        if flags & _COROUTINE:
            return (
                f"{entry} only makes a coroutine. To run it, import asyncio in the program and "
                f"write asyncio.run({entry}) as the entry."
            )
        if flags & _ASYNC_GENERATOR:
            return f"{entry} only makes an asynchronous generator, which nothing iterates over."
        return f"{entry} returned without running a line of this program."

    def _entry_problem(self, error: BaseException) -> ProgramError:
        message, kind = describe(error), type(error).__name__
        line, column = position_in(error, self.codes, self.source)
        if isinstance(error, NameError) and not line:
            return ProgramError(
                f"The entry {self.entry!r} uses a name that the program does not define "
                f"({message}). {self._known_functions()}",
                "EntryError",
            )
        return ProgramError(
            f"The entry {self.entry!r} could not be evaluated: {message}", kind, line, column
        )

    def _known_functions(self) -> str:
        names = [
            name
            for name, value in self.namespace.items()
            if type(value) is FunctionType and id(value.__code__) in self.codes
        ]
        if not names:
            return "The program defines no functions: leave the entry empty to trace all of it."
        shown = ", ".join(names[:_SHOWN_FUNCTIONS])
        return (
            f"Functions in the program: {shown}{', ...' if len(names) > _SHOWN_FUNCTIONS else ''}."
        )


def _capture(function: Any, *args: Any, **kwargs: Any) -> Target:
    return function, args, kwargs


def _compile_tree(source: str) -> Any:
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        raise ProgramError(
            f"Line {line} contains a null byte (character U+0000), which Python source must not. "
            "Delete it, or save the file as plain UTF-8 text.",
            "SyntaxError",
            line,
        )
    try:
        tree: Any = compile(source, FILENAME, "exec", _ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise syntax_problem(error, "") from None
    return tree


def _compile_code(tree: Any) -> CodeType:
    try:
        code: CodeType = compile(tree, FILENAME, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise syntax_problem(error, "") from None
    return code


def _parse_entry(entry: str) -> Any:
    try:
        tree: Any = compile(entry, "<entry>", "eval", _ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise syntax_problem(error, entry) from None
    if isinstance(tree.body, _ast.Name):
        raise ProgramError(
            f"The entry {entry!r} names a function without calling it: write {entry}().",
            "EntryError",
        )
    if not isinstance(tree.body, _ast.Call):
        raise ProgramError(
            f"The entry {entry!r} is not a call: write a call such as main() or "
            'count("hello", "l").',
            "EntryError",
        )
    return tree


def _all_codes(code: CodeType) -> dict[int, CodeType]:
    """Every code object of the program by identity; keeping them keeps the ids valid."""
    found = {id(code): code}
    waiting = [code]
    while waiting:
        for constant in waiting.pop().co_consts:
            if type(constant) is CodeType and id(constant) not in found:
                found[id(constant)] = constant
                waiting.append(constant)
    return found


def _defines_main(body: list[Any]) -> bool:
    """Whether module-level code (also inside `if`, `try`, `with`) defines a function `main`."""
    for node in body:
        if isinstance(node, _ast.FunctionDef | _ast.AsyncFunctionDef):
            if node.name == "main":
                return True
        elif isinstance(node, _ast.If | _ast.Try | _ast.With):
            inner = [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
            if _defines_main(inner):
                return True
    return False


def _runs_main(body: list[Any]) -> bool:
    """Whether module-level code uses the name `main`: then calling it once more would run it twice.

    A block `if __name__ == "__main__":` that holds nothing but `main()` does not count, since it
    stays out when a function is the entry. `traces.codecs.cwm.context` keeps the same rule.
    """
    waiting: list[Any] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _ast.Name) and node.id == "main" and isinstance(node.ctx, _ast.Load):
            return True
        if isinstance(node, _ast.FunctionDef | _ast.AsyncFunctionDef | _ast.Lambda):
            continue
        if isinstance(node, _ast.If) and _is_plain_guard(node):
            continue
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, _ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting += [item for item in value if isinstance(item, _ast.AST)]
    return False


def _is_plain_guard(node: _ast.If) -> bool:
    """Whether this is `if __name__ == "__main__": main()` and nothing else."""
    match node:
        case _ast.If(
            test=_ast.Compare(
                left=_ast.Name(id="__name__"), comparators=[_ast.Constant(value="__main__")]
            ),
            body=[_ast.Expr(value=_ast.Call(func=_ast.Name(id="main"), args=[], keywords=[]))],
            orelse=[],
        ):
            return True
    return False


class _SourceLoader:
    """Lets `traceback`, `inspect` and `linecache` find the program's lines."""

    def __init__(self, source: str) -> None:
        self._source = source

    def get_source(self, _name: str) -> str:
        return self._source


def _make_module(source: str, name: str) -> ModuleType:
    """The module that the program runs in, with builtins of its own.

    The copy keeps a program that replaces `len` or `repr` from replacing the tracer's. `exit`,
    `quit` and `help` are what the `site` module, which boxes start without, would add.
    """
    copied = ModuleType("builtins")
    copied.__dict__.update(builtins.__dict__)
    for leave in ("exit", "quit"):
        setattr(copied, leave, _sitebuiltins.Quitter(leave, "Ctrl-D (i.e. EOF)"))
    copied.__dict__["help"] = _sitebuiltins._Helper()
    module = ModuleType(name)
    module.__dict__["__builtins__"] = copied
    module.__dict__["__loader__"] = _SourceLoader(source)
    module.__annotations__ = {}
    sys.modules["builtins"] = copied
    sys.modules["__main__"] = module
    sys.modules[name] = module
    return module
