"""What holds whichever door somebody comes through: page, JSON, REST, event log, WebSocket.

The same program gives the same run or the same refusal, and a run that is not there gives the
same answer as one that is not the asker's, byte for byte except for the id itself.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from pytest_django.fixtures import Settings

from playground.runs.events import MAX_CLIENT_MESSAGE_BYTES
from playground.runs.ids import new_public_id
from playground.runs.models import Run
from tests.people import Person, Queue, finishes

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("front_end", "hub", "queue")]

starts = sync_to_async(Person.starts)
finish = sync_to_async(finishes)


async def over_socket(person: Person, program: dict[str, str]) -> dict[str, Any]:
    """Start a run as the page does; the answer without what only a socket has."""
    socket = await person.connects()
    answer = await socket.asks({"type": "run.start", "ref": "r", "kind": "trace", **program})
    await socket.closes()
    return answer


async def over_rest(person: Person, program: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Start a run as a program does."""
    response = await person.async_client.post(
        "/api/v1/runs", json.dumps(program), content_type="application/json"
    )
    return response.status_code, response.json()


# --- starting -------------------------------------------------------------------------------


async def test_both_doors_store_the_same_run(alice: Person, queue: Queue) -> None:
    program = {"source": "def f(x):\n    return 'é\u2028'\n", "entry": " f(1) ", "stdin": "1\r\n"}
    accepted = await over_socket(alice, program)
    assert accepted["type"] == "run.accepted"
    status, described = await over_rest(alice, program)
    assert status == 201
    first, second = [run async for run in Run.objects.order_by("pk")]
    assert [first.public_id, second.public_id] == [accepted["run_id"], described["id"]]
    assert accepted["url"] == first.get_absolute_url()
    assert described["url"] == f"http://testserver{second.get_absolute_url()}"
    kept = ["kind", "status", "visibility", "user_id", "visitor_id", "source", "entry", "stdin"]
    for name in [*kept, "stages", "reason", "started_at", "finished_at"]:
        assert getattr(first, name) == getattr(second, name), name
    assert first.source == program["source"]
    sent = await sync_to_async(queue.messages)("sandbox")
    assert [arguments["run_id"] for _, arguments in sent] == [first.public_id, second.public_id]


REFUSED: dict[str, tuple[int, str, dict[str, str]]] = {
    "no program": (400, "source.empty", {"source": " \n"}),
    "a megabyte": (413, "source.too_large", {"source": "x" * 1_000_000}),
    "a null byte": (400, "source.null", {"source": "x = 1\ny = '\0'"}),
    "half a character": (400, "source.surrogate", {"source": "x = 1\ny = '\ud83d'"}),
    "half in the entry": (400, "entry.surrogate", {"source": "x", "entry": "f('\udc00')"}),
    "null in the input": (400, "stdin.null", {"source": "x", "stdin": "1\n\0"}),
    "a long entry": (400, "entry.too_long", {"source": "x", "entry": "f" * 1001}),
    "a large input": (413, "stdin.too_large", {"source": "x", "stdin": "1" * 262_145}),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_both_doors_refuse_in_the_same_words(alice: Person, name: str) -> None:
    status, code, program = REFUSED[name]
    error = await over_socket(alice, program)
    answered, problem = await over_rest(alice, program)
    assert answered == status
    assert problem["code"] == code
    assert problem["message"]
    assert problem["fix"]
    assert problem["field"] == code.split(".")[0]
    assert (problem["line"] > 0) == (problem["column"] > 0) == code.endswith(("null", "surrogate"))
    assert {"type": error.pop("type"), "ref": error.pop("ref")} == {"type": "error", "ref": "r"}
    # The socket leaves out what is empty.
    assert error == {key: value for key, value in problem.items() if value}
    assert await Run.objects.acount() == 0


@pytest.mark.parametrize("code", ["quota.live", "quota.rate"])
async def test_both_doors_hold_the_same_quotas(bob: Person, settings: Settings, code: str) -> None:
    if code == "quota.live":
        settings.MAX_LIVE_RUNS_PER_OWNER = 1
    else:
        settings.MAX_RUNS_PER_MINUTE = 1
    await starts(bob)
    error = await over_socket(bob, {"source": "x"})
    status, problem = await over_rest(bob, {"source": "x"})
    assert (status, problem["code"]) == (429, code)
    assert (error["code"], error["message"], error["fix"]) == (
        code,
        problem["message"],
        problem["fix"],
    )
    assert await Run.objects.acount() == 1


async def test_both_doors_refuse_what_is_too_large_to_be_read(alice: Person) -> None:
    program = {"source": "x" * (MAX_CLIENT_MESSAGE_BYTES + 1)}
    error = await over_socket(alice, program)
    status, problem = await over_rest(alice, program)
    assert status == 413
    assert problem["code"] == error["code"] == "message.too_large"
    assert problem["fix"] == error["fix"]


# --- looking --------------------------------------------------------------------------------


Ask = Callable[[Person, str], Awaitable[bytes]]


def _over_http(method: str, address: str, body: str = "") -> Ask:
    async def ask(person: Person, run_id: str) -> bytes:
        client = person.async_client
        data: dict[str, Any] = {"data": body, "content_type": "application/json"} if body else {}
        response = await getattr(client, method)(address.format(run_id), **data)
        head = f"{response.status_code} {sorted(response.headers.items())}\n"
        if isinstance(response, StreamingHttpResponse):
            return head.encode() + b"".join([chunk async for chunk in response])
        return head.encode() + bytes(response.content)

    return ask


def _over_socket(message: dict[str, Any]) -> Ask:
    async def ask(person: Person, run_id: str) -> bytes:
        socket = await person.connects()
        answer = await socket.asks({**message, "run_id": run_id})
        await socket.closes()
        return json.dumps(answer).encode()

    return ask


READING: dict[str, Ask] = {
    "page": _over_http("get", "/r/{}"),
    "page with a step": _over_http("get", "/r/{}?step=3&view=actual"),
    "JSON": _over_http("get", "/r/{}.json"),
    "REST": _over_http("get", "/api/v1/runs/{}"),
    "events": _over_http("get", "/api/v1/runs/{}/events"),
    "events after": _over_http("get", "/api/v1/runs/{}/events?after=main:1-0"),
    "resume": _over_socket({"type": "run.resume"}),
}
CHANGING: dict[str, Ask] = {
    "stop": _over_http("post", "/api/v1/runs/{}/cancel"),
    "share": _over_http("post", "/api/v1/runs/{}/visibility", '{"visibility": "link"}'),
    "delete": _over_http("delete", "/api/v1/runs/{}"),
    "cancel": _over_socket({"type": "run.cancel"}),
}
DOORS = {**READING, **CHANGING}


async def without_id(ask: Ask, person: Person, run_id: str) -> bytes:
    return (await ask(person, run_id)).replace(run_id.encode(), b"<id>")


@pytest.mark.parametrize("door", DOORS)
async def test_a_private_run_and_none_at_all_are_told_apart_by_nobody(
    alice: Person, bob: Person, charlie: Person, door: str
) -> None:
    live, over, bobs = await starts(alice), await starts(alice), await starts(bob)
    await finish(over, "secret")
    for stranger, run in ((charlie, live), (charlie, over), (bob, live), (alice, bobs)):
        missing = await without_id(DOORS[door], stranger, new_public_id())
        private = await without_id(DOORS[door], stranger, run.public_id)
        assert private == missing
        assert b"404" in missing or b"run.not_found" in missing
        assert b"secret" not in private


@pytest.mark.parametrize("door", CHANGING)
async def test_a_shared_run_is_changed_by_its_owner_only(
    alice: Person, charlie: Person, door: str
) -> None:
    run = await starts(alice, visibility="link")
    missing = await without_id(CHANGING[door], charlie, new_public_id())
    assert await without_id(CHANGING[door], charlie, run.public_id) == missing
    stored = await Run.objects.aget()
    assert (stored.status, stored.visibility) == ("queued", "link")


@pytest.mark.parametrize("door", READING)
async def test_a_shared_run_is_seen_by_everybody_and_a_private_one_by_its_owner(
    alice: Person, charlie: Person, door: str
) -> None:
    run = await starts(alice)
    await finish(run, "hello")

    async def is_seen_by(person: Person) -> bool:
        answer = await READING[door](person, run.public_id)
        return answer.startswith(b"200") or b"lane.entries" in answer

    assert await is_seen_by(alice)
    assert not await is_seen_by(charlie)
    await Run.objects.aupdate(visibility="link")
    assert await is_seen_by(charlie)
    await Run.objects.aupdate(visibility="private")
    assert not await is_seen_by(charlie)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "run_id", ["x", "UPPERCASE123", "bcdfghjkmnpqr", "a%00b", "💥", "1' OR '1"]
)
async def test_what_cannot_be_an_id_is_simply_not_found(
    alice: Person, door: str, run_id: str
) -> None:
    answer = await DOORS[door](alice, run_id)
    assert answer.startswith(b"404 ") or b"run.not_found" in answer
