"""Does the engine write what the published network would? The shipped file against Transformers.

    python -m benchmarks.pocket_equality [--prompts 100] [--tokens 200] [--threads 1] [--out FILE]

The embedded engine continues the prompts of real programs (the development halves of the students'
programs and of CRUXEval) greedily from the shipped Q8_0 file. Transformers' `CwmForCausalLM` holds
the same numbers in float32 (`python -m training.export hf`) and reads prompt and continuation in
one pass: what it likes best at every place is what it would have written there, so the
continuations are identical if and only if both agree at every place. Where they part first, `gap`
is how much the network prefers its own token, in logits; llama.cpp rounds activations to eight
bits, so near ties may tip, while a wrong weight or position would show as large gaps.

Needs PyTorch and Transformers: `pip install torch transformers` in an environment of its own that
also has the project's packages. Without them it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import itertools
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import (
    ROOT,
    BenchmarkFailed,
    default_result_path,
    emit,
    provenance,
    tell,
)
from traces.codecs.cwm import ContextError, CWMCodec, choose_context
from workers.evaluation.suites import SuiteName, load_suite
from workers.runtime import artefact
from workers.runtime.embedded.engine import Engine, EngineConfig, Request
from workers.runtime.tokenizers import load_tokenizer

SUITES: tuple[SuiteName, ...] = ("selfmade", "cruxeval")
#: Bounds of the gaps that are counted, in logits.
GAPS = (0.01, 0.1, 1.0)


class PackageMissing(Exception):
    """This machine cannot compare: the text says what it lacks."""


def prompts(model: Path, count: int) -> list[tuple[str, list[int]]]:
    """Names and prompts of so many programs."""
    codec = CWMCodec(load_tokenizer(model))

    def every() -> Iterator[tuple[str, list[int]]]:
        for suite in SUITES:
            for item in load_suite(suite, "dev", ROOT).items:
                try:
                    place = choose_context(item.source, item.entry)
                except ContextError:
                    continue
                yield item.name, list(codec.prompts.full_trace(place).ids)

    found = list(itertools.islice(every(), count))
    if len(found) < count:
        raise BenchmarkFailed(f"There are only {len(found)} programs.")
    return found


async def continuations(
    engine: Engine, given: Sequence[tuple[str, list[int]]], tokens: int, stops: frozenset[int]
) -> list[list[int]]:
    """What the engine writes, one prompt after another."""
    written = []
    for number, (name, ids) in enumerate(given):
        request = Request(rid=f"{number}", ids=tuple(ids), max_new_tokens=tokens, stop_ids=stops)
        found: list[int] = []
        async for step in engine.generate(request):
            found += step.ids
        if not found:
            raise BenchmarkFailed(f"The engine wrote nothing for {name}.")
        written.append(found)
    return written


def compare(network: Any, prompt: Sequence[int], written: Sequence[int]) -> dict[str, Any]:
    """Where the network would have written something else, and how clearly."""
    import torch

    ids = torch.tensor([[*prompt, *written]])
    with torch.inference_mode():
        logits = network(ids).logits[0, len(prompt) - 1 : -1]
    best = logits.argmax(-1)
    chosen = torch.tensor(written)
    gaps = (logits.gather(1, best[:, None]) - logits.gather(1, chosen[:, None]))[:, 0]
    parted = (best != chosen).nonzero()[:, 0].tolist()
    result: dict[str, Any] = {"tokens": len(written), "other_tokens": len(parted)}
    if parted:
        result |= {"first": parted[0], "gap": round(float(gaps[parted[0]]), 4)}
    return result


def load_network(model: Path, folder: Path, threads: int) -> Any:
    """Transformers' model of the shipped numbers."""
    try:
        import torch

        # By name: the checks know its types on some machines only, and must say the same on all.
        transformers: Any = importlib.import_module("transformers")
    except ImportError as error:
        raise PackageMissing(f"skipped: {error}. This needs torch and transformers.") from error
    from training.export import write_hf

    write_hf(model, folder)
    torch.set_num_threads(threads)
    return transformers.CwmForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all prompts."""
    gaps = sorted(row["gap"] for row in rows if "gap" in row)
    tokens = sum(row["tokens"] for row in rows)
    other = sum(row["other_tokens"] for row in rows)
    return {
        "prompts": len(rows),
        "identical": len(rows) - len(gaps),
        "tokens": tokens,
        "same_tokens_given_the_engine_s_history": round(1 - other / tokens, 6),
        "first_differences_with_gap_up_to": {f"{g}": sum(x <= g for x in gaps) for g in GAPS},
        "gap_median": round(statistics.median(gaps), 4) if gaps else None,
        "gap_max": gaps[-1] if gaps else None,
    }


async def run(model: Path, count: int, tokens: int, threads: int) -> dict[str, Any]:
    """Measure."""
    manifest = artefact.read_manifest(model)
    given = prompts(model, count)
    special = load_tokenizer(model).special_ids
    stops = frozenset(special[name] for name in ("<|end_of_text|>",))
    with tempfile.TemporaryDirectory(prefix="pocket-equality-") as name:
        folder = Path(name)
        network = load_network(model, folder / "hf", threads)
        path = artefact.engine_file(model, manifest, folder / "cache")
        config = EngineConfig(
            model=path, context_tokens=manifest.context_length, slots=1, threads=threads
        )
        engine = Engine(config)
        try:
            tell(f"{count} prompts, up to {tokens} tokens each")
            written = await continuations(engine, given, tokens, stops)
        finally:
            engine.close()
        rows = [
            {"program": name, "prompt_tokens": len(ids), **compare(network, ids, own)}
            for (name, ids), own in zip(given, written, strict=True)
        ]
    differing = [row for row in rows if row["other_tokens"]]
    return {"model": manifest.version, **summary(rows), "differing": differing}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "pocket")
    parser.add_argument("--prompts", type=int, default=100)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="default: a dated file under results/")
    options = parser.parse_args()
    packages = ("xllamacpp", "torch", "transformers")
    head = {"benchmark": "pocket-equality", **provenance(packages=packages)}
    try:
        found = asyncio.run(run(options.model, options.prompts, options.tokens, options.threads))
    except PackageMissing as error:
        tell(str(error))
        return
    except (BenchmarkFailed, artefact.ArtefactError) as error:
        raise SystemExit(str(error)) from error
    emit({**head, **found}, out=options.out or default_result_path("pocket-equality"))


if __name__ == "__main__":
    main()
