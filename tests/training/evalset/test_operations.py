"""The table of single operations."""

from __future__ import annotations

import json
from pathlib import Path

from training.evalset.operations import programs, table


def test_every_operation_is_a_program_that_runs_or_raises_by_itself() -> None:
    made = list(programs(each=3, seed=1))
    failed = 0
    for line in made:
        namespace: dict[str, object] = {}
        exec(line["code"], namespace)  # noqa: S102  # made by our own table
        try:
            eval(f"f({line['input']})", namespace)  # noqa: S307  # made by our own table
        except (ValueError, IndexError, TypeError, ZeroDivisionError):
            failed += 1
    assert len(made) == 3 * len({line["id"].rpartition("-")[0] for line in made})
    assert failed < len(made) / 20


def test_the_same_seed_gives_the_same_programs() -> None:
    assert list(programs(2, seed=4)) == list(programs(2, seed=4))
    assert list(programs(2, seed=4)) != list(programs(2, seed=5))


def test_the_table_counts_by_operation_and_puts_the_worst_first(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    results = [("add-0", True), ("add-1", True), ("in text-0", False), ("in text-1", True)]
    lines = [json.dumps({"name": name, "return_right": right}) for name, right in results]
    journal.write_text("\n".join(["a header", *lines, ""]))
    assert table(journal) == [("in text", 1, 2), ("add", 2, 2)]
