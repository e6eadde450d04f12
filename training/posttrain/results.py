"""What a run reached: the rounds, and the development set before and after repairs.

    python -m training.posttrain.results FOLDER [--out results.json]

Reads the sessions' summaries and graded answers (`grader`). What the site would keep of a problem
is its first green attempt, else the first one; *after repair* says whether that one is right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from training.posttrain import files

GRADED = "graded.jsonl"


def results(folder: Path) -> dict[str, Any]:
    """Figures of all sessions of a run."""
    sessions = folder / "sessions"
    rounds = [
        json.loads((f / files.SUMMARY).read_text("utf-8"))
        for f in sorted(sessions.glob("train-*"))
        if (f / files.SUMMARY).exists()
    ]
    names = {f.name.split("-")[1] for f in sessions.glob("heldout-*-1")}
    heldout = {f"given_{given}": _heldout(sessions, given) for given in sorted(names)}
    return {"rounds": rounds, "heldout": {name: found for name, found in heldout.items() if found}}


def _heldout(sessions: Path, given: str) -> dict[str, dict[str, float]]:
    chains: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for folder in sorted(sessions.glob(f"heldout-{given}-*")):
        path = folder / GRADED
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            row = json.loads(line)
            chains[row["role"], row["task"]].append(row)
    found: dict[str, dict[str, float]] = {}
    for role in ("wordings", "families"):
        same = [sorted(c, key=lambda r: r["attempt"]) for (r, _), c in chains.items() if r == role]
        if same:
            found[role] = _figures(same)
    return found


def _figures(chains: list[list[dict[str, Any]]]) -> dict[str, float]:
    count = len(chains)
    kept = [next((row for row in chain if row["is_green"]), chain[0]) for chain in chains]
    return {
        "problems": count,
        "pass_at_1": round(sum(chain[0]["is_right"] for chain in chains) / count, 4),
        "pass_after_repair": round(sum(row["is_right"] for row in kept) / count, 4),
        "green_at_1": round(sum(chain[0]["is_green"] for chain in chains) / count, 4),
        "green_after_repair": round(sum(row["is_green"] for row in kept) / count, 4),
        "attempts": round(sum(map(len, chains)) / count, 3),
    }


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    text = json.dumps(results(options.folder), indent=1) + "\n"
    if options.out:
        files.write_text(options.out, text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
