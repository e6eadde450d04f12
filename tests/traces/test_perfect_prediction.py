"""A model that writes exactly what happened scores full marks, from its tokens to its metrics.

Each real trace is written as a model's token ids, decoded, compared and scored: what one part of
`traces/` makes is what the next one reads.
"""

from __future__ import annotations

import pytest

from tests.traces.codecs.tokenizers import PairTokenizer
from tests.traces.programs import Program, cruxeval_programs, decoded, own_programs, recorded
from traces.align import compare
from traces.codecs.cwm import CWMCodec
from traces.events import EndStatus
from traces.file import read_trace, write_trace
from traces.forecast import forecast_trace
from traces.score import score_trace
from traces.trace import Program as SavedProgram
from traces.trace import Trace

CODEC = CWMCodec(PairTokenizer())


def check(program: Program) -> None:
    trace = recorded(program)
    predicted = [frame.event for frame in decoded(CODEC, trace)]
    status: EndStatus = "exception" if trace.raised else "ok"
    comparison = compare(predicted, status, trace.events, status, program.source)
    assert comparison.first_divergence is None
    assert comparison.first_notation is None
    score = score_trace(predicted, status, trace.events, status, source=program.source)
    metrics = score.metrics()
    assert metrics.pop("independent_errors") == 0.0
    assert set(metrics.values()) == {1.0, None}
    assert score.first_strict is None
    saved = Trace(
        origin="predicted",
        program=SavedProgram(program.source, program.entry),
        events=tuple(predicted),
        status=status,
    )
    assert read_trace(write_trace(saved)) == saved
    assert forecast_trace(trace.events, status, program.source).frames == len(trace.events)


@pytest.mark.parametrize("program", list(own_programs()), ids=lambda program: program.name)
def test_a_perfect_prediction_of_an_own_program_scores_full_marks(program: Program) -> None:
    check(program)


def test_perfect_predictions_of_all_cruxeval_programs_score_full_marks() -> None:
    for program in cruxeval_programs():
        check(program)
