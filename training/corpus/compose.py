"""Composition of typed expressions and statements that are executed while they are written.

Theory of operation. A `Composer` keeps the variables of one function, with a type code each
(`training.corpus.grammar`) and with their *values*: every statement is run as soon as it is
written, on the arguments that the entry will get. A statement that raises or makes a value too
large is thrown away, and most of those that change nothing are, too. Since values are known,
literals can be chosen to matter: a substring that occurs, an index in range, a key that exists.

Blocks (`training.corpus.blocks`) are written by running their inner statements on a copy of the
variables (`save`, `restore`) and then the whole block on the real ones. Names are marked
(`training.corpus.marks`) and get their final form later.
"""

from __future__ import annotations

import importlib
import pickle
import random
import re
import warnings
from collections.abc import Sequence
from typing import Any

from training.corpus import literals
from training.corpus.grammar import COMPILED, COMPILED_STATEMENTS, LITERALS, MODULES
from training.corpus.marks import VARIABLE as V

Code = list[str]  # statements with four blanks per level of indentation

MAX_CHARS = 160
MAX_INT = 10**7
#: Values of these types cannot be copied; blocks do not use them.
_UNCOPIED = frozenset({"it", "fi", "fs", "", "pr"})
_RETURN = re.compile(r"^( *)((?:if|else|elif)\b.*: )?return\b.*$", re.MULTILINE)
_OWN = re.compile(V + r"\w+")


def _silent(*args: object, **options: object) -> None:
    """In place of `print` while statements are tried."""


#: Modules that the grammar's templates name; `finish_imports` writes the imports.
_MODULES = {name: importlib.import_module(name) for name in MODULES}


class _Returned(Exception):
    """Raised in place of `return` while a function's statements run one by one."""


class Composer:
    """Writes statements for one function. `namespace` holds the values of all variables."""

    def __init__(self, rng: random.Random, prefix: str = "q9") -> None:
        self.rng = rng
        self.prefix = prefix
        self.kinds: dict[str, str] = {}  # variables in scope -> type
        self.namespace: dict[str, Any] = {"Returned": _Returned, "print": _silent, **_MODULES}
        self.inner: list[tuple[str, str]] = []  # variables of comprehensions being written
        self.functions: list[tuple[str, tuple[str, ...], str]] = []
        self.locked: set[str] = set()  # iterated right now: must not change size
        self.returned = False
        self.all_fresh = False  # no names of earlier comprehensions again
        self._count = 0
        self._loop_names: list[str] = []

    # --- names and values

    def fresh(self, kind: str = "x") -> str:
        """A new marked name."""
        self._count += 1
        return f"{V}{self.prefix}{kind}{self._count}"

    def declare(self, name: str, kind: str, value: object) -> None:
        """Make a variable known with its value (a parameter, a loop variable)."""
        self.kinds[name] = kind
        self.namespace[name] = value

    def save(self) -> tuple[bytes, dict[str, str]]:
        """The state of all copyable variables."""
        data = {n: self.namespace[n] for n, k in self.kinds.items() if k not in _UNCOPIED}
        return pickle.dumps(data, -1), dict(self.kinds)

    def restore(self, saved: tuple[bytes, dict[str, str]]) -> None:
        """Go back to a saved state."""
        self.kinds = dict(saved[1])
        for name in [n for n in self.namespace if n[0] == V and n not in self.kinds]:
            if not callable(self.namespace[name]):
                del self.namespace[name]
        self.namespace.update(pickle.loads(saved[0]))  # noqa: S301  # made by `save` just before

    def run(self, code: Code) -> bool:
        """Run statements on the variables. Whether they ended well and left small values."""
        text = "\n".join(code)
        if "return" in text:
            text = _RETURN.sub(_raise_instead, text)
        text = text.replace("nonlocal ", "global ")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(text, self.namespace)  # noqa: S102  # text of our own grammar
        except _Returned:
            self.returned = True
        except Exception:
            return False
        return all(self._is_small(name) for name in set(_OWN.findall(text)))

    def attempt(self, code: Code) -> bool:
        """`run`, which leaves the variables as they were where it does not work out."""
        saved = self.save()
        if self.run(code):
            return True
        self.restore(saved)
        return False

    def value(self, expression: str) -> Any:
        """The value of an expression now. Raises what it raises."""
        return eval(expression, self.namespace)  # noqa: S307  # text of our own grammar

    def _is_small(self, name: str) -> bool:
        value = self.namespace.get(name)
        if isinstance(value, int):
            return -MAX_INT < value < MAX_INT
        return not isinstance(value, float | str | list | dict | tuple | set) or (
            len(repr(value)) <= MAX_CHARS
        )

    def lock(self, name: str) -> None:
        """Keep a container and all its other names from changing: it is being iterated."""
        value = self.namespace.get(name)
        self.locked.add(name)
        self.locked.update(n for n, k in self.kinds.items() if self.namespace.get(n) is value)
        if self.kinds.get(name) == "li":
            self.locked.update(n for n, k in self.kinds.items() if k == "ll")

    # --- expressions

    def expression(self, kind: str, depth: int, *, free: bool = True) -> str:
        """An expression of this type, with parentheses where the position needs them."""
        rng = self.rng
        if depth > 0:
            if self.functions and rng.random() < 0.15:
                call = self._call(kind, depth)
                if call:
                    return call
            templates, running = COMPILED.get(kind, ((), ()))
            for _ in range(5 if templates else 0):
                template = rng.choices(templates, cum_weights=running)[0]
                text = self.fill(template, depth - 1)
                if text is not None and (V in text or rng.random() < 0.1):
                    return f"({text})" if template[0] and not free else text
        return self.leaf(kind, free=free)

    def _call(self, kind: str, depth: int) -> str:
        fitting = [f for f in self.functions if f[2] == kind]
        if not fitting:
            return ""
        name, parameters, _ = self.rng.choice(fitting)
        return f"{name}({', '.join(self.expression(p, depth - 1) for p in parameters)})"

    def leaf(self, kind: str, *, free: bool = True) -> str:
        """A variable of this type, or a literal."""
        rng = self.rng
        wanted = [n for n, k in self.inner if k == kind]
        if wanted and rng.random() < 0.75:
            return rng.choice(wanted[-2:])
        names = [n for n, k in self.kinds.items() if k == kind]
        if names and rng.random() < 0.85:
            return names[-1] if rng.random() < 0.3 else rng.choice(names)
        text = self._converted(kind) if rng.random() < 0.6 else ""
        text = text or literals.literal(kind, rng)
        return f"({text})" if not free and text[0] == "-" else text

    def _converted(self, kind: str) -> str:
        """What a variable of another type gives for this one, without operators."""
        options = [
            (form, name)
            for name, known in [*self.kinds.items(), *self.inner]
            for form in literals.CONVERSIONS.get(kind, {}).get(known, ())
        ]
        if not options:
            return ""
        form, name = self.rng.choice(options)
        return form.format(name)

    def variable(self, kind: str) -> str | None:
        """A variable of this type, later ones more often."""
        rng = self.rng
        names = [n for n, k in self.kinds.items() if k == kind and n not in self.locked]
        if kind in ("s", "i"):
            names += [n for n, k in self.inner if k == kind]
        if not names:
            return None
        return names[-1] if rng.random() < 0.35 else rng.choice(names)

    def fill(self, template: Any, depth: int) -> str | None:
        """A template with its holes filled, or None if it needs a variable that is not there."""
        _, parts, bound = template
        names: dict[str, str] = {}
        for letter, kind in bound:
            name = self._bound_name(kind)
            names[letter] = self.fresh(kind) if name in names.values() else name
        new = [(names[letter], "s" if kind == "c" else kind) for letter, kind in bound]
        out: list[str] = []
        receiver = ""
        outer = self.inner
        for part in parts:
            if isinstance(part, str):
                out.append(part)
                continue
            if len(part) == 1:
                out.append(names[part[0]])
                continue
            kind, is_inner, is_free, is_quoted = part
            if kind in LITERALS:
                out.append(literals.special(kind, receiver, self))
                continue
            if is_inner:
                self.inner = outer + new
            text: str | None
            if kind[0] == "v" and kind != "v":
                text = receiver = self.variable(kind[1:]) or ""
                if not text:
                    self.inner = outer
                    return None
            else:
                use_depth = depth if self.rng.random() < 0.45 else 0
                if is_inner:
                    use_depth = max(use_depth, self.rng.choice((0, 1, 1)))
                text = self.expression(kind, use_depth, free=is_free)
                if is_inner and not any(n in text for n, _ in new) and self.rng.random() < 0.85:
                    # An inner expression that ignores the element is seldom what people write.
                    text = self.expression(kind, 1, free=is_free)
                if is_quoted and ("'" in text or '"' in text or "\\" in text or "{" in text):
                    text = self.variable(kind) or "1"
                if kind == "s" and not receiver:
                    receiver = text
            self.inner = outer
            out.append(text)
        return "".join(out)

    def _bound_name(self, kind: str) -> str:
        if self._loop_names and not self.all_fresh and self.rng.random() < 0.3:
            name = self.rng.choice(self._loop_names)
            if name not in self.kinds and all(name != n for n, _ in self.inner):
                return name
        name = self.fresh(kind or "x")
        self._loop_names.append(name)
        return name

    # --- statements

    def assignment(self, kinds: Sequence[str], weights: Sequence[int]) -> Code | None:
        """`x = expression`, run; None if it did not work out."""
        rng = self.rng
        kind = rng.choices(kinds, weights)[0]
        text = self.expression(kind, rng.choices((1, 2, 3), (58, 32, 10))[0])
        known = [n for n, k in self.kinds.items() if k == kind and n not in self.locked]
        is_new = not known or rng.random() < 0.62
        name = self.fresh(kind) if is_new else rng.choice(known)
        old = self.namespace.get(name)
        if text == name or not self.run([f"{name} = {text}"]):
            self.namespace[name] = old
            return None
        value = self.namespace[name]
        dull = value == old or (not value and kind not in ("b", "i"))
        if (dull or text in self.kinds) and rng.random() < 0.7:
            self.namespace[name] = old
            return None
        self.kinds[name] = kind
        return [f"{name} = {text}"]

    def change(self) -> Code | None:
        """A statement of the grammar's list, run; None if it did not work out."""
        templates, running = COMPILED_STATEMENTS
        rng = self.rng
        template = rng.choices(templates, cum_weights=running)[0]
        loops = len(self._loop_names)
        self.all_fresh = True
        text = self.fill(template, rng.choice((0, 1, 1, 2)))
        self.all_fresh = False
        # Names bound by a statement are variables now, not names of comprehensions.
        new = self._loop_names[loops : loops + len(template[2])]
        del self._loop_names[loops:]
        if text is None:
            return None
        code = text.split("|") if "|" in template_text(template) else [text]
        if not self.attempt(code):
            return None
        for (_, kind), name in zip(template[2], new, strict=False):
            value = self.namespace.get(name)
            if kind and type(value) is literals.PYTHON_TYPES.get("s" if kind == "c" else kind):
                self.kinds[name] = "s" if kind == "c" else kind
        return code


def indented(code: Code) -> Code:
    """One level deeper."""
    return ["    " + line for line in code]


def template_text(template: Any) -> str:
    """The fixed text of a compiled template."""
    return "".join(p for p in template[1] if isinstance(p, str))


def _raise_instead(m: re.Match[str]) -> str:
    # Returns inside nested functions stay as they are: they are indented below a `def`, and the
    # templates of nested functions are run as a whole.
    text = m.string
    before = text[: m.start()].split("\n")
    depth = len(m[1])
    for line in reversed(before[:-1]):
        indent = len(line) - len(line.lstrip())
        if indent < depth:
            if line.lstrip().startswith("def "):
                return m[0]
            depth = indent
    return f"{m[1]}{m[2] or ''}raise Returned"
