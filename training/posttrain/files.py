"""A session of sampling on disk: prompts from the one side, what the model wrote from the other.

    sessions/NAME/prompts.npz    ids of all prompts, how often and how warmly to sample each
    sessions/NAME/specs.jsonl    what each prompt is about; only the grader reads it
    sessions/NAME/answers.npz    what the model wrote, with the number of its prompt
    sessions/NAME/summary.json   the grader's figures; the session is over

Two programs in two Pythons work on a session, so a file appears under its name only when it is
complete, and neither waits for the other except by looking. NumPy alone, since PyTorch's side has
nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

PROMPTS, SPECS, ANSWERS, SUMMARY = "prompts.npz", "specs.jsonl", "answers.npz", "summary.json"


@dataclass(frozen=True, slots=True)
class Prompts:
    """Prompts with the number of samples and the temperature of each (0 is greedy)."""

    ids: list[list[int]]
    samples: list[int]
    temperatures: list[float]
    max_new: int


@dataclass(frozen=True, slots=True)
class Answers:
    """What was written: ids, and the number of the prompt of each."""

    ids: list[list[int]]
    prompts: list[int]


def write_prompts(folder: Path, prompts: Prompts, specs: Sequence[dict[str, Any]]) -> None:
    """Begin a session."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / SPECS, "".join(json.dumps(spec) + "\n" for spec in specs))
    _save(
        folder / PROMPTS,
        **_flat(prompts.ids),
        samples=np.array(prompts.samples, np.int32),
        temperatures=np.array(prompts.temperatures, np.float32),
        max_new=np.array([prompts.max_new], np.int32),
    )


def read_prompts(folder: Path) -> Prompts:
    """A session's prompts."""
    with np.load(folder / PROMPTS) as arrays:
        return Prompts(
            _lists(arrays),
            arrays["samples"].tolist(),
            arrays["temperatures"].tolist(),
            int(arrays["max_new"][0]),
        )


def read_specs(folder: Path) -> list[dict[str, Any]]:
    """What a session's prompts are about."""
    return [json.loads(line) for line in (folder / SPECS).read_text("utf-8").splitlines()]


def write_answers(folder: Path, answers: Answers) -> None:
    """End the model's part of a session."""
    _save(folder / ANSWERS, **_flat(answers.ids), prompts=np.array(answers.prompts, np.int32))


def read_answers(folder: Path) -> Answers:
    """What the model wrote."""
    with np.load(folder / ANSWERS) as arrays:
        return Answers(_lists(arrays), arrays["prompts"].tolist())


def write_text(path: Path, text: str) -> None:
    """Write a file that appears at once."""
    temporary = path.with_name(path.name + ".partial")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _flat(rows: Sequence[Sequence[int]]) -> dict[str, Any]:
    ends = np.cumsum([len(row) for row in rows], dtype=np.int64)
    return {"ids": np.fromiter(_chain(rows), np.uint16), "ends": ends}


def _chain(rows: Iterable[Sequence[int]]) -> Iterable[int]:
    for row in rows:
        yield from row


def _lists(arrays: Any) -> list[list[int]]:
    ids, ends = arrays["ids"], arrays["ends"].tolist()
    return [ids[a:b].tolist() for a, b in zip([0, *ends], ends, strict=False)]


def _save(path: Path, **arrays: Any) -> None:
    temporary = path.with_name(path.name + ".partial")
    with temporary.open("wb") as file:
        np.savez(file, **arrays)
    temporary.replace(path)
