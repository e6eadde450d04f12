"""What one card serves at CWM-32B's shape (random weights): first tokens, decoding, context.

    python -m benchmarks.sglang.capacity --case bf16 one-pool fp8

`bf16` and `fp8` measure; `one-pool` and `unified` start the server only until its log says how many
tokens it holds. Decoding reads every weight once per token, so the bytes of the weights over the
card's measured copy bandwidth bound it from below; `share_of_limit` is that bound over the time
measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.sglang import rehearsal
from benchmarks.sglang.report import Report, fail, options
from benchmarks.sglang.server import (
    HOST_FLAGS,
    LocalServer,
    ServerFailed,
    get_json,
    pool_in_log,
    pool_of,
    post_json,
    serving,
)
from benchmarks.sglang.streams import client, stream, together
from workers.runtime.sglang_models.layers import override_args

CONFIG: Final = Path(__file__).with_name("cwm-32b-config.json")
PREFIXES: Final = (128, 512) if rehearsal.is_on() else (1024, 4096, 16384)
STREAMS: Final = (1, 4) if rehearsal.is_on() else (1, 8, 32, 64)
_NEW: Final = 256
_REPEATS: Final = 3
#: What a server that only tells its pool's size is left of the time.
_COUNTING_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Case:
    """One way to serve the shape. `counts_only`: stop when the log tells the pool's size."""

    weight_bytes: float
    window_ratio: float | None = 0.19
    flags: tuple[str, ...] = ()
    counts_only: bool = False


#: bf16 holds 2.5 times the tokens at 0.19; fp8 has the launcher's default.
CASES: Final = {
    "bf16": Case(2.0),
    "one-pool": Case(2.0, None, ("--disable-hybrid-swa-memory",), counts_only=True),
    "bf16-default": Case(2.0, 0.25, counts_only=True),
    "unified": Case(2.0, None, ("--enable-unified-memory",), counts_only=True),
    "fp8": Case(1.0, 0.25, ("--quantization", "fp8")),
}


def shape() -> dict[str, Any]:
    """CWM-32B's configuration."""
    return rehearsal.shape(json.loads(CONFIG.read_text(encoding="utf-8")))


def weight_bytes(config: dict[str, Any], per_weight: float) -> float:
    """Bytes read for one token: all layers (`per_weight` bytes each) and the head (two bytes);
    of the embedding only the token's own row."""
    hidden, layers = config["hidden_size"], config["num_hidden_layers"]
    heads, kv_heads, dim = (
        config[k] for k in ("num_attention_heads", "num_key_value_heads", "head_dim")
    )
    attention = hidden * dim * (2 * heads + 2 * kv_heads)
    feed_forward = 3 * hidden * config["intermediate_size"]
    norms = 2 * (2 * layers + 1) * hidden
    in_layers = layers * (attention + feed_forward) * per_weight
    return float(in_layers + 2.0 * hidden * config["vocab_size"] + norms)


def copy_bandwidth(gigabytes: float = 2.0) -> float:
    """Bytes a second of a device-to-device copy, read and written counted; median of ten."""
    torch: Any = importlib.import_module("torch")
    if rehearsal.is_on():
        return 1e10
    source = torch.randint(0, 255, (int(gigabytes * 1e9),), dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    seconds = []
    for _ in range(13):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        target.copy_(source)
        end.record()
        torch.cuda.synchronize()
        seconds.append(start.elapsed_time(end) / 1e3)
    found: float = 2.0 * source.numel() / statistics.median(seconds[3:])
    del source, target
    torch.cuda.empty_cache()
    return found


def server_for(name: str, out: Path, fraction: float) -> LocalServer:
    """The server of one case, over a folder that has nothing but the configuration."""
    case = CASES[name]
    folder = Path("/tmp/sglang-capacity/model")  # noqa: S108 - the GPU host has one user
    folder.mkdir(parents=True, exist_ok=True)
    config = shape()
    (folder / "config.json").write_text(json.dumps(config))
    # fmt: off
    flags = [
        *HOST_FLAGS, "--dtype", "bfloat16", "--load-format", "dummy", "--context-length", "32768",
        "--mem-fraction-static", str(fraction), "--disable-prefill-cuda-graph",
        "--cuda-graph-bs-decode", *map(str, STREAMS), "--max-running-requests", str(max(STREAMS)),
        "--incremental-streaming-output",
        "--json-model-override-args", json.dumps(override_args(config)), *case.flags,
    ]
    # fmt: on
    if case.window_ratio is not None:
        flags += ["--swa-full-tokens-ratio", str(case.window_ratio)]
    return LocalServer(name=name, model=folder, log=out / f"capacity-{name}.log", flags=flags)


async def first_tokens(url: str, vocabulary: int) -> dict[str, Any]:
    """First token of prefix + 256 new ids, with nothing cached and with the prefix cached."""
    runtime, drawn = client(url), np.random.default_rng(5)

    def draw(count: int) -> list[int]:
        return [int(i) for i in drawn.integers(10, vocabulary // 2, count)]

    found: dict[str, Any] = {}
    for length in PREFIXES:
        cold, warm, cached = [], [], []
        for _ in range(_REPEATS):
            prefix = draw(length)
            cold.append((await stream(runtime, prefix + draw(_NEW), new_tokens=2)).first_s)
            again = await stream(runtime, prefix + draw(_NEW), new_tokens=2)
            warm.append(again.first_s)
            cached.append(again.cached_tokens)
        found[str(length)] = {
            "cold_ms": round(1e3 * statistics.median(cold), 1),
            "cached_ms": round(1e3 * statistics.median(warm), 1),
            "speed_up": round(statistics.median(cold) / statistics.median(warm), 1),
            "cached_tokens": cached,
        }
    await runtime.close()
    return found


async def decoding(url: str, vocabulary: int, limit: float, new_tokens: int) -> dict[str, Any]:
    """Tokens a second while so many streams generate; `limit` is the bound in tokens a second."""
    runtime, drawn = client(url), np.random.default_rng(6)
    found: dict[str, Any] = {}
    for count in STREAMS:
        prompts = drawn.integers(10, vocabulary // 2, (count, 100)).tolist()
        rates = []
        for _ in range(3 if count == 1 else 1):
            done, rate = await together(runtime, prompts, new_tokens=new_tokens)
            rates.append(rate)
        rate = statistics.median(rates)
        found[str(count)] = {
            "tokens_per_s": round(rate, 1),
            "ms_per_token": round(1e3 * count / rate, 2) if rate else None,
            "share_of_limit": round(rate / count / limit, 3),
            "tokens": [min(len(t.ids) for t in done), max(len(t.ids) for t in done)],
        }
    await runtime.close()
    return found


def measure(report: Report, name: str, server: LocalServer, bandwidth: float) -> dict[str, Any]:
    """Everything that is measured of one case, written down as it comes."""
    config = shape()
    size = weight_bytes(config, CASES[name].weight_bytes)
    found: dict[str, Any] = {
        "ready_s": server.ready_s,
        "pool": asdict(pool_of(server)),
        "weight_bytes": size,
        "limit_ms_per_token": round(1e3 * size / bandwidth, 2),
        "memory": _memory(server.url),
    }
    report.put(name, found)
    asyncio.run(warm(server.url))
    found["decode"] = asyncio.run(
        decoding(server.url, config["vocab_size"], bandwidth / size, new_tokens=128)
    )
    report.put(name, found)
    report.say(f"{name}: {json.dumps(found['decode'])}")
    with contextlib.suppress(ServerFailed):  # refused while a request still ends; nothing is lost
        post_json(server.url, "/flush_cache", None)
    found["first_token"] = asyncio.run(first_tokens(server.url, config["vocab_size"]))
    report.put(name, found)
    report.say(f"{name}: {json.dumps(found['first_token'])}")
    return found


def measure_alone(out: Path, name: str, server: LocalServer) -> None:
    """The same in a file of its own, for a program that goes on with the server."""
    report = Report(out, f"capacity-{name}")
    bandwidth = copy_bandwidth()
    report.put("copy_bytes_per_s", bandwidth)
    measure(report, name, server, bandwidth)


def _memory(url: str) -> Any:
    """Gigabytes by use, as the server tells them."""
    states = get_json(url, "/server_info").get("internal_states") or [{}]
    return states[0].get("memory_usage")


async def warm(url: str) -> None:
    """Kernels are compiled at their first use, one for each kind of request."""
    runtime = client(url)
    for length in (64, 300, 4000):
        prompt = [11 + i % 997 for i in range(length)]
        for end in ([1], [2]):
            await stream(runtime, prompt + end * 200, new_tokens=4)
    await runtime.close()


def count(server: LocalServer, limit_s: float) -> dict[str, Any]:
    """Start a server until its log tells the size of its pool; raises `ServerFailed`."""
    end = time.monotonic() + limit_s
    try:
        server.start()
        while time.monotonic() < end:
            if not server.alive:
                raise ServerFailed(f"{server.name} ended.\n{server.tail()}")
            if (pool := pool_in_log(server.text())) is not None:
                return {"pool": asdict(pool)}
            time.sleep(0.5)
        raise ServerFailed(f"{server.name}: no pool after {limit_s:.0f} s.\n{server.tail()}")
    finally:
        server.stop()


def main() -> int:
    """Each case in turn while there is time; a case that fails does not stop the next."""
    parser = options(__doc__)
    parser.add_argument("--case", nargs="+", choices=sorted(CASES), default=["bf16", "fp8"])
    parser.add_argument("--memory-fraction", type=float, default=0.92)
    chosen = parser.parse_args()
    report = Report(chosen.out, "capacity-" + "-".join(chosen.case))
    end = time.monotonic() + chosen.limit
    bandwidth = copy_bandwidth()
    report.put("copy_bytes_per_s", bandwidth)
    report.say(f"copy {bandwidth / 1e12:.2f} TB/s")
    code = 0
    for name in chosen.case:
        server = server_for(name, chosen.out, chosen.memory_fraction)
        left = end - time.monotonic()
        try:
            if CASES[name].counts_only:
                report.put(name, count(server, left))
                report.say(f"{name}: {report.values[name]}")
                continue
            with serving([server], left - _COUNTING_S * _counts_after(chosen.case, name)):
                report.say(f"{name}: ready after {server.ready_s} s")
                measure(report, name, server, bandwidth)
        except (ServerFailed, OSError, ValueError, RuntimeError, ArithmeticError) as error:
            code = fail(report, error)
            # The size of the pool is in the log long before the server is ready.
            if name not in report.values and (pool := pool_in_log(server.text())):
                report.put(name, {"pool": asdict(pool)})
    _compare(report)
    return code


def _counts_after(cases: Sequence[str], name: str) -> int:
    """How many servers are still to be started for their pool's size alone."""
    return sum(CASES[later].counts_only for later in cases[cases.index(name) + 1 :])


def _compare(report: Report) -> None:
    """How many times the tokens the window's own pool lets the card hold."""
    one = report.values.get("one-pool", {}).get("pool", {}).get("tokens")
    for name in CASES:
        tokens = report.values.get(name, {}).get("pool", {}).get("tokens")
        if one and tokens and CASES[name].weight_bytes == CASES["one-pool"].weight_bytes:
            report.put(f"{name}: times the tokens of one pool", round(tokens / one, 2))


if __name__ == "__main__":
    sys.exit(main())
