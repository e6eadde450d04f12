"""Who owns a run and who may see it, and the few questions that are asked of all runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from playground.accounts.models import User
from playground.accounts.visitors import Visitor
from playground.runs.access import (
    RunUnavailable,
    get_run_for_owner,
    get_run_for_viewer,
    is_owner,
)
from playground.runs.models import Run
from playground.runs.selectors import (
    count_live_runs,
    count_runs_since,
    list_runs,
    list_unsealed_runs,
)

pytestmark = pytest.mark.django_db

ALICE = Visitor("a" * 32)
CHARLIE = Visitor("c" * 32)


@pytest.fixture
def bob() -> Visitor:
    return Visitor("b" * 32, User.objects.create_user("bob").pk)


def run_of(visitor: Visitor, **changes: object) -> Run:
    return Run.objects.create(
        kind="trace",
        source="x",
        visitor_id=visitor.visitor_id,
        user_id=visitor.user_id,
        **changes,
    )


def test_a_visitor_owns_what_their_session_started() -> None:
    run = run_of(ALICE)
    assert is_owner(run=run, visitor=ALICE)
    assert not is_owner(run=run, visitor=CHARLIE)
    assert not is_owner(run=run, visitor=None)


def test_a_user_owns_what_their_account_started_in_any_session(bob: Visitor) -> None:
    run = run_of(bob)
    assert is_owner(run=run, visitor=Visitor("another session", bob.user_id))
    assert not is_owner(run=run, visitor=Visitor(bob.visitor_id)), "signed out"
    assert not is_owner(run=run, visitor=ALICE)


def test_a_visitor_who_signs_in_keeps_what_they_started_before(bob: Visitor) -> None:
    run = run_of(ALICE)
    assert is_owner(run=run, visitor=Visitor(ALICE.visitor_id, bob.user_id))


def test_a_run_without_any_owner_is_nobodys() -> None:
    run = run_of(Visitor(""))
    assert not is_owner(run=run, visitor=Visitor(""))
    assert not is_owner(run=run, visitor=None)


def test_a_private_run_is_seen_by_its_owner_and_a_shared_one_by_all() -> None:
    private, shared = run_of(ALICE), run_of(ALICE, visibility="link")
    assert get_run_for_viewer(run_id=private.public_id, visitor=ALICE) == private
    for stranger in (CHARLIE, None):
        assert get_run_for_viewer(run_id=shared.public_id, visitor=stranger) == shared
        with pytest.raises(RunUnavailable):
            get_run_for_viewer(run_id=private.public_id, visitor=stranger)


def test_even_a_shared_run_is_changed_by_its_owner_only() -> None:
    run = run_of(ALICE, visibility="link")
    assert get_run_for_owner(run_id=run.public_id, visitor=ALICE) == run
    for stranger in (CHARLIE, None):
        with pytest.raises(RunUnavailable):
            get_run_for_owner(run_id=run.public_id, visitor=stranger)


@pytest.mark.parametrize("run_id", ["", "x", "bcdfghjkmnpq", "a\0b", "\ud800", "b" * 100_000])
def test_an_id_that_nobody_has_is_unavailable_whatever_it_holds(run_id: str) -> None:
    for get in (get_run_for_owner, get_run_for_viewer):
        with pytest.raises(RunUnavailable):
            get(run_id=run_id, visitor=ALICE)


def test_live_runs_are_counted_per_owner(bob: Visitor) -> None:
    for status in ("queued", "running", "succeeded", "failed", "cancelled"):
        run_of(ALICE, status=status)
        run_of(bob, status=status)
    assert count_live_runs(visitor=ALICE) == 2
    assert count_live_runs(visitor=bob) == 2
    assert count_live_runs(visitor=CHARLIE) == 0


def test_runs_are_counted_from_a_moment_on() -> None:
    old = run_of(ALICE)
    Run.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    run_of(ALICE)
    minute_ago = timezone.now() - timedelta(minutes=1)
    assert count_runs_since(visitor=ALICE, since=minute_ago) == 1


def test_ones_own_runs_are_listed_newest_first(bob: Visitor) -> None:
    runs = [run_of(ALICE) for _ in range(3)]
    run_of(bob)
    assert list(list_runs(visitor=ALICE, limit=2)) == [runs[2], runs[1]]


def test_runs_that_are_not_sealed_are_listed_oldest_first() -> None:
    waiting, stopped, sealed = run_of(ALICE), run_of(ALICE, status="cancelled"), run_of(ALICE)
    Run.objects.filter(pk=sealed.pk).update(finished_at=timezone.now())
    soon = timezone.now() + timedelta(seconds=1)
    assert list(list_unsealed_runs(created_before=soon)) == [waiting, stopped]
    assert list(list_unsealed_runs(created_before=waiting.created_at)) == []
