"""The site's side of `stack`: Redis, the database and the workers, and two equal trace runs.

python -m benchmarks.sglang.stack_site URL MODEL_FOLDER      prints one line of JSON
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from typing import Any, Final

import django

from benchmarks.common import BenchmarkFailed
from benchmarks.sglang import rehearsal
from benchmarks.streaming.children import Child
from benchmarks.streaming.site import BenchSite, open_site
from deploy.local.processes import QUEUES, worker_arguments

SOURCE: Final = """def count_letter(text, letter):
    n = 0
    for c in text:
        if c == letter:
            n += 1
    return n
"""
ENTRY: Final = "count_letter('banana', 'a')"
_WITHIN_S: Final = 300.0 if rehearsal.is_on() else 60.0


def main() -> int:
    """Two runs; the second finds the first one's prompt in the server's cache."""
    url, folder = sys.argv[1:]
    with open_site() as site, contextlib.ExitStack() as stack:
        model = {"MODEL_RUNTIME": "sglang", "SGLANG_URLS": url, "MODEL_PATH": folder}
        site.env |= model | {"LOG_LEVEL": "INFO"}
        os.environ.update(site.env)
        django.setup()
        workers = [stack.enter_context(_worker(site, queue)) for queue in QUEUES]
        runs = [_run(workers) for _ in range(2)]
        print(json.dumps({"redis": site.redis_name, "runs": runs}))
    return 0


def _worker(site: BenchSite, queue: str) -> Child:
    argv = [sys.executable, "-m", "celery", *worker_arguments(queue)]
    return Child(f"worker-{queue}", argv, env=site.env, folder=site.folder)


def _run(workers: list[Child]) -> dict[str, Any]:
    """Start a run as the page does, and read its log until it is finished."""
    # Django's models can be imported only after its set-up.
    from playground.accounts.visitors import Visitor
    from playground.runs import services
    from playground.runs.eventlog.entries import decode_events
    from playground.runs.events import LaneUnavailable, TraceFinished, TraceFrames, TraceStarted

    began = time.monotonic()
    program = services.Program(SOURCE, ENTRY)
    run = services.start_run(kind="trace", program=program, visitor=Visitor("v" * 32))
    found: dict[str, Any] = {}
    while time.monotonic() < began + _WITHIN_S:
        for worker in workers:
            if not worker.is_running:
                raise BenchmarkFailed(worker.obituary())
        entries = services.event_log().read_lane(run.public_id, "predicted")
        for event in (e for entry in entries for e in decode_events(entry.events)):
            match event:
                case TraceStarted():
                    found |= {"engine": event.engine, "model": event.model}
                    found.setdefault("started_s", round(time.monotonic() - began, 2))
                    found["frames"] = []
                case TraceFrames():
                    found["frames"] += [[f.kind, f.line, f.value] for f in event.frames]
                case TraceFinished():
                    found |= {"status": event.status, "steps": event.steps, "usage": event.usage}
                    return found
                case LaneUnavailable():
                    return {"unavailable": event.reason, "fix": event.fix}
        time.sleep(0.1)
    raise BenchmarkFailed(f"no end after {_WITHIN_S:.0f} s: {found}\n{workers[0].tail()}")


if __name__ == "__main__":
    sys.exit(main())
