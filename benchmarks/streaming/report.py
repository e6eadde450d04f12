"""From repeats to figures: medians, ratios to the baseline, goals, and a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from benchmarks.common import median_of

LOG: Final = "event_log"
BASELINE: Final = "channels_redis"

_QUIET_PERCENT: Final = 25.0

#: Never averaged away: the sum over all repeats is reported.
_COUNTED: Final = ("published", "expected", "lost", "doubled", "corrupt", "disconnected")


def combine(repeats: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The median of every figure, the sum of every count, and each repeat as it was measured."""
    medians = median_of(repeats)
    sums = {name: sum(row[name] for row in repeats) for name in _COUNTED}
    return {**medians, **sums, "repeats": list(repeats)}


def compare(log: Mapping[str, Any], baseline: Mapping[str, Any]) -> dict[str, float | None]:
    """Baseline divided by event log: how many times more the baseline takes.

    Where the baseline loses events, its delays are those of the events that arrived.
    """
    ratios = {
        f"delay_{name}": _ratio(baseline["delay_ms"][name], log["delay_ms"][name])
        for name in ("p50", "p95", "p99")
    }
    for name in ("web", "redis", "publisher"):
        per_delivery = [
            _ratio(row["cpu_percent"][name], row["delivered_per_s"]) for row in (baseline, log)
        ]
        ratios[f"{name}_cpu_per_delivery"] = _ratio(*per_delivery)
    return ratios


def _ratio(over: float | None, under: float | None) -> float | None:
    if over is None or not under:
        return None
    return float(f"{over / under:.4g}")


# --- goals -----------------------------------------------------------------------------------


def goals(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The goals this run has figures for: what was asked, what was measured, whether it was met."""
    return [
        {"goal": text, "at_most": limit, "measured": value, "met": value <= limit}
        for text, limit, value in _goal_figures(result)
        if value is not None
    ]


def _goal_figures(result: Mapping[str, Any]) -> Iterator[tuple[str, float, float | None]]:
    cells = {row["cell"]: row[LOG] for row in result.get("transport", ())}
    if cells:
        for name in ("lost", "doubled", "corrupt"):
            yield f"{name} events, all cells", 0, sum(row[name] for row in cells.values())
    if row := cells.get("50x1x50"):
        yield "50 runs x 1 viewer x 50 events/s: p50 ms", 1, row["delay_ms"]["p50"]
        yield "50 runs x 1 viewer x 50 events/s: p99 ms", 5, row["delay_ms"]["p99"]
    if row := cells.get("50x20x10"):
        yield "1,000 viewers, 10,000 deliveries/s: p99 ms", 10, row["delay_ms"]["p99"]
        yield "1,000 viewers: web process, KB per viewer", 30, row["web_kb_per_viewer"]
        yield "1,000 viewers: web process, % of a core", 30, row["cpu_percent"]["web"]
    if row := cells.get("50x20x50"):
        yield "1,000 viewers, 50,000 deliveries/s: p99 ms", 100, row["delay_ms"]["p99"]
    if stop := result.get("stop"):
        text = f"stop, {stop['at_once']} at once: p99 ms"
        yield text, 60, stop["press_to_stage_ms"]["p99"]
    if silence := result.get("stack", {}).get("recovery", {}).get("silence_s"):
        yield "recovery after SIGKILL of a worker: s", 6.5, silence["max"]


def disturbance(result: Mapping[str, Any]) -> str:
    """A sentence where other programs took more than a quarter of a core beside a cell."""
    others = [
        repeat["cpu_percent"]["other"]
        for row in result.get("transport", ())
        for name in (LOG, BASELINE)
        for repeat in row.get(name, {}).get("repeats", ())
    ]
    if stop := result.get("stop"):
        others.append(stop["cpu_percent"]["other"])
    if stack := result.get("stack"):
        others.append(stack["other_before_percent"])
    disturbed = [other for other in others if other > _QUIET_PERCENT]
    if not disturbed:
        return ""
    return (
        f"The machine was not quiet: in {len(disturbed)} of {len(others)} measurements other "
        f"programs used up to {max(disturbed):.0f} % of a core. Delays are upper bounds."
    )


# --- for people ------------------------------------------------------------------------------

_COLUMNS: Final = (
    ("cell", 9),
    ("transport", 15),
    ("p50 ms", 9),
    ("p95 ms", 9),
    ("p99 ms", 9),
    ("events/s", 9),
    ("frames/s", 9),
    ("lost", 9),
    ("doubled", 8),
    ("web %", 7),
    ("redis %", 8),
    ("pub %", 7),
    ("other %", 8),
    ("KB/viewer", 10),
)


def table(result: Mapping[str, Any]) -> str:
    """The result in lines of at most 130 characters."""
    lines = []
    if result.get("transport"):
        lines.append("".join(name.rjust(width) for name, width in _COLUMNS))
        for row in result["transport"]:
            lines += [
                _line(row["cell"], name, row[name]) for name in (LOG, BASELINE) if name in row
            ]
    if stop := result.get("stop"):
        lines.append(_latency(f"stop, {stop['at_once']} at once", stop["press_to_stage_ms"]))
    if stack := result.get("stack"):
        lines += [
            _latency(f"{door} to first frame", stack[door]["first_frame_ms"])
            for door in ("post", "socket")
        ]
        if silence := stack["recovery"].get("silence_s"):
            worst = f"{silence['p50']} s median, {silence['max']} s worst"
            lines.append(f"silence after SIGKILL of a worker: {worst}")
    if noise := disturbance(result):
        lines.append(noise)
    for goal in result["goals"]:
        word = "met " if goal["met"] else "MISSED"
        lines.append(f"{word:7}{goal['goal']}: {goal['measured']:g} (at most {goal['at_most']:g})")
    return "\n".join(lines)


def _line(cell: str, transport: str, row: Mapping[str, Any]) -> str:
    cpu = row["cpu_percent"]
    values = (
        cell,
        transport,
        *(row["delay_ms"][name] for name in ("p50", "p95", "p99")),
        *(row[name] for name in ("delivered_per_s", "frames_per_s", "lost", "doubled")),
        *(cpu[name] for name in ("web", "redis", "publisher", "other")),
        row["web_kb_per_viewer"],
    )
    return "".join(
        _short(value).rjust(width) for value, (_, width) in zip(values, _COLUMNS, strict=True)
    )


def _short(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return str(value)


def _latency(what: str, summary: Mapping[str, Any]) -> str:
    figures = ", ".join(f"{name} {_short(summary[name])}" for name in ("p50", "p95", "p99"))
    return f"{what}: {figures} ms ({summary['count']} samples)"
