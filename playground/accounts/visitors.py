"""Who is asking: a signed-in user or an anonymous visitor known by their session.

A visitor's id is a random value kept inside the session, not the session key, so that it may be
stored beside what the visitor owns without becoming a credential.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

_SESSION_NAME = "visitor_id"


@dataclass(frozen=True, slots=True)
class Visitor:
    """The owner of whatever this request creates. `user_id` is None without an account."""

    visitor_id: str
    user_id: int | None = None


def get_visitor(*, session: SessionBase, user: Any) -> Visitor | None:
    """The visitor of an existing session, or None where nothing identifies one yet."""
    visitor_id = session.get(_SESSION_NAME, "")
    user_id = user.pk if user is not None and user.is_authenticated else None
    if not visitor_id and user_id is None:
        return None
    return Visitor(visitor_id=visitor_id, user_id=user_id)


def ensure_visitor(*, session: SessionBase, user: Any) -> Visitor:
    """As `get_visitor`, giving a newcomer an id. The session is saved with the response."""
    if not session.get(_SESSION_NAME):
        session[_SESSION_NAME] = uuid.uuid4().hex
    visitor = get_visitor(session=session, user=user)
    if visitor is None:  # pragma: no cover - an id was just set
        message = "A session with a visitor id has no visitor."
        raise RuntimeError(message)
    return visitor
