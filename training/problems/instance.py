"""One problem of a family: parameters drawn, names chosen, templates filled in, tests made."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

from training.problems.execute import Raised, run_case
from training.problems.family import Family, FamilyError, Kind, Wrong
from training.problems.inputs import evaluate
from training.problems.naming import pick_names, rename, rename_in_text

#: Tries for each test input: generators repeat themselves, above all with small ranges.
TRIES = 4

_PLACE = re.compile(r"\$(?:(\w+)|\{(\w+)\})(!r)?")


@dataclass(frozen=True, slots=True)
class Case:
    """A test input and what the reference gives for it (see `execute.run_case`)."""

    arguments: tuple[Any, ...]
    expected: Any


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem: `names` maps names as the family writes them to those in use here."""

    family: Family
    entry: str
    names: dict[str, str]
    parameters: dict[str, Any]
    solutions: tuple[str, ...]
    wrong: tuple[Wrong, ...]
    cases: tuple[Case, ...]

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """Names and types of the arguments."""
        return [(self.names[name], kind) for name, kind in self.family.arguments]

    def fill(self, template: str) -> str:
        """An English template with parameters as they are and names as `code`."""
        names = {name: f"`{new}`" for name, new in self.names.items()}
        names["f"] = f"`{self.entry}`"
        text = _fill(template, self.parameters | names, self.family.where)
        return rename_in_text(text, self.names)


def _fill(template: str, values: dict[str, Any], where: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in values:
            raise FamilyError(f"{where}: no parameter or argument is called ${name}")
        return repr(values[name]) if match[3] else str(values[name])

    return _PLACE.sub(value, template)


def _fill_code(template: str, values: dict[str, Any], where: str) -> str:
    """As `_fill`; a line that consists of an empty parameter disappears."""
    return re.sub(r"^[ ]+\n", "", _fill(template, values, where), flags=re.MULTILINE)


def draw(family: Family, seed: object, cases: int = 16) -> Instance:
    """The problem that a seed gives: the same seed, the same problem."""
    rng = random.Random(f"{family.name}:{seed}")  # noqa: S311  # no secret
    parameters = _draw_parameters(family, rng)
    codes = [_fill_code(code, parameters, family.where) for code in family.solutions]
    wrong = [_fill_code(bad.code, parameters, family.where) for bad in family.wrong]
    arguments = [name for name, _ in family.arguments]
    names = {name: name for name in arguments}
    entry = family.function or family.name
    if family.kind is not Kind.PROGRAM:
        first = entry if family.kind is Kind.FUNCTION else family.aliases[0]
        functions = list(dict.fromkeys([first, *family.aliases]))
        new = pick_names(rng, arguments, [*codes, *wrong], functions)
        entry = new.pop(first)
        names = new
        codes = [rename(code, {first: entry, **names}) for code in codes]
        wrong = [rename(code, {first: entry, **names}) for code in wrong]
    return Instance(
        family=family,
        entry=entry,
        names=names,
        parameters=parameters,
        solutions=tuple(codes),
        wrong=tuple(
            Wrong(
                code,
                rename_in_text(
                    _fill(bad.reason, parameters | names | {"f": entry}, family.where), names
                ),
            )
            for code, bad in zip(wrong, family.wrong, strict=True)
        ),
        cases=_make_cases(family, entry, codes[0], parameters, rng, cases),
    )


def _draw_parameters(family: Family, rng: random.Random) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for line in family.lets:
        left, _, right = line.partition("=")
        (made,) = evaluate(right, values, rng)
        names = [name.strip() for name in left.split(",")]
        values |= zip(names, made, strict=True) if len(names) > 1 else {names[0]: made}
    return values


def _make_cases(
    family: Family,
    entry: str,
    code: str,
    parameters: dict[str, Any],
    rng: random.Random,
    count: int,
) -> tuple[Case, ...]:
    """The family's edge cases, then drawn ones, without repeats."""
    found: list[Case] = []
    lines = [*family.edges, *(family.inputs[i % len(family.inputs)] for i in range(count * TRIES))]
    for line in lines:
        if len(found) >= count + len(family.edges):
            break
        arguments = evaluate(_fill(line, parameters, family.where), {}, rng)
        if any(repr(arguments) == repr(case.arguments) for case in found):
            continue
        expected = run_case(code, family.kind, entry, arguments)
        if isinstance(expected, Raised):
            raise FamilyError(
                f"{family.where}: the reference fails on {arguments!r}: {expected.text}"
            )
        found.append(Case(arguments, expected))
    return tuple(found)


def first_failure(instance: Instance, code: str) -> tuple[Case, Any] | None:
    """The first case that the code gets wrong and what it gives there; `None` if there is none."""
    for case in instance.cases:
        got = run_case(code, instance.family.kind, instance.entry, case.arguments)
        if repr(got) != repr(case.expected):
            return case, got
    return None
