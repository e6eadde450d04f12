"""The event log: the only door to Redis.

Theory of operation
-------------------
A run's log is a set of lanes. Each lane is one Redis Stream with one writer at a time; the id of
an entry *is* `attempt-seq` of its last event. That one choice gives idempotence (Redis refuses an
id that does not grow), fencing (a writer that was replaced has a smaller attempt), and the
browser's resume token, without counters or reorder buffers.

Appending runs one Lua script: XADD, then PUBLISH of the same bytes on the run's channel. The
stream is the truth (replay, resume, gap fill); pub/sub only makes it push. Pub/sub may lose
messages, so a reader takes a live message only if it continues what it has, and reads the stream
otherwise.

* `client.py`    blocking calls: the main lane, claims, leases, cancelling, reading lanes
* `publisher.py` workers: pipelined appends that survive a Redis restart
* `leases.py`    workers: keeping stages alive, hearing about cancels
* `hub.py`       web: one subscriber per process, one log per live run, viewers as cursors
* `entries.py`   the format of an entry; `scripts.py` the Lua; `resp.py` the raw connection
"""

from playground.runs.eventlog.client import UNREACHABLE, EventLog, Lease, MainLaneLost
from playground.runs.eventlog.entries import Entry, EntryId, parse_id
from playground.runs.eventlog.hub import Archive, Hub
from playground.runs.eventlog.leases import LeaseKeeper
from playground.runs.eventlog.live import RunNotFound
from playground.runs.eventlog.publisher import Fenced, LanePublisher, LaneWriter

__all__ = [
    "UNREACHABLE",
    "Archive",
    "Entry",
    "EntryId",
    "EventLog",
    "Fenced",
    "Hub",
    "LanePublisher",
    "LaneWriter",
    "Lease",
    "LeaseKeeper",
    "MainLaneLost",
    "RunNotFound",
    "parse_id",
]
