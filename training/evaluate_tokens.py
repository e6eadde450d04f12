"""How well a checkpoint predicts the traces of an evaluation file, and what it gets wrong.

    python -m training.evaluate_tokens --checkpoint /tmp/run --cases eval.npz --out results.json

`--checkpoint` is a run's folder or checkpoint, what `training.quantise` wrote, or the artefact.

Two measurements per program (`training/evalset/prepare.py` makes the file):

* teacher-forced: with the true history before it, is every token of a frame the most likely one;
* free-running: the model writes the trace alone, greedily. Is the returned value right, is the
  whole trace exact, and which share of the true frames comes before the first difference.

A program whose trace does not fit the context counts as wrong in the free-running figures, and so
does one that the clock stopped (`--budget-seconds`; `unfinished` counts those); one whose prompt
does not fit is left out. A trace may be a third longer than the truth and 64 tokens more.

This compares tokens; the site's own scores (`traces/score.py`) compare meaning and are a little
kinder.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training import checkpoint as checkpoints
from training.evalset.file import KINDS, Case, EvalSet, load
from training.generate import End, evaluation_copy, generate
from training.model import PocketModel
from training.quantise import dequantised, quantise_all

#: Failing cases that are written out, per group.
SHOWN = 40
#: Rows of one teacher-forced forward pass hold about this many tokens.
FORWARD_TOKENS = 32_768


@dataclass(frozen=True, slots=True)
class Forced:
    """Per frame of a case, whether it was predicted exactly; and how many tokens were."""

    frames: list[bool]
    right_tokens: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Free:
    """A trace that the model wrote alone."""

    ids: list[int]
    is_exact: bool
    returns_right: bool
    right_frames: int
    end: End = "stop"


class Specials:
    """The ids that structure a trace."""

    def __init__(self, evaluation: EvalSet) -> None:
        special = evaluation.special
        self.kind_of = {special[f"<|{kind}_sep|>"]: kind for kind in KINDS}
        self.arg, self.frame = special["<|arg_sep|>"], special["<|frame_sep|>"]
        names = ("<|end_of_text|>", "<|eom_id|>", "<|eot_id|>")
        self.ends = [special[name] for name in names if name in special]


def forced_results(model: PocketModel, cases: Sequence[Case]) -> list[Forced]:
    """One forward pass over each true trace."""
    results: dict[int, Forced] = {}
    order = sorted(range(len(cases)), key=lambda i: len(cases[i].tokens))
    while order:
        longest = len(cases[order[-1]].tokens)
        count = max(1, min(len(order), FORWARD_TOKENS // longest))
        chosen, order = order[-count:], order[:-count]
        ids = torch.zeros(count, longest, dtype=torch.long)
        for row, i in enumerate(chosen):
            tokens = cases[i].tokens
            ids[row, : len(tokens)] = torch.from_numpy(tokens.astype("int64"))
        with torch.inference_mode():
            best = model(ids.to(model.cos.device)).argmax(-1).cpu()
        is_right = (best[:, :-1] == ids[:, 1:]).numpy()
        for row, i in enumerate(chosen):
            case = cases[i]
            frames = [bool(is_right[row, a - 1 : b - 1].all()) for a, b in case.frames]
            part = is_right[row, case.prompt_tokens - 1 : len(case.tokens) - 1]
            results[i] = Forced(frames, int(part.sum()), len(part))
    return [results[i] for i in range(len(cases))]


def free_results(
    model: PocketModel,
    cases: Sequence[Case],
    specials: Specials,
    evaluation: EvalSet,
    budget_s: float | None = None,
) -> list[Free]:
    """Greedy decoding of all cases at once."""
    limits = [len(c.truth) * 13 // 10 + 64 for c in cases]
    prompts = [c.prompt for c in cases]
    written = generate(model, prompts, limits, specials.ends, budget_s=budget_s)
    return [
        _judge(c, w.ids, w.end, specials, evaluation) for c, w in zip(cases, written, strict=True)
    ]


def _judge(case: Case, ids: list[int], end: End, specials: Specials, evaluation: EvalSet) -> Free:
    truth = case.truth
    same = next((n for n, (a, b) in enumerate(zip(ids, truth, strict=False)) if a != b), None)
    until = min(len(ids), len(truth)) if same is None else same
    right_frames = sum(stop - case.prompt_tokens <= until for stop in case.frame_ends)
    expected = returned_value(truth, specials)
    predicted = returned_value(ids, specials)
    returns_right = (
        case.is_complete
        and expected is not None
        and predicted is not None
        and same_value(evaluation.text(predicted), evaluation.text(expected))
    )
    return Free(ids, case.is_complete and ids == truth, returns_right, right_frames, end)


def returned_value(ids: Sequence[int], specials: Specials) -> list[int] | None:
    """The value of the return that ends the first activation, which the prompt has opened."""
    depth = 1
    for at, token in enumerate(ids):
        kind = specials.kind_of.get(token)
        depth += (kind == "call") - (kind == "return")
        if kind == "return" and depth == 0:
            rest = list(ids[at:])
            if specials.arg not in rest or specials.frame not in rest:
                return None
            return rest[rest.index(specials.arg) + 1 : rest.index(specials.frame)]
    return None


def same_value(one: str, other: str) -> bool:
    """Whether two JSON strings of reprs mean the same value."""
    if one == other:
        return True
    try:
        first, second = ast.literal_eval(json.loads(one)), ast.literal_eval(json.loads(other))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return type(first) is type(second) and repr(first) == repr(second)


def summary(
    cases: Sequence[Case], forced: Sequence[Forced], free: Sequence[Free], specials: Specials
) -> dict[str, Any]:
    """The figures of one group, as shares from 0 to 1."""
    by_kind: defaultdict[str, list[bool]] = defaultdict(list)
    for case, one in zip(cases, forced, strict=True):
        for (begin, _), is_right in zip(case.frames, one.frames, strict=True):
            by_kind[specials.kind_of[int(case.tokens[begin])]].append(is_right)
    frames = [is_right for kind in by_kind.values() for is_right in kind]
    progress = [f.right_frames / len(c.frame_ends) for c, f in zip(cases, free, strict=True)]
    short = [f for c, f in zip(cases, free, strict=True) if len(c.frame_ends) <= 64]
    return {
        "programs": len(cases),
        "complete": sum(c.is_complete for c in cases),
        "teacher_forced": {
            "frames": _mean(frames),
            "tokens": sum(f.right_tokens for f in forced) / max(1, sum(f.tokens for f in forced)),
            "by_kind": {kind: _mean(right) for kind, right in sorted(by_kind.items())},
        },
        "free_running": {
            "return_right": _mean([f.returns_right for f in free]),
            "trace_exact": _mean([f.is_exact for f in free]),
            "frames_before_divergence": _mean(progress),
            "return_right_up_to_64_frames": _mean([f.returns_right for f in short]),
            "unfinished": sum(f.end == "budget" for f in free),
        },
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def failure(case: Case, free: Free, evaluation: EvalSet) -> dict[str, Any]:
    """What a diverging trace looked like where it left the truth."""
    at = min(free.right_frames, len(case.frames) - 1)
    begin, end = case.frames[at]
    before = case.frames[at - 1][0] if at else case.prompt_tokens
    own = free.ids[begin - case.prompt_tokens :]
    frame_sep = evaluation.special["<|frame_sep|>"]
    stop = own.index(frame_sep) + 1 if frame_sep in own else min(len(own), 200)
    context = [int(i) for i in case.tokens]
    return {
        "name": case.name,
        "group": case.group,
        "frame": at,
        "frames": len(case.frames),
        "return_right": free.returns_right,
        "program": evaluation.text(context[: context.index(frame_sep)]),
        "before": evaluation.text(context[before:begin]),
        "expected": evaluation.text(context[begin:end]),
        "predicted": evaluation.text(own[:stop]),
    }


@dataclass(frozen=True, slots=True)
class Report:
    """Figures per group, failing cases, and how long each measurement took."""

    groups: dict[str, Any]
    failures: list[dict[str, Any]]
    seconds: dict[str, float]


def evaluate(model: PocketModel, evaluation: EvalSet, budget_s: float | None = None) -> Report:
    """Measure all cases together. `budget_s` seconds are for the decoding."""
    model, specials = evaluation_copy(model), Specials(evaluation)
    context = model.config.max_position_embeddings
    cases = [cut for case in evaluation.cases if (cut := case.cut(context))]
    started = time.monotonic()
    forced = forced_results(model, cases)
    between = time.monotonic()
    free = free_results(model, cases, specials, evaluation, budget_s)
    seconds = {"teacher_forced": between - started, "free_running": time.monotonic() - between}
    report = Report({}, [], {name: round(value, 1) for name, value in seconds.items()})
    for group in sorted({case.group for case in cases}):
        members = [n for n, case in enumerate(cases) if case.group == group]
        own, own_free = [cases[n] for n in members], [free[n] for n in members]
        report.groups[group] = summary(own, [forced[n] for n in members], own_free, specials)
        failing = [(c, f) for c, f in zip(own, own_free, strict=True) if not f.is_exact]
        report.failures.extend(failure(c, f, evaluation) for c, f in failing[:SHOWN])
    return report


def rounded(weights: dict[str, Any]) -> dict[str, Any]:
    """The state dict with its matrices rounded to what Q8_0 keeps: the model that is shipped."""
    tensors = quantise_all(weights)
    return {name: torch.from_numpy(dequantised(tensor)) for name, tensor in tensors.items()}


def main() -> None:
    """Evaluate and write JSON; failing cases go to `failures.json` beside it. A sentence and exit
    code 1 for what the user can mend."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True, help="file, or its folder")
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quantised", action="store_true", help="round the weights to Q8_0")
    parser.add_argument("--budget-seconds", type=float, help="end decoding after so long")
    options = parser.parse_args()
    try:
        _evaluate(options)
    except (OSError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


def _evaluate(options: argparse.Namespace) -> None:
    torch.set_float32_matmul_precision("high")
    loaded = checkpoints.load_any(options.checkpoint)
    model = PocketModel(loaded.config)
    weights = rounded(loaded.weights) if options.quantised else loaded.weights
    model.load_state_dict(weights)
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    report = evaluate(model, load(options.cases), options.budget_seconds)
    head = {"step": loaded.step, "tokens": loaded.tokens, "phase": loaded.phase}
    head |= {"quantised": options.quantised, "date": time.strftime("%Y-%m-%d")}
    result = json.dumps({**head, "seconds": report.seconds, "groups": report.groups}, indent=1)
    options.out.write_text(result + "\n", encoding="utf-8")
    failures = json.dumps(report.failures, indent=1)
    options.out.with_name("failures.json").write_text(failures + "\n", encoding="utf-8")
    print(result)  # noqa: T201 - the program's output


if __name__ == "__main__":
    main()
