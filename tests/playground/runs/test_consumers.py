"""The WebSocket, through the real ASGI application: sessions, hosts, routing, consumer, hub."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from playground.runs import services
from playground.runs.events import MAX_CLIENT_MESSAGE_BYTES
from playground.runs.models import Run
from tests.people import Person, Queue, finishes, loses_its_log, output
from tests.sockets import Socket

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("hub", "queue")]

START = {"type": "run.start", "ref": "r1", "kind": "trace", "source": "x = 1\n"}

starts = sync_to_async(Person.starts)
finish = sync_to_async(finishes)


def texts(messages: list[dict[str, Any]]) -> list[str]:
    """The output lines that lane `actual` showed."""
    return [
        event["text"]
        for message in messages
        if message["type"] == "lane.entries" and message["lane"] == "actual"
        for event in message["events"]
    ]


# --- who is let in --------------------------------------------------------------------------


async def test_a_page_of_another_version_is_told_to_reload_and_let_go(alice: Person) -> None:
    for query in ("protocol=0", "protocol=%F0%9F%98%80", "protocol=1%00", "", "&;=%"):
        socket = await alice.opens(query)
        # What an outdated page says before it has read the answer changes nothing.
        await socket.says(START)
        answer = await socket.hears()
        assert (answer["type"], answer["code"]) == ("error", "protocol.version")
        assert "Reload" in answer["fix"]
        assert await socket.is_closed_with() == 4426
        assert await socket.is_silent()
    assert await Run.objects.acount() == 0


async def test_a_page_of_another_site_is_refused(alice: Person) -> None:
    for origin in (b"https://evil.example", b"null"):
        headers = [(k, origin if k == b"origin" else v) for k, v in alice.headers]
        assert not await Socket("/ws/?protocol=1", headers).opens()


async def test_an_address_without_a_socket_is_refused_quietly(alice: Person) -> None:
    assert not await Socket("/elsewhere/?protocol=1", alice.headers).opens()


async def test_a_browser_without_a_session_can_watch_but_not_start(
    alice: Person, charlie: Person
) -> None:
    run = await starts(alice, visibility="link")
    await finish(run, "hello")
    nobody = Person(charlie.visitor, "")
    socket = await nobody.connects()
    answer = await socket.asks(START)
    assert (answer["code"], answer["ref"]) == ("session.missing", "r1")
    assert "cookies" in answer["fix"]
    await socket.says({"type": "run.resume", "run_id": run.public_id})
    assert texts(await socket.hears_until("run.complete")) == ["hello"]
    await socket.closes()


# --- starting and following -----------------------------------------------------------------


async def test_a_started_run_is_accepted_and_followed_to_its_end(alice: Person) -> None:
    socket = await alice.connects()
    accepted = await socket.asks(START)
    run = await Run.objects.aget()
    assert accepted == {
        "type": "run.accepted",
        "ref": "r1",
        "run_id": run.public_id,
        "url": f"/r/{run.public_id}",
    }
    queued = await socket.hears()
    assert (queued["lane"], queued["id"]) == ("main", "1-0")
    assert queued["events"][0]["type"] == "run.queued"
    await finish(run, "a", "b")
    heard = await socket.hears_until("run.complete")
    assert texts(heard) == ["a", "b"]
    ends = [message for message in heard if message.get("lane") == "main"]
    assert ends[-1]["events"][-1]["status"] == "succeeded"
    await socket.closes()


async def test_a_resume_brings_only_what_is_missing(alice: Person) -> None:
    run = await starts(alice)
    log = services.event_log()
    for number, line in enumerate(["a", "b", "c"], start=1):
        await sync_to_async(log.append_once)(
            run.public_id, "actual", [output(line)], attempt=number
        )
    await finish(run)
    socket = await alice.connects()
    after = {"main": "1-1", "actual": "2-0", "predicted": "1-0"}
    await socket.says({"type": "run.resume", "run_id": run.public_id, "after": after})
    heard = await socket.hears_until("run.complete")
    assert texts(heard) == ["c"]
    assert len(heard) == 2
    await socket.closes()


async def test_a_resume_from_the_end_only_says_that_it_is_complete(alice: Person) -> None:
    run = await starts(alice)
    await finish(run, "a")
    socket = await alice.connects()
    await socket.says({"type": "run.resume", "run_id": run.public_id})
    everything = await socket.hears_until("run.complete")
    after = {m["lane"]: m["id"] for m in everything if m["type"] == "lane.entries"}
    answer = await socket.asks({"type": "run.resume", "run_id": run.public_id, "after": after})
    assert answer == {"type": "run.complete", "run_id": run.public_id}
    await socket.closes()


@pytest.mark.parametrize("token", ["", "1", "1-", "-1", "a-b", "1-2-3", "1-٣", "1-0x2", "9" * 99])
async def test_a_resume_token_that_is_none_is_refused(alice: Person, token: str) -> None:
    run = await starts(alice)
    socket = await alice.connects()
    answer = await socket.asks(
        {"type": "run.resume", "run_id": run.public_id, "after": {"actual": token}}
    )
    assert (answer["type"], answer["code"]) == ("error", "message.malformed")
    assert answer["run_id"] == run.public_id
    await socket.closes()


async def test_a_resume_token_beyond_the_end_waits_for_the_end(alice: Person) -> None:
    run = await starts(alice)
    await finish(run, "a")
    socket = await alice.connects()
    after = dict.fromkeys(("main", "actual", "predicted"), f"{2**62}-{2**62}")
    after["no such lane"] = "1-1"
    answer = await socket.asks({"type": "run.resume", "run_id": run.public_id, "after": after})
    assert answer["type"] == "run.complete"
    await socket.closes()


async def test_a_run_without_any_log_says_that_it_is_gone(alice: Person, queue: Queue) -> None:
    run = await starts(alice)
    await sync_to_async(loses_its_log)(run, queue)
    socket = await alice.connects()
    answer = await socket.asks({"type": "run.resume", "run_id": run.public_id})
    assert (answer["code"], answer["run_id"]) == ("run.gone", run.public_id)
    await socket.closes()


async def test_a_live_run_without_any_log_is_waited_for(alice: Person, queue: Queue) -> None:
    run = await starts(alice)
    queue.lose_everything()
    socket = await alice.connects()
    await socket.says({"type": "run.resume", "run_id": run.public_id})
    await asyncio.sleep(0.1)
    await sync_to_async(services.rebuild_log)(run=run)
    await finish(run, "a")
    assert texts(await socket.hears_until("run.complete")) == ["a"]
    await socket.closes()


async def test_a_page_follows_only_a_few_runs_at_once(alice: Person) -> None:
    runs = [await starts(alice) for _ in range(4)]
    await finish(runs[0])
    runs.append(await starts(alice))
    socket = await alice.connects()
    for run in [*runs[1:], runs[0]]:
        await socket.says({"type": "run.resume", "run_id": run.public_id})
    await socket.hears_until("run.complete")
    await finish(runs[1], "not followed any more")
    await finish(runs[2], "followed")
    heard = await socket.hears_until("run.complete")
    assert heard[-1]["run_id"] == runs[2].public_id
    assert texts(heard) == ["followed"]
    await socket.closes()


# --- stopping -------------------------------------------------------------------------------


async def test_a_stop_ends_the_log_that_the_page_follows(alice: Person) -> None:
    socket = await alice.connects()
    run_id = (await socket.asks(START))["run_id"]
    await socket.says({"type": "run.cancel", "run_id": run_id})
    while (message := await socket.hears())["events"][-1]["type"] != "run.finished":
        pass
    assert message["events"][-1]["status"] == "cancelled"
    await socket.closes()


async def test_somebody_elses_shared_run_cannot_be_stopped(alice: Person, charlie: Person) -> None:
    run = await starts(alice, visibility="link")
    socket = await charlie.connects()
    answer = await socket.asks({"type": "run.cancel", "run_id": run.public_id})
    assert answer["code"] == "run.not_found"
    assert not (await Run.objects.aget()).is_over
    await socket.closes()


async def test_a_link_that_is_taken_back_shuts_out_who_follows_but_not_the_owner(
    alice: Person, charlie: Person
) -> None:
    run = await starts(alice, visibility="link")
    theirs, own = await charlie.connects(), await alice.connects()
    for socket in (theirs, own):
        heard = await socket.asks({"type": "run.resume", "run_id": run.public_id})
        assert heard["lane"] == "main"
    await sync_to_async(services.set_visibility)(run=run, visibility="private")
    while (answer := await theirs.hears())["type"] == "lane.entries":
        pass
    assert (answer["code"], answer["run_id"]) == ("run.not_found", run.public_id)
    await finish(run, "secret")
    assert texts(await own.hears_until("run.complete")) == ["secret"]
    assert await theirs.is_silent()
    for socket in (theirs, own):
        await socket.closes()


async def test_a_start_that_waits_for_the_queue_holds_up_no_other_page(
    alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, may_go_on = threading.Event(), threading.Event()

    def wait(_run: Run) -> None:
        waits.set()
        assert may_go_on.wait(60)

    monkeypatch.setattr(services, "_announce", wait)
    hers = await alice.connects()
    await hers.says(START)
    try:
        assert await asyncio.to_thread(waits.wait, 20)
        theirs = await charlie.connects()
        answer = await theirs.asks({"type": "run.resume", "run_id": "bcdfghjkmnpq"})
        assert answer["code"] == "run.not_found"
    finally:
        may_go_on.set()
    assert (await hers.hears())["type"] == "run.accepted"
    for socket in (hers, theirs):
        await socket.closes()


# --- messages that are none -----------------------------------------------------------------

MALFORMED: dict[str, Any] = {
    "not JSON": "run, please",
    "empty": "",
    "cut off": json.dumps(START)[:-5],
    "an array": "[]",
    "a number": "1" * 5000,
    "no type": "{}",
    "unknown type": '{"type": "run.explode"}',
    "a server's message": '{"type": "run.complete", "run_id": "x"}',
    "type of another kind": '{"type": ["run.start"]}',
    "missing fields": '{"type": "run.start", "ref": "r1"}',
    "unknown kind": json.dumps({**START, "kind": "guess"}),
    "number for text": json.dumps({**START, "source": 7}),
    "null for text": json.dumps({**START, "stdin": None}),
    "after without end": json.dumps(
        {"type": "run.resume", "run_id": "x", "after": {f"lane{n}": "1-0" for n in range(1000)}}
    ),
    "after of another kind": '{"type": "run.resume", "run_id": "x", "after": {"main": 3}}',
    "deep array": "[" * 100_000,
    "deep value": '{"type": "run.start", "extra": ' + "[" * 100_000,
    "deep object": '{"a":' * 100_000,
    "binary": b"\x00\xff\xfe\x80" * 100,
    "binary with text in it": b'{"type": "run.start", "ref": "\xff"}',
    "not UTF-8 in JSON": json.dumps(START).encode("utf-16"),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_message_is_answered_and_the_connection_survives(
    alice: Person, name: str
) -> None:
    data = MALFORMED[name]
    socket = await alice.connects()
    await socket.sends(data)
    answer = await socket.hears()
    assert (answer["type"], answer["code"]) == ("error", "message.malformed")
    assert "could not read" in answer["message"]
    assert len(answer["message"]) < 300
    assert "Reload" in answer["fix"]
    accepted = await socket.asks(START)
    assert accepted["type"] == "run.accepted"
    await socket.closes()


async def test_a_malformed_start_names_its_request(alice: Person) -> None:
    socket = await alice.connects()
    answer = await socket.asks({**START, "kind": "guess"})
    assert (answer["code"], answer["ref"]) == ("message.malformed", "r1")
    answer = await socket.asks({"type": "run.resume", "run_id": "abc", "after": 1})
    assert (answer["code"], answer["run_id"]) == ("message.malformed", "abc")
    for ref in ("x" * 1000, "\x00", ["r1"], "\ud800"):
        answer = await socket.asks({**START, "kind": "guess", "ref": ref})
        assert (answer["code"], answer.get("ref", "")) == ("message.malformed", "")
    await socket.closes()


async def test_a_huge_message_is_refused_unread_and_the_connection_survives(
    alice: Person,
) -> None:
    socket = await alice.connects()
    for data in ("x" * (MAX_CLIENT_MESSAGE_BYTES + 1), "é" * (MAX_CLIENT_MESSAGE_BYTES // 2 + 1)):
        await socket.sends(data)
        answer = await socket.hears()
        assert (answer["type"], answer["code"]) == ("error", "message.too_large")
        assert "program under 64 KiB" in answer["fix"]
        assert "problem under 32 KiB" in answer["fix"]
    await socket.sends(b"\0" * (MAX_CLIENT_MESSAGE_BYTES + 1))
    assert (await socket.hears())["code"] == "message.too_large"
    assert (await socket.asks(START))["type"] == "run.accepted"
    await socket.closes()


async def test_the_largest_program_and_input_fit_into_a_message(alice: Person) -> None:
    socket = await alice.connects()
    message = {**START, "source": "\x01" * 65_536, "stdin": "\x02" * 262_144}
    assert (await socket.asks(message))["type"] == "run.accepted"
    await socket.closes()


async def test_binary_json_is_as_good_as_text(alice: Person) -> None:
    socket = await alice.connects()
    await socket.sends(json.dumps(START).encode())
    assert (await socket.hears())["type"] == "run.accepted"
    await socket.closes()


async def test_a_failure_of_the_service_is_logged_and_answered(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(**_: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    monkeypatch.setattr(services, "start_run", fails)
    socket = await alice.connects()
    answer = await socket.asks(START)
    assert (answer["code"], answer["ref"]) == ("service.error", "r1")
    assert "disk" not in answer["message"]
    assert "the disk is full" in caplog.text
    await socket.closes()
