"""Reading runs: no side effects."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from playground.accounts.visitors import Visitor
from playground.runs.models import Run

_LIVE = (Run.Status.QUEUED, Run.Status.RUNNING)


def _owned_by(visitor: Visitor) -> Q:
    if visitor.user_id is not None:
        return Q(user_id=visitor.user_id)
    return Q(user_id=None, visitor_id=visitor.visitor_id)


def count_live_runs(*, visitor: Visitor) -> int:
    """How many runs of this visitor are not over."""
    return Run.objects.filter(_owned_by(visitor), status__in=_LIVE).count()


def count_runs_since(*, visitor: Visitor, since: datetime) -> int:
    """How many runs this visitor started after `since`."""
    return Run.objects.filter(_owned_by(visitor), created_at__gt=since).count()


def list_runs(*, visitor: Visitor, limit: int = 50) -> QuerySet[Run]:
    """The visitor's newest runs."""
    return Run.objects.filter(_owned_by(visitor)).order_by("-created_at")[:limit]


def list_unsealed_runs(*, created_before: datetime, limit: int = 200) -> QuerySet[Run]:
    """Runs whose log is not in the database yet, oldest first."""
    return Run.objects.filter(finished_at=None, created_at__lt=created_before).order_by(
        "created_at"
    )[:limit]


def is_live(*, run_id: str) -> bool:
    """Whether a run exists whose log is not in the database yet, so that more may come."""
    return Run.objects.filter(public_id=run_id, finished_at=None).exists()
