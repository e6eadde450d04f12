"""`manage.py model_usage`: what the model server's cache saves, and how long people wait.

Every run's log says of each generation how many tokens its prompt had, how many of them the server
did not compute again, and when the first token came. This sums them over the finished runs of some
hours. A cached share that falls says that prompts no longer begin alike, or that the server's cache
is too small for the class; a first token that is slow at an unchanged share, that the server is
busy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from playground.runs.archive import load_archive
from playground.runs.eventlog.entries import decode_events
from playground.runs.events import LogEvent, TraceFinished
from playground.runs.models import Run
from playground.runs.solve_events import AnswerFinished, ResultsFinished

#: What a generation was for, by the event that ends it.
_KINDS: Final[dict[type, str]] = {
    TraceFinished: "trace",
    AnswerFinished: "answer",
    ResultsFinished: "results",
}


@dataclass(slots=True)
class Sums:
    """Over the generations of one kind. Times are in milliseconds."""

    prompt_tokens: float = 0
    cached_tokens: float = 0
    output_tokens: float = 0
    first_token_ms: list[float] = field(default_factory=list)
    generations: int = 0

    def add(self, usage: dict[str, float]) -> None:
        """One generation, as its last event has it."""
        self.generations += 1
        self.prompt_tokens += usage.get("prompt_tokens", 0)
        self.cached_tokens += usage.get("cached_tokens", 0)
        self.output_tokens += usage.get("output_tokens", 0)
        if "first_token_ms" in usage:
            self.first_token_ms.append(usage["first_token_ms"])

    def numbers(self) -> dict[str, Any]:
        """For people and programs; None where there is nothing to divide."""
        times = sorted(self.first_token_ms)
        share = self.cached_tokens / self.prompt_tokens if self.prompt_tokens else None
        return {
            "generations": self.generations,
            "prompt_tokens": round(self.prompt_tokens),
            "cached_share": None if share is None else round(share, 4),
            "output_tokens": round(self.output_tokens),
            "first_token_ms_p50": _at(times, 0.5),
            "first_token_ms_p95": _at(times, 0.95),
        }


def _at(times: list[float], part: float) -> float | None:
    """The nearest-rank percentile."""
    return times[min(len(times) - 1, int(part * len(times)))] if times else None


def generations(runs: Iterable[Run]) -> Iterator[tuple[str, dict[str, float]]]:
    """Kind and usage of every generation in these runs' logs. What a box recorded is none."""
    for run in runs:
        archive = load_archive(run.public_id)
        if archive is None:
            continue
        events: Iterator[LogEvent] = (
            event
            for lane in archive.lanes.values()
            for entry in lane
            for event in decode_events(entry.events)
        )
        for event in events:
            kind = _KINDS.get(type(event))
            usage = getattr(event, "usage", {})
            if kind and "prompt_tokens" in usage:
                yield kind, usage


class Command(BaseCommand):
    """A table, or JSON for a program that watches."""

    help = "Sum cached share and time to first token over the finished runs of some hours."

    def add_arguments(self, parser: CommandParser) -> None:
        """How far back, and for whom."""
        parser.add_argument("--hours", type=float, default=24.0, help="how far back (24)")
        parser.add_argument("--limit", type=int, default=2000, help="newest runs at most (2000)")
        parser.add_argument("--json", action="store_true", help="print JSON for programs")

    def handle(self, *_args: Any, hours: float, limit: int, json: bool, **_options: Any) -> None:
        """Read and print."""
        since = timezone.now() - timedelta(hours=hours)
        runs = Run.objects.filter(finished_at__gte=since).order_by("-finished_at")[:limit]
        sums: dict[str, Sums] = {}
        for kind, usage in generations(runs):
            sums.setdefault(kind, Sums()).add(usage)
        found = {kind: sums[kind].numbers() for kind in sorted(sums)}
        if json:
            self.stdout.write(_as_json(hours, found))
        elif not found:
            self.stdout.write(f"No model was used in finished runs of the last {hours:g} hours.")
        else:
            self._table(found)

    def _table(self, found: dict[str, dict[str, Any]]) -> None:
        names = ("generations", "cached_share", "first_token_ms_p50", "first_token_ms_p95")
        self.stdout.write(f"{'':<10}" + "".join(f"{name:>20}" for name in names))
        for kind, numbers in found.items():
            cells = ("-" if numbers[name] is None else str(numbers[name]) for name in names)
            self.stdout.write(f"{kind:<10}" + "".join(f"{cell:>20}" for cell in cells))


def _as_json(hours: float, found: dict[str, dict[str, Any]]) -> str:
    return json.dumps({"hours": hours, "kinds": found}, indent=2)
