"""Creates the runs of a benchmark through the site's own models, in a process of its own.

    python -m benchmarks.streaming.site_data SHARED OWNED

Prints JSON: `shared`, ids of runs that anyone with the link may follow; `owned`, pairs of a run id
and the session cookie of its owner, a different visitor for each.
"""

from __future__ import annotations

import json
import sys

import django


def main() -> None:
    """Create what the command line asks for."""
    shared, owned = int(sys.argv[1]), int(sys.argv[2])
    django.setup()
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore

    from playground.accounts.visitors import ensure_visitor
    from playground.runs.models import Run

    source = "def main():\n    return 1\n"
    runs = [
        Run.objects.create(
            kind="trace", source=source, stages=["record_trace"], visibility=Run.Visibility.LINK
        )
        for _ in range(shared)
    ]
    pairs = []
    for _ in range(owned):
        session = SessionStore()
        visitor = ensure_visitor(session=session, user=None)
        session.save()
        run = Run.objects.create(
            kind="trace",
            source=source,
            stages=["record_trace"],
            visitor_id=visitor.visitor_id,
        )
        pairs.append((run.public_id, f"{settings.SESSION_COOKIE_NAME}={session.session_key}"))
    print(json.dumps({"shared": [run.public_id for run in runs], "owned": pairs}))


if __name__ == "__main__":
    main()
