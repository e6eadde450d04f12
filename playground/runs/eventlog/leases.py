"""Keeping a worker process's stages alive, and hearing about cancels.

One task on the process's loop renews every held lease a few times per lease period; another holds
a subscription on the control channel, so that a stop reaches the box or the model server within
milliseconds. A cancel that is missed while the subscription is down is found by the next renewal.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import redis

from playground.runs.eventlog import scripts
from playground.runs.eventlog.client import EventLog, Lease
from playground.runs.eventlog.resp import RespConnection, open_with_retry

logger = logging.getLogger(__name__)

#: A lease survives two missed renewals.
_RENEWALS_PER_LEASE: Final = 3


@dataclass(frozen=True, slots=True)
class _Held:
    """`on_stop` gets "cancelled", "lost" (a newer attempt exists) or "handed over"."""

    lease: Lease
    on_stop: Callable[[str], None]  # on the loop, with the cause


class LeaseKeeper:
    """The leases of one process. All methods run on its loop."""

    def __init__(self, url: str, log: EventLog, *, lease_s: float) -> None:
        self._url = url
        self._log = log
        self._lease_s = lease_s
        self._held: dict[str, _Held] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._connection: RespConnection | None = None
        # A prefork child belongs to the worker that is its parent.
        host = socket.gethostname()
        self._names = {f"{host}:{os.getpid()}", f"{host}:{os.getppid()}"}

    def start(self) -> None:
        """Begin renewing and listening."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._renew_forever()), loop.create_task(self._listen())]

    def stop(self) -> None:
        """End both; leases that are still held will expire."""
        for task in self._tasks:
            task.cancel()
        if self._connection is not None:
            self._connection.close()

    def hold(self, lease: Lease, on_stop: Callable[[str], None]) -> None:
        """Keep a claimed lease until `drop`. `on_stop` is called at most once per cause."""
        self._held[lease.member] = _Held(lease, on_stop)

    def drop(self, lease: Lease) -> None:
        """Stop renewing."""
        self._held.pop(lease.member, None)

    @property
    def held(self) -> list[Lease]:
        return [held.lease for held in self._held.values()]

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / _RENEWALS_PER_LEASE)
            held = list(self._held.values())
            if held:
                try:
                    await asyncio.to_thread(self._renew_all, held, asyncio.get_running_loop())
                except Exception:  # whatever it is: a loop that ended would lose every lease
                    logger.exception("leases not renewed")

    def _renew_all(self, held: list[_Held], loop: asyncio.AbstractEventLoop) -> None:
        for item in held:
            try:
                state = self._log.renew(item.lease, lease_s=self._lease_s)
            except redis.RedisError as error:
                logger.warning("leases not renewed: %s", error)
                return
            if state != "kept":
                cause = "cancelled" if state == "closed" else "lost"
                loop.call_soon_threadsafe(self._tell, item.lease.member, cause)

    async def _listen(self) -> None:
        while True:
            lost = asyncio.Event()
            self._connection = await open_with_retry(
                self._url, on_push=self._pushed, on_lost=lost.set
            )
            self._connection.send_subscription("SUBSCRIBE", scripts.CONTROL_CHANNEL)
            await lost.wait()

    def _pushed(self, message: list[Any]) -> None:
        if message[0] != b"message":
            return
        verb, _, what = message[2].decode("utf-8", "replace").partition("|")
        for member, held in list(self._held.items()):
            if verb == "cancel" and held.lease.run_id == what:
                self._tell(member, "cancelled")
            elif verb == "drain" and what in self._names:
                self._tell(member, "handed over")

    def _tell(self, member: str, cause: str) -> None:
        held = self._held.get(member)
        if held is not None:
            held.on_stop(cause)
