"""A class at work: 200 runs through the site's client, what its cache saves and Stop frees.

    python -m benchmarks.sglang.mix                      starts CWM-32B's shape in fp8
    python -m benchmarks.sglang.mix --capacity           the same server's speed and room first
    python -m benchmarks.sglang.mix --url URL            asks a server that runs

A prompt's shareable tokens are those that a request whose first token had come before began with.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.common import percentile
from benchmarks.sglang import capacity, rehearsal
from benchmarks.sglang.report import Report, fail, options
from benchmarks.sglang.server import ServerFailed, get_json, serving
from benchmarks.sglang.streams import Timed, client, close, stream
from benchmarks.sglang.workload import Request, Run, Shared, class_mix
from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.runtime.sglang import SGLangRuntime

AT_ONCE: Final = 2 if rehearsal.is_on() else 24
_STOPPED: Final = 4 if rehearsal.is_on() else 16


@dataclass(slots=True)
class Tally:
    """What was seen, by kind of run."""

    first_s: dict[str, list[float]] = field(default_factory=dict)
    shareable: dict[str, int] = field(default_factory=dict)
    cached: dict[str, int] = field(default_factory=dict)
    prompt: dict[str, int] = field(default_factory=dict)
    aborted: int = 0
    failed: int = 0

    def add(self, kind: str, shareable: int, timed: Timed) -> None:
        """One request. Of what was cached, only what is known to be shareable counts."""
        self.first_s.setdefault(kind, []).append(timed.first_s)
        for table, amount in (
            (self.shareable, shareable),
            (self.cached, min(timed.cached_tokens, shareable)),
            (self.prompt, timed.prompt_tokens),
        ):
            table[kind] = table.get(kind, 0) + amount

    def as_dict(self) -> dict[str, Any]:
        """For a result file."""
        found: dict[str, Any] = {"aborted_runs": self.aborted, "failed_runs": self.failed}
        for kind in (*sorted(self.first_s), "all"):
            kinds = list(self.first_s) if kind == "all" else [kind]
            times = sorted(t for k in kinds for t in self.first_s[k])
            shareable = sum(self.shareable[k] for k in kinds)
            cached = sum(self.cached[k] for k in kinds)
            found[kind] = {
                "requests": len(times),
                "prompt_tokens": sum(self.prompt[k] for k in kinds),
                "shareable_tokens": shareable,
                "cached_share_of_shareable": round(cached / shareable, 4) if shareable else None,
                "first_token_ms_p50": round(1e3 * percentile(times, 50), 1),
                "first_token_ms_p95": round(1e3 * percentile(times, 95), 1),
            }
        return found


async def play(runtime: SGLangRuntime, runs: Sequence[Run], at_once: int = AT_ONCE) -> Tally:
    """All runs, so many at once, each with its requests in order."""
    tally, shared, room = Tally(), Shared(), asyncio.Semaphore(at_once)

    async def one(run: Run) -> None:
        async with room:
            for request in run.requests:
                if run.aborts_after is not None:
                    await _close_early(runtime, request, run.aborts_after)
                    tally.aborted += 1
                    return
                shareable = shared.length(request.prompt)
                try:
                    timed = await stream(runtime, request.prompt, new_tokens=request.new_tokens)
                except RuntimeUnavailable:
                    tally.failed += 1  # the others still count
                    return
                tally.add(run.kind, shareable, timed)
                shared.add(request.prompt)

    await asyncio.gather(*(one(run) for run in runs))
    return tally


async def _close_early(runtime: SGLangRuntime, request: Request, after: int) -> None:
    """Read some tokens, then hang up, as when a student closes the page."""
    params = SamplingParams(max_new_tokens=max(64, request.new_tokens))
    chunks = runtime.stream(request.prompt, params, request_id=uuid.uuid4().hex)
    seen = 0
    async with contextlib.aclosing(chunks):
        async for chunk in chunks:
            seen += len(chunk.ids)
            if seen >= after:
                return


async def stops(runtime: SGLangRuntime, url: str, vocabulary: int) -> dict[str, Any]:
    """Long streams, half ended by id and half by hanging up: how soon the server has none."""
    new_tokens = 4000
    params = SamplingParams(max_new_tokens=new_tokens)
    names = [uuid.uuid4().hex for _ in range(_STOPPED)]
    begun = [asyncio.Event() for _ in names]
    seen = [0] * len(names)

    async def one(number: int) -> str | None:
        prompt = [16 + (number * 31 + i * 7) % (vocabulary - 32) for i in range(60)]
        reason = None
        chunks = runtime.stream(prompt, params, request_id=names[number])
        async with contextlib.aclosing(chunks):
            async for chunk in chunks:
                seen[number] += len(chunk.ids)
                begun[number].set()
                reason = chunk.finish_reason or reason
        return reason

    tasks = [asyncio.create_task(one(n)) for n in range(len(names))]
    await asyncio.wait_for(asyncio.gather(*(e.wait() for e in begun)), 60)
    before = await _load(url)
    began = time.perf_counter()
    half = len(names) // 2
    for task in tasks[half:]:
        task.cancel()
    await asyncio.gather(*(runtime.abort(name) for name in names[:half]))
    after = await _load(url)
    while after["num_running_reqs"] and time.perf_counter() - began < 30:
        await asyncio.sleep(0.02)  # the server tells nobody when it is idle
        after = await _load(url)
    freed_s = time.perf_counter() - began
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "running_before": before["num_running_reqs"],
        "running_after": after["num_running_reqs"],
        "waiting_after": after["num_waiting_reqs"],
        "freed_after_ms": round(1e3 * freed_s, 1),
        "ended_as": [type(e).__name__ if isinstance(e, BaseException) else e for e in ended],
        "most_tokens_generated": max(seen),
        "of": new_tokens,
    }


async def _load(url: str) -> dict[str, Any]:
    found = await asyncio.to_thread(get_json, url, "/v1/loads?include=core")
    return dict(found["loads"][0])


async def measure(url: str, report: Report, vocabulary: int, runs: Sequence[Run]) -> None:
    """Everything, written down as it comes."""
    runtime = client(url)
    try:
        began = time.perf_counter()
        report.put("mix", (await play(runtime, runs)).as_dict())
        report.put("mix_seconds", round(time.perf_counter() - began, 1))
        report.say(json.dumps(report.values["mix"]))
        report.put("load_after_mix", await _load(url))
        report.put("stop", await stops(runtime, url, vocabulary))
        report.say(json.dumps(report.values["stop"]))
        report.put("load_at_end", await _load(url))
    finally:
        await close(runtime)


def main() -> int:
    """0: everything was measured."""
    parser = options(__doc__)
    parser.add_argument("--url", help="a server that runs; otherwise one is started")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--vocabulary", type=int, default=128000)
    parser.add_argument("--case", choices=("bf16", "fp8"), default="fp8")
    parser.add_argument("--capacity", action="store_true", help="capacity.py's figures too")
    chosen = parser.parse_args()
    report = Report(chosen.out, "mix")
    if rehearsal.is_on():
        chosen.vocabulary = capacity.shape()["vocab_size"]
        chosen.runs = min(chosen.runs, 12)
    scale = 0.1 if rehearsal.is_on() else 1.0
    runs = class_mix(chosen.runs, vocabulary=chosen.vocabulary, scale=scale)
    report.put("at_once", AT_ONCE)
    began = time.monotonic()
    try:
        if chosen.url:
            asyncio.run(measure(chosen.url, report, chosen.vocabulary, runs))
            return 0
        server = capacity.server_for(chosen.case, chosen.out, 0.92)
        with serving([server], chosen.limit):
            report.say(f"ready after {server.ready_s} s")
            if chosen.capacity:
                capacity.measure_alone(chosen.out, chosen.case, server)
            else:
                asyncio.run(capacity.warm(server.url))
            limit = chosen.limit - (time.monotonic() - began)
            asyncio.run(
                asyncio.wait_for(measure(server.url, report, chosen.vocabulary, runs), limit)
            )
    except (ServerFailed, RuntimeUnavailable, TimeoutError, OSError, ValueError) as error:
        return fail(report, error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
