"""The conversations of the solver: from a problem, or an attempt that failed, to chat messages.

The texts are the files of `solve_v1/`; another wording is another folder, so that a run says by
name and hash what its model was asked. What all runs share comes first (system message, then the
form's instructions, then the problem), which lets a model server reuse its work.

A person's text fills a place of a template and is never searched for places itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from traces.codecs.chat import ChatMessage, Role
from traces.divergence import Divergence
from traces.events import TraceEvent

VERSION: Final = "solve_v1"
_FOLDER: Final = Path(__file__).parent / VERSION
_PLACE: Final = re.compile(r"\{\{(\w+)\}\}")

#: Given tests that the model is shown. All of them are run.
_SHOWN_TESTS: Final = 8
_SHOWN_CHARS: Final = 600

Form = Literal["function", "program", "free"]


@dataclass(frozen=True, slots=True)
class ProblemText:
    """A problem as the model gets it. `tests` are the given ones, one text each."""

    text: str
    form: Form = "free"
    signature: str = ""
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed, in texts that are empty where they do not apply.

    `answer` is what the model had answered, `call` the first failing test with what it `expected`
    and `got`; `divergence` says where the model's own prediction of that call first went wrong.
    """

    answer: str
    problem: str = ""
    call: str = ""
    expected: str = ""
    got: str = ""
    divergence: str = ""


@cache
def _template(name: str) -> str:
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()


@cache
def prompts_id() -> str:
    """Version and hash of the prompt files, for the record of a run."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.glob("*.md")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{VERSION}@{digest.hexdigest()[:12]}"


def first_messages(
    problem: ProblemText, *, hint: bool = False, small: bool = False
) -> list[ChatMessage]:
    """The conversation that asks for a first answer, or in hint mode for a hint.

    A `small` model is shown examples instead of rules, which it would not follow.
    """
    if small and not hint:
        opening = [ChatMessage("system", _template("small")), *_examples(problem.form)]
        return [*opening, ChatMessage("user", "\n\n".join(_problem_parts(problem)))]
    task = _template("hint" if hint else problem.form)
    parts = [task, *_problem_parts(problem, label="Problem:\n\n", tests=not hint)]
    return [
        ChatMessage("system", _template("system")),
        ChatMessage("user", "\n\n".join(parts)),
    ]


def _problem_parts(problem: ProblemText, *, label: str = "", tests: bool = True) -> list[str]:
    parts = [f"{label}{problem.text.strip()}"]
    if problem.signature.strip():
        parts.append(f"The function is declared so: {problem.signature.strip()}")
    if problem.tests and tests:
        shown = [_cut(test) for test in problem.tests[:_SHOWN_TESTS]]
        parts.append("It has to pass these tests:\n\n" + "\n".join(shown))
    return parts


@cache
def _examples(form: Form) -> tuple[ChatMessage, ...]:
    """Solved problems, as turns of a conversation."""
    text = _template("examples_program" if form == "program" else "examples_function")
    _, *parts = re.split(r"^=== (problem|answer)$", text, flags=re.MULTILINE)
    roles: dict[str, Role] = {"problem": "user", "answer": "assistant"}
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return tuple(ChatMessage(roles[name], content.strip()) for name, content in pairs)


def opening_with_tests(code: str, function: str) -> str:
    """How an answer goes on after its code, up to where a model must write a test's arguments.

    For models that can be made to continue, and that wrote code without tests.
    """
    return f"```python\n{code.strip(chr(10))}\n```\n\n{TESTS_FENCE}assert {function}("


#: What opens a block of tests.
TESTS_FENCE: Final = "```python tests\n"


def repair_messages(
    problem: ProblemText, failure: Failure, *, small: bool = False
) -> list[ChatMessage]:
    """The conversation that asks to repair an answer.

    A `small` model is not shown its mistake, which it would repeat: it is asked anew.
    """
    if small:
        return first_messages(problem, small=True)
    what = [failure.problem] if failure.problem else []
    if failure.call:
        what.append(
            f"This test fails first:\n\n{_cut(failure.call)}\n\n"
            f"It should give {_cut(failure.expected)}\nIt gives {_cut(failure.got) or 'nothing'}"
        )
    if failure.divergence:
        what.append(failure.divergence)
    text = _fill(_template("repair"), what="\n\n".join(what))
    return [
        *first_messages(problem, small=small),
        ChatMessage("assistant", failure.answer or "(no code)"),
        ChatMessage("user", text),
    ]


#: What the model is asked after an answer from which no code could be taken.
NO_CODE: Final = "Your answer had no complete code block. Answer with the code first."


def divergence_in_words(first: Divergence, actual: Sequence[TraceEvent], code: str) -> str:
    """The first divergence as a hint to the model: what its own code really does there.

    `actual` is the real trace of `code`. Empty where the real run has nothing at that place.
    """
    if first.index >= len(actual) or first.actual is None:
        return ""
    lines = code.split("\n")
    line = abs(actual[first.index].line)
    text = lines[line - 1].strip() if 1 <= line <= len(lines) else ""
    where = f"At line {line} (`{text}`)" if text else f"At line {line}"
    what = (
        f"`{first.name}`"
        if first.name
        else {"return": "the returned value"}.get(first.kind, f"the next {first.kind}")
    )
    return (
        f"{where} the real run differs from what was predicted of it: {what} is "
        f"{first.actual[:200]}, not {(first.predicted or 'anything')[:200]}."
    )


def as_answer(code: str, tests: str, *, form: Form) -> str:
    """An attempt's code and tests in the form that was asked for: what the model reads again."""
    if not code.strip():
        return ""
    label = "tests" if form == "program" else "python tests"
    parts = [f"```python\n{code.strip(chr(10))}\n```"]
    if tests.strip():
        parts.append(f"```{label}\n{tests.strip(chr(10))}\n```")
    return "\n\n".join(parts)


def _fill(template: str, **texts: str) -> str:
    """Fill the places of a template, once."""
    return _PLACE.sub(lambda place: texts[place[1]], template)


def _cut(text: str) -> str:
    text = text.rstrip("\n")
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 4]} ..."
