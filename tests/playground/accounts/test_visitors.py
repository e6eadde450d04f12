"""Who is asking."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore

from playground.accounts.models import User
from playground.accounts.visitors import Visitor, ensure_visitor, get_visitor

pytestmark = pytest.mark.django_db


def test_an_empty_session_identifies_nobody_until_it_is_asked_to() -> None:
    session = SessionStore()
    assert get_visitor(session=session, user=AnonymousUser()) is None
    untouched = not session.modified
    visitor = ensure_visitor(session=session, user=AnonymousUser())
    assert visitor.user_id is None
    assert untouched
    assert session.modified
    assert get_visitor(session=session, user=AnonymousUser()) == visitor
    assert ensure_visitor(session=session, user=AnonymousUser()) == visitor


def test_a_visitors_id_is_not_the_key_that_opens_the_session() -> None:
    session = SessionStore()
    visitor = ensure_visitor(session=session, user=None)
    session.save()
    assert session.session_key
    assert visitor.visitor_id != session.session_key


def test_no_two_visitors_are_the_same() -> None:
    ids = {ensure_visitor(session=SessionStore(), user=None).visitor_id for _ in range(50)}
    assert len(ids) == 50


def test_a_user_is_known_without_a_visitors_id() -> None:
    user = User.objects.create_user("bob")
    assert get_visitor(session=SessionStore(), user=user) == Visitor("", user.pk)


def test_the_integer_key_of_a_user_is_not_their_public_id() -> None:
    user = User.objects.create_user("bob")
    assert len(str(user.public_id)) == 36
