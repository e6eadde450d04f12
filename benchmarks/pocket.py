"""The embedded model: speed, first frame, prefix reuse, memory, and speculative decoding.

    python -m benchmarks.pocket [--model models/pocket] [--repeats 3] [--speculation NGRAM_SIMPLE]
                                [--out FILE]

Starts the engine as `make run` does and asks it over its socket, as a worker does. `decode` is the
rate after the first token; at four streams it is the sum. `programs` are ten of a beginner's
programs of at most 40 steps, predicted one after the other and read with the real codec: the first
step that the model itself predicted, and the whole trace. `prefix` compares the first token of a
prompt of about 1,000 tokens that was never seen with that of one that shares all but its end.
With `--speculation` everything is measured again with that method of llama.cpp's, and
`identical` says for how many programs the tokens were the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from benchmarks.common import ROOT, BenchmarkFailed, emit, provenance, rss_bytes, tell
from traces.codecs.cwm import CWMCodec, DecodedFrame, Ended, choose_context
from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.runtime.sglang import SGLangRuntime
from workers.runtime.sglang_requests import ClientConfig
from workers.runtime.tokenizers import load_tokenizer

_DECODED = 256
_PREFIX = 1000
_NAMES = itertools.count()

PROGRAMS = (
    (
        "def count_letter(word, letter):\n    count = 0\n    for char in word:\n"
        "        if char == letter:\n            count += 1\n    return count\n",
        'count_letter("strawberry", "r")',
    ),
    (
        "def factorial(n):\n    if n <= 1:\n        return 1\n    return n * factorial(n - 1)\n",
        "factorial(5)",
    ),
    (
        "def fizzbuzz(n):\n    result = []\n    for i in range(1, n + 1):\n"
        "        if i % 15 == 0:\n            result.append('FizzBuzz')\n"
        "        elif i % 3 == 0:\n            result.append('Fizz')\n"
        "        elif i % 5 == 0:\n            result.append('Buzz')\n"
        "        else:\n            result.append(str(i))\n    return result\n",
        "fizzbuzz(6)",
    ),
    (
        "def largest(numbers):\n    best = numbers[0]\n    for n in numbers[1:]:\n"
        "        if n > best:\n            best = n\n    return best\n",
        "largest([3, 8, 2, 9, 4])",
    ),
    (
        "def is_palindrome(text):\n    left, right = 0, len(text) - 1\n    while left < right:\n"
        "        if text[left] != text[right]:\n            return False\n"
        "        left += 1\n        right -= 1\n    return True\n",
        'is_palindrome("racecar")',
    ),
    (
        "def average(marks):\n    total = 0\n    for mark in marks:\n        total += mark\n"
        "    return total / len(marks)\n",
        "average([4, 7, 9])",
    ),
    (
        "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n"
        "    return a\n",
        "fibonacci(8)",
    ),
    (
        "def word_lengths(sentence):\n    lengths = {}\n    for word in sentence.split():\n"
        "        lengths[word] = len(word)\n    return lengths\n",
        'word_lengths("the quick brown fox")',
    ),
    (
        "def gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a\n",
        "gcd(48, 18)",
    ),
    (
        "def unique(items):\n    seen = []\n    for item in items:\n"
        "        if item not in seen:\n            seen.append(item)\n    return seen\n",
        "unique([1, 2, 1, 3, 2])",
    ),
)


class Bench:
    """One running engine."""

    def __init__(self, address: str, model: Path, pid: int) -> None:
        self.pid = pid
        config = ClientConfig(urls=(f"unix://{address}",))
        self.runtime = SGLangRuntime(config)
        self.codec = CWMCodec(load_tokenizer(model))
        transport = httpx.AsyncHTTPTransport(uds=address, verify=False)
        self.http = httpx.AsyncClient(
            base_url="http://engine", transport=transport, timeout=300, trust_env=False
        )

    async def close(self) -> None:
        """Close the connections."""
        await self.runtime.close()
        await self.http.aclose()

    def fresh_prompt(self, size: int) -> list[int]:
        """A prompt whose beginning no other one shares."""
        source, entry = PROGRAMS[0]
        codec = self.codec
        start = codec.prompts.plain(f"# {next(_NAMES)} {time.monotonic_ns()}\n")
        body = codec.prompts.full_trace(choose_context(source, entry)).ids
        return [*start, *itertools.islice(itertools.cycle(body), max(0, size - len(start)))]

    async def timed(self, ids: list[int], tokens: int) -> tuple[float, float, int]:
        """Seconds to the first token, seconds from there to the last, cached tokens."""
        sampling = {"max_new_tokens": tokens, "temperature": 0, "ignore_eos": True}
        body = {"input_ids": ids, "sampling_params": sampling, "stream": True}
        began = time.perf_counter()
        first = 0.0
        cached = 0
        async with self.http.stream("POST", "/generate", json=body) as response:
            async for line in response.aiter_lines():
                if not first and '"output_ids":[' in line and '"output_ids":[]' not in line:
                    first = time.perf_counter()
                    cached = int(line.split('"cached_tokens":')[1].split("}")[0].split(",")[0])
        if not first:
            raise BenchmarkFailed("The engine sent no token; see its log.")
        return first - began, time.perf_counter() - first, cached

    async def decode(self, streams: int) -> float:
        """Tokens per second of so many streams together."""
        prompts = [self.fresh_prompt(200) for _ in range(streams)]
        for ids in prompts:  # what is measured is decoding: the prompts are computed before
            await self.timed(ids, 1)
        began = time.perf_counter()
        await asyncio.gather(*(self.timed(ids, _DECODED) for ids in prompts))
        return streams * _DECODED / (time.perf_counter() - began)

    async def prefix(self) -> dict[str, float]:
        """First token of a long prompt, never seen and with its beginning seen."""
        shared = self.fresh_prompt(_PREFIX)
        cold, _, _ = await self.timed([*shared, *self.fresh_prompt(20)], 1)
        warm, _, cached = await self.timed([*shared, *self.fresh_prompt(20)], 1)
        return {
            "cold_ms": 1000 * cold,
            "shared_ms": 1000 * warm,
            "ratio": cold / warm,
            "cached_tokens": cached,
        }

    async def program(self, number: int) -> dict[str, Any]:
        """One program's prediction as a worker makes it."""
        source, entry = PROGRAMS[number]
        prompt = self.codec.prompts.full_trace(choose_context(source, entry))
        info = await self.runtime.info()
        room = info.context_tokens - len(prompt.ids)
        params = SamplingParams(max_new_tokens=room, stop_ids=prompt.stop_ids, logprobs=True)
        decoder = self.codec.decoder(prompt)
        ids: list[int] = []
        frames, first_ms, value, ended = 0, 0.0, "", False
        began = time.perf_counter()
        name = f"bench-{next(_NAMES)}"
        async for chunk in self.runtime.stream(prompt.ids, params, request_id=name):
            ids += chunk.ids
            for item in decoder.feed(chunk.ids, chunk.logprobs):
                if isinstance(item, DecodedFrame):
                    frames += 1
                    first_ms = first_ms or 1000 * (time.perf_counter() - began)
                    value = item.event.value or value
                ended = ended or isinstance(item, Ended)
        return {
            "entry": entry,
            "first_frame_ms": round(first_ms, 1),
            "whole_ms": round(1000 * (time.perf_counter() - began), 1),
            "frames": frames,
            "tokens": len(ids),
            "ended": ended,
            "value": value[:80],
            "ids": ids,
        }


@contextlib.asynccontextmanager
async def engine(model: Path, folder: Path, *arguments: str) -> AsyncIterator[Bench]:
    """The engine's process, ready, and connected to."""
    address = str(folder / f"engine-{next(_NAMES)}.sock")
    argv = [sys.executable, "-m", "workers.runtime.embedded", "--model", str(model)]
    argv += ["--socket", address, "--cache", str(folder / "cache"), *arguments]
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=ROOT, stdout=sys.stderr, stderr=sys.stderr
    )
    try:
        bench = Bench(address, model, process.pid)
        try:
            await bench.runtime.info()
        except RuntimeUnavailable as error:
            raise BenchmarkFailed(f"The engine did not start: {error}") from error
        yield bench
        await bench.close()
    finally:
        process.terminate()
        await process.wait()


async def measure(bench: Bench, repeats: int) -> dict[str, Any]:
    """Every figure of one engine, as medians; `ids` per program for comparing."""
    rates = {n: [await bench.decode(n) for _ in range(repeats)] for n in (1, 4)}
    prefixes = [await bench.prefix() for _ in range(repeats)]
    programs = [await bench.program(number) for number in range(len(PROGRAMS))]
    whole = [row["whole_ms"] for row in programs]
    seconds = sum(whole) / 1000
    return {
        "decode_tokens_per_s": {
            f"{n} stream{'s' * (n > 1)}": round(statistics.median(found), 1)
            for n, found in rates.items()
        },
        "prefix": {
            key: round(statistics.median(row[key] for row in prefixes), 2) for key in prefixes[0]
        },
        "programs": {
            "first_frame_ms_median": statistics.median(r["first_frame_ms"] for r in programs),
            "first_frame_ms_max": max(r["first_frame_ms"] for r in programs),
            "whole_ms_median": statistics.median(whole),
            "whole_ms_max": max(whole),
            "tokens_per_s": round(sum(row["tokens"] for row in programs) / seconds, 1),
            "rows": [{k: v for k, v in row.items() if k != "ids"} for row in programs],
        },
        "rss_mb": round(rss_bytes(bench.pid) / 2**20, 1),
        "ids": [row["ids"] for row in programs],
    }


async def run(model: Path, repeats: int, speculation: str) -> dict[str, Any]:
    """Measure, and with `speculation` once more with that."""
    with tempfile.TemporaryDirectory(prefix="pocket-bench-") as name:
        folder = Path(name)
        began = time.perf_counter()
        async with engine(model, folder) as bench:
            load_s = time.perf_counter() - began
            server = await bench.runtime.server_info()
            plain = await measure(bench, repeats)
        result: dict[str, Any] = {"engine": server, "ready_s": round(load_s, 2)}
        ids = plain.pop("ids")
        result["plain"] = plain
        if speculation:
            async with engine(model, folder, "--speculation", speculation) as bench:
                other = await measure(bench, repeats)
            same = sum(a == b for a, b in zip(ids, other.pop("ids"), strict=True))
            result["speculation"] = {"method": speculation, **other}
            result["speculation"]["identical"] = f"{same} of {len(ids)}"
        return result


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pocket")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "pocket")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--speculation", default="")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    try:
        result = asyncio.run(run(options.model.absolute(), options.repeats, options.speculation))
    except BenchmarkFailed as error:
        sys.exit(str(error))
    tell("done")
    emit({**provenance(packages=("xllamacpp", "tokenizers", "httpx")), **result}, out=options.out)


if __name__ == "__main__":
    main()
