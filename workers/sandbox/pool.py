"""Boxes that were started ahead of time, so that a run does not wait for its box to start.

Theory of operation. Nearly all of a run's cost is starting bubblewrap and Python. An *armed* box
has done that: it is in its cgroup, has imported the tracer, holds nothing of any student's, and
waits for its one job. The pool keeps `size` of them. A box is used once; what the pool saves is
time, never a box.

One thread starts all boxes, for the kernel ends a box together with the thread that started it
(PR_SET_PDEATHSIG). So that thread ends last, when the boxes it has lent out are closed. It starts
the next box soon after a lent one is closed, or `REARM_DELAY_S` after it was lent: starting one at
once would take processor time from the run that somebody is waiting for. It also takes the last act
of used boxes off that person's wait: emptying their namespaces and removing their cgroups.

`take` never waits. Where no armed box is at hand, or one with another work folder is needed, or
the armed one has died, the caller starts a cold box as if there were no pool.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from types import TracebackType

from workers.sandbox.box import Box
from workers.sandbox.config import Limits, SandboxConfig
from workers.sandbox.launch import find_launcher, launch
from workers.sandbox.unavailable import SandboxUnavailable

logger = logging.getLogger(__name__)

#: Longer than most runs, shorter than the pause between two runs of one person.
REARM_DELAY_S = 0.15
#: After a box came back: time for the worker to pass its result on.
RETURN_DELAY_S = 0.01
#: After a box that could not be started, before the next attempt; doubled up to the maximum.
_RETRY_S, _MAX_RETRY_S = 0.5, 30.0


class BoxPool:
    """Armed boxes for one worker process. Safe to use from several threads.

    Make it after the process was forked: it holds a thread.
    """

    def __init__(self, config: SandboxConfig, *, size: int, limits: Limits | None = None) -> None:
        """`limits` decide the work folder's size; all others may differ from run to run."""
        if size < 0:
            raise ValueError(f"the size of a pool must be 0 or more, not {size}")
        self.config = config
        self.size = size
        self._limits = limits or Limits()
        self._state = threading.Condition()
        self._armed: deque[Box] = deque()
        self._lent: set[Box] = set()
        self._used: deque[Box] = deque()
        self._closing = False
        self._quiet_until = 0.0
        self._thread = threading.Thread(target=self._serve, name="sandbox-pool", daemon=True)
        self._started = False

    def start(self) -> BoxPool:
        """Begin to start boxes, in the background."""
        with self._state:
            if self.size and not self._closing:
                self._ensure_thread()
        return self

    def take(self, limits: Limits) -> Box | None:
        """An armed box that nobody else gets, or None. The caller has to close it."""
        if (limits.file_bytes, limits.files) != (self._limits.file_bytes, self._limits.files):
            return None
        dead: list[Box] = []
        chosen: Box | None = None
        with self._state:
            while self._armed and chosen is None and not self._closing:
                box = self._armed.popleft()
                if box.is_fresh():
                    chosen = box
                    box.on_close = self._returned
                    self._lent.add(box)
                else:
                    dead.append(box)
            if chosen is not None:
                self._quiet_until = time.monotonic() + REARM_DELAY_S
            self._state.notify_all()
        for box in dead:
            logger.warning("an armed box has ended by itself; it is replaced")
            box.destroy()
        return chosen

    def adopt(self, box: Box) -> Box:
        """Let the pool's thread bury a box that was started elsewhere, once that is closed."""
        with self._state:
            if not self._closing:
                self._ensure_thread()
                box.on_close = self._returned
                self._lent.add(box)
        return box

    def armed(self) -> int:
        """Boxes that wait for a job."""
        with self._state:
            return len(self._armed)

    def wait_until_full(self, timeout_s: float) -> bool:
        """Whether all boxes are armed, at the latest after `timeout_s`."""
        with self._state:
            return self._state.wait_for(
                lambda: self._closing or len(self._armed) >= self.size, timeout_s
            )

    def close(self, timeout_s: float = 10.0) -> bool:
        """Destroy the armed boxes and wait for the lent ones; False if some are still in use."""
        with self._state:
            self._closing = True
            self._state.notify_all()
        if self._started:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def __enter__(self) -> BoxPool:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # --- the thread ----------------------------------------------------------------------------

    def _ensure_thread(self) -> None:
        if not self._started:
            self._started = True
            self._thread.start()

    def _serve(self) -> None:
        retry_s = _RETRY_S
        while self._wait_for_need():
            box = self._arm()
            with self._state:
                if box is not None and not self._closing:
                    self._armed.append(box)
                    self._state.notify_all()
                    box, retry_s = None, _RETRY_S
                elif box is None:
                    self._state.wait_for(lambda: self._closing, retry_s)
                    retry_s = min(retry_s * 2, _MAX_RETRY_S)
            if box is not None:
                box.destroy()
        self._drain()

    def _wait_for_need(self) -> bool:
        """Clear away used boxes until a new one is needed; False when the pool is closing."""
        with self._state:
            while not self._closing:
                if self._used:
                    # The lock is free meanwhile, so everything has to be looked at anew.
                    self._clear_away()
                    continue
                if len(self._armed) >= self.size:
                    self._state.wait()
                    continue
                left = self._quiet_until - time.monotonic()
                if left <= 0:
                    return True
                self._state.wait(left)
            return False

    def _arm(self) -> Box | None:
        """One box that waits for its job, None if that fails."""
        try:
            box = launch(find_launcher(self.config), self._limits)
        except SandboxUnavailable as problem:
            logger.warning("no box could be armed: %s", problem)
            return None
        except Exception:  # the thread must outlive whatever a full machine throws at it
            logger.exception("no box could be armed")
            return None
        try:
            if box.await_ready(self.config.start_s):
                return box
            logger.warning("a box did not get ready: %s", box.early_errors())
        except SandboxUnavailable as problem:
            logger.warning("no box could be armed: %s", problem)
        box.destroy()
        return None

    def _returned(self, box: Box) -> None:
        with self._state:
            self._lent.discard(box)
            self._used.append(box)
            self._quiet_until = time.monotonic() + RETURN_DELAY_S
            self._state.notify_all()

    def _drain(self) -> None:
        with self._state:
            armed, self._armed = list(self._armed), deque()
        for box in armed:
            box.destroy()
        with self._state:
            while self._lent or self._used:
                self._clear_away()
                if self._lent:
                    self._state.wait()

    def _clear_away(self) -> None:
        """Wait for the last of used boxes, which nobody else has to; holds the lock else."""
        while self._used:
            box = self._used.popleft()
            self._state.release()
            try:
                box.bury()
            finally:
                self._state.acquire()
