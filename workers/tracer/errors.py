"""What goes wrong in a student's program, in words, with the place where it did."""

from __future__ import annotations

from types import CodeType

FILENAME = "solution.py"
_MAX_MESSAGE_CHARS = 1000


class ProgramError(Exception):
    """A mistake found before the trace could begin. `line` and `column` are 1-based, 0: none."""

    def __init__(self, message: str, error_type: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.error_type = error_type
        self.line = line
        self.column = column


def describe(error: BaseException) -> str:
    """`Type: text`, as the last line of a traceback, bounded; the text may be the program's."""
    try:
        text = str(error)[:_MAX_MESSAGE_CHARS]
    except BaseException:  # the program's own __str__ failed
        text = ""
    name = type(error).__name__
    return f"{name}: {text}" if text else name


def syntax_problem(error: BaseException, entry: str) -> ProgramError:
    """The explanation of a failed compilation of the program or (if given) of the entry."""
    line = column = 0
    if isinstance(error, SyntaxError):
        line, column = error.lineno or 0, max(0, error.offset or 0)
        text = f"{type(error).__name__}: {error.msg}"
        kind = type(error).__name__
    elif isinstance(error, ValueError):
        text, kind = f"SyntaxError: {error}", "SyntaxError"
    else:
        text = "The program is nested too deeply for Python's compiler. Split long expressions."
        kind = type(error).__name__
    if entry:
        at = f" at character {column}" if column else ""
        return ProgramError(
            f"The entry {entry!r} is not a Python expression ({text}{at}). Write a call such as "
            'main() or count("hello", "l").',
            "EntryError",
        )
    at = (
        f" (line {line}, column {column})" if line and column else f" (line {line})" if line else ""
    )
    return ProgramError(f"{text}{at}", kind, line, column)


def position_in(error: BaseException, codes: dict[int, CodeType], source: str) -> tuple[int, int]:
    """Line and column (1-based) of the innermost place in the program; zeros if there is none."""
    line = column = 0
    entry = error.__traceback__
    while entry is not None:
        code = entry.tb_frame.f_code
        if id(code) in codes:
            line = entry.tb_lineno or 0
            column = _column(code, entry.tb_lasti, line, source)
        entry = entry.tb_next
    return line, column


def _column(code: CodeType, offset: int, line: int, source: str) -> int:
    for index, (start, _end, first, _last) in enumerate(code.co_positions()):
        if index == offset // 2:
            if start != line or first is None:
                return 0
            text = source.split("\n")[line - 1].encode("utf-8", "replace")
            return len(text[:first].decode("utf-8", "replace")) + 1
    return 0
