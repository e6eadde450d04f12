"""The REST API: answers, the event log as NDJSON, other sites' pages, the OpenAPI document."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from playground.runs import services
from playground.runs.models import Run
from tests.people import SOURCE, Person, Queue, finishes, loses_its_log, output

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("queue")]

starts = sync_to_async(Person.starts)
finish = sync_to_async(finishes)


def post(client: Client, address: str, body: Any, **headers: str) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


# --- one run --------------------------------------------------------------------------------


def test_a_run_is_described_to_its_owner(alice: Person) -> None:
    run = alice.starts(SOURCE, entry="main()", stdin="x")
    described = alice.client.get(f"/api/v1/runs/{run.public_id}").json()
    created_at = described.pop("created_at")
    assert created_at.startswith(f"{run.created_at:%Y-%m-%dT%H:%M:%S}")
    assert described == {
        "id": run.public_id,
        "url": f"http://testserver/r/{run.public_id}",
        "kind": "trace",
        "status": "queued",
        "reason": "",
        "visibility": "private",
        "is_owner": True,
        "source": SOURCE,
        "entry": "main()",
        "stdin": "x",
        "problem": None,
        "finished_at": None,
    }


def test_a_shared_run_does_not_say_whose_it_is(alice: Person, charlie: Person) -> None:
    run = alice.starts(visibility="link")
    answer = charlie.client.get(f"/api/v1/runs/{run.public_id}")
    assert answer.json()["is_owner"] is False
    assert alice.visitor.visitor_id not in answer.content.decode()


def test_a_client_without_a_session_gets_one_and_owns_its_run(db: None) -> None:
    client = Client()
    created = post(client, "/api/v1/runs", {"source": SOURCE})
    assert created.status_code == 201
    assert created.json()["is_owner"] is True
    assert client.get(f"/api/v1/runs/{created.json()['id']}").status_code == 200
    assert Client().get(f"/api/v1/runs/{created.json()['id']}").status_code == 404


def test_a_run_can_be_shared_from_the_start(alice: Person, charlie: Person) -> None:
    created = post(alice.client, "/api/v1/runs", {"source": SOURCE, "visibility": "link"})
    assert charlie.client.get(f"/api/v1/runs/{created.json()['id']}").status_code == 200


def test_a_signed_in_user_keeps_a_run_across_sessions(bob: Person) -> None:
    run = bob.starts()
    elsewhere = Client()
    assert elsewhere.login(username="bob", password="bob's password")
    assert elsewhere.get(f"/api/v1/runs/{run.public_id}").json()["is_owner"] is True


def test_a_stopped_run_is_described_as_stopped(alice: Person) -> None:
    run = alice.starts()
    for _ in range(2):  # stopping again changes nothing
        answer = alice.client.post(f"/api/v1/runs/{run.public_id}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        assert answer.json()["reason"] == "Stopped by you."


def test_a_link_is_given_and_taken_back(alice: Person, charlie: Person) -> None:
    run = alice.starts()
    address = f"/api/v1/runs/{run.public_id}"
    shared = post(alice.client, f"{address}/visibility", {"visibility": "link"})
    assert shared.json() == {
        "url": f"http://testserver/r/{run.public_id}",
        "visibility": "link",
    }
    assert charlie.client.get(address).status_code == 200
    post(alice.client, f"{address}/visibility", {"visibility": "private"})
    assert charlie.client.get(address).status_code == 404


def test_a_deleted_run_is_gone_for_its_owner_too(alice: Person) -> None:
    run = alice.starts()
    assert alice.client.delete(f"/api/v1/runs/{run.public_id}").status_code == 204
    assert alice.client.get(f"/api/v1/runs/{run.public_id}").status_code == 404
    assert Run.objects.count() == 0


# --- requests that are none -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("", ""),
        ("{", ""),
        ("[" * 100_000, ""),
        ('{"source": 7}', "source"),
        ('{"source": null}', "source"),
        ('{"source": "x", "kind": "guess"}', "kind"),
        ('{"source": "x", "visibility": "everyone"}', "visibility"),
        (b"\xff\xfe", ""),
    ],
)
def test_a_malformed_request_names_what_is_wrong(
    alice: Person, body: str | bytes, field: str
) -> None:
    answer = alice.client.post("/api/v1/runs", body, content_type="application/json")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "message.malformed")
    assert problem["field"] == field
    assert field in problem["message"]
    assert "openapi.json" in problem["fix"]
    assert Run.objects.count() == 0


@pytest.mark.parametrize("body", ["[]", "7", "{}"])
def test_a_request_without_a_program_is_told_that_there_is_none(alice: Person, body: str) -> None:
    answer = alice.client.post("/api/v1/runs", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "source.empty")
    assert Run.objects.count() == 0


# --- other sites' pages ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),  # a program
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 201),
        ({"Origin": "http://testserver"}, 201),  # an old browser
        ({"Sec-Fetch-Site": "none"}, 201),
        # Behind a proxy that speaks TLS the server sees another scheme than the browser.
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://testserver"}, 201),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://other.testserver"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "anything else"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://testserver:8001"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_pages_of_other_sites_cannot_start_a_run(
    alice: Person, headers: dict[str, str], status: int
) -> None:
    answer = post(alice.client, "/api/v1/runs", {"source": SOURCE}, **headers)
    assert answer.status_code == status
    assert Run.objects.count() == (1 if status == 201 else 0)
    if status == 403:
        assert answer.json()["code"] == "request.cross_site"
        assert answer.json()["fix"]


@pytest.mark.parametrize("act", ["cancel", "visibility", "delete"])
def test_pages_of_other_sites_cannot_change_a_run(alice: Person, act: str) -> None:
    run = alice.starts()
    address, headers = f"/api/v1/runs/{run.public_id}", {"Sec-Fetch-Site": "cross-site"}
    if act == "delete":
        answer = alice.client.delete(address, headers=headers)
    else:
        answer = post(alice.client, f"{address}/{act}", {"visibility": "link"}, **headers)
    assert answer.status_code == 403
    stored = Run.objects.get()
    assert (stored.status, stored.visibility) == ("queued", "private")


def test_reading_is_left_to_the_browsers_own_rules(alice: Person) -> None:
    run = alice.starts()
    answer = alice.client.get(
        f"/api/v1/runs/{run.public_id}", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


# --- the event log --------------------------------------------------------------------------


async def events(person: Person, run_id: str, after: str = "") -> list[dict[str, Any]]:
    """All lines, read to the end."""
    response: Any = await person.async_client.get(f"/api/v1/runs/{run_id}/events?after={after}")
    assert response.streaming
    assert response.headers["Content-Type"] == "application/x-ndjson"
    assert response.headers["Cache-Control"] == "no-store"
    data = b"".join([chunk async for chunk in response])
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def lanes(lines: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What each lane showed: types, or the text where there is one."""
    shown: dict[str, list[str]] = {}
    for line in lines[:-1]:
        assert line["type"] == "lane.entries"
        words = [event.get("text", event["type"]) for event in line["events"]]
        shown.setdefault(line["lane"], []).extend(words)
    return shown


@pytest.mark.usefixtures("hub")
async def test_the_log_of_a_finished_run_is_read_to_its_end(alice: Person) -> None:
    run = await starts(alice)
    await finish(run, "a", "b")
    lines = await events(alice, run.public_id)
    assert lanes(lines) == {
        "main": ["run.queued", "run.finished"],
        "actual": ["a", "b"],
        "predicted": ["lane.unavailable"],
    }
    assert lines[-1] == {"type": "run.complete", "run_id": run.public_id}


@pytest.mark.usefixtures("hub")
async def test_the_log_outlives_redis(alice: Person, queue: Queue) -> None:
    run = await starts(alice)
    await finish(run, "a", "b")
    before = await events(alice, run.public_id)
    queue.lose_everything()
    assert await events(alice, run.public_id) == before


@pytest.mark.usefixtures("hub")
async def test_the_log_can_be_read_from_where_one_was(alice: Person) -> None:
    run = await starts(alice)
    await finish(run, "a", "b")
    lines = await events(alice, run.public_id, after="main:1-0,actual:1-1")
    assert lanes(lines) == {"main": ["run.finished"], "predicted": ["lane.unavailable"]}
    lines = await events(alice, run.public_id, after="main:1-1,actual:1-1,predicted:1-0")
    assert lines == [{"type": "run.complete", "run_id": run.public_id}]


@pytest.mark.usefixtures("hub")
async def test_the_log_of_a_live_run_is_followed_until_it_is_sealed(alice: Person) -> None:
    run = await starts(alice)
    following = asyncio.create_task(events(alice, run.public_id))
    append = sync_to_async(services.event_log().append_once)
    for number, text in enumerate(["a", "b", "c"], start=1):
        await append(run.public_id, "tests", [output(text)], attempt=number)
        await asyncio.sleep(0.05)
    assert not following.done()
    await finish(run, "d")
    lines = await asyncio.wait_for(following, 20)
    assert lanes(lines)["tests"] == ["a", "b", "c"]
    assert lanes(lines)["actual"] == ["d"]
    assert lines[-1]["type"] == "run.complete"


@pytest.mark.usefixtures("hub")
async def test_a_follower_of_a_deleted_run_is_let_go(alice: Person) -> None:
    run = await starts(alice)
    following = asyncio.create_task(events(alice, run.public_id))
    await asyncio.sleep(0.2)
    await sync_to_async(services.delete_run)(run=run)
    lines = await asyncio.wait_for(following, 20)
    assert lines[-1]["type"] == "run.complete"


@pytest.mark.usefixtures("hub")
async def test_a_log_that_is_gone_says_so(alice: Person, queue: Queue) -> None:
    run = await starts(alice)
    await sync_to_async(loses_its_log)(run, queue)
    [line] = await events(alice, run.public_id)
    assert (line["type"], line["code"]) == ("error", "run.gone")


@pytest.mark.parametrize(
    "part", ["nonsense", "main", "main:", "main:1", "main:1-x", ":", "main:-1"]
)
def test_a_malformed_after_names_the_part(alice: Person, part: str) -> None:
    run = alice.starts()
    answer = alice.client.get(
        f"/api/v1/runs/{run.public_id}/events", {"after": f"actual:1-5,{part}"}
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "after.malformed")
    assert problem["field"] == "after"
    assert repr(part) in problem["message"]
    assert "main:1-3" in problem["fix"]


def test_an_after_with_more_lanes_than_any_run_has_is_refused(alice: Person) -> None:
    run = alice.starts()
    after = ",".join(f"lane{number}:1-0" for number in range(1000))
    answer = alice.client.get(f"/api/v1/runs/{run.public_id}/events", {"after": after})
    assert (answer.status_code, answer.json()["code"]) == (400, "after.malformed")


@pytest.mark.usefixtures("hub")
async def test_a_link_that_is_taken_back_ends_the_log_of_those_who_read_it(
    alice: Person, charlie: Person
) -> None:
    run = await starts(alice, visibility="link")
    following = asyncio.create_task(events(charlie, run.public_id))
    await asyncio.sleep(0.2)
    await sync_to_async(services.set_visibility)(run=run, visibility="private")
    lines = await asyncio.wait_for(following, 20)
    assert (lines[-1]["type"], lines[-1]["code"]) == ("error", "run.not_found")


# --- its description ------------------------------------------------------------------------


def test_the_openapi_document_lists_every_endpoint_and_its_refusals(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    endpoints = {
        (method, path) for path, methods in document["paths"].items() for method in methods
    }
    assert endpoints == {
        ("post", "/api/v1/runs"),
        ("get", "/api/v1/runs/{run_id}"),
        ("delete", "/api/v1/runs/{run_id}"),
        ("post", "/api/v1/runs/{run_id}/cancel"),
        ("post", "/api/v1/runs/{run_id}/visibility"),
        ("get", "/api/v1/runs/{run_id}/events"),
    }
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]
    responses = document["paths"]["/api/v1/runs"]["post"]["responses"]
    assert {"201", "400", "403", "413", "429", "503"} <= set(responses)
    assert set(document["components"]["schemas"]["Problem"]["properties"]) == {
        "code",
        "message",
        "fix",
        "field",
        "line",
        "column",
    }
