"""Which of several equal model servers takes a request.

A server that has seen a prompt's beginning answers it faster, so a prompt goes to the server that
its first tokens choose (rendezvous hashing: a server that comes or goes moves only its own
prompts), unless that one has clearly more to do than the least loaded. Servers that fail are left
alone for a while, which doubles up to a limit.
"""

from __future__ import annotations

import array
import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Final

#: Ids that decide: more than the format's opening, less than most programs.
_PREFIX_IDS: Final = 128

#: How many requests more than the least loaded server a prompt's own server may have.
_MAX_LEAD: Final = 4

_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0


class Endpoint:
    """One server and what this process knows about it."""

    def __init__(self, url: str, clock: Callable[[], float]) -> None:
        self.url = url
        self.load = 0  # requests of this process
        self._clock = clock
        self._pause_s = 0.0
        self._down_until = 0.0

    @property
    def is_up(self) -> bool:
        """Whether it may be tried."""
        return self._clock() >= self._down_until

    @property
    def down_until(self) -> float:
        """When it may be tried again, by the clock."""
        return self._down_until

    def failed(self) -> None:
        """It did not answer."""
        self._pause_s = min(_LONGEST_PAUSE_S, self._pause_s * 2 or _FIRST_PAUSE_S)
        self._down_until = self._clock() + self._pause_s

    def answered(self) -> None:
        """It works."""
        self._pause_s = 0.0
        self._down_until = 0.0


class Endpoints:
    """The servers, at least one."""

    def __init__(self, urls: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        if not urls:
            raise ValueError("At least one model server's address is needed.")
        self.all = tuple(Endpoint(url.rstrip("/"), clock) for url in dict.fromkeys(urls))

    def choose(
        self, prompt_ids: Sequence[int], tried: frozenset[str] = frozenset()
    ) -> Endpoint | None:
        """The best server that is up and whose URL is not in `tried`; None if there is none."""
        candidates = [e for e in self.all if e.is_up and e.url not in tried]
        if not candidates:
            return None
        prefix = array.array("q", prompt_ids[:_PREFIX_IDS]).tobytes()
        own = max(candidates, key=lambda endpoint: _weight(endpoint.url, prefix))
        idlest = min(candidates, key=lambda endpoint: endpoint.load)
        return idlest if own.load > idlest.load + _MAX_LEAD else own

    def soonest(self) -> Endpoint:
        """The server that may be tried first, for want of a better one."""
        return min(self.all, key=lambda endpoint: endpoint.down_until)


def _weight(url: str, prefix: bytes) -> bytes:
    return hashlib.blake2b(prefix, key=url.encode()[:64], digest_size=8).digest()
