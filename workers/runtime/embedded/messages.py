"""The wire format of the embedded engine: the part of SGLang's native HTTP API that is served.

Names and defaults are SGLang's (`GenerateReqInput` and `SamplingParams`, docs.sglang.ai, "Sampling
Parameters"). What is not served is refused by name instead of being ignored.
"""

from __future__ import annotations

from typing import Any

import msgspec

from workers.runtime.embedded.engine import Request, Step


class Sampling(msgspec.Struct, forbid_unknown_fields=True):
    """`sampling_params` of a request."""

    max_new_tokens: int = 128
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = -1
    min_p: float = 0.0
    stop_token_ids: list[int] = []
    ignore_eos: bool = False
    sampling_seed: int | None = None
    skip_special_tokens: bool = True  # of the text, which is never sent
    no_stop_trim: bool = False  # likewise


class Generate(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /generate`. Prompts are token ids; text is not served."""

    input_ids: list[int]
    sampling_params: Sampling = msgspec.field(default_factory=Sampling)
    stream: bool = False
    return_logprob: bool = False
    rid: str = ""


class Abort(msgspec.Struct):
    """The body of `POST /abort_request`."""

    rid: str = ""
    abort_all: bool = False


def engine_request(body: Generate, rid: str) -> Request:
    """What the engine understands. Raises ValueError naming the field that is wrong."""
    sampling = body.sampling_params
    if sampling.max_new_tokens < 1:
        raise ValueError("max_new_tokens must be 1 or more.")
    if not 0 <= sampling.temperature <= 10:
        raise ValueError("temperature must be from 0 to 10.")
    if not (0 < sampling.top_p <= 1 and 0 <= sampling.min_p <= 1):
        raise ValueError("top_p must be above 0 and at most 1, min_p from 0 to 1.")
    return Request(
        rid=rid,
        ids=tuple(body.input_ids),
        max_new_tokens=sampling.max_new_tokens,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        top_k=max(0, sampling.top_k),
        min_p=sampling.min_p,
        seed=sampling.sampling_seed,
        stop_ids=frozenset(sampling.stop_token_ids),
        ignore_eos=sampling.ignore_eos,
    )


class Answer:
    """Collects a request's steps and words them. `incremental`: only what is new each time."""

    def __init__(self, body: Generate, rid: str, *, incremental: bool) -> None:
        self._rid = rid
        self._prompt_tokens = len(body.input_ids)
        self._max_new_tokens = body.sampling_params.max_new_tokens
        self._with_logprobs = body.return_logprob
        self._incremental = incremental
        self._ids: list[int] = []
        self._logprobs: list[float] = []

    def add(self, step: Step) -> dict[str, Any]:
        """The message for this step."""
        new = len(self._ids) if self._incremental else 0
        self._ids += step.ids
        self._logprobs += step.logprobs
        meta: dict[str, Any] = {
            "id": self._rid,
            "finish_reason": self._finish_reason(step),
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": len(self._ids),
            "cached_tokens": step.cached_tokens,
        }
        if self._with_logprobs:
            pairs = zip(self._logprobs[new:], self._ids[new:], strict=True)
            meta["output_token_logprobs"] = [(logprob, token, None) for logprob, token in pairs]
        return {"output_ids": self._ids[new:], "meta_info": meta}

    def _finish_reason(self, step: Step) -> dict[str, Any] | None:
        match step.reason:
            case None:
                return None
            case "stop":
                return {"type": "stop", "matched": step.matched}
            case "length":
                return {"type": "length", "length": len(self._ids)}
            case _:
                return {"type": "abort", "message": "The request was aborted."}
