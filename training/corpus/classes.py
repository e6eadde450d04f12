"""Composed programs with classes: state, methods, properties, operators, inheritance."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

from training.corpus import blocks, literals
from training.corpus.compose import Code, Composer, indented
from training.corpus.marks import ATTRIBUTE as A
from training.corpus.marks import VARIABLE as V

_KINDS = ("i", "s", "li", "ls", "dsi", "f")
_WEIGHTS = (30, 22, 22, 12, 10, 4)
_DUNDERS: dict[str, tuple[str, ...]] = {
    "i": (
        "def __add__(self, other):|return {C}(self.{a} + other.{a})",
        "def __eq__(self, other):|return self.{a} == other.{a}",
        "def __lt__(self, other):|return self.{a} < other.{a}",
        "def __int__(self):|return self.{a}",
        "def __bool__(self):|return self.{a} > 0",
        "def __call__(self, n):|self.{a} += n|return self.{a}",
    ),
    "s": (
        "def __eq__(self, other):|return self.{a}.lower() == other.{a}.lower()",
        "def __len__(self):|return len(self.{a})",
        "def __getitem__(self, i):|return self.{a}[i]",
        "def __add__(self, other):|return {C}(self.{a} + str(other))",
    ),
    "li": (
        "def __len__(self):|return len(self.{a})",
        "def __getitem__(self, i):|return self.{a}[i]",
        "def __contains__(self, x):|return x in self.{a}",
        "def __iter__(self):|return iter(self.{a})",
        "def __setitem__(self, i, x):|self.{a}[i] = x",
    ),
    "dsi": (
        "def __len__(self):|return len(self.{a})",
        "def __getitem__(self, k):|return self.{a}.get(k, 0)",
        "def __contains__(self, k):|return k in self.{a}",
    ),
}
_USES = {
    "__len__": "len({o})",
    "__eq__": "{o} == {o}",
    "__lt__": "{o} < {o}",
    "__int__": "int({o})",
    "__bool__": "bool({o})",
    "__call__": "{o}(3)",
    "__getitem__": "{o}[0]",
    "__contains__": "5 in {o}",
    "__iter__": "list({o})",
    "__add__": "str({o} + {o})",
    "__str__": "str({o})",
    "__repr__": "[{o}]",
}


def class_program(rng: random.Random) -> tuple[Code, str, tuple[Any, ...]]:
    """A class (perhaps with a subclass), and a function that makes objects and calls methods."""
    name = f"{V}q9Class"
    composer = Composer(rng)
    composer.namespace["self"] = SimpleNamespace()
    attributes: list[tuple[str, str, str]] = []  # attribute, type, parameter or ""
    for i in range(rng.choice((1, 1, 2, 2, 3))):
        kind = rng.choices(_KINDS, _WEIGHTS)[0]
        attribute = f"{A}q9a{i}"
        is_given = i == 0 or rng.random() < 0.5
        parameter = f"{V}q9a{i}" if rng.random() < 0.8 else f"{V}q9p{i}"
        attributes.append((attribute, kind, parameter if is_given else ""))
        value = literals.VALUES[kind](rng, []) if is_given else _EMPTY[kind]
        composer.run([f"self.{attribute} = {value!r}"])
        composer.kinds[f"self.{attribute}"] = kind
        composer.namespace[f"self.{attribute}"] = value
    code, methods = _class(composer, name, attributes, rng)
    user, entry, arguments = _user(name, attributes, methods, rng)
    return code + user, entry, arguments


_EMPTY: dict[str, Any] = {"i": 0, "s": "", "li": [], "ls": [], "dsi": {}, "f": 0.0}

Method = tuple[str, tuple[str, ...], str]  # expression on {o}, argument types, kind of use


def _class(
    composer: Composer, name: str, attributes: list[tuple[str, str, str]], rng: random.Random
) -> tuple[Code, list[Method]]:
    given = [p for _, _, p in attributes if p]
    out = [f"class {name}:"]
    if rng.random() < 0.15:
        out.append(f"    {A}q9shared = {rng.choice(('0', '10', '[]', repr('x')))}")
    out.append(f"    def __init__(self, {', '.join(given)}):")
    for attribute, kind, parameter in attributes:
        out.append(f"        self.{attribute} = {parameter or repr(_EMPTY[kind])}")
    methods: list[Method] = []
    for i in range(rng.choice((1, 2, 2, 3))):
        method, text = _method(composer, f"{A}q9m{i}", rng)
        methods.append(method)
        out += indented(text)
    attribute, kind, _ = attributes[0]
    for template in rng.sample(
        _DUNDERS.get(kind, ()), min(rng.choice((0, 0, 1, 2)), len(_DUNDERS.get(kind, ())))
    ):
        if "{C}" in template and len(given) != 1:
            continue
        header, *body = template.format(C=name, a=attribute).split("|")
        out += [f"    {header}", *("        " + line for line in body)]
        dunder = header[4 : header.index("(")]
        methods.append((_USES.get(dunder, "{o}"), (), "value"))
    if rng.random() < 0.35:
        dunder = rng.choice(("__str__", "__repr__"))
        parts = rng.choice((f"{{self.{attribute}}}", f"{{self.{attribute}!r}}"))
        label = rng.choice(("Item", "P", "<", "obj ", ""))
        out += [f"    def {dunder}(self):", f"        return f'{label}({parts})'"]
        methods.append((_USES[dunder], (), "value"))
    if rng.random() < 0.2:
        out += ["    @property", f"    def {A}q9prop(self):"]
        out.append(f"        return {composer.expression(rng.choice(('i', 's', 'b')), 1)}")
        methods.append((f"{{o}}.{A}q9prop", (), "value"))
    if rng.random() < 0.1:
        out += ["    @staticmethod", f"    def {A}q9static(x):", "        return x * 2"]
        methods.append((f"{{o}}.{A}q9static({rng.randint(1, 9)})", (), "value"))
    if rng.random() < 0.08:
        made = ", ".join(repr(literals.VALUES[k](rng, [])) for _, k, p in attributes if p)
        out += ["    @classmethod", f"    def {A}q9make(cls):", f"        return cls({made})"]
        methods.append((f"{name}.{A}q9make().{attribute}", (), "value"))
    if rng.random() < 0.25:
        out += _subclass(name, given, methods, rng)
    return out, methods


def _method(composer: Composer, name: str, rng: random.Random) -> tuple[Method, Code]:
    saved = dict(composer.kinds)
    kinds = tuple(rng.choice(("i", "s", "i")) for _ in range(rng.choice((0, 1, 1, 2))))
    names = []
    for kind in kinds:
        parameter = composer.fresh(kind)
        names.append(parameter)
        composer.declare(parameter, kind, literals.VALUES[kind](rng, []))
    body = _changes(composer, rng)
    composer.returned = False
    ending = rng.random()
    if ending < 0.65 or not body:
        body.append(f"return {blocks.result(composer)}")
    elif ending < 0.75:
        body.append("return self")
    composer.kinds = saved
    use = "value" if body[-1].startswith("return") else "call"
    arguments = ", ".join(f"{{{i}}}" for i in range(len(kinds)))
    header = f"def {name}({', '.join(['self', *names])}):"
    return (f"{{o}}.{name}({arguments})", kinds, use), [header, *indented(body)]


_CHANGES: dict[str, tuple[str, ...]] = {
    "i": ("{a} += {i}", "{a} -= {i}", "{a} = {i}", "{a} *= 2", "if {b}:\n    {a} += 1"),
    "f": ("{a} += {i}", "{a} *= 1.5", "{a} = round({a} / 2, 1)"),
    "s": ("{a} += {s}", "{a} = {s}", "{a} = {a}.upper()", "{a} = {a}[::-1]", "{a} = {s} + {a}"),
    "li": ("{a}.append({i})", "{a}.insert(0, {i})", "{a}.sort()", "if {a}:\n    {a}.pop()",
           "{a} = [x for x in {a} if x != {i}]", "{a}.extend([{i}, {i}])", "{a} = {a}[1:]"),
    "ls": ("{a}.append({s})", "{a} = sorted({a})", "{a}.extend({s}.split())", "{a}.insert(0, {s})"),
    "dsi": ("{a}[{s}] = {i}", "{a}[{s}] = {a}.get({s}, 0) + {i}", "{a}.pop({s}, None)",
            "{a}.setdefault({s}, {i})", "if {s} not in {a}:\n    {a}[{s}] = 0"),
}  # fmt: skip


def _changes(composer: Composer, rng: random.Random) -> Code:
    """Statements on attributes (names of attributes are expressions, not assignable names)."""
    body: Code = []
    for _ in range(rng.choice((0, 1, 1, 2))):
        own = [(n, k) for n, k in composer.kinds.items() if n.startswith("self.")]
        attribute, kind = rng.choice(own)
        text = rng.choice(_CHANGES[kind]).replace("{a}", attribute)
        for hole in ("i", "s", "b"):
            while f"{{{hole}}}" in text:
                text = text.replace(f"{{{hole}}}", composer.expression(hole, rng.choice((0, 1))), 1)
        code = text.split("\n")
        if composer.run(code):
            body += code
    return body


def _subclass(name: str, given: list[str], methods: list[Method], rng: random.Random) -> Code:
    sub = f"{V}q9Sub"
    out = [f"class {sub}({name}):"]
    kind = rng.random()
    if kind < 0.5:
        extra = f"{A}q9extra"
        out += [
            f"    def __init__(self, {', '.join(given)}):",
            f"        super().__init__({', '.join(given)})",
            f"        self.{extra} = {rng.randint(0, 9)}",
        ]
    overridden = next((m for m in methods if "q9m" in m[0] and m[2] == "value"), None)
    if overridden:
        method = overridden[0].split(".")[1].split("(")[0]
        names = [f"{V}q9o{i}" for i in range(len(overridden[1]))]
        call = f"super().{method}({', '.join(names)})"
        out.append(f"    def {method}({', '.join(['self', *names])}):")
        out.append(
            rng.choice(
                (
                    f"        return [{call}]",
                    f"        return ('sub', {call})",
                    f"        return {call}",
                )
            )
        )
    if len(out) == 1:
        out.append("    pass")
    methods.append(("SUB", (), "value"))
    return out


def _user(
    name: str, attributes: list[tuple[str, str, str]], methods: list[Method], rng: random.Random
) -> tuple[Code, str, tuple[Any, ...]]:
    """`main()` or a function with the constructor's arguments."""
    kinds = [k for _, k, p in attributes if p]
    values = [literals.VALUES[k](rng, []) for k in kinds]
    is_main = rng.random() < 0.7
    names = [f"{V}q9u{i}" for i in range(len(kinds))]
    o = f"{V}q9obj"
    has_sub = ("SUB", (), "value") in methods
    made = f"{V}q9Sub" if has_sub and rng.random() < 0.75 else name
    passed = ", ".join(map(repr, values) if is_main else names)
    body = [f"{o} = {made}({passed})"]
    if rng.random() < 0.12:
        second = f"{V}q9obj2"
        body.append(f"{second} = {o}")
    results: list[str] = []
    usable = [m for m in methods if m[0] != "SUB"]
    for i in range(rng.choice((1, 2, 2, 3))):
        text, parameters, use = rng.choice(usable)
        given = [literals.literal(k, rng) for k in parameters]
        call = text.replace("{o}", o)
        for j, value in enumerate(given):
            call = call.replace(f"{{{j}}}", value)
        if use == "call":
            body.append(call)
        elif rng.random() < 0.2:
            body.append(f"print({call})")
        else:
            body.append(f"{V}q9r{i} = {call}")
            results.append(f"{V}q9r{i}")
    results.append(f"{o}.{rng.choice(attributes)[0]}")
    ending = ", ".join(rng.sample(results, rng.randint(1, len(results))))
    body.append(f"return {ending}")
    if is_main:
        return ["def main():", *indented(body)], "main", ()
    return [f"def {V}q9use({', '.join(names)}):", *indented(body)], "q9use", tuple(values)
