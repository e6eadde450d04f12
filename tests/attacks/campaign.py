"""Running all selected probes of a column a few at a time, for many of them mostly wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from tests.attacks.harness import Probe, Seen

THREADS = 3


class Campaign:
    """Verdicts of one column. Asking for the first one starts all of them."""

    def __init__(
        self,
        work: Iterable[tuple[Probe, ...]],
        run: Callable[[tuple[Probe, ...]], Mapping[Probe, Seen]],
    ) -> None:
        self._executor = ThreadPoolExecutor(THREADS)
        self._futures: dict[Probe, Future[Mapping[Probe, Seen]]] = {}
        for probes in work:
            future = self._executor.submit(run, probes)
            self._futures.update(dict.fromkeys(probes, future))

    def verdict(self, probe: Probe) -> Seen:
        """Waits for the probe's own run; raises what that raised."""
        return self._futures[probe].result()[probe]

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)
