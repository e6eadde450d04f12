"""Does SGLang compute with our plugin what Transformers' `CwmForCausalLM` computes?

    python -m benchmarks.sglang.correctness --dtype bfloat16 float32

A small CWM of random weights, prompts ten windows long. Every distribution over the vocabulary,
after every token, from the server and from Transformers in float32 on the same weights: for a
prompt read at once, read in chunks of 128, read after a cached prefix, and for generated tokens,
with the window's own KV pool and without it.

Rounding is not an error: what a 16-bit server may be off is what Transformers itself is off in the
same 16 bits (`floor`), with half as much again. In float32 the bound is absolute. A server whose
window is one token shorter or longer must fail the very same test, or the test proves nothing.

Starting takes most of the time, so the servers of all precisions start together, and one that does
not come up costs its own answer only.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

from benchmarks.sglang import rehearsal, tiny
from benchmarks.sglang.logprobs import Answer, Distance, Floats, ask, distance
from benchmarks.sglang.report import Report, fail, options
from benchmarks.sglang.server import (
    EXACT_PRODUCTS,
    HOST_FLAGS,
    SHARING_FLAGS,
    START_SHARE,
    LocalServer,
    ServerFailed,
    serving_some,
)
from workers.runtime.sglang_models.layers import override_args

#: An interpreter is a thousand times slower: two prompts of three windows are what it can do.
PROMPTS, LONGEST, CACHED, NEW_TOKENS = (
    (2, 200, 100, 12) if rehearsal.is_interpreted() else (4, 700, 400, 96)
)
_CHUNK: Final = 128
#: Servers that are asked at the same time; on two cores one more only waits.
_SIDE_BY_SIDE: Final = 1 if rehearsal.is_on() else 5

#: float32, of attention's products too (`EXACT_PRODUCTS`): sums in another order, nothing else.
EXACT_MEAN: Final = 0.001
EXACT_TOP1: Final = 0.995
ROUNDING: Final = 1.5

#: How each server differs from the plain one. Those of `WRONG` are wrong on purpose; `stock`, which
#: has the window as SGLang's own models have it, only where Triton decodes.
VARIANTS: Final[dict[str, dict[str, Any]]] = {
    "whole": {},
    "chunked": {"chunk": _CHUNK},
    "one-pool": {"flags": ["--disable-hybrid-swa-memory"]},
    "window-1": {"window": tiny.WINDOW - 1},
    "window+1": {"window": tiny.WINDOW + 1},
    "stock": {"package": "benchmarks.sglang.stock_models"},
}
_DEFAULT: Final = ("whole", "chunked", "one-pool", "window-1", "window+1")
#: The class without the one more is float32's: in it a single token off stands out most.
_DEFAULT_EXACT: Final = ("whole", "chunked", "window-1", "window+1", "stock")
WRONG: Final = ("window-1", "window+1", "stock")


class Reference:
    """Transformers' answers, in float32 and in the server's own precision."""

    def __init__(self, folder: Path, dtype: str, device: str) -> None:
        self._folder, self._dtype, self._device = folder, dtype, device
        # Servers answer side by side; the card computes one reference at a time.
        self._lock = Lock()

    def rows(self, answers: Sequence[Answer]) -> list[Floats]:
        """Expected rows of each answer."""
        found = self._compute(answers, "float32")
        return [r[a.first : a.first + len(a.rows)] for r, a in zip(found, answers, strict=True)]

    def floor(self, answers: Sequence[Answer]) -> Distance | None:
        """How far Transformers is off by rounding alone; None in float32."""
        if self._dtype == "float32":
            return None
        rough = self._compute(answers, self._dtype)
        return distance(list(zip(rough, self._compute(answers, "float32"), strict=True)))

    def _compute(self, answers: Sequence[Answer], dtype: str) -> list[Floats]:
        sequences = [a.sequence for a in answers]
        with self._lock:
            return tiny.reference(self._folder, sequences, dtype=dtype, device=self._device)


def phases(url: str) -> Iterator[tuple[str, list[Answer]]]:
    """What is asked of a server, by name."""
    given = [ids[:LONGEST] for ids in tiny.prompts(PROMPTS)]

    def of(prompt: Sequence[int], start: int, count: int) -> Answer:
        return ask(url, prompt, vocabulary=tiny.VOCABULARY, start=start, new_tokens=count)

    with ThreadPoolExecutor(len(given)) as pool:
        first = list(pool.map(lambda ids: of(ids, 0, NEW_TOKENS), given))
        yield "prefill", first
        others = [ids[:CACHED] + other[100:300] for ids, other in itertools.pairwise(given)]
        yield "cached", list(pool.map(lambda ids: of(ids, CACHED, 1), others))
        # What the server wrote while it generated is the prefix of the next request.
        again = [[*a.sequence[:-1], *given[0][:50]] for a in first]
        starts = [len(a.sequence) - 1 for a in first]
        yield "after-decode", list(pool.map(lambda ids, s: of(ids, s, 1), again, starts))


def split(name: str, answers: Sequence[Answer], rows: Sequence[Floats]) -> dict[str, Any]:
    """Pairs of rows, the generated ones apart."""
    pairs: dict[str, list[tuple[Floats, Floats]]] = {name: []}
    for answer, expected in zip(answers, rows, strict=True):
        count = len(answer.generated) if name == "prefill" else 0
        at = len(expected) - count
        pairs[name].append((answer.rows[:at], expected[:at]))
        if count:
            pairs.setdefault("decode", []).append((answer.rows[at:], expected[at:]))
    return pairs


def is_right(found: Distance, floor: Distance | None) -> bool:
    """Whether a distance is rounding alone."""
    if floor is None:
        return found.mean <= EXACT_MEAN and found.top1_agreement >= EXACT_TOP1
    allowed = ROUNDING * (1 - floor.top1_agreement) + 0.005
    return found.mean <= ROUNDING * floor.mean and found.top1_agreement >= 1 - allowed


def check(url: str, reference: Reference) -> dict[str, Any]:
    """Ask a server everything and compare."""
    measured: dict[str, Any] = {}
    floor: Distance | None = None
    for name, answers in phases(url):
        if name == "prefill":
            floor = reference.floor(answers)
            measured["floor"] = floor.as_dict() if floor else None
        else:
            measured[f"{name} cached tokens"] = [[a.cached_tokens, a.first] for a in answers]
        for phase, pairs in split(name, answers, reference.rows(answers)).items():
            found = distance(pairs)
            measured[phase] = found.as_dict() | {"right": is_right(found, floor)}
    measured["right"] = all(v["right"] for v in measured.values() if _is_phase(v))
    return measured


def _is_phase(value: object) -> bool:
    return isinstance(value, dict) and "right" in value


def server_for(variant: str, folder: Path, dtype: str, out: Path) -> LocalServer:
    """The server of one variant."""
    differs = VARIANTS[variant]
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    overrides = override_args(config)
    if "window" in differs:
        overrides["sliding_window"] = differs["window"]
    # fmt: off
    flags = [
        *HOST_FLAGS, *SHARING_FLAGS, "--dtype", dtype, "--context-length", "2048",
        "--disable-prefill-cuda-graph", "--cuda-graph-max-bs-decode", "8",
        "--max-running-requests", "16",
        # Several servers share the card: each may take half, and takes this many tokens.
        "--mem-fraction-static", "0.5", "--max-total-tokens", "16384",
        "--chunked-prefill-size", str(differs.get("chunk", 8192)),
        "--json-model-override-args", json.dumps(overrides), *differs.get("flags", ()),
    ]
    # fmt: on
    package = "workers.runtime.sglang_models"
    if dtype == "float32":
        package = "benchmarks.sglang.exact_models"
    return LocalServer(
        name=f"{dtype} {variant}",
        model=folder,
        log=out / f"server-{dtype}-{variant}.log",
        flags=flags,
        package=differs.get("package", package),
        variables=EXACT_PRODUCTS if dtype == "float32" else {},
    )


@dataclass(slots=True)
class Trial:
    """A server and what its numbers are compared with."""

    dtype: str
    variant: str
    server: LocalServer
    reference: Reference

    def check(self) -> dict[str, Any]:
        """Of this server."""
        return check(self.server.url, self.reference)


def trials(wanted: Mapping[str, Sequence[str]], head_dim: int) -> list[Trial]:
    """Every variant of every precision."""
    out = Path("/tmp/sglang-correctness")  # noqa: S108 - the GPU host has one user
    found = []
    for dtype, variants in wanted.items():
        folder = out / f"model-{dtype}-{head_dim}"
        tiny.write(folder, head_dim=head_dim, dtype=dtype)
        reference = Reference(folder, dtype, rehearsal.device())
        found += [Trial(dtype, v, server_for(v, folder, dtype, out), reference) for v in variants]
    return found


def run(report: Report, wanted: Mapping[str, Sequence[str]], head_dim: int, limit_s: float) -> bool:
    """All servers side by side; whether every one did what it must."""
    given = trials(wanted, head_dim)
    measured: dict[str, dict[str, Any]] = {dtype: {} for dtype in wanted}
    with serving_some([t.server for t in given], START_SHARE * limit_s) as failures:
        for failure in failures:
            fail(report, failure)
        started = [t for t in given if t.server.alive]
        report.say(f"ready: { ({t.server.name: t.server.ready_s for t in started}) }")
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            running = {pool.submit(trial.check): trial for trial in started}
            for future in as_completed(running):
                trial = running[future]
                try:
                    measured[trial.dtype][trial.variant] = future.result()
                except (ServerFailed, OSError, ValueError, KeyError, RuntimeError) as error:
                    fail(report, error)
                    continue
                report.say(f"{trial.server.name}: {json.dumps(future.result())}")
                report.put(trial.dtype, measured[trial.dtype])
    good = True
    for dtype, variants in wanted.items():
        found = measured[dtype]
        as_expected = all(v in found and found[v]["right"] != (v in WRONG) for v in variants)
        report.put(dtype, found | {"as_expected": as_expected})
        good &= as_expected
    return good


def main() -> int:
    """0: right windows agree, wrong ones are caught, in every precision asked for."""
    parser = options(__doc__)
    parser.add_argument("--dtype", nargs="+", default=["bfloat16", "float32"])
    parser.add_argument("--head-dim", type=int, default=64)
    parser.add_argument("--variant", nargs="+", choices=sorted(VARIANTS))
    chosen = parser.parse_args()
    if rehearsal.is_on():
        chosen.dtype, chosen.variant = ["float32"], ["whole", "window+1"]
        if rehearsal.is_interpreted():
            chosen.variant = ["whole", "chunked", "stock", "window+1"]
    usual = {"float32": _DEFAULT_EXACT}
    wanted = {dtype: chosen.variant or usual.get(dtype, _DEFAULT) for dtype in chosen.dtype}
    report = Report(chosen.out, f"correctness-{chosen.head_dim}-{'-'.join(chosen.dtype)}")
    try:
        return 0 if run(report, wanted, chosen.head_dim, chosen.limit) else 1
    except (OSError, ValueError, RuntimeError) as error:
        return fail(report, error)


if __name__ == "__main__":
    sys.exit(main())
