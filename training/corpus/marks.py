"""Marks on the names that a program defines itself, so that they can be renamed consistently.

A marked name is an identifier with one extra first letter: `ǁ` for variables, functions and
classes, `ǂ` for attributes and methods. Both are letters to Python, so marked programs still
parse and run, and mutations may move marked text around. `rename` gives every marked name of a
finished text its final name by one substitution, inside f-strings and comments as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from training.corpus.lines import KEYWORDS, Line

VARIABLE, ATTRIBUTE = "\u01c1", "\u01c2"
_MARKED = re.compile("([\u01c1\u01c2])([^\\W]+)")
_NAME = re.compile(r"[^\W\d]\w*")
_NAME_IN_FSTRING = re.compile(r"(\.|(?<![\w'\".]))([^\W\d]\w*)")
_PROSE = re.compile(r"[A-Za-z_]\w{3,}")
_KEPT = frozenset({"self", "cls", "_", "__name__", "main"})
_BUILTIN_ATTRIBUTES = frozenset(
    name
    for kind in (str, list, dict, set, tuple, int, float, bytes, BaseException)
    for name in dir(kind)
) | frozenset(
    [
        "appendleft",
        "popleft",
        "extendleft",
        "rotate",
        "most_common",
        "elements",
        "subtract",
        "maxlen",
        "total",
        "name",
        "value",
        "default_factory",
        "children",
        "args",
    ]
)


@dataclass(slots=True)
class OwnNames:
    """What a program defines: `kinds` of variables and functions, names of attributes."""

    kinds: dict[str, str] = field(default_factory=dict)
    attributes: set[str] = field(default_factory=set)


def own_names(tree: ast.Module) -> OwnNames:
    """The names that a module's code binds itself, except imports and special names."""
    names = OwnNames()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name):
                names.kinds.setdefault(name, "function")
            case ast.ClassDef(name=name, body=body):
                names.kinds[name] = "class"
                for item in body:
                    _class_member(item, names)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                names.kinds.setdefault(name, "constant" if name.isupper() else "variable")
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                names.kinds.setdefault(name, "variable")
            case ast.MatchStar(name=str(name)):
                names.kinds.setdefault(name, "variable")
            case ast.Attribute(attr=name, ctx=ast.Store()):
                names.attributes.add(name)
            case _:
                pass
    methods = {n for n in names.attributes if n in names.kinds and names.kinds[n] == "function"}
    for name in methods - {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}:
        del names.kinds[name]
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for name in list(names.kinds):
        if name in _KEPT or name in imported or name.startswith("__"):
            del names.kinds[name]
    names.attributes = {
        n for n in names.attributes if n not in _BUILTIN_ATTRIBUTES and not n.startswith("__")
    }
    return names


def _class_member(item: ast.stmt, names: OwnNames) -> None:
    match item:
        case ast.FunctionDef(name=name):
            names.attributes.add(name)
        case ast.Assign(targets=targets):
            names.attributes.update(t.id for t in targets if isinstance(t, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            names.attributes.add(name)
        case _:
            pass


def mark_lines(lines: list[Line], names: OwnNames) -> list[Line]:
    """The lines with every own name marked (in place)."""
    class_depth = -1
    for line in lines:
        if class_depth >= 0 and line.depth <= class_depth:
            class_depth = -1
        in_class_body = class_depth >= 0 and line.depth == class_depth + 1
        _mark_line(line, names, in_class_body=in_class_body)
        if line.toks[0] == "class":
            class_depth = line.depth
        line.comment = _mark_prose(line.comment, names)
        line.above = [_mark_prose(text, names) for text in line.above]
    return lines


def _mark_line(line: Line, names: OwnNames, *, in_class_body: bool) -> None:
    toks = line.toks
    calls: list[bool] = []  # for each open bracket: do keyword names in it belong to the program
    for i, tok in enumerate(toks):
        before = toks[i - 1] if i else ""
        if tok in ("(", "[", "{"):
            own = tok == "(" and (
                before[:1] in (VARIABLE, ATTRIBUTE)
                or (before.startswith("__") and before.endswith("__"))
            )
            calls.append(own)
        elif tok in (")", "]", "}"):
            if calls:
                calls.pop()
        elif tok[0].isalpha() or tok[0] == "_":
            if tok in KEYWORDS:
                continue
            if tok[-1] in "'\"":
                if "f" in tok[:2].lower():
                    toks[i] = _mark_fstring(tok, names)
                elif tok[:3] in ('"""', "'''"):
                    toks[i] = _mark_prose(tok, names)
                continue
            follows = toks[i + 1] if i + 1 < len(toks) else ""
            is_keyword = follows == "=" and calls and not calls[-1]
            if before == ".":
                if tok in names.attributes:
                    toks[i] = ATTRIBUTE + tok
            elif is_keyword:
                continue
            elif in_class_body and tok in names.attributes and (before == "def" or i == 0):
                toks[i] = ATTRIBUTE + tok
            elif tok in names.kinds:
                toks[i] = VARIABLE + tok
            elif in_class_body and tok in names.attributes and not calls:
                toks[i] = ATTRIBUTE + tok
        elif tok[:3] in ('"""', "'''"):
            toks[i] = _mark_prose(tok, names)


def _mark_prose(text: str, names: OwnNames) -> str:
    """Comments and docstrings that speak of a variable follow its new name."""
    if not text:
        return text
    return _PROSE.sub(
        lambda m: (
            VARIABLE + m[0] if m[0] in names.kinds and (len(m[0]) > 5 or "_" in m[0]) else m[0]
        ),
        text,
    )


def _mark_fstring(tok: str, names: OwnNames) -> str:
    out: list[str] = []
    depth = 0
    spec = False
    piece = ""
    i = 0
    while i < len(tok):
        c = tok[i]
        if c in "{}" and tok[i : i + 2] == c * 2 and depth == 0:
            out.append(c * 2)
            i += 2
            continue
        if c == "{" and (depth == 0 or spec):
            depth, spec, piece = depth + 1, False, ""
            out.append(c)
        elif depth == 0 or spec:
            out.append(c)
            if c == "}":
                depth, spec = depth - 1, False
        elif c == "}" or (c == ":" and _closed(piece)) or (c == "!" and tok[i + 1] != "="):
            out.append(_mark_expression(piece, names) + c)
            depth, spec = (depth - 1, depth > 1) if c == "}" else (depth, True)
            piece = ""
        else:
            piece += c
        i += 1
    return "".join(out) + piece


def _closed(piece: str) -> bool:
    return sum(map(piece.count, "([{")) == sum(map(piece.count, ")]}"))


def _mark_expression(code: str, names: OwnNames) -> str:
    def marked(m: re.Match[str]) -> str:
        if m[1]:
            return f".{ATTRIBUTE}{m[2]}" if m[2] in names.attributes else m[0]
        return VARIABLE + m[2] if m[2] in names.kinds else m[0]

    return _NAME_IN_FSTRING.sub(marked, code)


def marked_names(text: str) -> dict[str, str]:
    """The marked names of a text in order of appearance, with their marks (bare name -> mark)."""
    found: dict[str, str] = {}
    for mark, name in _MARKED.findall(text):
        if found.get(name) != VARIABLE:
            found[name] = mark
    return found


def rename(text: str, names: Mapping[str, str]) -> str:
    """The text with every marked name replaced; `names` has an entry for each."""
    return _MARKED.sub(lambda m: names[m[2]], text)


def plain_names(text: str) -> set[str]:
    """The identifiers of a text that carry no mark: new names must not collide with them."""
    return {n for n in _NAME.findall(text) if n[0] not in (VARIABLE, ATTRIBUTE)}
