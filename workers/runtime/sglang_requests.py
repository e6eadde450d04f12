"""How a request to an SGLang-shaped server is made: configuration, connection, body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx

from workers.runtime.base import RuntimeUnavailable, SamplingParams
from workers.runtime.sglang_models import vocabulary

_UNIX: Final = "unix://"


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """Times in seconds. `patience_s` is how long a request is tried on servers that do not answer;
    `first_chunk_s` includes the server's own queue. `notice` is shown beside every prediction.
    `vocabulary` is how many ids the model has, 0 where only the server knows."""

    urls: tuple[str, ...]
    api_key: str = ""
    engine: str = "SGLang"
    model: str = ""
    notice: str = ""
    fix: str = "Start the model server, or set MODEL_RUNTIME=none."
    context_tokens: int = 0
    vocabulary: int = 0
    max_streams: int = 128
    connect_s: float = 5.0
    patience_s: float = 10.0
    first_chunk_s: float = 300.0
    between_chunks_s: float = 60.0


def new_client(url: str, config: ClientConfig) -> httpx.AsyncClient:
    """A connection pool to one server."""
    socket = url.removeprefix(_UNIX) if url.startswith(_UNIX) else None
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=16)
    return httpx.AsyncClient(
        base_url="http://engine" if socket else url,
        headers={"Authorization": f"Bearer {config.api_key}"} if config.api_key else {},
        transport=httpx.AsyncHTTPTransport(
            uds=socket,
            limits=limits,
            trust_env=False,
            verify=url.startswith("https://"),  # elsewhere reading certificates only takes time
        ),
        trust_env=False,
        # Reading has limits of its own, which know whether the answer has begun.
        timeout=httpx.Timeout(config.connect_s, read=None),
    )


def generate_body(prompt_ids: Sequence[int], params: SamplingParams, rid: str) -> dict[str, Any]:
    """The body of `POST /generate`."""
    sampling: dict[str, Any] = {
        "max_new_tokens": params.max_new_tokens,
        "temperature": params.temperature,
        "top_p": params.top_p,
        "stop_token_ids": list(params.stop_ids),
        "skip_special_tokens": False,
        "no_stop_trim": True,
    }
    if params.seed is not None:
        sampling["sampling_seed"] = params.seed
    return {
        "input_ids": list(prompt_ids),
        "sampling_params": sampling,
        "return_logprob": params.logprobs,
        "stream": True,
        "rid": rid,
    }


def refuse_foreign_ids(ids: Iterable[int], sizes: Iterable[int]) -> None:
    """Raise RuntimeUnavailable for an id that the model does not have; `sizes` of 0 are unknown.

    Never sent: SGLang 0.5.17 does not look, and the process that computes ends for everybody.
    """
    limit = min((size for size in sizes if size > 0), default=0)
    if not limit:
        return
    foreign = next((token for token in ids if not 0 <= token < limit), None)
    if foreign is not None:
        raise RuntimeUnavailable(
            "The model server does not fit this site's tokenizer: a fault of the site, not of the "
            "program.",
            fix=f"Token {foreign} was not sent: the model has {limit:,}. Point MODEL_PATH at the "
            "folder of the model that the server runs, and see `manage.py doctor`.",
        )


def vocabulary_size(server: dict[str, Any]) -> int:
    """How many ids a server's model has, as it tells or as its launcher labelled it; else 0."""
    value = server.get("vocab_size")
    if isinstance(value, int) and value > 0:
        return value
    label = vocabulary.from_label(server.get("weight_version"))
    return label.size if label else 0


def model_name(server: dict[str, Any]) -> str:
    """The served model's name; of the folder that SGLang gives where nobody named it, the end."""
    name = str(server.get("served_model_name") or "model")
    return name.rstrip("/").rsplit("/", 1)[-1] if name.startswith("/") else name


def context_tokens(server: dict[str, Any]) -> int:
    """What prompt and output may have together, by the names that servers use."""
    for name in ("context_length", "max_req_input_len", "max_total_num_tokens"):
        value = server.get(name)
        if isinstance(value, int) and value > 0:
            return value
    return 0


def words_of(error: Exception) -> str:
    """The error for a log or an operator; many of the HTTP library's have no text."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "no answer in time"
    return str(error) or type(error).__name__
