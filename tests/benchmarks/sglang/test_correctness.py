"""The comparison with Transformers, against a server that is Transformers itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import pytest

from benchmarks.sglang import correctness, tiny

pytestmark = [pytest.mark.training, pytest.mark.slow]


class ServerDouble:
    """Answers `/generate` as SGLang words it; what it says is Transformers'."""

    def __init__(self, folder: Path, window: int) -> None:
        torch = pytest.importorskip("torch")
        transformers = pytest.importorskip("transformers")
        self._torch = torch
        config = transformers.CwmConfig(**tiny.config(64) | {"sliding_window": window})
        self._model = transformers.CwmForCausalLM.from_pretrained(
            folder, config=config, dtype=torch.float32, attn_implementation="eager"
        ).eval()
        self._model.generation_config.eos_token_id = None
        self._lock = Lock()

    def generate(self, body: dict[str, Any]) -> dict[str, Any]:
        prompt = body["input_ids"]
        start = body["logprob_start_len"]
        with self._lock, self._torch.inference_mode():
            ids = self._torch.tensor([prompt])
            whole = self._model.generate(
                ids,
                attention_mask=self._torch.ones_like(ids),
                max_new_tokens=body["sampling_params"]["max_new_tokens"],
                min_new_tokens=body["sampling_params"]["max_new_tokens"],
                do_sample=False,
                pad_token_id=0,
            )[0]
            rows = self._torch.log_softmax(self._model(whole[None]).logits[0], -1)
        table = [[[value, i, None] for i, value in enumerate(row)] for row in rows.tolist()]
        at = len(prompt) - 1
        own = [
            [float(rows[j - 1][prompt[j]]), prompt[j], None] for j in range(start + 1, len(prompt))
        ]
        return {
            "output_ids": whole[len(prompt) :].tolist(),
            "meta_info": {
                "cached_tokens": start,
                "input_token_logprobs": [[None, prompt[start], None], *own],
                "input_token_ids_logprobs": [None, *table[start:at]],
                "output_token_ids_logprobs": table[at:-1],
            },
        }

    @contextmanager
    def listening(self) -> Iterator[str]:
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                data = json.dumps(double.generate(body)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    path = tmp_path_factory.mktemp("tiny")
    tiny.write(path, head_dim=64, dtype="float32")
    return path


@pytest.mark.parametrize(
    ("window", "right"), [(tiny.WINDOW, True), (tiny.WINDOW - 1, False), (tiny.WINDOW + 1, False)]
)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_only_the_right_window_passes(
    folder: Path, window: int, right: bool, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correctness, "NEW_TOKENS", 8)
    with ServerDouble(folder, window).listening() as url:
        found = correctness.check(url, correctness.Reference(folder, dtype, "cpu"))
    assert {"prefill", "decode", "cached", "after-decode"} <= found.keys()
    assert found["right"] is right, found
