"""Whole problem statements from a family's wordings: what students, teachers and books write.

A family says what is asked for in several ways: verb phrases ("return the sum of ...") and free
texts (a story, a question, a hurried note). Around them go the usual forms: a bare sentence, the
name and arguments, a typed signature, examples, a function to complete. The family's `note` (what
happens with an empty list, say) is always said, since the tests check it; its `hint`, a convention
that can be taken for granted, in half of the cases.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from training.problems.family import Kind
from training.problems.instance import Case, Instance

#: Verbs at the start of a `do` phrase and after "and" are put into the third person.
_VERB = re.compile(
    r"^(\w+)|(?<= and )(?:append|count|give|keep|list|make|print|report|return|subtract|tell)"
    r"(?= (?:the|it|its|them|a|an|only|after|where|what|for|those|if|in|sure|figures|`|$))"
    r"|(?<= and )(?:print|return)\b"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A problem as a user would paste it.

    `is_named`: it says what the function or class is to be called. `is_typed`: it gives types.
    """

    text: str
    is_named: bool
    is_typed: bool


def _statement(instance: Instance, text: str, *, typed: bool = False) -> Statement:
    name = instance.entry
    is_named = instance.family.kind is not Kind.PROGRAM and (
        f"`{name}`" in text or re.search(rf"\b{name}\(", text) is not None
    )
    return Statement(text, is_named, typed)


def signature(instance: Instance, *, typed: bool) -> str:
    """`name(a, b)` or, with types, `name(a: int, b: str) -> int`."""
    if not typed:
        return f"{instance.entry}({', '.join(name for name, _ in instance.arguments)})"
    inside = ", ".join(f"{name}: {kind}" for name, kind in instance.arguments)
    returns = instance.family.returns
    return f"{instance.entry}({inside})" + (f" -> {returns}" if returns else "")


def statement(instance: Instance, wording: int, seed: object) -> Statement:
    """The problem in the family's wording of that number, in a form that the seed chooses."""
    rng = random.Random(f"{instance.entry}:{wording}:{seed}")  # noqa: S311  # no secret
    family = instance.family
    text = instance.fill(family.wordings[wording])
    note = instance.fill(family.note or (family.hint if rng.random() < 0.5 else ""))
    if family.kind is Kind.PROGRAM:
        return _program(instance, text, note, rng, is_phrase=wording < len(family.does))
    if wording >= len(family.does):
        return _free(instance, text, note, rng)
    if family.kind is Kind.CLASS:
        call = f"class `{signature(instance, typed=False)}`"
        start = rng.choice(["Write a", "Implement a", "Create a Python"])
        return _statement(instance, _sentences(f"{start} {call} that {_third(text)}.", note))
    return _function(instance, text, note, rng)


def _function(instance: Instance, do: str, note: str, rng: random.Random) -> Statement:
    call = f"`{signature(instance, typed=False)}`"
    typed = f"`{signature(instance, typed=True)}`"
    does = _third(do)
    examples = _examples(instance, rng)
    form = rng.randrange(11) if _tells_order(instance, do) else rng.randrange(2, 11)
    if form <= 1:
        start = rng.choice(["Write a function that", "Write a Python function that"])
        return _statement(instance, _sentences(f"{start} {does}.", note))
    if form == 2:
        start = rng.choice(["Implement a function that", "Define a function that", "Make one that"])
        start = start.replace("Make one", "I need a function")
        return _statement(instance, _sentences(f"{start} {does}.", note) + examples)
    if form in (3, 4):
        start = rng.choice(["Write a function", "Write", "Create a function", "Define"])
        return _statement(instance, _sentences(f"{start} {call} that {does}.", note))
    if form == 5:
        text = _sentences(f"{_upper(do)}.", note) + f"\n\nSignature: {typed}"
        return _statement(instance, text + (examples if rng.random() < 0.5 else ""), typed=True)
    if form == 6:
        text = _sentences(f"Implement {typed}. It {does}.", note)
        return _statement(instance, text + examples, typed=True)
    if form == 7:
        return _statement(instance, _to_complete(instance, do, note, rng), typed=True)
    if form == 8:
        names = [f"`{name}`" for name, _ in instance.arguments]
        takes = f"takes {_and(names)} and {does}" if names else does
        text = _sentences(f"Create a function named `{instance.entry}`. It {takes}.", note)
        return _statement(instance, text)
    if form == 9:
        text = _sentences(f"{_upper(do)}.", note) + f" Function name: `{instance.entry}`."
        return _statement(instance, text)
    text = _sentences(f"Write a function {call}.", f"It should {do}.", note)
    return _statement(instance, text + examples)


def _free(instance: Instance, text: str, note: str, rng: random.Random) -> Statement:
    call = f"`{signature(instance, typed=False)}`"
    is_named = f"`{instance.entry}`" in text
    text = _sentences(text, note)
    if instance.family.kind is Kind.CLASS:
        return _statement(instance, text if is_named else f"{text}\n\nThe class: {call}.")
    form = rng.randrange(6) if _tells_order(instance, text) else rng.randrange(1, 5)
    if form == 1 and not is_named:
        return _statement(instance, _sentences(text, f"Call it {call}."))
    if form in (1, 2):
        return _statement(instance, f"{text}\n\nUse this signature: {call}")
    if form == 3:
        return _statement(instance, text + _examples(instance, rng))
    if form == 4 and instance.family.kind is Kind.FUNCTION:
        typed = signature(instance, typed=True)
        return _statement(instance, f"{text}\n\n```python\ndef {typed}:\n    ...\n```", typed=True)
    return _statement(instance, text)


def _tells_order(instance: Instance, text: str) -> bool:
    """Whether a text without a signature tells in which order the arguments come."""
    if len(instance.arguments) < 2:
        return True
    places = [text.find(f"`{name}`") for name, _ in instance.arguments]
    return -1 not in places and places == sorted(places)


def _program(
    instance: Instance, text: str, note: str, rng: random.Random, *, is_phrase: bool
) -> Statement:
    if is_phrase:
        start = rng.choice(["Write a program that", "Write a Python program that", "", ""])
        text = f"{start} {_third(text)}." if start else f"{_upper(text)}."
    text = _sentences(text, note)
    form = rng.randrange(4)
    if form == 0:
        text += " Read from standard input and write to standard output."
    elif form == 1:
        text += _program_examples(instance, rng)
    return _statement(instance, text)


def few_cases(instance: Instance, rng: random.Random, count: int) -> list[Case]:
    """Short, different tests: those that a person would write down."""
    short = sorted(instance.cases, key=lambda case: len(repr(case)))
    chosen = short[: max(count, len(short) * 2 // 3)]
    rng.shuffle(chosen)
    kept: list[Case] = []
    for case in chosen:
        same = sum(repr(case.expected) == repr(other.expected) for other in kept)
        if len(kept) < count and same < 2:
            kept.append(case)
    return kept


def _examples(instance: Instance, rng: random.Random) -> str:
    if instance.family.kind is not Kind.FUNCTION:
        return ""
    cases = few_cases(instance, rng, rng.randint(1, 3))
    form = rng.randrange(5)
    if form == 0:
        rows = [f"- `{call_text(instance, case)}` → `{case.expected!r}`" for case in cases]
    elif form == 1:
        rows = [f"{call_text(instance, case)} == {case.expected!r}" for case in cases]
    elif form == 2:
        rows = [f">>> {call_text(instance, case)}\n{case.expected!r}" for case in cases]
    elif form == 3:
        names = [name for name, _ in instance.arguments]
        rows = [
            "Input: "
            + ", ".join(f"{n} = {v!r}" for n, v in zip(names, case.arguments, strict=False))
            + f"\nOutput: {case.expected!r}"
            for case in cases[:2]
        ]
    else:
        rows = [f"{call_text(instance, case)} should return {case.expected!r}." for case in cases]
    heading = "Example" if len(rows) == 1 else "Examples"
    return f"\n\n{heading}:\n" + "\n".join(rows)


def call_text(instance: Instance, case: Case) -> str:
    """The call of a function's test as source."""
    return f"{instance.entry}({', '.join(map(repr, case.arguments))})"


def _program_examples(instance: Instance, rng: random.Random) -> str:
    (case,) = few_cases(instance, rng, 1)
    return f"\n\nExample input:\n{case.arguments[0].rstrip()}\nExample output:\n{case.expected}"


def _to_complete(instance: Instance, do: str, note: str, rng: random.Random) -> str:
    doc = f"{_upper(do)}.".replace("`", "").replace("\\", "\\\\")
    body = [f'"""{doc}']
    if note:
        body.append(note.replace("`", "").replace("\\", "\\\\"))
    for case in few_cases(instance, rng, rng.randint(1, 3)):
        answer = repr(case.expected).replace("\\", "\\\\")
        body += [f">>> {call_text(instance, case)}".replace("\\", "\\\\"), answer]
    body.append('"""')
    head = rng.choice(["Complete this function.", "Complete the function below:", "Implement:"])
    source = f"def {signature(instance, typed=True)}:\n" + "\n".join(f"    {row}" for row in body)
    return f"{head}\n\n```python\n{source}\n```"


def _third(phrase: str) -> str:
    def verb(match: re.Match[str]) -> str:
        word = match[0]
        return word + ("es" if word.endswith(("s", "sh", "ch", "x")) else "s")

    return _VERB.sub(verb, phrase)


def _upper(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _sentences(*parts: str) -> str:
    """The parts in one line; those written without a full stop get one if another follows."""
    said = [part for part in parts if part]
    ended = [part if part[-1] in ".!?:)" else f"{part}." for part in said[:-1]]
    return " ".join([*ended, *said[-1:]])
