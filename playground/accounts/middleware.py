"""Who opens a WebSocket, for its scope.

Channels' own session middleware may save the session and therefore looks at it before every
message that goes out, which a page that is sent thousands of them pays for. Nothing here changes
a session: it is read once, when the page connects.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie

from playground.accounts.visitors import Visitor, get_visitor
from playground.threads import in_thread

ASGIApplication = Callable[..., Awaitable[None]]


class VisitorMiddleware:
    """Adds `visitor` to a connection's scope: a `Visitor`, or None where nothing identifies one."""

    def __init__(self, application: ASGIApplication) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Find out who it is, then go on."""
        key = _session_key(scope)
        visitor = await in_thread(_visitor_of)(key) if key else None
        await self._application({**scope, "visitor": visitor}, receive, send)


def _session_key(scope: dict[str, Any]) -> str:
    header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    return parse_cookie(header).get(settings.SESSION_COOKIE_NAME, "")


def _visitor_of(session_key: str) -> Visitor | None:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return get_visitor(session=request.session, user=get_user(request))
