"""How far an evaluation is, on a terminal or in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Generic, TextIO

from workers.evaluation.results import Journal, R


class Progress(Generic[R]):
    """A bar on a terminal; elsewhere a line now and then. With the figures so far."""

    _EVERY_S = 30.0
    _WIDTH = 24

    def __init__(
        self,
        total: int,
        journal: Journal[R],
        stream: TextIO,
        metrics: Callable[[Sequence[R]], dict[str, float]],
    ) -> None:
        """`metrics` makes shares of the results so far, to be shown."""
        self._total = total
        self._journal = journal
        self._metrics = metrics
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._began = time.monotonic()
        self._before = len(journal.finished)
        self._shown = self._began
        if self._before:
            stream.write(f"{self._before} of {total} programs were finished before.\n")

    def add(self, _result: R) -> None:
        """One more."""
        now = time.monotonic()
        if self._is_terminal:
            self._stream.write(f"\r{self._line(now)}\x1b[K")
            self._stream.flush()
        elif now - self._shown > self._EVERY_S:
            self._shown = now
            self._stream.write(self._line(now) + "\n")
            self._stream.flush()

    def close(self) -> None:
        """The last state stays."""
        if self._journal.finished:
            end = "\r\x1b[K" if self._is_terminal else ""
            self._stream.write(end + self._line(time.monotonic()) + "\n")

    def _line(self, now: float) -> str:
        done = len(self._journal.finished)
        new = done - self._before
        filled = self._WIDTH * done // max(1, self._total)
        bar = "#" * filled + "." * (self._WIDTH - filled)
        shares = self._metrics(list(self._journal.finished.values()))
        words = [f"{name} {value:.1%}" for name, value in shares.items()]
        left = (self._total - done) * (now - self._began) / new if new else 0.0
        rest = f", {left / 60:.0f} min left" if new and done < self._total else ""
        return f"[{bar}] {done}/{self._total}  {'  '.join(words)}{rest}"
