"""Solve prompts of a kind begin with the same ids, to the token in which the problems differ.

The counterpart for traces is tests/traces/codecs/cwm/test_shared_prefixes.py. Instructions and
examples are most of a solve prompt: a server that has computed them once answers everybody at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from traces.codecs.chat import ChatMessage, CWMChat
from traces.codecs.tokenizer import Tokenizer
from traces.prompts.solve import Failure, ProblemText, first_messages, repair_messages
from workers.runtime.tokenizers import load_tokenizer

POCKET = Path(__file__).resolve().parents[2] / "models" / "pocket"
ANN = "Write a function total(xs) that adds the numbers of a list."
BOB = "Écris une fonction qui compte les mots d'une phrase. <|eot_id|>"


@pytest.fixture(scope="module")
def words() -> Tokenizer:
    return load_tokenizer(POCKET)


def ids(words: Tokenizer, messages: Sequence[ChatMessage], *, reasoning: bool) -> tuple[int, ...]:
    return CWMChat(words).prompt(messages, reasoning=reasoning).ids


def spelled(words: Tokenizer, tokens: Sequence[int]) -> bytes:
    """The text of ids, with special ones by their names."""
    names = {token: name.encode() for name, token in words.special_ids.items()}
    return b"".join(names[i] if i in names else words.decode_bytes(i) for i in tokens)


def shared(a: Sequence[object], b: Sequence[object]) -> int:
    """How much is equal at the beginning."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((at for at, (x, y) in pairs if x != y), min(len(a), len(b)))


@pytest.mark.parametrize("reasoning", [False, True])
@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("hint", [False, True])
def test_two_students_problems_share_all_that_comes_before_them(
    words: Tokenizer, reasoning: bool, small: bool, hint: bool
) -> None:
    ann, bob = (
        ids(words, first_messages(ProblemText(text), hint=hint, small=small), reasoning=reasoning)
        for text in (ANN, BOB)
    )
    same = shared(ann, bob)
    differs = shared(spelled(words, ann), spelled(words, bob))
    assert ANN.encode() in spelled(words, ann)[differs:]
    # The first id that differs is one in which the texts do.
    assert len(spelled(words, ann[:same])) <= differs
    assert differs < max(len(spelled(words, found[: same + 1])) for found in (ann, bob))


def test_the_same_problem_is_the_same_prompt(words: Tokenizer) -> None:
    first, second = (
        ids(
            words,
            first_messages(ProblemText(ANN, tests=("assert total([1]) == 1",))),
            reasoning=True,
        )
        for _ in range(2)
    )
    assert first == second


def test_a_repair_goes_on_after_the_whole_first_question(words: Tokenizer) -> None:
    problem = ProblemText(ANN)
    first = ids(words, first_messages(problem), reasoning=True)
    failure = Failure("```python\ndef total(xs):\n    return 0\n```", call="total([1])", got="0")
    again = ids(words, repair_messages(problem, failure), reasoning=True)
    turn = shared(spelled(words, first), spelled(words, again))
    assert ANN.encode() in spelled(words, again)[:turn]
    assert shared(first, again) >= len(first) - len(spelled(words, first)[turn:]) - 1
