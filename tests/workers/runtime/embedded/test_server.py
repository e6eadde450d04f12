"""The engine process over HTTP, as any client of SGLang's native API would use it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.workers.runtime.tiny import CONTEXT_TOKENS, MODEL, PROMPT, engine_process

GREEDY = {"temperature": 0, "max_new_tokens": 8, "ignore_eos": True}


def connect(address: str, **headers: str) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=address.removeprefix("unix://"))
    return httpx.Client(
        base_url="http://engine", transport=transport, headers=headers, timeout=60, trust_env=False
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with engine_process(tmp_path_factory.mktemp("engine"), "--slots", "2") as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with connect(address) as made:
        yield made


def ask(client: httpx.Client, **changes: Any) -> httpx.Response:
    body = {"input_ids": list(PROMPT), "sampling_params": GREEDY, **changes}
    return client.post("/generate", json=body)


def events(response: httpx.Response) -> list[dict[str, Any]]:
    lines = [line for line in response.text.split("\n\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line[6:]) for line in lines[:-1]]


def load(client: httpx.Client) -> tuple[int, int]:
    (found,) = client.get("/get_load").json()
    return found["num_reqs"], found["num_waiting_reqs"]


def wait_until_idle(client: httpx.Client) -> None:
    deadline = time.monotonic() + 30
    while load(client) != (0, 0):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_stream_says_what_is_new_and_ends_with_a_reason(client: httpx.Client) -> None:
    found = events(ask(client, stream=True, return_logprob=True, rid="mine"))
    whole = ask(client).json()
    assert [i for event in found for i in event["output_ids"]] == whole["output_ids"]
    totals = [event["meta_info"]["completion_tokens"] for event in found]
    assert totals == sorted(totals)
    assert totals[-1] == 8
    for event in found:
        pairs = event["meta_info"]["output_token_logprobs"]
        assert [pair[1] for pair in pairs] == event["output_ids"]
        assert all(pair[0] <= 1e-6 for pair in pairs)
        assert event["meta_info"]["id"] == "mine"
    assert found[-1]["meta_info"]["finish_reason"] == {"type": "length", "length": 8}
    assert all(event["meta_info"]["finish_reason"] is None for event in found[:-1])


def test_a_stop_token_is_reported(client: httpx.Client) -> None:
    stop = ask(client).json()["output_ids"][3]
    found = ask(client, sampling_params={**GREEDY, "stop_token_ids": [stop]}).json()
    assert found["output_ids"][-1] == stop
    assert found["meta_info"]["finish_reason"] == {"type": "stop", "matched": stop}


def test_a_request_is_aborted_by_name(client: httpx.Client, address: str) -> None:
    body = {
        "input_ids": list(PROMPT),
        "sampling_params": {**GREEDY, "max_new_tokens": CONTEXT_TOKENS},
        "stream": True,
        "rid": "long",
    }
    with client.stream("POST", "/generate", json=body) as response:
        pieces = response.iter_text()
        first = next(pieces)
        with connect(address) as other:
            assert other.post("/abort_request", json={"rid": "long"}).status_code == 200
        text = first + "".join(pieces)
    last = json.loads(text.split("\n\n")[-3].removeprefix("data: "))
    # A tiny model may have come to its end before the abort did.
    assert last["meta_info"]["finish_reason"]["type"] in ("abort", "length")
    wait_until_idle(client)


def test_a_client_that_hangs_up_frees_its_slot(client: httpx.Client, address: str) -> None:
    body = {
        "input_ids": list(PROMPT),
        "sampling_params": {**GREEDY, "max_new_tokens": CONTEXT_TOKENS},
        "stream": True,
    }
    for _ in range(4):  # more than there are slots
        with connect(address) as other, other.stream("POST", "/generate", json=body) as response:
            next(response.iter_bytes())
    wait_until_idle(client)


def test_a_prompt_that_is_too_long_is_refused_with_both_numbers(client: httpx.Client) -> None:
    response = ask(client, input_ids=[5] * 2000, stream=True)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["type"] == "too_long"
    assert (error["n_prompt_tokens"], error["n_ctx"]) == (2000, CONTEXT_TOKENS)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"{", "truncated"),
        (b'{"text": "hello"}', "text"),
        (b'{"input_ids": "hello"}', "input_ids"),
        (b'{"input_ids": [1], "sampling_params": {"regex": "a*"}}', "regex"),
        (b'{"input_ids": [1], "sampling_params": {"max_new_tokens": 0}}', "max_new_tokens"),
        (b'{"input_ids": [1], "sampling_params": {"temperature": -1}}', "temperature"),
        (b'{"input_ids": [1], "sampling_params": {"top_p": 0}}', "top_p"),
        (b'{"input_ids": [999999]}', "input_ids"),
        (b'{"input_ids": []}', "input_ids"),
    ],
)
def test_a_wrong_request_is_refused_by_name(client: httpx.Client, body: bytes, word: str) -> None:
    response = client.post("/generate", content=body)
    assert response.status_code == 400
    assert word in response.json()["error"]["message"]


def test_a_huge_request_is_not_read_to_its_end(client: httpx.Client) -> None:
    response = client.post("/generate", content=b" " * (5 * 1024 * 1024))
    assert response.status_code == 413


def test_an_unknown_address_is_said(client: httpx.Client) -> None:
    response = client.get("/v1/models")
    assert response.status_code == 404
    assert "/v1/models" in response.json()["error"]["message"]


def test_it_says_what_it_is(client: httpx.Client) -> None:
    assert client.get("/health").status_code == 200
    assert client.get("/health_generate").status_code == 200
    server = client.get("/server_info").json()
    assert server["context_length"] == CONTEXT_TOKENS
    assert server["max_running_requests"] == 2
    assert "random weights" in server["served_model_name"]
    assert client.get("/model_info").json()["quantisation"] == "Q8_0"


def test_a_key_is_asked_for_where_one_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_API_KEY", "open-sesame")
    with engine_process(tmp_path) as address:
        monkeypatch.delenv("MODEL_API_KEY")
        with connect(address) as client:
            assert client.get("/health").status_code == 200
            assert ask(client).status_code == 401
        with connect(address, Authorization="Bearer wrong") as client:
            assert client.get("/get_load").status_code == 401
        with connect(address, Authorization="Bearer open-sesame") as client:
            assert ask(client).status_code == 200


def test_a_model_that_is_damaged_is_not_served(tmp_path: Path) -> None:
    broken = tmp_path / "model"
    shutil.copytree(MODEL, broken)
    part = broken / "pocket.gguf.part-01"
    part.write_bytes(part.read_bytes()[:-1])
    engine = engine_process(tmp_path, model=broken)
    with pytest.raises(AssertionError, match=r"part-01.*git checkout"):
        engine.__enter__()
