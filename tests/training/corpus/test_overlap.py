"""Tests of the check that keeps evaluation programs out of the corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.corpus.overlap import HASHES, LIMIT, OverlapCheck, main, run_hashes, tokens

PROGRAM = '''
def tally(words, limit):
    """Counts."""
    found = {}
    for word in words:
        if len(word) > limit:
            found[word.lower()] = found.get(word.lower(), 0) + 1
    return sorted(found.items(), key=lambda pair: -pair[1])
'''
RENAMED = """
def zz(a, b):
  # a comment
  r = { }
  for w in a:
    if len( w ) > b: r[w.lower()] = r.get(w.lower(), 7) + 3
  return sorted(r.items(), key = lambda q: -q[2])
"""
OTHER = """
def rotate(items, k):
    k %= len(items) or 1
    head, tail = items[:k], items[k:]
    while tail and tail[0] is None:
        tail.pop(0)
    return tail + head
"""


def test_names_layout_numbers_and_comments_hide_nothing() -> None:
    assert tokens(PROGRAM) == tokens(RENAMED)
    assert OverlapCheck(run_hashes(PROGRAM)).share(RENAMED) == 1.0


def test_another_program_has_nothing_in_common() -> None:
    check = OverlapCheck(run_hashes(PROGRAM))
    assert check.share(OTHER) == 0.0
    assert not check.overlaps(OTHER)


def test_a_program_with_an_evaluation_program_inside_is_dropped() -> None:
    assert OverlapCheck(run_hashes(PROGRAM)).overlaps(PROGRAM + "\nprint(tally(['a'], 3))\n")


def test_short_programs_are_compared_as_a_whole() -> None:
    check = OverlapCheck(run_hashes("def f(text):\n    return text.upper()\n"))
    assert check.overlaps("def shout(s):\n    return s.upper()\n")
    assert not check.overlaps("def shout(s):\n    return s.lower()\n")


def test_the_file_of_hashes_is_made_from_rows_and_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"code": PROGRAM}, {"prompt": "def f(x):\n", "canonical_solution": "    return x\n"}]
    source, out = tmp_path / "rows.jsonl", tmp_path / "hashes.bin"
    source.write_text("\n".join(map(json.dumps, rows)))
    monkeypatch.setattr("sys.argv", ["overlap", "--out", str(out), str(source)])
    main()
    check = OverlapCheck.load(out)
    assert check.overlaps(RENAMED)
    assert not check.overlaps(OTHER)


def test_the_committed_hashes_leave_ordinary_programs_alone() -> None:
    check = OverlapCheck.load(HASHES)
    assert check.share(OTHER) < LIMIT
    assert check.share(Path(__file__).read_text()) < LIMIT
