"""The curves of a run's `log.jsonl` as an SVG picture, without a plotting library.

    python -m training.plot LOG.jsonl [LOG.jsonl ...] --out curves.svg

Two panels over the tokens seen: loss per class of token (training as a line, held-out documents as
dots; logarithmic) and the learning rate's share. Several logs are told apart by their dashes.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, RATE_HEIGHT, LEFT, TOP, GAP = 820, 360, 80, 70, 40, 30
COLOURS = {"context": "#8a6d00", "frames": "#0b5cad", "text": "#3a7d2c"}
DASHES = ("", "6 3", "2 3", "8 3 2 3")


@dataclass(frozen=True, slots=True)
class Curve:
    """Points (tokens, value) of one log."""

    points: Sequence[tuple[float, float]]
    colour: str
    dash: str
    is_dots: bool
    label: str


def read_log(path: Path) -> list[dict[str, Any]]:
    """The records of one run."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def loss_curves(records: Sequence[dict[str, Any]], name: str, dash: str) -> list[Curve]:
    """One curve per class of token, for training and for what was held out."""
    curves = []
    for part, colour in COLOURS.items():
        train = [(r["tokens"], r["loss"][part]) for r in _of(records, "train") if part in r["loss"]]
        held = [
            (r["tokens"], r["loss"]["all"][part])
            for r in _of(records, "heldout")
            if part in r["loss"].get("all", {})
        ]
        curves.append(Curve(train, colour, dash, is_dots=False, label=f"{name}: {part}"))
        curves.append(Curve(held, colour, dash, is_dots=True, label=f"{name}: {part}, held out"))
    return [curve for curve in curves if curve.points]


def _of(records: Iterable[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [record for record in records if record["kind"] == kind]


def picture(logs: Sequence[tuple[str, list[dict[str, Any]]]]) -> str:
    """The SVG text. Raises `ValueError` if no log has a training record."""
    curves: list[Curve] = []
    rates: list[Curve] = []
    for (name, records), dash in zip(logs, DASHES, strict=False):
        curves += loss_curves(records, name, dash)
        points = [(r["tokens"], r["lr"]) for r in _of(records, "train")]
        rates.append(Curve(points, "#555", dash, is_dots=False, label="learning rate"))
    values = [value for curve in curves for _, value in curve.points if value > 0]
    if not values:
        raise ValueError("The logs hold no training records yet.")
    end = max(x for curve in curves for x, _ in curve.points) or 1
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)

    def across(tokens: float) -> float:
        return LEFT + tokens / end * WIDTH

    def down(value: float) -> float:
        share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
        return TOP + (1 - share) * HEIGHT

    base = TOP + HEIGHT + GAP + RATE_HEIGHT
    parts = [_line(LEFT, down(10.0**n), LEFT + WIDTH, down(10.0**n)) for n in range(low, high + 1)]
    parts += [
        _text(LEFT - 8, down(10.0**n) + 4, f"{10.0**n:g}", "end") for n in range(low, high + 1)
    ]
    parts += [_draw(c, [(across(x), down(y)) for x, y in c.points]) for c in curves]
    parts += [_draw(c, [(across(x), base - y * RATE_HEIGHT) for x, y in c.points]) for c in rates]
    parts += [_text(LEFT - 8, base, "rate", "end"), _line(LEFT, base, LEFT + WIDTH, base)]
    parts += [
        _text(across(end * n / 4), base + 18, f"{end * n / 4e6:.0f}M", "middle") for n in range(5)
    ]
    parts.append(_text(LEFT, 16, "Loss (nats a token) over tokens seen; dots: held-out documents"))
    for n, curve in enumerate(c for c in curves if not c.is_dots):
        parts.append(_text(LEFT + WIDTH - 8, TOP + 16 + 16 * n, curve.label, "end", curve.colour))
    size = f'width="{LEFT + WIDTH + 20}" height="{base + 30}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>\n"])


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#ccc"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = "#222") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(text)}</text>"


def _draw(curve: Curve, points: Sequence[tuple[float, float]]) -> str:
    if curve.is_dots:
        dots = (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points)
        return f'<g fill="{curve.colour}">{"".join(dots)}</g>'
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    style = f'stroke="{curve.colour}" stroke-dasharray="{curve.dash}" fill="none"'
    return f'<path d="M{path}" {style} stroke-width="1.5"/>'


def main() -> None:
    """Draw the logs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("logs", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    logs = [(path.parent.name or path.stem, read_log(path)) for path in options.logs]
    options.out.write_text(picture(logs), encoding="utf-8")


if __name__ == "__main__":
    main()
