"""Who may see and who may change a run: the only door to a `Run`.

What is missing and what is forbidden look the same to the caller, so that ids cannot be probed.
"""

from __future__ import annotations

from playground.accounts.visitors import Visitor
from playground.runs.ids import is_public_id
from playground.runs.models import Run


class RunUnavailable(Exception):
    """No such run, or not for this visitor. Both are a 404."""


def is_owner(*, run: Run, visitor: Visitor | None) -> bool:
    """Whether the visitor started the run."""
    if visitor is None:
        return False
    if run.user_id is not None:
        return run.user_id == visitor.user_id
    return bool(run.visitor_id) and run.visitor_id == visitor.visitor_id


def get_run_for_viewer(*, run_id: str, visitor: Visitor | None) -> Run:
    """A run this visitor may see: an own one, or one that its owner shared."""
    run = _find(run_id)
    if run.visibility != Run.Visibility.LINK and not is_owner(run=run, visitor=visitor):
        raise RunUnavailable(run_id)
    return run


def get_run_for_owner(*, run_id: str, visitor: Visitor | None) -> Run:
    """A run this visitor may stop, share and delete."""
    run = _find(run_id)
    if not is_owner(run=run, visitor=visitor):
        raise RunUnavailable(run_id)
    return run


def _find(run_id: str) -> Run:
    # PostgreSQL refuses some texts outright (a null byte): such an answer would look different.
    run = Run.objects.filter(public_id=run_id).first() if is_public_id(run_id) else None
    if run is None:
        raise RunUnavailable(run_id)
    return run
