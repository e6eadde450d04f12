"""Models that answer in a conversation: what the solver needs, and the way over token ids.

A chat runtime streams text. `TokenChat` makes one of any `Runtime` (SGLang, the embedded engine)
with a chat codec, so that a problem's text can never become one of the model's control tokens;
`workers.runtime.openai` talks to endpoints that take messages.
"""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Final, Protocol

import msgspec

from traces.codecs.chat import ChatCodec, ChatMessage
from traces.codecs.tokenizer import Tokenizer
from workers.runtime.base import (
    FinishReason,
    PromptTooLong,
    Runtime,
    RuntimeInfo,
    SamplingParams,
)

#: With less room than this beside the prompt no answer would fit.
MIN_ANSWER_TOKENS: Final = 64


class ChatParams(msgspec.Struct, frozen=True, kw_only=True):
    """How to answer. Temperature 0 is greedy. `opening` are the answer's first words, which the
    model continues (`ChatRuntime.continues`)."""

    max_tokens: int
    reasoning: bool = False
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    opening: str = ""


class ChatChunk(msgspec.Struct, frozen=True, kw_only=True):
    """What was written since the chunk before.

    `reasoning` is text that the endpoint itself says is reasoning; most leave it in `text`.
    `tokens` counts the tokens of this chunk. The first chunk has `prompt_tokens` where they are
    known then, and the last one `finish_reason`.
    """

    text: str = ""
    reasoning: str = ""
    tokens: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    finish_reason: FinishReason | None = None


class ChatRuntime(Protocol):
    """A model that answers conversations. All methods run on the worker's event loop."""

    @property
    def is_small(self) -> bool:
        """Whether the model needs examples rather than rules."""
        ...

    @property
    def tests_count(self) -> bool:
        """Whether tests that it writes say anything about code that passes all given ones."""
        ...

    @property
    def reasons(self) -> bool:
        """Whether it can be asked to reason."""
        ...

    @property
    def continues(self) -> bool:
        """Whether the beginning of an answer can be given."""
        ...

    def begins_in_reasoning(self, params: ChatParams) -> bool:
        """Whether the first characters of a reply are reasoning."""
        ...

    def reply(
        self, messages: Sequence[ChatMessage], params: ChatParams, *, request_id: str
    ) -> AsyncGenerator[ChatChunk, None]:
        """Stream the reply. Closing the iterator ends the request.

        Raises `PromptTooLong` and `RuntimeUnavailable` as `Runtime.stream` does.
        """
        ...

    async def abort(self, request_id: str) -> None:
        """End a request. Unknown ids are ignored."""
        ...

    async def info(self) -> RuntimeInfo:
        """What answers."""
        ...


class TokenChat:
    """A chat runtime over token ids."""

    continues = True

    def __init__(
        self,
        runtime: Runtime,
        tokenizer: Tokenizer,
        codec: ChatCodec,
        *,
        notice: str = "",
        tests_count: bool = True,
    ) -> None:
        """`notice` stands beside answers, where that of the runtime is about something else.
        `tests_count`: see the property; those of a small model never do."""
        self.runtime = runtime
        self.tests_count = tests_count and not codec.is_small
        self._notice = notice
        self._tokenizer = tokenizer
        self._codec = codec

    @property
    def is_small(self) -> bool:
        """See `ChatRuntime.is_small`."""
        return self._codec.is_small

    @property
    def reasons(self) -> bool:
        """See `ChatRuntime.reasons`."""
        return self._codec.can_reason

    def begins_in_reasoning(self, params: ChatParams) -> bool:
        """See `ChatRuntime.begins_in_reasoning`."""
        return params.reasoning and self._codec.can_reason

    async def reply(
        self, messages: Sequence[ChatMessage], params: ChatParams, *, request_id: str
    ) -> AsyncGenerator[ChatChunk, None]:
        """See `ChatRuntime.reply`."""
        prompt = self._codec.prompt(messages, reasoning=params.reasoning, opening=params.opening)
        info = await self.runtime.info()
        room = info.context_tokens - len(prompt.ids)
        if room < MIN_ANSWER_TOKENS:
            raise PromptTooLong(
                f"The problem is too long for this model: it takes {len(prompt.ids):,} of the "
                f"{info.context_tokens:,} tokens that problem and answer may have together.",
                fix="Shorten the problem, or its tests.",
            )
        sampling = SamplingParams(
            max_new_tokens=min(params.max_tokens, room),
            temperature=params.temperature,
            top_p=params.top_p,
            seed=params.seed,
            stop_ids=prompt.stop_ids,
        )
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        yield ChatChunk(prompt_tokens=len(prompt.ids))
        stream = self.runtime.stream(prompt.ids, sampling, request_id=request_id)
        async with contextlib.aclosing(stream) as chunks:
            async for chunk in chunks:
                data = b"".join(map(self._bytes_of, chunk.ids))
                is_last = chunk.finish_reason is not None
                yield ChatChunk(
                    text=decoder.decode(data, final=is_last),
                    tokens=len(chunk.ids),
                    cached_tokens=chunk.cached_tokens,
                    finish_reason=chunk.finish_reason,
                )

    def _bytes_of(self, token_id: int) -> bytes:
        """A token's text; special tokens have none."""
        try:
            return self._tokenizer.decode_bytes(token_id)
        except (KeyError, IndexError, ValueError):
            return b""

    async def abort(self, request_id: str) -> None:
        """See `ChatRuntime.abort`."""
        await self.runtime.abort(request_id)

    async def info(self) -> RuntimeInfo:
        """See `ChatRuntime.info`."""
        info = await self.runtime.info()
        return msgspec.structs.replace(info, notice=self._notice or info.notice)
