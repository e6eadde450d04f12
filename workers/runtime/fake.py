"""A scripted runtime for tests. Never a default; the page labels what it makes up.

It speaks the real protocol with the real codec: its tokens are bytes, its "model" is a function
from the prompt's text to the text that follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

from traces.codecs.tokenizer import TRACE_CONTEXT_START
from workers.runtime.base import (
    Chunk,
    FinishReason,
    RuntimeInfo,
    RuntimeUnavailable,
    SamplingParams,
)

_SPECIALS = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|frame_sep|>",
    "<|action_sep|>",
    "<|return_sep|>",
    "<|call_sep|>",
    "<|line_sep|>",
    "<|exception_sep|>",
    "<|arg_sep|>",
    TRACE_CONTEXT_START,
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
)

Script = Callable[[str], str]


class ByteTokenizer:
    """One id per byte, then the special tokens."""

    vocab_size = 256 + len(_SPECIALS)
    special_ids: Mapping[str, int] = {name: 256 + at for at, name in enumerate(_SPECIALS)}

    def encode_ordinary(self, text: str) -> list[int]:
        """The UTF-8 bytes."""
        return list(text.encode("utf-8", "replace"))

    def decode_bytes(self, token_id: int) -> bytes:
        """One byte. Raises ValueError for a special id."""
        return bytes([token_id])

    def decode(self, ids: Sequence[int]) -> str:
        """Text in which special tokens are spelled out: what a script reads."""
        names = {token_id: name for name, token_id in self.special_ids.items()}
        parts = [names[i].encode() if i in names else bytes([i]) for i in ids]
        return b"".join(parts).decode("utf-8", "replace")

    def encode(self, text: str) -> list[int]:
        """The reverse of `decode`: spellings become special tokens."""
        ids: list[int] = []
        at = 0
        while at < len(text):
            name = next((name for name in _SPECIALS if text.startswith(name, at)), "")
            ids += [self.special_ids[name]] if name else list(text[at].encode())
            at += len(name) or 1
        return ids


def predict_immediate_return(prompt: str) -> str:
    """The default script: the entry's first line is reached, then the entry returns None."""
    context = prompt.split(TRACE_CONTEXT_START, 1)[-1].split("<|frame_sep|>", 1)[0]
    lines = context.splitlines()
    marked = next((at for at, line in enumerate(lines) if "<< START_OF_TRACE" in line), 0)
    line = lines[min(marked + 1, len(lines) - 1)]
    return (
        f"<|line_sep|>{{}}<|action_sep|>{line}\n<|frame_sep|>"
        f'<|return_sep|><|action_sep|>{line}\n<|arg_sep|>"None"<|frame_sep|><|end_of_text|>'
    )


def answer_after_one_mistake(prompt: str) -> str:
    """A script for solve runs: an answer that is wrong, and right once it is told so.

    It knows one problem, to add two numbers, and answers every other one with the same.
    """
    repaired = "This code is not right yet" in prompt
    sign = "+" if repaired else "-"
    thoughts = "Subtracting was wrong.\n" if repaired else "Two numbers, one result.\n"
    think = f"{thoughts}</think>\n" if prompt.endswith("<think>\n") else ""
    return (
        f"{think}Scripted answer.\n\n```python\ndef add(a, b):\n    return a {sign} b\n```\n\n"
        "```python tests\nassert add(1, 2) == 3\nassert add(5, 0) == 5\n```\n<|eot_id|>"
    )


class FakeRuntime:
    """Plays a script. `dies_after` makes it fail after so many tokens, as a lost server would."""

    def __init__(
        self,
        script: Script = predict_immediate_return,
        *,
        delay_s: float = 0.0,
        dies_after: int | None = None,
    ) -> None:
        self.tokenizer = ByteTokenizer()
        self.prompts: list[tuple[int, ...]] = []
        self.aborted: list[str] = []
        self.running: set[str] = set()
        self._script = script
        self._delay_s = delay_s
        self._dies_after = dies_after

    async def stream(
        self, prompt_ids: Sequence[int], params: SamplingParams, *, request_id: str
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the script's tokens one by one."""
        self.prompts.append(tuple(prompt_ids))
        ids = self.tokenizer.encode(self._script(self.tokenizer.decode(prompt_ids)))
        self.running.add(request_id)
        try:
            for count, token in enumerate(ids[: params.max_new_tokens], start=1):
                if self._dies_after is not None and count > self._dies_after:
                    raise RuntimeUnavailable("The model server stopped answering.")
                if request_id in self.aborted:
                    yield Chunk(ids=(), finish_reason="abort")
                    return
                is_last = token in params.stop_ids or count == params.max_new_tokens
                reason: FinishReason = "stop" if token in params.stop_ids else "length"
                yield Chunk(
                    ids=(token,),
                    logprobs=(0.0,) if params.logprobs else (),
                    finish_reason=reason if is_last else None,
                )
                if is_last:
                    return
                await asyncio.sleep(self._delay_s)
        finally:
            self.running.discard(request_id)

    async def abort(self, request_id: str) -> None:
        """Remember it; the stream looks before each token."""
        self.aborted.append(request_id)

    async def health(self) -> None:
        """Always well."""

    async def info(self) -> RuntimeInfo:
        """What the page shows: no model at all."""
        return RuntimeInfo(
            engine="fake",
            model="Scripted stand-in, not a model",
            context_tokens=1_000_000,
            notice="These frames come from a test script. No model predicted them.",
        )
