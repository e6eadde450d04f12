"""Whole programs composed from scratch: one function, helpers with a main, drills, classes."""

from __future__ import annotations

import random
import re
from typing import Any

from training.corpus import blocks, literals
from training.corpus.classes import class_program
from training.corpus.compose import Code, Composer, indented
from training.corpus.draft import SYNTHETIC, Draft
from training.corpus.drills import PlainComposer, entry_name, operations
from training.corpus.grammar import MODULES
from training.corpus.lines import split
from training.corpus.marks import VARIABLE as V
from training.corpus.walks import walk

_PARAMETERS = (
    "s",
    "li",
    "ls",
    "i",
    "dsi",
    "dss",
    "f",
    "b",
    "ll",
    "lt",
    "dis",
    "ti",
    "dsl",
    "lf",
    "ts",
)
_PARAMETER_WEIGHTS = (42, 20, 12, 12, 8, 4, 2, 2, 3, 2, 2, 2, 1, 1, 1)
_MODULE = re.compile(rf"\b({'|'.join(MODULES)})\.(\w+)")
_DEFINED = re.compile("(def|class) [\u01c1\u01c2](\\w+)")
#: Kinds of composed programs and their weights. `operations` are by far the shortest.
_KINDS = {
    "operations": 58, "walk": 16, "crux": 12, "flow": 5, "drill": 2, "helpers": 3, "class": 4,
}  # fmt: skip
#: Composed functions whose names are the usual ones; the others get any names.
_PLAIN_SHARE = 0.55
#: Types whose method sequences the drills train.
_DRILLS = ("s", "s", "s", "li", "ls", "dsi")


def composed(rng: random.Random) -> Draft:
    """A program from scratch."""
    kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
    if kind == "class":
        code, entry, arguments = class_program(rng)
    elif kind == "helpers":
        code, entry, arguments = _with_helpers(rng)
    else:
        code, entry, arguments = _one_function(rng, kind)
    text = "\n".join(_with_imports(code, rng)) + "\n"
    kinds = {
        name: "class" if word == "class" else "function" for word, name in _DEFINED.findall(text)
    }
    is_plain = entry != "main" and not entry.startswith(SYNTHETIC)
    return Draft(
        kind, split(text), entry, arguments, kinds, 1.0 if is_plain else 0.0, lean=is_plain
    )


def parameters(composer: Composer, count: int, kinds: tuple[str, ...] = _PARAMETERS) -> list[str]:
    """Declare parameters with argument values; their names."""
    rng = composer.rng
    weights = _PARAMETER_WEIGHTS if kinds is _PARAMETERS else [1] * len(kinds)
    out = []
    for _ in range(count):
        kind = rng.choices(kinds, weights)[0]
        name = composer.fresh(kind)
        composer.declare(name, kind, literals.VALUES[kind](rng, []))
        out.append(name)
    return out


def signature(composer: Composer, names: list[str], rng: random.Random) -> str:
    """The parameter list, with hints or a default in a share of functions."""
    hinted = rng.random() < 0.16
    style = rng.randrange(3)
    out = []
    for name in names:
        kind = composer.kinds[name]
        hints = literals.HINTS.get(kind, ("object",))
        out.append(f"{name}: {hints[min(style, len(hints) - 1)]}" if hinted else name)
    if names and rng.random() < 0.06 and composer.kinds[names[-1]] in ("i", "s", "b", "f"):
        space = " = " if hinted else "="
        out[-1] += space + literals.literal(composer.kinds[names[-1]], rng)
    return ", ".join(out)


def _one_function(rng: random.Random, kind: str) -> tuple[Code, str, tuple[Any, ...]]:
    composer = PlainComposer(rng) if rng.random() < _PLAIN_SHARE else Composer(rng)
    if kind in ("operations", "walk"):
        made = walk(composer) if kind == "walk" else None
        return _short(composer, *(made or operations(composer)))
    if kind == "drill":
        names = parameters(composer, rng.choice((1, 1, 2)), (rng.choice(_DRILLS),))
    else:
        names = parameters(composer, rng.choice((1, 1, 1, 2, 2, 2, 3, 4)))
    arguments = tuple(_copied(composer.namespace[n]) for n in names)
    header = signature(composer, names, rng)
    if kind == "crux":
        body = blocks.some(composer, rng.choice((1, 1, 2, 2, 3, 3, 4, 5)), 1)
    elif kind == "flow":
        body = []
        for _ in range(rng.choice((1, 2, 2, 3))):
            body += blocks.some(composer, rng.choice((0, 1, 1)))
            body += blocks.compound(composer, 2) or []
    else:
        body = _drill(composer, names[0])
    ending = blocks.result(composer)
    if kind == "flow" and rng.random() < 0.06:
        body.append(f"print({ending})")
    else:
        body.append(f"return {ending}")
    body = _pruned(body, rng)
    name = entry_name(composer)
    hint = ""
    if ": " in header and rng.random() < 0.7:
        known = literals.HINTS.get(composer.kinds.get(ending, ""), ())
        hint = f" -> {known[0]}" if known else ""
    return [f"def {V}{name}({header}){hint}:", *indented(body)], name, arguments


def _short(
    composer: Composer, names: list[str], arguments: tuple[Any, ...], body: Code, ending: str
) -> tuple[Code, str, tuple[Any, ...]]:
    name = entry_name(composer)
    header = signature(composer, names, composer.rng)
    return [f"def {V}{name}({header}):", *indented([*body, f"return {ending}"])], name, arguments


def _copied(value: Any) -> Any:
    return eval(repr(value)) if isinstance(value, list | dict) else value  # noqa: S307  # own literal


def _pruned(body: Code, rng: random.Random) -> Code:
    """Drop most simple assignments to names that nothing reads."""
    text = "\n".join(body)
    out = []
    for line in body:
        m = re.match(rf"({V}\w+) = ", line)
        if m and len(re.findall(rf"{m[1]}\b", text)) == 1 and rng.random() < 0.5:
            continue
        out.append(line)
    return out


def _drill(composer: Composer, name: str) -> Code:
    """Many small steps on one value."""
    rng = composer.rng
    kind = composer.kinds[name]
    body: Code = []
    count = rng.randint(4, 9)
    in_place = rng.random() < 0.4 or kind == "dsi"
    for _ in range(count * 3):
        if count <= 0 or composer.returned:
            break
        if in_place and rng.random() < 0.75:
            saved = composer.save()
            code = composer.change()
            if code and name not in code[0] and rng.random() < 0.6:
                composer.restore(saved)
                code = None
        elif rng.random() < 0.55:
            code = composer.assignment((kind,), (1,))
        else:
            code = composer.assignment(("s", "i", "li", "ls", "b"), (5, 3, 2, 3, 2))
        if code:
            body += code
            count -= 1
    return body


def _with_helpers(rng: random.Random) -> tuple[Code, str, tuple[Any, ...]]:
    """One to three small functions and one that uses them; perhaps called by `main`."""
    code: Code = []
    functions: list[tuple[str, tuple[str, ...], str]] = []
    shared: dict[str, Any] = {}
    for i in range(rng.choice((1, 1, 2, 2, 3))):
        helper = Composer(rng, f"q9h{i}")
        helper.namespace.update(shared)
        helper.functions = list(functions)
        names = parameters(helper, rng.choice((1, 1, 2)), ("s", "i", "li", "s", "ls"))
        kinds = tuple(helper.kinds[n] for n in names)
        header = signature(helper, names, rng)
        body = blocks.some(helper, rng.choice((0, 1, 1, 2)), 1)
        kind = rng.choice(("s", "i", "b", "li", "s", "i"))
        body.append(f"return {helper.expression(kind, 2)}")
        name = f"{V}{helper.prefix}f"
        text = [f"def {name}({header}):", *indented(body)]
        if not helper.run(text):
            continue
        shared[name] = helper.namespace[name]
        functions.append((name, kinds, kind))
        code += text
    main = Composer(rng)
    main.functions = functions
    main.namespace.update(shared)
    names = parameters(main, rng.choice((0, 1, 1, 2)), ("s", "i", "li", "ls", "s"))
    header = signature(main, names, rng)
    arguments = tuple(_copied(main.namespace[n]) for n in names)
    body = []
    if not names:
        kind = rng.choice(("s", "li", "i", "ls"))
        start = main.fresh(kind)
        body = [f"{start} = {literals.literal(kind, rng)}"]
        main.run(body)
        main.kinds[start] = kind
    for name, kinds, kind in functions:
        target = main.fresh(kind)
        call = f"{target} = {name}({', '.join(main.leaf(k) for k in kinds)})"
        if main.run([call]):
            main.kinds[target] = kind
            body.append(call)
    body += blocks.some(main, rng.choice((1, 2, 3)), 1)
    if rng.random() < 0.25:
        body.append(f"print({blocks.result(main)})")
    body.append(f"return {blocks.result(main)}")
    entry = "main" if not names and rng.random() < 0.8 else "q9f"
    mark = "" if entry == "main" else V
    return [*code, f"def {mark}{entry}({header}):", *indented(body)], entry, arguments


def _with_imports(code: Code, rng: random.Random) -> Code:
    """The code with the imports that it needs, as modules or as names."""
    text = "\n".join(code)
    used: dict[str, set[str]] = {}
    for module, name in _MODULE.findall(text):
        used.setdefault(module, set()).add(name)
    out: Code = []
    for module in sorted(used):
        names = sorted(used[module])
        if (
            module in ("re", "operator", "string")
            or (module == "math" and rng.random() < 0.6)
            or (module in ("heapq", "bisect", "itertools") and rng.random() < 0.6)
        ):
            out.append(f"import {module}")
        elif module == "collections" and rng.random() < 0.25:
            out.append("import collections")
        else:
            out.append(f"from {module} import {', '.join(names)}")
            for name in names:
                text = re.sub(rf"\b{module}\.{name}\b", name, text)
    hints = [h for h in ("List", "Dict", "Tuple") if re.search(rf"\b{h}\[", text)]
    if hints:
        out.append(f"from typing import {', '.join(hints)}")
    return [*out, *text.split("\n")]
