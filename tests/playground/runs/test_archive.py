"""The log in the database: packing, unpacking, damage, and what may replace what."""

from __future__ import annotations

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from playground.runs.archive import load_archive, pack, save_archive, unpack
from playground.runs.eventlog import Entry
from playground.runs.eventlog.entries import decode_events, encode_events
from playground.runs.events import TraceOutput
from playground.runs.models import ArchivedLog, Run

LANES = st.sampled_from(["main", "actual", "predicted", "tests"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def lane_entries(draw: st.DrawFn) -> list[Entry]:
    """A lane as a stream holds it: attempts that grow, and in each one seqs without gaps."""
    entries = []
    for attempt in draw(st.lists(st.integers(1, 2**63), max_size=3, unique=True).map(sorted)):
        first = 0
        for texts in draw(st.lists(st.lists(TEXT, min_size=1, max_size=3), min_size=1, max_size=4)):
            body = encode_events([TraceOutput(step=0, stream="stdout", text=t) for t in texts])
            entries.append(Entry(attempt, first, first + len(texts) - 1, body))
            first += len(texts)
    return entries


@given(st.dictionaries(LANES, lane_entries()))
def test_a_log_comes_back_byte_for_byte_in_its_newest_attempt(
    lanes: dict[str, list[Entry]],
) -> None:
    expected = {
        lane: [entry for entry in entries if entry.attempt == entries[-1].attempt]
        for lane, entries in lanes.items()
    }
    assert unpack(pack(lanes)) == expected


def test_what_a_later_attempt_replaced_is_left_out() -> None:
    kept = Entry(2, 0, 0, b'{"type":"lane.reset","attempt":2,"reason":"lost"}')
    lanes = {"actual": [Entry(1, 0, 9, b"1"), Entry(1, 10, 11, b"2"), kept]}
    assert unpack(pack(lanes)) == {"actual": [kept]}
    assert decode_events(kept.events)


def test_a_log_of_another_version_is_refused() -> None:
    blob = zstandard.compress(msgspec.json.encode({"v": 2, "lanes": {}}))
    with pytest.raises(ValueError, match="version 2, this code reads 1"):
        unpack(blob)


def damaged() -> dict[str, bytes]:
    good = pack({"main": [Entry(1, 0, 0, b'{"type":"run.queued","ahead":0,"at_ms":0}')]})
    return {
        "empty": b"",
        "cut off": good[:-3],
        "something else": b"not compressed",
        "JSON of another form": zstandard.compress(b'{"v":1,"lanes":[]}'),
        "no JSON": zstandard.compress(b"\xff\xff"),
    }


@pytest.mark.parametrize("name", damaged())
def test_a_damaged_log_is_a_value_error(name: str) -> None:
    with pytest.raises(ValueError, match="archived log is damaged"):
        unpack(damaged()[name])


def test_a_blob_cannot_unpack_to_anything_it_claims() -> None:
    bomb = zstandard.compress(b"0" * (256 * 1024 * 1024 + 1))
    assert len(bomb) < 100_000
    with pytest.raises(ValueError, match="claims more than"):
        unpack(bomb)


# --- in the database ------------------------------------------------------------------------


def lanes(text: str) -> dict[str, list[Entry]]:
    return {
        "actual": [Entry(1, 0, 0, encode_events([TraceOutput(step=0, stream="stdout", text=text)]))]
    }


@pytest.fixture
def run(db: None) -> Run:
    return Run.objects.create(kind="trace", source="x", visitor_id="v")


def test_a_run_without_a_log_has_none(run: Run) -> None:
    assert load_archive(run.public_id) is None
    assert load_archive("bcdfghjkmnpq") is None


def test_a_newer_snapshot_replaces_an_older_one(run: Run) -> None:
    save_archive(run=run, lanes=lanes("old"), complete=False)
    save_archive(run=run, lanes=lanes("new"), complete=False)
    archive = load_archive(run.public_id)
    assert archive is not None
    assert (archive.lanes, archive.complete) == (lanes("new"), False)
    assert ArchivedLog.objects.count() == 1


def test_a_newer_snapshot_says_when_it_was_taken(run: Run) -> None:
    save_archive(run=run, lanes=lanes("old"), complete=False)
    before = ArchivedLog.objects.get().updated_at
    save_archive(run=run, lanes=lanes("new"), complete=False)
    assert ArchivedLog.objects.get().updated_at > before


def test_the_complete_log_replaces_a_snapshot_and_is_never_replaced_by_one(run: Run) -> None:
    save_archive(run=run, lanes=lanes("snapshot"), complete=False)
    save_archive(run=run, lanes=lanes("all"), complete=True)
    save_archive(run=run, lanes=lanes("late snapshot"), complete=False)
    archive = load_archive(run.public_id)
    assert archive is not None
    assert (archive.lanes, archive.complete) == (lanes("all"), True)


def test_the_complete_log_may_be_written_again(run: Run) -> None:
    save_archive(run=run, lanes=lanes("all"), complete=True)
    save_archive(run=run, lanes=lanes("all and the last words"), complete=True)
    archive = load_archive(run.public_id)
    assert archive is not None
    assert archive.lanes == lanes("all and the last words")
