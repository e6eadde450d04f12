"""Does the shipped model say the same on SGLang as on the embedded engine?

    python -m benchmarks.sglang.pocket expect                here, again for every new model
    python -m benchmarks.sglang.pocket compare [--stack]     on the GPU host

`expect` starts the embedded engine and writes what it says to a file that travels beside the
bundle; `compare` refuses a file that was made with other weights. With `--stack` one run goes
through the site's own queue, worker and event log to the same server.

Whole traces of 100 programs, greedy. The embedded engine multiplies 8-bit weights with activations
that it rounds to 8 bits too, so two ids that are about equally likely may change places; SGLang
runs the same weights in float32 and in bfloat16. Where traces part, the file says after how many
tokens, and how likely SGLang finds both ids there.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.common import ROOT
from benchmarks.sglang import rehearsal, stack
from benchmarks.sglang.report import Report, fail, options
from benchmarks.sglang.server import (
    EXACT_PRODUCTS,
    HOST_FLAGS,
    SHARING_FLAGS,
    START_SHARE,
    LocalServer,
    ServerFailed,
    free_port,
    post_json,
    serving,
    serving_some,
)
from benchmarks.sglang.streams import client, stream
from traces.codecs.cwm.context import choose_context
from traces.codecs.cwm.prompts import CWMPrompts
from traces.codecs.tokenizer import CWMSpecials
from workers.runtime import artefact
from workers.runtime.base import RuntimeUnavailable
from workers.runtime.tokenizers import load_tokenizer

SUITE: Final = ROOT / "benchmarks" / "suites" / "cruxeval-dev.jsonl"
_NEW: Final = 700
_PROGRAMS: Final = 100

#: A likelihood apart less than this (natural log) is a tie to an engine that rounds to 8 bits.
TIE: Final = 0.2


def prompts(model: Path, count: int) -> list[dict[str, Any]]:
    """The first programs of the suite whose trace the format can ask for."""
    tokenizer = load_tokenizer(model)
    codec = CWMPrompts(tokenizer, CWMSpecials.from_names(tokenizer.special_ids))
    found: list[dict[str, Any]] = []
    for line in SUITE.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        try:
            context = choose_context(case["code"], f"f({case['input']})")
            prompt = codec.full_trace(context)
        except ValueError:
            continue
        found.append({"id": case["id"], "prompt": prompt.ids, "stop": prompt.stop_ids})
        if len(found) == count:
            break
    return found


async def answers(
    url: str, cases: Sequence[dict[str, Any]], new_tokens: int, at_once: int
) -> list[list[int]]:
    """Greedy ids of every case."""
    runtime, room = client(url), asyncio.Semaphore(at_once)

    async def one(case: dict[str, Any]) -> list[int]:
        async with room:
            done = await stream(
                runtime, case["prompt"], new_tokens=new_tokens, stop_ids=case["stop"]
            )
            return list(done.ids)

    try:
        return list(await asyncio.gather(*(one(case) for case in cases)))
    finally:
        await runtime.close()


def parting(expected: Sequence[int], got: Sequence[int]) -> int | None:
    """How many ids are equal before the first that is not; None where all are."""
    if list(expected) == list(got):
        return None
    pairs = enumerate(zip(expected, got, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(expected), len(got)))


def gap(url: str, sequence: Sequence[int], ids: tuple[int, int]) -> float:
    """How much likelier (natural log) the server finds its own id than the expected one, after
    `sequence`. `ids`: its own, the expected."""
    body = {
        "input_ids": list(sequence),
        "sampling_params": {"temperature": 0, "max_new_tokens": 1},
        "return_logprob": True,
        "token_ids_logprob": list(ids),
    }
    reply = post_json(url, "/generate", body)
    found = {
        token: value for value, token, *_ in reply["meta_info"]["output_token_ids_logprobs"][0]
    }
    return float(found[ids[0]] - found[ids[1]])


def compare(url: str, cases: Sequence[dict[str, Any]], new_tokens: int) -> dict[str, Any]:
    """Counts, and every trace that parts."""
    got = asyncio.run(answers(url, cases, new_tokens, at_once=16))
    parted = []
    for case, ids in zip(cases, got, strict=True):
        at = parting(case["expected"], ids)
        if at is None:
            continue
        both = [*ids[at : at + 1], *case["expected"][at : at + 1]]
        row: dict[str, Any] = {"id": case["id"], "after": at, "of": len(case["expected"])}
        if len(both) == 2:  # otherwise one trace only ended earlier
            apart = gap(url, [*case["prompt"], *ids[:at]], (both[0], both[1]))
            row |= {"ids": both, "log_likelihood_apart": round(apart, 4), "tie": apart < TIE}
        parted.append(row)
    alike = sum(len(c["expected"]) for c in cases) - sum(r["of"] - r["after"] for r in parted)
    return {
        "programs": len(cases),
        "identical": len(cases) - len(parted),
        "parted_at_a_tie": sum(bool(r.get("tie")) for r in parted),
        "tokens_before_parting": alike,
        "tokens": sum(len(c["expected"]) for c in cases),
        "parted": parted,
    }


def weights_of(model: Path) -> str:
    """The SHA-256 of the artefact's weights, as its manifest has it."""
    return artefact.read_manifest(model).gguf.sha256


@contextlib.contextmanager
def engine(model: Path) -> Iterator[str]:
    """The embedded engine over a model's folder, on a port of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "workers.runtime.embedded", "--model", str(model)]
        server = LocalServer("engine", model, Path(folder) / "log")
        server.port = free_port()
        server.command = [*command, "--port", str(server.port), "--cache", folder]
        with serving([server], 120):
            yield server.url


def _expect(chosen: argparse.Namespace) -> int:
    cases = prompts(chosen.model, chosen.count or _PROGRAMS)
    with contextlib.ExitStack() as stack:
        url = chosen.url or stack.enter_context(engine(chosen.model))
        found = asyncio.run(answers(url, cases, chosen.new_tokens, at_once=4))
    cases = [case | {"expected": ids} for case, ids in zip(cases, found, strict=True)]
    data = {"weights": weights_of(chosen.model), "new_tokens": chosen.new_tokens, "cases": cases}
    chosen.expected.parent.mkdir(parents=True, exist_ok=True)
    chosen.expected.write_text(json.dumps(data, separators=(",", ":")) + "\n")
    print(f"{chosen.expected}: {len(cases)} traces, {sum(map(len, found))} tokens")
    return 0


def _compare(chosen: argparse.Namespace) -> int:
    report = Report(chosen.out, "pocket")
    data = json.loads(chosen.expected.read_text(encoding="utf-8"))
    if data["weights"] != weights_of(chosen.model):
        error = ValueError(f"{chosen.expected} is of other weights: make it again with `expect`")
        return fail(report, error)
    folder = Path("/tmp/sglang-pocket")  # noqa: S108 - the GPU host has one user
    subprocess.run(
        [sys.executable, "-m", "training.export", "hf", str(chosen.model), str(folder)],
        check=True,
    )
    if rehearsal.is_on() and chosen.count is None:
        data["cases"] = sorted(data["cases"], key=lambda case: len(case["expected"]))[:4]
    kinds = ("float32",) if rehearsal.is_on() else ("float32", "bfloat16")
    servers = [_server(dtype, folder) for dtype in kinds]
    cases, new_tokens = data["cases"][: chosen.count or _PROGRAMS], data["new_tokens"]
    with serving_some(servers, START_SHARE * chosen.limit) as failures:
        codes = [fail(report, failure) for failure in failures]
        started = [server for server in servers if server.alive]
        report.say(f"ready: { ({server.name: server.ready_s for server in started}) }")
        jobs = {s.name: functools.partial(compare, s.url, cases, new_tokens) for s in started}
        if chosen.stack and started:
            jobs["stack"] = functools.partial(stack.one_run, started[0].url, folder)
        # What fails costs its own result only.
        for name, job in jobs.items():
            try:
                report.put(name, job())
                report.say(f"{name}: {json.dumps(report.values[name])[:2000]}")
            except (ServerFailed, RuntimeUnavailable, OSError, ValueError) as error:
                codes.append(fail(report, error))
    return max(codes, default=0)


def _server(dtype: str, folder: Path) -> LocalServer:
    # fmt: off
    flags = [
        *HOST_FLAGS, *SHARING_FLAGS, "--dtype", dtype, "--mem-fraction-static", "0.5",
        "--max-total-tokens", "65536", "--context-length", "4096", "--disable-prefill-cuda-graph",
        "--cuda-graph-max-bs-decode", "16",
        "--max-running-requests", "16", "--incremental-streaming-output",
    ]
    # fmt: on
    server = LocalServer(dtype, folder, folder / f"server-{dtype}.log", flags)
    if dtype == "float32":
        server.package, server.variables = "benchmarks.sglang.exact_models", EXACT_PRODUCTS
    return server


def main() -> int:
    """0: done, however many traces are identical; that is in the file."""
    parser = options(__doc__)
    parser.add_argument("step", choices=("expect", "compare"))
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "pocket")
    parser.add_argument("--url", help="an embedded engine that runs; otherwise one is started")
    parser.add_argument("--expected", type=Path, default=ROOT / ".sglang-bundle" / "pocket.json")
    parser.add_argument("--stack", action="store_true", help="also one run through the site")
    parser.add_argument("--count", type=int, help="programs; all, in a rehearsal a few")
    parser.add_argument("--new-tokens", type=int, default=_NEW)
    chosen = parser.parse_args()
    return _expect(chosen) if chosen.step == "expect" else _compare(chosen)


if __name__ == "__main__":
    sys.exit(main())
