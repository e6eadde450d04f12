"""The evaluation file: prompts and true continuations as ids, and what it takes to read them.

A `.npz` made where the tracer and the tokenizer are, read where the GPU is, which has neither. It
carries the bytes of every token so that failing cases can be shown as text there. A case's tokens
are its prompt, then the true frames, then the end of text unless the trace was cut (`is_complete`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

KINDS = ("call", "line", "return", "exception")


@dataclass(frozen=True, slots=True)
class Case:
    """One program. `frame_ends` are ends of the frames to predict, as indexes into `tokens`."""

    name: str
    group: str
    tokens: npt.NDArray[np.uint16]
    prompt_tokens: int
    frame_ends: tuple[int, ...]
    is_complete: bool

    def cut(self, context: int) -> Case | None:
        """The case as a model of a shorter context sees it; None if not one frame fits."""
        if len(self.tokens) <= context:
            return self
        ends = tuple(end for end in self.frame_ends if end <= context)
        if not ends:
            return None
        return Case(
            self.name,
            self.group,
            self.tokens[: ends[-1]],
            self.prompt_tokens,
            ends,
            is_complete=False,
        )

    @property
    def prompt(self) -> list[int]:
        """What the model is given."""
        return [int(i) for i in self.tokens[: self.prompt_tokens]]

    @property
    def truth(self) -> list[int]:
        """What it should write."""
        return [int(i) for i in self.tokens[self.prompt_tokens :]]

    @property
    def frames(self) -> list[tuple[int, int]]:
        """Begin and end of every frame to predict."""
        return list(zip((self.prompt_tokens, *self.frame_ends), self.frame_ends, strict=False))


@dataclass(frozen=True, slots=True)
class EvalSet:
    """All cases, the special tokens by name, and every token's bytes by id."""

    cases: Sequence[Case]
    special: Mapping[str, int]
    token_bytes: Sequence[bytes]

    def text(self, ids: Sequence[int]) -> str:
        """The ids as text, special tokens spelled out."""
        names = {token: name for name, token in self.special.items()}
        parts = (names[i].encode() if i in names else self.token_bytes[i] for i in ids)
        return b"".join(parts).decode("utf-8", "replace")


def save(path: Path, evaluation: EvalSet) -> None:
    """Write the file."""
    cases = evaluation.cases
    joined = b"".join(evaluation.token_bytes)
    np.savez_compressed(
        path,
        names=np.array([c.name for c in cases]),
        groups=np.array([c.group for c in cases]),
        tokens=np.concatenate([c.tokens for c in cases]),
        sizes=np.array([len(c.tokens) for c in cases]),
        prompts=np.array([c.prompt_tokens for c in cases]),
        frame_ends=np.array([end for c in cases for end in c.frame_ends], np.int32),
        frame_counts=np.array([len(c.frame_ends) for c in cases]),
        complete=np.array([c.is_complete for c in cases]),
        special_names=np.array(list(evaluation.special)),
        special_ids=np.array(list(evaluation.special.values())),
        token_bytes=np.frombuffer(joined, np.uint8),
        token_sizes=np.array([len(b) for b in evaluation.token_bytes]),
    )


def load(path: Path) -> EvalSet:
    """Read the file."""
    with np.load(path) as data:
        arrays = {name: data[name] for name in data.files}
    tokens = np.split(arrays["tokens"], np.cumsum(arrays["sizes"])[:-1])
    ends = np.split(arrays["frame_ends"], np.cumsum(arrays["frame_counts"])[:-1])
    cases = [
        Case(str(name), str(group), ids, int(prompt), tuple(e.tolist()), bool(complete))
        for name, group, ids, prompt, e, complete in zip(
            arrays["names"],
            arrays["groups"],
            tokens,
            arrays["prompts"],
            ends,
            arrays["complete"],
            strict=True,
        )
    ]
    joined = arrays["token_bytes"].tobytes()
    stops = np.cumsum(arrays["token_sizes"]).tolist()
    starts = [0, *stops[:-1]]
    names = (str(n) for n in arrays["special_names"])
    special = dict(zip(names, arrays["special_ids"].tolist(), strict=True))
    pieces = [joined[a:b] for a, b in zip(starts, stops, strict=True)]
    return EvalSet(cases, special, pieces)
