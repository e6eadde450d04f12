"""What every worker does beside its tasks: take over lost stages, reconcile, hand over at a stop.

A thread of the worker's main process looks for expired leases a few times a second, so that any
surviving worker of any queue can recover a run. Only the `default` worker reconciles with the
database: one is enough, and boxes' workers should do as little else as possible.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from typing import Any, Final

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import connections

from playground.runs.eventlog import UNREACHABLE
from playground.runs.services import event_log
from workers.tasks.upkeep import AWAY, reconcile_runs, take_over_expired

logger = logging.getLogger(__name__)

_TAKE_OVER_EVERY_S: Final = 0.3
_RECONCILE_EVERY_S: Final = 5.0

#: Pauses while Redis or the database is away, and after a mistake in the code.
_WAIT_S: Final = 1.0
_WAIT_AFTER_FAILURE_S: Final = 5.0

#: A stopping worker lets its stages go on this long before it hands them over.
DRAIN_S: Final = 3.0


def worker_name() -> str:
    """This process for the control channel."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Housekeeping:
    """What is done again and again; `step` does what is due and says when to come again."""

    def __init__(self, *, reconciles: bool) -> None:
        self._reconciles = reconciles
        self._reconciled_at = -_RECONCILE_EVERY_S
        self._takes_over_from = 0.0

    def step(self) -> float:
        """One round. Returns the seconds until the next; nothing that fails ends the rounds."""
        try:
            if time.monotonic() >= self._takes_over_from:
                take_over_expired()
            if self._reconciles and time.monotonic() - self._reconciled_at > _RECONCILE_EVERY_S:
                reconcile_runs()
                self._reconciled_at = time.monotonic()
        except AWAY as error:
            logger.warning("housekeeping waits: %s", error)
            # Leases ran out while nobody could renew them: those who live get the time to.
            self._takes_over_from = time.monotonic() + settings.LEASE_SECONDS
            return _WAIT_S
        except Exception:
            logger.exception("housekeeping failed")
            return _WAIT_AFTER_FAILURE_S
        finally:
            # Rounds seldom need the database, and a process of the pool that is forked meanwhile
            # must not inherit an open connection: SQLite's locks do not survive a fork.
            connections.close_all()
        return _TAKE_OVER_EVERY_S

    def run(self) -> None:
        """For ever."""
        while True:
            time.sleep(self.step())


@worker_ready.connect
def start_housekeeping(sender: Any, **_: Any) -> None:
    """Start the thread once the worker takes tasks."""
    queues = {queue.name for queue in sender.task_consumer.queues}
    work = Housekeeping(reconciles="default" in queues)
    threading.Thread(target=work.run, name="housekeeping", daemon=True).start()


@worker_shutting_down.connect
def hand_over_soon(**_: Any) -> None:
    """Give running stages a moment, then let another worker take them over."""
    timer = threading.Timer(DRAIN_S, _hand_over)
    timer.daemon = True
    timer.start()


def _hand_over() -> None:
    try:
        event_log().announce_drain(worker_name())
    except UNREACHABLE as error:
        logger.warning("stages were not handed over, their leases will expire: %s", error)
