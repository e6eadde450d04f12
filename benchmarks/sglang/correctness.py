"""Does SGLang compute with our plugin what Transformers' `CwmForCausalLM` computes?

    python -m benchmarks.sglang.correctness --dtype bfloat16 float16 float32

A small CWM of random weights, prompts ten windows long. Every distribution over the vocabulary,
after every token, from the server and from Transformers in float32 on the same weights: for a
prompt read at once, read in chunks of 128, read after a cached prefix, and for generated tokens,
with the window's own KV pool and without it.

Rounding is not an error: what a 16-bit server may be off is what Transformers itself is off in the
same 16 bits (`floor`), with half as much again. In float32 the bound is absolute. A server whose
window is one token shorter or longer must fail the very same test, or the test proves nothing.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from benchmarks.sglang import rehearsal, tiny
from benchmarks.sglang.logprobs import Answer, Distance, Floats, ask, distance
from benchmarks.sglang.report import Report, fail, options
from benchmarks.sglang.server import HOST_FLAGS, LocalServer, ServerFailed, serving
from workers.runtime.sglang_models.layers import override_args

#: An interpreter is a thousand times slower: two prompts of three windows are what it can do.
PROMPTS, LONGEST, CACHED, NEW_TOKENS = (
    (2, 200, 100, 12) if rehearsal.is_interpreted() else (4, 700, 400, 96)
)
_CHUNK: Final = 128

#: float32: attention's products run in TF32 there, which has 10 bits.
EXACT_MEAN: Final = 0.01
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
WRONG: Final = ("window-1", "window+1", "stock")


class Reference:
    """Transformers' answers, in float32 and in the server's own precision."""

    def __init__(self, folder: Path, dtype: str, device: str) -> None:
        self._folder, self._dtype, self._device = folder, dtype, device
        self._floor: list[tuple[Floats, Floats]] = []

    def rows(self, answers: Sequence[Answer]) -> list[Floats]:
        """Expected rows of each answer."""
        found = tiny.reference(
            self._folder, [a.sequence for a in answers], dtype="float32", device=self._device
        )
        return [r[a.first : a.first + len(a.rows)] for r, a in zip(found, answers, strict=True)]

    def floor(self, answers: Sequence[Answer]) -> Distance | None:
        """How far Transformers is off by rounding alone; None in float32."""
        if self._dtype == "float32":
            return None
        sequences = [a.sequence for a in answers]
        rough = tiny.reference(self._folder, sequences, dtype=self._dtype, device=self._device)
        exact = tiny.reference(self._folder, sequences, dtype="float32", device=self._device)
        return distance(list(zip(rough, exact, strict=True)))


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
        *HOST_FLAGS, "--dtype", dtype, "--context-length", "2048", "--disable-prefill-cuda-graph",
        "--cuda-graph-max-bs-decode", "8", "--max-running-requests", "16",
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
    )


def run(report: Report, dtype: str, head_dim: int, variants: Sequence[str], limit_s: float) -> bool:
    """All variants of one precision side by side; whether every one did what it must."""
    logs = Path("/tmp/sglang-correctness")  # noqa: S108 - the GPU host has one user
    folder = logs / f"model-{dtype}-{head_dim}"
    tiny.write(folder, head_dim=head_dim, dtype=dtype)
    reference = Reference(folder, dtype, rehearsal.device())
    servers = [server_for(variant, folder, dtype, logs) for variant in variants]
    measured: dict[str, Any] = {}
    with serving(servers, limit_s):
        report.say(f"{dtype}: ready after {[s.ready_s for s in servers]} s")
        for variant, server in zip(variants, servers, strict=True):
            measured[variant] = check(server.url, reference)
            report.say(f"{dtype} {variant}: {json.dumps(measured[variant])}")
            report.put(dtype, measured)
    as_expected = all(measured[v]["right"] != (v in WRONG) for v in variants)
    measured["as_expected"] = as_expected
    report.put(dtype, measured)
    return as_expected


def main() -> int:
    """0: right windows agree, wrong ones are caught, in every precision asked for."""
    parser = options(__doc__)
    parser.add_argument("--dtype", nargs="+", default=["bfloat16", "float16", "float32"])
    parser.add_argument("--head-dim", type=int, default=64)
    parser.add_argument("--variant", nargs="+", choices=sorted(VARIANTS), default=_DEFAULT)
    chosen = parser.parse_args()
    if rehearsal.is_on():
        chosen.dtype, chosen.variant = ["float32"], ["whole", "window+1"]
        if rehearsal.is_interpreted():
            chosen.variant = ["whole", "chunked", "stock", "window+1"]
    report = Report(chosen.out, f"correctness-{chosen.head_dim}-{'-'.join(chosen.dtype)}")
    end = time.monotonic() + chosen.limit
    good = True
    for dtype in chosen.dtype:
        try:
            good &= run(report, dtype, chosen.head_dim, chosen.variant, end - time.monotonic())
        except (ServerFailed, OSError, ValueError, RuntimeError) as error:
            good = False
            fail(report, error)
            report.put(dtype, {"failed": str(error)[:4000]})
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
