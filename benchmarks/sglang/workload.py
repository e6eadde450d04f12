"""What a class asks of the model server in a few minutes, as token ids. Pure and repeatable.

Three kinds of run, shaped as the site's own are:

* solve: instructions and examples that are the same for everybody, then the assignment's text,
  then what one student wrote;
* trace: a program (the assignment's starter, then a student's own lines) and its whole trace;
* debug: a program, then one request per step, each the one before plus a frame; at some step the
  student edits a value, and goes on from there on another branch.

The ids are drawn at random, since the model's weights are: what matters here is which prompts
begin alike, and how long they are. `Shared` says how much of a prompt a cache could have had.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Kind = Literal["solve", "trace", "debug"]
Ids = tuple[int, ...]

_LOWEST_ID = 16
ASSIGNMENTS = 8


@dataclass(frozen=True, slots=True)
class Request:
    """One request: a prompt and how many tokens to generate."""

    prompt: Ids
    new_tokens: int


@dataclass(frozen=True, slots=True)
class Run:
    """Requests of one run, one after another. `aborts_after` tokens the student closes the page."""

    kind: Kind
    requests: tuple[Request, ...]
    aborts_after: int | None = None


@dataclass(slots=True)
class Shared:
    """Which beginnings a cache has seen. A prompt's last token is always computed, so at most all
    but one of its tokens can come from the cache."""

    _next: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, ids: Sequence[int]) -> None:
        """These were computed."""
        node = 0
        for token in ids:
            node = self._next.setdefault((node, token), len(self._next) + 1)

    def length(self, prompt: Sequence[int]) -> int:
        """How many of the prompt's first tokens were computed before."""
        node = 0
        for at, token in enumerate(prompt[:-1]):
            found = self._next.get((node, token))
            if found is None:
                return at
            node = found
        return max(0, len(prompt) - 1)


def class_mix(count: int = 200, *, vocabulary: int, seed: int = 3, scale: float = 1.0) -> list[Run]:
    """`count` runs in the order they begin: a quarter solve, a quarter trace, half debug. Every
    tenth is closed while it generates. `scale` shrinks all lengths, for small models."""
    drawn = np.random.default_rng(seed)

    def ids(length: int) -> Ids:
        size = max(1, round(length * scale))
        return tuple(int(i) for i in drawn.integers(_LOWEST_ID, vocabulary, size))

    instructions = ids(900)
    texts = [ids(220) for _ in range(ASSIGNMENTS)]
    starters = [ids(160) for _ in range(ASSIGNMENTS)]
    runs = []
    for number in range(count):
        which = int(drawn.integers(ASSIGNMENTS))
        own = ids(int(drawn.integers(20, 260)))
        kind: Kind = ("solve", "trace", "debug", "debug")[number % 4]
        if kind == "solve":
            requests = [Request(instructions + texts[which] + own, max(4, round(240 * scale)))]
        elif kind == "trace":
            requests = [Request(starters[which] + own, max(4, round(400 * scale)))]
        else:
            requests = _steps(starters[which] + own, ids, drawn)
        runs.append(Run(kind, tuple(requests), 2 if number % 10 == 9 else None))
    return runs


def _steps(
    program: Ids, ids: Callable[[int], Ids], drawn: np.random.Generator, frames: int = 12
) -> list[Request]:
    """A debugger session: `frames` steps, then back to one of them, and on from an edited value."""
    at, requests, history = program, [], [program]
    for _ in range(frames):
        requests.append(Request(at, 24))
        at = at + ids(int(drawn.integers(14, 60)))
        history.append(at)
    at = history[int(drawn.integers(2, frames))] + ids(6)
    for _ in range(frames // 2):
        requests.append(Request(at, 24))
        at = at + ids(int(drawn.integers(14, 60)))
    return requests
