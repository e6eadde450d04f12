"""How fast, how lossless and how cheap an event travels from a worker to a browser's socket.

    python -m benchmarks.stream [--quick] [--cells 50x1x50,50x20x10] [--only transport,stop]
                                [--stack] [--repeats 3] [--seconds 6] [--out FILE]

* `transport`  worker -> Redis -> web process -> socket, through the real event log, and in the
               same run, under the same load, through `channels_redis` group_send (the baseline)
* `stop`       `run.cancel` on a socket until the stage's worker is told, twenty at once
* `stack`      with `--stack`: the real site with real workers and boxes; a run's way from the
               request to its first frame, and the silence after a worker was killed

Everything runs in processes of its own on 127.0.0.1 and is gone afterwards. Results are JSON on
standard output and in `--out`; a table for people goes to standard error. `README.md` beside this
file explains the figures.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import Any, Final

from benchmarks.common import BenchmarkFailed, default_result_path, emit, provenance, tell
from benchmarks.streaming.cells import Cell, parse_cell, run_cell
from benchmarks.streaming.report import BASELINE, LOG, combine, compare, disturbance, goals, table
from benchmarks.streaming.site import BenchSite, open_site
from benchmarks.streaming.stack import measure_stack
from benchmarks.streaming.stops import measure_stops

CELLS: Final = "1x1x50,50x1x50,50x20x50,50x20x10"
QUICK_CELLS: Final = "1x1x50,10x2x20"
PARTS: Final = ("transport", "stop", "stack")

_PACKAGES: Final = (
    "Django",
    "channels",
    "channels_redis",
    "uvicorn",
    "uvloop",
    "websockets",
    "redis",
    "hiredis",
    "celery",
    "msgspec",
)


def _cells(text: str) -> list[Cell]:
    try:
        return [parse_cell(part) for part in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _parts(text: str) -> list[str]:
    unknown = [part for part in text.split(",") if part not in PARTS]
    if unknown:
        message = f"unknown: {', '.join(unknown)}; there are {', '.join(PARTS)}"
        raise argparse.ArgumentTypeError(message)
    return text.split(",")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line. `--quick` lowers the defaults; what is given explicitly holds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stream", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--quick", action="store_true", help="small loads, one repeat: seconds")
    parser.add_argument("--cells", type=_cells, help=f"RUNSxVIEWERSxRATE,… (default {CELLS})")
    parser.add_argument("--only", type=_parts, help="transport,stop,stack (default the first two)")
    parser.add_argument("--stack", action="store_true", help="also measure the stack")
    parser.add_argument("--repeats", type=int, help="of every cell (default 3)")
    parser.add_argument("--seconds", type=float, help="measured time of a cell (default 6)")
    parser.add_argument("--no-baseline", action="store_true", help="leave channels_redis out")
    parser.add_argument("--out", type=Path, help="the result file (default results/DATE-stream)")
    options = parser.parse_args(arguments)
    options.cells = options.cells or _cells(QUICK_CELLS if options.quick else CELLS)
    options.only = options.only or ["transport", "stop"]
    if options.stack and "stack" not in options.only:
        options.only.append("stack")
    options.repeats = options.repeats or (1 if options.quick else 3)
    options.seconds = options.seconds or (2.0 if options.quick else 6.0)
    if options.out is None and not options.quick:
        options.out = default_result_path("stream")
    return options


def measure(site: BenchSite, options: argparse.Namespace) -> dict[str, Any]:
    """All parts that were asked for."""
    result: dict[str, Any] = {}
    if "transport" in options.only:
        result["transport"] = _measure_transport(site, options)
    if "stop" in options.only:
        tell("stop …")
        result["stop"] = measure_stops(site, rounds=2 if options.quick else 10)
    if "stack" in options.only:
        tell("stack …")
        result["stack"] = measure_stack(
            site, runs=5 if options.quick else 20, kills=1 if options.quick else 3
        )
    return result


def _measure_transport(site: BenchSite, options: argparse.Namespace) -> list[dict[str, Any]]:
    transports = [LOG] if options.no_baseline else [LOG, BASELINE]
    run_ids = site.create_runs(shared=max(cell.runs for cell in options.cells))["shared"]
    rows = []
    for cell in options.cells:
        repeats: dict[str, list[dict[str, Any]]] = {name: [] for name in transports}
        # The transports take turns, so that a noisy minute does not fall on one of them alone.
        for turn in range(options.repeats):
            for name in transports:
                tell(f"{cell.name} {name} {turn + 1}/{options.repeats} …")
                repeats[name].append(run_cell(site, name, cell, run_ids, seconds=options.seconds))
        row: dict[str, Any] = {"cell": cell.name, "load": cell.describe()}
        row |= {name: combine(repeats[name]) for name in transports}
        if BASELINE in row:
            row["baseline_over_event_log"] = compare(row[LOG], row[BASELINE])
        rows.append(row)
    return rows


def main() -> None:
    """Measure, print, keep. Exit 1 where an event was lost, doubled or corrupt."""
    options = parse_arguments(sys.argv[1:])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    head = {"benchmark": "stream", **provenance(packages=_PACKAGES)}
    try:
        with open_site() as site:
            head["redis"] = site.redis_name
            settings = {"repeats": options.repeats, "seconds_per_cell": options.seconds}
            result = {**head, "settings": settings, **measure(site, options)}
    except BenchmarkFailed as failure:
        sys.exit(f"benchmarks.stream: {failure}")
    except KeyboardInterrupt:
        sys.exit("benchmarks.stream: stopped; nothing was kept")
    result["goals"] = goals(result)
    result["disturbance"] = disturbance(result)
    emit(result, out=options.out)
    tell(table(result))
    broken = sum(
        row[LOG][name]
        for row in result.get("transport", ())
        for name in ("lost", "doubled", "corrupt")
    )
    if broken:
        sys.exit(f"benchmarks.stream: {broken} events were lost, doubled or corrupt")


if __name__ == "__main__":
    main()
