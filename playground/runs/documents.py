"""A run as JSON: for the page, for `/r/<id>.json` and for the API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import msgspec

from playground.runs.eventlog import Archive
from playground.runs.eventlog.entries import decode_events
from playground.runs.models import Run


def describe_run(run: Run, *, is_owner: bool) -> dict[str, Any]:
    """What a page needs to know before the log arrives."""
    return {
        "id": run.public_id,
        "url": run.get_absolute_url(),
        "kind": run.kind,
        "status": run.status,
        "reason": run.reason,
        "visibility": run.visibility,
        "is_owner": is_owner,
        "source": run.source,
        "entry": run.entry,
        "stdin": run.stdin,
        "problem": run.problem or None,
        "created_at": run.created_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def run_document(run: Run, archive: Archive | None, *, base_url: str) -> dict[str, Any]:
    """The run and its log. `lanes` maps lane to its events in order.

    `complete` is False while the run lives: then the log is at most a snapshot.
    """
    lanes = archive.lanes if archive is not None else {}
    return {
        "format": "cwm-playground-run",
        "version": 1,
        "id": run.public_id,
        "url": urljoin(base_url, run.get_absolute_url()),
        "kind": run.kind,
        "status": run.status,
        "reason": run.reason,
        "created_at": run.created_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "source": run.source,
        "entry": run.entry,
        "stdin": run.stdin,
        "problem": run.problem or None,
        "complete": bool(archive and archive.complete),
        "lanes": {
            lane: [
                msgspec.to_builtins(event)
                for entry in entries
                for event in decode_events(entry.events)
            ]
            for lane, entries in lanes.items()
        },
    }
