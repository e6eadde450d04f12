"""The pages: what they carry for the script, what they refuse, and what search engines are told."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from playground.runs.models import Run
from tests.people import SOURCE, Person, finishes

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("front_end", "queue")]


def page_of(response: Any) -> dict[str, Any]:
    """The configuration that a page hands to its script."""
    assert response.status_code == 200
    found = re.search(
        r'<script id="page-config" type="application/json">(.*?)</script>',
        response.content.decode(),
    )
    assert found is not None
    page = json.loads(found.group(1))
    assert isinstance(page, dict)
    return page


def test_the_home_page_is_an_empty_playground(client: Client, db: None) -> None:
    page = page_of(client.get("/"))
    assert page["run"] is None
    assert page["protocol"] == 1
    assert page["ws_path"] == "/ws/"
    expected = {"source_bytes": 65_536, "stdin_bytes": 262_144, "entry_chars": 1000}
    assert expected.items() <= page["limits"].items()
    assert page["limits"]["problem_bytes"] == 32_768
    assert page["solves"] is False
    assert len(page["examples"]) >= 12


def test_the_home_page_makes_its_visitor_known(client: Client, db: None) -> None:
    client.get("/")
    assert client.cookies["sessionid"].value
    assert client.cookies["sessionid"]["httponly"]
    assert client.session["visitor_id"]


def test_a_permalink_shows_the_run_and_says_whose_it_is(alice: Person, charlie: Person) -> None:
    run = alice.starts(SOURCE, entry="main()", visibility="link")
    for person, is_owner in ((alice, True), (charlie, False)):
        shown = page_of(person.client.get(f"/r/{run.public_id}"))["run"]
        assert shown["id"] == run.public_id
        assert shown["source"] == SOURCE
        assert shown["is_owner"] is is_owner


def test_hostile_source_stays_text(alice: Person) -> None:
    source = "x = '</script><script>alert(1)</script><!--'\n# &amp; \u2028\n"
    run = alice.starts(source)
    response = alice.client.get(f"/r/{run.public_id}")
    assert page_of(response)["run"]["source"] == source
    content = response.content.decode()
    assert "<script>alert" not in content
    assert html.escape("<script>alert") in content or "\\u003Cscript" in content


@pytest.mark.parametrize(
    ("query", "step", "view"),
    [
        ("", None, None),
        ("step=0", 0, None),
        ("step=12&view=predicted", 12, "predicted"),
        ("step=007&view=actual", 7, "actual"),
        ("view=compare", None, "compare"),
        ("step=999999999", 999_999_999, None),
        ("step=1000000000", None, None),
        ("step=-1", None, None),
        ("step=1.5", None, None),
        ("step=1e3", None, None),
        ("step=%D9%A3", None, None),  # a digit, but not one of ours
        ("step=", None, None),
        ("step=" + "9" * 5000, None, None),
        ("view=everything", None, None),
        ("view=", None, None),
        ("view=actual&view=nothing", None, None),
        ("step=%00&view=%FF", None, None),
    ],
)
def test_a_link_names_a_step_and_a_view_or_is_as_good_as_none(
    alice: Person, query: str, step: int | None, view: str | None
) -> None:
    run = alice.starts()
    initial = page_of(alice.client.get(f"/r/{run.public_id}?{query}"))["initial"]
    assert (initial["step"], initial["view"]) == (step, view)


def test_a_link_names_an_example(client: Client, db: None) -> None:
    assert page_of(client.get("/?example=fizzbuzz"))["initial"]["example"] == "fizzbuzz"
    assert page_of(client.get("/"))["initial"]["example"] is None


def test_a_run_is_a_json_document(alice: Person, charlie: Person) -> None:
    run = alice.starts(visibility="link")
    live = charlie.client.get(f"/r/{run.public_id}.json")
    assert live.headers["Content-Type"] == "application/json"
    assert (live.json()["complete"], live.json()["lanes"]) == (False, {})
    finishes(run, "a", "b")
    document = charlie.client.get(f"/r/{run.public_id}.json").json()
    assert document["complete"] is True
    assert document["url"] == f"http://testserver/r/{run.public_id}"
    assert [event["text"] for event in document["lanes"]["actual"]] == ["a", "b"]


def test_search_engines_are_told_to_leave_runs_out(alice: Person) -> None:
    run = alice.starts(visibility="link")
    for address in (f"/r/{run.public_id}", f"/r/{run.public_id}.json"):
        assert alice.client.get(address).headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in alice.client.get("/").headers


def test_pages_can_be_read_and_nothing_else(alice: Person) -> None:
    run = alice.starts()
    for address in ("/", "/about/", f"/r/{run.public_id}", f"/r/{run.public_id}.json"):
        assert alice.client.head(address).status_code == 200
        for method in ("post", "put", "delete", "patch"):
            assert getattr(alice.client, method)(address).status_code == 405
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    ["/r/", "/r/short", "/r/BCDFGHJKMNPQ", "/r/bcdfghjkmnpqr", "/r/bcdfghjkmnp0", "/r/../admin"],
)
def test_what_cannot_be_a_run_is_not_found(client: Client, db: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "private" in response.content.decode()


def test_pages_allow_no_script_but_their_own(alice: Person) -> None:
    run = alice.starts()
    for address in ("/", f"/r/{run.public_id}", "/r/bcdfghjkmnpq"):
        policy = alice.client.get(address).headers["Content-Security-Policy"]
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
        assert directives["default-src"] == "'none'"
        assert directives["script-src"] == "'self'"
        assert "unsafe" not in policy
