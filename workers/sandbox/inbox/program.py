"""Kind `io`: the student's program as `__main__`, with nothing beside it.

The channel to the host is closed before the program starts. What the program can do is write to
its standard streams and end; both are seen from outside.
"""

from __future__ import annotations

import linecache
import sys
import traceback
from types import CodeType, ModuleType

from .wire import greet

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it would cost every box a few milliseconds
    from typing import Any

FILENAME = "solution.py"


def compile_source(source: str, filename: str) -> CodeType:
    """Compile, and let tracebacks show the source's lines."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    code: CodeType = compile(source, filename, "exec", dont_inherit=True)
    return code


def make_module(source: str, name: str, filename: str) -> ModuleType:
    """A module made of a source: found by `import`, executed. Raises what the source raises."""
    module = ModuleType(name)
    module.__dict__["__file__"] = filename
    sys.modules[name] = module
    exec(compile_source(source, filename), module.__dict__)  # noqa: S102  # the box's purpose
    return module


def run(job: dict[str, Any], descriptor: int) -> None:  # noqa: ARG001  # every role's signature
    """Execute the program; returns only where Python is to end as after any program."""
    wire, message = greet(descriptor)
    wire.close()
    try:
        make_module(message["source"], "__main__", FILENAME)
    except SystemExit:
        raise
    except BaseException as error:
        print_problem(error)
        sys.exit(1)


def print_problem(error: BaseException) -> None:
    """Write the traceback to stderr, from the program's own first frame on."""
    trace: Any = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != FILENAME:
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace, limit=-20)
    sys.stderr.write("".join(lines))
