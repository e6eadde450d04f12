"""Starting, stopping, sharing and deleting runs, through the one door that all others use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from playground.runs import services
from playground.runs.errors import Refused
from playground.runs.events import RunFinished, RunQueued
from playground.runs.models import Run
from playground.runs.services import Program, check_program
from tests.people import Person, Queue, point_celery_at
from tests.redis_server import free_port

pytestmark = pytest.mark.redis


def refusal(program: Program) -> Refused:
    with pytest.raises(Refused) as caught:
        check_program(program)
    assert caught.value.message.endswith(".")
    assert caught.value.fix.endswith(".")
    return caught.value


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["", "   \n\t \n"])
def test_a_program_without_a_word_is_refused(source: str) -> None:
    found = refusal(Program(source))
    assert (found.code, found.status, found.field) == ("source.empty", 400, "source")


def test_a_program_of_a_megabyte_is_refused_with_its_size_and_the_limit() -> None:
    found = refusal(Program("x" * 1_000_000))
    assert (found.code, found.status, found.field) == ("source.too_large", 413, "source")
    assert "1,000,000" in found.message
    assert "65,536" in found.message


def test_the_size_of_a_program_is_counted_in_bytes() -> None:
    check_program(Program("#" * 65_536))
    assert refusal(Program("é" * 32_769)).code == "source.too_large"


@pytest.mark.parametrize(
    ("program", "code", "field"),
    [
        (Program("a = 1\nb = '\0'\n"), "source.null", "source"),
        (Program("x", entry="\nf('a\0')"), "entry.null", "entry"),
        (Program("x", stdin="1\n2345\0"), "stdin.null", "stdin"),
        (Program("a = 1\nb = '\ud83d'\n"), "source.surrogate", "source"),
        (Program("x", entry="\nf('a\udc00')"), "entry.surrogate", "entry"),
        (Program("x", stdin="1\n2345\ud800"), "stdin.surrogate", "stdin"),
    ],
)
def test_text_that_nothing_can_store_is_refused_with_its_place(
    program: Program, code: str, field: str
) -> None:
    found = refusal(program)
    assert (found.code, found.status, found.field) == (code, 400, field)
    text = getattr(program, field)
    line = text.split("\n")[found.line - 1]
    assert found.line == 2
    assert line[found.column - 1] in "\0\ud83d\udc00\ud800"
    assert f"line {found.line}, column {found.column}" in found.message


def test_the_place_of_the_first_character_is_line_one_column_one() -> None:
    found = refusal(Program("\0"))
    assert (found.line, found.column) == (1, 1)


def test_a_pair_of_surrogates_that_is_one_character_is_text() -> None:
    check_program(Program("smile = '\N{GRINNING FACE}'\n"))


def test_a_long_entry_is_refused() -> None:
    check_program(Program("x", entry="f(1)".ljust(1000)))
    found = refusal(Program("x", entry="f(1)".ljust(1001)))
    assert (found.code, found.status, found.field) == ("entry.too_long", 400, "entry")


def test_a_large_input_is_refused() -> None:
    check_program(Program("x", stdin="1" * 262_144))
    found = refusal(Program("x", stdin="é" * 131_073))
    assert (found.code, found.status, found.field) == ("stdin.too_large", 413, "stdin")


def test_a_refusal_passes_through_context_managers_unharmed() -> None:
    @contextlib.contextmanager
    def manager() -> Iterator[None]:
        yield

    with pytest.raises(Refused, match=r"source\.empty: There is no program"), manager():
        check_program(Program(""))


# --- starting -------------------------------------------------------------------------------


def test_a_started_run_is_stored_announced_and_queued(queue: Queue, alice: Person) -> None:
    run = alice.starts("x = input()\n", entry="  main()  ", stdin="7\n")
    stored = Run.objects.get(public_id=run.public_id)
    assert (stored.source, stored.entry, stored.stdin) == ("x = input()\n", "main()", "7\n")
    assert (stored.status, stored.visibility) == ("queued", "private")
    assert stored.stages == ["record_trace"]
    expected = ("runs.record_trace", {"run_id": run.public_id, "attempt": 1})
    assert queue.messages("sandbox") == [expected]
    assert queue.messages("model") == []
    [event] = services.event_log().main_events(run.public_id)
    assert isinstance(event, RunQueued)
    assert event.ahead == 0


def test_a_run_is_told_how_many_stages_wait_before_it(queue: Queue, alice: Person) -> None:
    alice.starts()
    second = alice.starts()
    [event] = services.event_log().main_events(second.public_id)
    assert isinstance(event, RunQueued)
    assert event.ahead == 1


def test_without_a_model_the_predicted_lane_says_why_it_is_empty(
    queue: Queue, alice: Person
) -> None:
    run = alice.starts()
    [entry] = services.event_log().read_lane(run.public_id, "predicted")
    assert b"lane.unavailable" in entry.events
    assert b"MODEL_RUNTIME" in entry.events


def test_with_a_model_both_stages_are_queued_side_by_side(
    queue: Queue, alice: Person, settings: Settings
) -> None:
    settings.MODEL_RUNTIME = "fake"
    run = alice.starts()
    arguments = {"run_id": run.public_id, "attempt": 1}
    assert run.stages == ["record_trace", "predict_trace"]
    assert queue.messages("sandbox") == [("runs.record_trace", arguments)]
    assert queue.messages("model") == [("runs.predict_trace", arguments)]
    assert services.event_log().read_lane(run.public_id, "predicted") == []


def test_one_person_has_only_so_many_live_runs(
    queue: Queue, alice: Person, charlie: Person, settings: Settings
) -> None:
    settings.MAX_LIVE_RUNS_PER_OWNER = 2
    first, _ = alice.starts(), alice.starts()
    with pytest.raises(Refused, match="2 of your runs are still going") as caught:
        alice.starts()
    assert (caught.value.code, caught.value.status) == ("quota.live", 429)
    assert "Stop one of them" in caught.value.fix
    charlie.starts()  # somebody else's runs do not count
    services.cancel_run(run=first)
    alice.starts()  # a stopped one does not count, even before it is sealed


def test_one_person_starts_only_so_many_runs_a_minute(
    queue: Queue, bob: Person, charlie: Person, settings: Settings
) -> None:
    settings.MAX_RUNS_PER_MINUTE = 2
    for _ in range(2):
        services.cancel_run(run=bob.starts())
    with pytest.raises(Refused, match="2 runs within a minute") as caught:
        bob.starts()
    assert (caught.value.code, caught.value.status) == ("quota.rate", 429)
    assert "Nothing you typed is lost" in caught.value.fix
    charlie.starts()


def test_a_queue_that_is_too_long_takes_no_more_from_anybody(
    queue: Queue, alice: Person, charlie: Person, settings: Settings
) -> None:
    settings.MAX_WAITING_STAGES = 2
    for _ in range(2):
        alice.starts()
    with pytest.raises(Refused, match="2 runs wait for a worker") as caught:
        charlie.starts()
    assert (caught.value.code, caught.value.status) == ("quota.queue", 503)
    assert Run.objects.count() == 2
    assert len(queue.messages("sandbox")) == 2
    queue.clear()
    charlie.starts()


def test_a_refused_run_leaves_nothing_behind(
    queue: Queue, alice: Person, settings: Settings
) -> None:
    settings.MAX_LIVE_RUNS_PER_OWNER = 1
    alice.starts()
    with pytest.raises(Refused):
        alice.starts()
    assert Run.objects.count() == 1
    assert len(queue.messages("sandbox")) == 1


# --- with the queue away --------------------------------------------------------------------


@pytest.fixture
def no_redis(alice: Person, settings: Settings, queue: Queue) -> Iterator[None]:
    """From here on nothing answers at the address of the event log and the broker."""
    here = settings.REDIS_URL
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    services.event_log.cache_clear()
    point_celery_at(settings.REDIS_URL)
    yield
    settings.REDIS_URL = here
    services.event_log.cache_clear()
    point_celery_at(here)


def test_without_a_queue_a_run_is_refused_and_no_row_stays(no_redis: None, alice: Person) -> None:
    with pytest.raises(Refused) as caught:
        alice.starts()
    assert (caught.value.code, caught.value.status) == ("service.queue", 503)
    assert Run.objects.count() == 0


def test_without_a_broker_a_run_is_refused_and_no_row_stays(queue: Queue, alice: Person) -> None:
    point_celery_at(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(Refused) as caught:
        alice.starts()
    assert caught.value.code == "service.queue"
    assert Run.objects.count() == 0


def test_without_a_queue_a_run_cannot_be_stopped_and_says_so(
    queue: Queue, alice: Person, request: pytest.FixtureRequest
) -> None:
    run = alice.starts()
    request.getfixturevalue("no_redis")
    for act in (services.cancel_run, services.delete_run):
        with pytest.raises(Refused) as caught:
            act(run=run)
        assert (caught.value.code, caught.value.status) == ("service.queue", 503)
    assert Run.objects.get().status == "queued"


def test_a_stop_counts_even_if_sealing_cannot_be_queued(queue: Queue, alice: Person) -> None:
    run = alice.starts()
    point_celery_at(f"redis://127.0.0.1:{free_port()}/0")
    assert services.cancel_run(run=run)
    assert Run.objects.get().status == "cancelled"


def test_a_finished_run_can_be_deleted_without_a_queue(
    queue: Queue, alice: Person, request: pytest.FixtureRequest
) -> None:
    run = alice.starts()
    services.cancel_run(run=run)
    request.getfixturevalue("no_redis")
    services.delete_run(run=run)
    assert Run.objects.count() == 0


# --- stopping -------------------------------------------------------------------------------


def test_a_stopped_run_is_closed_at_once_and_sealed_soon(queue: Queue, alice: Person) -> None:
    run = alice.starts()
    assert services.cancel_run(run=run)
    end = services.event_log().main_events(run.public_id)[-1]
    assert isinstance(end, RunFinished)
    assert (end.status, end.reason) == ("cancelled", "Stopped by you.")
    stored = Run.objects.get()
    assert (stored.status, stored.reason, stored.finished_at) == (
        "cancelled",
        "Stopped by you.",
        None,
    )
    assert queue.messages("default") == [("runs.seal_run", {"run_id": run.public_id})]


def test_stopping_twice_is_harmless(queue: Queue, alice: Person) -> None:
    run = alice.starts()
    stale = Run.objects.get()
    assert services.cancel_run(run=run)
    assert not services.cancel_run(run=run)
    assert not services.cancel_run(run=stale)  # it still says "queued"
    assert len(services.event_log().main_events(run.public_id)) == 2


def test_a_run_whose_log_is_lost_can_be_stopped(queue: Queue, alice: Person) -> None:
    run = alice.starts()
    queue.lose_everything()
    assert services.cancel_run(run=run)
    log = services.event_log()
    assert [type(event) for event in log.main_events(run.public_id)] == [RunQueued, RunFinished]
    [entry] = log.read_lane(run.public_id, "predicted")
    assert b'"lane.unavailable"' in entry.events


# --- sharing and deleting -------------------------------------------------------------------


def test_a_link_can_be_given_and_taken_back(queue: Queue, alice: Person) -> None:
    run = alice.starts()
    services.set_visibility(run=run, visibility="link")
    assert Run.objects.get().visibility == "link"
    services.set_visibility(run=run, visibility="private")
    assert Run.objects.get().visibility == "private"


def test_an_unknown_visibility_is_refused(queue: Queue, alice: Person) -> None:
    run = alice.starts()
    with pytest.raises(Refused) as caught:
        services.set_visibility(run=run, visibility="everyone")
    assert (caught.value.code, caught.value.field) == ("visibility.unknown", "visibility")
    assert Run.objects.get().visibility == "private"


def test_a_deleted_run_leaves_no_row_and_no_key(queue: Queue, alice: Person) -> None:
    run = alice.starts()
    assert queue.keys_of(run.public_id)
    services.delete_run(run=run)
    assert Run.objects.count() == 0
    assert queue.keys_of(run.public_id) == set()
