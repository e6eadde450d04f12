"""A run as JSON."""

from __future__ import annotations

import pytest

from playground.runs.archive import load_archive
from playground.runs.documents import describe_run, run_document
from playground.runs.models import Run
from tests.people import Person, finishes

pytestmark = [pytest.mark.redis, pytest.mark.usefixtures("queue")]


def test_a_live_run_is_a_document_without_a_log(alice: Person) -> None:
    run = alice.starts()
    document = run_document(run, None, base_url="https://example.org/")
    assert document["complete"] is False
    assert document["lanes"] == {}
    assert document["url"] == f"https://example.org/r/{run.public_id}"
    assert (document["format"], document["version"]) == ("cwm-playground-run", 1)


def test_a_finished_run_is_a_document_with_its_whole_log(alice: Person) -> None:
    run = alice.starts("print('</script>')\n", entry="", stdin="é")
    finishes(run, "a", "b")
    run = Run.objects.get()
    document = run_document(run, load_archive(run.public_id), base_url="https://example.org/")
    assert document["complete"] is True
    assert document["status"] == "succeeded"
    assert document["finished_at"] == run.finished_at.isoformat() if run.finished_at else False
    assert set(document["lanes"]) == {"main", "actual", "predicted"}
    assert [event["text"] for event in document["lanes"]["actual"]] == ["a", "b"]
    assert document["lanes"]["main"][-1]["type"] == "run.finished"
    assert (document["source"], document["stdin"]) == ("print('</script>')\n", "é")


def test_no_document_says_who_owns_the_run(alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        run = person.starts()
        finishes(run)
        shown = str(describe_run(run, is_owner=False))
        shown += str(run_document(run, load_archive(run.public_id), base_url="/"))
        assert person.visitor.visitor_id not in shown
        assert "user" not in shown.replace("MODEL_RUNTIME", "")
