"""Streams through the site's own client, timed. Pure asyncio; a server is somebody else's."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from workers.runtime.base import SamplingParams
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.sglang_requests import ClientConfig


async def close(runtime: SGLangRuntime) -> None:
    """Close the client when what it does in the background (telling the server to end requests
    that were hung up on) is done."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=5.0)
    await runtime.close()


@dataclass(frozen=True, slots=True)
class Timed:
    """One stream. `first_s` counts from the request, `last_s` likewise."""

    first_s: float
    last_s: float
    ids: tuple[int, ...]
    prompt_tokens: int
    cached_tokens: int
    finish_reason: str | None

    @property
    def per_token_s(self) -> float:
        """Between tokens, after the first message."""
        return (self.last_s - self.first_s) / max(1, len(self.ids) - 1)


def client(url: str) -> SGLangRuntime:
    """The site's client, with as many streams as are asked for."""
    return SGLangRuntime(ClientConfig(urls=(url,), max_streams=1024, first_chunk_s=120.0))


async def stream(
    runtime: SGLangRuntime,
    prompt: Sequence[int],
    *,
    new_tokens: int,
    stop_ids: Sequence[int] = (),
    request_id: str = "",
) -> Timed:
    """One greedy stream to its end."""
    params = SamplingParams(max_new_tokens=new_tokens, stop_ids=tuple(stop_ids))
    ids: list[int] = []
    began = time.perf_counter()
    first = last = 0.0
    cached, reason = 0, None
    async for chunk in runtime.stream(prompt, params, request_id=request_id or uuid.uuid4().hex):
        last = time.perf_counter() - began
        if not ids and chunk.ids:
            first = last
        ids.extend(chunk.ids)
        cached = max(cached, chunk.cached_tokens)
        reason = chunk.finish_reason or reason
    return Timed(first, last, tuple(ids), len(prompt), cached, reason)


async def together(
    runtime: SGLangRuntime, prompts: Sequence[Sequence[int]], *, new_tokens: int
) -> tuple[list[Timed], float]:
    """All streams at once, and the seconds from the last one's first token to the end of the
    first: while all of them generate. Their rate is that of the tokens in this time."""
    began = time.perf_counter()
    marks: list[list[float]] = [[] for _ in prompts]

    async def one(number: int, prompt: Sequence[int]) -> Timed:
        params = SamplingParams(max_new_tokens=new_tokens)
        ids: list[int] = []
        reason = None
        async for chunk in runtime.stream(prompt, params, request_id=uuid.uuid4().hex):
            marks[number] += [time.perf_counter() - began] * len(chunk.ids)
            ids.extend(chunk.ids)
            reason = chunk.finish_reason or reason
        own = marks[number]
        return Timed(own[0], own[-1], tuple(ids), len(prompt), 0, reason)

    done = await asyncio.gather(*(one(n, p) for n, p in enumerate(prompts)))
    start, end = max(m[0] for m in marks), min(m[-1] for m in marks)
    inside = sum(start < at <= end for own in marks for at in own)
    return list(done), inside / (end - start) if end > start else 0.0
