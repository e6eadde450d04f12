"""Health of this process (`/healthz`) and of what it depends on (`/readyz`)."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from playground.runs.eventlog import UNREACHABLE
from playground.runs.services import event_log


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Database and event log answer; 503 with the one that does not."""
    parts = {"database": "ok", "event_log": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        parts["database"] = "does not answer"
    try:
        event_log().ping()
    except UNREACHABLE:
        parts["event_log"] = "does not answer"
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)
