"""Many scores in one table: the macro mean weighs traces alike, the micro mean frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

import msgspec

from traces.events import Origin
from traces.score import SHARES, Share, TraceScore


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Many scores of one origin in one table. None where nothing could be counted."""

    origin: Origin
    traces: int
    cut: int
    exact: int
    macro: dict[str, float | None]
    micro: dict[str, float | None]
    first_kinds: dict[str, int]


def summarise(scores: Sequence[TraceScore]) -> Summary:
    """Macro and micro means. Raises `ValueError` when origins are mixed, or for no scores."""
    origins = {score.origin for score in scores}
    if len(origins) != 1:
        found = ", ".join(sorted(origins)) or "none"
        raise ValueError(f"scores of one origin are needed, found: {found}")
    rows = [score.metrics() for score in scores]
    kinds: dict[str, int] = {}
    for score in scores:
        if score.first_divergence is not None:
            kind = score.first_divergence.kind
            kinds[kind] = kinds.get(kind, 0) + 1
    return Summary(
        origin=origins.pop(),
        traces=len(scores),
        cut=sum(score.is_cut for score in scores),
        exact=sum(score.first_divergence is None for score in scores),
        macro={name: _mean(row[name] for row in rows) for name in rows[0]},
        micro={name: _pooled([getattr(s, name) for s in scores]) for name in SHARES},
        first_kinds=kinds,
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _pooled(shares: Sequence[Share]) -> float | None:
    return Share(sum(s.right for s in shares), sum(s.total for s in shares)).value
