"""Problems composed of parts: which elements, which of them, what is taken, what is made of them.

The bank's families are written by hand and good at variety of words, but they are a few hundred
programs. Here a problem is put together from independent parts (`composed_parts`,
`composed_results`), thousands of combinations with constants of their own, so that a model has to
follow the sentence part by part instead of recognising a program it knows. A composed family is a
`Family` like any other.

No combination may be a held-out family in other words: every skeleton (parts without constants)
is run on the tests of all held-out families of the same types, and left out if it passes some
family's for some constants.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from training.problems.composed_parts import (
    ALL,
    CONDITIONS,
    SAME,
    SOURCES,
    STEPS,
    Part,
    Source,
)
from training.problems.composed_results import RESULTS, Result
from training.problems.family import Family, Kind, Wrong, load_families
from training.problems.inputs import evaluate
from training.problems.instance import Case, draw
from training.problems.split import COMPOSED, is_held_out

PREFIX = "composed_"
#: Constants tried of a skeleton, and instances of each held-out family, when they are compared.
_DRAWS = 6
_ARGUMENT_SHARE = 0.3
_GENERIC = ("solve", "process", "compute", "f", "answer", "result_of", "evaluate")


def is_composed(name: str) -> bool:
    """Whether a family's name is one of `composed_family`."""
    return name.startswith(PREFIX)


@lru_cache(maxsize=512)
def composed_family(name: str) -> Family:
    """The family of a name `composed_SEED`; the same name gives the same."""
    rng = random.Random(name)  # noqa: S311  # no secret
    while True:
        made = _Composition(rng)
        if _is_held_out(made.skeleton):
            continue
        family = made.family(name)
        if len({repr(case.expected) for case in draw(family, "dull").cases}) > 1:
            return family


class _Composition:
    """One choice of parts with their constants."""

    def __init__(self, rng: random.Random, skeleton: tuple[int, ...] | None = None) -> None:
        self._rng = rng
        self.skeleton = skeleton or _draw_skeleton(rng)
        self.source, self.condition, self.step, self.result = _parts(self.skeleton)
        self.arguments = [(self.source.argument, self.source.kind)]
        self.values = [self.source.values]
        self._k = {part.name: self._constant(part) for part in (self.condition, self.step)}
        (joint,) = evaluate(self.result.k, {}, rng) if self.result.k else ("",)
        self._joint = repr(joint)

    def _constant(self, part: Part) -> tuple[str, str]:
        """How a part's constant is written in English and in code."""
        if not part.k:
            return "", ""
        if len(self.arguments) == 1 and self._rng.random() < _ARGUMENT_SHARE:
            name = "letter" if part.k == "char()" else "k"
            self.arguments.append((name, "str" if name == "letter" else "int"))
            self.values.append(part.k)
            return f"${name}", name
        (value,) = evaluate(part.k, {}, self._rng)
        return repr(value), repr(value)

    # --- code -----------------------------------------------------------------------------------

    @property
    def _cond(self) -> str:
        return self.condition.code.replace("{k}", self._k[self.condition.name][1])

    @property
    def _element(self) -> str:
        return self.step.code.replace("{k}", self._k[self.step.name][1])

    def loop(self, *, condition: bool = True) -> str:
        """The solution as a loop."""
        rows = [f"for x in {self.source.code}:"]
        step = self._filled(self.result.step).split("\n")
        is_conditional = condition and self.condition is not ALL
        if is_conditional:
            rows.append(f"    if {self._cond}:")
        indent = "        " if is_conditional else "    "
        rows += [indent + row for row in step]
        start = [self._filled(self.result.start)] if self.result.start else []
        return self._function([*start, *rows, self._filled(self.result.end)])

    def short(self) -> str:
        """The solution as one expression, empty where there is none."""
        if not self.result.short:
            return ""
        return self._function([f"return {self._filled(self.result.short)}"])

    def _filled(self, text: str) -> str:
        when = f" if {self._cond}" if self.condition is not ALL else ""
        each = f"{self._element} for x in {self.source.code}{when}"
        found = text.replace("{{", "\0").replace("}}", "\1")
        places = {
            "{e}": self._element,
            "{k}": self._joint,
            "{all}": each,
            "{list}": each,
            "{code}": self.source.code,
            "{if}": when,
            "{cond}": self._cond,
        }
        for place, value in places.items():
            found = found.replace(place, value)
        return found.replace("\0", "{").replace("\1", "}")

    def _function(self, rows: list[str]) -> str:
        names = ", ".join(name for name, _ in self.arguments)
        return f"def {self.entry}({names}):\n" + "".join(f"    {row}\n" for row in rows)

    @property
    def entry(self) -> str:
        """A name that tells what the function does."""
        names = (self.result.name, self.condition.name, self.step.name or self.source.noun)
        return "_".join(name for name in names if name)

    # --- English --------------------------------------------------------------------------------

    @property
    def _bare(self) -> str:
        """The elements that count: `even numbers in $nums`."""
        part = self.condition
        after = part.after.replace("{k}", self._k[part.name][0])
        words = (part.before, self.source.noun, self.source.where, after)
        if self._rng.random() < 0.5 and after:
            words = (part.before, self.source.noun, after, self.source.where)
        return " ".join(word for word in words if word)

    def _phrase(self) -> str:
        bare = self._bare
        step = self.step
        after = step.after.replace("{k}", self._k[step.name][0])
        np = f"the {bare}"
        if step.before:
            np = f"the {step.before} of {np}"
        if after:
            np = f"{np} ({after})" if self._rng.random() < 0.5 else f"{np}, {after},"
        phrase = self._rng.choice(self.result.phrases).replace("{np}", np).replace("{bare}", bare)
        phrase = phrase.replace("{k}", self._joint).replace(",,", ",")
        return re.sub(r",$|,(?=\))", "", phrase)

    def _asks(self) -> list[str]:
        forms = (
            "Find {}.",
            "What is {}?",
            "I need {}.",
            "Compute {}.",
            "Given " + " and ".join(f"${name}" for name, _ in self.arguments) + ", give back {}.",
            "{}",
            "How do I get {}?",
            "Determine {}",
        )
        return [form.format(self._phrase()) for form in self._rng.sample(forms, 4)]

    def _why(self) -> str:
        steps = [f"I go through the {self.source.noun} one by one."]
        if self.condition is not ALL:
            steps.append(f"Only those count for which {self._cond} holds.")
        taken = "it" if self.step is SAME else self._element
        what = "" if self.step is SAME else f"Of each x I take {taken}. "
        steps.append(f"{what}For each of them I {self.result.how}.")
        steps.append(f"If there are none, the result is {self.result.empty}.")
        return " ".join(steps)

    def family(self, name: str) -> Family:
        """The family with one problem in it; its constants are fixed."""
        codes = [code for code in (self.loop(), self.short()) if code]
        wrong = []
        if self.condition is not ALL and self.result.name != "exists":
            reason = f"The condition {self._cond} is missing: not all {self.source.noun} count."
            wrong.append(Wrong(self.loop(condition=False), reason))
        extra = self.values[1:]
        empty = f"If there are none, the result is {self.result.empty}."
        return Family(
            name=name,
            theme=COMPOSED,
            kind=Kind.FUNCTION,
            where=name,
            arguments=self.arguments,
            returns=self._returns(),
            aliases=[self.result.name + "_" + self.source.noun, *self._rng.sample(_GENERIC, 2)],
            inputs=[", ".join(self.values)],
            edges=[] if extra else list(self.source.edges),
            does=[f"return {self._phrase()}" for _ in range(3)],
            asks=self._asks(),
            note=empty if self.result.empty in ("None", "1", "0") else "",
            hint=empty,
            why=self._why(),
            solutions=codes,
            wrong=wrong,
            function=self.entry,
        )

    def _returns(self) -> str:
        kind = "int" if _element_kind(self.source, self.step) == "int" else "str"
        places = {"list": f"list[{kind}]", "object": f"{kind} | None", "dict": f"dict[{kind}, int]"}
        return places.get(self.result.returns, self.result.returns)


def _element_kind(source: Source, step: Part) -> str:
    return step.gives or source.element


def _draw_skeleton(rng: random.Random) -> tuple[int, ...]:
    """Numbers of source, condition, step, and result in their tables."""
    while True:
        at = rng.randrange(len(SOURCES))
        source = SOURCES[at]
        condition = rng.randrange(len(CONDITIONS[source.element]))
        # Every second problem takes the elements as they are.
        steps = STEPS[source.element]
        step = 0 if rng.random() < 0.5 else rng.randrange(1, len(steps))
        kind = "int" if _element_kind(source, steps[step]) == "int" else "str"
        results = (*RESULTS[kind], *RESULTS["any"], *RESULTS["any"])
        result = rng.randrange(len(results)) % (len(RESULTS[kind]) + len(RESULTS["any"]))
        skeleton = (at, condition, step, result)
        if _fits(*_parts(skeleton)):
            return skeleton


def _parts(skeleton: tuple[int, ...]) -> tuple[Source, Part, Part, Result]:
    at, condition, step, result = skeleton
    source = SOURCES[at]
    taken = STEPS[source.element][step]
    kind = "int" if _element_kind(source, taken) == "int" else "str"
    return (
        source,
        CONDITIONS[source.element][condition],
        taken,
        (*RESULTS[kind], *RESULTS["any"])[result],
    )


def _fits(source: Source, condition: Part, step: Part, result: Result) -> bool:
    if result.needs == "same" and step is not SAME:
        return False
    if result.needs == "condition" and (condition is ALL or step is not SAME):
        return False
    if result.needs == "word" and _element_kind(source, step) != "word":
        return False
    if condition is ALL and step is SAME and result.name == "list":
        return False  # nothing is left to do
    is_empty_word = step.name in ("initials", "last_letters") and source.element != "word"
    return not is_empty_word and not (source.element == "char" and result.name == "join")


# --- what is held out -----------------------------------------------------------------------------


@cache
def _held_out_cases() -> dict[tuple[str, ...], list[tuple[Case, ...]]]:
    """Tests of instances of the held-out families, by the types of their arguments."""
    found: dict[tuple[str, ...], list[tuple[Case, ...]]] = {}
    for family in load_families():
        if is_held_out(family) and family.kind is Kind.FUNCTION:
            kinds = tuple(kind for _, kind in family.arguments)
            for number in range(2 * _DRAWS):
                found.setdefault(kinds, []).append(draw(family, f"leak-{number}").cases)
    return found


@cache
def _is_held_out(skeleton: tuple[int, ...]) -> bool:
    """Whether these parts, with some constants, pass the tests of a held-out family."""
    for number in range(_DRAWS):
        made = _Composition(random.Random(f"{skeleton}:{number}"), skeleton)  # noqa: S311  # no secret
        kinds = tuple(kind for _, kind in made.arguments)
        scope: dict[str, Any] = {}
        exec(made.loop(), scope)  # noqa: S102  # made of the parts above, and always ends
        function = scope[made.entry]
        for cases in _held_out_cases().get(kinds, ()):
            if all(_agrees(function, case) for case in cases):
                return True
    return False


def _agrees(function: Callable[..., Any], case: Case) -> bool:
    try:
        return repr(function(*copy.deepcopy(case.arguments))) == repr(case.expected)
    except Exception:  # inputs of another problem
        return False
