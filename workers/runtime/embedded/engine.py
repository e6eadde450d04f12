"""llama.cpp (through xllamacpp) as an asynchronous engine: ids in, ids and logprobs out.

Theory of operation. llama.cpp's own server loop computes in a thread of its own and batches the
requests of all slots. A request occupies one Python thread: `handle_completions` blocks in it,
without the interpreter lock, and calls back for every token; the callback hands the token to the
event loop and answers whether to go on. So there are as many threads as slots, further requests
wait in order on the loop, and a request that is aborted frees its slot at its next token (or piece
of prompt, for those are reported too).

What is particular about the library, and what is done about it:

* Ids come only with logprobs, so these are always asked for. They are natural logarithms of the
  model's own distribution, before temperature and top-p.
* It stops by itself only at the end-of-text tokens that it knows by name; other stop ids are
  found here. The stopping token is part of the output either way.
* It samples with top-k and min-p unless told otherwise: every parameter is sent.
* A slot keeps the tokens of its last request, and requests with the same beginning go to it; what
  it drops goes to a cache of bounded size. Reused tokens are reported before the first token.
* It listens for HTTP by itself. It is given a socket that is deleted at once: nobody can connect.
* OpenMP reads its environment when the library is loaded: `__main__` sets it before the import.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import xllamacpp  # type: ignore[import-untyped]  # ships no types

from workers.runtime.artefact import vocabulary_size

#: Requests that may wait for a slot. Each holds its prompt, at most a context's worth of ids.
MAX_WAITING: Final = 64

#: Prompt tokens computed at once. A request can be aborted between two such pieces.
_PROMPT_PIECE: Final = 512

_DONE: Final = None  # put into a request's queue when its thread has ended


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """`context_tokens` are of one stream: prompt and output together."""

    model: Path
    context_tokens: int
    slots: int = 4
    threads: int = 1
    #: Memory for the state of earlier requests that lost their slot.
    cache_mib: int = 128
    #: A kind of speculative decoding by its llama.cpp name, for example "NGRAM_SIMPLE".
    speculation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to generate. `temperature` 0 is greedy; `top_k` 0, `top_p` 1 and `min_p` 0 are off."""

    rid: str
    ids: tuple[int, ...]
    max_new_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    seed: int | None = None
    stop_ids: frozenset[int] = frozenset()
    ignore_eos: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Tokens since the step before; `logprobs` has one entry per id.

    `reason` is set in the last step; `matched` is then the id that stopped it, if one did.
    """

    ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    cached_tokens: int = 0
    reason: Literal["stop", "length", "abort"] | None = None
    matched: int | None = None


class EngineError(Exception):
    """The request cannot be served; nothing was generated for it."""

    def __init__(self, kind: str, message: str, **details: int) -> None:
        super().__init__(message)
        self.kind = kind
        self.details = details


@dataclass(slots=True)
class _Running:
    """One request's state, shared between the loop and its thread."""

    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[dict[str, Any] | None] = field(default_factory=asyncio.Queue)
    aborted: asyncio.Event = field(default_factory=asyncio.Event)
    is_stopped: bool = False  # read by the thread: free the slot

    def stop(self) -> None:
        self.is_stopped = True

    def callback(self, message: dict[str, Any]) -> bool:
        """Called in the request's thread for each message; True ends the request."""
        self._put(message)
        return self.is_stopped

    def _put(self, message: dict[str, Any] | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody reads any more
            self.loop.call_soon_threadsafe(self.queue.put_nowait, message)

    def ended(self) -> None:
        """Called in the request's thread as the last thing."""
        self._put(_DONE)


class Engine:
    """A loaded model. All methods but the constructor and `close` run on one event loop.

    Raises RuntimeError if llama.cpp refuses the file.
    """

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        self.vocabulary = vocabulary_size(config.model)
        self._requests: dict[str, _Running] = {}
        self._slots = asyncio.Semaphore(config.slots)
        self._busy = 0
        self._threads = ThreadPoolExecutor(config.slots, thread_name_prefix="slot")
        with tempfile.TemporaryDirectory(prefix="engine-") as folder:
            self._server = xllamacpp.Server(_parameters(config, f"{folder}/unused.sock"))

    @property
    def running(self) -> int:
        """Requests that occupy a slot."""
        return self._busy

    @property
    def waiting(self) -> int:
        """Requests that wait for one."""
        return len(self._requests) - self._busy

    def close(self) -> None:
        """Stop every request and wait for their threads."""
        for running in self._requests.values():
            running.stop()
        self._threads.shutdown(wait=True)

    def abort(self, rid: str) -> bool:
        """End a request; False if there is none of that name. An empty name ends all."""
        found = [r for name, r in self._requests.items() if name == rid or not rid]
        for running in found:
            running.stop()
            running.aborted.set()
        return bool(found)

    def check(self, request: Request) -> None:
        """Raise `EngineError` if the request can never be served, or not now."""
        size, limit = len(request.ids), self.config.context_tokens
        if not size or not all(0 <= i < self.vocabulary for i in request.ids):
            message = f"input_ids must be 1 or more ids from 0 to {self.vocabulary - 1}."
            raise EngineError("invalid_ids", message)
        if size >= limit:
            message = f"The prompt has {size} tokens; the model's context has room for {limit - 1}."
            raise EngineError("too_long", message, n_prompt_tokens=size, n_ctx=limit)
        if request.rid in self._requests:
            raise EngineError("duplicate", f"A request {request.rid!r} is already running.")
        if len(self._requests) >= self.config.slots + MAX_WAITING:
            raise EngineError("busy", f"{MAX_WAITING} requests are waiting already.")

    async def generate(self, request: Request) -> AsyncGenerator[Step, None]:
        """Stream a request. The last step has a `reason`; closing the iterator frees the slot.

        Raises `EngineError` as `check` does, or if llama.cpp refuses or loses the request.
        """
        self.check(request)
        running = _Running(asyncio.get_running_loop())
        self._requests[request.rid] = running
        try:
            if not await self._enter(running):
                yield Step(reason="abort")
                return
            thread = self._start(request, running)
            try:
                async for step in _steps(request, running):
                    yield step
            finally:
                running.stop()
                await _ended(thread)
                self._busy -= 1
                self._slots.release()
        finally:
            del self._requests[request.rid]

    async def _enter(self, running: _Running) -> bool:
        """Wait for a slot; False if the request was aborted while it waited."""
        entering = asyncio.ensure_future(self._slots.acquire())
        aborted = asyncio.ensure_future(running.aborted.wait())
        try:
            await asyncio.wait({entering, aborted}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if entering.done() and not entering.cancelled():
                self._slots.release()
            raise
        finally:
            aborted.cancel()
            if not entering.done():
                entering.cancel()
        if running.aborted.is_set():
            if entering.done() and not entering.cancelled():
                self._slots.release()
            return False
        self._busy += 1
        return True

    def _room(self, request: Request) -> int:
        """How many tokens may be generated."""
        return min(request.max_new_tokens, self.config.context_tokens - len(request.ids))

    def _start(self, request: Request, running: _Running) -> asyncio.Future[None]:
        body = {
            "prompt": list(request.ids),
            "stream": True,
            "stop": [],
            "max_tokens": self._room(request),
            "temperature": request.temperature,
            "top_p": request.top_p,
            "top_k": request.top_k,
            "min_p": request.min_p,
            "ignore_eos": request.ignore_eos,
            "logprobs": 1,
            "cache_prompt": True,
            "return_progress": True,
            "timings_per_token": True,
        }
        if request.seed is not None:
            body["seed"] = request.seed

        def work() -> None:
            try:
                self._server.handle_completions(body, running.callback)
            finally:
                running.ended()

        return running.loop.run_in_executor(self._threads, work)


async def _ended(thread: asyncio.Future[None]) -> None:
    """Wait for a request's thread, also while this task is being cancelled."""
    cancelled = False
    while not thread.done():
        try:
            await asyncio.shield(asyncio.wait({thread}))
        except asyncio.CancelledError:
            cancelled = True
    with contextlib.suppress(Exception):  # its messages have said what went wrong
        thread.result()
    if cancelled:
        raise asyncio.CancelledError


async def _steps(request: Request, running: _Running) -> AsyncGenerator[Step, None]:
    """The request's messages as steps; those that came while nobody looked are taken together."""
    count, cached = 0, 0
    last: int | None = None
    while True:
        batch = [await running.queue.get()]
        while not running.queue.empty():
            batch.append(running.queue.get_nowait())
        ids: list[int] = []
        logprobs: list[float] = []
        end: Step | None = None
        for message in batch:
            end = _end(message, running)
            if message is None or end is not None:
                break
            cached = max(cached, (message.get("prompt_progress") or {}).get("cache", 0))
            token = _token(message)
            if token is None:
                continue
            ids.append(token[0])
            logprobs.append(token[1])
            count += 1
            if message["timings"]["predicted_n"] != count:
                raise EngineError("lost", "llama.cpp did not report every token.")
            if token[0] in request.stop_ids:
                end = Step(reason="stop")
                break
        last = ids[-1] if ids else last
        if end is not None and end.reason == "stop":
            end = Step(reason="stop", matched=last)
        if ids or end is not None:
            reason, matched = (end.reason, end.matched) if end else (None, None)
            yield Step(tuple(ids), tuple(logprobs), cached, reason, matched)
        if end is not None:
            return


def _end(message: dict[str, Any] | None, running: _Running) -> Step | None:
    """How the request ended, if this message says so."""
    if message is None:
        if running.is_stopped:
            return Step(reason="abort")
        raise EngineError("lost", "llama.cpp ended the request without a reason.")
    if "choices" not in message:
        error = message.get("error") or {}
        raise EngineError("refused", str(error.get("message") or message)[:500])
    reason = message["choices"][0]["finish_reason"]
    if reason is None:
        return None
    return Step(reason="length" if reason == "length" else "stop")


def _token(message: dict[str, Any]) -> tuple[int, float] | None:
    content = (message["choices"][0]["logprobs"] or {}).get("content")
    return (int(content[0]["id"]), float(content[0]["logprob"])) if content else None


def _parameters(config: EngineConfig, socket: str) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(config.model)
    parameters.n_parallel = config.slots
    parameters.n_ctx = config.slots * config.context_tokens
    parameters.n_batch = _PROMPT_PIECE
    parameters.kv_unified = False
    parameters.ctx_shift = False
    parameters.cache_ram_mib = config.cache_mib
    parameters.special = True
    parameters.verbosity = 0
    parameters.hostnames = [socket]
    parameters.cpuparams.n_threads = config.threads
    parameters.cpuparams_batch.n_threads = config.threads
    if config.speculation:
        kinds = xllamacpp.common_speculative_type
        kind = getattr(kinds, f"COMMON_SPECULATIVE_TYPE_{config.speculation}")
        parameters.speculative.types = [kind]
    return parameters


def usable_cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def default_threads() -> int:
    """All cores but one. Threads wait for each other by spinning: where one of them shares its
    core with a busy process, a second thread makes the engine slower, not faster."""
    return max(1, usable_cores() - 1)
