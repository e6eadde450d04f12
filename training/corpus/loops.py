"""Parts of composed `for` loops: what they run over, and how they collect results."""

from __future__ import annotations

from training.corpus.compose import Code, Composer, indented

#: A loop's header, its variables with types and first values, and the variable iterated.
Source = tuple[str, list[tuple[str, str, object]], str]


def sources(composer: Composer) -> list[Source]:
    """Ways to loop over what is there."""
    rng = composer.rng
    out: list[Source] = []
    for name, kind in composer.kinds.items():
        value = composer.namespace.get(name)
        if kind in ("s", "li", "ls", "ti", "ts") and value and len(value) <= 9:
            out += _over_sequence(composer, name, kind)
        elif kind in ("dsi", "dss", "dis") and value:
            k, v = composer.fresh("k"), composer.fresh("v")
            kinds = ("i" if kind == "dis" else "s", "i" if kind == "dsi" else "s")
            key = next(iter(value))
            pair = [(k, kinds[0], key), (v, kinds[1], value[key])]
            out.append((f"for {k}, {v} in {name}.items():", pair, name))
            out.append((f"for {k} in {rng.choice((name, f'sorted({name})'))}:", pair[:1], name))
            out.append((f"for {v} in {name}.values():", pair[1:], name))
        elif kind == "ll" and value and value[0]:
            x = composer.fresh("row")
            out.append((f"for {x} in {name}:", [(x, "li", value[0])], name))
        elif kind == "lt" and value:
            k, v = composer.fresh("k"), composer.fresh("v")
            out.append(
                (f"for {k}, {v} in {name}:", [(k, "s", value[0][0]), (v, "i", value[0][1])], name)
            )
    i = composer.fresh("i")
    bounds = rng.choice(("{0}", "{0}", "1, {0}", "0, {0}, 2", "{0}, 0, -1"))
    out.append((f"for {i} in range({bounds.format(rng.randint(2, 5))}):", [(i, "i", 1)], ""))
    return out


def _over_sequence(composer: Composer, name: str, kind: str) -> list[Source]:
    """Loops over elements, over pairs from `enumerate`, and over indexes."""
    rng = composer.rng
    value = composer.namespace[name]
    out: list[Source] = []
    element = "s" if kind in ("s", "ls", "ts") else "i"
    x, i = composer.fresh("e"), composer.fresh("i")
    first = next(iter(value))
    ways = [f"for {x} in {name}:"] * 5 + [f"for {x} in {name}[{c}]:" for c in ("::-1", "1:")]
    ways += [f"for {x} in reversed({name}):", f"for {x} in sorted({name}):"]
    if kind == "s":
        ways += [f"for {x} in {name}.lower():", f"for {x} in {name}.split():"]
    out.append((rng.choice(ways), [(x, element, first)], name))
    head = rng.choice(
        (f"for {i}, {x} in enumerate({name}):", f"for {i}, {x} in enumerate({name}, 1):")
    )
    out.append((head, [(i, "i", 0), (x, element, first)], name))
    head = rng.choice(
        (
            f"for {i} in range(len({name})):",
            f"for {i} in range(len({name})):",
            f"for {i} in range(1, len({name})):",
            f"for {i} in range(0, len({name}), 2):",
            f"for {i} in range(len({name}) - 1, -1, -1):",
        )
    )
    out.append((head, [(i, "i", 0), (f"{name}[{i}]", element, first)], name))
    return out


#: How a loop collects: type of the collector, its start, updates with x (element) of a type.
COLLECTORS: tuple[tuple[str, str, dict[str, tuple[str, ...]]], ...] = (
    ("i", "0", {
        "i": ("{a} += {x}", "{a} += {x}", "{a} += {e:i}", "{a} = max({a}, {x})", "{a} -= {x}",
              "if {e:b}:\n    {a} += 1", "{a} = {a} * 2 + {x}",
              "{a} = {x} - {a}", "{a} += {x} ** 2"),
        "s": ("{a} += len({x})", "if {e:b}:\n    {a} += 1", "{a} += {x}.count({c})", "{a} += {e:i}",
              "{a} += {x}.isupper()", "if {x} == {c}:\n    {a} += 1\nelse:\n    {a} -= 1",
              "{a} = {a} * 3 + ord({x}[0]) if {x} else {a}"),
        "li": ("{a} += sum({x})", "{a} += {x}[0]", "{a} = max({a}, max({x}))"),
    }),
    ("s", "''", {
        "i": ("{a} += str({x})", "{a} = str({x}) + {a}", "{a} += {c} * {x}", "{a} += f'{{{x}}},'",
              "{a} += 'even' if {x} % 2 == 0 else 'odd'", "{a} += chr(97 + {x} % 26)"),
        "s": ("{a} += {x}", "{a} = {x} + {a}", "{a} += {e:s}", "{a} += {x}.upper()",
              "if {e:b}:\n    {a} += {x}", "if {x} not in {a}:\n    {a} += {x}",
              "if {e:b}:\n    {a} += {e:s}\nelse:\n    {a} += {x}", "{a} += {x} + {c}",
              "if {x}.isalpha():\n    {a} += {x}.swapcase()\nelif {x}.isdigit():\n    {a} += {c}",
              "{a} += chr(ord({x}[0]) + 1) if {x} else ''"),
        "li": ("{a} += str({x})", "{a} += ' '.join(map(str, {x})) + ';'"),
    }),
    ("li", "[]", {
        "i": ("{a}.append({x})", "{a}.append({e:i})", "{a}.insert(0, {x})", "{a} += [{x}] * 2",
              "if {e:b}:\n    {a}.append({x})", "if {x} not in {a}:\n    {a}.append({x})",
              "{a}.append({x} + ({a}[-1] if {a} else 0))", "{a} = [{x}] + {a}"),
        "s": ("{a}.append(len({x}))", "{a}.append({e:i})", "{a} += map(ord, {x})"),
        "li": ("{a}.append(sum({x}))", "{a}.extend({x})", "{a} += {x}[::-1]",
               "{a}.append({x}[-1])"),
    }),
    ("ls", "[]", {
        "i": ("{a}.append(str({x}))", "{a}.append({e:s})", "{a}.append(f'{{{x}}}!')"),
        "s": ("{a}.append({x})", "{a}.append({e:s})", "{a}.insert(0, {x})", "{a} += {x}",
              "if {e:b}:\n    {a}.append({x})", "if {x} not in {a}:\n    {a}.append({x})",
              "{a}.append({x}.strip().title())",
              "if not {a} or {a}[-1] != {x}:\n    {a}.append({x})"),
        "li": ("{a}.append(str({x}))",),
    }),
    ("dsi", "{{}}", {
        "i": ("{a}[str({x})] = {e:i}", "{a}[{c}] = {a}.get({c}, 0) + {x}"),
        "s": ("{a}[{x}] = {a}.get({x}, 0) + 1", "{a}[{x}] = len({x})", "{a}[{x}] = {e:i}",
              "if {x} in {a}:\n    {a}[{x}] += 1\nelse:\n    {a}[{x}] = 1",
              "if {x} not in {a}:\n    {a}[{x}] = 0\n{a}[{x}] += 1",
              "{a}.setdefault({x}, len({a}))"),
        "li": ("{a}[str({x}[0])] = len({x})",),
    }),
    ("dsl", "{{}}", {
        "i": ("{a}.setdefault('even' if {x} % 2 == 0 else 'odd', []).append({x})",),
        "s": ("{a}.setdefault({x}[:1], []).append(len({x}))", "{a}[{x}] = [{e:i}]"),
        "li": ("{a}['k'] = {x}",),
    }),
)  # fmt: skip


def update(composer: Composer, updates: tuple[str, ...], name: str, x: str) -> Code:
    rng = composer.rng
    text = rng.choice(updates).replace("{a}", name).replace("{x}", x)
    text = text.replace("{c}", repr(rng.choice("abcdeiost*-_ ,.XY")))
    for kind in ("i", "s", "b"):
        while f"{{e:{kind}}}" in text:
            text = text.replace(
                f"{{e:{kind}}}", composer.expression(kind, rng.choice((1, 1, 2))), 1
            )
    return text.replace("{{", "{").replace("}}", "}").split("\n")


def nested_for(composer: Composer, nesting: int) -> Code:  # noqa: ARG001  # a writer's signature
    rng = composer.rng
    i, j, total = composer.fresh("i"), composer.fresh("j"), composer.fresh("acc")
    composer.declare(i, "i", 1)
    composer.declare(j, "i", 1)
    n = rng.choice((2, 3, 3))
    inner = rng.choice((str(n), str(n), i, f"{i}, {n}", f"{i} + 1", f"{i} + 1, {n + 1}"))
    start, updates = rng.choice(
        (
            ("0", ("+= {i} * {j}", "+= {e}", "+= {i} - {j}", "+= 1")),
            ("[]", (".append(({i}, {j}))", ".append({i} + {j})", ".append({e})", " += [{j}]")),
            ("''", (" += str({j})", " += f'{{i}}{{j}} '", " += '*'")),
        )
    )
    update = rng.choice(updates).replace("{e}", composer.expression("i", 1))
    update = update.replace("{i}", i).replace("{j}", j).replace("{" + i + "}", "{" + i + "}")
    space = "" if update[0] in ". " else " "
    line = f"{total}{space}{update}"
    body = [line]
    if rng.random() < 0.4:
        condition = rng.choice((f"{i} == {j}", f"({i} + {j}) % 2 == 0", f"{i} < {j}"))
        body = [f"if {condition}:", "    " + line]
        if rng.random() < 0.3:
            body = [f"if {condition}:", "    " + rng.choice(("continue", "break")), line]
    code = [f"{total} = {start}", f"for {i} in range({rng.choice((n, f'1, {n + 1}'))}):"]
    code += indented([f"for {j} in range({inner}):", *indented(body)])
    if start == "''" and rng.random() < 0.6:
        code.append(
            f"    {total} += {rng.choice(('/', chr(92) + 'n', '|'))!r}".replace("\\\\", "\\")
        )
    return code
