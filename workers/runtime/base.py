"""The protocol between the playground and whatever generates tokens.

Prompts are token ids made by a codec in `traces/`, never text: text of a user inside a string
prompt could be read as one of the model's control tokens.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Literal, Protocol

import msgspec

FinishReason = Literal["stop", "length", "abort"]


class SamplingParams(msgspec.Struct, frozen=True, kw_only=True):
    """How to sample. Temperature 0 is greedy. `stop_ids` end the stream and are part of it."""

    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop_ids: tuple[int, ...] = ()
    logprobs: bool = False


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens that were generated since the chunk before.

    `logprobs` (natural log, one per id) is empty where they were not asked for; one is NaN where
    the engine did not say.
    `finish_reason` is set in the last chunk only; `cached_tokens` says how many of the prompt's
    tokens were not computed again (prefix reuse), in the first chunk.
    """

    ids: tuple[int, ...]
    logprobs: tuple[float, ...] = ()
    finish_reason: FinishReason | None = None
    cached_tokens: int = 0


class RuntimeInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says about the model. `notice` is shown wherever predictions are."""

    engine: str
    model: str
    context_tokens: int
    notice: str = ""


class RuntimeUnavailable(Exception):
    """The engine does not answer. `str()` is a sentence for the user; `fix` for the operator."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


class PromptTooLong(RuntimeUnavailable):
    """The prompt leaves no room in the model's context."""


class Runtime(Protocol):
    """A model that continues token ids. All methods run on the worker's event loop."""

    def stream(
        self, prompt_ids: Sequence[int], params: SamplingParams, *, request_id: str
    ) -> AsyncGenerator[Chunk, None]:
        """Generate. Closing the iterator frees the engine's slot; so does `abort`.

        Raises RuntimeUnavailable when the engine does not answer or stops answering; chunks that
        were yielded before stand.
        """
        ...

    async def abort(self, request_id: str) -> None:
        """End a request: its stream ends with `finish_reason="abort"`. Unknown ids are ignored."""
        ...

    async def health(self) -> None:
        """Return if the engine can generate. Raises RuntimeUnavailable."""
        ...

    async def info(self) -> RuntimeInfo:
        """What runs there."""
        ...
