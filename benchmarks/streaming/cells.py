"""One cell of the transport benchmark: so many runs, viewers and events, through one transport.

    publisher process -> Redis -> uvicorn process -> viewers' process

All four are processes of their own on loopback. Viewers follow first, then the publisher starts;
the first second warms up and is left out of the delays and of the CPU, but not of the count of
lost and doubled events.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.common import BenchmarkFailed, CpuMeter, rss_bytes
from benchmarks.streaming.children import Child, sleep_until
from benchmarks.streaming.site import BenchSite, Web

_WARM_UP_S: Final = 1.0
_TAIL_S: Final = 0.1
_LEAD_S: Final = 0.3
_READY_WITHIN_S: Final = 90.0
_ENOUGH_VIEWERS: Final = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """A load. `rate` is events per second and run."""

    runs: int
    viewers_per_run: int
    rate: float

    @property
    def name(self) -> str:
        return f"{self.runs}x{self.viewers_per_run}x{self.rate:g}"

    @property
    def viewers(self) -> int:
        return self.runs * self.viewers_per_run

    def describe(self) -> dict[str, Any]:
        """The load in words for the result file."""
        return {
            "runs": self.runs,
            "viewers_per_run": self.viewers_per_run,
            "events_per_s_and_run": self.rate,
            "published_per_s": self.runs * self.rate,
            "deliveries_per_s": self.viewers * self.rate,
        }


def parse_cell(text: str) -> Cell:
    """`50x20x10`: runs, viewers per run, events per second and run. Raises ValueError."""
    match = re.fullmatch(r"(\d+)x(\d+)x(\d+(?:\.\d+)?)", text.strip())
    if match is None or not all(float(part) for part in match.groups()):
        message = f"{text!r} is not RUNSxVIEWERSxRATE; write e.g. 50x20x10."
        raise ValueError(message)
    return Cell(int(match[1]), int(match[2]), float(match[3]))


def run_cell(
    site: BenchSite, transport: str, cell: Cell, run_ids: list[str], *, seconds: float
) -> dict[str, Any]:
    """Measure one cell once."""
    watched = run_ids[: cell.runs]
    site.open_logs(watched)
    with site.web(transport) as web:
        _warm_up(site, web, watched[0])
        base = rss_bytes(web.child.pid)
        with _child(site, "viewers") as viewers, _child(site, "publisher") as publisher:
            viewers.tell(port=web.port, run_ids=watched, viewers_per_run=cell.viewers_per_run)
            publisher.tell(
                redis_url=site.redis_url, transport=transport, run_ids=watched, rate=cell.rate
            )
            publisher.expect("ready", timeout_s=_READY_WITHIN_S)
            following = viewers.expect("following", timeout_s=_READY_WITHIN_S)
            connected = rss_bytes(web.child.pid)
            measured = _publish(site, web, viewers, publisher, seconds=seconds)
        loaded = rss_bytes(web.child.pid)
    if measured["errors"]:
        raise BenchmarkFailed(f"viewers got errors: {measured['errors']}\n{web.child.tail()}")
    return {
        **{key: value for key, value in measured.items() if key != "errors"},
        "connect_s": following["connect_s"],
        "web_rss_mb": {
            "before": round(base / 1e6, 1),
            "following": round(connected / 1e6, 1),
            "after_load": round(loaded / 1e6, 1),
        },
        "web_kb_per_viewer": _kb_per_viewer(connected - base, cell.viewers),
    }


def _kb_per_viewer(grown_bytes: int, viewers: int) -> float | None:
    """None for few viewers: an allocator grows in steps larger than what they need."""
    return round(grown_bytes / 1000 / viewers, 1) if viewers >= _ENOUGH_VIEWERS else None


def _child(site: BenchSite, name: str) -> Child:
    argv = [sys.executable, "-m", f"benchmarks.streaming.{name}"]
    return Child(name, argv, env=site.env, folder=site.folder)


def _warm_up(site: BenchSite, web: Web, run_id: str) -> None:
    """One viewer comes and goes, so that what the first one loads is not put on the others."""
    with _child(site, "viewers") as viewer:
        viewer.tell(port=web.port, run_ids=[run_id], viewers_per_run=1)
        viewer.expect("following", timeout_s=_READY_WITHIN_S)


def _publish(
    site: BenchSite, web: Web, viewers: Child, publisher: Child, *, seconds: float
) -> dict[str, Any]:
    start = time.monotonic_ns() + int(_LEAD_S * 1e9)
    begin = start + int(_WARM_UP_S * 1e9)
    end = begin + int(seconds * 1e9)
    meter = CpuMeter(
        {
            "web": web.child.pid,
            "redis": site.redis.pid,
            "publisher": publisher.pid,
            "viewers": viewers.pid,
        }
    )
    viewers.tell(window=[begin, end])
    publisher.tell(start_ns=start, end_ns=end + int(_TAIL_S * 1e9), window=[begin, end])
    sleep_until(begin)
    meter.start()
    sleep_until(end)
    cpu = meter.stop()
    sent = publisher.expect("result", timeout_s=_READY_WITHIN_S)
    viewers.tell(published=sent["published"])
    seen = viewers.expect("result", timeout_s=_READY_WITHIN_S)
    seen.pop("event")
    published = sum(sent["published"].values())
    return {**seen, "published": published, "publisher_lag_ms": sent["lag_ms"], "cpu_percent": cpu}
