"""One spelling for what CPython spells in several ways, so that traces can be compared.

Two traces of the same execution can differ in notation: object addresses, the name of the string
iterator (3.10 `str_iterator`, 3.11 `str_ascii_iterator`), the path of a module, the order in which
a set prints, the comment that marks the traced function, blanks at the end of a line. None of it
is a difference in behaviour, so comparison and scoring map *both* sides through this module first.

What stays exact: floats, the order of dictionaries, types (`1`, `1.0` and `True` differ), and the
text of plain strings.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from traces.events import TraceEvent

#: The comment by which a trace prompt marks the function whose call is traced.
START_MARKER = "# << START_OF_TRACE"

#: Stands for a value that the trace does not tell: a `..` with nothing to refer to. Cannot be
#: mistaken for a string, whose repr has quotes; only a user-written `__repr__` could return it.
UNRESOLVED = ".."

#: A repr longer than this is not parsed for sets: its cost would exceed its worth. Sets this large
#: then compare by their text.
MAX_PARSED_CHARS = 64 * 1024

_MARKER = re.compile(r"[ \t]*#[ \t]*<<[ \t]*START_OF_TRACE[ \t]*$")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_MODULE = re.compile(r"<module '([^'<>]+)' (?:from '[^'<>]*'|\([^()<>]*\))>")
# Anything that could need work; a value without these characters is returned as it is.
_SUSPECT = re.compile(r"\{|<|set\(| at 0x|dict_(?:keys|items)\(|str_ascii_iterator")


def canonical_source(line: str) -> str:
    """A source line without the trace marker and without blanks at its end.

    The marker is removed as a whole comment, never as a set of characters, and only at the end.
    """
    line = line.rstrip()
    if line.endswith("START_OF_TRACE"):
        line = _MARKER.sub("", line).rstrip()
    return line


def canonical_value(value: str) -> str:
    """A `repr` in canonical spelling. Idempotent; text that is not a repr passes through."""
    if not _SUSPECT.search(value):
        return value
    return _canonical_value(value)


@lru_cache(maxsize=2048)
def _canonical_value(value: str) -> str:
    if value[0] in "'\"" or value[:2] in ("b'", 'b"'):
        return value  # a plain string: whatever it contains is data
    value = _ADDRESS.sub("", value).replace("str_ascii_iterator", "str_iterator")
    value = _MODULE.sub(r"<module '\1'>", value)
    if len(value) > MAX_PARSED_CHARS or not _may_hold_set(value):
        return value
    try:
        tree = ast.parse(value, mode="eval")
        ordered = _SetOrder(value)
        return ordered.text(tree.body) if ordered.has_set(tree.body) else value
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return value  # not a literal (an object's repr somewhere inside): compare as text


def _may_hold_set(value: str) -> bool:
    if "\n" in value:  # no repr of a builtin has one, and columns below assume a single line
        return False
    return "{" in value or "dict_keys(" in value or "dict_items(" in value


class _SetOrder:
    """Rewrites the literal in `source` so that the elements of sets stand in sorted order."""

    #: Unordered calls: `frozenset({...})`, and the two dict views that Python itself compares
    #: as sets.
    _CALLS = frozenset({"frozenset", "set", "dict_keys", "dict_items"})

    def __init__(self, source: str) -> None:
        self._bytes = source.encode()  # ast's columns count UTF-8 bytes

    def has_set(self, tree: ast.expr) -> bool:
        return any(
            isinstance(n, ast.Set)
            or (
                isinstance(n, ast.Call)
                and isinstance(n.func, ast.Name)
                and n.func.id in self._CALLS
            )
            for n in ast.walk(tree)
        )

    def text(self, node: ast.expr) -> str:
        match node:
            case ast.Set(elts):
                return "{" + ", ".join(sorted(map(self.text, elts))) + "}"
            case ast.List(elts):
                return "[" + ", ".join(map(self.text, elts)) + "]"
            case ast.Tuple(elts):
                inner = ", ".join(map(self.text, elts))
                return f"({inner},)" if len(elts) == 1 else f"({inner})"
            case ast.Dict(keys, values):
                pairs = zip(keys, values, strict=True)
                return "{" + ", ".join(self._pair(k, v) for k, v in pairs) + "}"
            case ast.Call(ast.Name(name), [ast.List(elts)], []) if name in self._CALLS:
                return f"{name}([" + ", ".join(sorted(map(self.text, elts))) + "])"
            case ast.Call(ast.Name(name), arguments, keywords):
                parts = [self.text(a) for a in arguments]
                parts += [f"{k.arg}={self.text(k.value)}" for k in keywords if k.arg]
                return f"{name}({', '.join(parts)})"
            case _:
                return self._bytes[node.col_offset : node.end_col_offset].decode()

    def _pair(self, key: ast.expr | None, value: ast.expr) -> str:
        if key is None:
            raise ValueError("a dict display with ** is not a repr")
        return f"{self.text(key)}: {self.text(value)}"


def canonical_locals(values: dict[str, str]) -> dict[str, str]:
    """Canonical values under the same names, in the same order."""
    return {name: canonical_value(value) for name, value in values.items()}


def canonical_event(event: TraceEvent) -> TraceEvent:
    """The event with canonical values and source text."""
    return TraceEvent(
        kind=event.kind,
        line=event.line,
        depth=event.depth,
        func_name=event.func_name,
        changed=canonical_locals(event.changed),
        removed=event.removed,
        value=None if event.value is None else canonical_value(event.value),
        source=canonical_source(event.source),
        truncated=event.truncated,
    )


def values_equal(a: str, b: str) -> bool:
    """Whether two reprs tell the same value. An unresolved value equals nothing."""
    if UNRESOLVED in (a, b):
        return False
    return a == b or canonical_value(a) == canonical_value(b)
