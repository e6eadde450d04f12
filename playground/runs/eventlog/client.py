"""Blocking calls on the event log: what is rare enough not to need a pipeline.

Used by the web process's services and by worker tasks: the main lane, claiming and recovering
stages, cancelling, and reading whole lanes for the archive.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import redis
from redis.commands.core import Script

from playground.runs.eventlog import scripts
from playground.runs.eventlog.entries import (
    AUDIENCE,
    SEALED,
    Entry,
    EntryId,
    decode_events,
    encode_events,
    entry_from_stream,
    format_id,
)
from playground.runs.events import LogEvent

MAIN: Final = "main"

#: What any call raises where Redis does not answer.
UNREACHABLE: Final = (redis.RedisError, OSError)

#: How long an expired stage is left to the worker that was asked to take it over.
_TAKEOVER_GRACE_S: Final = 20

LeaseState = Literal["kept", "lost", "closed"]


class MainLaneLost(Exception):
    """Redis has no main lane for this run: it lost its data, or the run is long over."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A claimed attempt of a stage. The member name in Redis carries what a take-over needs."""

    run_id: str
    stage: str
    lane: str
    attempt: int

    @property
    def member(self) -> str:
        return f"{self.run_id}|{self.stage}|{self.lane}"


class EventLog:
    """One per process; safe to use from several threads."""

    def __init__(self, url: str, *, timeout_s: float = 5.0) -> None:
        self._redis: redis.Redis = redis.Redis.from_url(
            url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s
        )
        register = self._redis.register_script
        self._append_main = register(scripts.APPEND_MAIN)
        self._append = register(scripts.APPEND)
        self._claim = register(scripts.CLAIM)
        self._renew = register(scripts.RENEW)
        self._release = register(scripts.RELEASE)
        self._expired = register(scripts.EXPIRED)

    # --- appending ---------------------------------------------------------------------

    def open_run(self, run_id: str, events: list[LogEvent]) -> None:
        """Create the main lane with its first events."""
        self._to_main(run_id, events, closes=False, attempt=1)

    def rebuild_run(self, run_id: str, events: list[LogEvent]) -> None:
        """Create the main lane again after Redis lost it.

        The attempt is the time in seconds: larger than any attempt before, so that viewers who
        still hold the old lane take the new one as its successor.
        """
        self._to_main(run_id, events, closes=False, attempt=int(time.time()))

    def append_main(self, run_id: str, event: LogEvent, *, closes: bool = False) -> bool:
        """Append to the main lane; False if the run is closed. `closes` makes this the last.

        An event that the lane ends with already, time stamp included, is not appended twice.

        Raises MainLaneLost where the lane does not exist.
        """
        return self._to_main(run_id, [event], closes=closes, attempt=0)

    def _to_main(self, run_id: str, events: list[LogEvent], *, closes: bool, attempt: int) -> bool:
        reply = self._append_main(
            keys=scripts.append_keys(run_id, MAIN),
            args=[
                scripts.channel(run_id),
                encode_events(events),
                len(events),
                int(closes),
                attempt,
                scripts.LIVE_TTL_S,
            ],
        )
        if reply == -1:
            raise MainLaneLost(run_id)
        return bool(reply == 1)

    def append_once(
        self, run_id: str, lane: str, events: list[LogEvent], *, attempt: int = 1
    ) -> None:
        """The whole content of a lane, or of an attempt of it, that no stage will write."""
        self._append(
            keys=scripts.append_keys(run_id, lane),
            args=[
                scripts.channel(run_id),
                lane,
                attempt,
                0,
                len(events) - 1,
                encode_events(events),
                scripts.LIVE_TTL_S,
            ],
        )

    # --- reading -----------------------------------------------------------------------

    def lanes(self, run_id: str) -> list[str]:
        """Lanes that have entries, in a stable order."""
        names = cast("set[bytes]", self._redis.smembers(scripts.lanes_key(run_id)))
        return sorted(name.decode("ascii") for name in names)

    def read_lane(self, run_id: str, lane: str, *, after: EntryId = (0, 0)) -> list[Entry]:
        """All entries of a lane after `after`."""
        reply = cast(
            "list[tuple[bytes, dict[bytes, bytes]]]",
            self._redis.xrange(scripts.lane_key(run_id, lane), min=f"({format_id(after)}"),
        )
        return [entry_from_stream(entry_id, fields) for entry_id, fields in reply]

    def main_events(self, run_id: str) -> list[LogEvent]:
        """The run's life so far. Only the newest attempt of the lane counts."""
        entries = self.read_lane(run_id, MAIN)
        newest = entries[-1].attempt if entries else 0
        return [
            event
            for entry in entries
            if entry.attempt == newest
            for event in decode_events(entry.events)
        ]

    def has_run(self, run_id: str) -> bool:
        """Whether Redis still holds the run's main lane."""
        return bool(self._redis.exists(scripts.lane_key(run_id, MAIN)))

    # --- stages ------------------------------------------------------------------------

    def claim(self, lease: Lease, *, lease_s: float) -> bool:
        """Become the one worker of this attempt. False: somebody else is, or the run is over."""
        reply = self._with_lease(self._claim, lease, lease_s)
        return bool(reply == 1)

    def renew(self, lease: Lease, *, lease_s: float) -> LeaseState:
        """Say that this attempt is alive, and learn whether it should go on."""
        reply = self._with_lease(self._renew, lease, lease_s)
        states: dict[Any, LeaseState] = {0: "lost", 2: "closed"}
        return states.get(reply, "kept")

    def _with_lease(self, script: Script, lease: Lease, lease_s: float) -> Any:
        """Run CLAIM or RENEW, which take the same keys and arguments."""
        return script(
            keys=[scripts.control_key(lease.run_id), scripts.LEASES],
            args=[
                lease.lane,
                lease.attempt,
                lease.member,
                int(lease_s * 1000),
                scripts.LIVE_TTL_S,
            ],
        )

    def release(self, lease: Lease, *, hand_over: bool = False) -> None:
        """Give the lease up; with `hand_over` let another worker take the stage over at once."""
        self._release(
            keys=[scripts.control_key(lease.run_id), scripts.LEASES],
            args=[lease.lane, lease.attempt, lease.member, int(hand_over)],
        )

    def expired_leases(self, *, limit: int = 50) -> list[Lease]:
        """Stages whose worker is gone. Each is returned to one caller only for a while."""
        members = self._expired(keys=[scripts.LEASES], args=[_TAKEOVER_GRACE_S * 1000, limit])
        leases = []
        for member in members:
            run_id, stage, lane = member.decode("ascii").split("|")
            attempt = self._redis.hget(scripts.control_key(run_id), f"{lane}:attempt")
            leases.append(Lease(run_id, stage, lane, int(cast("bytes | None", attempt) or 0)))
        return leases

    def drop_lease(self, lease: Lease) -> None:
        """Forget a lease whatever its state."""
        self._redis.zrem(scripts.LEASES, lease.member)

    def leased_runs(self) -> set[str]:
        """Runs that some worker holds, or held until a moment ago."""
        members = cast("list[bytes]", self._redis.zrange(scripts.LEASES, 0, -1))
        return {member.decode("ascii").split("|", 1)[0] for member in members}

    def attempt_of(self, run_id: str, lane: str) -> int:
        """The newest claimed attempt of a lane; 0 before the first."""
        value = self._redis.hget(scripts.control_key(run_id), f"{lane}:attempt")
        return int(cast("bytes | None", value) or 0)

    # --- ends --------------------------------------------------------------------------

    def announce_cancel(self, run_id: str) -> None:
        """Tell every worker to stop what it does for this run."""
        self._redis.publish(scripts.CONTROL_CHANNEL, f"cancel|{run_id}")

    def announce_drain(self, worker: str) -> None:
        """Tell the stages of a stopping worker (`host:pid` of its main process) to hand over."""
        self._redis.publish(scripts.CONTROL_CHANNEL, f"drain|{worker}")

    def announce_sealed(self, run_id: str, *, keep_s: int) -> None:
        """The log is in the database: let the live keys expire and tell the viewers."""
        keys = [scripts.lanes_key(run_id), scripts.control_key(run_id)]
        keys += [scripts.lane_key(run_id, lane) for lane in self.lanes(run_id)]
        with self._redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.expire(key, keep_s)
            pipe.publish(scripts.channel(run_id), SEALED)
            pipe.execute()

    def announce_audience(self, run_id: str) -> None:
        """Let whoever follows the run be asked again whether they may."""
        self._redis.publish(scripts.channel(run_id), AUDIENCE)

    def delete_run(self, run_id: str, lanes: Iterable[str] = ()) -> None:
        """Remove every key of a run."""
        names = {*lanes, *self.lanes(run_id)}
        self._redis.delete(
            scripts.lanes_key(run_id),
            scripts.control_key(run_id),
            *(scripts.lane_key(run_id, lane) for lane in names),
        )

    # --- health ------------------------------------------------------------------------

    def queue_length(self, *queues: str) -> int:
        """Messages waiting in Celery's queues (lists named like the queues)."""
        with self._redis.pipeline(transaction=False) as pipe:
            for queue in queues:
                pipe.llen(queue)
            return sum(pipe.execute())

    def ping(self) -> None:
        """Raises redis.RedisError where Redis does not answer."""
        self._redis.ping()
