"""Examples inside a problem's text, read into cases: what a person pastes need not be typed again.

    >>> top([3, 1], 1)                doctest, with the value below or behind `==`
    [3]
    - `top([3, 1], 1)` → `[3]`        a call and its value on a line of their own; also with
    top([3, 1], 1) == [3]             ->, =>, =, returns, should return, gives
    Input: nums = [3, 1], n = 1       arguments by name
    Output: [3]
    Example input:                    what a program reads and prints, each up to a blank line
    3
    Example output:
    6

Only lines that are nothing but an example are read, and only values as Python writes them. What
is in doubt is left out without a word: it is prose that may merely look like an example.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from traces.answers import parse
from traces.cases import LABEL, Call, Case, InputOutput, read_tests
from traces.constants import NotConstantError, evaluate

#: More examples say nothing new, and each costs a run.
MAX_EXAMPLES: Final = 8

_MAX_LINE: Final = 1000
_MAX_LINES: Final = 1500
_MAX_TRIES: Final = 3
_LEAD: Final = re.compile(
    r"(?:[-*•\s]|\d{1,2}[.)]\s|(?:for )?example\s?\d{0,2}\s?[:,]|e\.g\.,?\s)*", re.I
)
_OPERATOR: Final = re.compile(
    r"[ \t`]*(?:==>|==|=>|->|→|⇒|➞| = |\bshould return\b|\breturns\b|\bgives\b)[ \t`]*"
)
_ABOUT_PROGRAM: Final = re.compile(r"\b(?:program|prints?|stdin|standard input|reads?)\b", re.I)
_ABOUT_FUNCTION: Final = re.compile(r"\b(?:function|returns?|def)\b", re.I)
_ENDS: Final = ('"""', "'''", "```")
_SIGNATURE: Final = r"[A-Za-z_]\w{0,80}\([^()`\n]{0,300}\)(?: ?-> ?[^:`\n]{1,80})?"
_DEFINITION: Final = re.compile(rf"^[ \t]*(?:async )?def ({_SIGNATURE}):", re.M)
_DECLARED: Final = re.compile(rf"`(?:def )?({_SIGNATURE}):?`|\b[Ff]unction ({_SIGNATURE})")
_NAMED: Final = re.compile(
    r"(?:\b(?:function|named|called|call it|name it)|\bfunction name:) `([A-Za-z_]\w{0,80})`", re.I
)
_CLASS: Final = re.compile(r"\b[Cc]lass:? `([A-Z]\w{0,80})(?:\([^`\n]{0,300}\))?`")
_MAX_TEXT: Final = 32_768


@lru_cache(maxsize=16)
def read_examples(text: str) -> tuple[Case, ...]:
    """The examples of a problem's text, in order, each once. Calls may lack a function's name."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MAX_LINES]
    found: list[Case] = []
    for case in _examples(lines, text):
        if case not in found:
            found.append(case)
        if len(found) == MAX_EXAMPLES:
            break
    return tuple(found)


@lru_cache(maxsize=16)
def signature_in(text: str) -> str:
    """What follows `def` in the function that a text asks for, or an empty text.

    A definition says so, or its first line in backticks or behind the word "function", as in
    `add(a, b)`. Of several definitions the last counts: what is to be completed stands after its
    helpers. Of several other forms none counts.
    """
    for pattern in (_DEFINITION, _DECLARED):
        found = [_signature(parts) for parts in pattern.findall(text[:_MAX_TEXT])]
        readable = [signature for signature in found if signature]
        names = {signature.partition("(")[0] for signature in readable}
        if readable and (pattern is _DEFINITION or len(names) == 1):
            return readable[-1]
    return ""


def _signature(parts: str | tuple[str, ...]) -> str:
    text = parts if isinstance(parts, str) else next(filter(None, parts), "")
    tree = parse(f"def {text}: pass")
    is_one = tree is not None and len(tree.body) == 1 and isinstance(tree.body[0], ast.FunctionDef)
    name = text.partition("(")[0]
    is_class = isinstance(parts, tuple) and name[:1].isupper()  # a definition says what it is
    is_function = is_one and not is_class and not hasattr(builtins, name)
    return text if is_function else ""


def class_in(text: str) -> str:
    """The class that a text asks for by name, or an empty name."""
    names = set(_CLASS.findall(text[:_MAX_TEXT]))
    return str(names.pop()) if len(names) == 1 else ""


def named_in(text: str) -> str:
    """The function that a text prescribes by its signature, name or examples, or an empty name.

    A name like `F` in examples is taken for mathematics, not for a name.
    """
    if signature := signature_in(text):
        return signature.partition("(")[0].strip()
    if len(named := set(_NAMED.findall(text[:_MAX_TEXT]))) == 1:
        return str(named.pop())
    calls = [case for case in read_examples(text) if isinstance(case, Call)]
    names = {case.function for case in calls if is_name(case.function)}
    return names.pop() if len(names) == 1 else ""


def is_name(function: str) -> bool:
    """Whether a call in a text names a function of a program, rather than one of mathematics."""
    return len(function) > 1 and function[0].islower()


def _examples(lines: list[str], text: str) -> Iterator[Case]:
    is_program = bool(_ABOUT_PROGRAM.search(text)) and not _ABOUT_FUNCTION.search(text)
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        label = LABEL.fullmatch(line) if len(line) <= _MAX_LINE else None
        if line.startswith(">>>"):
            found, at = _doctest(lines, at)
        elif label and label["what"].lower() in ("input", "stdin"):
            found, at = _pair(lines, at, is_program=is_program)
        else:
            found, at = _line(line), at + 1
        if found is not None:
            yield found


def _doctest(lines: list[str], at: int) -> tuple[Case | None, int]:
    call = lines[at].strip()[3:].strip()
    expected = lines[at + 1].strip() if at + 1 < len(lines) else ""
    if not expected or expected.startswith((">>>", *_ENDS)):
        return _line(call), at + 1
    return _checked(call, expected) or _line(call), at + 2


def _line(line: str) -> Case | None:
    """A line that is one example and nothing else."""
    if len(line) > _MAX_LINE:
        return None
    bare = line[_lead(line) :].removeprefix("assert ").strip().strip("`").strip()
    for found in islice(_OPERATOR.finditer(bare), _MAX_TRIES):
        case = _checked(bare[: found.start()], bare[found.end() :])
        if case is not None:
            return case
    return None


def _lead(line: str) -> int:
    found = _LEAD.match(line)
    return found.end() if found else 0


def _checked(call: str, expected: str) -> Call | None:
    """A call and its value, if both are what they look like."""
    call, expected = call.strip().strip("`").strip(), expected.strip().strip("`").strip()
    for value in (expected, expected.rstrip(".,;"), expected.rstrip(".,;").strip("`")):
        node = _expression(call)
        if not _is_own_call(node) or _expression(value) is None:
            continue
        cases = read_tests(f"({call}) == ({value})", form="function").cases
        if len(cases) == 1 and isinstance(cases[0], Call):
            return cases[0]
    return None


def _is_own_call(node: ast.expr | None) -> bool:
    match node:
        case ast.Call(ast.Name(name)):
            return not hasattr(builtins, name)
    return False


def _pair(lines: list[str], at: int, *, is_program: bool) -> tuple[Case | None, int]:
    """`Input:` and the `Output:` that follows it."""
    given, at = _section(lines, at)
    while at < len(lines) and not lines[at].strip():
        at += 1
    label = LABEL.fullmatch(lines[at].strip()) if at < len(lines) else None
    if label is None or label["what"].lower() in ("input", "stdin"):
        return None, at
    expected, at = _section(lines, at)
    if is_program:
        return InputOutput(f"{given}\n", f"{expected}\n"), at
    return _named_arguments(given, expected.split("\n")[0]), at


def _section(lines: list[str], at: int) -> tuple[str, int]:
    """The text of a label: behind it, or below it up to a blank line or the next label."""
    label = LABEL.fullmatch(lines[at].strip())
    rest = label["rest"].strip() if label else ""
    at += 1
    body = [rest] if rest else []
    while at < len(lines) and lines[at].strip() and not rest:
        if LABEL.fullmatch(lines[at].strip()) or lines[at].strip().startswith(_ENDS):
            break
        body.append(lines[at].rstrip())
        at += 1
    return "\n".join(body), at


def _named_arguments(given: str, expected: str) -> Call | None:
    """`a = 1, b = [2]` as a call with its arguments in this order."""
    node = _expression(f"_({given.strip().strip('`')})")
    value = _expression(expected.strip().strip("`"))
    if not isinstance(node, ast.Call) or node.args or not node.keywords or value is None:
        return None
    try:
        arguments = tuple(evaluate(keyword.value) for keyword in node.keywords)
        return Call("", arguments, expected=evaluate(value))
    except NotConstantError:
        return None


def _expression(text: str) -> ast.expr | None:
    tree = parse(text.strip())
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return tree.body[0].value
