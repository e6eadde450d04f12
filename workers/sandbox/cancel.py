"""Stopping a run from another thread."""

from __future__ import annotations

import os
import threading


class CancelToken:
    """A switch that one thread throws and a waiting run notices at once.

    The descriptor becomes readable when the token is cancelled and stays so, which is what wakes
    a selector. Tokens are cheap (one descriptor); `close()` or the garbage collector frees it.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._descriptor = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Ask the run to stop. Safe from any thread, any number of times."""
        with self._lock:
            if not self._event.is_set():
                self._event.set()
                if self._descriptor >= 0:
                    os.eventfd_write(self._descriptor, 1)

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._descriptor

    def close(self) -> None:
        """Free the descriptor. Cancelling afterwards only sets the flag."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def __del__(self) -> None:
        self.close()
