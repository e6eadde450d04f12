"""Refusals that name their fix. Every door (WebSocket, REST, pages) shows the same ones."""

from __future__ import annotations

from dataclasses import dataclass


# Not frozen: `contextlib` sets `__traceback__` on the exceptions that pass through it.
@dataclass(slots=True, eq=False)
class Refused(Exception):
    """A request that was understood and not carried out.

    `code` is stable and dotted; `status` is the HTTP status that fits; `field`, `line` and
    `column` (1-based) point into the input where that helps.
    """

    code: str
    message: str
    fix: str = ""
    status: int = 400
    field: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
