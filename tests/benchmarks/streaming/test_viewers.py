"""The viewer's book-keeping: a benchmark that cannot see a lost event proves nothing."""

from __future__ import annotations

from benchmarks.streaming.viewers import LANE, Tally, Viewer
from playground.runs.eventlog.entries import Entry, encode_events
from playground.runs.eventlog.live import encode_frame
from playground.runs.events import Error, RunQueued, TraceOutput, encode

RUN = "bcdfghjkmnpq"


def frame(first: int, last: int, *, stamp: int = 0, shift: int = 0) -> bytes:
    """A frame with events `first` to `last`; `shift` makes content and id disagree."""
    events = encode_events(
        [
            TraceOutput(step=seq + shift, stream="stdout", text=str(stamp))
            for seq in range(first, last + 1)
        ]
    )
    return encode_frame(RUN, LANE, [Entry(1, first, last, events)])


async def test_a_continuous_log_counts_as_received() -> None:
    viewer = Viewer(RUN, Tally())
    for payload in (frame(0, 0), frame(1, 5), frame(6, 6)):
        viewer.take(payload, 0)
    assert (viewer.received, viewer.doubled, viewer.next_seq) == (7, 0, 7)


async def test_a_gap_is_missing_from_what_was_received() -> None:
    viewer = Viewer(RUN, Tally())
    viewer.take(frame(0, 1), 0)
    viewer.take(frame(5, 6), 0)
    assert (viewer.received, viewer.next_seq) == (4, 7)


async def test_an_event_that_comes_again_is_doubled_and_not_received_twice() -> None:
    viewer = Viewer(RUN, Tally())
    viewer.take(frame(0, 3), 0)
    viewer.take(frame(2, 4), 0)
    assert (viewer.received, viewer.doubled) == (5, 2)


async def test_content_that_contradicts_its_id_is_corrupt() -> None:
    tally = Tally()
    Viewer(RUN, tally).take(frame(0, 2, shift=1), 0)
    assert tally.corrupt == 3


async def test_only_events_stamped_inside_the_window_give_delays() -> None:
    tally = Tally()
    tally.window = (1_000, 2_000)
    viewer = Viewer(RUN, tally)
    viewer.take(frame(0, 0, stamp=999), 1_100)
    viewer.take(frame(1, 1, stamp=1_500), 1_700)
    viewer.take(frame(2, 2, stamp=2_000), 2_100)
    assert list(tally.delays_ns) == [200]
    assert tally.frames == 2


async def test_the_first_entry_of_the_main_lane_says_that_the_run_is_followed() -> None:
    viewer = Viewer(RUN, Tally())
    body = encode_events([RunQueued(ahead=0, at_ms=0)])
    viewer.take(encode_frame(RUN, "main", [Entry(1, 0, 0, body)]), 0)
    assert viewer.following.done()


async def test_an_error_from_the_site_is_kept() -> None:
    tally = Tally()
    Viewer(RUN, tally).take(encode(Error(code="run.not_found", message="No.")), 0)
    assert "run.not_found" in tally.errors[0]
