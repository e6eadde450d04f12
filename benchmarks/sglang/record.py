"""What a real SGLang server sends, byte for byte, for tests of the client that need no GPU.

    python -m benchmarks.sglang.record

Small random weights; every kind of answer that the client must understand, from a server with
cumulative messages (SGLang's default) and from one with incremental ones. The file is committed as
tests/golden/sglang/recorded.json, which tests/workers/runtime replays: folder names and the pages
about the server are cut down to what a client may read, everything else is kept byte for byte.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any, Final

from benchmarks.sglang import tiny
from benchmarks.sglang.report import Report, fail, options
from benchmarks.sglang.server import (
    HOST_FLAGS,
    SHARING_FLAGS,
    LocalServer,
    ServerFailed,
    serving,
)
from workers.runtime.base import SamplingParams
from workers.runtime.sglang_requests import generate_body

CONTEXT: Final = 1024
_LONGEST: Final = 200_000

PROMPT: Final = tuple(range(20, 60))


def exchange(
    port: int,
    method: str,
    path: str,
    body: Any = None,
    *,
    raw: bytes | None = None,
    on_piece: Callable[[int], None] | None = None,
    close_after: int | None = None,
) -> dict[str, Any]:
    """One request and everything that came back, with the milliseconds at which it came."""
    data = raw if raw is not None else None if body is None else json.dumps(body).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    pieces: list[list[Any]] = []
    began = time.perf_counter()
    try:
        connection.request(method, path, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        while piece := response.read1(65536):
            pieces.append(
                [round(1e3 * (time.perf_counter() - began), 1), piece.decode("utf-8", "replace")]
            )
            if on_piece is not None:
                on_piece(len(pieces))
            if close_after is not None and len(pieces) >= close_after:
                break
    finally:
        connection.close()
    request: dict[str, Any] = {"method": method, "path": path}
    request |= {"raw": raw.decode()} if raw is not None else {"body": body}
    return {
        "request": request,
        "status": response.status,
        "headers": {k.lower(): v for k, v in response.getheaders() if k.lower() != "date"},
        "pieces": pieces if sum(len(p) for _, p in pieces) < _LONGEST else pieces[:50],
    }


def streams(port: int) -> dict[str, Any]:
    """`/generate` as the client asks it, in every way that it may end."""

    def body(rid: str, prompt: Any = PROMPT, **changes: Any) -> dict[str, Any]:
        params = SamplingParams(**({"max_new_tokens": 12} | changes))
        return generate_body(prompt, params, rid)

    found: dict[str, Any] = {}

    def ask(name: str, request: dict[str, Any], **more: Any) -> None:
        found[name] = exchange(port, "POST", "/generate", request, **more)

    ask("length", body("length"))
    ids = output_ids(found["length"])
    ask("cached", body("cached"))
    ask("logprobs", body("logprobs", logprobs=True))
    # The stop id is one that the model is known to write, after some others.
    stop = next((i for i in ids[3:] if i not in ids[:3]), ids[-1])
    ask("stop", body("stop", stop_ids=(stop,)))
    ask("stop with logprobs", body("stop-logprobs", stop_ids=(stop,), logprobs=True))
    ask("stop at once", body("stop-at-once", stop_ids=(ids[0],)))
    ask("sampled", body("sampled", temperature=0.8, top_p=0.9, seed=5))
    ask("one token", body("one", max_new_tokens=1))
    ask("too long", body("too-long", [20] * (CONTEXT + 50)))
    ask("too long with output", body("too-long-output", [20] * (CONTEXT - 10), max_new_tokens=50))
    ask("empty prompt", body("empty", []))
    # An id outside the vocabulary is not asked for: it ends the server (SGLang 0.5.17).
    ask("bad temperature", body("temperature", temperature=-1.0))
    ask("no stream", body("whole") | {"stream": False})
    ask("hang-up", body("hang-up", max_new_tokens=800), close_after=3)
    found["not json"] = exchange(port, "POST", "/generate", raw=b"{not json")
    found["no prompt"] = exchange(port, "POST", "/generate", {"sampling_params": {}})
    return found


def aborts(port: int) -> dict[str, Any]:
    """A stream that is ended by its id, what the server says of its load, and unknown ids."""
    found: dict[str, Any] = {}
    params = SamplingParams(max_new_tokens=900)

    def abort(number: int) -> None:
        if number == 3:
            found["load while one runs"] = exchange(port, "GET", "/v1/loads?include=core")
            call = {"rid": "to-abort"}
            Thread(
                target=lambda: found.update(
                    {"abort": exchange(port, "POST", "/abort_request", call)}
                )
            ).start()

    body = generate_body(PROMPT, params, "to-abort")
    found["aborted stream"] = exchange(port, "POST", "/generate", body, on_piece=abort)
    time.sleep(1.0)
    found["load after abort"] = exchange(port, "GET", "/v1/loads?include=core")
    found["abort of nothing"] = exchange(port, "POST", "/abort_request", {"rid": "nothing"})
    return found


def facts(port: int) -> dict[str, Any]:
    """What the server says about itself."""
    paths = (
        "/health",
        "/health_generate",
        "/model_info",
        "/get_model_info",
        "/server_info",
        "/get_server_info",
        "/v1/loads",
        "/get_load",
        "/v1/models",
        "/nothing",
    )
    return {path: exchange(port, "GET", path) for path in paths}


def output_ids(found: dict[str, Any]) -> list[int]:
    """The ids of a recorded stream, whichever way its messages count."""
    ids: list[int] = []
    for line in "".join(text for _, text in found["pieces"]).splitlines():
        if line.startswith("data:") and "[DONE]" not in line:
            message = json.loads(line[5:])
            new = message.get("output_ids") or []
            total = message["meta_info"]["completion_tokens"]
            ids = new if len(new) == total else ids + new
    return ids


#: What of `/server_info`'s several hundred settings a client may want.
_SETTINGS: Final = (
    *("version", "served_model_name", "weight_version", "model_impl", "skip_tokenizer_init"),
    *("context_length", "max_total_num_tokens", "max_req_input_len", "max_running_requests"),
    *("json_model_override_args", "incremental_streaming_output", "dtype", "quantization"),
)


def sanitised(found: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Without names of folders, and of the settings those that matter."""
    facts_found = {path: _fewer(page) for path, page in found["facts"].items()}
    text = json.dumps(found | {"facts": facts_found}).replace(str(folder), "/models/cwm")
    cleaned: dict[str, Any] = json.loads(
        re.sub(r"(/[\w.+-]+)+/(sglang|site-packages)/", r"\2/", text)
    )
    return cleaned


def _fewer(page: dict[str, Any]) -> dict[str, Any]:
    if not page["request"]["path"].endswith("server_info"):
        return page
    content = json.loads("".join(text for _, text in page["pieces"]))
    kept = {name: content[name] for name in _SETTINGS if name in content}
    return page | {"pieces": [[page["pieces"][-1][0], json.dumps(kept)]]}


def servers(folder: Path) -> list[LocalServer]:
    """One of each way to stream."""
    # fmt: off
    flags = [
        *HOST_FLAGS, *SHARING_FLAGS, "--dtype", "bfloat16", "--context-length", str(CONTEXT),
        "--mem-fraction-static", "0.5", "--max-total-tokens", "8192", "--enable-metrics",
        "--disable-prefill-cuda-graph", "--cuda-graph-max-bs-decode", "4",
        "--max-running-requests", "4", "--served-model-name", "cwm",
    ]
    # fmt: on
    more = {"cumulative": [], "incremental": ["--incremental-streaming-output"]}
    return [
        LocalServer(name, folder, folder / f"{name}.log", [*flags, *extra])
        for name, extra in more.items()
    ]


def in_lines(values: dict[str, Any]) -> str:
    """JSON with one exchange a line, for a file that is committed."""

    def text(value: Any, depth: int) -> str:
        if depth == 0 or not isinstance(value, dict):
            return json.dumps(value)
        rows = (f"{json.dumps(name)}: {text(inner, depth - 1)}" for name, inner in value.items())
        return "{\n" + ",\n".join(rows) + "\n}"

    return text(values, 3) + "\n"


def main() -> int:
    """0: recorded."""
    chosen = options(__doc__).parse_args()
    report = Report(chosen.out, "recorded")
    report.values["command"] = "python -m benchmarks.sglang.record"  # wherever it wrote
    folder = Path("/tmp/sglang-record/model")  # noqa: S108 - the GPU host has one user
    tiny.write(folder, head_dim=64, dtype="bfloat16")
    started = servers(folder)
    try:
        with serving(started, chosen.limit):
            for server in started:
                found = {
                    "streams": streams(server.port),
                    "aborts": aborts(server.port),
                    "facts": facts(server.port),
                }
                report.put(server.name, sanitised(found, folder))
                report.say(f"{server.name}: recorded")
        report.path.write_text(in_lines(report.values))
    except (ServerFailed, OSError, ValueError, KeyError) as error:
        return fail(report, error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
