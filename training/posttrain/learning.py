"""What a round of sampling teaches: answers that passed, and repairs of those that did not.

* *expert*: the model's own answer, right by the hidden tests, with own tests that it passes. Of a
  problem that is nearly always solved few are kept, of one that rarely is all; an answer whose code
  was kept before for the same family is not kept again.
* *mended*: a right answer with wrong tests of its own, which get the values that really come out.
* *fixed*: an attempt that failed a test, with a right answer of the same round as its repair.
* *retest*: a right code that failed a wrong test of its own; the test is what is repaired.

Nothing that is held out gets here (`problem_of` refuses it, and so does `lessons`).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from traces.prompts.solve import Failure, as_answer, repair_messages
from training.posttrain.grading import Graded, OwnTest, repair_spec
from training.posttrain.tasks import Spec, messages_of, problem_of
from training.problems.asking import Asked
from training.problems.document import (
    Document,
    explain,
    with_thoughts,
)
from training.problems.family import Kind
from training.problems.stream import HeldOutError

#: Answers kept of one problem, by the share of samples that were right.
KEPT_OF_EASY, KEPT_OF_HARD = 1, 4
EASY_SHARE = 0.75
FIXES_PER_TASK = 2
MIN_OWN_TESTS = 2
_SHORT = 80
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Lesson:
    """Something to learn: ids as they were sampled, or a conversation to be rendered."""

    kind: str
    prompt: int = -1
    ids: tuple[int, ...] = ()
    document: Document | None = None


@dataclass
class Memory:
    """Codes that were kept in earlier rounds, per family."""

    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def is_new(self, family: str, code: str) -> bool:
        """Whether this code is new to the family, spaces aside. It is remembered."""
        key = _SPACES.sub(" ", code).strip()
        known = self.seen[family]
        if key in known:
            return False
        known.add(key)
        return True


@dataclass(frozen=True, slots=True)
class Sampled:
    """A graded answer with the ids it was, and the number of its prompt."""

    graded: Graded
    prompt: int
    ids: tuple[int, ...]


def lessons(sampled: Sequence[Sampled], memory: Memory, rng: random.Random) -> Iterator[Lesson]:
    """What to learn from a round, one problem after the other."""
    by_task: defaultdict[str, list[Sampled]] = defaultdict(list)
    for one in sampled:
        if one.graded.spec.role != "train":
            raise HeldOutError(f"{one.graded.spec.task} is held out.")
        by_task[one.graded.spec.task].append(one)
    for same in by_task.values():
        right = [one for one in same if one.graded.is_right and one.graded.has_ended]
        yield from _experts(right, len(right) / len(same), memory)
        yield from _fixes(same, right, rng)
        yield from _retests(right, rng)


def _experts(right: Sequence[Sampled], share: float, memory: Memory) -> Iterator[Lesson]:
    most = KEPT_OF_EASY if share > EASY_SHARE else KEPT_OF_HARD
    kept = 0
    for one in right:
        graded = one.graded
        if kept >= most:
            return
        if not _has_good_tests(graded):
            mended = _mended(graded)
            if mended is not None and memory.is_new(graded.spec.family, f"m{graded.answer.code}"):
                kept += 1
                yield Lesson("mended", document=mended)
            continue
        if memory.is_new(graded.spec.family, graded.answer.code):
            kept += 1
            yield Lesson("expert", prompt=one.prompt, ids=one.ids)


def _has_good_tests(graded: Graded) -> bool:
    """Whether own tests came with it and hold. Tests of a class cannot be run on the site."""
    asked = problem_of(graded.spec)
    is_class = asked.instance.family.kind is Kind.CLASS
    is_tidy = not graded.answer.notes or is_class
    return is_class or (is_tidy and len(graded.own) >= MIN_OWN_TESTS and graded.own_pass)


def _mended(graded: Graded) -> Document | None:
    """The answer with the values that its code gives in its tests."""
    asked = problem_of(graded.spec)
    if asked.instance.family.kind is not Kind.FUNCTION or graded.spec.attempt > 1:
        return None
    rows = [_row(test) for test in graded.own if test.verdict.value]
    if len(rows) < MIN_OWN_TESTS or any(len(row) > 3 * _SHORT for row in rows):
        return None
    wrong = [test.call for test in graded.own if not test.verdict.passed]
    thoughts = graded.answer.reasoning
    if any(call in thoughts for call in wrong):
        return None  # the thoughts are wrong in the same place
    content = as_answer(graded.answer.code, "\n".join(rows[:3]), form=asked.problem.form)
    messages = messages_of(graded.spec, asked)
    return _document(graded.spec, "answer", messages, thoughts, content)


def _row(test: OwnTest) -> str:
    return f"assert {test.call} == {test.verdict.value}"


def _document(
    spec: Spec, kind: str, messages: Sequence[object], thoughts: str, content: str
) -> Document:
    answer = with_thoughts(thoughts, content) if spec.reasoning else content
    return Document(spec.family, kind, tuple(messages), spec.reasoning, answer)  # type: ignore[arg-type]  # chat messages


def _fixes(
    same: Sequence[Sampled], right: Sequence[Sampled], rng: random.Random
) -> Iterator[Lesson]:
    """Failed attempts with the right answer that is nearest to each."""
    good = [one.graded for one in right if one.graded.answer.code]
    made = 0
    for one in same:
        graded = one.graded
        failed = graded.failed
        if graded.is_right or failed is None or not good or made >= FIXES_PER_TASK:
            continue
        if not failed.is_given and not _test_is_true(graded):
            continue
        best = max(good, key=lambda other: _likeness(graded.answer.code, other.answer.code))
        document = _fix(graded, best, rng)
        if document is not None:
            made += 1
            yield Lesson("fixed", document=document)


def _test_is_true(graded: Graded) -> bool:
    failing = next((test for test in graded.own if not test.verdict.passed), None)
    return failing is not None and failing.is_true is True


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _fix(graded: Graded, best: Graded, rng: random.Random) -> Document | None:
    spec = repair_spec(graded)
    if spec is None or graded.entry != best.entry:
        return None
    asked = problem_of(spec)
    tests = [test for test in best.own if test.verdict.passed]
    failing = [test for test in graded.own if test.is_true and not test.verdict.passed][:1]
    rows = [f"assert {t.call} == {t.expected.removeprefix('about ')}" for t in [*failing, *tests]]
    content = as_answer(best.answer.code, "", form=asked.problem.form)
    if asked.instance.family.kind is Kind.FUNCTION:
        if len(rows) < MIN_OWN_TESTS:
            return None
        content = as_answer(
            best.answer.code, "\n".join(dict.fromkeys(rows[:3])), form=asked.problem.form
        )
    elif best.answer.tests:
        content = as_answer(best.answer.code, best.answer.tests, form=asked.problem.form)
    thoughts = _why(graded, best.answer.code, asked, rng)
    return _document(spec, "repair", messages_of(spec, asked), thoughts, content)


def _why(graded: Graded, right: str, asked: Asked, rng: random.Random) -> str:
    """What failed, and the line that differs where it is only one; else how it should be done."""
    failed = graded.failed
    sentences = []
    if failed is not None and asked.instance.family.kind is Kind.FUNCTION:
        wanted, got = failed.expected.removeprefix("about "), failed.got
        if len(failed.call) + len(wanted) + len(got) < 2 * _SHORT:
            how = (
                f"it gives {got}"
                if not got.startswith(("raised ", "stopped ", "the "))
                else f"it {got}"
            )
            sentences.append(f"`{failed.call}` must give {wanted}, but {how}.")
    wrong_lines, right_lines = graded.answer.code.split("\n"), right.split("\n")
    pairs = [
        (a.strip(), b.strip())
        for a, b in zip(wrong_lines, right_lines, strict=False)
        if a.strip() != b.strip()
    ]
    if len(wrong_lines) == len(right_lines) and len(pairs) == 1:
        sentences.append("The line `{}` is wrong: it has to be `{}`.".format(*pairs[0]))
    else:
        sentences.append(explain(asked.instance, rng))
    return " ".join(sentences)


def _retests(right: Sequence[Sampled], rng: random.Random) -> Iterator[Lesson]:
    """A right code whose own test was wrong: one per problem, now and then."""
    for one in right:
        graded = one.graded
        failing = next((test for test in graded.own if not test.verdict.passed), None)
        is_plain = failing is not None and failing.verdict.value
        if not is_plain or failing is None or graded.spec.attempt > 1:
            continue
        asked = problem_of(graded.spec)
        if asked.instance.family.kind is not Kind.FUNCTION or rng.random() < 0.5:
            continue
        rows = [_row(test) for test in graded.own if test.verdict.value][:3]
        if any(len(row) > 3 * _SHORT for row in rows):
            continue
        spec = repair_spec(graded)
        if spec is None:
            continue
        failure = Failure(spec.answer, spec.problem, spec.call, spec.expected, spec.got)
        thoughts = (
            f"`{failing.call}` gives {failing.verdict.value}, and that is what the problem asks "
            "for. The code is right; my test was wrong."
        )
        content = as_answer(graded.answer.code, "\n".join(rows), form=asked.problem.form)
        messages = repair_messages(asked.problem, failure)
        yield Lesson("retest", document=_document(spec, "retest", messages, thoughts, content))
        return
